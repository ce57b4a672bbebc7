"""`dtks keys`: what it tells, in the order in which an office uses it."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dtks.cli import keys
from dtks.foundation.ledger.models import LedgerEvent
from dtks.foundation.vault import configured, errors, ring_entries, ring_file
from dtks.foundation.vault.models import KnownKey
from dtks.registration.intake.models import ImportNote

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def ring(tmp_path: Path, settings: object) -> None:
    settings.HOME = tmp_path
    settings.KEY_RING = tmp_path / "keys" / "ring.json"
    ring_file.create(configured.place(), now=datetime.datetime.now(datetime.UTC))
    KnownKey.objects.all().delete()


def run(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(keys.app, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def an_hour_later() -> None:
    """The keys were replaced an hour ago."""
    path = configured.place().path
    tree = json.loads(path.read_text())
    for key in tree["data"] + tree["index"]:
        if key["replaced"]:
            earlier = datetime.datetime.fromisoformat(key["replaced"]) - ring_file.SETTLING
            key["replaced"] = earlier.isoformat()
    path.write_text(json.dumps(tree))


def by_key(report: dict[str, object]) -> dict[tuple[str, int], dict[str, object]]:
    return {(key["part"], key["id"]): key for key in report["keys"]}


def test_from_one_key_to_the_next(import_note: ImportNote) -> None:
    first = by_key(run("status"))
    assert (first["data", 1]["active"], first["data", 1]["kept_by"]) == (True, "file")
    held = first["data", 1]["values"]
    assert held >= 2  # the note's value and detail

    assert run("add")["id"] == 2
    assert run("add", "--index") | {"seconds": 0, "peak_rss_mb": 0} == {
        "part": "index", "id": 2, "seconds": 0, "peak_rss_mb": 0,
    }  # fmt: skip
    between = by_key(run("status"))
    assert (between["data", 1]["active"], between["data", 2]["active"]) == (False, True)
    assert (between["data", 1]["values"], between["data", 2]["values"]) == (held, 0)

    with pytest.raises(errors.KeySettling):
        run("retire", "1", "--yes")
    an_hour_later()
    with pytest.raises(errors.KeyInUse, match=r"intake_importnote\.value"):
        run("retire", "1", "--yes")
    done = run("rotate")
    assert done["damaged"] == {}
    assert done["rows"] >= 1
    assert run("retire", "1", "--yes")["id"] == 1
    assert run("retire", "1", "--index", "--yes")["part"] == "index"

    last = run("status")
    assert sorted(by_key(last)) == [("data", 2), ("index", 2)]
    assert by_key(last)["data", 2]["values"] == held
    assert (last["missing"], last["unfinished"]) == ([], False)
    import_note.refresh_from_db()
    assert import_note.value == "3201019001800001"
    events = list(LedgerEvent.objects.filter(action__startswith="vault.").values_list("action", flat=True))
    assert sorted(events) == ["vault.key_added"] * 2 + ["vault.key_removed"] * 2 + ["vault.rotated"]


def test_no_key_is_printed() -> None:
    entries = ring_entries.read(configured.place().path)
    for arguments in (["status"], ["add"], ["rotate"]):
        for form in ([], ["--json"]):
            shown = CliRunner().invoke(keys.app, [*arguments, *form], catch_exceptions=False).output
            for key in (*entries.data, *entries.index):
                assert key.wrapped not in shown


def test_people_see_a_table(import_note: ImportNote) -> None:
    run("add")

    def shown() -> str:
        result = CliRunner().invoke(keys.app, ["status"], env={"COLUMNS": "80"}, catch_exceptions=False)
        assert "{" not in result.stdout and "[" not in result.stdout
        table = result.stdout.splitlines()[1:]
        assert max(len(line) for line in table if "HILANG" not in line and "Enkripsi" not in line) <= 80
        return result.stdout

    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = shown().splitlines()
    assert str(configured.place().path) in lines[0]
    (old,) = [line for line in lines if re.match(r"data +1 ", line)]
    (new,) = [line for line in lines if re.match(r"data +2 ", line)]
    values = by_key(run("status"))["data", 1]["values"]
    assert "diganti" in old and re.search(rf"file +{today} +{values}$", old.rstrip())
    assert "dipakai · active" in new and new.rstrip().endswith(" 0")
    assert "pencarian · index" in shown() and "MISSING" not in shown()
    path = configured.place().path
    tree = json.loads(path.read_text())
    tree["data"] = [{**key, "replaced": None} for key in tree["data"] if key["id"] == 1]
    path.write_text(json.dumps(tree | {"active": 1}))
    assert "HILANG · MISSING: data 2." in shown()


def test_removal_asks_first() -> None:
    run("add")
    an_hour_later()
    result = CliRunner().invoke(keys.app, ["retire", "1"], input="n\n")
    assert result.exit_code == 1
    assert len(ring_entries.read(configured.place().path).data) == 2


def test_a_key_that_the_data_need_is_missed() -> None:
    run("add")
    path = configured.place().path
    tree = json.loads(path.read_text())
    tree["data"] = [{**key, "replaced": None} for key in tree["data"] if key["id"] == 1]
    path.write_text(json.dumps(tree | {"active": 1}))
    assert run("status")["missing"] == ["data 2"]
    with pytest.raises(errors.KeyMissing):
        run("add", "--index")


@pytest.fixture
def import_note(ring: None) -> ImportNote:
    from django.utils import timezone

    from dtks.registration.intake.models import ImportJob

    job = ImportJob.objects.create(
        created_at=timezone.now(), created_by="test", name="a.csv", fingerprint="0" * 64, sha256="0" * 64,
        size=1, kind="csv", format="opensid_penduduk", area_number=1,
    )  # fmt: skip
    return ImportNote.objects.create(
        job=job,
        sheet=0,
        row=2,
        column=1,
        code="DTKS-ROW-001",
        value="3201019001800001",
        detail="x",
        area_number=1,
    )
