"""The settings of the tests: a data folder of their own, the same apps and database options."""

import os
import tempfile

# Before the project's settings are read: tests never touch the data folder of an installation.
os.environ["DTKS_HOME"] = tempfile.mkdtemp(prefix="dtks-test-")
os.environ.pop("DTKS_DATABASE_URL", None)

from dtks.config.settings import *  # noqa: F403 - the environment comes first

# A weak hash: the tests sign in hundreds of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Served from the source folders: no collectstatic before a test.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
