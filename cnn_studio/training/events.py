"""What a training says while it runs; the window draws it, the command line prints it.

A training ends in exactly one of `Finished` and `Failed`. Accuracies are shares from 0 to 1,
losses mean cross-entropy, epochs and steps count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import EpochRecord
from cnn_studio.models.scores import Scores
from cnn_studio.training.estimates import Estimates
from cnn_studio.vision.images import ImageArray


@dataclass(frozen=True)
class _Told:
    event: ClassVar[str]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, with the event's name first."""
        return {"event": self.event, **asdict(self)}


@dataclass(frozen=True)
class Ready(_Told):
    """The engine has loaded what a network needs, and will start a training without delay."""

    event: ClassVar[str] = "ready"
    network: NetworkKind = NetworkKind.CNN


@dataclass(frozen=True)
class Estimated(_Told):
    """What a training will cost; the answer to the `EstimateRequest` of that number."""

    event: ClassVar[str] = "estimated"
    number: int
    estimates: Estimates


@dataclass(frozen=True, eq=False)
class Previewed(_Told):
    """Varied images, the answer to the `PreviewRequest` of that number; for the window only.

    Attributes:
        pixels: (n, size, size, channels), uint8; None if they could not be varied.
    """

    event: ClassVar[str] = "previewed"
    number: int
    pixels: ImageArray | None


@dataclass(frozen=True)
class Preparing(_Told):
    """`done` of `total` images are read and prepared.

    Attributes:
        comparing: Whether near duplicates are looked for instead; then these are steps.
    """

    event: ClassVar[str] = "preparing"
    done: int
    total: int
    comparing: bool = False


@dataclass(frozen=True)
class Started(_Told):
    """The first step is about to be taken.

    Attributes:
        run: The run's folder.
        weights: How many numbers are learned.
        train_count, validation_count, test_count: Images in each part.
        notes: What a person should know about the split, in sentences.
        epochs_before, steps_before: How far a run that is taken up again stood already: its
            finished epochs, and the steps of the epoch after them.
        final_steps: Steps of the final fit, if no epoch is saved by early stopping.
        folds: In how many parts a cross-validation deals the images; then all of them are in
            `train_count` and in `validation_count`. 0 where those held back are not learned from.
    """

    event: ClassVar[str] = "started"
    run: str
    weights: int
    train_count: int
    validation_count: int
    test_count: int
    epochs: int
    steps_per_epoch: int
    batch_size: int
    notes: tuple[str, ...] = ()
    epochs_before: int = 0
    steps_before: int = 0
    final_steps: int = 0
    folds: int = 0


@dataclass(frozen=True)
class Paused(_Told):
    """The training stands still between two steps, and is saved so that it survives being closed.

    Attributes:
        epoch, step: Where it stands.
    """

    event: ClassVar[str] = "paused"
    epoch: int
    step: int


@dataclass(frozen=True)
class Continued(_Told):
    """The training goes on after a pause."""

    event: ClassVar[str] = "continued"


@dataclass(frozen=True)
class Batches(_Told):
    """Some steps of an epoch were taken; every step is in exactly one such event.

    Attributes:
        first_step: The step that `losses[0]` and `accuracies[0]` belong to.
        losses, accuracies: Of each step's own batch, with dropout.
        step: The newest step.
        images_per_second: Smoothed over the last seconds.
        seconds_left: To the end of the training, smoothed; None until it can be told.
    """

    event: ClassVar[str] = "batches"
    epoch: int
    first_step: int
    losses: tuple[float, ...]
    accuracies: tuple[float, ...]
    step: int
    steps_per_epoch: int
    images_per_second: float
    seconds_left: float | None


@dataclass(frozen=True)
class EpochDone(_Told, EpochRecord):
    """An epoch was trained and measured; its figures are those of its row in history.csv.

    Attributes:
        data_wait: The share of its steps' time that went by waiting for images, 0..1.
    """

    event: ClassVar[str] = "epoch"
    data_wait: float = 0.0


@dataclass(frozen=True)
class FinalStep(_Told):
    """A step of the final fit was taken, in which a measured network learns from all images.

    Attributes:
        step: The newest of all `steps` of the final fit.
        images: How many images there are.
        seconds_left: To its end, smoothed; None until it can be told.
    """

    event: ClassVar[str] = "final"
    step: int
    steps: int
    images: int
    seconds_left: float | None


@dataclass(frozen=True)
class Measuring(_Told):
    """All is learned; what is left to be measured is, and the model is written."""

    event: ClassVar[str] = "measuring"


@dataclass(frozen=True)
class Measured(_Told):
    """The best epoch so far on the images held back; its `EpochDone` follows, or was before.

    Attributes:
        epoch: Which one.
        scores: How well its weights do.
    """

    event: ClassVar[str] = "measured"
    epoch: int
    scores: Scores


@dataclass(frozen=True)
class Message(_Told):
    """Something that a person should know, in a sentence."""

    event: ClassVar[str] = "message"
    text: str


@dataclass(frozen=True)
class Finished(_Told):
    """The model is written.

    Attributes:
        run: The run's folder.
        status: "finished", or "stopped" by the person.
        accuracy: On the training images without dropout; None after a stop.
        val_accuracy: None without validation.
        test_accuracy: None where the dataset has no test part.
        seconds: The whole training.
        final_epochs: For how many epochs it learned from all images after it was measured.
    """

    event: ClassVar[str] = "finished"
    run: str
    status: str
    accuracy: float | None
    val_accuracy: float | None
    test_accuracy: float | None
    seconds: float
    final_epochs: int = 0


@dataclass(frozen=True)
class Failed(_Told):
    """The training ended without a model; the message says why and what to do."""

    event: ClassVar[str] = "failed"
    message: str


@dataclass(frozen=True)
class Working(_Told):
    """Work other than a training: `done` of `total` steps are taken."""

    event: ClassVar[str] = "working"
    done: int
    total: int


@dataclass(frozen=True)
class Noted(_Told):
    """What work other than a training has to tell on its way, as plain values of its own."""

    event: ClassVar[str] = "noted"
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Done(_Told):
    """Work other than a training has come to its end; the message says what it came to."""

    event: ClassVar[str] = "done"
    message: str


Event = (
    Ready
    | Estimated
    | Previewed
    | Preparing
    | Started
    | Batches
    | EpochDone
    | Measuring
    | Measured
    | Paused
    | Continued
    | FinalStep
    | Message
    | Finished
    | Failed
    | Working
    | Noted
    | Done
)
LAST_EVENTS = (Finished, Failed, Done)
