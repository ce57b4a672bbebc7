"""One line per variable: typed fields that carry their entry in the dictionary.

Each factory takes, after the code list, the questionnaire number, the variable's name in the questionnaire's
software, and the label in both languages. `field.about` holds all of it; `dictionary.variables()` reads it.
Labels, choices and help texts stay out of migrations: a reworded label is no change of the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import FieldError
from django.db import models

from dtks.foundation.vault.spec import SealedSpec
from dtks.registration.registry.codes.bilingual import both

Kind = Literal["code", "flags", "count", "amount", "measure", "date", "text", "digits", "area"]

SIXTEEN_DIGITS_MIN = 10**15
SIXTEEN_DIGITS_MAX = 10**16 - 1
NOT_IN_SUM = 99
"""Code of summed answers (411, 426, 431a, 431f) that stands alone and is never added to others."""

RULE_2021 = "formulir 2021; kode tidak diterbitkan"


@dataclass(frozen=True, slots=True)
class About:
    """What the dictionary says of one column."""

    kind: Kind
    frame_type: str
    no: str
    variable: str
    label_id: str
    label_en: str
    rule: str = ""
    codes: type[models.IntegerChoices] | None = None
    minimum: float | None = None
    maximum: float | None = None
    personal: bool = False
    sealed: bool = False
    asked_if: tuple[str, tuple[int, ...]] | None = None
    kept_only: bool = False


class Documented:
    """A field with an `about`; to migrations it is the plain Django field of `django_path`."""

    about: About
    django_path = ""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()  # type: ignore[misc]  # mixed into a Field
        for key in ("verbose_name", "help_text", "choices"):
            kwargs.pop(key, None)
        return name, self.django_path, args, kwargs


class SmallNumber(Documented, models.SmallIntegerField):
    django_path = "django.db.models.SmallIntegerField"


class Number(Documented, models.IntegerField):
    django_path = "django.db.models.IntegerField"


class BigNumber(Documented, models.BigIntegerField):
    django_path = "django.db.models.BigIntegerField"


class Measure(Documented, models.FloatField):
    django_path = "django.db.models.FloatField"


class Day(Documented, models.DateField):
    django_path = "django.db.models.DateField"


class Text(Documented, models.CharField):
    django_path = "django.db.models.CharField"


class LongText(Documented, models.TextField):
    django_path = "django.db.models.TextField"


class PlainOrder(models.CharField):
    """Text compared byte by byte on every database, so that a range of codes is a range of the index."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class AreaCode(Documented, PlainOrder):
    """Dotted code of a village, '32.01.01.2001'. Never a foreign key: areas split, people stay."""

    django_path = "dtks.registration.registry.models.fields.PlainOrder"


class Sealed(Documented, models.BinaryField):
    """What is never stored readable: in the column lie bytes that the vault has sealed for this subject.

    Rows are written and read in bulk (`bulk.sealing`, `queries.opening`); the label under which a value is
    sealed and the column of the subject that it is bound to are known once the field belongs to a model.
    """

    django_path = "django.db.models.BinaryField"
    sealed: SealedSpec

    def get_lookup(self, lookup_name: str) -> Any:
        """Only whether there is a value can be asked. Raises FieldError."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.name} is sealed: look it up by its blind index")

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract and hasattr(cls, "subject"):
            self.sealed = SealedSpec(
                label=f"registry.{cls.__name__.lower()}.{name}",
                mode="bound",
                record=f"{cls.subject[0]}_id",
                digits=self.about.kind == "digits",
            )


def _documented(field: Any, about: About) -> Any:
    field.about = about
    field.verbose_name = both(about.label_id, about.label_en)
    field.help_text = about.rule
    return field


def code(
    codes: type[models.IntegerChoices],
    no: str,
    variable: str,
    label_id: str,
    label_en: str,
    *,
    rule: str = "",
    asked_if: tuple[str, tuple[int, ...]] | None = None,
    kept_only: bool = False,
) -> Any:
    """One answer out of a code list. ``kept_only``: on record, but no determination reads it."""
    about = About(
        "code", "Int16", no, variable, label_id, label_en, rule, codes, asked_if=asked_if, kept_only=kept_only
    )
    return _documented(SmallNumber(null=True, blank=True, choices=codes.choices), about)


def flags(
    codes: type[models.IntegerChoices],
    no: str,
    variable: str,
    label_id: str,
    label_en: str,
    *,
    rule: str = "",
    asked_if: tuple[str, tuple[int, ...]] | None = None,
) -> Any:
    """Several answers, stored as the sum of their codes (0 = none of them; 99 stands alone)."""
    about = About("flags", "Int16", no, variable, label_id, label_en, rule, codes, asked_if=asked_if)
    return _documented(SmallNumber(null=True, blank=True), about)


def count(
    maximum: int,
    no: str,
    variable: str,
    label_id: str,
    label_en: str,
    *,
    minimum: int = 0,
    rule: str = "",
    asked_if: tuple[str, tuple[int, ...]] | None = None,
    kept_only: bool = False,
) -> Any:
    """A whole number from ``minimum`` to ``maximum``."""
    small = maximum <= 32767
    about = About(
        "count", "Int16" if small else "Int32", no, variable, label_id, label_en, rule,
        minimum=minimum, maximum=maximum, asked_if=asked_if, kept_only=kept_only,
    )  # fmt: skip
    return _documented((SmallNumber if small else Number)(null=True, blank=True), about)


def amount(no: str, variable: str, label_id: str, label_en: str, *, rule: str = "") -> Any:
    """Whole rupiah, never negative."""
    about = About("amount", "Int64", no, variable, label_id, label_en, rule, minimum=0, maximum=10**12)
    return _documented(BigNumber(null=True, blank=True), about)


def measure(
    minimum: float,
    maximum: float,
    variable: str,
    label_id: str,
    label_en: str,
    *,
    rule: str = "",
) -> Any:
    """A measured number with decimals; its unit is in the label."""
    about = About(
        "measure", "Float64", "", variable, label_id, label_en, rule, minimum=minimum, maximum=maximum
    )
    return _documented(Measure(null=True, blank=True), about)


def day(
    no: str, variable: str, label_id: str, label_en: str, *, rule: str = "", personal: bool = False
) -> Any:
    """A date."""
    about = About("date", "Date", no, variable, label_id, label_en, rule, personal=personal)
    return _documented(Day(null=True, blank=True), about)


def text(
    length: int,
    no: str,
    variable: str,
    label_id: str,
    label_en: str,
    *,
    rule: str = "",
    personal: bool = False,
    sealed: bool = False,
) -> Any:
    """Free text of at most ``length`` characters (0: no limit); null when not answered. ``sealed``:
    encrypted."""
    about = About(
        "text", "String", no, variable, label_id, label_en, rule,
        maximum=length or None, personal=personal or sealed, sealed=sealed,
    )  # fmt: skip
    if sealed:
        return _documented(Sealed(null=True, blank=True), about)
    if not length:
        return _documented(LongText(null=True, blank=True), about)
    return _documented(Text(max_length=length, null=True, blank=True), about)


def digits(no: str, variable: str, label_id: str, label_en: str, *, rule: str = "") -> Any:
    """A NIK or KK number; personal, sealed, kept out of every snapshot."""
    about = About(
        "digits", "String", no, variable, label_id, label_en, rule,
        minimum=SIXTEEN_DIGITS_MIN, maximum=SIXTEEN_DIGITS_MAX,
        personal=True, sealed=True,
    )  # fmt: skip
    return _documented(Sealed(null=True, blank=True), about)


def village(no: str, variable: str, label_id: str, label_en: str, *, rule: str = "") -> Any:
    """Code of the village, dotted."""
    about = About("area", "String", no, variable, label_id, label_en, rule)
    return _documented(AreaCode(max_length=13), about)


def yes_no(
    no: str, variable: str, label_id: str, label_en: str, *, rule: str = "", kept_only: bool = False
) -> Any:
    """1 yes, 2 no."""
    from dtks.registration.registry.codes import YesNo

    return code(YesNo, no, variable, label_id, label_en, rule=rule, kept_only=kept_only)


def yes_no_2021(variable: str, label_id: str, label_en: str) -> Any:
    """A question of the form of 2021 (EK.RT), whose code list was never published: 1 yes, 2 no."""
    return yes_no("", variable, f"{label_id} (2021)", label_en, rule=RULE_2021, kept_only=True)
