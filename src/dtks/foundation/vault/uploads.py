"""Files on their way in from a browser: what is too large for memory waits on the disk sealed.

Django's own handler lays them down readable, and leaves them there when the process is killed. Named in
FILE_UPLOAD_HANDLERS behind the handler of small files.
"""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from dtks.foundation.vault import configured, files


class SealedUploadHandler(FileUploadHandler):
    """Takes any file that the handlers before it left. Django closes `file` when the request breaks off."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        folder = settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir()
        self._path = Path(folder) / f"dtks-{secrets.token_hex(16)}.upload"
        self._out = files.writer(self._path, ring=configured.ring())
        self.file: _Unfinished | _SealedUpload = _Unfinished(self._path, self._out)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._out.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self._out.close()
        self.file = _SealedUpload(
            self._path,
            files.reader(self._path, ring=configured.ring()),
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()


class _Unfinished:
    """A file whose end has not come."""

    def __init__(self, path: Path, out: files.SealedWriter) -> None:
        self._path, self._out = path, out

    def close(self) -> None:
        self._out.abandon()
        self._path.unlink(missing_ok=True)


class _SealedUpload(UploadedFile):
    """Read like any uploaded file; closing it takes it away."""

    def __init__(self, path: Path, *args: Any) -> None:
        super().__init__(*args)
        self._path = path

    def close(self) -> None:
        super().close()
        self._path.unlink(missing_ok=True)
