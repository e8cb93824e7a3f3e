"""A zip that nobody means well with costs one sentence, whatever it is taken for."""

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import cnn_studio
from cnn_studio.errors import ModelError, StudioError
from cnn_studio.models.bundle import BUNDLE_FILE
from cnn_studio.models.description import read_export_description
from cnn_studio.models.opening.kinds import is_model
from cnn_studio.models.opening.network_content import refusal_of_content
from cnn_studio.untrusted_zips import MAX_DIRECTORY_BYTES, open_zip
from tests.data.hostile_archives import large_directory

_TRY = """
import resource, sys
from pathlib import Path
from cnn_studio.errors import StudioError
from cnn_studio.models.description import read_export_description
from cnn_studio.models.opening.keras_signs import sign_of_keras
from cnn_studio.models.opening.kinds import is_model
from cnn_studio.models.opening.network_content import refusal_of_content
from cnn_studio.models.opening.trial_process import _lite_labels
from cnn_studio.untrusted_arrays import read_arrays

path = Path(sys.argv[2])
content = path.read_bytes()
doors = {
    "arrays": lambda: read_arrays(path),
    "description": lambda: read_export_description(path),
    "keras": lambda: sign_of_keras(content),
    "kind": lambda: is_model(path),
    "content": lambda: refusal_of_content(content, ".onnx"),
    "labels": lambda: _lite_labels(path),
}
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    doors[sys.argv[1]]()
except StudioError as error:
    print(error, file=sys.stderr)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


def _memory_mb(door: str, path: Path) -> int:
    """What opening a file at one of the doors takes at most."""
    words = [sys.executable, "-c", _TRY, door, str(path)]
    told = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    return int(told.stdout)


def bomb(name: str, method: int, megabytes: int) -> bytes:
    """A zip of some hundred bytes whose one entry says that it has 1,000 bytes, and has many."""
    target, piece = io.BytesIO(), bytes(1 << 20)
    with (
        zipfile.ZipFile(target, "w", method) as archive,
        archive.open(name, "w", force_zip64=True) as stream,
    ):
        for _ in range(megabytes):
            stream.write(piece)
    data = bytearray(target.getvalue())
    struct.pack_into("<I", data, data.rindex(b"PK\1\2") + 24, 1000)
    return bytes(data)


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system how much memory was taken")
@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize(
    ("door", "name"),
    [
        ("arrays", "names.npy"),
        ("description", BUNDLE_FILE),
        ("keras", "config.json"),
        ("labels", "labels.txt"),
    ],
)
def test_no_door_unpacks_more_than_it_wants(
    door: str, name: str, method: int, tmp_path: Path
) -> None:
    path = tmp_path / "model.zip"
    path.write_bytes(bomb(name, method, 200))
    assert path.stat().st_size < 100_000
    assert _memory_mb(door, path) < 40


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system how much memory was taken")
@pytest.mark.parametrize("door", ["arrays", "description", "keras", "kind", "content", "labels"])
def test_no_door_keeps_an_endless_directory(door: str, tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    path.write_bytes(b"PK" + large_directory(100))
    assert _memory_mb(door, path) < 20


def test_a_directory_that_is_too_large_is_named() -> None:
    with pytest.raises(StudioError, match=r"directory of over 64 MB: a.zip"):
        open_zip(io.BytesIO(large_directory((MAX_DIRECTORY_BYTES >> 20) + 1)), "a.zip")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_a_pipe_that_is_called_as_a_zip_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    assert not is_model(tmp_path / "pipe.zip")
    with pytest.raises(ModelError, match="cannot be read"):
        read_export_description(tmp_path / "pipe.zip")


def test_an_honest_zip_is_still_known_by_its_names(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2):
        with zipfile.ZipFile(tmp_path / "model.zip", "w", method) as archive:
            archive.writestr("model/data.pkl", b"a")
            archive.writestr("model.tflite", b"a")
        assert is_model(tmp_path / "model.zip")
        assert "pickle" in refusal_of_content((tmp_path / "model.zip").read_bytes(), ".onnx")


def test_zips_are_opened_for_reading_in_one_place() -> None:
    package = Path(cnn_studio.__file__).parent
    reading = re.compile(r"zipfile\.ZipFile\((?![^\n]*, \"[wa]\")|np\.load\(")
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if reading.search(path.read_text("utf-8"))
    }
    # The last one reads what the studio itself has just written.
    assert found == {"untrusted_zips.py", "exporting/asking.py"}
