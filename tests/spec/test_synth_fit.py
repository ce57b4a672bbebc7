"""How well a made-up population fits the published figures.

150,000 families of the whole country, compared with `parameters/calibration/`. Tolerances leave room for
chance alone, which comes by families: of a regency with n people, a rate p strays by about √(p(1−p)·4/n).
`docs/explanation/synthetic-population.md` has the table of a larger run.
"""

import math

import numpy as np
import polars as pl
import pytest

from dtks.determination.synth import actions, calibration
from dtks.determination.synth.domain import RegencyTally

FAMILIES = 150_000
LARGE = 1_500


@pytest.fixture(scope="module")
def population(tmp_path_factory):
    out = tmp_path_factory.mktemp("fit") / "nation"
    report = actions.generate(
        area="all", families=FAMILIES, seed=2026, out=out, identities=False, truth=True, workers=1
    )
    return out, report


@pytest.fixture(scope="module")
def figures():
    return calibration.load(actions.calibration_directory())


def test_every_regency_has_its_share_of_the_people(population, figures):
    _, report = population
    whole = sum(regency.people for regency in figures.regencies.values())
    assert set(report.regencies) == set(figures.regencies)
    for code, tally in report.regencies.items():
        expected = report.people * figures.regencies[code].people / whole
        allowed = 6 * math.sqrt(tally.families) + 4  # the size of a family has a standard deviation of 1.5
        assert tally.people == pytest.approx(expected, rel=0.01, abs=allowed), code


def test_every_regency_has_its_men_and_women(population, figures):
    _, report = population
    for code, tally in report.regencies.items():
        regency = figures.regencies[code]
        allowed = 0.005 + 2.5 / math.sqrt(tally.people)
        assert tally.male / tally.people == pytest.approx(regency.male / regency.people, abs=allowed), code


def test_every_regency_has_its_poverty_rate(population, figures):
    _, report = population
    large = {code: tally for code, tally in report.regencies.items() if tally.people >= LARGE}
    assert len(large) > 60
    for code, tally in large.items():
        rate = figures.regencies[code].poverty_rate
        allowed = 0.005 + 4 * math.sqrt(rate * (1 - rate) * 4 / tally.people)
        assert tally.poor / tally.people == pytest.approx(rate, abs=allowed), code


def test_the_nation_is_met_closely(population):
    _, report = population
    assert report.got["male_share"] == pytest.approx(report.aimed["male_share"], abs=0.002)
    assert report.got["mean_size"] == pytest.approx(report.aimed["mean_size"], rel=0.005)
    assert report.got["poverty_rate"] == pytest.approx(report.aimed["poverty_rate"], abs=0.004)
    assert report.worst["national_age_group"] < 0.0015
    assert report.worst["national_size"] < 0.006


def test_provinces_have_their_family_size(population):
    _, report = population
    for code, figures in report.provinces.items():
        assert figures["mean_size"] == pytest.approx(figures["mean_size_aimed"], rel=0.04), code


def test_ages_by_sex_are_those_of_the_census(population, figures):
    out, _ = population
    people = pl.scan_parquet(out / "people" / "*.parquet").select("age", "sex").collect()
    for sex in (1, 2):
        for lower, share in figures.national.age_shares[sex].items():
            upper = lower + 4 if lower < 75 else 120
            got = people.select(
                (pl.col("sex") == sex).and_(pl.col("age").is_between(lower, upper)).mean()
            ).item()
            assert got == pytest.approx(share, abs=0.0015), (sex, lower)


def test_as_many_have_never_married_as_the_census_counted(population, figures):
    out, _ = population
    people = pl.scan_parquet(out / "people" / "*.parquet").select("age", "sex", "marital_status").collect()
    for sex in (1, 2):
        for lower, share in figures.national.never_married[sex].items():
            group = people.filter(pl.col("sex") == sex, pl.col("age").is_between(lower, lower + 4))
            assert (group["marital_status"] == 1).mean() == pytest.approx(share, abs=0.02), (sex, lower)


def test_the_report_says_what_the_files_hold(population):
    out, report = population
    families = (
        pl.scan_parquet(out / "families" / "*.parquet").select("family_id", "regency", "size").collect()
    )
    truth = pl.scan_parquet(out / "truth" / "*.parquet").collect()
    people = pl.scan_parquet(out / "people" / "*.parquet").select("family_id", "sex").collect()
    men = people.group_by("family_id").agg(male=(pl.col("sex") == 1).sum())
    told = families.join(truth, on="family_id").join(men, on="family_id")
    counted = told.group_by("regency").agg(
        families=pl.len(),
        people=pl.col("size").cast(pl.Int64).sum(),
        male=pl.col("male").sum(),
        poor=(pl.col("size").cast(pl.Int64) * pl.col("poor")).sum(),
    )
    assert {
        row["regency"]: RegencyTally(row["families"], row["people"], row["male"], row["poor"])
        for row in counted.iter_rows(named=True)
    } == report.regencies


def test_towns_are_better_off_and_have_most_people(population):
    out, _ = population
    families = pl.scan_parquet(out / "families" / "*.parquet").select("family_id", "urban", "size")
    told = families.join(pl.scan_parquet(out / "truth" / "*.parquet"), on="family_id").collect()
    rates = {
        bool(urban): np.average(group["poor"].cast(pl.Float64), weights=group["size"])
        for (urban,), group in told.group_by("urban")
    }
    assert rates[True] < 0.09
    assert rates[False] > 0.12
    assert 0.52 < told["urban"].mean() < 0.62


# Families, in per cent: about what BPS published for 2022 and 2023, as remembered (see the documentation).
SHARES = [
    ("tenure", (1,), 84),
    ("floor_material", (8,), 3),
    ("wall_material", (1,), 85),
    ("roof_material", (2,), 54),
    ("toilet", (1,), 84),
    ("lighting", (4,), 1),
    ("cooking_fuel", (10,), 10),
    ("cooking_fuel", (4,), 84),
    ("has_refrigerator", (1,), 63),
    ("has_motorcycle", (1,), 82),
    ("has_car", (1,), 12),
    ("has_computer", (1,), 17),
    ("has_ac", (1,), 15),
    ("has_other_house", (1,), 9),
    ("got_sembako", (1,), 21),
    ("got_pkh", (1,), 11),
]


@pytest.mark.parametrize(("column", "codes", "per_cent"), SHARES)
def test_dwellings_and_goods_are_of_the_right_order(population, column, codes, per_cent):
    out, _ = population
    answers = pl.scan_parquet(out / "families" / "*.parquet").select(column).collect()[column].drop_nulls()
    assert 100 * answers.is_in(codes).mean() == pytest.approx(per_cent, abs=max(1.5, 0.1 * per_cent))
