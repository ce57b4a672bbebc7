"""Plain types that the register gives out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoadCounts:
    """What one call of `load_people` did.

    ``outdated`` counts facts that were left alone because the register holds a newer statement of them.
    """

    people_new: int = 0
    people_changed: int = 0
    people_unchanged: int = 0
    families_new: int = 0
    families_changed: int = 0
    families_unchanged: int = 0
    facts_written: int = 0
    outdated: int = 0

    @property
    def people(self) -> int:
        return self.people_new + self.people_changed + self.people_unchanged

    @property
    def families(self) -> int:
        return self.families_new + self.families_changed + self.families_unchanged

    def __add__(self, other: LoadCounts) -> LoadCounts:
        return LoadCounts(
            **{name: getattr(self, name) + getattr(other, name) for name in LoadCounts.__dataclass_fields__}
        )
