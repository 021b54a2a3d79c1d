"""征求意见页面: for everybody, and for the officers."""
