"""政策库与政策计算器: documents, clauses and their rules in plain words; what an enterprise gets, may get, or lacks."""
