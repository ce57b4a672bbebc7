"""How well a made-up population fits the published figures: what was aimed at, what came out."""

from __future__ import annotations

from collections.abc import Sequence

from dtks.determination.synth.calibration import Calibration
from dtks.determination.synth.domain import RegencyTally
from dtks.determination.synth.plan import ProvincePlan
from dtks.determination.synth.workers import AGE_GROUPS, Tallies

ENOUGH = 20_000
"""People of a regency from which its rates are compared: in fewer, chance alone moves them by a point."""
Figures = dict[str, float]


def by_province(
    plans: Sequence[ProvincePlan], tallies: Tallies, calibration: Calibration
) -> dict[str, Figures]:
    """For each province: families, people, and aimed and got sex ratio, family size and poverty rate."""
    return {f"{plan.province:02d}": _compared(plan.province, tallies, calibration) for plan in plans}


def overall(tallies: Tallies, calibration: Calibration) -> tuple[Figures, Figures]:
    """Aimed and got for all that was made: male share, mean size, poverty rate (of people)."""
    aimed = {"male_share": 0.0, "mean_size": 0.0, "poverty_rate": 0.0}
    total = RegencyTally()
    for code, tally in tallies.regencies.items():
        regency = calibration.regencies[code]
        total.add(tally)
        aimed["male_share"] += tally.people * regency.male / regency.people
        aimed["poverty_rate"] += tally.people * regency.poverty_rate
        aimed["mean_size"] += tally.families * calibration.national.mean_size_of[regency.province]
    aimed["male_share"] /= total.people
    aimed["poverty_rate"] /= total.people
    aimed["mean_size"] /= total.families
    return _rounded(aimed), _rounded(_rates(total))


def worst(tallies: Tallies, calibration: Calibration) -> Figures:
    """Greatest differences: by regency (of `ENOUGH` people), age group and family size, in fractions."""
    differences = {"male_share": 0.0, "poverty_rate": 0.0, "people": 0.0}
    whole = sum(calibration.regencies[code].people for code in tallies.regencies)
    made = sum(tally.people for tally in tallies.regencies.values())
    compared = 0
    for code, tally in tallies.regencies.items():
        if tally.people < ENOUGH:
            continue
        compared += 1
        regency = calibration.regencies[code]
        got = _rates(tally)
        expected = made * regency.people / whole
        differences["male_share"] = max(
            differences["male_share"], abs(got["male_share"] - regency.male / regency.people)
        )
        differences["poverty_rate"] = max(
            differences["poverty_rate"], abs(got["poverty_rate"] - regency.poverty_rate)
        )
        differences["people"] = max(differences["people"], abs(tally.people / expected - 1))
    return _rounded({"regencies_compared": compared, **differences, **_national(tallies, calibration)})


def _national(tallies: Tallies, calibration: Calibration) -> Figures:
    national = calibration.national
    people = tallies.ages.sum()
    ages = max(
        abs(tallies.ages[sex - 1, place] / people - national.age_shares[sex][5 * place])
        for sex in (1, 2)
        for place in range(AGE_GROUPS)
    )
    families = tallies.sizes.sum()
    top = max(national.size_shares)
    sizes = {size: tallies.sizes[size] / families for size in range(1, top)} | {
        top: tallies.sizes[top:].sum() / families
    }
    size = max(abs(sizes[number] - share) for number, share in national.size_shares.items())
    return {"national_age_group": float(ages), "national_size": float(size)}


def _compared(province: int, tallies: Tallies, calibration: Calibration) -> Figures:
    total = RegencyTally()
    male = people = poor = 0.0
    for code, tally in tallies.regencies.items():
        if code // 100 == province:
            regency = calibration.regencies[code]
            total.add(tally)
            male += tally.people * regency.male / regency.people
            people += tally.people
            poor += tally.people * regency.poverty_rate
    got = _rates(total)
    return {
        "families": total.families,
        "people": total.people,
        **_rounded(
            {
                "sex_ratio_aimed": 100 * male / (people - male),
                "sex_ratio": 100 * total.male / (total.people - total.male)
                if total.people > total.male
                else 0.0,
                "mean_size_aimed": calibration.national.mean_size_of[province],
                "mean_size": got["mean_size"],
                "poverty_rate_aimed": poor / people,
                "poverty_rate": got["poverty_rate"],
            }
        ),
    }


def _rates(tally: RegencyTally) -> Figures:
    return {
        "male_share": tally.male / tally.people,
        "mean_size": tally.people / tally.families,
        "poverty_rate": tally.poor / tally.people,
    }


def _rounded(figures: Figures) -> Figures:
    return {name: round(value, 5) for name, value in figures.items()}
