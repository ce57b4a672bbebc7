"""What keeps the house one to live in: small modules, clean locks, no trace of a particular machine."""

from __future__ import annotations

import re
import subprocess

import pytest

from dtks.config import environment

ROOT = environment.PROJECT_ROOT


def tracked(*patterns: str) -> list[str]:
    answer = subprocess.run(
        ["git", "ls-files", "--", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return answer.stdout.split("\n")[:-1]


def test_no_module_is_longer_than_500_lines() -> None:
    long = {
        name: lines
        for name in tracked("src/*.py")
        if (lines := len((ROOT / name).read_text(encoding="utf-8").splitlines())) > 500
    }
    assert long == {}


def test_locks_name_no_address_of_a_registry() -> None:
    locks = [*tracked("requirements/*.txt"), "package-lock.json"]
    assert len(locks) >= 4
    for name in locks:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert '"resolved":' not in text
        assert not re.search(r"^[^#\n]*(?:index-url|://)", text, re.MULTILINE) or name == "package-lock.json"


def test_every_package_says_what_it_is() -> None:
    for name in tracked("src/dtks/**/__init__.py"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert '"""' in text, f"{name} has no docstring"


def test_pages_of_the_site_name_no_other_address() -> None:
    for name in tracked("src/**/*.html", "src/**/*.css", "src/**/*.js"):
        text = (ROOT / name).read_text(encoding="utf-8")
        found = re.findall(r"""(?:src|href|action|url\()\s*=?\s*["'(]?(?:https?:)?//[^"'\s)]+""", text)
        assert found == [], f"{name}: {found}"


# An exemption and its codes; what follows is its reason.
EXEMPTION = re.compile(
    r"#\s*(?:ruff: )?(?:noqa(?:: (?:[A-Z]+\d+(?:, )?)+)?|type: ignore(?:\[[\w, -]+\])?|nosec|nosemgrep)(.*)$"
)


def unreasoned(text: str) -> list[str]:
    """The lines of a file that silence a check without saying why in two words at least."""
    return [
        line
        for line in text.splitlines()
        if (found := EXEMPTION.search(line)) and len(re.findall(r"\w+", found.group(1))) < 2
    ]


@pytest.mark.parametrize(
    ("line", "silent"),
    [
        ("x = 1  # noqa: S105", True),
        ("x = 1  # noqa: S105, E402", True),
        ("x = f()  # type: ignore[arg-type]", True),
        ("x = f()  # nosec", True),
        ("# ruff: noqa: S608", True),
        ("x = 1  # noqa: S105 - a name", False),
        ("x = f()  # type: ignore[arg-type]  # narrowed above", False),
        ("# ruff: noqa: S608  every value is a parameter", False),
        ("x = f()  # Nanoseconds", False),
    ],
)
def test_an_exemption_without_a_reason_is_found(line: str, silent: bool) -> None:
    assert bool(unreasoned(line)) is silent


def test_every_exemption_from_a_check_says_why() -> None:
    names = tracked("src/*.py", "benchmarks/*.py", "dtks")
    assert len(names) > 100
    found = {name: lines for name in names if (lines := unreasoned((ROOT / name).read_text("utf-8")))}
    assert found == {}
