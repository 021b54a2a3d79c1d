"""联盟页面: the alliance with its members, and what the members do together."""
