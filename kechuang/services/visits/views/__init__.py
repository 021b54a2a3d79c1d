"""走访页面 views: visits and plans, the problems raised, statistics."""
