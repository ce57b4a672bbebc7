"""Labels in two languages, kept side by side with the code that they explain.

Code lists are reference data, not sentences of the interface: both languages belong to the code, so that
the dictionary, the forms and the exports can print either without a message catalogue.
"""

from __future__ import annotations

from typing import cast

from django.utils.functional import lazy
from django.utils.translation import get_language, override


def _choose(indonesian: str, english: str) -> str:
    return english if (get_language() or "id").startswith("en") else indonesian


_lazy = lazy(_choose, str)


def both(indonesian: str, english: str) -> str:
    """A label that reads Indonesian, or English where that language is active."""
    return cast(str, _lazy(indonesian, english))


def in_language(label: object, language: str) -> str:
    """``label`` as plain text in ``id`` or ``en``."""
    with override(language):
        return str(label)
