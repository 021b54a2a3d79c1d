"""云上研发中心页面 views: register and registrations, R&D activity records, coverage."""
