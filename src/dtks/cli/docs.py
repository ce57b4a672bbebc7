"""`dtks docs`: make docs/reference from the code, and the documentation site from docs/."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from dtks.cli import COMMANDS, json_keys, load_command, prepare_django
from dtks.config import environment

REFERENCE = environment.PROJECT_ROOT / "docs" / "reference"
NOTE = "<!-- Dibuat oleh ./dtks docs; jangan diubah di sini. Made by ./dtks docs; do not edit. -->\n\n"


def commands() -> str:
    """Every command with its options, from the commands themselves."""
    head = "# Perintah · Commands\n\nKunci keluaran `--json` · keys of `--json`: [json.md](json.md).\n"
    return "\n".join([NOTE, head, *(_command(name, command) for name, command in every_command())])


def every_command() -> Iterator[tuple[str, object]]:
    """(full name, command): `determine`, `areas load`, …"""
    for name in COMMANDS:
        command = load_command(name)
        # Not isinstance(…, click.Group): typer carries a click of its own.
        below: dict[str, object] = getattr(command, "commands", {"": command})
        yield from ((f"{name} {sub}".strip(), found) for sub, found in below.items())


def _command(name: str, command: object) -> str:
    lines = [f"\n## `./dtks {name}`\n", (command.help or "").strip() + "\n"]  # type: ignore[attr-defined]
    rows = []
    for parameter in command.params:  # type: ignore[attr-defined]
        shown = ", ".join(f"`{option}`" for option in parameter.opts) or f"`{parameter.name}`"
        if parameter.param_type_name == "argument":
            shown = f"`{str(parameter.name).upper()}`"
        help_text = " ".join((getattr(parameter, "help", "") or "").split())
        default = (
            "" if parameter.default in (None, False, "") or parameter.required else f"`{parameter.default}`"
        )
        rows.append(f"| {shown} | {help_text} | {default} |")
    if rows:
        lines += ["| pilihan · option | arti · meaning | bawaan · default |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def settings() -> str:
    """Every environment variable that an installation can set."""
    rows = [
        f"| `{setting.name}` | {setting.help_id}<br>*{setting.help_en}* | {setting.default} |"
        for setting in environment.SETTINGS
    ]
    head = "# Pengaturan · Settings\n\nPeubah lingkungan.\n\n| nama | arti | bawaan |\n|---|---|---|\n"
    return NOTE + head + "\n".join(rows) + "\n"


def errors() -> str:
    """Every anticipated error: its code, what it says, and whether repeating can help."""
    import dtks
    from dtks.foundation.kernel.errors import catalogue

    for module in pkgutil.walk_packages(dtks.__path__, "dtks."):
        # Every module that may define an error; an error is documented whatever has been imported before.
        if not module.name.endswith(("__main__", "wsgi")) and ".migrations" not in module.name:
            importlib.import_module(module.name)
    rows = []
    for code, error in catalogue().items():
        if not error.__module__.startswith("dtks."):
            continue
        again = "tidak · no" if error.permanent else "ya · yes"
        rows.append(f"| `{code}` | {error.message_id}<br>*{error.message_en}* | {again} |")
    head = "# Kode galat · Error codes\n\n| kode | arti dan cara memperbaiki | coba lagi? |\n|---|---|---|\n"
    return NOTE + head + "\n".join(rows).replace("{", "&#123;").replace("}", "&#125;") + "\n"


def json_output() -> str:
    """Every key that a command prints with --json."""
    head = (
        "# `--json`\n\n"
        "Every long or measuring command takes `--json`. The last line of its standard output is then one "
        "JSON object with exactly the keys below; a key that does not apply is null. Progress is not shown. "
        "A refusal goes to standard error as elsewhere, with exit code 1 and no JSON.\n\n"
        "A dot leads into an object; `*` stands for whatever it is keyed by, or for each element of a list.\n"
    )
    parts = [NOTE + head]
    for name in json_keys.KEYS:
        rows = [f"| `{path}` | {meaning} |" for path, meaning in json_keys.keys_of(name).items()]
        parts += [f"\n## `./dtks {name}`\n", "| key | meaning |", "|---|---|", *rows]
    without = [f"- `./dtks {name}`: {reason}." for name, reason in json_keys.WITHOUT.items()]
    parts += ["\n## Without `--json`\n", *without]
    return "\n".join(parts) + "\n"


def dictionary() -> str:
    """Every variable of the registry with its code list."""
    from dtks.registration.registry.dictionary import markdown

    return markdown()


def permissions() -> str:
    """Roles, what each may do and where, and which duties must not meet in one person."""
    from dtks.foundation.accounts import permissions_page

    return NOTE + permissions_page.render()


def processing() -> str:
    """The record of processing (UU 27/2022), drawn from the classification of every column."""
    from dtks.foundation.privacy import processing

    return NOTE + processing.markdown()


def asvs() -> str:
    """Every requirement of OWASP ASVS 5.0, levels 1 and 2, and what holds it."""
    from dtks.cli import asvs_page

    return NOTE + asvs_page.markdown()


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "json.md": json_output,
    "settings.md": settings,
    "errors.md": errors,
    "dictionary.md": dictionary,
    "permissions.md": permissions,
    "processing.md": processing,
    "asvs.md": asvs,
}


def write(folder: Path) -> list[Path]:
    """Write every generated page into `folder`; returns the files."""
    prepare_django()
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, page in PAGES.items():
        path = folder / name
        path.write_text(page(), encoding="utf-8")
        written.append(path)
    return written


def docs(
    site: Annotated[str, typer.Option(help="Folder situs · Folder of the site; kosong = hanya rujukan")] = "",
) -> None:
    """Perbarui docs/reference dari kode; dengan --site juga susun situs dokumentasi.

    Bring docs/reference up to date from the code; with --site build the documentation site too.
    """
    for path in write(REFERENCE):
        typer.echo(path.relative_to(environment.PROJECT_ROOT))
    if site:
        build = (
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--strict",
            "--quiet",
            "--site-dir",
            str(Path(site).resolve()),
        )
        raise typer.Exit(subprocess.run(build, cwd=environment.PROJECT_ROOT, check=False).returncode)
