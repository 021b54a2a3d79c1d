"""网址: pages of the city."""

from django.urls import path

from kechuang.web.views import site

urlpatterns = [
    path("", site.home, name="home"),
    path("healthz", site.healthz, name="healthz"),
]
