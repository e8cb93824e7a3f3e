"""LiteRT and Keras files of others: what a pixel is for them, and what they give."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from cnn_studio.errors import ModelError
from cnn_studio.models.opening.opened import open_model
from cnn_studio.models.opening.pixel_question import PixelsUnknownError, Wanted
from cnn_studio.models.opening.trial import Trial
from cnn_studio.models.output_kinds import OutputKind
from cnn_studio.models.pixel_values import CHOICES, PixelRange
from tests.models.opening.conftest import says

COLOURS = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200)}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of `lite_files`, written by a process of its own with TensorFlow."""
    folder = tmp_path_factory.mktemp("foreign")
    command = [sys.executable, "-m", "tests.models.opening.lite_files", str(folder)]
    subprocess.run(command, cwd=Path(__file__).parents[3], check=True, capture_output=True)
    return folder


@pytest.fixture
def named(files: Path, tmp_path: Path) -> Any:
    """Copies a file beside a text with its class names."""

    def copy(name: str, labels: str = "red\ngreen\nblue\n") -> Path:
        (tmp_path / "labels.txt").write_text(labels)
        return Path(shutil.copy(files / name, tmp_path))

    return copy


def _names_all(run: Any) -> bool:
    return [says(run, colour) for colour in COLOURS.values()] == list(COLOURS)


@pytest.mark.parametrize(
    ("name", "pixels"),
    [
        ("by-255", "0..255"),
        ("by-127", "0..255"),
        ("twice", "0..1"),
        ("standardised", "0..1"),
        ("rounded-inside", "-1..1"),
    ],
)
def test_the_first_operators_tell_what_a_pixel_is(
    named: Any, trial: Trial, name: str, pixels: str
) -> None:
    run = open_model(named(f"{name}.tflite"), trial)
    assert run.bundle.pixel_range.name == pixels
    assert _names_all(run)


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("uint8-unit", (0, 1)),
        ("int8-signed", (-1, 1)),
        ("uint8-byte", (0, 255)),
        ("int8-imagenet", (-2.12, 2.64)),
    ],
)
def test_the_numbers_of_a_quantised_input_tell_what_a_pixel_is(
    named: Any, trial: Trial, name: str, ends: tuple[float, float]
) -> None:
    run = open_model(named(f"{name}.tflite"), trial)
    pixels = run.bundle.pixel_range
    length = ends[1] - ends[0]
    assert (min(pixels.low), max(pixels.high)) == pytest.approx(ends, abs=0.02 * length)
    assert any("whole numbers stand for" in note for note in run.bundle.notes)
    assert _names_all(run)


@pytest.mark.parametrize(
    ("name", "hint"), [("silent", ""), ("folded", "0..255"), ("int8-odd", ""), ("logits", "")]
)
def test_where_nothing_is_sure_it_is_asked(named: Any, trial: Trial, name: str, hint: str) -> None:
    path = named(f"{name}.tflite")
    with pytest.raises(PixelsUnknownError, match="--pixels") as caught:
        open_model(path, trial)
    found = caught.value.question.hint
    assert (found.pixels.name if found else "") == hint
    assert (f"Likely is {hint}" in str(caught.value)) == bool(hint)
    run = open_model(path, trial, Wanted(CHOICES[hint or "-1..1"]))
    assert _names_all(run)


def test_a_scaling_in_a_keras_file_tells_it_and_no_scaling_does_not(
    named: Any, trial: Trial
) -> None:
    run = open_model(named("scaled.keras"), trial)
    assert run.bundle.pixel_range.name == "0..255"
    assert _names_all(run)
    path = named("silent.keras")
    with pytest.raises(PixelsUnknownError):
        open_model(path, trial)
    assert _names_all(open_model(path, trial, Wanted(CHOICES["0..1"])))
    assert open_model(path, trial).bundle.pixel_range.name == "0..1"


@pytest.mark.parametrize(
    ("mean", "spread", "expected"),
    [
        ([127.5], [127.5], CHOICES["-1..1"]),
        ([0.0], [255.0], CHOICES["0..1"]),
        ([0.0], [1.0], CHOICES["0..255"]),
        ([123.675, 116.28, 103.53], [58.395, 57.12, 57.375], CHOICES["imagenet"]),
    ],
)
def test_tflite_metadata_tell_it_and_bring_the_class_names(
    files: Path,
    trial: Trial,
    tmp_path: Path,
    mean: Sequence[float],
    spread: Sequence[float],
    expected: PixelRange,
) -> None:
    content = with_normalisation((files / "silent.tflite").read_bytes(), mean, spread)
    path = tmp_path / "described.tflite"
    path.write_bytes(content + zip_of({"my_labelmap.txt": "red\ngreen\nblue\n"}))
    run = open_model(path, trial)
    assert run.bundle.pixel_range.is_near(expected)
    assert run.bundle.classes == tuple(COLOURS)
    assert _names_all(run)


@pytest.mark.parametrize("cut", [1, 7, 40])
def test_damaged_metadata_are_no_crash(files: Path, trial: Trial, tmp_path: Path, cut: int) -> None:
    content = with_normalisation((files / "silent.tflite").read_bytes(), [1.0], [2.0], cut=cut)
    (tmp_path / "labels.txt").write_text("red\ngreen\nblue\n")
    (tmp_path / "net.tflite").write_bytes(content)
    with pytest.raises(ModelError, match=r"is damaged|does not say"):
        open_model(tmp_path / "net.tflite", trial)


@pytest.mark.parametrize("name", ["channels-first", "free-size", "free-batch", "logits"])
def test_other_layouts_sizes_and_ends_open(named: Any, trial: Trial, name: str) -> None:
    run = open_model(named(f"{name}.tflite"), trial, Wanted(CHOICES["0..1"]))
    assert run.bundle.outputs is OutputKind.LOGITS
    assert run.bundle.input.size == (224 if name == "free-size" else 32)
    assert _names_all(run)


@pytest.mark.parametrize("name", ["sigmoid", "one-logit"])
def test_one_number_tells_two_classes_apart(named: Any, trial: Trial, name: str) -> None:
    path = named(f"{name}.tflite", "0 dark\n1 light\n")
    run = open_model(path, trial, Wanted(CHOICES["-1..1"]))
    assert run.bundle.outputs.is_single
    assert [says(run, (v, v, v)) for v in (10, 250)] == ["dark", "light"]


def test_an_oblong_input_is_refused_in_so_many_words(named: Any, trial: Trial) -> None:
    with pytest.raises(ModelError, match=r"It takes images 32 pixels high and 48 wide"):
        open_model(named("oblong.tflite"), trial)


def with_normalisation(
    content: bytes, mean: Sequence[float], spread: Sequence[float], cut: int = 0
) -> bytes:
    """A LiteRT file with TFLite Metadata that say `(x - mean) / spread` of its image."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    buffer = schema.BufferT()
    metadata = _metadata(mean, spread)
    buffer.data = np.frombuffer(metadata[: len(metadata) - cut], np.uint8)
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _metadata(mean: Sequence[float], spread: Sequence[float]) -> bytes:
    builder = flatbuffers.Builder(256)

    def table(fields: int, **values: Any) -> int:
        builder.StartObject(fields)
        for name, value in values.items():
            slot = int(name[1:])
            if name[0] == "b":
                builder.PrependUint8Slot(slot, value, 0)
            else:
                builder.PrependUOffsetTRelativeSlot(slot, value, 0)
        return int(builder.EndObject())

    def vector(table_offset: int) -> int:
        builder.StartVector(4, 1, 4)
        builder.PrependUOffsetTRelative(table_offset)
        return int(builder.EndVector())

    means = builder.CreateNumpyVector(np.array(mean, np.float32))
    spreads = builder.CreateNumpyVector(np.array(spread, np.float32))
    options = table(2, f0=means, f1=spreads)
    unit = vector(table(2, b0=1, f1=options))
    tensor = vector(table(7, f4=unit))
    graph = vector(table(5, f2=tensor))
    builder.Finish(table(8, f3=graph), b"M001")
    return bytes(builder.Output())


def zip_of(members: dict[str, str]) -> bytes:
    """A zip, to stand behind a file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return target.getvalue()
