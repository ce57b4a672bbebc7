"""The documentation says what the code says: every command, setting, error, variable and rule key."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from dtks.cli import COMMANDS, docs, load_command
from dtks.config import environment

ROOT = environment.PROJECT_ROOT
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", docs.PAGES)
def test_generated_reference_is_current(name: str) -> None:
    committed = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert committed == docs.PAGES[name](), f"docs/reference/{name} is old: run ./dtks docs"


def test_every_command_is_documented_and_says_what_it_does() -> None:
    text = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"## `./dtks {name}" in text
        assert (load_command(name).help or "").strip(), name


def test_every_setting_used_in_the_code_is_declared() -> None:
    declared = {setting.name for setting in environment.SETTINGS}
    used = set()
    for path in [*(ROOT / "src").rglob("*.py"), ROOT / "launcher.py", ROOT / ".ci" / "run"]:
        used |= set(re.findall(r"\bDTKS_[A-Z_]+\b", path.read_text(encoding="utf-8")))
    assert used == declared


@pytest.mark.slow
def test_the_site_builds_without_a_broken_link(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path))
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "reference" / "commands" / "index.html").exists()


def test_links_of_the_pages_at_the_root_lead_somewhere() -> None:
    for page in ROOT.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            assert "://" in target or (ROOT / target).exists(), f"{page.name}: {target}"
