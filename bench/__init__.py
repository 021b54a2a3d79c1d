"""基准测试 bench: what is fast enough, measured."""
