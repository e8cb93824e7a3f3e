"""What a network will cost, told by arithmetic before TensorFlow is there."""

from __future__ import annotations

from cnn_studio.vision.preparation import InputSpec

KERNEL = 3
FIRST_FILTERS = 32
SECOND_FILTERS = 64
POOL = 2
DENSE_UNITS = 128
FLOAT_BYTES = 4

# The weights, their gradients and Adam's two moments; while the state is saved, all but the
# gradients once more, and the LiteRT form. Measured 6.5 times while the LiteRT form is made.
_COPIES_OF_WEIGHTS = 8
_COPIES_OF_ACTIVATIONS = 2  # each layer's values, and the gradients that come back


def count_weights(input_spec: InputSpec, num_classes: int) -> int:
    """How many numbers the shared CNN learns for images of this kind.

    Args:
        input_spec: Size and channels of the images.
        num_classes: How many classes there are.
    """
    patch = KERNEL * KERNEL
    convolutions = (patch * input_spec.channels + 1) * FIRST_FILTERS
    convolutions += (patch * FIRST_FILTERS + 1) * SECOND_FILTERS
    flat = _pooled_side(input_spec) ** 2 * SECOND_FILTERS
    return convolutions + (flat + 1) * DENSE_UNITS + (DENSE_UNITS + 1) * num_classes


def count_products(input_spec: InputSpec, num_classes: int) -> int:
    """How many multiplications the shared CNN takes to answer about one image."""
    first_side = input_spec.size - (KERNEL - 1)
    second_side = first_side - (KERNEL - 1)
    patch = KERNEL * KERNEL
    convolutions = first_side**2 * patch * input_spec.channels * FIRST_FILTERS
    convolutions += second_side**2 * patch * FIRST_FILTERS * SECOND_FILTERS
    flat = _pooled_side(input_spec) ** 2 * SECOND_FILTERS
    return convolutions + flat * DENSE_UNITS + DENSE_UNITS * num_classes


def training_bytes(input_spec: InputSpec, num_classes: int, batch_size: int) -> int:
    """About how much memory a training step needs at least, images on disk not counted."""
    first_side = input_spec.size - (KERNEL - 1)
    second_side = first_side - (KERNEL - 1)
    activations = first_side**2 * FIRST_FILTERS
    activations += (second_side**2 + _pooled_side(input_spec) ** 2) * SECOND_FILTERS
    weights = count_weights(input_spec, num_classes) * _COPIES_OF_WEIGHTS
    return (weights + batch_size * activations * _COPIES_OF_ACTIVATIONS) * FLOAT_BYTES


def _pooled_side(input_spec: InputSpec) -> int:
    return (input_spec.size - 2 * (KERNEL - 1)) // POOL
