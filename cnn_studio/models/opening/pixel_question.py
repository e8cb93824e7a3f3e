"""Which pixels a network of others takes, where its file does not say: the question, and answers.

The answer is kept by the file's content, so that the same file is not asked about again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import NOT_UNDERSTOOD, ModelError, StudioError
from cnn_studio.models.bundle import Bundle, model_file
from cnn_studio.models.fields import Fields
from cnn_studio.models.opening.pixel_signs import PixelSign
from cnn_studio.models.opening.trial import Trial
from cnn_studio.models.output_kinds import OutputKind
from cnn_studio.models.pixel_values import CHOICES, PixelRange
from cnn_studio.models.runs import Run
from cnn_studio.paths import cache_folder
from cnn_studio.untrusted_files import read_json
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec, prepare
from cnn_studio.whole_files import write_atomically

_KEPT = "pixels"
_MOST_KEPT_BYTES = 4_000


@dataclass(frozen=True)
class Wanted:
    """What a person has decided about a file that does not say it.

    Attributes:
        pixels: What a black and a white pixel are for it; None where nothing is decided.
        size: Height and width of its images, where it takes any; None likewise.
    """

    pixels: PixelRange | None = None
    size: int | None = None

    def or_else(self, other: Wanted) -> Wanted:
        """The same, with what was decided before where nothing else is now."""
        return Wanted(self.pixels or other.pixels, self.size or other.size)

    def fits(self, bundle: Bundle) -> bool:
        """Whether a model is used as it is wanted."""
        is_range = self.pixels is None or self.pixels == bundle.pixel_range
        return is_range and self.size in (None, bundle.input.size)


@dataclass(frozen=True)
class PixelQuestion:
    """A network whose pixels a person has to tell.

    Attributes:
        name: What the file is called.
        network: The .tflite or .onnx file, which has been tried.
        classes: The class names in order.
        input: How an image is prepared for it.
        outputs: What it gives.
        hint: What speaks for one of the answers, without being sure; None if nothing does.
        is_free: Whether it takes images of any size.
    """

    name: str
    network: Path
    classes: tuple[str, ...]
    input: InputSpec
    outputs: OutputKind
    hint: PixelSign | None = None
    is_free: bool = False

    def answers(
        self, image_rgb: ImageArray, ranges: Sequence[PixelRange], size: int, trial: Trial
    ) -> list[NDArray[np.float32]]:
        """What the network would say of a picture, for each range of pixels.

        Args:
            image_rgb: Pixels (height, width, 3) RGB, uint8, any size.
            ranges: What is asked about.
            size: Of the image that the network sees, in pixels.
            trial: The process that runs it.

        Returns:
            The probability of each class for each range, (classes,), float32.

        Raises:
            ModelError: It cannot be run.
        """
        spec = InputSpec(size, self.input.channels, self.input.fit)
        return trial.answers(self.network, prepare(image_rgb, spec), ranges, self.outputs)


class PixelsUnknownError(ModelError):
    """A file does not say which pixels it takes, and nobody has decided it.

    Attributes:
        question: What to ask.
    """

    def __init__(self, question: PixelQuestion) -> None:
        hint = question.hint
        is_named = hint is not None and hint.pixels.name != ""
        likely = f" Likely is {hint.pixels.name}, because {hint.why}." if hint and is_named else ""
        super().__init__(
            f"{question.name} does not say what a pixel is for it, and a wrong guess gives wrong "
            f"answers.{likely} Decide it with --pixels {'|'.join(CHOICES)}."
        )
        self.question = question


def question_about(run: Run, trial: Trial) -> PixelQuestion:
    """The question about a model that is open already, to answer it in another way.

    Raises:
        ModelError: The model cannot be used.
    """
    if run.bundle is None:
        raise ModelError(run.problem or f"{run.name} has no model.")
    bundle, network = run.bundle, model_file(run.folder)
    tried = trial.network(network, size=bundle.input.size)
    hint = PixelSign(bundle.pixel_range, "it is used so now", is_sure=False)
    return PixelQuestion(
        run.name, network, bundle.classes, bundle.input, bundle.outputs, hint, tried.is_free
    )


def kept_choice(sha256: str) -> Wanted:
    """What was decided about a file of this content; nothing where that is not known."""
    path = _kept_at(sha256)
    try:
        fields = Fields(read_json(path, _MOST_KEPT_BYTES), path.name)
        pixels = fields.value("pixels")
        return Wanted(
            None if pixels is None else PixelRange.from_value(pixels, path.name),
            fields.whole("size") if fields.has("size") else None,
        )
    except (StudioError, *NOT_UNDERSTOOD):
        return Wanted()


def keep_choice(sha256: str, wanted: Wanted) -> None:
    """Keep what was decided about a file of this content.

    Raises:
        OSError: The disk is full, or the cache cannot be written to.
    """
    pixels = None if wanted.pixels is None else wanted.pixels.to_value()
    path = _kept_at(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps({"pixels": pixels, "size": wanted.size}).encode("utf-8"))


def _kept_at(sha256: str) -> Path:
    return cache_folder() / _KEPT / f"{sha256[:32]}.json"
