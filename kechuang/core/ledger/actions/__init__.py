"""资金写入 actions. Who may spend is asked in each; what only gives room back is left to the caller to judge."""
