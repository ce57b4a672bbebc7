"""`dtks user`: make an officer who can sign in, without a password on the command line."""

from __future__ import annotations

from typing import Annotated

import typer


def user(
    name: Annotated[str, typer.Argument(help="Nama masuk · Sign-in name")],
) -> None:
    """Buat petugas atau ganti kata sandinya; kata sandi ditanyakan.

    Make an officer, or change the password; the password is asked for.
    """
    from django.contrib.auth import get_user_model
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from dtks.cli.serve import migrate

    migrate()
    password = typer.prompt("Kata sandi · Password", hide_input=True, confirmation_prompt=True)
    account, made = get_user_model().objects.get_or_create(username=name)
    try:
        validate_password(password, account)
    except ValidationError as error:
        if made:
            account.delete()
        raise typer.BadParameter(" ".join(error.messages)) from None
    account.set_password(password)
    account.save()
    typer.echo(f"{name}: {'dibuat · made' if made else 'kata sandi diganti · password changed'}")
