"""WSGI entry for granian."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kechuang.settings")
application = get_wsgi_application()


def warm_up() -> None:
    """预热: load the language model now, so that the first search need not wait for it."""
    from kechuang.core.search.vectors import query_vector  # noqa: PLC0415 - needs the apps, which are set up above

    query_vector("预热")


threading.Thread(target=warm_up, daemon=True).start()
