"""The page docs/reference/asvs.md: OWASP ASVS 5.0.0, levels 1 and 2, and what holds each requirement here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from dtks.config import environment
from dtks.foundation.kernel import yaml_text

STANDARD = "https://github.com/OWASP/ASVS/tree/v5.0.0_release/5.0"
SOURCE = environment.PROJECT_ROOT / "docs" / "security" / "asvs.yaml"
Kind = Literal["test", "document", "host", "not_applicable"]
KINDS: dict[Kind, tuple[str, str]] = {
    "test": ("test", "a test fails when it no longer holds"),
    "document": ("document", "a file of the project says it or holds it"),
    "host": ("host", "whoever runs the machine sees to it"),
    "not_applicable": ("not applicable", "with the reason"),
}
CHAPTERS = {
    1: "Encoding, injection", 2: "Validation, business logic", 3: "Browser", 4: "HTTP and interfaces",
    5: "Files", 6: "Sign-in", 7: "Sessions", 8: "Who may do what", 9: "Self-contained tokens",
    10: "OAuth, OpenID Connect", 11: "Cryptography", 12: "Transport", 13: "Configuration",
    14: "Data protection", 15: "Code and dependencies", 16: "Logs and errors", 17: "WebRTC",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One requirement. `evidence`: pytest nodes, files from the project's root, or names of settings."""

    id: str
    level: int
    short: str
    kind: Kind
    evidence: tuple[str, ...] = ()
    reason: str = ""

    @property
    def chapter(self) -> int:
        return int(self.id.removeprefix("V").split(".")[0])


def load() -> list[Entry]:
    """Every entry of docs/security/asvs.yaml in its order.

    Raises:
        TypeError: an entry lacks a key or has one too many.
    """
    rows = yaml_text.load(SOURCE.read_text(encoding="utf-8"))["requirements"]
    return [Entry(**{**row, "evidence": tuple(row.get("evidence", ()))}) for row in rows]


def markdown() -> str:
    """The whole page, without the note that it is generated."""
    entries = load()
    lines = [
        "# Keamanan menurut ASVS · OWASP ASVS 5.0.0\n",
        "Every requirement of levels 1 and 2 of the Application Security Verification Standard, and what "
        "holds it in DTKS. The numbers are those of the standard, the words are ours: the standard "
        f"([OWASP ASVS 5.0.0]({STANDARD}), CC BY-SA 4.0) says in full what is asked. This is the "
        "project's own account; nobody has certified it. Where a test of the scans is named, it shows that "
        "the rule finds what it should; `./dtks test` runs the rules over the code.\n",
        *_summary(entries),
    ]
    for chapter, rows in groupby(entries, key=lambda entry: entry.chapter):
        lines += [
            f"\n## V{chapter} {CHAPTERS[chapter]}\n",
            "| no. | level | what | held by | |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(entry) for entry in rows]
    return "\n".join(lines) + "\n"


def _summary(entries: list[Entry]) -> list[str]:
    counted = Counter((entry.kind, entry.level) for entry in entries)
    lines = ["| held by | | level 1 | level 2 | both |", "|---|---|---|---|---|"]
    for kind, (name, meaning) in KINDS.items():
        one, two = counted[kind, 1], counted[kind, 2]
        lines.append(f"| {name} | {meaning} | {one} | {two} | {one + two} |")
    levels = [sum(entry.level == level for entry in entries) for level in (1, 2)]
    lines.append(f"| | all | {levels[0]} | {levels[1]} | {len(entries)} |\n")
    return [*lines, "Nothing is open: a test holds that every requirement has one of these."]


def _row(entry: Entry) -> str:
    held = "<br>".join(f"`{evidence.replace('::', ' :: ')}`" for evidence in entry.evidence)
    said = "<br>".join(text for text in (held, entry.reason.replace("|", "\\|")) if text)
    return f"| {entry.id} | {entry.level} | {entry.short} | {said} | {KINDS[entry.kind][0]} |"
