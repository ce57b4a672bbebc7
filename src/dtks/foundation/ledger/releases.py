"""Whether an act may happen by its release rule: checked before the act, and the result kept in the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.db import transaction

from dtks.foundation.ledger import actions, stored, witnesses
from dtks.foundation.ledger.domain import TEXT_FIELDS, Actor, Event, digest, entry_of, text_of
from dtks.foundation.ledger.errors import NoteMalformed, NoteUnsigned, Refused, ReleaseRuleUnknown
from dtks.foundation.ledger.models import LedgerCosignature, LedgerEvent, LedgerHead, LedgerLeaf
from dtks.foundation.ledger.release_rules import Condition, Rule, rules
from dtks.foundation.ledger.transparency.checkpoints import Checkpoint
from dtks.foundation.ledger.transparency.merkle import inclusion_holds, leaf_hash
from dtks.foundation.ledger.transparency.notes import Note, Verifier, parsed_lines

MOST_EVENTS, MOST_COSIGNATURES = 100, 1_000
Place: TypeAlias = tuple[int, bytes]
"""(index of the leaf, entry)"""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition: whether it holds, and what shows it (a place in the log; the witnesses and the size)."""

    says: tuple[str, str]
    holds: bool
    shown_by: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a rule."""

    rule: Rule
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether the act may happen."""
        return all(each.holds for each in self.checks)

    def require(self) -> None:
        """Raises Refused, naming what is missing, unless the act may happen."""
        if not self.passed:
            missing = [each.says for each in self.checks if not each.holds]
            raise Refused(
                name=self.rule.name[0],
                missing="; ".join(text for text, _ in missing),
                name_en=self.rule.name[1],
                missing_en="; ".join(text for _, text in missing),
            )


def decide(*, by: Actor, rule: str, facts: Mapping[str, str], subject: str, area: str = "") -> Verdict:
    """Check a rule and record what came of it, whether it passed or not.

    The act then begins with ``verdict.require()``, in a transaction of its own: an event of a refusal must
    not be rolled back with the act. ``facts``: what the rule's ``{name}`` stand for; ``subject``: what is
    to be released.

    Raises:
        ReleaseRuleUnknown, ReleaseRulesMalformed, ReleaseFactMissing.
    """
    found = rules().get(rule)
    if found is None:
        raise ReleaseRuleUnknown(given=rule, known=", ".join(rules()))
    with transaction.atomic(durable=True):
        verdict = _checked(found, facts)
        detail = {
            "rule": rule,
            "rule_sha256": found.sha256,
            "passed": verdict.passed,
            "checks": [{"holds": each.holds, "shown_by": each.shown_by} for each in verdict.checks],
        }
        event = Event(
            "ledger.release", kind="release", subject=subject, area=area,
            after=digest({**detail, "facts": dict(facts)}), detail=detail,
        )  # fmt: skip
        actions.record(event, by=by)
    return verdict


def _checked(rule: Rule, facts: Mapping[str, str]) -> Verdict:
    places = [_place(each.wanted(facts)) for each in rule.conditions if each.event]
    found = iter(places)
    checks = []
    for condition in rule.conditions:
        if condition.event:
            place = next(found)
            shown_by = "" if place is None else f"leaf {place[0]}"
            checks.append(Check(condition.says, place is not None, shown_by))
        else:
            checks.append(_cosigned(condition, places))
    return Verdict(rule, tuple(checks))


def _place(wanted: Mapping[str, str]) -> Place | None:
    """The place in the log, and the entry, of the first event that says all this; None: none there (yet)."""
    events = LedgerEvent.objects.filter(**wanted).order_by("id")
    for event in events[:MOST_EVENTS]:
        text = text_of({name: getattr(event, name) for name in TEXT_FIELDS})
        entry = entry_of(salt=bytes(event.salt), text=text)
        # By the entry, not by the event's number: a row that was changed since is not what the log took up.
        leaf = LedgerLeaf.objects.filter(event=event.pk).first()
        if leaf is not None and bytes(leaf.entry) == entry:
            return leaf.index, entry
    return None


def _cosigned(condition: Condition, places: Sequence[Place | None]) -> Check:
    """Whether enough of the configured witnesses cosigned one head that covers all the places."""
    known = {each.name: each.verifier for each in witnesses.configured()}
    covered = [place for place in places if place is not None]
    if len(known) < condition.of or len(covered) < len(places):
        return Check(condition.says, False, f"{len(known)} witnesses")
    rows = LedgerCosignature.objects.filter(size__gt=max(covered)[0], witness__in=known)
    signed: dict[int, set[str]] = {}
    for row in rows.order_by("size", "id")[:MOST_COSIGNATURES]:
        names = signed.setdefault(row.size, set())
        # Checked anew: a line in our own table proves nothing.
        if _signed(row, known[row.witness], covered):
            names.add(row.witness)
        if len(names) >= condition.at_least:
            return Check(condition.says, True, f"size {row.size}: {', '.join(sorted(names))}")
    best = max((len(names) for names in signed.values()), default=0)
    return Check(condition.says, False, f"{best} of {condition.at_least}")


def _signed(row: LedgerCosignature, verifier: Verifier, places: Sequence[Place]) -> bool:
    """Whether the witness signed a head that the places are in."""
    head = LedgerHead.objects.filter(size=row.size).first()
    if head is None:
        return False
    try:
        note = Note(Note.parse(head.note).text, parsed_lines(row.line))
        if note.by(verifier) is None:
            return False
        root, tree = Checkpoint.of(note).root, stored.tree(row.size)
        return all(
            inclusion_holds(
                leaf=leaf_hash(entry), index=index, size=row.size, proof=tree.inclusion(index), root=root
            )
            for index, entry in places
        )
    except (NoteMalformed, NoteUnsigned, LookupError):
        return False
