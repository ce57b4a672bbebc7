"""One file of `programmes/` → a `Programme`; its keys are explained in docs/reference/programme-file.md."""

from __future__ import annotations

import string
from typing import cast

from dtks.determination.programmes import example_entries
from dtks.determination.programmes import programme_document as keys_
from dtks.determination.programmes.domain import (
    Component,
    Criterion,
    Example,
    LegalBasis,
    Payment,
    Programme,
    Sentences,
    Unit,
)
from dtks.determination.programmes.errors import ContradictionError, UnknownPlaceholderError
from dtks.determination.programmes.programme_document import Document
from dtks.determination.targeting.rules import language, laws, parameters, ranges, tree
from dtks.determination.targeting.rules.documents import Entry
from dtks.determination.targeting.rules.errors import UnknownParameterError
from dtks.determination.targeting.rules.language import Rule
from dtks.determination.targeting.rules.parameters import DatedValue
from dtks.determination.targeting.rules.variables import Level

UNITS: tuple[Unit, ...] = ("family", "individual", "household")
PAYEES = ("family", "person", "health_insurer", "group")
FORMS = ("cash", "food_credit", "premium", "card", "material")
RUPIAH_A_YEAR = {"rupiah_per_year": 1, "rupiah_per_month": 12, "rupiah_once": 1}


def programme(document: Document) -> Programme:
    """The programme as it stands on the day of the shelf, every rule parsed and checked."""
    return _ProgrammeReader(document).programme()


class _ProgrammeReader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.keys = document.keys
        self.shelf = document.shelf
        self.values = self._parameters()
        self.names: dict[str, Rule] = dict(self.shelf.definitions)
        self.counted = self._rule(self.keys["members"], "person") if "members" in self.keys else None

    def programme(self) -> Programme:
        keys = self.keys
        components = tuple(self._component(entry) for entry in keys["components"].items())
        criteria = tuple(self._criterion(entry) for entry in keys["criteria"].items() if self._applies(entry))
        self._check_together(criteria)
        payment = self._payment(keys["payment"])
        return Programme(
            id=keys["id"].text(),
            name_id=keys["name_id"].text(),
            name_en=keys["name_en"].text(),
            about_id=keys["about_id"].text(),
            about_en=keys["about_en"].text(),
            aka=self._texts("aka"),
            unit=cast(Unit, keys["unit"].choice(UNITS)),
            regime=self.shelf.regime.id,
            owner=keys["owner"].text(),
            on=self.shelf.on,
            valid_from=keys["valid_from"].day(),
            valid_to=keys["valid_to"].optional_day() if "valid_to" in keys else None,
            priority=keys["priority"].integer(),
            legal=tuple(self._legal(entry) for entry in keys["legal"].items()),
            counted_members=self.counted,
            criteria=criteria,
            components=components,
            most_members=self._parameter(keys["most_members"]).value if "most_members" in keys else None,
            payment=payment,
            excludes=frozenset(self._texts("excludes")),
            compatible=frozenset(self._texts("compatible")),
            channels=self._texts("channels"),
            parameters=self.values,
            examples=self._examples(criteria, components),
            notes=self._texts("notes"),
            file=self.document.root.file,
        )

    def _examples(
        self, criteria: tuple[Criterion, ...], components: tuple[Component, ...]
    ) -> tuple[Example, ...]:
        names = example_entries.Names(
            variables=self.shelf.asked,
            criteria=frozenset(criterion.id for criterion in criteria),
            components=frozenset(component.id for component in components),
        )
        defaults = self.keys.get("example_defaults")
        return example_entries.read(self.keys["examples"], defaults, names, on=self.shelf.on)

    # --- parts ----------------------------------------------------------------------------------

    def _criterion(self, entry: Entry) -> Criterion:
        keys = entry.mapping(required=keys_.CRITERION_KEYS, optional=keys_.CRITERION_OPTIONAL)
        rule = self._rule(keys["predicate"], "family")
        return Criterion(
            id=keys["id"].text(),
            label_id=keys["label_id"].text(),
            label_en=keys["label_en"].text(),
            rule=rule,
            evidence=laws.evidence(keys["evidence"]),
            sentences_id=self._sentences(keys["explain_id"], rule),
            sentences_en=self._sentences(keys["explain_en"], rule),
            law=laws.reference(keys["reference"], self.shelf.laws) if "reference" in keys else None,
            note=keys["note"].text() if "note" in keys else "",
        )

    def _applies(self, entry: Entry) -> bool:
        keys = entry.mapping(required=keys_.CRITERION_KEYS, optional=keys_.CRITERION_OPTIONAL)
        first = keys["valid_from"].optional_day() if "valid_from" in keys else None
        last = keys["valid_to"].optional_day() if "valid_to" in keys else None
        on = self.shelf.on
        return (first is None or first <= on) and (last is None or on <= last)

    def _component(self, entry: Entry) -> Component:
        keys = entry.mapping(required=keys_.COMPONENT_KEYS, optional=keys_.COMPONENT_OPTIONAL)
        if "members" in keys and "when" in keys:
            raise entry.refused("pakai members atau when", "use either members or when")
        id_ = keys["id"].text()
        members = self._rule(keys["members"], "person") if "members" in keys else None
        if members is not None:
            if id_ in self.shelf.variables or id_ in self.names:
                raise keys["id"].refused(f"nama '{id_}' sudah dipakai", f"the name '{id_}' is taken")
            self.names[id_] = members
        value = self._parameter(keys["amount"]) if "amount" in keys else None
        if value is not None and value.unit not in RUPIAH_A_YEAR:
            raise keys["amount"].refused("parameter ini bukan rupiah", "this parameter is not in rupiah")
        return Component(
            id=id_,
            label_id=keys["label_id"].text(),
            label_en=keys["label_en"].text(),
            amount=value.value * RUPIAH_A_YEAR[value.unit] if value else 0,
            evidence=laws.evidence(keys["evidence"]),
            members=members,
            when=self._rule(keys["when"], "family") if "when" in keys else None,
            limit=self._parameter(keys["limit"]).value if "limit" in keys else None,
            value=value,
        )

    def _payment(self, entry: Entry) -> Payment:
        keys = entry.mapping(required=keys_.PAYMENT_KEYS)
        return Payment(
            times=keys["times"].integer(),
            once=keys["once"].yes_or_no(),
            payee=keys["payee"].choice(PAYEES),
            form=keys["form"].choice(FORMS),
            evidence=laws.evidence(keys["evidence"]),
        )

    def _legal(self, entry: Entry) -> LegalBasis:
        keys = entry.mapping(required=keys_.LEGAL_KEYS)
        return LegalBasis(
            law=laws.reference(keys["reference"], self.shelf.laws),
            about=keys["about"].text(),
            evidence=laws.evidence(keys["evidence"]),
        )

    def _sentences(self, entry: Entry, rule: Rule) -> Sentences:
        keys = entry.mapping(required=keys_.SENTENCE_KEYS)
        known = {*rule.variables, *self.values}
        for part in keys.values():
            for _, name, _, _ in string.Formatter().parse(part.text()):
                if name is not None and name not in known:
                    raise UnknownPlaceholderError(where=part.where, name=name)
        return Sentences(yes=keys["yes"].text(), no=keys["no"].text(), unknown=keys["unknown"].text())

    # --- rules and parameters -------------------------------------------------------------------

    def _rule(self, entry: Entry, level: Level) -> Rule:
        counted = getattr(self, "counted", None) if level == "family" else None
        return language.parse(
            entry.text(),
            variables=self.shelf.variables,
            where=entry.where,
            level=level,
            parameters={name: value.value for name, value in self.values.items()},
            definitions=self.names,
            counted_members=counted,
        )

    def _parameters(self) -> dict[str, DatedValue]:
        path = self.shelf.root / "parameters" / f"{self.document.path.stem}.yaml"
        if not path.exists():
            return {}
        return parameters.in_force(parameters.load(path, laws_in=self.shelf.laws), self.shelf.on)

    def _parameter(self, entry: Entry) -> DatedValue:
        name = entry.text()
        if name not in self.values:
            near = ", ".join(sorted(self.values)) or "-"
            raise UnknownParameterError(where=entry.where, name=name, near=near)
        return self.values[name]

    def _check_together(self, criteria: tuple[Criterion, ...]) -> None:
        """Refuse criteria of which each can hold, but never all of them for one family."""
        if not criteria:
            entry = self.keys["criteria"]
            raise entry.refused("tidak ada kriteria yang berlaku", "no criterion is in force")
        together = tree.And(tuple(criterion.rule.tree for criterion in criteria))
        try:
            ranges.possibilities(together)
        except ranges.ImpossibleError as error:
            where = self.keys["criteria"].where
            raise ContradictionError(where=where, fragment=str(error.node)) from error

    def _texts(self, key: str) -> tuple[str, ...]:
        return self.keys[key].texts() if key in self.keys else ()
