"""What is written into a model file is read back, and what a stranger wrote does no harm."""

from __future__ import annotations

import contextlib
import io
import json
import random
import zipfile
from pathlib import Path

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models import description
from cnn_studio.models.bundle import BUNDLE_FILE, description_text
from cnn_studio.models.description import (
    LABELS_FILE,
    MAX_DESCRIPTION_BYTES,
    SAVED_MODEL_PLACE,
    append_members,
    labels_text,
    read_export_description,
)
from tests.models.small_run import bundle

TEXT = description_text(bundle())


def _onnx(key: str, text: str) -> bytes:
    """An ONNX file of a version, a graph of nothing and one entry of metadata."""
    entry = b"\x0a" + _length(key.encode()) + b"\x12" + _length(text.encode())
    return b"\x08\x08" + b"\x3a" + _length(bytes(70_000)) + b"\x72" + _length(entry)


def _length(content: bytes) -> bytes:
    size, made = len(content), b""
    while size > 0x7F:
        made, size = made + bytes([size & 0x7F | 0x80]), size >> 7
    return made + bytes([size]) + content


def _write(folder: Path, kind: str, text: str = TEXT) -> Path:
    path = folder / f"model.{kind}"
    if kind == "savedmodel":
        place = path / SAVED_MODEL_PLACE
        place.parent.mkdir(parents=True)
        place.write_text(text, encoding="utf-8")
    elif kind == "onnx":
        path.write_bytes(_onnx(BUNDLE_FILE, text))
    else:
        if kind == "tflite":
            path.write_bytes(b"\x1c\x00\x00\x00TFL3" + bytes(5000))
        name = f"saved_model/{SAVED_MODEL_PLACE}" if kind == "zip" else BUNDLE_FILE
        append_members(path, {LABELS_FILE: "cap\n", name: text})
    return path


KINDS = ("keras", "tflite", "onnx", "savedmodel", "zip")


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_file_tells_what_was_written(tmp_path: Path, kind: str) -> None:
    assert read_export_description(_write(tmp_path, kind)) == bundle()


@pytest.mark.parametrize(
    ("classes", "text"),
    [
        (("Täßchen", "靴", "0 shoe"), "Täßchen\n靴\n0 shoe\n"),
        (("a\nb", "c\r\nd", "e\u2028f\x85g"), "a b\nc d\ne f g\n"),
        (("odd\udcff", "b"), "odd?\nb\n"),  # a folder's name on Linux that is no UTF-8
    ],
)
def test_each_class_is_one_line_whatever_it_is_called(classes: tuple[str, ...], text: str) -> None:
    assert labels_text(classes) == text


def test_labels_are_read_by_a_zip_program_and_the_model_stays_in_front(tmp_path: Path) -> None:
    path = _write(tmp_path, "tflite")
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [LABELS_FILE, BUNDLE_FILE]
        assert archive.read(LABELS_FILE) == b"cap\n"
    assert path.read_bytes().startswith(b"\x1c\x00\x00\x00TFL3")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "[" * 100_000, '{"schema": 99}'])
def test_what_is_no_description_is_refused(tmp_path: Path, kind: str, text: str) -> None:
    with pytest.raises(ModelError):
        read_export_description(_write(tmp_path, kind, text))


@pytest.mark.parametrize("kind", KINDS)
def test_a_description_that_fills_the_memory_is_not_read(tmp_path: Path, kind: str) -> None:
    text = json.dumps(json.loads(TEXT) | {"more": " " * MAX_DESCRIPTION_BYTES})
    with pytest.raises(ModelError):
        read_export_description(_write(tmp_path, kind, text))


def test_a_member_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(BUNDLE_FILE, " " * (4 * MAX_DESCRIPTION_BYTES))
    assert path.stat().st_size < 100_000
    with pytest.raises(ModelError, match="must have up to 8 MB"):
        read_export_description(path)


def test_a_zip_with_an_endless_list_of_members_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(description, "_MAX_DIRECTORY_BYTES", 1000)
    path = tmp_path / "model.keras"
    append_members(path, {f"member {number}": "" for number in range(100)})
    with pytest.raises(ModelError, match="has a directory of over"):
        read_export_description(path)


def test_files_without_a_description_say_so(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(bytes(100))
    (tmp_path / "model.onnx").write_bytes(_onnx("other", TEXT))
    append_members(tmp_path / "model.keras", {"config.json": "{}"})
    (tmp_path / "folder").mkdir()
    for name in ("model.tflite", "model.onnx", "model.keras", "folder"):
        with pytest.raises(ModelError, match="does not say which classes"):
            read_export_description(tmp_path / name)
    with pytest.raises(ModelError, match="cannot be read"):
        read_export_description(tmp_path / "none.onnx")


def test_damaged_files_end_in_a_sentence_and_never_otherwise(tmp_path: Path) -> None:
    dice = random.Random(5)
    for kind in ("keras", "tflite", "onnx"):
        path = _write(tmp_path, kind)
        whole = path.read_bytes()
        for _ in range(100):
            content = bytearray(whole)
            for _ in range(dice.choice((1, 3, 20))):
                content[dice.randrange(-min(9000, len(content)), 0)] = dice.randrange(256)
            if dice.random() < 0.2:
                del content[dice.randrange(len(content)) :]
            path.write_bytes(content)
            with contextlib.suppress(ModelError):
                read_export_description(path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [
        "model.keras",
        "model.onnx",
        "model.tflite",
    ]


def test_a_locked_member_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(BUNDLE_FILE, TEXT)
    locked = bytearray(content.getvalue())
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "model.keras"
    path.write_bytes(locked)
    with pytest.raises(ModelError, match="cannot be read"):
        read_export_description(path)
