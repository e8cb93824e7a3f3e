"""Training images varied at random, by Keras's own layers."""

from __future__ import annotations

from typing import Any

from cnn_studio.models.tensorflow import keras
from cnn_studio.training.recipe import Augmentation
from cnn_studio.vision.preparation import InputSpec, Polarity

_FULL_RANGE = (0, 255)


def build_augmentation(strength: Augmentation, input_spec: InputSpec) -> Any | None:
    """Build what varies a batch of training images.

    LIGHT moves, scales and mirrors, as a hand before a camera does; STRONG does so further, turns,
    and changes the light. Nothing stands on its head: shoes and garments never do. What comes into
    view from outside repeats the image, or is black where the object stands on a black ground.

    Args:
        strength: How much.
        input_spec: What the images are like.

    Returns:
        A keras.Sequential, float32 (batch, size, size, channels) of 0..255 in and out; None for
        OFF.
    """
    if strength is Augmentation.OFF:
        return None
    on_black = input_spec.polarity is Polarity.LIGHT_ON_DARK
    outside = {"fill_mode": "constant" if on_black else "reflect", "fill_value": 0.0}
    is_strong = strength is Augmentation.STRONG
    shift, zoom = (0.12, 0.2) if is_strong else (0.06, 0.1)
    layers: list[Any] = [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomTranslation(shift, shift, **outside),
        keras.layers.RandomZoom(zoom, **outside),
    ]
    if is_strong:
        layers.append(keras.layers.RandomRotation(0.05, **outside))  # of a full turn: 18 degrees
        layers.append(keras.layers.RandomContrast(0.25, value_range=_FULL_RANGE))
        if not on_black:  # a lighter ground is one that a prepared garment never has
            layers.append(keras.layers.RandomBrightness(0.2, value_range=_FULL_RANGE))
    return keras.Sequential(layers, name=f"augmentation_{strength}")
