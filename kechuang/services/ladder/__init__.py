"""梯度培育: where every enterprise stands on the ladder, what it lacks for the next rung, and who is nearest."""
