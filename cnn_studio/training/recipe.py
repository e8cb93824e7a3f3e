"""What a person chooses for a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from cnn_studio.errors import UsageError
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import MAX_EPOCHS
from cnn_studio.training.strengths import Augmentation
from cnn_studio.vision.preparation import MAX_SIZE, MIN_SIZE

__all__ = ["Augmentation", "Recipe", "Schedule", "suggested_batch_size"]

MAX_BATCH_SIZE = 4096
MAX_SEED = 2**32 - 1  # what NumPy and TensorFlow both take
MAX_VALIDATION_SHARE = 0.5
MAX_EMA = 0.9999
MAX_LABEL_SMOOTHING = 0.5
_DEFAULT_BATCH_SIZE = 128
_FINAL_SHARE = 0.3  # of the epochs before; measured in docs/decisions/0020-final-fit.md
_SMALLEST_SUGGESTED_BATCH = 8
_STEPS_OF_A_GOOD_EPOCH = 10


class Schedule(StrEnum):
    """How the learning rate goes over the epochs; COSINE falls to 0 along half a cosine."""

    CONSTANT = "constant"
    COSINE = "cosine"


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Attributes:
        epochs: Passes over the training images, 1 to 10,000.
        batch_size: Images a step, 1 to 4,096.
        learning_rate: Of the Adam optimizer, above 0 up to 1; the highest one of a schedule.
        image_size: Height and width in pixels, 16 to 512; None takes the dataset's own.
        validation_share: The share of images held back to measure on, 0 to 0.5.
        augmentation: How strongly training images are varied.
        seed: Two trainings with one seed on one machine end in identical weights.
        limit: Take only so many of the training images, evenly over the classes; None takes all.
        schedule: How the learning rate goes.
        warmup_epochs: Over so many epochs at first the learning rate rises; 0 begins at once.
        ema: How slowly the average of the weights, which becomes the model, follows them, 0 to
            0.9999; 0 takes the weights themselves. In a short training it follows faster.
        label_smoothing: How much of the certainty is taken from the labels, 0 to 0.5.
        weight_decay: By how much each step shrinks the weights, times the learning rate, 0 to 1.
        patience: Stop when so many epochs in a row brought no better one; 0 trains all. It needs
            images held back.
        class_weights: Whether images of rare classes count more, so that all classes count alike.
        final_fit: Whether the network, once measured, goes on to learn from all images, those held
            back as well.
        given_split: Whether the validation images that came with the dataset are used as they were
            given; otherwise all images but those for the test are dealt again.
        network: Which network learns; see `cnn_studio.training.networks` for what differs.

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
    schedule: Schedule = Schedule.CONSTANT
    warmup_epochs: float = 0.0
    ema: float = 0.0
    label_smoothing: float = 0.0
    weight_decay: float = 0.0
    patience: int = 0
    class_weights: bool = False
    final_fit: bool = True
    given_split: bool = True
    network: NetworkKind = NetworkKind.CNN

    def __post_init__(self) -> None:
        _check_whole("Epochs", self.epochs, 1, MAX_EPOCHS)
        _check_whole("Batch size", self.batch_size, 1, MAX_BATCH_SIZE)
        _check_whole("Seed", self.seed, 0, MAX_SEED)
        _check_whole("Patience", self.patience, 0, MAX_EPOCHS)
        if self.image_size is not None:
            _check_whole("Image size", self.image_size, MIN_SIZE, MAX_SIZE, " pixels")
        if self.limit is not None:
            _check_whole("The limit of images", self.limit, 2, None)
        if not 0 < self.learning_rate <= 1:
            raise UsageError(f"Learning rate must be above 0, up to 1, not {self.learning_rate}.")
        _check_share("Validation share", self.validation_share, MAX_VALIDATION_SHARE)
        _check_share("Warm-up epochs", self.warmup_epochs, self.epochs)
        _check_share("Weight averaging (EMA)", self.ema, MAX_EMA)
        _check_share("Label smoothing", self.label_smoothing, MAX_LABEL_SMOOTHING)
        _check_share("Weight decay", self.weight_decay, 1)
        _check_switch("Class weights", self.class_weights)
        _check_switch("Final fit", self.final_fit)
        _check_switch("Given split", self.given_split)

    def final_epochs(self, epochs_done: int) -> int:
        """For how many epochs it learns from all images after so many measured ones."""
        if not self.final_fit or self.validation_share == 0:
            return 0
        return max(1, round(_FINAL_SHARE * epochs_done))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            **asdict(self),
            "augmentation": self.augmentation.to_plain(),
            "schedule": str(self.schedule),
            "network": str(self.network),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Recipe:
        """Read back what `to_dict` gave; a key that is missing takes its default.

        Raises:
            UsageError: A key is unknown, or a value cannot be used.
        """
        known = [field.name for field in fields(cls)]
        unknown = sorted(str(key) for key in values if key not in known)
        if unknown:
            raise UsageError(
                f"The recipe is not understood: there is no {', '.join(unknown)}. "
                f"Expected some of {', '.join(known)}."
            )
        try:
            augmentation = Augmentation.recorded(values.get("augmentation", "off"))
            schedule = Schedule(values.get("schedule", Schedule.CONSTANT))
            network = NetworkKind(values.get("network", NetworkKind.CNN))
            read = {"augmentation": augmentation, "schedule": schedule, "network": network}
            return cls(**{**values, **read})
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


def _check_share(what: str, value: float, most: float) -> None:
    if not 0 <= value <= most:
        raise UsageError(f"{what} must be 0 to {most}, not {value}.")


def _check_switch(what: str, value: bool) -> None:
    if not isinstance(value, bool):
        raise UsageError(f"{what} must be true or false, not {value!r}.")


def _check_whole(what: str, value: int, low: int, high: int | None, unit: str = "") -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"{what} must be a whole number, not {value!r}.")
    if value < low or (high is not None and value > high):
        allowed = f"{low} or more" if high is None else f"{low} to {high}"
        raise UsageError(f"{what} must be {allowed}{unit}, not {value}.")
