"""一企一档页面: the file, its lists, disputes, consent, the officers' list, Excel."""
