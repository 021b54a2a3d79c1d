"""资格认定页面: applying, the case, lists, batches, outcomes."""
