"""Names and general criteria of the programmes in plain words, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProgrammeText:
    """One programme as a citizen reads it."""

    name: str
    summary: str
    criteria: tuple[str, ...]


def programme_names() -> dict[str, str]:
    """Programme code → name."""
    return {"pkh": "Program Keluarga Harapan (PKH)", "bpnt": "Program Sembako (BPNT)"}


def programme_texts() -> list[ProgrammeText]:
    """Every programme, in the order of the files."""
    return [ProgrammeText("Program Keluarga Harapan (PKH)", "", ("a", "b"))]
