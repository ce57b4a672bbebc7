"""`dtks user`: officers' accounts and roles from the server's command line, for whoever runs the server.

No password stands on a command line: it is asked for, or made and printed once.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from dtks.foundation.ledger.domain import Actor

CLI = "cli"
Name = Annotated[str, typer.Argument(help="Nama masuk · Sign-in name")]
Area = Annotated[str, typer.Option(help="Kode wilayah; kosong = seluruh negeri · Area's code; empty = all")]
Reason = Annotated[str, typer.Option(help="Alasan, masuk ke riwayat · Reason, kept in the history")]


class _Group(TyperGroup):
    """`dtks user NAME` is short for `dtks user add NAME`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["add", *args]
        return super().parse_args(ctx, args)


user = typer.Typer(
    cls=_Group,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals may hold a password
    help="Akun dan peran petugas · Officers' accounts and roles",
)


def _ready() -> Actor:
    """The database brought up to date; the one who acts is the server's command line."""
    from dtks.cli.serve import migrate

    migrate()
    return Actor.system(CLI)


@user.command()
def add(
    name: Name,
    full_name: Annotated[str, typer.Option("--full-name", help="Nama lengkap · Full name")] = "",
    role: Annotated[str, typer.Option(help="Peran pertama · First role")] = "",
    area: Area = "",
    temporary: Annotated[
        bool, typer.Option("--temporary", help="Buat kata sandi sementara · Make a temporary password")
    ] = False,
) -> None:
    """Buat akun petugas; kata sandi ditanyakan. Bila belum ada administrator, akun ini menjadi administrator.

    Make an officer's account; the password is asked for. Where there is no administrator yet, it becomes one.
    """
    from django.db import transaction
    from django.utils import timezone

    from dtks.foundation.accounts import actions, listing

    by = _ready()
    first = listing.administrators(on=timezone.localdate()) == 0
    chosen = role or ("administrator" if first else "")
    password = ""
    if not temporary:
        password = typer.prompt("Kata sandi · Password", hide_input=True, confirmation_prompt=True)
    with transaction.atomic():
        made = actions.create_account(by=by, username=name, name=full_name or name, password=password)
        if chosen:
            actions.grant(by=by, account=made.account, role=chosen, area=area, reason="dtks user")
    typer.echo(f"{made.username}: dibuat · made" + (f", {chosen} {area}".rstrip() if chosen else ""))
    if temporary:
        typer.echo(made.password)
    if not chosen:
        typer.echo("Tanpa peran akun ini tidak dapat membuka apa pun · without a role it opens nothing:")
        typer.echo(f"  ./dtks user grant {made.username} PERAN --area KODE")


@user.command()
def grant(
    name: Name,
    role: Annotated[str, typer.Argument(help="Kode peran · Role's code (docs/reference/permissions.md)")],
    area: Area = "",
    programme: Annotated[str, typer.Option(help="Kode program · Programme's code")] = "",
    until: Annotated[str, typer.Option(help="Hari terakhir, 2027-12-31 · Last day")] = "",
    reason: Reason = "dtks user",
) -> None:
    """Beri peran. Give a role."""
    from dtks.foundation.accounts import actions, listing

    by = _ready()
    officer = listing.named(by=by, username=name)
    actions.grant(
        by=by,
        account=officer.id,
        role=role,
        area=area,
        programme=programme,
        valid_to=_day(until),
        reason=reason,
    )
    typer.echo(f"{officer.username}: {role} {area}".rstrip())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter(
            f"'{text}' bukan tanggal; tulis seperti 2027-12-31 · is no date; write it like 2027-12-31",
            param_hint="--until",
        ) from None


@user.command()
def end(name: Name, role: Annotated[str, typer.Argument(help="Kode peran · Role's code")], reason: Reason,
        area: Area = "") -> None:  # fmt: skip
    """Akhiri peran sekarang. End a role now."""
    from django.utils import timezone

    from dtks.foundation.accounts import actions, listing
    from dtks.foundation.accounts.errors import GrantNotFound

    by = _ready()
    officer = listing.named(by=by, username=name)
    today = timezone.localdate()
    held = [each for each in officer.grants if each.is_open(today) and (each.role, each.area) == (role, area)]
    if not held:
        raise GrantNotFound()
    for each in held:
        actions.end_grant(by=by, grant=each.id, reason=reason)
    typer.echo(f"{officer.username}: {role} {area} diakhiri · ended")


@user.command()
def institution(
    name: Name,
    id: Annotated[str, typer.Argument(help="Kode lembaga di oidc.json · Institution's id in oidc.json")],
    subject: Annotated[
        str, typer.Argument(help="Nilai klaim orangnya di lembaga · The person's claim there; kosong = cabut")
    ] = "",
    reason: Reason = "dtks user",
) -> None:
    """Siapkan akun untuk masuk lewat lembaga (OIDC); tanpa nilai klaim, cabut.

    Akun yang sudah dipakai menunggu persetujuan pengelola akun di halaman petugasnya.

    Prepare an account to be signed in to at an institution; without the claim's value, withdraw it. For an
    account that is in use this only asks: whoever manages accounts agrees on the officer's page.
    """
    from django.urls import reverse

    from dtks.foundation.accounts import listing
    from dtks.foundation.accounts.signing_in import preparing

    by = _ready()
    officer = listing.named(by=by, username=name)
    if subject:
        if preparing.prepare(by=by, account=officer.id, institution=id, subject=subject, reason=reason):
            typer.echo(f"{officer.username}: disiapkan untuk · prepared for {id}")
            return
        typer.echo(
            f"{officer.username}: diminta, menunggu persetujuan dalam 24 jam di · asked for, to be agreed to "
            f"within 24 hours at {reverse('accounts:officer_institutions', args=[officer.id])}"
        )
        return
    gone = preparing.withdraw(by=by, account=officer.id, institution=id, reason=reason)
    typer.echo(
        f"{officer.username}: {'dicabut · withdrawn' if gone else 'tidak disiapkan · was not prepared'}"
    )


@user.command()
def password(name: Name, reason: Reason) -> None:
    """Buat kata sandi sementara yang baru; semua sesi berakhir.

    Make a new temporary password; every session ends.
    """
    from dtks.foundation.accounts import actions, listing

    by = _ready()
    new = actions.reset_password(by=by, account=listing.named(by=by, username=name).id, reason=reason)
    if new is not None:
        typer.echo(new.password)


@user.command("list")
def list_(
    role: Annotated[str, typer.Option(help="Hanya peran ini · This role only")] = "",
    area: Annotated[str, typer.Option(help="Hanya di wilayah ini · In this area only")] = "",
) -> None:
    """Daftar petugas dengan perannya, dipisah tab. Officers with their roles, tab-separated."""
    from django.utils import timezone

    from dtks.foundation.accounts import listing

    by, today, page = _ready(), timezone.localdate(), 1
    while True:
        found = listing.officers(by=by, on=today, role=role, area=area, page=page, size=500)
        for officer in found.officers:
            roles = [f"{each.role} {each.area}".rstrip() for each in officer.grants if each.is_open(today)]
            typer.echo("\t".join((officer.username, officer.name, officer.status(today), ", ".join(roles))))
        if not found.total:
            typer.echo("Tidak ada petugas · no officers", err=True)
        if page >= found.pages:
            return
        page += 1


@user.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help=".xlsx / .csv", exists=True, dir_okay=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Periksa saja · Only judge")] = False,
) -> None:
    """Buat banyak petugas dari lembar kerja; kata sandi sementara ditampilkan satu kali.

    Make many officers from a spreadsheet; the temporary passwords are printed once.
    """
    from dtks.foundation.accounts import many, officers_file

    by = _ready()
    lines, unread = officers_file.read(path.read_bytes(), name=path.name)
    problems = [*unread, *many.judge(by=by, lines=lines)]
    for problem in sorted(problems, key=lambda each: each.line):
        typer.echo(f"{path.name}:{problem.line}: {problem.column}: {problem.text_id}", err=True)
    if problems:
        raise typer.Exit(1)
    if dry_run:
        typer.echo(f"{len(lines)} baris benar · lines are right")
        return
    for made in many.create_all(by=by, lines=lines):
        typer.echo(f"{made.username}\t{made.password}")


@user.command()
def tidy() -> None:
    """Untuk tugas harian: akhiri peran yang habis atau tidak ditinjau dan permintaan tak disetujui, dan
    buang berkas petugas yang tidak pernah disetujui.

    For a daily job: end the roles that have run out or that nobody reviewed by the deadline, and the requests
    that no second person agreed to within a day; take away files of officers that nobody confirmed.
    """
    from django.utils import timezone

    from dtks.foundation.accounts import actions, review, second_person
    from dtks.foundation.privacy import shredding
    from dtks.foundation.scope.current import limited_to

    by, today = _ready(), timezone.localdate()
    typer.echo(f"masa habis · run out: {actions.end_expired(by=by, on=today)}")
    typer.echo(f"tidak ditinjau · not reviewed: {review.end_unreviewed(by=by, on=today)}")
    typer.echo(f"permintaan tak terjawab · requests unanswered: {second_person.end_void()}")
    with limited_to(""):
        shredded = sum(each.shredded for each in shredding.run(by=by, only="accounts.pending"))
    typer.echo(f"unggahan petugas dibuang · uploads of officers taken away: {shredded}")
