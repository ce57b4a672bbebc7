"""What the demo prints for whoever tries it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtks.cli import demo


@pytest.mark.django_db
def test_each_account_stands_on_one_line_for_copying(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The terminal wraps, not the program: a word copied across a line end would be cut in two."""
    monkeypatch.setattr(demo.console, "width", 80)
    demo._say_what_to_try(demo.Demo(folder=tmp_path, area=demo.AREA, families=10), 8000)
    lines = capsys.readouterr().out.splitlines()
    for account in demo.ACCOUNTS:
        (line,) = [each for each in lines if f"{account.username} / {demo.PASSWORD}" in each]
        assert line.endswith(f"({account.what})")
    assert any(len(line) > 80 for line in lines), "else this test would show nothing"
    assert not [line for line in lines if line and line[0].islower()], "a line that was broken"
