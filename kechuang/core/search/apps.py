"""检索 search: the application."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Finds anything that its owners hand over: by words, by meaning, by filters."""

    name = "kechuang.core.search"
    verbose_name = "检索"
