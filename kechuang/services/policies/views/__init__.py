"""政策页面: what everybody reads and computes (library), and where officers draft and approve (drafts)."""
