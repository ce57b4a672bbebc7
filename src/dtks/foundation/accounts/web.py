"""The pages of signing in, of one's own account, of officers' accounts and of citizens' at the office."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver

_PARTS = ("web_sign_in", "web_officers", "web_citizens")

urlpatterns: list[URLPattern | URLResolver] = [
    pattern for part in _PARTS for pattern in import_module(f"{__package__}.{part}").urlpatterns
]
