"""studio.json inside a model file: put there by an export, and read back. No TensorFlow.

Each kind of file has its own place for it, where it is in no other program's way:

    model.keras         a member `studio.json` of the zip that the file is
    model.tflite        a zip behind the model, as TFLite Metadata has it, with `studio.json` and
                        `labels.txt`
    model.onnx          an entry `studio.json` of `metadata_props`
    a SavedModel        `assets.extra/studio.json`, in its folder or in a zip of it

A file may come from anyone: nothing is unpacked to the disk, and no more is read than a
description may have.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from cnn_studio.errors import ModelError
from cnn_studio.models.bundle import BUNDLE_FILE, MAX_DESCRIPTION_BYTES, Bundle, description_text
from cnn_studio.untrusted_files import json_in, open_regular
from cnn_studio.untrusted_zips import DAMAGE, entry_stream, open_zip

LABELS_FILE = "labels.txt"
SAVED_MODEL_PLACE = f"assets.extra/{BUNDLE_FILE}"

_MAX_DIRECTORY_BYTES = 4 << 20
_MAX_FIELDS = 10_000
_MAX_KEY_BYTES = 200
_METADATA_FIELD = 14  # of onnx.proto's ModelProto


def append_members(path: Path, members: Mapping[str, str]) -> None:
    """Put texts into a zip, or as a zip behind a file that is none.

    Raises:
        OSError: The disk is full, or the file cannot be written to.
    """
    with zipfile.ZipFile(path, "a", zipfile.ZIP_STORED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)


def describe_lite(path: Path, bundle: Bundle) -> None:
    """Put labels and description behind a model.tflite.

    Raises:
        OSError: The disk is full, or the file cannot be written to.
    """
    labels = labels_text(bundle.classes)
    append_members(path, {LABELS_FILE: labels, BUNDLE_FILE: description_text(bundle)})


def labels_text(classes: Sequence[str]) -> str:
    """The text of labels.txt: one class a line, in the order of the model's outputs.

    A line break within a name becomes a space, so that the lines stay the outputs; so does a byte
    that is no letter, which a folder's name may have on Linux, become a question mark.
    """
    names = (" ".join(name.splitlines()) for name in classes)
    return "".join(f"{name}\n" for name in names).encode("utf-8", "replace").decode("utf-8")


def read_export_description(path: Path) -> Bundle:
    """Read the description inside an exported model, trusting nothing.

    Args:
        path: A .keras, .tflite or .onnx file, the folder of a SavedModel, or a zip of one.

    Raises:
        ModelError: The file cannot be read, or has no description, or a damaged one.
    """
    try:
        found = _in_folder(path) if path.is_dir() else _in_file(path)
        if found is None:
            raise ModelError(
                f"{path.name} does not say which classes it knows: there is no {BUNDLE_FILE} in it."
            )
    except DAMAGE as error:
        raise ModelError(f"The description inside {path.name} cannot be read.") from error
    return Bundle.from_dict(json_in(found, f"The description inside {path.name}", ModelError))


def _in_folder(folder: Path) -> bytes | None:
    place = folder / SAVED_MODEL_PLACE
    if not place.is_file():
        return None
    with open_regular(place) as stream:
        return _bounded(stream)


def _in_file(path: Path) -> bytes | None:
    with open_regular(path) as stream:
        if zipfile.is_zipfile(stream):
            return _in_zip(stream, path.name)
        if path.suffix.lower() == ".onnx":
            return dict(_onnx_metadata(stream)).get(BUNDLE_FILE)
    return None


def _in_zip(stream: IO[bytes], name: str) -> bytes | None:
    most = _MAX_DIRECTORY_BYTES
    with open_zip(stream, name, ModelError, most_directory_bytes=most) as archive:
        for entry in archive.infolist():
            name = entry.filename
            if name == BUNDLE_FILE or f"/{name}".endswith(f"/{SAVED_MODEL_PLACE}"):
                with entry_stream(archive, entry) as member:
                    return _bounded(member)
    return None


def _bounded(stream: IO[bytes]) -> bytes:
    content = stream.read(MAX_DESCRIPTION_BYTES + 1)
    if len(content) > MAX_DESCRIPTION_BYTES:
        raise ModelError(f"{BUNDLE_FILE} must have up to {MAX_DESCRIPTION_BYTES >> 20} MB.")
    return content


def _onnx_metadata(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Walk through the outermost fields of an ONNX file without reading the model itself."""
    end = stream.seek(0, 2)
    stream.seek(0)
    for _ in range(_MAX_FIELDS):
        if stream.tell() >= end:
            return
        number, kind = divmod(_varint(stream), 8)
        if kind == 0:
            _varint(stream)
        elif kind in (1, 5):
            stream.seek(8 if kind == 1 else 4, 1)
        elif kind == 2:
            length = _varint(stream)
            following = stream.tell() + length
            if following > end:
                raise ValueError("A field is longer than the file.")
            if number == _METADATA_FIELD and length <= MAX_DESCRIPTION_BYTES + _MAX_KEY_BYTES:
                yield _entry(stream.read(length))
            stream.seek(following)
        else:
            raise ValueError("A field is of no kind that there is.")


def _entry(content: bytes) -> tuple[str, bytes]:
    """Key and value of one entry of `metadata_props`."""
    parts = {1: b"", 2: b""}
    stream = io.BytesIO(content)
    while stream.tell() < len(content):
        number, kind = divmod(_varint(stream), 8)
        length = _varint(stream)
        if kind != 2 or length > len(content):
            raise ValueError("An entry of the metadata is damaged.")
        parts[number] = stream.read(length)
    return parts[1].decode("utf-8"), parts[2]


def _varint(stream: IO[bytes]) -> int:
    """A number in protobuf's variable length."""
    value = 0
    for shift in range(0, 70, 7):
        byte = stream.read(1)
        if not byte:
            raise EOFError
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise ValueError("A number has no end.")
