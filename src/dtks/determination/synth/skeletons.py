"""Skeleton families: who lives with whom, how old they are, who is whose mother.

A pool of some thousands is put together here person by person, by rules that no family may break:
one head, at most one spouse, children at least sixteen years younger than their mother, siblings two
years apart (birthdays are drawn later, within the year of age). How often each kind occurs is not
decided here: `balance` weighs the pool to the published figures, so what matters is that every kind
of family that Indonesia has is present in some number.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

HEAD, SPOUSE, CHILD, CHILD_IN_LAW, GRANDCHILD, PARENT, SERVANT, OTHER = range(1, 9)
MALE, FEMALE = 1, 2
SINGLE, MARRIED, DIVORCED, WIDOWED = range(1, 5)
LARGEST = 12
OLDEST = 97
NOBODY = -1
HEAD_PLACE = 0


@dataclass(slots=True)
class Member:
    """One person; `mother` and `father` are places in the family, −1 when they live elsewhere."""

    relation: int
    sex: int
    age: int
    marital: int
    mother: int = NOBODY
    father: int = NOBODY
    birth_order: int = 0
    own_line: int = 0
    """1 for those who bear another family name than the family's (married in, mothers, servants)."""
    kin: int = 0
    """The member under whom parents who live elsewhere are named, so that siblings name the same ones."""
    orphan: int = 0
    """0 no orphan, 1 father dead, 2 mother dead, 3 both (orphan_status of those under 18)."""


Family = list[Member]
T = TypeVar("T")


def pool(size: int, seed: int) -> list[Family]:
    """`size` skeleton families, always the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  made-up people, not secrets
    kinds: list[tuple[Callable[[random.Random], Family], float]] = [
        (_couple, 0.46), (_couple_with_kin, 0.16), (_lone_mother, 0.12), (_lone_father, 0.06),
        (_alone, 0.12), (_unmarried_with_kin, 0.08),
    ]  # fmt: skip
    makers, weights = zip(*kinds, strict=True)
    families = [_pick(chance, makers, weights)(chance)[:LARGEST] for _ in range(size)]
    for family in families:
        _number_births(family, chance)
        _mark_orphans(family, chance)
        _mark_lines(family)
        _mark_kin(family)
    return families


def _pick(chance: random.Random, options: tuple[T, ...], weights: tuple[float, ...]) -> T:
    return chance.choices(options, weights)[0]


def _spread(chance: random.Random, middle: float, width: float, low: int, high: int) -> int:
    """A whole number near `middle`, roughly bell-shaped, within bounds."""
    bell = sum(chance.random() for _ in range(4)) - 2  # standard deviation 0.577
    return min(max(round(middle + bell * width / 0.577), low), high)


def _wife_age(chance: random.Random) -> int:
    return 17 + int(66 * chance.betavariate(1.5, 1.9))


def _couple(chance: random.Random) -> Family:
    wife = _wife_age(chance)
    husband = _spread(chance, wife + 4, 4, 19, OLDEST)
    family = [Member(HEAD, MALE, husband, MARRIED), Member(SPOUSE, FEMALE, wife, MARRIED)]
    return family + _children(chance, mother_age=wife, mother=1, father=0)


def _children(chance: random.Random, *, mother_age: int, mother: int, father: int) -> Family:
    """Children of one mother who still belong to the family, oldest first."""
    first = _spread(chance, 23, 4, 17, 40)
    born = _pick(chance, (0, 1, 2, 3, 4, 5, 6, 8), (0.06, 0.2, 0.3, 0.2, 0.11, 0.07, 0.04, 0.02))
    children = []
    at = first
    for _ in range(born):
        age = mother_age - at
        if age < 0 or at > 46:
            break
        if chance.random() < _still_at_home(age):
            children.append(Member(CHILD, _sex(chance), age, _child_marital(chance, age), mother, father))
        at += 2 + min(int(chance.expovariate(0.42)), 9)
    return children


def _still_at_home(age: int) -> float:
    if age < 18:
        return 0.97
    return max(0.9 - 0.055 * (age - 18), 0.07)


def _sex(chance: random.Random) -> int:
    return MALE if chance.random() < 0.513 else FEMALE


def _child_marital(chance: random.Random, age: int) -> int:
    if age < 20 or chance.random() < 0.9:
        return SINGLE
    return _pick(chance, (DIVORCED, WIDOWED), (0.8, 0.2))


def _couple_with_kin(chance: random.Random) -> Family:
    family = _couple(chance)
    wife = family[1].age
    if wife >= 40 and chance.random() < 0.65:
        return family + _young_couple(chance, family)
    if wife <= 62 and chance.random() < 0.75:
        return family + _grandparents(chance, family)
    return [*family, _relative(chance)]


def _young_couple(chance: random.Random, family: Family) -> Family:
    """A married child with a spouse and perhaps children, living with the parents."""
    wife = family[1].age
    age = _apart(min(_spread(chance, wife - 22, 3, 17, 45), wife - 17), family)
    if age < 17:
        return []
    sex = _sex(chance)
    other = FEMALE if sex == MALE else MALE
    partner = _spread(chance, age + (-3 if sex == MALE else 3), 3, 17, 60)
    here = len(family)
    out = [Member(CHILD, sex, age, MARRIED, 1, 0), Member(CHILD_IN_LAW, other, partner, MARRIED)]
    woman = here if sex == FEMALE else here + 1
    man = here + 1 if sex == FEMALE else here
    for child in _children(chance, mother_age=age if sex == FEMALE else partner, mother=woman, father=man)[
        :3
    ]:
        child.relation, child.marital = GRANDCHILD, SINGLE
        out.append(child)
    return out


def _grandparents(chance: random.Random, family: Family) -> Family:
    """A parent of the head or of the spouse, seldom both parents."""
    whose = 0 if chance.random() < 0.6 else 1
    age = _spread(chance, family[whose].age + 26, 5, family[whose].age + 17, OLDEST)
    if age > OLDEST or age < family[whose].age + 17:
        return []
    here = len(family)
    both = chance.random() < 0.2
    grandmother = Member(PARENT, FEMALE, age, MARRIED if both else WIDOWED)
    if both:
        family[whose].mother, family[whose].father = here, here + 1
        return [grandmother, Member(PARENT, MALE, min(age + 4, OLDEST), MARRIED)]
    if chance.random() < 0.75:
        family[whose].mother = here
        return [grandmother]
    family[whose].father = here
    return [Member(PARENT, MALE, age, WIDOWED)]


def _relative(chance: random.Random) -> Member:
    if chance.random() < 0.06:
        return Member(SERVANT, FEMALE, chance.randint(18, 50), _pick(chance, (1, 2, 3), (0.5, 0.3, 0.2)))
    age = chance.randint(0, 80)
    return Member(OTHER, _sex(chance), age, _marital_at(chance, age))


def _marital_at(chance: random.Random, age: int) -> int:
    """Marital status of somebody without a spouse in the family."""
    if age < 20 or chance.random() < max(1.0 - (age - 17) / 30, 0.12):
        return SINGLE
    return _pick(chance, (DIVORCED, WIDOWED), (0.6, 0.4) if age < 50 else (0.2, 0.8))


def _lone_mother(chance: random.Random) -> Family:
    age = 20 + int(72 * chance.betavariate(2.0, 1.7))
    status = _pick(
        chance, (DIVORCED, WIDOWED, MARRIED), (0.5, 0.35, 0.15) if age < 45 else (0.12, 0.83, 0.05)
    )
    family = [Member(HEAD, FEMALE, age, status)]
    family += _children(chance, mother_age=age, mother=0, father=NOBODY)
    if age >= 42 and chance.random() < 0.25:
        family += _daughter_with_child(chance, family)
    elif chance.random() < 0.15:
        family.append(_relative(chance))
    return family


def _daughter_with_child(chance: random.Random, family: Family) -> Family:
    mother = family[HEAD_PLACE].age
    daughter = _apart(min(_spread(chance, mother - 22, 3, 17, 45), mother - 17), family)
    if daughter < 17:
        return []
    child = daughter - _spread(chance, 22, 3, 17, 38)
    out = [Member(CHILD, FEMALE, daughter, _pick(chance, (MARRIED, DIVORCED), (0.5, 0.5)), HEAD_PLACE)]
    if child >= 0:
        out.append(Member(GRANDCHILD, _sex(chance), child, SINGLE, len(family)))
    return out


def _apart(age: int, family: Family) -> int:
    """The greatest age up to `age` that is two years from that of every child already there."""
    taken = {member.age for member in family if member.relation == CHILD}
    while taken & {age - 1, age, age + 1}:
        age -= 1
    return age


def _lone_father(chance: random.Random) -> Family:
    age = 24 + int(68 * chance.betavariate(2.0, 1.8))
    status = _pick(chance, (DIVORCED, WIDOWED), (0.7, 0.3) if age < 50 else (0.25, 0.75))
    family = [Member(HEAD, MALE, age, status)]
    for child in _children(chance, mother_age=age - 3, mother=NOBODY, father=0):
        family.append(child)
    if chance.random() < 0.2:
        family.append(_relative(chance))
    return family


def _alone(chance: random.Random) -> Family:
    sex = _pick(chance, (MALE, FEMALE), (0.5, 0.5))
    age = 18 + int(78 * chance.betavariate(1.1, 1.3))
    married = 0.25 if sex == MALE else 0.08  # works away from the family, or a family card split off
    return [
        Member(
            HEAD, sex, age, MARRIED if age > 20 and chance.random() < married else _marital_at(chance, age)
        )
    ]


def _unmarried_with_kin(chance: random.Random) -> Family:
    sex = _sex(chance)
    age = 19 + int(50 * chance.betavariate(1.2, 2.0))
    family = [Member(HEAD, sex, age, SINGLE)]
    if chance.random() < 0.5:
        mother = _spread(chance, age + 26, 5, age + 17, OLDEST)
        if mother <= OLDEST:
            family[0].mother = 1
            family.append(Member(PARENT, FEMALE, mother, WIDOWED))
    for _ in range(_pick(chance, (0, 1, 2, 3), (0.2, 0.45, 0.25, 0.1))):
        family.append(_sibling(chance, family))
    return family


def _sibling(chance: random.Random, family: Family) -> Member:
    taken = {member.age for member in family if member.relation != PARENT}
    age = max(0, family[0].age - chance.randint(2, 18))
    while taken & {age - 1, age, age + 1} and age > 0:
        age -= 1
    mother = family[0].mother
    if mother != NOBODY and family[mother].age - age > 46:
        mother = NOBODY
    return Member(OTHER, _sex(chance), age, SINGLE, mother)


def _number_births(family: Family, chance: random.Random) -> None:
    """Order of birth among those with the same parents here, 1 … 4 and again; by lot for others."""
    seen: dict[tuple[int, int], int] = {}
    for member in sorted(family, key=lambda one: -one.age):
        parents = (member.mother, member.father)
        seen[parents] = seen.get(parents, 0) + 1
        alone = parents == (NOBODY, NOBODY)
        member.birth_order = chance.randint(1, 4) if alone else (seen[parents] - 1) % 4 + 1


def _mark_orphans(family: Family, chance: random.Random) -> None:
    """Children of a widow or widower have lost the other parent; a few children with kin have lost both."""
    for member in family:
        if member.mother != NOBODY and member.father == NOBODY and family[member.mother].marital == WIDOWED:
            member.orphan = 1
        elif member.father != NOBODY and member.mother == NOBODY and family[member.father].marital == WIDOWED:
            member.orphan = 2
        elif member.relation == OTHER and member.mother == member.father == NOBODY and chance.random() < 0.08:
            member.orphan = 3


def _mark_lines(family: Family) -> None:
    """Family names pass from father to child; a woman keeps her own when she marries."""
    head = family[HEAD_PLACE]
    for member in family:
        if member.relation == HEAD:
            member.own_line = int(member.sex == FEMALE and member.marital != SINGLE)
        elif member.relation == PARENT:
            member.own_line = int(member.sex == FEMALE or head.father != family.index(member))
        elif member.relation == OTHER:
            member.own_line = int(head.marital != SINGLE)
        else:
            member.own_line = int(member.relation in (SPOUSE, CHILD_IN_LAW, SERVANT))


def _mark_kin(family: Family) -> None:
    """Children of a lone parent hang on that parent, siblings of an unmarried head on the head."""
    head = family[HEAD_PLACE]
    for place, member in enumerate(family):
        parents = {member.mother, member.father} - {NOBODY}
        if member.relation in (CHILD, GRANDCHILD) and len(parents) == 1:
            (member.kin,) = parents
        elif member.relation == OTHER and head.marital == SINGLE and member.mother == head.mother:
            member.kin = HEAD_PLACE
        else:
            member.kin = place
