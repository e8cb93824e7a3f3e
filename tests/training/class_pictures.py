"""Small datasets that a network learns in seconds, and requests to train on them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.paths import Workspace
from cnn_studio.training.events import Event, Message
from cnn_studio.training.networks import network_of
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.request import TrainingRequest
from cnn_studio.vision.images import encode_jpeg

COLOURS_RGB = {"blue": (30, 40, 200), "green": (40, 190, 50), "red": (200, 40, 30)}
QUICK = Recipe(epochs=2, batch_size=8, image_size=16, validation_share=0.25, learning_rate=0.002)


def put_pictures(folder: Path, class_name: str, count: int, seed: int = 0) -> None:
    """Add noisy JPEGs of a class's colour, each different from the others."""
    random = np.random.default_rng((seed, *class_name.encode()))
    (folder / class_name).mkdir(parents=True, exist_ok=True)
    for number in range(count):
        noise = random.integers(-30, 30, (24, 24, 3))
        picture = np.clip(np.array(COLOURS_RGB[class_name]) + noise, 0, 255).astype(np.uint8)
        (folder / class_name / f"{seed}-{number:03d}.jpg").write_bytes(encode_jpeg(picture))


def colours(workspace: Workspace, count: int = 16) -> Dataset:
    """A dataset of three colours with so many pictures of each."""
    folder = workspace.datasets / "colours"
    for class_name in COLOURS_RGB:
        put_pictures(folder, class_name, count)
    return find_dataset(workspace, "colours")


def request_for(
    dataset: Dataset, workspace: Workspace, recipe: Recipe = QUICK, **rest: Any
) -> TrainingRequest:
    """A request with its run in the workspace."""
    return TrainingRequest(dataset, recipe, workspace.runs, **rest)


def of_kind(events: list[Event], kind: type) -> list[Any]:
    """The events of one kind, in order."""
    return [event for event in events if isinstance(event, kind)]


def train_until(
    request: TrainingRequest,
    stop_when: Callable[[Event], bool] = lambda _event: False,
    running: threading.Event | None = None,
) -> tuple[Path, list[Event]]:
    """Train, and stop once an event says so; the run and all events."""
    events: list[Event] = []
    stop = threading.Event()

    def emit(event: Event) -> None:
        events.append(event)
        if stop_when(event):
            stop.set()

    trainer = network_of(request.recipe.network).trainer
    return trainer(request, emit, stop, running=running), events


def words(events: list[Event]) -> str:
    """All that was said."""
    return " ".join(event.text for event in of_kind(events, Message))
