"""What a person chooses for a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from cnn_studio.errors import UsageError
from cnn_studio.vision.preparation import MAX_SIZE, MIN_SIZE

MAX_EPOCHS = 10_000
MAX_BATCH_SIZE = 4096
MAX_SEED = 2**32 - 1  # what NumPy and TensorFlow both take
MAX_VALIDATION_SHARE = 0.5
_DEFAULT_BATCH_SIZE = 128
_SMALLEST_SUGGESTED_BATCH = 8
_STEPS_OF_A_GOOD_EPOCH = 10


class Augmentation(StrEnum):
    """How strongly training images are varied at random, anew in every epoch."""

    OFF = "off"
    LIGHT = "light"
    STRONG = "strong"


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Attributes:
        epochs: Passes over the training images, 1 to 10,000.
        batch_size: Images a step, 1 to 4,096.
        learning_rate: Of the Adam optimizer, above 0 up to 1.
        image_size: Height and width in pixels, 16 to 512; None takes the dataset's own.
        validation_share: The share of images held back to measure on, 0 to 0.5.
        augmentation: How strongly training images are varied.
        seed: Two trainings with one seed on one machine end in identical weights.
        limit: Take only so many of the training images, evenly over the classes; None takes all.

    Raises:
        UsageError: A value is outside what is said above.
    """

    epochs: int = 10
    batch_size: int = _DEFAULT_BATCH_SIZE
    learning_rate: float = 0.001
    image_size: int | None = None
    validation_share: float = 0.2
    augmentation: Augmentation = Augmentation.OFF
    seed: int = 1
    limit: int | None = None

    def __post_init__(self) -> None:
        _check_whole("Epochs", self.epochs, 1, MAX_EPOCHS)
        _check_whole("Batch size", self.batch_size, 1, MAX_BATCH_SIZE)
        _check_whole("Seed", self.seed, 0, MAX_SEED)
        if self.image_size is not None:
            _check_whole("Image size", self.image_size, MIN_SIZE, MAX_SIZE, " pixels")
        if self.limit is not None:
            _check_whole("The limit of images", self.limit, 2, None)
        if not 0 < self.learning_rate <= 1:
            raise UsageError(
                f"Learning rate must be above 0, up to 1. Received: {self.learning_rate}."
            )
        if not 0 <= self.validation_share <= MAX_VALIDATION_SHARE:
            raise UsageError(
                f"Validation share must be 0 to {MAX_VALIDATION_SHARE}. "
                f"Received: {self.validation_share}."
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "augmentation": str(self.augmentation)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Recipe:
        """Read back what `to_dict` gave; a key that is missing takes its default.

        Raises:
            UsageError: A key is unknown, or a value cannot be used.
        """
        try:
            augmentation = Augmentation(values.get("augmentation", Augmentation.OFF))
            return cls(**{**values, "augmentation": augmentation})
        except (TypeError, ValueError) as error:
            raise UsageError(f"The recipe is not understood: {error}.") from error


def suggested_batch_size(train_count: int) -> int:
    """128, halved down to 8 until an epoch of `train_count` images has at least 10 steps."""
    batch_size = _DEFAULT_BATCH_SIZE
    while (
        batch_size > _SMALLEST_SUGGESTED_BATCH
        and -(-train_count // batch_size) < _STEPS_OF_A_GOOD_EPOCH
    ):
        batch_size //= 2
    return batch_size


def _check_whole(what: str, value: int, low: int, high: int | None, unit: str = "") -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"{what} must be a whole number. Received: {value!r}.")
    if value < low or (high is not None and value > high):
        allowed = f"{low} or more" if high is None else f"{low} to {high}"
        raise UsageError(f"{what} must be {allowed}{unit}. Received: {value}.")
