"""规则 rules: policies that compute. Pure: knows no database and no web.

A rule pack is one TOML file (``reading``): facts, dated parameters, conditions, score, benefit, worked examples. From
this one definition come two evaluators that agree: ``explain`` tells one case in words and exact numbers, ``batch``
decides all enterprises at once with Polars. Logic is three-valued: what cannot be told is never a failure.
"""
