"""网页: pages and API that work for every service."""

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    """网页."""

    name = "kechuang.web"
    verbose_name = "网页"

    def ready(self) -> None:
        # Needs the models, which are loaded by now.
        import_module("kechuang.web.letters").register()
