"""Django settings of the server: the store's, with sign-in, pages and the strictest headers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from courtside.store.settings import AUTH_USER_MODEL as AUTH_USER_MODEL
from courtside.store.settings import DATABASES as DATABASES
from courtside.store.settings import DEFAULT_AUTO_FIELD as DEFAULT_AUTO_FIELD
from courtside.store.settings import INSTALLED_APPS as STORE_APPS
from courtside.store.settings import LOGGING_CONFIG as LOGGING_CONFIG
from courtside.store.settings import TIME_ZONE as TIME_ZONE
from courtside.store.settings import USE_I18N as USE_I18N
from courtside.store.settings import USE_TZ as USE_TZ

SECRET_KEY = os.environ.get("COURTSIDE_SECRET_KEY", "")
"""Filled in by `serve` from a file of the workspace that only its owner can read."""
DEBUG = False
ORIGIN = os.environ.get("COURTSIDE_ORIGIN", "").rstrip("/")
"""How people reach the site, such as `https://example.com`; links that are sent begin with it."""
IS_BEHIND_TLS = os.environ.get("COURTSIDE_TLS", "1" if ORIGIN.startswith("https://") else "0") not in ("", "0")
"""Whether people reach the server over https, by a proxy in front; only then do cookies carry the secure mark."""
ALLOWED_HOSTS = [
    *os.environ.get("COURTSIDE_HOSTS", "localhost,127.0.0.1,[::1]").split(","),
    *([urlsplit(ORIGIN).hostname or ""] if ORIGIN else []),
]
ROOT_URLCONF = "courtside.web.urls"
WSGI_APPLICATION = None
INSTALLED_APPS = [
    *STORE_APPS,
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "ninja",
    "courtside.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "courtside.web.headers.StrictHeaders",
    "courtside.web.origin.Origin",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "courtside.web.data.limits.BodyLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "courtside.web.signing_in.LastingAWhile",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "courtside.web.policy.Door",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "courtside.web.surroundings.surroundings",
            ],
        },
    }
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "courtside.web.signing_in.Adapter"
ACCOUNT_FORMS = {
    "login": "courtside.web.account.sign_in_forms.Login",
    "reauthenticate": "courtside.web.account.sign_in_forms.Reauthenticate",
    "change_password": "courtside.web.account.sign_in_forms.ChangePassword",
}
MFA_FORMS = {
    "authenticate": "courtside.web.account.sign_in_forms.Code",
    "reauthenticate": "courtside.web.account.sign_in_forms.CodeAgain",
    "activate_totp": "courtside.web.account.sign_in_forms.FirstCode",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if IS_BEHIND_TLS else 0
"""Whose address counts attempts to sign in: behind TLS, the one the proxy in front names."""
MFA_ADAPTER = "courtside.web.signing_in.SecondFactor"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Courtside"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "courtside_web_cache"},
}
"""Attempts to sign in and codes used up are counted here, for every worker process together and across restarts;
nothing else is kept: answers about people have a cache of their own that knows when they change."""
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_S = 30 * 60
"""A session nobody used for so long ends; every session ends after `SESSION_COOKIE_AGE`."""
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_BEHIND_TLS
SESSION_COOKIE_NAME = "__Host-courtside" if IS_BEHIND_TLS else "courtside"
CSRF_COOKIE_NAME = "__Host-courtside-csrf" if IS_BEHIND_TLS else "courtside-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = ["https://" + host for host in ALLOWED_HOSTS] if IS_BEHIND_TLS else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_TLS else None
SECURE_SSL_REDIRECT = IS_BEHIND_TLS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_BEHIND_TLS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
STATIC_URL = "/static/"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 40
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
"""Other hosts below the firm's domain are not ours to bind to https."""
if not IS_BEHIND_TLS:
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]
LOOK_AROUND = os.environ.get("COURTSIDE_LOOK_AROUND", "")
"""The secret of the link by which `courtside demo` lets somebody look around in a made-up company."""
WORKSPACE = os.environ.get("COURTSIDE_WORKSPACE", "")
"""The folder of the workspace served."""
