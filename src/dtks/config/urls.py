"""Every address of the site. Each step brings its own `urlpatterns` in its `web.py`; this file joins them."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

PLACES = (
    ("", "dtks.delivery.public.web"),
    ("", "dtks.foundation.ui.web"),
    ("", "dtks.foundation.accounts.web"),
    ("petugas/", "dtks.delivery.workspace.web"),
    ("", "dtks.delivery.audit.web"),
    ("petugas/impor/", "dtks.registration.intake.web"),
    ("petugas/privasi/", "dtks.foundation.privacy.web"),
    ("data-saya/", "dtks.delivery.citizen.web"),
    ("api/", "dtks.delivery.api.web"),
)

handler403, handler404 = "dtks.foundation.ui.web.forbidden", "dtks.foundation.ui.web.not_found"
urlpatterns: list[URLPattern | URLResolver] = [
    path(prefix, include((import_module(module).urlpatterns, module.split(".")[-2])))
    for prefix, module in PLACES
]
