"""Addresses of signing in and of one's own account."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from dtks.foundation.accounts.signing_in import (
    pages_citizen_home,
    pages_citizens,
    pages_factors,
    pages_in,
    pages_institutions,
    pages_own,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("masuk/", pages_in.sign_in, name="sign_in"),
    path("masuk/faktor/", pages_in.second_factor, name="second_factor"),
    path("masuk/faktor/aplikasi/", pages_factors.first_app, name="first_app"),
    path("masuk/faktor/kunci/", pages_factors.first_key, name="first_key"),
    path("masuk/ulang/", pages_in.step_up, name="step_up"),
    path("masuk/terkunci/", pages_in.locked, name="locked"),
    path("masuk/kunci/", pages_in.lock_now, name="lock_now"),
    path("masuk/hidup/", pages_in.alive, name="alive"),
    path("masuk/warga/", pages_citizens.citizen, name="citizen"),
    path("masuk/warga/kode/", pages_citizens.citizen_code, name="citizen_code"),
    path("masuk/lembaga/<slug:id>/", pages_institutions.start, name="institution"),
    path("masuk/lembaga/<slug:id>/kembali/", pages_institutions.back, name="institution_back"),
    path("warga/", pages_citizen_home.citizen_home, name="citizen_home"),
    path("akun/", pages_own.my_account, name="my_account"),
    path("akun/keamanan/", pages_own.my_security, name="my_security"),
    path("akun/kata-sandi/", pages_own.change_password, name="change_password"),
    path("akun/sesi/", pages_own.sessions, name="sessions"),
    path("akun/peran/", pages_own.roles, name="roles"),
    path("akun/faktor/aplikasi/", pages_factors.add_app, name="add_app"),
    path("akun/faktor/kunci/", pages_factors.add_key, name="add_key"),
    path("akun/faktor/pemulihan/", pages_factors.recovery_codes, name="recovery_codes"),
    path("akun/faktor/<int:pk>/hapus/", pages_factors.remove_factor, name="remove_factor"),
]
