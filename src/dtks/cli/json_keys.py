"""Every key that a command prints with `--json`, and what it means.

docs/reference/json.md is made from this table, and a test runs each command and compares: no key is
printed that is not here, and none is here that is not printed. A dot leads into an object, `*` stands for
whatever the object is keyed by or for each element of a list. Below a key without children of its own
nothing is promised.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

_MEASURED = {
    "seconds": "the work in seconds, without start-up",
    "peak_rss_mb": "peak resident memory in MB (10⁶ bytes), child processes included",
}
_ACCURACY = {
    "ee": "exclusion error: poor not selected / poor",
    "ie": "inclusion error: selected not poor / selected",
    "leakage": "selected not poor / not poor",
    "td": "targeting differential: coverage of the poor − leakage",
    "cgh": "share of benefits to the poorest q / q",
}
_PROVINCE = {
    "families": "families made",
    "people": "people made",
    "sex_ratio_aimed": "men per 100 women aimed at",
    "sex_ratio": "men per 100 women got",
    "mean_size_aimed": "people per family aimed at",
    "mean_size": "people per family got",
    "poverty_rate_aimed": "share of poor people aimed at",
    "poverty_rate": "share of poor people got",
}


_HEAD = {
    "origin": "lasting name of the log",
    "size": "events in the tree of the head that was used",
    "root": "its root, hex",
}


def _under(path: str, keys: Mapping[str, str]) -> dict[str, str]:
    return {f"{path}.{key}": meaning for key, meaning in keys.items()}


KEYS: dict[str, dict[str, str]] = {
    "import": {
        "job": "id of the import; null with --dry-run",
        "state": "`done`, `failed` or `cancelled`",
        "name": "name of the file or folder",
        "format": "format it was read as",
        "area": "area code given; '' is none",
        "dry_run": "whether nothing was stored; then what only the register could tell is null: people_new, "
        "people_changed, families_new, families_changed, rows_mended, outdated",
        "already_imported": "whether this very file had been imported before: nothing was done",
        "rows_read": "rows of the file = accepted + pending + skipped",
        "rows_accepted": "rows that are in the register (with --dry-run: would be)",
        "rows_pending": "rows kept until they are mended",
        "rows_skipped": "rows equal to another row in every cell",
        "rows_mended": "waiting rows that this file mended",
        "people": "people that the accepted rows make",
        "people_new": "of these, new to the register",
        "people_changed": "of these, known and changed",
        "families": "families that the accepted rows make",
        "families_new": "of these, new to the register",
        "families_changed": "of these, known and changed",
        "families_incomplete": "families that went in while a member's row waits",
        "outdated": "statements older than the one on record, left out",
        "problems": "rows held back, by code of the problem",
        "warnings": "rows accepted with a warning, by code",
        "report": "workbook of the waiting rows, with --report; else null",
    },
    "determine": {
        "directory": "folder of the results",
        "sha256": "SHA-256 of the output's manifest, and through it of every result",
        "snapshot_sha256": "SHA-256 of the snapshot's manifest",
        "period": "month determined",
        "model": "id of the welfare model",
        "model_status": "`demonstration` or `official`",
        "within_run": "whether deciles were cut among the families of this run only",
        "people": "people in families that were read",
        "families": "families read",
        "families_scored": "families with a score",
        "families_unscored": "families without, as an answer is missing",
        "families_verification": "families whose data failed a check: not scored, to be verified",
        "orphans": "people whose family is not in the snapshot",
        "deciles": "families by decile; 1 is the poorest",
        "eligible": "by programme: eligible families, or members for a programme for individuals",
        "amounts": "by programme: rupiah a year (once, for a grant given once)",
        "run_id": "id of the run over the registry; null with --snapshot",
        "published": "rows of the public list; null with --snapshot and --within-run",
    },
    "explain": {
        "family": "the family asked for",
        "period": "month of the rules",
        "taken_on": "day of the snapshot",
        "village": "Kemendagri code of the village, ten digits",
        "model": "id of the welfare model",
        "model_status": "`demonstration` or `official`",
        "within_run": "whether deciles were cut among the families of that run only",
        "score": "micro-units of log consumption; null when not scored",
        "desil": "1 (poorest) … 10; null when not scored",
        "faults": "checks that the data failed",
        "missing": "answers without which there is no score",
        "rules_changed": "`model`, `cut_points` and ids of programmes whose content is no longer that of the "
        "run: reasons, criteria and amounts follow the rules of now; null with --snapshot",
        "rules_note": "the same in words, also when it cannot be checked; empty when nothing has changed",
        "contributions.*.variable": "variable of the model",
        "contributions.*.label": "its label",
        "contributions.*.value": "the family's answer",
        "contributions.*.micro_units": "how far it moved the score; below zero is poorer",
        "programmes.*.programme": "id of the programme",
        "programmes.*.name": "its name",
        "programmes.*.status": "0 not eligible, 1 eligible, 2 verification, 3 overlap, 4 shared household",
        "programmes.*.components": "members that count, by component",
        "programmes.*.amount": "rupiah a year (once, for a grant given once)",
        "programmes.*.open_members": "members of whom an answer is missing",
        "programmes.*.excluded_by": "programmes that go before this one and exclude it",
        "programmes.*.criteria.*.id": "id of the criterion",
        "programmes.*.criteria.*.label": "its label",
        "programmes.*.criteria.*.outcome": "0 no, 1 yes, 2 unknown",
        "programmes.*.criteria.*.sentence": "the outcome in words",
        "programmes.*.criteria.*.values": "the family's answers that it reads, by variable",
        "programmes.*.criteria.*.text": "the predicate as written in the programme's file",
        "programmes.*.criteria.*.reference": "law or decree",
        "programmes.*.criteria.*.evidence": "how sure that reference is",
    },
    "areas load": {
        "provinces": "provinces that were loaded or compared",
        "regencies": "kabupaten and kota",
        "districts": "kecamatan",
        "villages": "desa, kelurahan, desa adat",
        "added": "rows added",
        "changed": "rows changed",
        "ended": "rows that the reference no longer has",
        "unchanged": "rows that were the same",
        "decree": "decree of the reference",
        "attributes": "areas that got accessibility and hazards, with --attributes; else null",
    },
    "areas stats": {
        "provinces": "provinces in force",
        "regencies": "kabupaten and kota in force",
        "districts": "kecamatan in force",
        "villages": "desa, kelurahan, desa adat in force",
        "kinds": "areas in force by kind",
        "with_point": "areas with coordinates",
        "with_bps_code": "areas with a BPS code",
        "with_population": "areas with a population",
        "with_area_km2": "areas with an area",
        "with_distance_to_centre": "areas with a distance to the centre of government",
        "with_access_level": "areas with a level of accessibility",
        "with_hazard_level": "areas with a level of hazard",
        "without_bps_code": "codes of provinces and regencies that no name of BPS answered; of districts and "
        "villages no BPS code is known, so none is listed",
        "loaded": "rows that were loaded first because there were none",
    },
    "synth": {
        "out": "folder of the output",
        "families": "families made",
        "people": "people made",
        "sha256": "SHA-256 of the manifest, and through it of the whole snapshot",
        "aimed.male_share": "share of men aimed at",
        "aimed.mean_size": "people per family aimed at",
        "aimed.poverty_rate": "share of poor people aimed at",
        "got.male_share": "share of men got",
        "got.mean_size": "people per family got",
        "got.poverty_rate": "share of poor people got",
        "worst": "greatest differences, as fractions: of regencies with 20,000 people or more, age groups, "
        "family sizes; where `regencies_compared` is 0, the 0.0 of regencies means not compared",
        **_under("provinces.*", _PROVINCE),
        "provinces_reused": "provinces that an earlier, interrupted run of the same request had finished",
    },
    "targeting train": {
        "model": "id of the model",
        "status": "`demonstration` or `official`",
        "note": "what the figures are not, in words",
        "out": "the model's file",
        "sha256": "SHA-256 of the model",
        "households": "households it was estimated on",
        "incomplete": "of these, households with an answer missing",
        "without_target": "households left out for want of consumption",
        "variables": "variables of the model",
        "validation": "accuracy on villages left out; null with --folds 0",
    },
    "targeting evaluate": {
        "model": "id of the model; null with --folds, which judges the method",
        "status": "its status; null with --folds",
        "note": "what the figures are not, in words; null with --folds",
        "n": "households judged",
        "unscored": "of these, households without a score: never selected",
        "villages": "villages among them",
        "villages_seen": "of these, villages that the model was trained on",
        "r2": "R² of the logarithm of consumption",
        **_under("at.*", _ACCURACY),
        "intervals": "95 % intervals clustered by village, of `r2` and of each measure at each level",
        "groups": "the measures at 20 % by group and value",
        "worst": "the group of most exclusion, of those with 30 poor households or more; null where none has",
        "how": "what was judged on what",
        "same_file": "whether it is the file that the model was trained on: such figures flatter",
    },
    "targeting cut-points": {
        "families": "families read",
        "unscored": "of these, families without a score",
        "cut_points": "the highest score of deciles 1 … 9",
        "out": "file of cut-points",
    },
    "migrate": {
        "applied": "migrations that were applied now",
        "indexes_built": "indexes that an interrupted first filling had left out, built now",
    },
    "doctor": {
        "ok": "whether nothing lacks that the main job needs",
        "findings.*.name": "what was looked at",
        "findings.*.ok": "whether it is there",
        "findings.*.needed": "whether the main job needs it",
        "findings.*.found": "what was found",
        "findings.*.for_id": "what it is for, Indonesian",
        "findings.*.for_en": "what it is for, English",
        "findings.*.how": "how to get it",
    },
    "keys status": {
        "file": "where the key ring lies",
        "keys.*.part": "`data` (sealing) or `index` (finding)",
        "keys.*.id": "number of the key in its part",
        "keys.*.active": "whether new values use it",
        "keys.*.kept_by": "`file`, or the key service that wraps it",
        "keys.*.made": "when it was made",
        "keys.*.replaced": "when another became active; null while it is",
        "keys.*.values": "values in the database that need it",
        "missing": "keys that the database knows and the ring has not",
        "unfinished": "whether a re-encryption was interrupted",
    },
    "keys add": {
        "part": "`data` or `index`",
        "id": "number of the new key, active from now on",
    },
    "keys rotate": {
        "rows": "values of tables re-encrypted",
        "others": "sessions, second factors and files re-encrypted",
        "passes": "passes over the tables until none used an older key",
        "damaged.*": "values that do not open and stay as they are, by place",
    },
    "keys retire": {
        "part": "`data` or `index`",
        "id": "number of the key that was removed",
    },
    "ledger verify": {
        "ok": "whether nothing is wrong",
        "size": "leaves read",
        "root": "root over them, hex",
        "heads": "signed heads compared with it",
        "lists": "lists of rows compared with their events",
        "pending": "events that wait to be taken up",
        "shredded": "events whose text was shredded, as other events say",
        "shreds": "numbers of the first 20 events that say so",
        "compared": "checkpoints from elsewhere, with --against",
        "wrong": "kind of finding → how often",
        "findings": "the first 20 of each kind",
        "findings.*.kind": "what is wrong, one word",
        "findings.*.at": "where: event, leaf, tile, head or checkpoint",
    },
    "ledger prove": {
        "event": "its number",
        "index": "its place in the tree",
        **_HEAD,
        "file": "where the proof was written, with --out; else null",
        "proof": "the proof as text",
    },
    "ledger consistency": {
        **_under("old", {"size": "size of the older tree", "root": "its root, hex"}),
        **_under("new", {"size": "size of the newer tree", "root": "its root, hex"}),
        "proof": "hashes of the proof (RFC 6962, 2.1.2), hex",
        "ok": "whether it holds",
    },
    "ledger export": {
        "events": "events in the bundle",
        "chosen": "what was asked for",
        "file": "where the bundle was written",
        "bytes": "its length",
    },
    "ledger check": {
        "kind": "`bundle` or `proof`",
        **_HEAD,
        "witnesses": "names of the witnesses asked for that cosigned the head",
        "events": "events in it",
        "rows": "rows of lists in it",
        "chosen": "what its maker asked for, as the maker says",
        "ok": "whether every event holds",
        "wrong": "events that do not",
        "problems": "the first 20 of them, in words",
    },
    "ledger shred": {"events": "numbers of the events that were shredded"},
    "ledger key": {"keys": "public keys of the log (vkey), the newest first"},
    "ledger witness init": {
        "folder": "folder of the witness",
        "key": "its public key (vkey)",
        "logs": "names of the logs that it witnesses",
    },
    "ledger witness trust": {"logs": "names of the logs that it witnesses now"},
    "ledger witness show": {
        "key": "its public key (vkey)",
        "logs": "the logs that it witnesses, each with the head that it cosigned last",
        "forks": "two histories that one key signed: the evidence",
        "unproven": "heads that were to be cosigned without a proof that holds",
        "written": "evidence files written, with --evidence; else null",
    },
    "privacy retention": {
        "run": "whether anything was shredded",
        "classes.*.action": "what happens when the period is over",
        "classes.*.days": "length of the period; null: no end, or it is counted in hours",
        "classes.*.hours": "length of a period that is counted in hours; else null",
        "classes.*.due": "rows or files past it; null where there is no end",
        "classes.*.shredded": "rows or files shredded now",
        "due": "sum of what is past its period",
        "shredded": "sum of what was shredded now",
        "rewritten": "tables written anew; null without --rewrite",
    },
    "privacy clocks": {
        "breach_notices.*.number": "number of the breach",
        "breach_notices.*.to": "who has to be told",
        "breach_notices.*.due": "by when",
        "breach_notices.*.hours_left": "hours until then, negative when it is past",
        "withdrawals.*.number": "number of the consent that was withdrawn",
        "withdrawals.*.to": "null",
        "withdrawals.*.due": "by when processing must have stopped",
        "withdrawals.*.hours_left": "hours until then, negative when it is past",
        "overdue": "clocks that have run out; the command then exits 1",
    },
    "test": {
        "steps.*.exit_code": "0 when the check holds; 3 of advisories: nobody could be asked",
        "steps.*.seconds": "how long it took",
        "failed": "names of the checks that do not hold",
    },
}
"""By command. `seconds` and `peak_rss_mb` come with every one of them (see `keys_of`)."""

Tree: TypeAlias = "dict[str, Tree]"
"""Key → the keys below it."""
WITHOUT: dict[str, str] = {
    "demo": "serves until it is stopped; each of its steps is a command of this list",
    "serve": "serves until it is stopped",
    "areas search": "answers at once, for a reader",
    "user add": "asks for a password",
    "user grant": "does one thing at once",
    "user end": "does one thing at once",
    "user institution": "does one thing at once",
    "user password": "prints a password once, for a person",
    "user list": "a table for a reader; the pages export it",
    "user import": "prints one-time passwords, for a person",
    "user tidy": "does one thing at once",
    "outbox": "answers at once, for whoever sends messages on",
    "docs": "writes pages; nothing is measured",
    "ledger witness run": "serves until it is stopped",
}
"""Commands without `--json`, and why."""


def keys_of(command: str) -> dict[str, str]:
    """Path of each key of a command → its meaning."""
    return {**KEYS[command], **_MEASURED}


def differences(command: str, printed: object) -> list[str]:
    """Where what a command printed and what is promised differ; empty when they agree."""
    tree: Tree = {}
    for path in keys_of(command):
        node = tree
        for part in path.split("."):
            node = node.setdefault(part, {})
    return list(_differences(tree, printed, command))


def _differences(tree: Tree, value: object, where: str) -> Iterator[str]:
    if not tree:
        return
    if set(tree) == {"*"}:
        below = list(value.values()) if isinstance(value, dict) else value
        if not isinstance(below, list):
            yield f"{where}: neither an object nor a list"
            return
        for one in below:
            yield from _differences(tree["*"], one, f"{where}.*")
        return
    if not isinstance(value, dict):
        yield f"{where}: no object"
        return
    yield from (f"{where}.{key}: printed, not documented" for key in sorted(set(value) - set(tree)))
    yield from (f"{where}.{key}: documented, not printed" for key in sorted(set(tree) - set(value)))
    for key in sorted(set(tree) & set(value)):
        yield from _differences(tree[key], value[key], f"{where}.{key}")
