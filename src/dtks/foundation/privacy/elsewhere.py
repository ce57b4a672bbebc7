"""What the tables of libraries hold, and those of areas. Libraries that are not installed are passed over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django_tasks_db.models import DBTaskResult

from dtks.foundation.ledger.domain import Actor

_NO_PERSON = {"purposes": (), "retention": "reference", "read_by": ()}
_OWN = ("Milik satu akun, bukan satu wilayah", "It belongs to an account, not to an area")
_ACCOUNT = {"purposes": ("access",), "read_by": (), "unscoped": _OWN}
_KEY_OF_SESSION = (
    "Kunci sesi: acak, berakhir dengan sesinya; siapa pun yang dapat membaca basis data dapat memakai sesi "
    "yang sedang berjalan",
    "Key of a session: random, ends with it; whoever can read the database can use a session that runs",
)

TABLES: dict[str, dict[str, Any]] = {
    "areas.area": {
        **_NO_PERSON,
        "holds": ("Wilayah Indonesia", "Areas of Indonesia"),
        "columns": {
            "none": "code number level parent name search_name kind timezone bps_code postal_code population "
            "population_male population_female area_km2 lat lon distance_to_centre_km access_level "
            "hazard_level hazard_flood hazard_landslide hazard_earthquake hazard_tsunami hazard_volcano "
            "hazard_drought valid_from valid_to"
        },
    },
    "areas.areasuccession": {
        **_NO_PERSON,
        "holds": ("Pemekaran dan perubahan kode wilayah", "Splits and renumberings of areas"),
        "columns": {"none": "old_code new_area since law"},
    },
    "auth.permission": {
        **_NO_PERSON,
        "holds": ("Tidak dipakai: izin bawaan pustaka", "Not used: permissions of the library"),
        "columns": {"none": "name content_type codename"},
    },
    "auth.group": {
        **_NO_PERSON,
        "holds": ("Tidak dipakai: kelompok bawaan pustaka", "Not used: groups of the library"),
        "columns": {"none": "name"},
    },
    "auth.group_permissions": {
        **_NO_PERSON,
        "holds": ("Tidak dipakai", "Not used"),
        "columns": {"none": "group permission"},
    },
    "contenttypes.contenttype": {
        **_NO_PERSON,
        "holds": ("Nama-nama tabel", "Names of tables"),
        "columns": {"none": "app_label model"},
    },
    "sites.site": {
        **_NO_PERSON,
        "holds": ("Alamat situs ini", "Address of this site"),
        "columns": {"none": "domain name"},
    },
    "sessions.session": {
        **_ACCOUNT,
        "holds": ("Sesi masuk", "Sign-in sessions"),
        "retention": "accounts.sessions",
        "columns": {"authenticator": "session_key session_data", "operational": "expire_date"},
        "protected": {"sealed": "session_data"},
        "readable": _KEY_OF_SESSION,
    },
    "django_tasks_database.dbtaskresult": {
        **_ACCOUNT,
        "purposes": ("registration", "determination"),
        "holds": ("Pekerjaan latar", "Background jobs"),
        "retention": "tasks.done",
        "unscoped": (
            "Argumennya kunci saja; pekerjaan menetapkan wilayahnya sendiri",
            "Its arguments are keys alone; a job sets its own area",
        ),
        "columns": {
            "key": "args_kwargs",
            "operational": "id status enqueued_at started_at finished_at priority task_path worker_ids "
            "queue_name backend_name run_after return_value exception_class_path traceback",
        },
    },
    "account.emailaddress": {
        **_ACCOUNT,
        "holds": ("Surel menurut pustaka masuk; dibiarkan kosong", "The library's e-mail table; left empty"),
        "retention": "accounts.current",
        "columns": {"contact": "email", "operational": "verified primary"},
        "protected": {"empty": "email"},
    },
    "account.emailconfirmation": {
        **_ACCOUNT,
        "holds": ("Tidak dipakai", "Not used"),
        "retention": "accounts.current",
        "columns": {"authenticator": "key", "operational": "created sent"},
        "protected": {"empty": "key"},
    },
    "mfa.authenticator": {
        **_ACCOUNT,
        "holds": (
            "Faktor kedua: rahasia aplikasi tersegel, kode pemulihan sebagai hash",
            "Second factors: secrets of apps sealed, recovery codes as hashes",
        ),
        "retention": "accounts.current",
        "columns": {"authenticator": "data", "operational": "type created_at last_used_at"},
        "protected": {"sealed": "data"},
    },
    "socialaccount.socialapp": {
        **_NO_PERSON,
        "holds": ("Lembaga yang akunnya dapat dipakai masuk", "Institutions whose accounts can sign in"),
        "columns": {"none": "provider provider_id name client_id secret key settings"},
    },
    "socialaccount.socialaccount": {
        **_ACCOUNT,
        "holds": ("Akun lembaga yang terhubung", "Linked accounts of institutions"),
        "retention": "accounts.current",
        "columns": {"officer": "uid extra_data", "operational": "provider last_login date_joined"},
    },
    "socialaccount.socialtoken": {
        **_ACCOUNT,
        "holds": ("Tidak dipakai: token lembaga", "Not used: tokens of institutions"),
        "retention": "accounts.current",
        "columns": {"authenticator": "token token_secret", "operational": "expires_at"},
        "protected": {"empty": "token token_secret"},
    },
    "usersessions.usersession": {
        **_ACCOUNT,
        "holds": ("Perangkat yang sedang masuk", "Devices that are signed in"),
        "retention": "accounts.sessions",
        "columns": {
            "officer": "ip user_agent data",
            "authenticator": "session_key",
            "operational": "created_at last_seen_at",
        },
        "readable": _KEY_OF_SESSION,
    },
}


def _find_tasks(*, before: datetime) -> int:
    """Background jobs that ended before."""
    return _tasks(before).count()


def _shred_tasks(*, by: Actor, before: datetime, limit: int) -> int:
    """Delete up to ``limit`` of them."""
    chosen = list(_tasks(before).values_list("pk", flat=True)[:limit])
    DBTaskResult.objects.filter(pk__in=chosen).delete()
    return len(chosen)


def _tasks(before: datetime) -> Any:
    return DBTaskResult.objects.filter(finished_at__lt=before)


SHREDDERS = {"tasks.done": (_find_tasks, _shred_tasks)}
