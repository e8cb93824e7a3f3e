"""What is opened, and what is refused with a sentence."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.opening.kinds import best_model, is_model, kind_of
from cnn_studio.models.opening.opened import open_model
from cnn_studio.models.opening.trial import Trial


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("net.pb", "a TensorFlow SavedModel"),
        ("net.pt", "a pickle"),
        ("net.pkl", "a pickle"),
        ("net.joblib", "a pickle"),
        ("project.tm", "on the Capture tab"),
        ("model_edgetpu.tflite", "a Coral chip"),
        ("photo.txt", "no model that the studio knows"),
    ],
)
def test_other_kinds_are_refused_with_what_to_do(tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ModelError, match=sentence):
        kind_of(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without named pipes")
def test_a_pipe_is_called_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "net.tflite")
    with pytest.raises(ModelError, match=r"It is a device or a pipe and no file: .*net.tflite"):
        kind_of(tmp_path / "net.tflite")


def test_a_saved_model_is_refused_as_a_folder_and_in_a_zip(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"x")
    assert is_model(folder)
    with pytest.raises(ModelError, match="saved is a TensorFlow SavedModel"):
        kind_of(folder)
    with pytest.raises(ModelError, match="not there"):
        kind_of(tmp_path / "nowhere.tflite")
    # Teachable Machine's download, unpacked.
    (tmp_path / "model.savedmodel").mkdir()
    (tmp_path / "model.savedmodel" / "saved_model.pb").write_bytes(b"x")
    (tmp_path / "labels.txt").write_text("0 a\n")
    with pytest.raises(ModelError, match=r"SavedModel.*choose Export Model, TensorFlow, Keras"):
        kind_of(tmp_path)


@pytest.mark.parametrize("weights", ["weights.bin", "group1-shard1of4.bin"])
def test_a_model_for_browsers_is_refused_by_its_folder_and_its_file(
    tmp_path: Path, weights: str
) -> None:
    (tmp_path / "model.json").write_text('{"modelTopology": {}, "weightsManifest": []}')
    (tmp_path / weights).write_bytes(b"x")
    for path in (tmp_path, tmp_path / "model.json"):
        with pytest.raises(ModelError, match=r"for web browsers.*export it as \.keras or \.h5"):
            kind_of(path)


def test_models_are_told_apart_from_images(tmp_path: Path) -> None:
    for name, inside in {
        "photos.zip": ("cap/1.jpg", "cap/notes.pt"),
        "model.zip": ("model_unquant.tflite", "labels.txt"),
        "browser.zip": ("model.json", "weights.bin", "metadata.json"),
        "empty.zip": (),
        "keras.zip": ("keras_model.h5", "labels.txt"),
        "data.zip": ("images.h5", "cap/1.jpg"),
    }.items():
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for entry in inside:
                archive.writestr(entry, b"x")
    (tmp_path / "broken.zip").write_bytes(b"PK")
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "1.jpg").write_bytes(b"x")
    (photos / "weights.h5").write_bytes(b"x")
    (tmp_path / "net.keras").write_bytes(b"x")
    found = {path.name for path in tmp_path.iterdir() if is_model(path)}
    assert found == {"model.zip", "browser.zip", "keras.zip", "net.keras"}


def test_the_studios_own_file_comes_first_and_a_float_one_before_a_rounded_one() -> None:
    assert best_model({"model.tflite", "model.keras", "studio.json"}) == "model.tflite"
    assert best_model({"model.tflite", "model_unquant.tflite", "labels.txt"}) == (
        "model_unquant.tflite"
    )
    assert best_model({"b.keras", "a.onnx", "z.tflite"}) == "z.tflite"
    assert best_model({"labels.txt"}) is None


def _zip_of(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, b"{}")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("net.tflite", b"", "net.tflite is empty."),
        (
            "net.tflite",
            b"\xff\xff\0\0TFL3" + bytes(40),
            "net.tflite cannot be opened. It is damaged.",
        ),
        ("net.tflite", bytes(100), "net.tflite is damaged."),
        ("net.tflite", b"\x89HDF\r\n\x1a\n", "HDF5 file of Keras under another name"),
        ("net.h5", b"x" * 40, "net.h5 is no HDF5 file of Keras."),
        ("net.hdf5", _zip_of("config.json"), "Let its name end in .keras."),
        ("net.tflite", _zip_of("config.json"), "Let its name end in .keras."),
        ("net.tflite", b"<!DOCTYPE html><html>", "net.tflite is a web page and no model."),
        ("net.tflite", bytes(range(200)), "net.tflite is no LiteRT model."),
        ("net.keras", b"\x89HDF\r\n\x1a\n", "net.keras cannot be opened. It is damaged, or not"),
        ("net.keras", _zip_of("config.json")[:-30], "damaged"),
        ("net.keras", b"\x1c\0\0\0TFL3" + bytes(40), "Let its name end in .tflite."),
        ("net.keras", b"\x80\x04\x95", "net.keras is a pickle"),
        ("net.onnx", _zip_of("archive/data.pkl"), "net.onnx is a pickle"),
        ("net.onnx", b"\xff\xd8\xff\xe0" + bytes(40), "net.onnx is an image and no model."),
        ("net.onnx", bytes(8) + b'{"weight":1}', "a file of weights without its network"),
        ("net.safetensors", b"x", "a file of weights without its network, which is not opened"),
        ("net.mlmodel", b"x", "net.mlmodel is a Core ML model, which is not opened. Ask for it as"),
    ],
)
def test_what_is_damaged_no_model_or_of_another_kind_is_told_by_its_content(
    tmp_path: Path, trial: Trial, name: str, content: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "labels.txt").write_text("a\nb\n")
    with pytest.raises(ModelError) as caught:
        open_model(tmp_path / name, trial)
    assert sentence in str(caught.value)
