"""网页: pages and API that work for every service."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

# Modules that declare the sheets of the pages of the city; a row of the service list has a ``sheet``.
SHEETS = (
    "sheet_cases",
    "sheet_matching",
    "sheet_notices",
    "sheet_officers",
    "sheet_own",
    "sheet_people",
    "sheet_registry",
    "sheet_teams",
    "sheet",
)


class WebConfig(AppConfig):
    """网页."""

    name = "kechuang.web"
    verbose_name = "网页"

    def ready(self) -> None:
        # Needs the models, which are loaded by now.
        import_module("kechuang.web.letters").register()
        autodiscover_modules(*SHEETS)
        import_module("kechuang.web.sheet_imports").register_targets()
