"""Random rules on random families: Polars, DuckDB and a plain-Python oracle give the same answer.

The oracle shares nothing with the implementation. It knows a rule as nested tuples, and what
"unknown" means by definition: it tries every possible answer of each unknown comparison for member
counts, and Kleene's tables for AND, OR, NOT.
"""

from __future__ import annotations

from types import MappingProxyType

import duckdb
import narwhals as nw
import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dtks.determination.targeting.rules import language, members
from dtks.determination.targeting.rules.errors import NeverHoldsError
from dtks.determination.targeting.rules.variables import VariableInfo

FLOORS = MappingProxyType({code: f"Lantai {code}" for code in range(1, 6)})
ANSWERS = MappingProxyType({1: "Ya", 2: "Tidak", 8: "Tidak tahu"})
CARDS = MappingProxyType({0: "Tidak memiliki", 1: "Akta", 2: "KIA", 4: "KTP", 99: "Lainnya"})
VARIABLES = [
    VariableInfo("rooms", "family", "int", minimum=-3, maximum=9),
    VariableInfo("area", "family", "int"),
    VariableInfo("floor", "family", "code", codes=FLOORS),
    VariableInfo("urban", "family", "bool"),
    VariableInfo("age", "person", "int", minimum=0, maximum=99),
    VariableInfo("pip", "person", "code", codes=ANSWERS, unknown_codes=frozenset({8})),
    VariableInfo("cards", "person", "bitmask", codes=CARDS, unknown_codes=frozenset({99})),
]
INT_NAMES = {"family": ["rooms", "area"], "person": ["age"]}
CODE_NAMES = {"family": ["floor"], "person": ["pip"]}
CODES = {"floor": [1, 2, 3, 4, 5], "pip": [1, 2]}
OPERATORS = ["=", "<>", "<", "<=", ">", ">="]
small = st.integers(-4, 12)


# --- random rules ---------------------------------------------------------------------------------


def numbers(level: str) -> st.SearchStrategy:
    names = st.sampled_from(INT_NAMES[level])
    leaf = st.tuples(st.just("var"), names)
    filled = st.tuples(st.just("fill"), names, small)
    arithmetic = st.one_of(
        st.tuples(st.just("+"), leaf, st.one_of(leaf, st.tuples(st.just("const"), small))),
        st.tuples(st.just("-"), leaf, st.one_of(leaf, st.tuples(st.just("const"), small))),
        st.tuples(st.just("*"), st.integers(-3, 3), leaf),
    )
    if level == "person":
        return st.one_of(leaf, filled, arithmetic)
    counted = st.tuples(st.just("count"), st.deferred(lambda: PERSON))
    with_count = st.tuples(st.sampled_from(["+", "-"]), counted, st.one_of(leaf, counted))
    scaled = st.tuples(st.just("*"), st.integers(-3, 3), counted)
    return st.one_of(leaf, filled, arithmetic, counted, with_count, scaled)


def atoms(level: str) -> st.SearchStrategy:
    number = numbers(level)
    coded = st.sampled_from(CODE_NAMES[level]).flatmap(
        lambda name: st.tuples(
            st.just("codes"), st.just(name), st.lists(st.sampled_from(CODES[name]), min_size=1, max_size=3)
        )
    )
    found = [
        st.tuples(st.just("cmp"), st.sampled_from(OPERATORS), number, st.tuples(st.just("const"), small)),
        st.tuples(st.just("in"), number, st.lists(small, min_size=1, max_size=4)),
        st.tuples(st.just("between"), number, small, small),
        st.tuples(st.just("null"), st.sampled_from(INT_NAMES[level] + CODE_NAMES[level])),
        coded,
    ]
    if level == "family":
        found.append(st.tuples(st.just("cmp"), st.sampled_from(OPERATORS), number, number))
        found.append(st.just(("flag", "urban")))
        found.append(st.tuples(st.sampled_from(["any", "all"]), st.deferred(lambda: PERSON)))
    else:
        found.append(st.tuples(st.just("has"), st.just("cards"), st.sampled_from([1, 2, 4])))
    return st.one_of(found)


def predicates(level: str) -> st.SearchStrategy:
    def grow(inner: st.SearchStrategy) -> st.SearchStrategy:
        several = st.lists(inner, min_size=2, max_size=3)
        return st.one_of(
            st.tuples(st.just("and"), several),
            st.tuples(st.just("or"), several),
            st.tuples(st.just("not"), inner),
            st.tuples(st.just("default"), inner, st.booleans()),
            st.tuples(st.just("asked"), inner, inner),
        )

    return st.recursive(atoms(level), grow, max_leaves=5)


PERSON = predicates("person")
FAMILY = predicates("family")


def text(node: tuple) -> str:  # noqa: PLR0911, PLR0912 - one line per kind of node
    match node:
        case ("var", name) | ("flag", name):
            return name
        case ("const", value):
            return str(value)
        case ("fill", name, default):
            return f"COALESCE({name}, {default})"
        case ("*", factor, inner):
            return f"{factor} * {text(inner)}"
        case ("+" | "-" as sign, left, right):
            return f"({text(left)} {sign} ({text(right)}))"
        case ("count", inner):
            return f"COUNT_MEMBERS({text(inner)})"
        case ("any", inner):
            return f"ANY_MEMBER({text(inner)})"
        case ("all", inner):
            return f"ALL_MEMBERS({text(inner)})"
        case ("cmp", sign, left, right):
            return f"{text(left)} {sign} {text(right)}"
        case ("in", number, values):
            return f"{text(number)} IN ({', '.join(map(str, values))})"
        case ("codes", name, values):
            return f"{name} IN ({', '.join(map(str, values))})"
        case ("between", number, low, high):
            return f"{text(number)} BETWEEN {low} AND {high}"
        case ("null", name):
            return f"{name} IS NULL"
        case ("has", name, code):
            return f"HAS({name}, {code})"
        case ("and" | "or" as word, parts):
            return "(" + f" {word.upper()} ".join(map(text, parts)) + ")"
        case ("not", inner):
            return f"NOT ({text(inner)})"
        case ("asked", inner, condition):
            return f"IF_ASKED({text(inner)}, {text(condition)})"
        case ("default", inner, default):
            return f"COALESCE(({text(inner)}), {default})"
    raise AssertionError(node)


# --- the oracle -----------------------------------------------------------------------------------


def known(row: dict, name: str) -> object:
    value = row[name]
    return None if (name, value) in (("pip", 8), ("cards", 99)) else value


def possible(  # noqa: PLR0911 - one line per kind of node
    node: tuple, row: dict, people: list[dict]
) -> set[int] | None:
    """Every value that a number may have; None when it is unknown altogether."""
    match node:
        case ("const", value):
            return {value}
        case ("var", name):
            value = known(row, name)
            return None if value is None else {value}
        case ("fill", name, default):
            value = known(row, name)
            return {default if value is None else value}
        case ("*", factor, inner):
            values = possible(inner, row, people)
            return None if values is None else {factor * value for value in values}
        case ("count", inner):
            answers = [judge(inner, person, []) for person in people]
            surely = sum(answer is True for answer in answers)
            return set(range(surely, surely + sum(answer is None for answer in answers) + 1))
        case (sign, left, right):
            a, b = possible(left, row, people), possible(right, row, people)
            if a is None or b is None:
                return None
            return {x + y if sign == "+" else x - y for x in a for y in b}
    raise AssertionError(node)


def settle(answers: set[bool]) -> bool | None:
    return answers.pop() if len(answers) == 1 else None


COMPARE = {
    "=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def both(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def turned(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def judge(node: tuple, row: dict, people: list[dict]) -> bool | None:  # noqa: PLR0911, PLR0912
    match node:
        case ("flag", name):
            return row[name]
        case ("null", name):
            return known(row, name) is None
        case ("has", name, code):
            value = known(row, name)
            return None if value is None else bool(value & code)
        case ("codes", name, codes):
            value = known(row, name)
            return None if value is None else value in codes
        case ("cmp", sign, left, right):
            a, b = possible(left, row, people), possible(right, row, people)
            if a is None or b is None:
                return None
            return settle({COMPARE[sign](x, y) for x in a for y in b})
        case ("in", number, values):
            found = possible(number, row, people)
            return None if found is None else settle({value in values for value in found})
        case ("between", number, low, high):
            at_least = judge(("cmp", ">=", number, ("const", low)), row, people)
            return both([at_least, judge(("cmp", "<=", number, ("const", high)), row, people)])
        case ("any", inner):
            return turned(both([turned(judge(inner, person, [])) for person in people]))
        case ("all", inner):
            return both([judge(inner, person, []) for person in people])
        case ("and", parts):
            return both([judge(part, row, people) for part in parts])
        case ("or", parts):
            return turned(both([turned(judge(part, row, people)) for part in parts]))
        case ("not", inner):
            return turned(judge(inner, row, people))
        case ("asked", inner, condition):
            answer = judge(inner, row, people)
            not_asked = judge(condition, row, people) is False
            return False if answer is None and not_asked else answer
        case ("default", inner, default):
            answer = judge(inner, row, people)
            return default if answer is None else answer
    raise AssertionError(node)


# --- random data ----------------------------------------------------------------------------------

person_rows = st.fixed_dictionaries({
    "age": st.one_of(st.none(), st.integers(0, 12)),
    "pip": st.sampled_from([None, 1, 2, 8]),
    "cards": st.sampled_from([None, 0, 1, 2, 3, 4, 5, 7, 99]),
})  # fmt: skip
family_rows = st.fixed_dictionaries({
    "rooms": st.one_of(st.none(), st.integers(-3, 9)),
    "area": st.one_of(st.none(), st.integers(-5, 15), st.just(32_767)),
    "floor": st.sampled_from([None, 1, 2, 3, 4, 5]),
    "urban": st.sampled_from([None, True, False]),
    "members": st.lists(person_rows, min_size=1, max_size=4),
})  # fmt: skip
FAMILY_TYPES = {"rooms": pl.Int8, "area": pl.Int16, "floor": pl.Int16, "urban": pl.Boolean}
PERSON_TYPES = {"age": pl.Int16, "pip": pl.Int16, "cards": pl.Int16}


def frames(rows: list[dict]) -> tuple[pl.DataFrame, pl.DataFrame]:
    families = [{"family_id": at, **row} for at, row in enumerate(rows)]
    people = [{"family_id": at, **person} for at, row in enumerate(rows) for person in row["members"]]
    return (
        pl.DataFrame(families, schema={"family_id": pl.Int64, **FAMILY_TYPES}),
        pl.DataFrame(people, schema={"family_id": pl.Int64, **PERSON_TYPES}),
    )


def answers(rule: language.Rule, families: object, people: object) -> list[bool | None]:
    table = nw.from_native(families).lazy()
    plan = members.plan([rule.tree])
    if plan.counts:
        table = members.attach(table, members.summarise(nw.from_native(people).lazy(), plan))
    result = table.select("family_id", answer=rule.expression()).collect("polars").to_native()
    return result.sort("family_id")["answer"].to_list()


@settings(max_examples=120, deadline=None)
@given(node=FAMILY, rows=st.lists(family_rows, min_size=1, max_size=6))
def test_every_engine_gives_what_three_valued_logic_demands(node: tuple, rows: list[dict]) -> None:
    try:
        rule = language.parse(text(node), variables=VARIABLES, where="rule:1")
    except NeverHoldsError:
        assume(False)
    expected = [judge(node, row, row["members"]) for row in rows]
    families, people = frames(rows)
    assert answers(rule, families.lazy(), people.lazy()) == expected
    with duckdb.connect() as con:
        tables = con.from_arrow(families.to_arrow()), con.from_arrow(people.to_arrow())
        assert answers(rule, *tables) == expected
    assert [rule.evaluate(row, row["members"]) for row in rows] == expected


@settings(max_examples=300, deadline=None)
@given(node=st.one_of(atoms("person"), st.tuples(st.just("and"), st.lists(atoms("person"), min_size=2))),
       row=person_rows)  # fmt: skip
def test_a_rule_refused_as_impossible_holds_for_nobody(node: tuple, row: dict) -> None:
    try:
        language.parse(text(node), variables=VARIABLES, where="rule:1", level="person")
    except NeverHoldsError:
        assert judge(node, row, []) is not True
