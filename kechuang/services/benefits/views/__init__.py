"""兑付页面: claims, notices, runs, money."""
