"""全市数据 full: a city of the size that the sources give, for the benchmark of its pages."""
