"""The scans find what they are there for: each rule of semgrep its example, bandit and pip-audit theirs."""

from __future__ import annotations

import contextlib
import http.server
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.lint import advisories

from dtks.cli import test as command
from dtks.config import environment

ROOT = environment.PROJECT_ROOT
RULES = ROOT / ".semgrep" / "rules.yml"
EXAMPLES = ROOT / ".semgrep" / "examples"
IDS = [rule["id"] for rule in yaml.safe_load(RULES.read_text(encoding="utf-8"))["rules"]]

Finding = tuple[str, str, int]


def laid_out(folder: Path) -> set[Finding]:
    """Write every example below `folder`; returns (rule, file, line) of each finding that is expected."""
    expected = set()
    for example in sorted(EXAMPLES.glob("*.txt")):
        parts = re.split(r"^# file: (.+)\n", example.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert not parts[0].strip(), f"{example.name} must begin with '# file: …'"
        for path, text in zip(parts[1::2], parts[2::2], strict=True):
            # One tree per example: two examples may speak of the same file.
            target = folder / example.stem / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            for number, line in enumerate(text.splitlines(), start=1):
                if marked := re.search(r"ruleid: ([\w-]+)", line):
                    expected.add((marked[1], f"{example.stem}/{path}", number))
    return expected


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[Finding], set[Finding]]:
    """(expected, found) over all examples, of each rule over its own example; semgrep runs once."""
    folder = tmp_path_factory.mktemp("examples")
    expected = laid_out(folder)
    done = subprocess.run(
        [*command.SEMGREP, "--json", "--no-git-ignore", "."],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["errors"] == []
    assert done.returncode == 1, "a finding must fail the step"
    found = {
        (rule, result["path"], result["start"]["line"])
        for result in report["results"]
        if (rule := result["check_id"].rsplit(".", 1)[-1]) == Path(result["path"]).parts[0]
    }
    return expected, found


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_finds_its_examples_and_nothing_else(
    rule: str, findings: tuple[set[Finding], set[Finding]]
) -> None:
    expected, found = ({finding for finding in some if finding[0] == rule} for some in findings)
    assert expected, f"{rule} has no example"
    assert found == expected
    text = (EXAMPLES / f"{rule}.txt").read_text(encoding="utf-8")
    assert any(line and "ruleid:" not in line and not line.startswith("#") for line in text.splitlines())


def test_every_example_belongs_to_a_rule() -> None:
    assert {example.stem for example in EXAMPLES.glob("*.txt")} == set(IDS)


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ("import hashlib\nhashlib.md5(b'x')\n", "import hashlib\nhashlib.sha256(b'x')\n"),
        ("import os\nos.system(x)\n", "import subprocess\nsubprocess.run([x], check=True)\n"),
        (
            "import requests\nrequests.get(x, timeout=5, verify=False)\n",
            "import requests\nrequests.get(x, timeout=5)\n",
        ),
    ],
    ids=["a broken hash", "a shell", "an unchecked certificate"],
)
def test_bandit_fails_on_what_it_should_find(tmp_path: Path, bad: str, good: str) -> None:
    arguments = command.BANDIT[: command.BANDIT.index("-r")]
    file = tmp_path / "some.py"
    for text, code in ((bad, 1), (good, 0)):
        file.write_text(text, encoding="utf-8")
        done = subprocess.run([*arguments, str(file)], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout


def report(*, vulns: list[dict[str, object]], skipped: bool = False) -> str:
    """The JSON of pip-audit for two packages, the second of them skipped or not."""
    second = (
        {"name": "b", "skip_reason": "not found"} if skipped else {"name": "b", "version": "2", "vulns": []}
    )
    return json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": vulns}, second], "fixes": []})


FAULT: dict[str, object] = {"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}


def test_the_answer_of_the_advisory_service_is_read_strictly() -> None:
    assert advisories.verdict(report(vulns=[])).code == advisories.NONE_FOUND
    found = advisories.verdict(report(vulns=[FAULT]))
    assert found.code == advisories.FOUND
    assert "a 1: PYSEC-1" in found.text
    # A package that the service does not know is no clean package.
    left_out = advisories.verdict(report(vulns=[], skipped=True))
    assert left_out.code == advisories.NOT_CHECKED
    assert "b" in left_out.text
    assert advisories.verdict(report(vulns=[FAULT], skipped=True)).code == advisories.FOUND
    for broken in ("", "not JSON", '{"dependencies": []}'):
        assert advisories.verdict(broken).code == advisories.NOT_CHECKED


def test_without_a_service_nothing_is_claimed() -> None:
    """Nobody listens on port 9 of this machine: the answer is 'not checked', never 'none found'."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.lint.advisories", "--osv-url", "http://127.0.0.1:9/v1/query"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == advisories.NOT_CHECKED, done.stdout + done.stderr
    assert "NOT checked" in done.stdout


@contextlib.contextmanager
def service(faulty: set[str]) -> Iterator[str]:
    """The address of a service on this machine that knows one advisory of each package in `faulty`."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]["name"]
            events = [{"introduced": "0"}, {"fixed": "999"}]
            package = {"name": asked, "ecosystem": "PyPI"}
            affected = {"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
            found = {"vulns": [{"id": f"TEST-{asked}", "affected": [affected]}]} if asked in faulty else {}
            body = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1/query"
        finally:
            server.shutdown()
            thread.join()


def test_a_service_that_knows_nothing_at_all_proves_nothing() -> None:
    with service(set()) as url:
        assert advisories.check(url).code == advisories.NOT_CHECKED


def test_every_locked_package_is_asked_about(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lock = tmp_path / "base.txt"
    monkeypatch.setattr(advisories, "LOCKS", [lock])
    lock.write_text("asgiref==3.9.0 \\\n    --hash=sha256:" + "a" * 64 + "\n", encoding="utf-8")
    with service({"django"}) as url:
        assert advisories.check(url).code == advisories.NONE_FOUND
    with service({"django", "asgiref"}) as url:
        found = advisories.check(url)
    assert found == advisories.Verdict(advisories.FOUND, "asgiref 3.9.0: TEST-asgiref (mended in 999)")


def test_the_locks_are_audited() -> None:
    assert {lock.name for lock in advisories.LOCKS} >= {"base.txt", "dev.txt"}


def test_a_step_that_could_not_check_is_neither_passed_nor_failed() -> None:
    assert advisories.NOT_CHECKED == command.NOT_CHECKED
    assert command.mark(command.ADVISORIES, command.NOT_CHECKED) == "–"
    assert command.mark("lint", command.NOT_CHECKED) == "✗"
    done = {"advisories": {"exit_code": 3}, "lint": {"exit_code": 3}, "types": {"exit_code": 0}}
    assert command.failed(done) == ["lint"]
    assert command.failed({"advisories": {"exit_code": 1}}) == ["advisories"]
