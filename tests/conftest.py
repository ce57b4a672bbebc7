"""What every test stands on: SQLite by default, PostgreSQL where a test asks for it, loopback only."""

from __future__ import annotations

import os
import tempfile

# Before Django reads its settings: tests never touch the data folder of an installation.
os.environ["DTKS_HOME"] = tempfile.mkdtemp(prefix="dtks-test-")
os.environ.pop("DTKS_DATABASE_URL", None)
