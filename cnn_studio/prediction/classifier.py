"""A trained model in use: from an image of any kind to the probability of each class."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import ModelError
from cnn_studio.models.bundle import Bundle, model_file, read_bundle
from cnn_studio.models.calibration import calibrated
from cnn_studio.models.lite import LiteModel, LiteOutputs
from cnn_studio.models.opening.network_file import Network, open_network
from cnn_studio.models.unknown import ACCEPT, checked_accept, is_unknown
from cnn_studio.prediction.heatmap import Heat, HeatMap
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import prepare


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says about one image.

    Attributes:
        classes: The class names in the model's order.
        probabilities: One a class, (classes,), float32, 0..1, calibrated.
        preparation_ms: From the image to what the network sees.
        inference_ms: From there to the probabilities.
        score: How familiar the image is: the share of the validation images that are less
            familiar, 0..1; None where that was not measured.
        unknown: Whether it is likely none of the classes.
    """

    classes: tuple[str, ...]
    probabilities: NDArray[np.float32]
    preparation_ms: float
    inference_ms: float
    score: float | None = None
    unknown: bool = False

    @property
    def ranked(self) -> tuple[tuple[str, float], ...]:
        """(class, probability), the most probable first; equals stay in the model's order."""
        order = np.argsort(-self.probabilities, kind="stable")
        return tuple((self.classes[index], float(self.probabilities[index])) for index in order)

    @property
    def top(self) -> tuple[str, float]:
        """The most probable class and its probability."""
        index = int(self.probabilities.argmax())
        return self.classes[index], float(self.probabilities[index])


class Classifier:
    """A model that classifies. Used by one thread at a time; any thread may have opened it.

    `accept` may be set from any thread.
    """

    def __init__(self, bundle: Bundle, model: Network) -> None:
        self.bundle = bundle
        self._model = model
        self._accept = ACCEPT
        self._last: LiteOutputs | None = None
        self._seen: ImageArray | None = None

    @property
    def accept(self) -> float:
        """The share of the images held back that are answered; of the others none is named, 0..1.

        Raises:
            UsageError: On setting, it is not from 0 to 1.
        """
        return self._accept

    @accept.setter
    def accept(self, accept: float) -> None:
        self._accept = checked_accept(accept)

    @classmethod
    def open(cls, folder: Path, *, threads: int = 2) -> Classifier:
        """Open the model of a run.

        Args:
            folder: The folder of a run of the workspace, or of one that `open_model` gave.
            threads: How many threads compute.

        Raises:
            ModelError: A file is missing or damaged, or the two do not belong together.
        """
        bundle = read_bundle(folder)
        model = open_network(folder, bundle, threads=threads)
        expected = (bundle.input.shape, len(bundle.classes))
        received = (model.input_shape, model.num_classes)
        if expected != received:
            raise ModelError(
                f"{model_file(folder).name} and studio.json in {folder} do not belong together. "
                f"Image shape and classes must be {expected}, not {received}."
            )
        return cls(bundle, model)

    def prepared(self, image_rgb: ImageArray) -> ImageArray:
        """What the network sees of an image: pixels (size, size, channels), uint8."""
        return prepare(image_rgb, self.bundle.input)

    def classify(self, image_rgb: ImageArray) -> Prediction:
        """Classify one image.

        Args:
            image_rgb: Pixels (height, width, 3) RGB, or (height, width) grey; uint8, any size.
        """
        begun = time.perf_counter()
        prepared = self.prepared(image_rgb)
        ready = time.perf_counter()
        self._seen = prepared
        self._last = outputs = self._model.run(prepared)
        probabilities = calibrated(outputs.probabilities, self.bundle.temperature)
        score = None if self.bundle.unknown is None else self.bundle.unknown.score(outputs)
        done = time.perf_counter()
        return Prediction(
            classes=self.bundle.classes,
            probabilities=probabilities,
            preparation_ms=(ready - begun) * 1000,
            inference_ms=(done - ready) * 1000,
            score=score,
            unknown=is_unknown(score, self._accept) or self._is_background(probabilities),
        )

    @property
    def seen(self) -> ImageArray | None:
        """What the network saw of the image classified last: (size, size, channels), uint8."""
        return self._seen

    def heat(self, class_index: int) -> Heat | None:
        """Where the model found what speaks for a class, in the image classified last.

        Returns:
            As `HeatMap.heat` gives it; None where the model does not tell, or before the first
            image.
        """
        if self._last is None or self._heat_map is None:
            return None
        return self._heat_map.heat(self._last, class_index)

    @cached_property
    def _heat_map(self) -> HeatMap | None:
        return HeatMap.of(self._model) if isinstance(self._model, LiteModel) else None

    def _is_background(self, probabilities: NDArray[np.float32]) -> bool:
        return self.bundle.classes[int(probabilities.argmax())] == self.bundle.background
