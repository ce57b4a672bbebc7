"""What keeps the house one to live in: small modules, clean locks, no trace of a particular machine."""

from __future__ import annotations

import re
import subprocess

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
