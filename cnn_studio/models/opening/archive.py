"""The files of a zip with a model in it, under the rules that the studio has for every zip."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from cnn_studio.data.incoming import is_looked_at
from cnn_studio.data.incoming_zip import IncomingZip
from cnn_studio.errors import DatasetError, ModelError
from cnn_studio.models.model_files import read_model
from cnn_studio.vision.image_limits import MAX_FILE_BYTES

MAX_ENTRIES = 1_000
MAX_UNPACKED_BYTES = 512 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ModelZip:
    """The files in a zip of a model; nothing is unpacked to the disk.

    One entry that leads out of the zip, is a link, or is locked makes the whole zip refused: an
    honest one has none.

    Args:
        path: The zip.
        content: Its bytes, where it is not to be read from the disk.

    Raises:
        ModelError: The zip is damaged, too large, or not honest.
    """

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        try:
            self._zip = IncomingZip(path, content)
        except (DatasetError, OverflowError, UnicodeDecodeError) as error:
            raise ModelError(_sentence(path, error)) from error
        try:
            self._entries = self._checked(path)
        except ModelError:
            self._zip.close()
            raise

    def __enter__(self) -> ModelZip:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    @property
    def names(self) -> list[str]:
        """The files' names with their folders."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of a file.

        Raises:
            ModelError: It is damaged or too large.
        """
        try:
            return self._zip.read(self._entries[name])
        except (DatasetError, ValueError, OverflowError, UnicodeDecodeError) as error:
            raise ModelError(_sentence(Path(name), error)) from error

    def _checked(self, path: Path) -> dict[str, zipfile.ZipInfo]:
        entries = [e for e in self._zip.archive.infolist() if not e.is_dir()]
        if len(entries) > MAX_ENTRIES:
            raise ModelError(f"A model has up to {MAX_ENTRIES:,} files; {path.name} has more.")
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
            limit = MAX_UNPACKED_BYTES >> 20
            raise ModelError(f"A model has up to {limit} MB; {path.name} unpacks to more.")
        found: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            refusal = self._zip.refusal(entry)
            if not refusal and entry.compress_type not in _METHODS:
                refusal = f"It is packed in a way that is not read: {entry.filename}."
            if not refusal and entry.filename in found:
                refusal = f"It holds two files of one name: {entry.filename}."
            if refusal:
                raise ModelError(f"{path.name} is not opened. {refusal}")
            if all(map(is_looked_at, PurePosixPath(entry.filename).parts)):
                found[entry.filename] = entry
        return found


def read_file(path: Path) -> bytes:
    """The bytes of a file that may be a model.

    Raises:
        ModelError: It cannot be read, or is larger than any model that is opened.
    """
    return read_model(path, MAX_FILE_BYTES)


def _sentence(path: Path, error: Exception) -> str:
    return str(error) if isinstance(error, DatasetError) else f"It is damaged: {path.name}."
