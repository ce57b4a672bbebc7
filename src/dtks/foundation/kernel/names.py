"""Names of Indonesian people, made comparable.

Three strengths, each a deterministic function of the text: ``normalise`` (titles, degrees, quotes and
abbreviations; still readable), ``modern_spelling`` (oe → u, dj → j, tj → c, sj → sy) and ``search_key``
(what sounds alike becomes alike; for finding, never for showing or deciding). Many Indonesians have
one name only: no function ever removes the last word that is left.
"""

import re
import unicodedata

from dtks.foundation.kernel.name_rules import FOLDING, MODERN_SPELLING, NORMALISING, Rule

_RUNS = re.compile(r"([A-Z])\1+")
_SPACES = re.compile(" +")
_ALIAS = re.compile(r"/|\b(?:ALIAS|ALS)\b\.?", re.IGNORECASE)


def _compiled(rules: tuple[Rule, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    # \Z, not $: Python's $ also matches before a line feed at the end.
    return tuple((re.compile(pattern.replace("$", r"\Z")), replacement) for pattern, replacement in rules)


_NORMALISING = _compiled(NORMALISING)
_MODERN = _compiled(MODERN_SPELLING)
_FOLDING = _compiled(FOLDING)


def _apply(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text


def normalise(name: str) -> str:
    """Upper case, ASCII, single blanks; without titles, degrees, quotes and 'the late'.

    MUH., MOCH., MOHAMAD … become MUHAMMAD; BT., BINTE become BINTI; ABD. becomes ABDUL. Empty when the
    name has no Latin letter or digit: then there is nothing to compare.
    'H. Moch. Ma'ruf, S.Pd.I' → 'MUHAMMAD MARUF'.
    """
    return _apply(unicodedata.normalize("NFKD", name).upper(), _NORMALISING)


def modern_spelling(name: str) -> str:
    """The normalised name in the spelling in force since 1972: 'Soetjipto' → 'SUCIPTO'."""
    return _apply(normalise(name), _MODERN)


def search_key(name: str) -> str:
    """A key that is equal for names that sound alike: 'Choirul', 'Khoirul', 'Hoirul' → 'HOIRUL'.

    Without BIN and BINTI (the father's name stays), double letters single, a final H dropped. Words
    keep their order. Coarse on purpose: candidates found by it must be compared again.
    """
    key = _apply(modern_spelling(name), _FOLDING)
    return _SPACES.sub(" ", _RUNS.sub(r"\1", key)).strip()


def alternatives(name: str) -> list[str]:
    """The normalised names in a text that gives several: 'Supardi alias Adi', 'Siti/Siti Aminah'."""
    found = [normalise(part) for part in _ALIAS.split(name)]
    return [part for part in dict.fromkeys(found) if part]
