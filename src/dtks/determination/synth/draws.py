"""Draws: one variable at a time, from a table of chances that depends on variables drawn before.

A `Draw` has a table with one row for each combination of what it depends on and 2ᵇ equally likely
places in the row; a place holds a code, or −1 for no answer. To draw is to look up one place. A rule
of the questionnaire ('only if 301a = 1') is a row full of −1, and a rule without chance
('1 if and only if 308 is 2 or 3') is a table with one place: so no draw can break a rule.

The same program of draws runs on whole arrays (`run`) and on one record (`run_one`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from dtks.determination.synth.chance import BITS, Keys, hash_number, hash_numbers

Columns = dict[str, npt.NDArray[np.signedinteger]]
Chances = Mapping[int, float]
NULL = -1
FINE = 10
"""Usual width of a draw: 1,024 places, so chances in steps of 0.1 %."""


@dataclass(frozen=True)
class Dim:
    """A variable that a draw depends on, and the values that it can have: `low` … `low + count − 1`."""

    name: str
    low: int
    count: int


@dataclass(frozen=True)
class Draw:
    """How one variable comes about. `table`: rows in the order of `dims`, the last dim running fastest."""

    name: str
    dims: tuple[Dim, ...]
    table: npt.NDArray[np.signedinteger]
    bits: int
    flat: npt.NDArray[np.signedinteger] = field(init=False, repr=False)
    strides: tuple[int, ...] = field(init=False)
    origin: int = field(init=False)
    by_value: npt.NDArray[np.signedinteger] | None = field(init=False, repr=False)
    """For a rule on one variable: the results by its value, that of −1 at the end (as numpy counts)."""

    def __post_init__(self) -> None:
        rows = int(np.prod([dim.count for dim in self.dims], initial=1))
        if self.table.shape != (rows, 1 << self.bits):
            raise ValueError(f"{self.name}: table {self.table.shape}, dims need {(rows, 1 << self.bits)}")
        strides = []
        step = 1 << self.bits
        for dim in reversed(self.dims):
            strides.append(step)
            step *= dim.count
        object.__setattr__(self, "flat", np.ascontiguousarray(self.table).reshape(-1))
        object.__setattr__(self, "strides", tuple(reversed(strides)))
        low = sum(dim.low * stride for dim, stride in zip(self.dims, self.strides, strict=True))
        object.__setattr__(self, "origin", -low)
        plain = self.bits == 0 and len(self.dims) == 1 and self.dims[0].low in (0, -1)
        object.__setattr__(self, "by_value", np.roll(self.flat, self.dims[0].low) if plain else None)

    def __reduce__(self) -> tuple[Any, ...]:
        return Draw, (self.name, self.dims, self.table, self.bits)


def grid(dims: Sequence[Dim]) -> Iterable[dict[str, int]]:
    """All combinations of the values of `dims`, in the order of a table's rows."""
    names = [dim.name for dim in dims]
    for values in product(*(range(dim.low, dim.low + dim.count) for dim in dims)):
        yield dict(zip(names, values, strict=True))


def by_rule(
    name: str,
    dims: Sequence[Dim],
    rule: Callable[[dict[str, int]], Chances | int | None],
    *,
    missing: float = 0.0,
    bits: int = FINE,
) -> Draw:
    """A draw whose chances a function gives for each combination: weights by code, one code, or None.

    None means that the question is not asked. `missing` is the share of no answer where it is asked.
    """
    chances = [rule(combination) for combination in grid(dims)]
    if missing == 0.0 and all(chance is None or isinstance(chance, int) for chance in chances):
        codes = [NULL if chance is None else chance for chance in chances]
        return Draw(name, tuple(dims), np.array(codes, dtype=np.int16)[:, None], 0)
    place: dict[int, int] = {}
    shares = np.zeros((len(chances), 64))
    for row, chance in enumerate(chances):
        for code, weight in _weights(chance):
            column = place.setdefault(code, len(place))
            if column == shares.shape[1]:
                shares = np.hstack([shares, np.zeros_like(shares)])
            shares[row, column] = weight
    return from_shares(name, dims, list(place), shares[:, : len(place)], missing=missing, bits=bits)


def _weights(chance: Chances | int | None) -> Iterable[tuple[int, float]]:
    if chance is None:
        return ()
    return ((chance, 1.0),) if isinstance(chance, int) else chance.items()


def lookup(name: str, source: Dim, values: Mapping[int, int | None]) -> Draw:
    """A variable that follows from another without chance; what is not named becomes null."""
    return by_rule(name, [source], lambda at: values.get(at[source.name]))


def from_shares(
    name: str,
    dims: Sequence[Dim],
    codes: Sequence[int],
    shares: npt.NDArray[np.float64],
    *,
    missing: float = 0.0,
    bits: int = FINE,
) -> Draw:
    """A draw from an array of chances: one row for each combination, one column for each code."""
    total = shares.sum(axis=1, keepdims=True)
    asked = total[:, 0] > 0
    shares = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0) * (1 - missing)
    shares = np.hstack([shares, np.where(asked, missing, 1.0)[:, None]])
    places = apportion(shares, 1 << bits)
    every_code = np.array([*codes, NULL], dtype=np.int16)
    table = np.repeat(np.tile(every_code, len(shares)), places.reshape(-1)).reshape(len(shares), 1 << bits)
    return Draw(name, tuple(dims), table, bits)


def apportion(shares: npt.NDArray[np.float64], places: int) -> npt.NDArray[np.int64]:
    """Whole numbers of places for shares that sum to one in each row, by largest remainder.

    Shares are rounded to 10⁻⁹ first, so that the last bit of a float decides nothing.
    """
    exact = np.round(shares * places, 9)
    counts = np.floor(exact).astype(np.int64)
    left = places - counts.sum(axis=1)
    order = np.argsort(counts - exact, axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(shares.shape[1]), shares.shape), axis=1)
    return counts + (rank < left[:, None])


def compact(draws: Iterable[Draw]) -> list[Draw]:
    """The same draws with tables of the narrowest type, which is what fits the processor's cache."""
    return [
        Draw(d.name, d.dims, d.table.astype(np.int8 if d.table.max(initial=0) < 128 else np.int16), d.bits)
        for d in draws
    ]


def run(draws: Sequence[Draw], columns: Columns, keys: Keys) -> None:
    """Draw every variable for all records; `columns` has what the draws depend on and gets the results."""
    places = np.empty(len(keys), dtype=np.int32)
    context = np.empty(len(keys), dtype=np.int32)
    last: tuple[tuple[Dim, ...], int] | None = None
    words = _words(keys)
    word, left = places, 0
    for draw in draws:
        if draw.by_value is not None:
            columns[draw.name] = draw.by_value[columns[draw.dims[0].name]]
            continue
        if (draw.dims, draw.bits) != last:
            _context(draw, columns, context, places)
            last = (draw.dims, draw.bits)
        if draw.bits == 0:
            columns[draw.name] = draw.flat.take(context, mode="wrap")
            continue
        if left < draw.bits:
            word, left = next(words), BITS
        left -= draw.bits
        np.right_shift(word, left, out=places)
        np.bitwise_and(places, (1 << draw.bits) - 1, out=places)
        np.add(places, context, out=places)
        columns[draw.name] = draw.flat.take(places, mode="wrap")


def _words(keys: Keys) -> Iterator[npt.NDArray[np.int32]]:
    """Words of 32 random bits for each record: the lower and upper halves of its hashes, one by one."""
    number = 0
    while True:
        halves = hash_numbers(keys, number).astype("<u8", copy=False).view("<i4")
        yield np.ascontiguousarray(halves[::2])
        yield np.ascontiguousarray(halves[1::2])
        number += 1


def _context(draw: Draw, columns: Columns, out: npt.NDArray[np.int32], spare: npt.NDArray[np.int32]) -> None:
    """Where the row of each record begins in the draw's table."""
    np.multiply(columns[draw.dims[0].name], draw.strides[0], out=out, dtype=np.int32, casting="unsafe")
    for dim, stride in zip(draw.dims[1:], draw.strides[1:], strict=True):
        np.multiply(columns[dim.name], stride, out=spare, dtype=np.int32, casting="unsafe")
        np.add(out, spare, out=out)
    if draw.origin:
        np.add(out, draw.origin, out=out)


def run_one(draws: Sequence[Draw], record: dict[str, int], key: int) -> None:
    """`run` for one record of plain numbers."""
    word, words, left = 0, 0, 0
    for draw in draws:
        place = draw.origin + sum(record[d.name] * s for d, s in zip(draw.dims, draw.strides, strict=True))
        if draw.bits:
            if left < draw.bits:
                word, left = hash_number(key, words // 2) >> (32 * (words % 2)), BITS
                words += 1
            left -= draw.bits
            place += word >> left & ((1 << draw.bits) - 1)
        record[draw.name] = int(draw.flat[place])
