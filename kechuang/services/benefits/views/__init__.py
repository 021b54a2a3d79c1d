"""兑付页面: claims, runs, money."""
