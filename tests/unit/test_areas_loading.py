"""Loading areas: parts, later decrees, tables of hazards, another database."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from dtks.foundation.areas import actions, queries, reference
from dtks.foundation.areas.errors import AreaFileError, AreaNotFound, OlderDecree
from dtks.foundation.areas.models import Area
from dtks.foundation.ledger.domain import Actor

ALL = {"provinces": 38, "regencies": 514, "districts": 7_285, "villages": 83_762}
NEXT_DECREE = date(2027, 3, 1)


@pytest.fixture
def later_reference(tmp_path: Path) -> Path:
    """One district renamed, one village gone, one new."""
    areas = reference.areas().filter(
        pl.col("code").str.starts_with("32.01.01") | pl.col("code").is_in(["32", "32.01"])
    )
    renamed = areas.with_columns(
        name=pl.when(pl.col("code") == "32.01.01").then(pl.lit("Cibinong Raya")).otherwise("name")
    ).filter(pl.col("code") != "32.01.01.1001")
    new = renamed.filter(code="32.01.01.1002").with_columns(
        code=pl.lit("32.01.01.2099"), number=pl.lit(3201012099), name=pl.lit("Desa Baru")
    )
    path = tmp_path / "later.parquet"
    pl.concat([renamed, new]).write_parquet(path)
    return path


@pytest.mark.django_db
def test_a_later_decree_renames_ends_and_begins(later_reference: Path) -> None:
    first = actions.load(by=Actor.system(), under="32.01.01")
    assert (first.provinces, first.regencies, first.districts) == (1, 1, 1)
    _later_decree(later_reference)


def _later_decree(path: Path) -> None:
    asked = {
        "by": Actor.system(),
        "under": "32.01.01",
        "path": path,
        "decreed_on": NEXT_DECREE,
        "decree": "next",
    }
    second = actions.load(**asked)
    assert (second.added, second.changed, second.ended) == (1, 1, 1)
    assert queries.get(code="32.01.01").name == "Cibinong Raya"
    assert queries.get(code="32.01.01.1001").valid_to == NEXT_DECREE
    assert not queries.exists(code="32.01.01.1001")
    assert queries.get(code="32.01.01.2099").valid_from == NEXT_DECREE
    assert queries.get(code="32.01.01.1002").valid_from is None
    third = actions.load(**asked)
    assert (third.added, third.changed, third.ended) == (0, 0, 0)
    with pytest.raises(OlderDecree):
        actions.load(by=Actor.system(), under="32.01.01")
    back = actions.load(by=Actor.system(), under="32.01.01", decreed_on=date(2028, 1, 1))
    assert (back.added, back.changed, back.ended) == (0, 2, 1)
    assert queries.exists(code="32.01.01.1001")


@pytest.mark.postgres
def test_postgresql_loads_the_same(postgres: str, later_reference: Path) -> None:
    report = actions.load(by=Actor.system())
    assert report.added == sum(ALL.values())
    assert queries.counts() == ALL
    assert actions.load(by=Actor.system()).unchanged == sum(ALL.values())
    assert queries.search(text="kab. bogor")[0].code == "32.01"
    _later_decree(later_reference)


@pytest.mark.django_db
def test_loading_a_part_needs_its_code_to_exist() -> None:
    with pytest.raises(AreaNotFound):
        actions.load(by=Actor.system(), under="32.99")


@pytest.mark.django_db
def test_accessibility_and_hazards_come_from_a_table_and_survive_a_load(tmp_path: Path) -> None:
    actions.load(by=Actor.system(), under="32.01.01")
    file = tmp_path / "hazards.csv"
    file.write_text("code,access_level,hazard_flood\n32.01.01.1001,2,3\n32.01.01.1002,,1\n")
    assert actions.load_attributes(by=Actor.system(), path=file) == 2
    assert actions.load(by=Actor.system(), under="32.01.01").changed == 0
    area = queries.get(code="32.01.01.1001")
    assert (area.access_level, area.hazard_flood, area.hazard_level) == (2, 3, None)
    assert queries.coverage()["with_access_level"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("code,hazard_flood\n32.01.01.1001,4\n", "4"),
        ("code,hazard_flood\n32.01.01.1001,tinggi\n", "tinggi"),
        ("code,flood\n32.01.01.1001,1\n", "flood"),
        ("kode\n32.01.01.1001\n", "kode"),
        ("code,hazard_flood\n3201011001,1\n", "3201011001"),
        ("code,hazard_flood\n32.01.01.1001,1\n32.01.01.1001,1\n", "ganda"),
    ],
)
def test_a_faulty_table_of_hazards_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "hazards.csv"
    file.write_text(text)
    with pytest.raises(AreaFileError, match=problem):
        actions.load_attributes(by=Actor.system(), path=file)


@pytest.mark.django_db
def test_hazards_of_an_area_that_is_not_there_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "hazards.csv"
    file.write_text("code,hazard_flood\n32.01.01.1001,1\n")
    with pytest.raises(AreaNotFound):
        actions.load_attributes(by=Actor.system(), path=file)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        {"level": 5},
        {"parent_id": None},
        {"kind": "dusun"},
        {"timezone": "UTC"},
        {"lat": 50.0, "lon": 8.0},
        {"hazard_flood": 7},
        {"valid_from": date(2025, 1, 1), "valid_to": date(2024, 1, 1)},
    ],
)
def test_the_database_refuses_what_cannot_be(broken: dict[str, object]) -> None:
    actions.load(by=Actor.system(), under="32.01.01")
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(code="32.01.01.1001").update(**broken)
        connection.check_constraints()


def test_a_reference_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    file.write_text("no")
    with pytest.raises(AreaFileError):
        reference.areas(file)
