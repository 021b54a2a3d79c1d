"""接口 api: what a role may see and do, for programs: the same queries and actions as the pages."""
