"""接口 the API as programs use it."""
