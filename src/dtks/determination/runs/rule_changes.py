"""What of the rules is no longer as it was when a run was made: an explanation must not pass over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dtks.determination.programmes.domain import Language
from dtks.determination.runs.rulebook import Rulebook

MODEL, CUT_POINTS = "model", "cut_points"
_NAMES = {MODEL: ("model kesejahteraan", "welfare model"), CUT_POINTS: ("batas desil", "decile cut-points")}
_CHANGED = (
    "Aturan berubah sejak penetapan ini: {changed}. Desil dan status di sini tetap yang ditetapkan dahulu; "
    "alasan, syarat dan besar bantuannya menurut aturan sekarang, jadi bisa berbeda dari yang dahulu.",
    "The rules have changed since this run: {changed}. Decile and status are still those determined then; "
    "the reasons, criteria and amounts follow the rules of now and may differ from those used then.",
)
_NOT_COMPARED = (
    "Folder hasil penetapan ini tidak ada lagi, jadi tidak bisa diperiksa apakah model kesejahteraannya "
    "masih sama.",
    "The output folder of this run is gone, so nobody can check whether the welfare model is still the same.",
)


def since(
    book: Rulebook, *, model: str, programmes: Mapping[str, str], manifest: Mapping[str, Any] | None
) -> tuple[str, ...]:
    """`model`, `cut_points` and the ids of programmes whose content differs from that of a run.

    `model` and `programmes` are what the run's record keeps, `manifest` what its output folder says; without
    it a model of the same name counts as the same.
    """
    changed = []
    used = book.scoring.model
    if used.id != model or (manifest is not None and manifest["model_sha256"] != used.sha256):
        changed.append(MODEL)
    # Deciles cut within the run have no national cut-points, and take those of the run as they were.
    if manifest is not None and manifest["cut_points"] not in (None, list(book.scoring.cut_points.values)):
        changed.append(CUT_POINTS)
    now = book.programme_hashes
    return (*changed, *(id_ for id_ in sorted({*now, *programmes}) if now.get(id_) != programmes.get(id_)))


def in_words(book: Rulebook, changed: tuple[str, ...], *, compared: bool, language: Language) -> str:
    """The same in a sentence; empty when all was compared and nothing differs."""
    english = language == "en"
    names = {one.id: one.name_en if english else one.name_id for one in book.programmes}
    names |= {part: name[english] for part, name in _NAMES.items()}
    said = []
    if changed:
        said.append(_CHANGED[english].format(changed=", ".join(names.get(part, part) for part in changed)))
    if not compared and MODEL not in changed:
        said.append(_NOT_COMPARED[english])
    return " ".join(said)
