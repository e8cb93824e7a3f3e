"""What a training will cost, told before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_studio.pretrained.efficientnet_lite import FEATURES
from cnn_studio.training.estimate import FLOAT_BYTES
from cnn_studio.training.memory import (
    available_bytes,
    better_choice,
    image_bytes,
    needed_bytes,
    problem_of,
    stays_on_disk,
)
from cnn_studio.training.networks import StudioNetwork, network_of
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.varied_copies import copy_count
from cnn_studio.vision.preparation import InputSpec

LESS_MEMORY = "Take fewer images (the recipe's limit), or close other programs."
_SEARCH_BYTES = 15 * 40 * 8  # of a number: three weight decays in five folds; measured
_FIT_BYTES = 4 * FLOAT_BYTES  # of a feature: as read, as centred, and what is multiplied meanwhile
_AROUND_S = 1.0  # for what a training of features does before and after it
_AROUND_STEPS_S = 6.0  # for the graphs that are built, and the model files that are written
_READING_S = 0.002  # an image read and compared with the others


@dataclass(frozen=True)
class DatasetFacts:
    """What an estimate must know of a dataset.

    Attributes:
        input: How its card says that images are prepared.
        num_classes: How many classes there are.
        image_count: Images to learn from and to validate on together.
        test_count: Images of its test part.
        known_features: Of how many images the pretrained network's features are kept already.
    """

    input: InputSpec
    num_classes: int
    image_count: int
    test_count: int = 0
    known_features: int = 0


@dataclass(frozen=True)
class StepTimes:
    """What this machine was measured to take, in seconds: for a full batch, or for one image
    where a network's features are computed once.

    Attributes:
        learning: To learn from it.
        asking: To ask the network about it, as validation does.
    """

    learning: float
    asking: float


@dataclass(frozen=True)
class Estimates:
    """What a training will cost.

    Attributes:
        weights: How many numbers the network learns.
        memory_bytes: What it needs about, and `free_bytes` what there is; None where the system
            does not say.
        images_on_disk: Whether the images do not fit into memory and are read from disk.
        steps: How many steps it will take in all.
        seconds: How long it will take; None as long as that was not measured.
        problem: Why it cannot be, and what can, in a sentence; "" if it can.
        frozen_weights: How many numbers the network brings along.
        better_image_size, better_batch_size: What would fit instead; None where it fits, or
            nothing would.
        times: What `seconds` was reckoned from.
    """

    weights: int
    memory_bytes: int
    free_bytes: int | None
    images_on_disk: bool
    steps: int
    seconds: float | None
    problem: str
    better_image_size: int | None = None
    better_batch_size: int | None = None
    frozen_weights: int = 0
    times: StepTimes | None = None


def input_of(recipe: Recipe, facts: DatasetFacts) -> InputSpec:
    """How images will be prepared.

    Raises:
        UsageError: The network takes no images of this size.
    """
    return network_of(recipe.network).input_of(facts.input, recipe.image_size)


def estimates(recipe: Recipe, facts: DatasetFacts, times: StepTimes | None = None) -> Estimates:
    """Reckon what a training will cost.

    Args:
        recipe: How it will be trained.
        facts: On what.
        times: What a step was measured to take; None leaves the time open.

    Raises:
        UsageError: The network takes no images of this size.
    """
    network = network_of(recipe.network)
    if not network.keeps_pixels:
        return _estimates_of_features(network, recipe, facts, times)
    spec, free = input_of(recipe, facts), available_bytes()
    taken = min(facts.image_count, recipe.limit or facts.image_count)
    in_all = taken + facts.test_count
    asked = (spec, facts.num_classes, recipe.batch_size, in_all, free)
    problem = problem_of(*asked)
    better = None if problem is None else better_choice(*asked)
    held_back = round(taken * recipe.validation_share)
    final_steps = recipe.final_epochs(recipe.epochs) * -(-taken // recipe.batch_size)
    steps = recipe.epochs * -(-(taken - held_back) // recipe.batch_size) + final_steps
    return Estimates(
        weights=network.count_weights(spec, facts.num_classes),
        memory_bytes=needed_bytes(*asked),
        free_bytes=free,
        images_on_disk=stays_on_disk(image_bytes(spec, in_all), free),
        steps=steps,
        seconds=None if times is None else _seconds(recipe, times, steps, held_back, in_all),
        problem=problem or "",
        better_image_size=None if better is None else better[0],
        better_batch_size=None if better is None else better[1],
        times=times,
    )


def _estimates_of_features(
    network: StudioNetwork, recipe: Recipe, facts: DatasetFacts, times: StepTimes | None
) -> Estimates:
    """What a training costs whose images are features before it begins."""
    spec, free = input_of(recipe, facts), available_bytes()
    taken = min(facts.image_count, recipe.limit or facts.image_count)
    in_all = taken + facts.test_count
    varied = copy_count(recipe.augmentation) * taken
    needed, problem = memory_of_features(recipe, spec, facts.num_classes, in_all + varied, free)
    seconds = None
    if times is not None:
        seconds = times.asking * (max(0, in_all - facts.known_features) + varied)
        learned = (taken + varied) * facts.num_classes * recipe.epochs
        seconds += times.learning * learned + _AROUND_S
    return Estimates(
        weights=network.count_weights(spec, facts.num_classes),
        memory_bytes=needed,
        free_bytes=free,
        images_on_disk=False,
        steps=recipe.epochs,
        seconds=seconds,
        problem=problem,
        frozen_weights=network.count_frozen(),
        times=times,
    )


def memory_of_features(
    recipe: Recipe, spec: InputSpec, num_classes: int, count: int, free: int | None
) -> tuple[int, str]:
    """About how much memory a training needs that learns from features, and why it cannot be.

    Args:
        recipe: How it learns.
        spec: How the images are prepared.
        num_classes: How many classes there are.
        count: How many images, varied copies counted.
        free: Bytes that can be had; None where the system does not say.

    Returns:
        Bytes, and a sentence; "" where it can be.
    """
    network = network_of(recipe.network)
    needed = 2 * network.count_frozen() * FLOAT_BYTES
    needed += network.count_weights(spec, num_classes) * _SEARCH_BYTES
    needed += count * FEATURES * _FIT_BYTES
    if free is None or needed <= free:
        return needed, ""
    return needed, (
        f"This training needs about {needed / 10**9:.1f} GB of memory, and {free / 10**9:.1f} GB "
        f"are free. {LESS_MEMORY}"
    )


def _seconds(recipe: Recipe, times: StepTimes, steps: int, held_back: int, in_all: int) -> float:
    asked = held_back * recipe.epochs + in_all  # once more at the end, all of them
    steps_s = times.learning * steps + times.asking * asked / recipe.batch_size
    return steps_s + _AROUND_STEPS_S + _READING_S * in_all
