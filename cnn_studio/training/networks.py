"""What differs between the two networks, for all that chooses, reckons and trains.

The rest of the studio has a `NetworkKind` and calls `network_of`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from pathlib import Path
from typing import TYPE_CHECKING

from cnn_studio.errors import UsageError
from cnn_studio.models.networks import NetworkKind
from cnn_studio.pretrained.efficientnet_lite import BACKBONE_WEIGHTS, FEATURES
from cnn_studio.training import estimate
from cnn_studio.training.recipe import Recipe
from cnn_studio.vision.preparation import MAX_SIZE, MIN_SIZE, InputSpec

if TYPE_CHECKING:
    from cnn_studio.training.estimates import DatasetFacts, StepTimes

_PRODUCTS_AN_UPDATE = 50  # Adam on one weight takes as long as so many products; measured


@dataclass(frozen=True)
class StepWork:
    """How much there is to do in what `StepTimes` times, in units of the network's own."""

    learning: float
    asking: float


class StudioNetwork(ABC):
    """One of the two.

    Attributes:
        kind: Which one.
        smallest_px, largest_px: The image sizes that it takes.
        needs_tensorflow: Whether a training needs it.
        keeps_pixels: Whether a training has the pixels of all images at hand; else each image is
            its features before it begins.
        settles: Whether a training that ends before its last epoch has found what there is to find,
            so that more epochs change nothing.
        fields: The fields of a recipe that mean something for it.
    """

    kind: NetworkKind
    smallest_px: int
    largest_px: int
    needs_tensorflow: bool
    keeps_pixels: bool
    settles: bool
    fields: frozenset[str]

    def input_of(self, card: InputSpec, image_size: int | None) -> InputSpec:
        """How images are prepared for it.

        Args:
            card: How the dataset's card says that they are.
            image_size: Height and width by the recipe; None takes what is usual.

        Raises:
            UsageError: The network takes no images of this size.
        """
        size = image_size or self.usual_px(card)
        if not self.smallest_px <= size <= self.largest_px:
            raise UsageError(
                f"The network {self.kind.label} takes images of {self.smallest_px} to "
                f"{self.largest_px} pixels, not {size}."
            )
        return replace(card, size=size)

    @abstractmethod
    def usual_px(self, card: InputSpec) -> int:
        """The image size where a recipe says nothing."""

    @abstractmethod
    def count_weights(self, input_spec: InputSpec, num_classes: int) -> int:
        """How many numbers it learns from a dataset."""

    @abstractmethod
    def count_frozen(self) -> int:
        """How many numbers it brings along, which stay as they are."""

    @property
    @abstractmethod
    def trainer(self) -> Callable[..., Path]:
        """What trains it; see `cnn_studio.training.loop.train`."""

    @abstractmethod
    def warm_up(self) -> None:
        """Load ahead what a training needs.

        Raises:
            ModelError: Something of it is missing or damaged.
        """

    @abstractmethod
    def step_work(self, input_spec: InputSpec, num_classes: int, batch_size: int) -> StepWork:
        """How much work the steps are whose times `measure` gives, for comparing recipes."""

    @abstractmethod
    def measure(self, recipe: Recipe, facts: DatasetFacts) -> StepTimes:
        """Measure on this machine what a training takes."""


class _SharedCnn(StudioNetwork):
    kind = NetworkKind.CNN
    smallest_px, largest_px = MIN_SIZE, MAX_SIZE
    needs_tensorflow = keeps_pixels = True
    settles = False
    fields = frozenset(field.name for field in dataclass_fields(Recipe))

    def usual_px(self, card: InputSpec) -> int:
        return card.size

    def count_weights(self, input_spec: InputSpec, num_classes: int) -> int:
        return estimate.count_weights(input_spec, num_classes)

    def count_frozen(self) -> int:
        return 0

    @property
    def trainer(self) -> Callable[..., Path]:
        from cnn_studio.training.loop import train

        return train

    def warm_up(self) -> None:
        from cnn_studio.training.warming import warm_up

        warm_up()

    def step_work(self, input_spec: InputSpec, num_classes: int, batch_size: int) -> StepWork:
        products = batch_size * estimate.count_products(input_spec, num_classes)
        updates = _PRODUCTS_AN_UPDATE * estimate.count_weights(input_spec, num_classes)
        return StepWork(learning=products + updates, asking=products)

    def measure(self, recipe: Recipe, facts: DatasetFacts) -> StepTimes:
        from cnn_studio.training.measuring import step_times

        return step_times(recipe, facts)


class _Pretrained(StudioNetwork):
    kind = NetworkKind.PRETRAINED
    smallest_px, largest_px = 128, 224
    needs_tensorflow = keeps_pixels = False
    settles = True
    fields = frozenset(
        {
            "epochs",
            "image_size",
            "validation_share",
            "augmentation",
            "seed",
            "limit",
            "weight_decay",
            "class_weights",
            "network",
        }
    )

    def usual_px(self, card: InputSpec) -> int:  # noqa: ARG002 - it has learned at this size
        return self.largest_px

    def count_weights(self, input_spec: InputSpec, num_classes: int) -> int:  # noqa: ARG002
        return (FEATURES + 1) * num_classes

    def count_frozen(self) -> int:
        return BACKBONE_WEIGHTS

    @property
    def trainer(self) -> Callable[..., Path]:
        from cnn_studio.training.pretrained_training import train

        return train

    def warm_up(self) -> None:
        from cnn_studio.training.feature_times import warm_up

        warm_up()

    def step_work(self, input_spec: InputSpec, num_classes: int, batch_size: int) -> StepWork:  # noqa: ARG002
        return StepWork(learning=1.0, asking=float(input_spec.size**2))

    def measure(self, recipe: Recipe, facts: DatasetFacts) -> StepTimes:
        from cnn_studio.training.feature_times import step_times

        return step_times(self.input_of(facts.input, recipe.image_size))


_NETWORKS: dict[NetworkKind, StudioNetwork] = {
    network.kind: network for network in (_SharedCnn(), _Pretrained())
}


def network_of(kind: NetworkKind) -> StudioNetwork:
    """The network of a kind."""
    return _NETWORKS[kind]
