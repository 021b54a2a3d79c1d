"""公示 publicity: what is put before the public for some working days, and objections to it, for all services."""
