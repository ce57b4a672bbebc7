"""A citizen's own second factor. Nobody has to have one; whoever set it up is asked for it after every code.

Both changes are told at the bound contact: whoever took the phone number over must not do it unseen.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in import codes, contacts


def is_citizen(account: Account) -> bool:
    """Whether it is a citizen's account: signed in to by a code, without a password."""
    return account.kind == Account.Kind.CITIZEN


def page_of(account: Account) -> str:
    """The name of the page where the account's factors stand."""
    return "accounts:my_security" if is_citizen(account) else "accounts:my_account"


def was_added(request: HttpRequest) -> None:
    """In the transaction that stored the factor: whoever is signed in elsewhere comes in again with it, and
    the contact is told."""
    for other in UserSession.objects.filter(user=request.user).exclude(
        session_key=request.session.session_key
    ):
        other.end()
    _tell(request.user, _("Faktor kedua (aplikasi kode atau kunci keamanan) dipasang pada akun DTKS Anda."))


def tell_removed(account: Account) -> None:
    """In the transaction that takes one away."""
    _tell(account, _("Faktor kedua (aplikasi kode atau kunci keamanan) dihapus dari akun DTKS Anda."))


def forget(account: Account) -> int:
    """Take all factors and recovery codes of the account away; how many factors there were."""
    own = Authenticator.objects.filter(user=account)
    count = own.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
    own.delete()
    return count


def _tell(account: Account, text: str) -> None:
    contact = contacts.of(account)
    if contact:
        ask = _("Bukan Anda? Datang ke kantor desa/kelurahan dengan KTP dan kartu keluarga.")
        transaction.on_commit(lambda: codes.tell(contact, f"{text} {ask}"))
