"""Every way into the data, found in the program itself: pages, API operations, commands, jobs, scoped tables.

`PAGES`, `COMMANDS` and `JOBS` say how the scope tests walk through each. A new entrance that is missing there
fails `test_entrances_declared.py`, which says what to add.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLResolver, get_resolver
from django_tasks.base import Task

import dtks
from dtks.cli import COMMANDS as CLI_COMMANDS
from dtks.cli import load_command
from dtks.foundation.accounts.entrance import Entrance
from dtks.foundation.scope.tables import scoped_models

METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Door:
    """One address of the site. `by_method`: what each method needs; {} when the view declares nothing."""

    name: str
    route: str
    by_method: Mapping[str, Entrance]
    csrf_exempt: bool = False
    """Whether Django's middleware lets forms in without a token."""

    def needs(self, method: str) -> Entrance | None:
        """The declaration for this method; None when there is none."""
        return self.by_method.get(method)


@dataclass(frozen=True)
class Walk:
    """How a test goes through a door.

    `keys`: parameter of the address → what stands there. `query`, `post`: what is sent (besides nothing at
    all). A value that begins with '@' is taken from the village (`world.Village`). `json`: the body is JSON.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    post: Mapping[str, str] = field(default_factory=dict)
    json: bool = False


AREA = {"wilayah": "@area"}
WORDS = {"reason": "uji coba", "alasan": "uji coba", "purpose": "verifikasi", "keperluan": "verifikasi"}
PAGES: dict[str, Walk] = {
    "public:look_up": Walk(),
    "public:result": Walk(post={"desa": "@area", "nama": "@head"}),
    "public:why_not": Walk(),
    "ui:sign_out": Walk(),
    "ui:language": Walk(keys={"code": "id"}),
    "ui:healthz": Walk(),
    "accounts:sign_in": Walk(post={"login": "@username", "password": "salah-sekali-ini"}),
    "accounts:second_factor": Walk(post={"code": "000000"}),
    "accounts:first_app": Walk(post={"code": "000000"}),
    "accounts:first_key": Walk(),
    "accounts:step_up": Walk(post={"code": "000000"}),
    "accounts:locked": Walk(post={"password": "salah-sekali-ini"}),
    "accounts:lock_now": Walk(),
    "accounts:alive": Walk(),
    "accounts:citizen": Walk(post={"nik": "@nik", "channel": "phone"}),
    "accounts:citizen_code": Walk(post={"code": "000000"}),
    "accounts:institution": Walk(keys={"id": "lembaga"}),
    "accounts:institution_back": Walk(keys={"id": "lembaga"}),
    "accounts:citizen_home": Walk(),
    "accounts:my_account": Walk(),
    "accounts:my_security": Walk(),
    "accounts:change_password": Walk(),
    "accounts:sessions": Walk(),
    "accounts:roles": Walk(post={"grant": "@grant"}),
    "accounts:add_app": Walk(),
    "accounts:add_key": Walk(),
    "accounts:recovery_codes": Walk(),
    "accounts:remove_factor": Walk(keys={"pk": "@number"}),
    "accounts:officers": Walk(query={"status": "aktif"}, post={"cari": "@username"}),
    "accounts:officer_new": Walk(
        post={"username": "baru.sekali", "name": "Baru", "role": "operator-desa", "area": "@area", **WORDS}
    ),
    "accounts:officer": Walk(keys={"account": "@account"}),
    "accounts:officer_role": Walk(
        keys={"account": "@account"},
        post={"role": "pendata", "area": "@area", "valid_from": "2026-11-01", **WORDS},
    ),
    "accounts:hand_over": Walk(
        keys={"account": "@account"}, post={"to": "@username", "on": "2026-12-01", "grant": "@grant", **WORDS}
    ),
    "accounts:end_role": Walk(keys={"account": "@account", "grant": "@grant"}, post=WORDS),
    "accounts:officer_act": Walk(keys={"account": "@account", "what": "tutup"}, post=WORDS),
    "accounts:officer_institutions": Walk(
        keys={"account": "@account"}, post={"institution": "lembaga", "subject": "pegawai-1", **WORDS}
    ),
    "accounts:officer_institution_answer": Walk(
        keys={"account": "@account"},
        post={"decision": "agree", "request": "01990000-0000-7000-8000-000000000000", **WORDS},
    ),
    "accounts:officer_institution_withdraw": Walk(
        keys={"account": "@account", "institution": "lembaga"}, post=WORDS
    ),
    "accounts:delegations": Walk(
        post={"to": "@username", "valid_from": "2026-12-01", "valid_to": "2026-12-09", **WORDS}
    ),
    "accounts:take_back": Walk(keys={"grant": "@grant"}, post=WORDS),
    "accounts:officers_bulk": Walk(),
    "accounts:officers_template": Walk(),
    "accounts:officers_apply": Walk(),
    "accounts:review": Walk(),
    "accounts:review_decide": Walk(keys={"grant": "@grant"}, post=WORDS),
    "accounts:review_end": Walk(keys={"grant": "@grant"}, post=WORDS),
    "accounts:review_export": Walk(),
    "accounts:citizen_find": Walk(post={"nik": "@nik"}),
    "accounts:citizen_account": Walk(keys={"person": "@person"}),
    "accounts:citizen_contact": Walk(
        keys={"person": "@person"}, post={"contact": "0812 9000 7711", "way": "seen", "papers": "1", **WORDS}
    ),
    "accounts:citizen_contact_code": Walk(keys={"person": "@person"}, post={"code": "000000"}),
    "accounts:citizen_act": Walk(keys={"person": "@person", "what": "tutup"}, post={"papers": "1", **WORDS}),
    "workspace:home": Walk(query=AREA),
    "workspace:families": Walk(query=AREA, post={"wilayah": "@area", "cari": "@nik"}),
    "workspace:export": Walk(query=AREA),
    "workspace:family": Walk(keys={"id": "@family"}),
    "workspace:show_number": Walk(
        keys={"id": "@family"}, query={"isi": "nik", "orang": "@person"}, post={"keperluan": "perbaikan"}
    ),
    "workspace:show_contact": Walk(
        keys={"id": "@family"}, query={"isi": "respondent_phone"}, post={"keperluan": "perbaikan"}
    ),
    "audit:events": Walk(query=AREA, post={"wilayah": "@area", "siapa": "@nik", "petugas": "@username"}),
    "audit:workbook": Walk(query=AREA),
    "audit:text": Walk(query=AREA),
    "audit:bundle": Walk(query={"peristiwa": "@event"}),
    "audit:opened": Walk(query={"peristiwa": "@event"}),
    "audit:whole": Walk(),
    "audit:event": Walk(keys={"id": "@event"}),
    "audit:show": Walk(keys={"id": "@event"}, post={"keperluan": "audit"}),
    "audit:checkpoint": Walk(),
    "audit:tile": Walk(keys={"rest": "0/000.p/1"}),
    "intake:home": Walk(query={"wilayah": "@area"}),
    "intake:mappings": Walk(),
    "intake:mapping": Walk(keys={"name": "peta_uji"}, post={"judul": "Judul uji"}),
    "intake:mapping_delete": Walk(keys={"name": "peta_uji"}),
    "intake:places": Walk(query={"wilayah": "a"}),
    "intake:job": Walk(keys={"job_id": "@job"}),
    "intake:progress": Walk(keys={"job_id": "@job"}),
    "intake:start": Walk(keys={"job_id": "@job"}),
    "intake:stop": Walk(keys={"job_id": "@job"}),
    "intake:discard": Walk(keys={"job_id": "@job"}),
    "intake:download": Walk(keys={"job_id": "@job"}),
    "privacy:home": Walk(),
    "privacy:record": Walk(),
    "privacy:retention": Walk(),
    "privacy:consents": Walk(post={"nomor": "@consent_number"}),
    "privacy:consents_of": Walk(
        keys={"person": "@person"},
        post={"tujuan": "research_contact", "oleh": "self", "jalur": "office", "setuju": "on"},
    ),
    "privacy:consent": Walk(keys={"consent": "@consent"}),
    "privacy:consent_withdraw": Walk(keys={"consent": "@consent"}, post={"jalur": "office"}),
    "privacy:consent_stopped": Walk(keys={"consent": "@consent"}, post={"selesai": "on"}),
    "privacy:breaches": Walk(),
    "privacy:breach_new": Walk(post={"what": "Uji", "areas": "@area"}),
    "privacy:breach": Walk(keys={"breach": "@breach"}),
    "privacy:breach_correct": Walk(keys={"breach": "@breach"}, post={"what": "Uji", "change": "Uji"}),
    "privacy:letter": Walk(keys={"breach": "@breach", "to": "subjects"}),
    "privacy:breach_sent": Walk(keys={"breach": "@breach"}, post={"to": "authority", "channel": "pos"}),
    "privacy:readings": Walk(),
    "privacy:reading": Walk(keys={"reading": "@reading"}, post={"keputusan": "usual", **WORDS}),
    "privacy:watching": Walk(post={"nik": "@nik", "alasan": "uji coba saja"}),
    "privacy:watch_end": Walk(keys={"watch": "@watch"}),
    "privacy:assessments": Walk(),
    "privacy:assessment_shipped": Walk(),
    "privacy:assessment_new": Walk(post={"title": "Uji"}),
    "privacy:assessment": Walk(keys={"series": "@series"}),
    "privacy:assessment_go_on": Walk(keys={"series": "@series"}, post={"title": "Uji"}),
    "citizen:who_saw": Walk(query={"sampai": "2026-11"}),
    "citizen:complain": Walk(),
    "api:openapi": Walk(),
    "api:me": Walk(),
    "api:area_summary": Walk(keys={"code": "@area"}),
    "api:families": Walk(query={"area": "@area"}),
    "api:search": Walk(post={"area": "@area", "text": "@nik"}, json=True),
    "api:family": Walk(keys={"id": "@family"}),
    "api:imports": Walk(),
    "api:ledger": Walk(query={"subject": "@family"}),
    "api:unknown": Walk(keys={"rest": "tidak-ada"}),
}
"""The scope tests' table of addresses."""

WHOLE_COUNTRY = (
    "whoever runs commands on the server works in the whole country; the scope is set by `dtks.cli.main`"
)
NOTHING = "opens no row of a person"
COMMANDS: dict[str, str] = {
    "demo": WHOLE_COUNTRY,
    "serve": NOTHING,
    "import": WHOLE_COUNTRY,
    "determine": WHOLE_COUNTRY,
    "explain": WHOLE_COUNTRY,
    "areas": NOTHING,
    "synth": NOTHING,
    "targeting": NOTHING,
    "migrate": NOTHING,
    "user": WHOLE_COUNTRY,
    "docs": NOTHING,
    "doctor": NOTHING,
    "test": NOTHING,
    "privacy": WHOLE_COUNTRY,
    "keys": WHOLE_COUNTRY,
    "ledger": WHOLE_COUNTRY,
    "outbox": "messages that wait, for whoever may run commands on the server; recorded",
}
"""The scope tests' table of commands: what each opens, and why it may."""

JOBS: frozenset[str] = frozenset({"dtks.registration.intake.jobs.run_import"})
"""Jobs that `test_scope_jobs.py` walks through."""
OWN_JOBS: dict[str, str] = {
    "dtks.foundation.privacy.jobs.look_through": "the program's own work, without an argument"
}
"""Jobs that nobody orders: they work in the whole country, take no argument and tell nothing of anybody."""


OF_ONESELF = "rows of one's own session or account, found by its key alone"
OF_DJANGO = "names of rights and tables; unused"
REFERENCE = "public reference, or rules without a person"
DIGESTS = "salted digests of events and what is made of them: they tell nothing, and anybody may have them"
UNSCOPED: dict[str, str] = {
    "auth.Permission": OF_DJANGO,
    "auth.Group": OF_DJANGO,
    "contenttypes.ContentType": OF_DJANGO,
    "sessions.Session": OF_ONESELF,
    "usersessions.UserSession": OF_ONESELF,
    "mfa.Authenticator": OF_ONESELF,
    "socialaccount.SocialApp": "institutions, set up by the server's file",
    "socialaccount.SocialAccount": OF_ONESELF,
    "socialaccount.SocialToken": "kept empty",
    "account.EmailAddress": "kept empty",
    "account.EmailConfirmation": "kept empty",
    "django_tasks_database.DBTaskResult": "arguments are keys; a job works in the scope of who ordered it",
    "vault.KnownKey": "fingerprints of keys",
    "vault.RotationStep": "progress of an exchange of keys",
    "ledger.LedgerLeaf": DIGESTS,
    "ledger.LedgerNode": DIGESTS,
    "ledger.LedgerHead": DIGESTS,
    "ledger.LedgerCosignature": DIGESTS,
    "ledger.LedgerAnchor": DIGESTS,
    "ledger.LedgerKey": "the key that signs heads, sealed",
    "areas.Area": REFERENCE,
    "areas.AreaSuccession": REFERENCE,
    "accounts.Account": "found through the grants in scope (`accounts.standing_rows`)",
    "accounts.TryCount": "keyed digests",
    "accounts.CitizenCode": OF_ONESELF,
    "accounts.PreparedSignIn": "found through the account",
    "intake.SavedMapping": REFERENCE,
    "runs.Run": "figures of whole runs: who shows them checks the area (`scope.current.require`)",
    "privacy.ReadingDay": "days that were looked through: nobody stands in it",
    "ledger.LedgerCount": "how often a published list was searched in an hour: nobody stands in it",
    "public.PublishedList": "what the public may see",
    "public.PublishedPerson": "what the public may see",
}
"""Tables whose rows belong to no area, each with the reason."""


def doors() -> list[Door]:
    """Every address of the site."""
    return list(_doors(get_resolver(), "", ()))


def _doors(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[Door]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = pattern.namespace or pattern.app_name
            yield from _doors(pattern, route, (*spaces, space) if space else spaces)
        else:
            view = pattern.callback
            name = ":".join((*spaces, pattern.name or route))
            yield Door(name, route, _declared(view), getattr(view, "csrf_exempt", False))


def _declared(view: Any) -> Mapping[str, Entrance]:
    if by_method := getattr(view, "entrances", None):
        return dict(by_method)
    one = getattr(view, "entrance", None)
    return {} if one is None else dict.fromkeys(METHODS, one)


def commands() -> list[str]:
    """Every command and sub-command of `dtks`: 'areas load'."""
    found = []
    for name in CLI_COMMANDS:
        command = load_command(name)
        inside = sorted(getattr(command, "commands", {}))
        found += [f"{name} {each}" for each in inside] or [name]
    return found


def jobs() -> dict[str, Task]:
    """Every background job: a module-level object of the task queue in any module of the program."""
    found: dict[str, Task] = {}
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, Task):
                found[f"{value.func.__module__}.{value.func.__name__}"] = value
                assert name, module
    return found


def modules() -> Iterator[Any]:
    """Every module of the program, imported."""
    for each in pkgutil.walk_packages(dtks.__path__, "dtks."):
        if not each.name.endswith(("__main__", "wsgi")) and ".migrations" not in each.name:
            yield importlib.import_module(each.name)


def tables() -> list[Any]:
    """Every model whose rows belong to an area."""
    return scoped_models()
