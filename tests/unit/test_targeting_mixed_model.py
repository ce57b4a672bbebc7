"""The mixed model finds again what data were made of."""

from __future__ import annotations

import numpy as np
import pytest

from dtks.determination.targeting import mixed_model


def made(seed: int, *, villages: int = 300, each: int = 8) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(seed)
    rows = villages * each
    village = np.repeat(np.arange(villages), each)
    area = village % 20
    x = draw.normal(size=(rows, 2))
    z = draw.normal(size=(rows, 40))
    effects = draw.normal(0, 0.2, 40)
    areas = draw.normal(0, 0.3, 20)
    y = 2 + x @ [0.5, -1.0] + z @ effects + areas[area]
    y += draw.normal(0, 0.4, villages)[village] + draw.normal(0, 1.0, rows)
    return {"y": y, "fixed": np.column_stack([np.ones(rows), x]), "z": z, "village": village,
            "area": np.eye(20)[area], "effects": effects, "areas": areas}  # fmt: skip


def test_variances_and_effects_are_recovered() -> None:
    data = made(1)
    found = mixed_model.fit(data["y"], data["fixed"], [data["z"], data["area"]], data["village"])
    sd = [np.sqrt(ratio * found.residual_variance) for ratio in found.ratios]
    assert np.sqrt(found.residual_variance) == pytest.approx(1.0, abs=0.05)
    assert sd == pytest.approx([0.2, 0.3], abs=0.1)
    assert np.sqrt(found.village_ratio * found.residual_variance) == pytest.approx(0.4, abs=0.08)
    assert found.fixed[1:] == pytest.approx([0.5, -1.0], abs=0.08)
    assert np.corrcoef(found.blocks[0], data["effects"])[0, 1] > 0.95
    assert np.corrcoef(found.blocks[1], data["areas"])[0, 1] > 0.8
    assert found.rounds < mixed_model.MOST_ROUNDS


def test_an_absorbed_village_is_the_same_as_one_column_each() -> None:
    data = made(2, villages=40)
    one_hot = np.eye(40)[data["village"]]
    absorbed = mixed_model.fit(data["y"], data["fixed"], [data["z"]], data["village"])
    alone = np.arange(len(data["y"]))
    spelt_out = mixed_model.fit(data["y"], data["fixed"], [data["z"], one_hot], alone)
    assert spelt_out.ratios[1] == pytest.approx(absorbed.village_ratio, rel=0.15)
    assert spelt_out.fixed == pytest.approx(absorbed.fixed, abs=0.02)


def test_what_says_nothing_is_drawn_to_nothing() -> None:
    data = made(3)
    noise = np.random.default_rng(9).normal(size=(len(data["y"]), 30))
    found = mixed_model.fit(data["y"], data["fixed"], [noise], data["village"])
    assert np.abs(found.blocks[0]).max() < 0.03


def test_a_weight_of_two_is_a_household_twice() -> None:
    data = made(4, villages=60)
    weight = np.where(np.arange(len(data["y"])) % 2 == 0, 2.0, 1.0)
    once = mixed_model.fit(data["y"], data["fixed"], [data["z"]], data["village"], weight)
    rows = np.repeat(np.arange(len(data["y"])), weight.astype(int))
    twice = mixed_model.fit(data["y"][rows], data["fixed"][rows], [data["z"][rows]], data["village"][rows])
    assert once.fixed == pytest.approx(twice.fixed, abs=0.05)


def test_no_columns_to_shrink_is_plain_least_squares_with_villages() -> None:
    data = made(5, villages=50)
    found = mixed_model.fit(data["y"], data["fixed"], [], data["village"])
    plain = np.linalg.lstsq(data["fixed"], data["y"], rcond=None)[0]
    assert found.fixed == pytest.approx(plain, abs=0.2)
    assert (found.blocks, found.ratios) == ((), ())
