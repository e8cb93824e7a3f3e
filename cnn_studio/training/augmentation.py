"""Training images varied at random, by Keras's own layers."""

from __future__ import annotations

from typing import Any

from cnn_studio.models.tensorflow import keras
from cnn_studio.training.strengths import Augmentation, Flip
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
