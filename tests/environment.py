"""测试环境 environment: loaded before Django reads its settings; an embedded database for the whole run."""

import os
from pathlib import Path

import pytest

from kechuang.kit.postgres import Server

VAR = Path(os.environ.get("KECHUANG_VAR") or Path(__file__).resolve().parent.parent / "var") / "test"
if "KECHUANG_TESTING" not in os.environ:  # the workers of a parallel run inherit both
    os.environ |= {"KECHUANG_TESTING": "1", "KECHUANG_VAR": str(VAR)}

_server = None if os.environ.get("DATABASE_URL") else Server(Path(os.environ["KECHUANG_VAR"]) / "pg")


def pytest_configure(config: pytest.Config) -> None:
    """Start the database before a test looks for it; the folder of static files, which whitenoise misses loudly."""
    (Path(os.environ["KECHUANG_VAR"]) / "static").mkdir(parents=True, exist_ok=True)
    if _server is not None:
        _server.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Give the database up; it ends with its last user."""
    if _server is not None:
        _server.stop()
