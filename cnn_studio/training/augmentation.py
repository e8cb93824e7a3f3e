"""Training images varied at random: by Keras's own layers, and by turns of its kind."""

from __future__ import annotations

from typing import Any

from cnn_studio.models.tensorflow import keras
from cnn_studio.training.strengths import Augmentation, Flip, Turns
from cnn_studio.vision.preparation import InputSpec, Polarity

_FULL_RANGE = (0, 255)
_SMALLEST_PATCH = 0.02  # of the image
_FLIPS = {Flip.SIDEWAYS: "horizontal", Flip.BOTH: "horizontal_and_vertical"}


def build_augmentation(strengths: Augmentation, input_spec: InputSpec) -> Any | None:
    """Build what varies a batch of training images.

    What comes into view from outside repeats the image, or is black where the object stands on a
    black ground.

    Args:
        strengths: How much of each kind.
        input_spec: What the images are like.

    Returns:
        A keras.Sequential, float32 (batch, size, size, channels) of 0..255 in and out; None where
        nothing is varied.
    """
    if strengths == Augmentation.OFF:
        return None
    on_black = input_spec.polarity is Polarity.LIGHT_ON_DARK
    outside = {"fill_mode": "constant" if on_black else "reflect", "fill_value": 0.0}
    made: list[Any] = []
    layers = keras.layers
    if strengths.flip is not Flip.OFF:
        made.append(layers.RandomFlip(_FLIPS[strengths.flip]))
    if strengths.turns is not Turns.OFF:
        made.append(QuarterTurns(mirrors=strengths.turns is Turns.ALL))
    if strengths.shift:
        made.append(layers.RandomTranslation(strengths.shift, strengths.shift, **outside))
    if strengths.zoom:
        made.append(layers.RandomZoom(strengths.zoom, **outside))
    if strengths.rotate:
        made.append(layers.RandomRotation(strengths.rotate, **outside))
    if strengths.contrast:
        made.append(layers.RandomContrast(strengths.contrast, value_range=_FULL_RANGE))
    if strengths.brightness and not on_black:  # a prepared garment never has a lighter ground
        made.append(layers.RandomBrightness(strengths.brightness, value_range=_FULL_RANGE))
    if strengths.erase:
        made.append(
            layers.RandomErasing(
                factor=(0.5, 0.5),
                scale=(min(_SMALLEST_PATCH, strengths.erase), strengths.erase),
                fill_value=0.0 if on_black else 127.0,
                value_range=_FULL_RANGE,
            )
        )
    return keras.Sequential(made, name="augmentation") if made else None


class QuarterTurns(keras.layers.Layer):  # type: ignore[misc]
    """Turns each square image by 0, 90, 180 or 270 degrees; every pixel keeps its value.

    All eight ways in which a square lies on itself are made of three: exchanged axes, upside down,
    and mirrored sideways. Without mirrors the third one follows from the first two.

    Args:
        mirrors: Whether mirrored images are as good.
        seed: Of the draw; None takes one from Keras's global seed.
    """

    def __init__(self, *, mirrors: bool, seed: int | None = None) -> None:
        super().__init__()
        self._mirrors = mirrors
        self._generator = keras.random.SeedGenerator(seed)

    def call(self, images: Any, training: bool = False) -> Any:
        """Turn a batch, each image by a draw of its own.

        Args:
            images: (batch, size, size, channels).
            training: Whether to turn them at all.
        """
        if not training:
            return images
        ops = keras.ops
        shape = (3, ops.shape(images)[0], 1, 1, 1)
        drawn = keras.random.randint(shape, 0, 2, seed=self._generator)
        exchanged, upside_down, sideways = (drawn[place] == 1 for place in range(3))
        if not self._mirrors:
            sideways = ops.logical_xor(exchanged, upside_down)
        images = ops.where(exchanged, ops.transpose(images, (0, 2, 1, 3)), images)
        images = ops.where(upside_down, ops.flip(images, 1), images)
        return ops.where(sideways, ops.flip(images, 2), images)
