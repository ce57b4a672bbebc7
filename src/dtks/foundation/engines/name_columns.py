"""Names by the column: ``kernel.names`` as Polars expressions, from the same tables of rules.

In: an expression over names or a column's name. Out: text expressions equal to the functions of the
same name in ``kernel.names`` (a generated test holds them to it); null stays null.
"""

import re

import polars as pl

from dtks.foundation.kernel.name_rules import FOLDING, MODERN_SPELLING, NORMALISING, REPEATED_LETTERS, Rule


def normalise(column: pl.Expr | str) -> pl.Expr:
    """As ``names.normalise``: upper case, no titles or degrees, MUHAMMAD, BINTI, ABDUL."""
    expr = pl.col(column) if isinstance(column, str) else column
    return _apply(expr.str.normalize("NFKD").str.to_uppercase(), NORMALISING)


def modern_spelling(column: pl.Expr | str) -> pl.Expr:
    """As ``names.modern_spelling``: the normalised name in today's spelling."""
    return _apply(normalise(column), MODERN_SPELLING)


def search_key(column: pl.Expr | str) -> pl.Expr:
    """As ``names.search_key``: equal for names that sound alike."""
    return (
        _single_letters(_apply(modern_spelling(column), FOLDING)).str.replace_all(" +", " ").str.strip_chars()
    )


def _apply(expr: pl.Expr, rules: tuple[Rule, ...]) -> pl.Expr:
    for pattern, replacement in rules:
        expr = expr.str.replace_all(pattern, re.sub(r"\\(\d)", r"${\1}", replacement))
    return expr


def _single_letters(expr: pl.Expr) -> pl.Expr:
    """Runs of a letter become one. Without back-references: a table of runs, searched in one pass.

    Twice, so that runs of up to 64 letters end as one.
    """
    runs, letters = (list(part) for part in zip(*REPEATED_LETTERS, strict=True))
    once = expr.str.replace_many(runs, letters, leftmost=True)
    return once.str.replace_many(runs, letters, leftmost=True)
