"""国企创新评价 scorecards (A4.6): yearly rounds by owner, an indicator set as a rule pack, results with reasons."""
