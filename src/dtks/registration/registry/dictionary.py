"""The dictionary: every variable of the register, derived from the models, without a database.

`python -m dtks.registration.registry.dictionary > docs/reference/dictionary.md` writes it out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import django
from django.apps import apps

from dtks.registration.registry.codes.bilingual import in_language

Level = Literal["family", "person"]


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of the register.

    ``dtype`` names the Polars type of the column (Int16, Int32, Int64, Float64, Date, String). ``codes``
    holds the Indonesian label of each code, ``codes_en`` the English one; both empty where the answer is no
    code. For ``kind`` 'flags' the value is a sum of codes (99 stands alone). ``identity`` marks what may
    never enter a snapshot, ``kept_only`` what is on record and read by no determination.
    ``asked_if`` = (variable, values) says when the question is asked.
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
    kept_only: bool
    asked_if: tuple[str, tuple[int, ...]] | None

    @property
    def in_snapshot(self) -> bool:
        """True for what a determination may read: no identity, no text, no particulars of the visit, nothing
        that is only kept."""
        return (
            not self.identity
            and not self.kept_only
            and self.kind not in ("text", "digits", "area")
            and self.component != "visit"
        )


@cache
def variables() -> tuple[Variable, ...]:
    """Every variable of families and people, in the order of the models. Reads no database."""
    return tuple(_variables())


@cache
def by_name(*, level: Level) -> dict[str, Variable]:
    """The variables of one level by name."""
    return {variable.name: variable for variable in variables() if variable.level == level}


def _load_models() -> None:
    # The dictionary is also read by scripts that have not started Django.
    if not apps.models_ready:
        django.setup()


def _variables() -> Iterator[Variable]:
    _load_models()
    from dtks.registration.registry.models import Fact

    for model in apps.get_app_config("registry").get_models():
        if not issubclass(model, Fact):
            continue
        level: Level = "person" if model.subject == ("person",) else "family"
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
                kept_only=about.kept_only,
                asked_if=about.asked_if,
            )


LEVELS: dict[Level, str] = {"family": "Keluarga · Family", "person": "Orang · Person"}
_HEAD = """<!-- Dibuat oleh ./dtks docs; jangan diubah di sini. Made by ./dtks docs; do not edit. -->

# Kamus variabel · Dictionary of variables

Setiap variabel registri, per komponen data: nomor pada kuesioner Regsosek 2022.K (— bila di luar kuesioner),
nama kolom, jenis, arti, kode, dan aturan. Kosong berarti tidak dijawab, bukan nol dan bukan 'tidak'.

*Every variable of the register by data component: questionnaire number (— when not of the questionnaire),
column name, type, meaning, codes and rule. Empty means not answered: neither zero nor 'no'.*
"""
_TABLE = (
    "\n| no. | kolom · column | jenis · type | arti · meaning | kode · codes | aturan · rule |\n"
    "|---|---|---|---|---|---|\n"
)


def markdown() -> str:
    """The dictionary as a page of documentation."""
    _load_models()
    from dtks.registration.registry.models import Component

    parts = [_HEAD]
    for component in Component:
        rows = [v for v in variables() if v.component == component.value]
        parts.append(f"\n## {component.label}\n")
        for level, title in LEVELS.items():
            if chosen := [_row(v) for v in rows if v.level == level]:
                parts.append(f"\n### {title}\n{_TABLE}" + "\n".join(chosen) + "\n")
    return "".join(parts)


def _row(variable: Variable) -> str:
    codes = "\n".join(
        f"{code} {label}"
        if label == variable.codes_en[code]
        else f"{code} {label} · *{variable.codes_en[code]}*"
        for code, label in variable.codes.items()
    )
    limits = (
        f"{variable.minimum:g}..{variable.maximum:g}"
        if variable.kind in ("count", "measure")
        and variable.minimum is not None
        and variable.maximum is not None
        else ""
    )
    kind = f"{variable.kind} {limits}".strip() + (" (pribadi · personal)" if variable.identity else "")
    cells = (
        variable.questionnaire_no or "—",
        f"`{variable.name}`",
        kind,
        f"{variable.label_id}\n*{variable.label_en}*",
        codes,
        variable.rule,
    )
    return "| " + " | ".join(_cell(text) for text in cells) + " |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", "<br>")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dtks.config.settings")
    sys.stdout.write(markdown())
