"""Every address of the site. Each step brings its own `urls` in its `web.py`; this file joins them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("bahasa/", include("django.conf.urls.i18n"))]

for prefix, module in (
    ("", "dtks.delivery.public.web"),
    ("", "dtks.foundation.ui.web"),
    ("petugas/", "dtks.delivery.workspace.web"),
    ("petugas/impor/", "dtks.registration.intake.web"),
):
    if find_spec(module):
        urlpatterns.append(path(prefix, include((import_module(module).urlpatterns, module.split(".")[-2]))))
