"""网址: everything that answers over HTTP. A row of the service list brings its own pages in its
``urls.py``, and what it adds to the API in its ``api.py``.
"""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from kechuang.web.api.site import api

ROWS = [f"kechuang.services.{name}.urls" for name in settings.SERVICES]
APIS = [f"kechuang.services.{name}.api" for name in settings.SERVICES]

for row in APIS:
    if find_spec(row):
        api.add_router("", f"{row}.router")

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    *(path("", include(row)) for row in ROWS if find_spec(row)),
    path("api/v1/", api.urls),
    path("", include("kechuang.web.urls")),
]
