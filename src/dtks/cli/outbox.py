"""`dtks outbox`: the messages that wait to be sent on by hand, until a gateway is connected."""

from __future__ import annotations

import typer


def outbox() -> None:
    """Pesan yang menunggu dikirim (kode warga): tujuan, isi, waktu. Berkasnya tersegel; hilang esoknya.

    Messages that wait to be sent on (citizens' codes). Their files are sealed and go after a day.
    """
    from pathlib import Path

    from django.conf import settings

    from dtks.foundation.accounts.signing_in import delivery
    from dtks.foundation.ledger import actions as ledger
    from dtks.foundation.ledger.domain import Actor, Event

    waiting = delivery.messages(Path(settings.HOME) / "outbox")
    if not waiting:
        typer.echo("Tidak ada pesan yang menunggu. · No message is waiting.")
        return
    ledger.record(Event("accounts.read_outbox", kind="outbox", count=len(waiting)), by=Actor.system("cli"))
    for message in waiting:
        typer.echo(f"{message['at'][:19]}  {message['to']}  {message['text']}")
