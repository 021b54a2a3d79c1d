"""资金账 ledger: double entry in yuan, budget lines, yearly caps, payment orders and their files."""
