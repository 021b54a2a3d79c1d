"""The ten rules of bench/rules.py, the enterprises to which they are put, and three engines that decide them."""
