"""网页: pages and API that work for every service."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """网页."""

    name = "kechuang.web"
    verbose_name = "网页"
