"""Varied copies of images, for what learns from each image's features and not from its pixels."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np

from cnn_studio.training.strengths import Augmentation, Flip, Turns
from cnn_studio.vision.pixels import ImageArray
from cnn_studio.vision.preparation import InputSpec, Polarity
from cnn_studio.vision.variation import Variation

_COPIES = 3  # more take longer
_SMALLEST_PATCH = 0.02  # of the image
_EVERY_OTHER = 0.5


@dataclass(frozen=True)
class VariedCopy:
    """One copy of every image, each varied in another way that depends on the image alone.

    Attributes:
        strengths: How strongly.
        input_spec: How the images are prepared.
        seed: One seed varies in one way.
        number: Which copy.
    """

    strengths: Augmentation
    input_spec: InputSpec
    seed: int
    number: int

    @property
    def key(self) -> bytes:
        """What tells it from other copies."""
        parts = [self.strengths.to_plain(), self.seed, self.number]
        return json.dumps(parts, sort_keys=True).encode()

    def vary(self, prepared: ImageArray, image_key: bytes) -> ImageArray:
        """Vary an image.

        Args:
            prepared: Pixels (size, size, channels), uint8.
            image_key: Tells images apart; the same bytes vary in the same way.

        Returns:
            Pixels of the same shape, uint8.
        """
        random = np.random.default_rng(np.frombuffer(image_key, np.uint32))
        on_black = self.input_spec.polarity is Polarity.LIGHT_ON_DARK
        return drawn(self.strengths, random, on_black=on_black).of(prepared)


def copy_count(strengths: Augmentation) -> int:
    """How many varied copies of each image are learned from, at most."""
    return 0 if strengths == Augmentation.OFF else _COPIES


def drawn(
    strengths: Augmentation, random: np.random.Generator, *, on_black: bool = False
) -> Variation:
    """Draw one variation, as strong as a training of the shared CNN varies a batch.

    Args:
        strengths: How strongly.
        random: What is drawn from.
        on_black: Whether objects stand on a black ground, which then is never lit.
    """

    def within(most: float) -> float:
        return float(random.uniform(-most, most)) if most else 0.0

    mirrors = strengths.turns is Turns.ALL
    return Variation(
        flip=(mirrors or strengths.flip is not Flip.OFF) and random.random() < _EVERY_OTHER,
        flip_down=strengths.flip is Flip.BOTH and random.random() < _EVERY_OTHER,
        quarter_turns=0 if strengths.turns is Turns.OFF else int(random.integers(4)),
        right=within(strengths.shift),
        down=within(strengths.shift),
        degrees=within(360 * strengths.rotate),
        zoom=1 + within(strengths.zoom),
        contrast=1 + within(strengths.contrast),
        brightness=0.0 if on_black else within(strengths.brightness),
        patch=_patch(strengths.erase, random),
        on_black=on_black,
    )


def _patch(erase: float, random: np.random.Generator) -> tuple[float, float, float, float] | None:
    if not erase or random.random() >= _EVERY_OTHER:
        return None
    side = float(random.uniform(min(_SMALLEST_PATCH, erase), erase)) ** 0.5
    return (*random.uniform(0, 1 - side, 2).tolist(), side, side)
