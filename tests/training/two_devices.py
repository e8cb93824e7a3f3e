"""Trains on two devices of this machine, as on two graphics processors, and tells what came of it.

    python -m tests.training.two_devices WORKSPACE

A program of its own, since TensorFlow divides the processor before anything else or never.
"""

from __future__ import annotations

import json
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.data.catalog import find_dataset
from cnn_studio.models.tensorflow import keras, tf
from cnn_studio.paths import Workspace
from cnn_studio.training.events import EpochDone, Event
from cnn_studio.training.loop import train
from cnn_studio.training.network import build_network
from cnn_studio.training.objective import Objective
from cnn_studio.training.steps import Steps
from cnn_studio.training.team import Team
from cnn_studio.vision.preparation import InputSpec
from tests.training.class_pictures import QUICK, request_for

_DEVICES = ("CPU:0", "CPU:1")
_SPEC, _CLASSES = InputSpec(16), 3


def main() -> None:
    """Take a step by hand, then train, and print both as JSON."""
    (processor,) = tf.config.list_physical_devices("CPU")
    part = tf.config.LogicalDeviceConfiguration()
    tf.config.set_logical_device_configuration(processor, [part] * len(_DEVICES))
    team = Team(tf.distribute.MirroredStrategy(_DEVICES))
    workspace = Workspace(Path(sys.argv[1]))
    losses: list[float] = []

    def tell(event: Event) -> None:
        if isinstance(event, EpochDone):
            losses.append(event.loss)

    told = {"replicas": team.replicas, "are_alike": _are_alike_after_a_step(team)}
    request = request_for(find_dataset(workspace, "colours"), workspace, replace(QUICK, epochs=6))
    run = train(request, tell, threading.Event(), team)
    print(json.dumps({**told, "losses": losses, "run": str(run)}))


def _are_alike_after_a_step(team: Team) -> bool:
    """Whether both devices have the same weights after a batch that they cannot share evenly."""
    keras.utils.set_random_seed(1)
    with team.strategy.scope():
        network = build_network(_SPEC, _CLASSES)
        optimizer = keras.optimizers.Adam(0.01)
    before = [weight.numpy() for weight in network.trainable_variables]
    steps = Steps(network, None, Objective(_CLASSES), optimizer, team)
    pixels = np.random.default_rng(1).integers(0, 256, (5, *_SPEC.shape), np.uint8)
    steps.train(tf.constant(pixels), tf.constant([0, 1, 2, 0, 1], tf.int64))
    pairs = [_copies(team, weight) for weight in network.trainable_variables]
    has_learned = any((first != old).any() for (first, _), old in zip(pairs, before, strict=True))
    return has_learned and all((first == second).all() for first, second in pairs)


def _copies(team: Team, weight: Any) -> tuple[Any, Any]:
    first, second = team.strategy.experimental_local_results(weight.value)
    return first.numpy(), second.numpy()


if __name__ == "__main__":
    main()
