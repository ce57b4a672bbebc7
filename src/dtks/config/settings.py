"""Django settings. Everything that differs between installations comes from `environment`."""

from __future__ import annotations

from pathlib import Path

from dtks.config import environment

PROJECT_ROOT = environment.PROJECT_ROOT
HOME = environment.home()
KEY_RING = Path(environment.value("DTKS_KEY_RING") or HOME / "keys" / "ring.json").expanduser()
KMS_URL = environment.value("DTKS_KMS_URL")
KMS_KEY = environment.value("DTKS_KMS_KEY", "dtks")
KMS_TOKEN_FILE = environment.value("DTKS_KMS_TOKEN_FILE")
LEDGER_ORIGIN = environment.value("DTKS_LEDGER_ORIGIN")
LEDGER_PUBLISH = environment.value("DTKS_LEDGER_PUBLISH")
LEDGER_WITNESSES = environment.value("DTKS_LEDGER_WITNESSES")
LEDGER_ANCHORS = environment.value("DTKS_LEDGER_ANCHORS")
DEBUG = environment.value("DTKS_DEBUG") == "1"
SECRET_KEY = environment.secret_key(HOME)
ALLOWED_HOSTS = [
    host.strip()
    for host in environment.value("DTKS_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
    if host.strip()
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_cotton",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "dtks.foundation.vault",
    "dtks.foundation.scope",
    "dtks.foundation.ledger",
    "dtks.foundation.areas",
    "dtks.foundation.accounts",
    "dtks.foundation.privacy",
    "dtks.foundation.ui",
    "dtks.registration.registry",
    "dtks.registration.intake",
    "dtks.determination.runs",
    "dtks.delivery.public",
    "dtks.delivery.workspace",
    "dtks.delivery.citizen",
    "dtks.delivery.audit",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "dtks.foundation.ui.middleware.CompressTextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "dtks.foundation.ui.middleware.ChosenLanguageMiddleware",
    "dtks.foundation.ui.middleware.ContentSecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "dtks.foundation.accounts.idle.IdleMiddleware",
    "dtks.foundation.accounts.entrance.ActorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "dtks.config.urls"
WSGI_APPLICATION = "dtks.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {"signing_in": "dtks.foundation.accounts.signing_in.tags"},
        },
    },
]

DATABASES = {
    "default": environment.database(
        environment.value("DTKS_DATABASE_URL") or f"sqlite:///{HOME / 'dtks.sqlite3'}"
    )
}
# The role that owns the tables: only migrations use it. PostgreSQL binds the other one by policies.
if owner := environment.value("DTKS_DATABASE_OWNER_URL"):
    DATABASES["owner"] = {**environment.database(owner), "TEST": {"MIRROR": "default"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["dtks.foundation.accounts.signing_in.backend.AccountBackend"]
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}"
    for name in ("Argon2PasswordHasher", "ScryptPasswordHasher", "PBKDF2PasswordHasher")
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name"]},
    },
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},  # a NIK or a phone number
    {"NAME": "dtks.foundation.accounts.signing_in.passwords.ContextWordsValidator"},
    {
        "NAME": "dtks.foundation.accounts.signing_in.breached.BreachedPasswordValidator",
        "OPTIONS": {"path": environment.value("DTKS_BREACHED_PASSWORDS")},
    },
]
# django-allauth: second factors, institutions, sessions. Accounts are made by those who manage them, so its
# registration, its e-mail table and its own limits (counted per process) stay unused.
ALLAUTH_TRUSTED_PROXY_COUNT = int(environment.value("DTKS_TRUSTED_PROXIES", "0"))
ACCOUNT_ADAPTER = "dtks.foundation.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "dtks.foundation.accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]  # recovery codes are our own: `signing_in/recovery.py`
# Phones in villages are often half a minute off; each code works once.
MFA_TOTP_TOLERANCE = 0 if environment.value("DTKS_STRICT_CODES") == "1" else 1
MFA_RATE_LIMITS = False
SOCIALACCOUNT_ADAPTER = "dtks.foundation.accounts.adapter.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
CITIZEN_REGISTER = "dtks.registration.registry.citizens.Register"
CONSENT_REGISTER = "dtks.registration.registry.residents.Register"
CODE_DELIVERY = "dtks.foundation.accounts.signing_in.delivery.Outbox"
LOGIN_URL = "/masuk/"
LOGIN_REDIRECT_URL = "/petugas/"
LOGOUT_REDIRECT_URL = "/"

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [PROJECT_ROOT / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

SESSION_SERIALIZER = "dtks.foundation.vault.sessions.SealedSerializer"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_SAMESITE = "Lax"
if environment.value("DTKS_HTTPS") == "1":
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    LANGUAGE_COOKIE_NAME = "__Host-language"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# What a browser sends lies sealed from its first byte on disk.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "dtks.foundation.vault.uploads.SealedUploadHandler",
]
# The files that villages send are read in chunks from disk; a form field never needs more than this.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "dtks.foundation.kernel.log_format.WithoutPersonalData",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
