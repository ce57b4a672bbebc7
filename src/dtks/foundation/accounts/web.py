"""The pages of signing in, of one's own account, and of those who manage officers."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver

_PARTS = ("web_sign_in", "web_officers")

urlpatterns: list[URLPattern | URLResolver] = [
    pattern for part in _PARTS for pattern in import_module(f"{__package__}.{part}").urlpatterns
]
