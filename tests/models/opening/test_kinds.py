"""What is opened, and what is refused with a sentence."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.opening.kinds import best_model, is_model, kind_of


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("net.h5", "an .h5 model"),
        ("net.hdf5", "an .h5 model"),
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


def test_a_saved_model_is_refused_as_a_folder_and_in_a_zip(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "saved_model.pb").write_bytes(b"x")
    assert is_model(folder)
    with pytest.raises(ModelError, match="saved is a TensorFlow SavedModel"):
        kind_of(folder)
    with pytest.raises(ModelError, match="not there"):
        kind_of(tmp_path / "nowhere.tflite")


def test_models_are_told_apart_from_images(tmp_path: Path) -> None:
    for name, inside in {
        "photos.zip": ("cap/1.jpg", "cap/notes.pt"),
        "model.zip": ("model_unquant.tflite", "labels.txt"),
        "browser.zip": ("model.json", "weights.bin", "metadata.json"),
        "empty.zip": (),
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
    assert found == {"model.zip", "browser.zip", "net.keras"}


def test_the_studios_own_file_comes_first_and_a_float_one_before_a_rounded_one() -> None:
    assert best_model({"model.tflite", "model.keras", "studio.json"}) == "model.tflite"
    assert best_model({"model.tflite", "model_unquant.tflite", "labels.txt"}) == (
        "model_unquant.tflite"
    )
    assert best_model({"b.keras", "a.onnx", "z.tflite"}) == "z.tflite"
    assert best_model({"labels.txt"}) is None
