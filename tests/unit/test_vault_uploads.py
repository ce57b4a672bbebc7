"""Uploads from a browser: what does not fit into memory waits sealed, and goes away."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from django.core.files.uploadhandler import StopUpload
from django.test import RequestFactory

from dtks.foundation.vault import files
from dtks.foundation.vault.uploads import SealedUploadHandler

NIK = b"3201019001800001"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    settings.FILE_UPLOAD_HANDLERS = ["dtks.foundation.vault.uploads.SealedUploadHandler"]
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


def request_with(content: bytes) -> object:

    file = io.BytesIO(content)
    file.name = "warga.csv"
    return RequestFactory().post("/", {"berkas": file, "desa": "x"})


@pytest.mark.parametrize("size", [0, 16, 3_000_000])
def test_an_upload_is_read_back_and_lies_sealed(folder: Path, size: int) -> None:
    content = (NIK * (size // len(NIK) + 1))[:size]
    request = request_with(content)
    file = request.FILES["berkas"]
    (path,) = folder.iterdir()
    assert files.is_sealed(path)
    assert NIK not in path.read_bytes()
    if os.name != "nt":
        assert path.stat().st_mode & 0o077 == 0
    assert (file.name, file.size, request.POST["desa"]) == ("warga.csv", size, "x")
    assert b"".join(file.chunks()) == content
    assert b"".join(file.chunks()) == content  # from the beginning again
    file.close()
    assert list(folder.iterdir()) == []


def test_an_upload_that_is_cut_off_leaves_nothing(folder: Path) -> None:
    whole = request_with(NIK * 200_000)
    body = whole._stream.read(1_000_000)
    cut = RequestFactory().generic("POST", "/", body, content_type=whole.META["CONTENT_TYPE"])
    cut.META["CONTENT_LENGTH"] = str(len(NIK) * 200_000)
    assert "berkas" not in cut.FILES
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("reset", [True, False])
def test_an_interrupted_upload_leaves_nothing(folder: Path, reset: bool) -> None:
    class Interrupting(SealedUploadHandler):
        def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
            super().receive_data_chunk(raw_data, start)
            if start:
                raise StopUpload(connection_reset=reset)

    request = request_with(NIK * 100_000)
    request.upload_handlers = [Interrupting(request)]
    assert "berkas" not in request.FILES
    assert list(folder.iterdir()) == []
