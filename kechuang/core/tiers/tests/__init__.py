"""梯度 tiers: the rungs of the enterprise ladder, their numbers and validity, campaign windows, thresholds of lists."""
