"""Ask an advisory service (OSV) about every locked package, with pip-audit.

`python -m tests.lint.advisories [--osv-url URL]`. There are three answers, and silence is none of them:

- 0 `NONE_FOUND`: the service knows advisories, and knows none of the locked versions;
- 1 `FOUND`: at least one, each told with its id and the version that mends it;
- 3 `NOT_CHECKED`: nobody answered, the service knows no advisories at all, or it left a package out.

The service first has to name the advisories of Django 3.2.0, which has many: a mirror or a proxy that says
'nothing known' to every question would otherwise pass for a clean bill of health.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dtks.config import environment

NONE_FOUND, FOUND, NOT_CHECKED = 0, 1, 3
OSV = "https://api.osv.dev/v1/query"
LOCKS = sorted((environment.PROJECT_ROOT / "requirements").glob("*.txt"))
KNOWN_FAULTY = "django==3.2.0"
SECONDS = 10


@dataclass(frozen=True)
class Verdict:
    """One of the three answers and its text."""

    code: int
    text: str


def verdict(answer: str) -> Verdict:
    """Read what `pip-audit --format json` printed; whatever is not a whole answer is `NOT_CHECKED`."""
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Verdict(NOT_CHECKED, "the service did not answer")
    faults = [
        f"{package['name']} {package['version']}: {fault['id']}"
        f" (mended in {', '.join(fault['fix_versions']) or 'no version yet'})"
        for package in packages
        for fault in package.get("vulns", ())
    ]
    if faults:
        return Verdict(FOUND, "\n".join(faults))
    if not packages:
        return Verdict(NOT_CHECKED, "no package was asked about")
    if left_out := [package["name"] for package in packages if "skip_reason" in package]:
        return Verdict(NOT_CHECKED, f"left out by the service: {', '.join(left_out)}")
    return Verdict(NONE_FOUND, f"{len(packages)} packages, no advisory")


def ask(url: str, locks: list[Path]) -> Verdict:
    """What the service at `url` knows of the versions in `locks`, files of pinned requirements."""
    files = [argument for lock in locks for argument in ("-r", str(lock))]
    done = subprocess.run(
        [
            sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off",
            "--format", "json", "--timeout", str(SECONDS), "--vulnerability-service", "osv",
            "--osv-url", url, *files,
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return verdict(done.stdout)


def check(url: str) -> Verdict:
    """Ask about the version that is known to be faulty, then about the locks."""
    with tempfile.TemporaryDirectory() as folder:
        faulty = Path(folder) / "faulty.txt"
        faulty.write_text(KNOWN_FAULTY + "\n", encoding="utf-8")
        first = ask(url, [faulty])
    if first.code != FOUND:
        return Verdict(NOT_CHECKED, f"{url} names no advisory of {KNOWN_FAULTY}: {first.text}")
    return ask(url, LOCKS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--osv-url", default=OSV)
    url = parser.parse_args().osv_url
    found = check(url)
    if found.code == NOT_CHECKED:
        print(
            f"Advisories of the dependencies were NOT checked: {found.text}.\n"
            "Run `.venv/bin/python -m tests.lint.advisories` on a machine that reaches the service, "
            "or name another one with --osv-url."
        )
    else:
        print(found.text)
    return found.code


if __name__ == "__main__":
    sys.exit(main())
