"""政策起草征求意见 consultations (A1.9): drafts by clause, comments, an answer to each, the published table."""
