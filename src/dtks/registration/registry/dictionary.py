"""The dictionary: every variable of the register, derived from the models, without a database.

`python -m dtks.registration.registry.dictionary > docs/reference/dictionary.md` writes it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import django
from django.apps import apps

from dtks.registration.registry.codes.bilingual import in_language

Level = Literal["family", "person"]

HOUSEHOLD_SUBJECT = ("household",)
PERSON_SUBJECT = ("person",)


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of the register.

    ``dtype`` names the Polars type of the column (Int16, Int32, Int64, Float64, Date, String). ``codes``
    holds the Indonesian label of each code, ``codes_en`` the English one; both empty where the answer is no
    code. For ``kind`` 'flags' the value is a sum of codes (99 stands alone). ``identity`` marks what may
    never enter a snapshot. ``asked_if`` = (variable, values) says when the question is asked.
    """

    name: str
    level: Level
    component: str
    table: str
    kind: str
    dtype: str
    codes: dict[int, str]
    codes_en: dict[int, str]
    label_id: str
    label_en: str
    questionnaire_no: str
    questionnaire_name: str
    rule: str
    minimum: float | None
    maximum: float | None
    identity: bool
    asked_if: tuple[str, tuple[int, ...]] | None

    @property
    def in_snapshot(self) -> bool:
        """True for what a determination may read: no identity, no text, no particulars of the visit."""
        return not self.identity and self.kind not in ("text", "digits", "area") and self.component != "visit"


@cache
def variables() -> tuple[Variable, ...]:
    """Every variable of families and people, in the order of the models. Reads no database."""
    return tuple(_variables())


@cache
def by_name(*, level: Level) -> dict[str, Variable]:
    """The variables of one level by name."""
    return {variable.name: variable for variable in variables() if variable.level == level}


def _variables() -> Iterator[Variable]:
    if not apps.ready:
        django.setup()
    from dtks.registration.registry.models import Fact

    for model in apps.get_app_config("registry").get_models():
        if not issubclass(model, Fact):
            continue
        level: Level = (
            "person" if "person" in model.subject and model.subject != ("family", "person") else "family"
        )
        for field in model._meta.get_fields():
            about = getattr(field, "about", None)
            if about is None:
                continue
            members = list(about.codes) if about.codes else []
            yield Variable(
                name=field.name,
                level=level,
                component=str(model.component.value),
                table=model._meta.db_table,
                kind=about.kind,
                dtype=about.frame_type,
                codes={int(m.value): in_language(m.label, "id") for m in members},
                codes_en={int(m.value): in_language(m.label, "en") for m in members},
                label_id=about.label_id,
                label_en=about.label_en,
                questionnaire_no=about.no,
                questionnaire_name=about.variable,
                rule=about.rule,
                minimum=about.minimum,
                maximum=about.maximum,
                identity=about.personal,
                asked_if=about.asked_if,
            )
