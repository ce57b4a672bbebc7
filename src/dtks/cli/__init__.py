"""The `dtks` command: one file per command, loaded only when it is called (a quick start matters)."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from typing import Any

import click
import typer
from typer.core import TyperGroup

# name → (module, attribute, one line of help). `needs_django` commands find the app registry ready.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "demo": (
        "dtks.cli.demo",
        "demo",
        "Siapkan data contoh dan buka di peramban · Set up sample data and serve it",
    ),
    "serve": ("dtks.cli.serve", "serve", "Layani basis data yang ada · Serve the existing database"),
    "import": ("dtks.cli.imports", "import_", "Masukkan berkas ke registri · Bring a file into the registry"),
    "determine": ("dtks.cli.determine", "determine", "Jalankan penetapan · Run a determination"),
    "explain": (
        "dtks.cli.determine",
        "explain",
        "Jelaskan hasil satu keluarga · Explain one family's result",
    ),
    "areas": ("dtks.cli.areas", "app", "Wilayah Indonesia · Areas of Indonesia"),
    "synth": ("dtks.cli.synth", "synth", "Buat penduduk buatan · Make a made-up population"),
    "targeting": (
        "dtks.cli.targeting",
        "app",
        "Latih dan nilai model kesejahteraan · Train and judge a welfare model",
    ),
    "migrate": (
        "dtks.cli.serve",
        "migrate_command",
        "Perbarui susunan basis data · Bring the database up to date",
    ),
    "user": ("dtks.cli.user", "user", "Akun petugas dan perannya · Officers' accounts and their roles"),
    "outbox": (
        "dtks.cli.outbox",
        "outbox",
        "Pesan yang menunggu dikirim · Messages that wait to be sent",
    ),
    "keys": ("dtks.cli.keys", "app", "Kunci enkripsi · Encryption keys"),
    "ledger": (
        "dtks.cli.ledger",
        "app",
        "Jejak audit: periksa dan buktikan · The audit trail: verify and prove",
    ),
    "privacy": ("dtks.cli.privacy", "app", "Pelindungan data pribadi · Protection of personal data"),
    "docs": (
        "dtks.cli.docs",
        "docs",
        "Buat rujukan dan situs dokumentasi · Make the reference and the documentation site",
    ),
    "doctor": ("dtks.cli.doctor", "doctor", "Periksa mesin ini · Check this machine"),
    "test": ("dtks.cli.test", "test", "Jalankan semua uji · Run the tests"),
}
WITHOUT_DJANGO = frozenset({"demo", "doctor", "ledger", "test", "docs"})
"""`ledger` prepares Django itself where it needs it: a proof is checked on machines without a registry."""


def prepare_django() -> None:
    """Set up Django once, for commands that touch the registry."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dtks.config.settings")
    import django

    django.setup()


class LazyGroup(TyperGroup):
    """Lists every command from the table above and imports a command's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        if not _called(cmd_name):
            help_text = COMMANDS[cmd_name][2]
            return typer.core.TyperCommand(cmd_name, help=help_text, short_help=help_text)
        if cmd_name not in WITHOUT_DJANGO:
            prepare_django()
        return load_command(cmd_name)


def load_command(name: str) -> click.Command:
    """The command of that name, its module imported now. Django must be ready for those that need it."""
    module, attribute, help_text = COMMANDS[name]
    found: Any = getattr(importlib.import_module(module), attribute)
    return _as_click(found, name, help_text)


def _called(name: str) -> bool:
    """Whether the user named this command (else the list of commands is being printed)."""
    return name in sys.argv[1:2]


def _as_click(found: typer.Typer | Callable[..., None], name: str, help_text: str) -> click.Command:
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
        single.command(name)(found)
        found = single
    command = typer.main.get_command(found)
    command.name = name
    command.short_help = help_text
    return command


app = typer.Typer(
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,  # see `main`: messages and locals may hold personal data
    help="DTKS: registri sosial terbuka · an open social registry. Mulai dengan: ./dtks demo",
)


@app.callback(invoke_without_command=True)
def _root(ctx: typer.Context) -> None:
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())


def main() -> None:
    """Entry point. An anticipated error prints its code and how to mend it, and exits 1; of an unexpected one
    the place and the kind are printed, without what its message may quote, and the exit code is 70."""
    from dtks.foundation.kernel.errors import DtksError
    from dtks.foundation.kernel.log_format import WithoutPersonalData
    from dtks.foundation.scope.current import limited_to

    try:
        # Whoever may run commands on the server works in the whole country.
        with limited_to(""):
            app(prog_name="dtks")
    except DtksError as error:
        typer.secho(f"{error.code}: {error.text('id')}", fg="red", err=True)
        typer.echo(f"  ({error.text('en')})", err=True)
        sys.exit(1)
    except Exception:  # noqa: BLE001  written out without personal data
        typer.echo(WithoutPersonalData().formatException(sys.exc_info()), err=True)
        typer.echo("Galat tak terduga; laporkan baris di atas. · Unexpected; report these lines.", err=True)
        sys.exit(70)
