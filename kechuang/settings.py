"""设置 settings: one file, from the environment, safe by default. docs/reference/settings.md lists them."""

import pkgutil
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from environs import Env

from kechuang.kit.postgres import django_settings, url_settings

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env.path("KECHUANG_VAR", BASE_DIR / "var")
PACKS_DIR = BASE_DIR / "kechuang" / "packs"
REGION = env.str("KECHUANG_REGION", "qingdao")
# Demo mode shows one-click logins for fictional people; never on for a real city.
DEMO = env.bool("KECHUANG_DEMO", False)
DEBUG = env.bool("DEBUG", False)
TESTING = env.bool("KECHUANG_TESTING", False)


def _secret() -> str:
    """The secret key: from the environment, else made once and kept in a private file."""
    given = env.str("SECRET_KEY", "")
    if given:
        return str(given)
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="ascii") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass
    return path.read_text("ascii")


SECRET_KEY = _secret()
# Bank account numbers are sealed with the first; all of them open, so that a key can be replaced.
SEAL_KEYS: list[str] = list(env.list("SEAL_KEYS", [])) or [SECRET_KEY]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS: list[str] = list(env.list("CSRF_TRUSTED_ORIGINS", []))
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")
HTTPS = env.bool("HTTPS", SITE_URL.startswith("https://"))

SERVICES = sorted(m.name for m in pkgutil.iter_modules([str(BASE_DIR / "kechuang" / "services")]) if m.ispkg)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "procrastinate.contrib.django",
    *(
        f"kechuang.core.{name}"
        for name in (
            "vocab",
            "audit",
            "catalogue",
            "search",
            "parties",
            "dossier",
            "policy",
            "market",
            "documents",
            "notices",
            "keys",
            "ledger",
            "taskforces",
            "disclosure",
            "tiers",
            "cases",
            "publicity",
            "matching",
            "alerts",
        )
    ),
    "kechuang.web",
    *(f"kechuang.services.{name}" for name in SERVICES),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kechuang.web.middleware.security_headers",
    "kechuang.web.api.problems.middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kechuang.web.middleware.chinese_first",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kechuang.web.session.sessions",
    "kechuang.web.middleware.refusals",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "kechuang.urls"
WSGI_APPLICATION = "kechuang.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "kechuang" / "web" / "templates"],  # before those of allauth
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kechuang.web.context.site",
            ],
            "builtins": ["template_partials.templatetags.partials", "kechuang.web.templatetags.kc"],
        },
    }
]

DATABASE_URL = env.str("DATABASE_URL", "")
_DATABASE = url_settings(DATABASE_URL) if DATABASE_URL else django_settings(VAR_DIR / "pg")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **_DATABASE,
        "CONN_MAX_AGE": 0,
        "OPTIONS": _DATABASE["OPTIONS"] | ({} if TESTING else {"pool": {"min_size": 1, "max_size": 12, "timeout": 20}}),
        "TEST": {"NAME": "kechuang_test"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "kechuang" / name for name in ("locale", "web/locale", "core/locale")]
TIME_ZONE = env.str("TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
# Private storage: documents are handed out by a view that asks the access rule, never by the web server.
DOCUMENTS_DIR = env.path("DOCUMENTS_DIR", VAR_DIR / "documents")
DOCUMENT_MAX_BYTES = env.int("DOCUMENT_MAX_BYTES", 20 * 1024 * 1024)
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_BYTES", 50 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", 120)
FILE_UPLOAD_PERMISSIONS = 0o600

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "kechuang.web.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "kechuang.web.accounts.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = env.str("ACCOUNT_EMAIL_VERIFICATION", "optional")
ACCOUNT_EMAIL_SUBJECT_PREFIX = "【科创通】"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_FORMS = {"add_email": "kechuang.web.email_change.ChangeEmailForm"}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = False  # no "remember me": shared office computers
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_RATE_LIMITS = {"login_failed": False}  # django-axes counts failures, of both factors
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "kechuang.web.second_factor.AuthenticateForm",
    "reauthenticate": "kechuang.web.second_factor.ReauthenticateForm",
    "authenticate_webauthn": "kechuang.web.second_factor.AuthenticateKeyForm",
    "reauthenticate_webauthn": "kechuang.web.second_factor.ReauthenticateKeyForm",
    "login_webauthn": "kechuang.web.second_factor.LoginKeyForm",
    "add_webauthn": "kechuang.web.second_factor.AddKeyForm",
    "edit_webauthn": "kechuang.web.second_factor.EditKeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "科创通"
MFA_TOTP_TOLERANCE = 1  # codes of 30 seconds before and after: phones have slow and fast clocks
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# OIDC_APPS: a JSON list of {"provider_id", "name", "client_id", "secret", "settings": {"server_url"}}.
OIDC_APPS: list[dict[str, Any]] = list(env.json("OIDC_APPS", []))
SOCIALACCOUNT_ADAPTER = "kechuang.web.adapters.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC_APPS}}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=5)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_PARAMETERS = ["username"]  # the account, from wherever the guesses come
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "kechuang.web.accounts.account_key"
AXES_LOCKOUT_CALLABLE = "kechuang.web.accounts.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code"]
AXES_VERBOSE = False
# Idle time-out and longest session; kechuang.web.session renews the one and enforces the other.
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_SECONDS", 30 * 60)
SESSION_LONGEST_SECONDS = env.int("SESSION_LONGEST_SECONDS", 8 * 60 * 60)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
X_FRAME_OPTIONS = "DENY"

EMAIL_BACKEND = env.str("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "kechuang@localhost")
# Dotted path of a class with ``send(number, text)``; see core/notices/gateway.py.
SMS_GATEWAY = env.str("SMS_GATEWAY", "kechuang.core.notices.gateway.FakeGateway")

# Any OpenAI-compatible endpoint; empty means the local multilingual-e5-small.
EMBEDDER_URL = env.str("EMBEDDER_URL", "")
EMBEDDER_KEY = env.str("EMBEDDER_KEY", "")
EMBEDDER_MODEL = env.str("EMBEDDER_MODEL", "")
EMBEDDER_THREADS = env.int("EMBEDDER_THREADS", 2)
# An import or a notice does not wait for a long row of embeddings.
PROCRASTINATE_WORKER_DEFAULTS = {"concurrency": 3}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
}
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # see AXES_LOCKOUT_PARAMETERS
