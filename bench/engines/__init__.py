"""The engines that bench/search.py compares, each in a process of its own, over the same tokens and vectors."""
