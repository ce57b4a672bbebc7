"""Template tags: who acts, as what, where; and the clock of the session."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from dtks.foundation.accounts import factors, idle
from dtks.foundation.accounts.domain import role_of
from dtks.foundation.accounts.models import Account
from dtks.foundation.accounts.signing_in.entering import ACTING
from dtks.foundation.kernel.masking import mask_name

register = template.Library()


@register.simple_tag(takes_context=True)
def acting_as(context: Any) -> dict[str, Any] | None:
    """Name, role and place of whoever acts; None for nobody, and on the way in. No query."""
    # Inside an inclusion tag the variables of the page are gone, but not its request.
    request = context.get("request") or getattr(context, "request", None)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not factors.confirmed(request):
        return None
    actor, citizen = getattr(request, "actor", None), user.kind == Account.Kind.CITIZEN
    role = role_of(actor) if actor is not None else None
    english = (get_language() or "id").startswith("en")
    # The place's name lies in the session; a role that was chosen by itself (a grant ended) shows its code.
    noted = request.session.get(ACTING, {})
    place = ""
    if actor is not None:
        place = noted.get("place", "") if noted.get("grant") == actor.grant else actor.area
    return {
        "name": mask_name(user.name) if citizen else user.name or user.username,
        "role": (role.name_en if english else role.name_id) if role is not None else "",
        "place": place,
        "nation": actor is not None and not actor.area,
        "several": len(getattr(request, "holdings", ())) > 1,
        "idle_seconds": idle.minutes_idle(request) * 60,
        "is_citizen": citizen,
        "has_password": user.has_usable_password(),
        "path": request.get_full_path(),
    }
