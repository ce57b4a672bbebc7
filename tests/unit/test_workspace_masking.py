"""What each role sees of a family: numbers masked, health and points only for those who need them."""

from __future__ import annotations

import re
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import h3
import polars as pl
import pytest
from django.test import Client
from tests.fixtures import village_families as sample
from tests.fixtures.officers import sign_in

from dtks.delivery.workspace import masking, points, rule_reads
from dtks.determination.runs import actions as runs
from dtks.determination.targeting import model_file
from dtks.foundation.accounts.roles import ROLES, Permission
from dtks.foundation.areas import actions as areas
from dtks.foundation.ledger.domain import Actor
from dtks.registration.registry import actions, dictionary
from dtks.registration.registry.queries import opening

NOTE = "Ibu menderita TBC sejak Maret"
PHONE, NPWP, MOTHER, FATHER_NIK = "081290001234", "912345678904000", "Ratna Sulastri", "3204925508650007"
LAT, LON = -6.941237, 107.741153
READERS = [role.id for role in ROLES.values() if Permission.FAMILY_READ in role.permissions]
READS_HEALTH = {name for name in READERS if Permission.HEALTH_READ in ROLES[name].permissions}
READS_POINTS = {name for name in READERS if Permission.POINT_READ in ROLES[name].permissions}
ILLNESS = dictionary.by_name(level="person")["chronic_illness"].codes[5]
ONLY = "Hanya untuk petugas yang memeriksa kesehatan"


@pytest.fixture
def family(db: Any) -> uuid.UUID:
    """A family of two: a pregnant woman with a disability and a chronic illness, and her husband."""
    areas.load(by=Actor.system(), under=sample.DISTRICT)
    families, people = sample.frames(count=1, village=sample.VILLAGE, seed=1)
    families = families.with_columns(
        pl.lit(PHONE).alias("respondent_phone"), pl.lit(NOTE).alias("notes"),
        pl.lit(LAT).alias("lat"), pl.lit(LON).alias("lon"), pl.lit(3).alias("location_accuracy_m"),
        pl.lit(6).alias("preferred_first"),
    )  # fmt: skip
    woman = pl.col("member_no") == 2
    people = people.filter(pl.col("member_no") <= 2).with_columns(
        pl.when(woman).then(date(1995, 5, 5)).otherwise(date(1960, 1, 1)).alias("birth_date"),
        pl.when(woman).then(2).otherwise(1).alias("sex"),
        pl.when(woman).then(pl.lit("3204914505950012")).otherwise(pl.lit("3204910101600011")).alias("nik"),
        pl.when(woman).then(1).alias("pregnant"),
        pl.when(woman).then(1).otherwise(4).alias("difficulty_walking"),
        pl.when(woman).then(5).otherwise(1).alias("chronic_illness"),
        pl.when(woman).then(9).alias("ppks_group"),
        pl.when(woman).then(pl.lit(MOTHER)).alias("mother_name"),
        pl.when(woman).then(pl.lit(FATHER_NIK)).alias("father_nik"),
        pl.when(woman).then(pl.lit(NPWP)).alias("npwp_number"),
    )
    actions.load_people(
        by=Actor.system(), area=sample.VILLAGE, families=families, people=people, source="uji",
        valid_from=date(2026, 6, 1),
    )  # fmt: skip
    from dtks.registration.registry import queries

    return queries.families(area=sample.VILLAGE).rows[0].family_id


def page_of(role: str, family: uuid.UUID, **cookies: str) -> Any:
    client = Client()
    sign_in(client, role=role, username=f"{role}-{uuid.uuid4().hex[:6]}")
    for name, value in cookies.items():
        client.cookies[name] = value
    answer = client.get(f"/petugas/keluarga/{family}/")
    assert answer.status_code == 200
    return answer


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_every_sensitive_variable_of_the_dictionary_is_covered() -> None:
    covered = masking.covers()
    known = {variable.name for variable in dictionary.variables()}
    assert set(opening.specs()) <= set(covered), "what is sealed in the tables is masked on the pages"
    assert {v.name for v in dictionary.variables() if v.component == "health"} <= set(covered)
    assert {v.name for v in dictionary.variables() if v.kind == "digits"} <= set(covered)
    assert set(covered) <= known, "a variable that was renamed would stand bare"
    telling = re.compile(r"disabil|hiv|penyakit|hamil|narapidana|pecandu", re.IGNORECASE)
    bare = [
        v.name
        for v in dictionary.variables()
        if v.name not in covered and any(telling.search(label) for label in (v.label_id, *v.codes.values()))
    ]
    assert bare == []
    assert {name for name, cover in covered.items() if cover.coarse} == {"lat", "lon", "location_accuracy_m"}


@pytest.mark.parametrize("role", READERS)
def test_what_each_role_sees(family: uuid.UUID, role: str) -> None:
    answer = page_of(role, family)
    html, text = answer.content.decode(), words(answer)
    for secret in (
        PHONE,
        NPWP,
        MOTHER,
        FATHER_NIK,
        "3204914505950012",
        "3204910101600011",
        "Ratna",
        "Sulastri",
    ):
        assert secret not in html
    for masked in (
        "3204********0012",
        "3204********0007",
        "0812******34",
        "***********4000",
        "R**** S*******",
    ):
        assert masked in text
    for told in (NOTE, "Penyandang disabilitas", ILLNESS, "Sedang hamil (wanita 10-54) Ya"):
        assert (told in text) is (role in READS_HEALTH), told
    assert (ONLY in text) is (role not in READS_HEALTH)
    exact = "−6,941237" in text
    assert exact is (role in READS_POINTS)
    assert ("perkiraan" in text) is (role not in READS_POINTS)
    assert ("Perkiraan letak rumah" in text) is (role not in READS_POINTS)
    assert answer.context["point"].exact is exact


def test_who_may_not_see_points_is_given_the_same_place_for_all_of_a_cell(family: uuid.UUID) -> None:
    shown = page_of("operator-desa", family).context["point"]
    cell = h3.latlng_to_cell(LAT, LON, points.RESOLUTION)
    assert h3.latlng_to_cell(shown.lat, shown.lon, points.RESOLUTION) == cell
    assert 4 < h3.average_hexagon_area(points.RESOLUTION) < 6  # km²
    near = points.seen(LAT + 0.001, LON, exactly=False)
    same_cell = h3.latlng_to_cell(LAT + 0.001, LON, points.RESOLUTION) == cell
    assert (near == shown) is same_cell is True
    assert points.seen(LAT, LON, exactly=True) == points.Point(LAT, LON, exact=True)
    assert points.seen(None, LON, exactly=True) is None


def test_hidden_answers_leave_no_trace_of_whether_there_are_any(family: uuid.UUID) -> None:
    """The page of a healthy family looks the same to a village operator, but for her own answers."""
    from dtks.registration.registry import queries

    before = page_of("operator-desa", family)
    data = queries.family(id=family)
    families, _people = sample.frames(count=1, village=sample.VILLAGE, seed=1)
    healthy = {"pregnant": 2, "difficulty_walking": 4, "chronic_illness": 1, "ppks_group": None}
    changed = pl.DataFrame(
        [
            {
                "family_key": families["family_key"][0], "member_no": member.facts["member_no"],
                **{name: member.facts[name] for name in ("nik", "name", "birth_date", "sex", "relation")},
                **healthy,
            }
            for member in data.members
        ],
        infer_schema_length=None,
    )  # fmt: skip
    actions.load_people(
        by=Actor.system(), area=sample.VILLAGE, families=families, people=changed, source="uji",
        valid_from=date(2026, 7, 1),
    )  # fmt: skip
    after = page_of("operator-desa", family)
    assert [c.hidden for c in before.context["components"]] == [c.hidden for c in after.context["components"]]
    (health,) = [c for c in after.context["components"] if c.key == "health"]
    (special,) = [c for c in after.context["components"] if c.key == "special"]
    assert health.closed
    assert health.subjects == ()
    assert special.hidden == ("Kelompok PPKS", "Kondisi khusus")


def test_reasons_do_not_tell_of_health_either(family: uuid.UUID, settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    runs.determine(by=Actor.system(), area=sample.VILLAGE, period="2026-12")
    open_page, closed = page_of("dinsos-verifikator", family), page_of("operator-desa", family)

    def criteria(answer: Any, programme: str) -> dict[str, str]:
        (found,) = [p for p in answer.context["result"].programmes if p.id == programme]
        return {criterion.label: criterion.outcome for criterion in found.criteria}

    label = "Ada anggota yang termasuk sasaran PKH"
    assert criteria(open_page, "pkh")[label] == "yes"
    assert criteria(closed, "pkh")[label] == "hidden"
    assert "hidden" not in criteria(open_page, "pkh").values()
    others = {label: outcome for label, outcome in criteria(closed, "pkh").items() if outcome != "hidden"}
    assert others.items() <= criteria(open_page, "pkh").items()
    assert "Ada ibu hamil" in words(open_page)
    assert "Ada ibu hamil" not in words(closed)
    for programme in closed.context["result"].programmes:
        assert programme.id != "pkh" or programme.amount == 0
    assert [i.label for i in closed.context["result"].strongest] == [
        i.label for i in open_page.context["result"].strongest
    ], "the model of today reads no answer about health"


def test_which_reasons_tell_is_read_from_the_rules() -> None:
    telling = rule_reads.of_programmes(date(2026, 12, 1))
    assert telling.criterion("pkh", "komponen")
    assert telling.criterion("kis", "pbi_aktif"), "who has health insurance"
    assert not telling.criterion("pkh", "desil")
    assert telling.criterion("program_lain", "apa_saja"), "what is not known counts as telling"
    assert telling.amount("pkh")
    assert not telling.amount("sembako")
    assert telling.amount("program_lain")
    assert len(rule_reads.harmless_answers(model_file.DEFAULT)) == 33
    assert rule_reads.harmless_answers("tidak-ada") == frozenset()


def test_in_english(family: uuid.UUID) -> None:
    seen = dictionary.by_name(level="person")["chronic_illness"].codes_en[5]
    assert seen in words(page_of("dinsos-verifikator", family, django_language="en"))
    assert seen not in words(page_of("operator-desa", family, django_language="en"))
