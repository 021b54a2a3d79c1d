"""政策 policy: documents, the versions of their rule packs, and what the packs say of whom."""
