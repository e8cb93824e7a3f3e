"""What the engine is asked to train."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnn_studio.data.catalog import Dataset
from cnn_studio.models.networks import NetworkKind
from cnn_studio.training.estimates import DatasetFacts
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.strengths import Augmentation
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import InputSpec


@dataclass(frozen=True)
class WarmRequest:
    """Load ahead what a training of a network needs. The engine answers with `Ready`."""

    network: NetworkKind


@dataclass(frozen=True)
class EstimateRequest:
    """What will a training cost? The engine answers with `Estimated`.

    Attributes:
        number: Comes back with the answer, so that one to an older question can be dropped.
        recipe: How it would be trained.
        facts: On what.
    """

    number: int
    recipe: Recipe
    facts: DatasetFacts


@dataclass(frozen=True, eq=False)
class PreviewRequest:
    """What will a training make of these images? The engine answers with `Previewed`.

    Attributes:
        number: Comes back with the answer, so that one to an older question can be dropped.
        pixels: A few prepared images, (n, size, size, channels), uint8; they pass through a pipe.
        input: How they were prepared.
        strengths: How they are to be varied.
        seed: One seed varies the same images in the same way.
    """

    number: int
    pixels: ImageArray
    input: InputSpec
    strengths: Augmentation
    seed: int


@dataclass(frozen=True)
class TrainingRequest:
    """One training; it travels to the engine's process.

    Attributes:
        dataset: What to learn from. It brings its card along, since a read-only folder has none.
        recipe: How to learn.
        runs_folder: Where the run gets its own new folder.
        out: A folder of one's own choice for the run instead; it must not exist, or be empty.
        at_random_like: A run whose very images are taken and split at random, to show what that
            would claim; None splits honestly.
        resumes: The folder of a run that is to go on where it stood; see
            `cnn_studio.training.resuming.request_to_resume`, which makes such a request.
        more_epochs: How many epochs are added to those that the run was to have.
        tensorboard: Whether event files for TensorBoard are written beside the run.
    """

    dataset: Dataset
    recipe: Recipe
    runs_folder: Path
    out: Path | None = None
    at_random_like: Path | None = None
    resumes: Path | None = None
    more_epochs: int = 0
    tensorboard: bool = False
