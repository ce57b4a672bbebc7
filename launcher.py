"""What `./dtks` and `dtks.cmd` run first: prepare this machine once, then hand over to the real command.

Needs only Python 3.11 or newer with venv; no administrator's rights. It makes `.venv`, installs the locked
packages (with uv: seconds instead of minutes), builds the front end, and starts `python -m dtks.cli`.
What has been done is remembered by the SHA-256 of the files it was done from, so a second start costs
a few milliseconds and a changed lock is installed again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "dtks-installed"
STAMP_DEV = VENV / "dtks-developer"
DIST = ROOT / "src" / "dtks" / "foundation" / "ui" / "static" / "dist"
MINIMUM = (3, 11)
OLDEST_NODE = 20


def say(text_id, text_en):
    print(f"{text_id}\n  ({text_en})", file=sys.stderr, flush=True)


def stop(text_id, text_en):
    say(text_id, text_en)
    sys.exit(1)


def check_python():
    if sys.version_info < MINIMUM:
        stop(
            f"Perlu Python 3.11 atau lebih baru; ini Python {sys.version.split()[0]}. Pasang dari python.org"
            " atau: sudo apt install python3 python3-venv",
            f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.",
        )


def digest(*paths):
    found = hashlib.sha256()
    for path in paths:
        found.update(path.read_bytes())
    return found.hexdigest()


def up_to_date(stamp, wanted):
    return stamp.exists() and stamp.read_text(encoding="ascii").strip() == wanted


def run(*command, hint_id, hint_en):
    result = subprocess.run([str(part) for part in command], cwd=ROOT, stdout=sys.stderr, check=False)
    if result.returncode != 0:
        stop(hint_id, hint_en)


def make_venv():
    if PYTHON.exists():
        return
    say("Penyiapan pertama: membuat lingkungan Python …", "First use: making the Python environment")
    result = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        stop(
            "Modul venv tidak ada. Pasang dengan: sudo apt install python3-venv",
            "The venv module is missing. Install it with: sudo apt install python3-venv",
        )


def lock_for(command):
    """Tests and documentation need the developers' packages; everything else needs the base."""
    name = "dev.txt" if command in ("test", "docs") or STAMP_DEV.exists() else "base.txt"
    return ROOT / "requirements" / name


def install(lock):
    wanted = digest(lock, ROOT / "pyproject.toml")
    if up_to_date(STAMP, wanted):
        return
    say("Memasang paket (sekali saja, perlu internet) …", "Installing packages (once, needs internet)")
    hint = {
        "hint_id": "Pemasangan paket gagal. Periksa internet dan ruang disk (2 GB), lalu ulangi.",
        "hint_en": "Installing packages failed. Check internet and disk space (2 GB), then repeat.",
    }
    if not (BIN / ("uv.exe" if os.name == "nt" else "uv")).exists():
        pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
        run(*pip, "-r", ROOT / "requirements" / "uv.txt", **hint)
    uv = (PYTHON, "-m", "uv", "pip")
    run(*uv, "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock, **hint)
    run(*uv, "install", "--quiet", "--python", PYTHON, "--no-deps", "--editable", ROOT, **hint)
    if lock.name == "dev.txt":
        STAMP_DEV.touch()
    STAMP.write_text(wanted, encoding="ascii")


def node_is_new_enough():
    """Whether the machine has Node 20 or newer with npm; else the wheel with Node is installed."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.strip().lstrip("v").split(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def build_front_end():
    """The build knows itself whether anything has changed since it last ran."""
    hint = {
        "hint_id": "Penyusunan tampilan gagal; pesan di atas menyebut sebabnya.",
        "hint_en": "Building the front end failed; the message above says why.",
    }
    if not DIST.exists():
        say("Menyusun tampilan …", "Building the front end")
        if not node_is_new_enough():
            node = ROOT / "requirements" / "node.txt"
            run(PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON, "-r", node, **hint)
    run(PYTHON, "-m", "dtks.foundation.ui.build", **hint)


def main():
    check_python()
    command = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    make_venv()
    install(lock_for(command))
    if command in ("demo", "serve", "test"):
        build_front_end()
    arguments = [str(PYTHON), "-m", "dtks.cli", *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.run(arguments, check=False).returncode)
    os.execv(arguments[0], arguments)  # noqa: S606 - no shell: Ctrl-C and exit codes go straight through


if __name__ == "__main__":
    main()
