"""What stands beside a model: class names in any text, and the settings of its maker's program."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.opening.found import find_network
from cnn_studio.models.opening.opened import open_model
from cnn_studio.models.opening.pixel_question import PixelsUnknownError, Wanted
from cnn_studio.models.opening.trial import Trial
from cnn_studio.models.pixel_values import CHOICES
from tests.models.opening.conftest import says

SIGNED = Wanted(CHOICES["-1..1"])


@pytest.fixture
def network(models: Path, tmp_path: Path) -> Path:
    """A network of three classes for -1..1, without anything beside it."""
    return Path(shutil.copy(models / "silent.tflite", tmp_path / "net.tflite"))


@pytest.mark.parametrize(
    "name", ["my fruit.txt", "labelmap.txt", "imagenet_classes.txt", "classes.csv", "fruit.names"]
)
def test_class_names_are_found_in_a_text_of_any_name(
    network: Path, trial: Trial, name: str
) -> None:
    (network.parent / "README.txt").write_text("one\ntwo\nthree\n")
    (network.parent / "requirements.txt").write_text("one\ntwo\nthree\n")
    (network.parent / "long.txt").write_text("a word\n" * 7)
    (network.parent / name).write_text("apple\npear\nplum\n")
    run = open_model(network, trial, SIGNED)
    assert says(run) == "pear"
    assert run.bundle is not None
    assert f"Class names: {name}." in run.bundle.notes


def test_of_two_texts_that_may_be_it_none_is_taken_in_silence(network: Path, trial: Trial) -> None:
    (network.parent / "fruit.txt").write_text("apple\npear\nplum\n")
    (network.parent / "trees.txt").write_text("oak\nash\nelm\n")
    with pytest.raises(ModelError, match=r"Both fruit\.txt and trees\.txt have 3 names"):
        open_model(network, trial, SIGNED)
    (network.parent / "labels.txt").write_text("a\nb\nc\n")
    assert says(open_model(network, trial, SIGNED)) == "b"


def test_of_two_texts_named_for_labels_the_one_called_after_the_model_is_its_own(
    network: Path, trial: Trial
) -> None:
    (network.parent / "labels_a.txt").write_text("apple\npear\nplum\n")
    (network.parent / "labels_b.txt").write_text("oak\nash\nelm\n")
    with pytest.raises(ModelError, match=r"Both labels_a\.txt and labels_b\.txt have 3 names"):
        open_model(network, trial, SIGNED)
    (network.parent / "net.txt").write_text("a\nb\nc\n")
    assert says(open_model(network, trial, SIGNED)) == "b"


def test_a_text_of_any_name_inside_a_zip_is_found(
    network: Path, trial: Trial, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.write(network, "export/net.tflite")
        archive.writestr("export/fruit.txt", "apple\npear\nplum\n")
        archive.writestr("notes.txt", "x\ny\nz\n")
    assert says(open_model(tmp_path / "packed.zip", trial, SIGNED)) == "pear"


def test_the_name_of_teachable_machines_file_is_a_hint_and_no_more(
    network: Path, trial: Trial
) -> None:
    path = network.rename(network.with_name("model_unquant.tflite"))
    (path.parent / "labels.txt").write_text("0 apple\n1 pear\n2 plum\n")
    with pytest.raises(PixelsUnknownError, match=r"Likely is -1\.\.1, because Teachable Machine"):
        open_model(path, trial)
    settings = {"do_normalize": False, "do_rescale": True}
    (path.parent / "preprocessor_config.json").write_text(json.dumps(settings))
    run = open_model(path, trial)
    assert run.bundle is not None
    assert run.bundle.pixel_range == CHOICES["0..1"]


@pytest.mark.parametrize(
    ("name", "values", "pixels"),
    [
        (
            "preprocessor_config.json",
            {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "do_normalize": True},
            "-1..1",
        ),
        (
            "preprocessor_config.json",
            {"image_mean": [0.5], "image_std": [0.5], "do_normalize": False, "do_rescale": True},
            "0..1",
        ),
        (
            "config.json",
            {"pretrained_cfg": {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}},
            "imagenet",
        ),
        (
            "metadata_properties.json",
            {"Image.NominalPixelRange": "NominalRange_0_255", "Image.BitmapPixelFormat": "Rgb8"},
            "0..255",
        ),
    ],
)
def test_the_settings_of_its_maker_tell_what_a_pixel_is(
    network: Path, trial: Trial, name: str, values: dict[str, object], pixels: str
) -> None:
    (network.parent / "labels.txt").write_text("apple\npear\nplum\n")
    (network.parent / name).write_text(json.dumps(values))
    run = open_model(network, trial)
    assert run.bundle is not None
    assert run.bundle.pixel_range.name == pixels


def test_a_range_without_a_name_is_no_proposal(network: Path, trial: Trial) -> None:
    (network.parent / "labels.txt").write_text("apple\npear\nplum\n")
    settings = {"do_normalize": False, "do_rescale": True, "rescale_factor": 1 / 127.5}
    (network.parent / "preprocessor_config.json").write_text(json.dumps(settings))
    with pytest.raises(PixelsUnknownError) as caught:
        open_model(network, trial)
    assert "Likely" not in str(caught.value)


def test_damaged_settings_and_texts_are_passed_over(network: Path, tmp_path: Path) -> None:
    for name in ("config.json", "preprocessor_config.json", "metadata_properties.json"):
        (tmp_path / name).write_text('{"mean": [[1], {}], "std": "x", "id2label": 7' + "[" * 9_000)
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\x00" * 40)
    (tmp_path / "huge.txt").write_bytes(b"a\n" * (2 << 20))
    found = find_network(network)
    assert (found.pixels, found.size, found.labels) == (None, None, ())


def test_the_same_keras_file_is_known_again(models: Path, tmp_path: Path) -> None:
    shutil.copy(models / "colours" / "model.keras", tmp_path / "a.keras")
    first = find_network(tmp_path / "a.keras").network
    with zipfile.ZipFile(io.BytesIO(first)) as archive:  # no time of day is in it
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert find_network(tmp_path / "a.keras").network == first
