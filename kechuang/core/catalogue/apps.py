"""事项目录: finds the services when Django starts."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CatalogueConfig(AppConfig):
    """Loads the ``service`` module of every installed app, as Django does for ``admin``."""

    name = "kechuang.core.catalogue"
    verbose_name = "事项目录"

    def ready(self) -> None:
        autodiscover_modules("service")
