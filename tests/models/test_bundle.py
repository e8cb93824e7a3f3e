"""studio.json: what is written comes back, and what is not as expected is refused in a sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cnn_studio.errors import ModelError
from cnn_studio.models.bundle import BUNDLE_FILE, Bundle, RunStatus, read_bundle, write_bundle
from cnn_studio.models.calibration import Calibration
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.output_kinds import OutputKind
from cnn_studio.models.pixel_values import CHOICES, OUR_RANGE, PixelRange
from cnn_studio.vision.pixel_ranges import PixelReading
from tests.models.small_run import bundle, some_scores


def test_a_bundle_survives_the_disk(tmp_path: Path) -> None:
    written = bundle(test=None, status=RunStatus.STOPPED)
    write_bundle(tmp_path, written)
    assert read_bundle(tmp_path) == written
    assert read_bundle(tmp_path).val_accuracy == 0.75
    assert read_bundle(tmp_path).test_accuracy is None


def test_a_calibration_is_kept_and_an_older_model_has_none(tmp_path: Path) -> None:
    calibration = Calibration(1.25, ece_before=0.08, ece_after=0.02, count=200)
    write_bundle(tmp_path, bundle(calibration=calibration))
    assert read_bundle(tmp_path).calibration == calibration
    assert read_bundle(tmp_path).temperature == 1.25
    older = bundle().to_dict()
    del older["calibration"]
    assert Bundle.from_dict(older).temperature == 1.0


def test_the_final_epochs_are_kept_and_an_older_model_has_none(tmp_path: Path) -> None:
    write_bundle(tmp_path, bundle(final_epochs=3))
    assert read_bundle(tmp_path).final_epochs == 3
    older = bundle().to_dict()
    del older["final_epochs"]
    assert Bundle.from_dict(older).final_epochs == 0


def test_how_deep_files_were_read_is_kept(tmp_path: Path) -> None:
    readings = {"uint16x8": PixelReading((3, 2, 1), ((0.0, 4095.0),) * 3)}
    write_bundle(tmp_path, bundle(pixel_readings=readings))
    assert read_bundle(tmp_path).pixel_readings == readings
    assert "pixel_readings" not in bundle().to_dict()  # so that older studios read the rest


def test_a_missing_bundle_says_that_there_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no trained model in .*studio\.json is missing"):
        read_bundle(tmp_path)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[1, 2]", b"\xff\xfe", b"null", b"[" * 100_000], ids=repr
)
def test_what_is_no_json_object_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / BUNDLE_FILE).write_bytes(data)
    with pytest.raises(ModelError, match=r"studio\.json"):
        read_bundle(tmp_path)


@pytest.mark.parametrize(
    ("pixels", "value"),
    [
        (OUR_RANGE, [0.0, 255.0]),
        (CHOICES["-1..1"], [-1.0, 1.0]),
        (PixelRange((0.0,), (1.0,), is_bgr=True), {"low": [0.0], "high": [1.0], "order": "bgr"}),
        (CHOICES["imagenet"], None),
        (CHOICES["caffe"], None),
    ],
)
def test_the_pixels_are_kept_as_ever_where_a_pair_says_all(
    tmp_path: Path, pixels: PixelRange, value: Any
) -> None:
    write_bundle(tmp_path, bundle(pixel_range=pixels, outputs=OutputKind.LOGITS))
    assert read_bundle(tmp_path).pixel_range == pixels
    assert read_bundle(tmp_path).outputs is OutputKind.LOGITS
    stored = json.loads((tmp_path / BUNDLE_FILE).read_text())["pixel_range"]
    assert value is None or stored == value
    older = bundle().to_dict()
    assert "outputs" not in older  # so that an older studio reads what ours are
    del older["pixel_range"]
    assert Bundle.from_dict(older).pixel_range == OUR_RANGE


OPTIONAL = {
    *("test", "train", "validation", "calibration", "unknown", "background"),
    *("pixel_range", "final_epochs", "model_sha256", "network", "folds"),
}


@pytest.mark.parametrize("key", sorted(bundle().to_dict().keys() - OPTIONAL))
def test_every_field_must_be_there(key: str) -> None:
    values = bundle().to_dict()
    del values[key]
    with pytest.raises(ModelError, match=rf"studio\.json lacks '{key}'"):
        Bundle.from_dict(values)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema", 2),
        ("schema", "1"),
        ("classes", "cap"),
        ("classes", ["cap"]),
        ("classes", ["cap", "cap"]),
        ("classes", ["cap", 3]),
        ("classes", ["cap", "\ud83d"]),
        ("input", {"size": 5}),
        ("input", {"size": float("inf")}),
        ("input", {}),
        ("input", []),
        ("dataset", 7),
        ("dataset", "\udd80"),
        ("recipe", None),
        ("weights", -1),
        ("weights", True),
        ("weights", 1.5),
        ("status", "interrupted"),
        ("status", "done"),
        ("created", "yesterday"),
        ("seconds", float("nan")),
        ("seconds", "12"),
        ("train", []),
        ("train", {"accuracy": 2}),
        ("validation", {}),
        ("notes", [1]),
        ("versions", "3.15"),
        ("pixel_range", [1, 0]),
        ("pixel_range", [0, float("inf")]),
        ("pixel_range", "0..1"),
        ("pixel_range", {"low": [0], "high": [1]}),
        ("pixel_range", {"low": [0, 0], "high": [1, 1], "order": "rgb"}),
        ("pixel_range", {"low": [0], "high": [1, 1, 1], "order": "rgb"}),
        ("pixel_range", {"low": [0], "high": [1], "order": "grb"}),
        ("pixel_range", {"low": [0], "high": ["1"], "order": "rgb"}),
        ("outputs", "boxes"),
        ("outputs", 3),
        ("calibration", []),
        ("calibration", {"temperature": 1.2}),
        ("calibration", {"temperature": 0, "ece_before": 0, "ece_after": 0, "count": 30}),
    ],
)
def test_a_field_of_another_kind_is_refused(key: str, value: Any) -> None:
    with pytest.raises(ModelError):
        Bundle.from_dict({**bundle().to_dict(), key: value})


def test_scores_that_do_not_fit_their_classes_are_refused() -> None:
    for change in (
        {"classes": ["cap"]},
        {"confusion": [[1, 2], [3, 4]]},
        {"confusion": [["many"] * 3] * 3},
        {"confusion": [1, 2, 3]},
        {"per_class": [{}] * 3},
    ):
        values = bundle().to_dict()
        values["validation"] |= change
        with pytest.raises(ModelError, match=r"validation|scores"):
            Bundle.from_dict(values)


def test_a_time_without_a_zone_is_taken_for_utc() -> None:
    values = bundle().to_dict() | {"created": "2026-11-22T21:05:20"}
    assert Bundle.from_dict(values) == bundle()


def test_a_long_value_is_not_shown_whole() -> None:
    with pytest.raises(ModelError) as caught:
        Bundle.from_dict(bundle().to_dict() | {"weights": "x" * 10_000})
    assert len(str(caught.value)) < 150


def test_the_file_is_plain_json(tmp_path: Path) -> None:
    write_bundle(tmp_path, bundle())
    values = json.loads((tmp_path / BUNDLE_FILE).read_text(encoding="utf-8"))
    assert values["classes"] == ["cap", "pencil", "shoe"]
    assert values["input"] == {"size": 16, "channels": 3, "fit": "crop", "polarity": "as-is"}


def test_half_a_character_in_a_recipe_from_elsewhere_is_kept(tmp_path: Path) -> None:
    odd = replace(bundle(), recipe={"note": "\ud83d"})
    write_bundle(tmp_path, odd)
    assert read_bundle(tmp_path).recipe == odd.recipe


def test_a_bundle_says_what_its_figures_rest_on() -> None:
    assert bundle().basis == bundle(final_epochs=2, validation=None).basis == ""
    held_back = bundle(final_epochs=2, train=some_scores(4, 0), validation=some_scores(2, 1))
    assert held_back.basis == "Measured on 3 images held back, then learned from all 7."
    dealt = bundle(final_epochs=2, folds=5, validation=some_scores(2, 1))
    assert dealt.basis == (
        "Measured by cross-validation in 5 folds, each by what was learned from the others; the "
        "model learned from all 3 images."
    )


def test_a_description_without_a_network_is_of_the_shared_cnn() -> None:
    values = bundle().to_dict()
    del values["network"], values["folds"]
    found = Bundle.from_dict(values)
    assert (found.network, found.folds) == (NetworkKind.CNN, 0)
    pretrained = bundle(network=NetworkKind.PRETRAINED, folds=5)
    assert Bundle.from_dict(pretrained.to_dict()) == pretrained
    with pytest.raises(ModelError, match="'network' must be cnn or pretrained"):
        Bundle.from_dict(values | {"network": "vgg"})
