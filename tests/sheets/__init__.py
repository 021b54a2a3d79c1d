"""列表 lists as Excel files, both ways."""
