"""Every address of the site. Each step brings its own `urlpatterns` in its `web.py`; this file joins them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = []


def _there(module: str) -> bool:
    # TEMPORARY while the first packages land.
    return find_spec(module.rpartition(".")[0]) is not None and find_spec(module) is not None


for prefix, module in (
    ("", "dtks.delivery.public.web"),
    ("", "dtks.foundation.ui.web"),
    ("petugas/", "dtks.delivery.workspace.web"),
    ("petugas/impor/", "dtks.registration.intake.web"),
):
    if _there(module):
        urlpatterns.append(path(prefix, include((import_module(module).urlpatterns, module.split(".")[-2]))))
