"""指标 indicators: named figures with their definitions, counted from what was recorded."""
