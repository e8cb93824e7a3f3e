"""studio.json: the contract of a model, written beside the model files of a run.

A run's folder holds two forms of the same weights, `model.keras` and `model.tflite`; that of a
pretrained network has the second one only, and exports make the first when it is needed. Both take
one image or a batch of them as float32 (batch, size, size, channels) with pixel values 0..255 as
`cnn_studio.vision.preparation.prepare` gives them, RGB or grey; scaling to 0..1 is a layer inside
the model. Both give softmax probabilities, float32 (batch, classes), in the order of `classes`.
The LiteRT form has a fixed batch of one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from cnn_studio.errors import ModelError, UsageError
from cnn_studio.models.calibration import Calibration
from cnn_studio.models.fields import Fields
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.output_kinds import OutputKind
from cnn_studio.models.pixel_values import OUR_RANGE, PixelRange
from cnn_studio.models.scores import ClassScores, Scores
from cnn_studio.models.unknown import UnknownRule
from cnn_studio.untrusted_files import open_regular, read_json
from cnn_studio.vision.pixel_ranges import PixelReading, readings_from, values_of
from cnn_studio.vision.preparation import InputSpec
from cnn_studio.whole_files import write_atomically

__all__ = [
    "BUNDLE_FILE",
    "KERAS_FILE",
    "LITE_FILE",
    "NOT_OURS",
    "ONNX_FILE",
    "SCHEMA_VERSION",
    "Bundle",
    "Calibration",
    "ClassScores",
    "RunStatus",
    "Scores",
    "description_text",
    "file_sha256",
    "model_file",
    "read_bundle",
    "write_bundle",
]

SCHEMA_VERSION = 1
BUNDLE_FILE = "studio.json"
KERAS_FILE = "model.keras"
LITE_FILE = "model.tflite"
ONNX_FILE = "model.onnx"
"""A model from elsewhere may have this instead of model.tflite."""

MAX_DESCRIPTION_BYTES = 8 << 20
"""Of studio.json: the longest is that of 10,000 classes."""

NOT_OURS = "It was not made by CNN Studio."
"""The first note of a model that no studio has described."""


class RunStatus(StrEnum):
    """How a training ended; INTERRUPTED has no model and no studio.json."""

    FINISHED = "finished"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Bundle:
    """What must be known to use a model, and how it came to be.

    Attributes:
        classes: Class names in the order of the model's outputs.
        input: How an image is prepared for the model.
        dataset: The dataset's name, and `dataset_title` what a person calls it.
        recipe: The recipe it was trained with, as plain values.
        weights: How many numbers the network learned.
        status: FINISHED, or STOPPED by the person.
        epochs_done: Epochs that were trained to their end.
        best_epoch: The epoch whose weights these are; 0 if it was stopped before the first end.
        created: When the training ended.
        seconds: How long it took.
        train: Scores on the training images without dropout; None if it was stopped.
        validation: Scores on the images held back; None without validation.
        test: Scores on the dataset's own test part, as it is now; None if it has none.
        versions: Of the libraries it was made with.
        notes: What a person should know about it, in sentences.
        calibration: What puts its probabilities right; None if that was not measured.
        unknown: Tells how familiar an image is; None if that was not measured.
        background: The class of pictures that show none of the others; empty if there is none.
        pixel_range: What a black and a white pixel are for the network.
        outputs: What the network gives; ours give probabilities.
        pixel_readings: How files of more than 8 bits or three bands were read that it learned from,
            by their family; those that it is asked about are read alike.
        final_epochs: For how many epochs it learned from all images, those held back as well, once
            it was measured; 0 if it never did. `train`, `validation`, `calibration` and what is
            usual for `unknown` are of before.
        network: Which network it is.
        folds: In how many parts the images were dealt for a cross-validation; then `validation` is
            of all of them, each judged by a model that had not learned from its part, and the
            model itself has learned from all. 0 where some were held back from the training.
        model_sha256: Of the file that classifies as it was when this was written, so that another
            in its place is noticed; empty in older models.

    Raises:
        ModelError: The classes are fewer than two or not distinct, or the status is INTERRUPTED.
    """

    classes: tuple[str, ...]
    input: InputSpec
    dataset: str
    dataset_title: str
    recipe: Mapping[str, Any]
    weights: int
    status: RunStatus
    epochs_done: int
    best_epoch: int
    created: datetime
    seconds: float
    train: Scores | None = None
    validation: Scores | None = None
    test: Scores | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    calibration: Calibration | None = None
    unknown: UnknownRule | None = field(default=None, compare=False)
    background: str = ""
    pixel_range: PixelRange = OUR_RANGE
    outputs: OutputKind = OutputKind.PROBABILITIES
    pixel_readings: Mapping[str, PixelReading] = field(default_factory=dict)
    final_epochs: int = 0
    network: NetworkKind = NetworkKind.CNN
    folds: int = 0
    model_sha256: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if len(self.classes) < 2 or len(set(self.classes)) != len(self.classes):
            raise ModelError(
                f"A model needs two or more distinct classes, not {list(self.classes)}."
            )
        if self.status is RunStatus.INTERRUPTED:
            raise ModelError("A training that was interrupted has no model.")

    @property
    def train_accuracy(self) -> float | None:
        """Accuracy on the training images without dropout, 0..1."""
        return None if self.train is None else self.train.accuracy

    @property
    def val_accuracy(self) -> float | None:
        """Accuracy on the images held back, 0..1."""
        return None if self.validation is None else self.validation.accuracy

    @property
    def test_accuracy(self) -> float | None:
        """Accuracy on the dataset's test part, 0..1."""
        return None if self.test is None else self.test.accuracy

    @property
    def stopped_in_first_epoch(self) -> bool:
        """Whether it was stopped before its first epoch ended, so that it has learned little."""
        return self.status is RunStatus.STOPPED and self.best_epoch == 0

    @property
    def basis(self) -> str:
        """What its figures rest on, in a sentence, where it has learned on since; else empty."""
        if self.validation is None:
            return ""
        count = self.validation.count
        if self.folds:
            return (
                f"Measured by cross-validation in {self.folds} folds, each by what was learned "
                f"from the others; the model learned from all {count:,} images."
            )
        if not self.final_epochs or self.train is None:
            return ""
        every = self.train.count + count
        return f"Measured on {count:,} images held back, then learned from all {every:,}."

    @property
    def is_of_others(self) -> bool:
        """Whether it describes a file that no studio made; then `notes` say how it is used."""
        return self.notes[:1] == (NOT_OURS,)

    @property
    def temperature(self) -> float:
        """What the logits are divided by; 1 where nothing was measured, as in older models."""
        return 1.0 if self.calibration is None else self.calibration.temperature

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "schema": SCHEMA_VERSION,
            "classes": list(self.classes),
            "input": self.input.to_dict(),
            "dataset": self.dataset,
            "dataset_title": self.dataset_title,
            "recipe": dict(self.recipe),
            "weights": self.weights,
            "status": str(self.status),
            "epochs_done": self.epochs_done,
            "best_epoch": self.best_epoch,
            "created": self.created.isoformat(timespec="seconds"),
            "seconds": round(self.seconds, 3),
            "train": None if self.train is None else self.train.to_dict(),
            "validation": None if self.validation is None else self.validation.to_dict(),
            "test": None if self.test is None else self.test.to_dict(),
            "versions": dict(self.versions),
            "notes": list(self.notes),
            "calibration": None if self.calibration is None else self.calibration.to_dict(),
            "unknown": None if self.unknown is None else self.unknown.to_dict(),
            "background": self.background,
            "pixel_range": self.pixel_range.to_value(),
            "final_epochs": self.final_epochs,
            "network": str(self.network),
            "folds": self.folds,
            "model_sha256": self.model_sha256,
            # Only files of others say it, so that older studios read the rest.
            **({} if self.outputs is OutputKind.PROBABILITIES else {"outputs": str(self.outputs)}),
            **({"pixel_readings": values_of(self.pixel_readings)} if self.pixel_readings else {}),
        }

    @classmethod
    def from_dict(cls, values: object) -> Bundle:
        """Read back what `to_dict` gave, trusting nothing.

        Raises:
            ModelError: A field is missing or of another kind, or the schema is newer than ours.
        """
        fields = Fields(values, BUNDLE_FILE)
        schema = fields.whole("schema")
        if schema != SCHEMA_VERSION:
            raise ModelError(
                f"{BUNDLE_FILE} must have schema {SCHEMA_VERSION}; a newer CNN Studio may have "
                f"written it, as it says {schema}."
            )
        return cls(
            classes=fields.texts("classes"),
            input=_input_spec(fields.mapping("input")),
            dataset=fields.text("dataset"),
            dataset_title=fields.text("dataset_title"),
            recipe=fields.mapping("recipe"),
            weights=fields.whole("weights"),
            status=_status(fields.text("status")),
            epochs_done=fields.whole("epochs_done"),
            best_epoch=fields.whole("best_epoch"),
            created=fields.moment("created"),
            seconds=fields.number("seconds"),
            train=fields.part("train", Scores.from_dict),
            validation=fields.part("validation", Scores.from_dict),
            test=fields.part("test", Scores.from_dict),
            versions={key: str(value) for key, value in fields.mapping("versions").items()},
            notes=fields.texts("notes"),
            calibration=fields.part("calibration", Calibration.from_dict),
            unknown=fields.part("unknown", UnknownRule.from_dict),
            background=fields.text("background") if fields.has("background") else "",
            pixel_range=(
                PixelRange.from_value(fields.value("pixel_range"), BUNDLE_FILE)
                if fields.has("pixel_range")
                else OUR_RANGE
            ),
            pixel_readings=(
                readings_from(fields.value("pixel_readings"))
                if fields.has("pixel_readings")
                else {}
            ),
            outputs=(
                _outputs(fields.text("outputs"))
                if fields.has("outputs")
                else OutputKind.PROBABILITIES
            ),
            final_epochs=fields.whole("final_epochs") if fields.has("final_epochs") else 0,
            network=_network(fields.text("network")) if fields.has("network") else NetworkKind.CNN,
            folds=fields.whole("folds") if fields.has("folds") else 0,
            model_sha256=fields.text("model_sha256") if fields.has("model_sha256") else "",
        )


def read_bundle(folder: Path) -> Bundle:
    """Read the studio.json of a run's folder.

    Raises:
        ModelError: It is missing, damaged or not as expected.
    """
    path = folder / BUNDLE_FILE
    if not os.path.lexists(path):
        raise ModelError(f"There is no trained model in {folder}: {BUNDLE_FILE} is missing.")
    return Bundle.from_dict(read_json(path, MAX_DESCRIPTION_BYTES, ModelError, name=path))


def write_bundle(folder: Path, bundle: Bundle) -> None:
    """Write the studio.json of a run's folder, whole or not at all; its model is there already.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    bundle = replace(bundle, model_sha256=file_sha256(model_file(folder)))
    write_atomically(folder / BUNDLE_FILE, description_text(bundle).encode("utf-8"))


def description_text(bundle: Bundle) -> str:
    """The description as it stands in studio.json, and in the files of exports."""
    text = json.dumps(bundle.to_dict(), indent=2, ensure_ascii=False)
    # A recipe from elsewhere may hold half a character, which UTF-8 has not and JSON escapes.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def model_file(folder: Path) -> Path:
    """The file that classifies in a run's folder; it need not be there."""
    onnx = folder / ONNX_FILE
    return onnx if onnx.is_file() and not (folder / LITE_FILE).is_file() else folder / LITE_FILE


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's content; empty if it cannot be read."""
    try:
        with open_regular(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _input_spec(values: dict[str, Any]) -> InputSpec:
    try:
        return InputSpec.from_dict(values)
    except (UsageError, OverflowError) as error:
        raise ModelError(f"{BUNDLE_FILE}: {error}") from error


def _status(text: str) -> RunStatus:
    try:
        return RunStatus(text)
    except ValueError as error:
        raise ModelError(
            f"{BUNDLE_FILE}: 'status' must be finished or stopped, not {text[:40]!r}."
        ) from error


def _network(text: str) -> NetworkKind:
    try:
        return NetworkKind(text)
    except ValueError as error:
        raise ModelError(
            f"{BUNDLE_FILE}: 'network' must be {' or '.join(NetworkKind)}; a newer CNN Studio may "
            f"have written it, as it says {text[:40]!r}."
        ) from error


def _outputs(text: str) -> OutputKind:
    try:
        return OutputKind(text)
    except ValueError as error:
        raise ModelError(
            f"{BUNDLE_FILE}: 'outputs' must be one of {', '.join(OutputKind)}; a newer CNN Studio "
            f"may have written it, as it says {text[:40]!r}."
        ) from error
