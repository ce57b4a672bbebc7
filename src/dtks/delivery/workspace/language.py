"""The reader's language."""

from __future__ import annotations

from django.utils.translation import get_language

from dtks.determination.programmes.domain import Language


def language() -> Language:
    """'id', or 'en' for who chose English."""
    return "en" if (get_language() or "id").startswith("en") else "id"
