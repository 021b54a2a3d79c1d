"""政策兑现 benefits (A6.6, A1.7): one service for any clause that pays."""
