"""Django settings of one workspace's application database; `connect` fills in where the file is."""

from __future__ import annotations

from typing import Any

SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": ":memory:",
    "OPTIONS": {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    },
}
DATABASES: dict[str, dict[str, Any]] = {"default": dict(SQLITE)}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "courtside.store"]
AUTH_USER_MODEL = "store.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
LOGGING_CONFIG = None
