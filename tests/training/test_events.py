"""Events: what readers of the JSON lines rely on, and that they travel between processes."""

from __future__ import annotations

import json
from multiprocessing import Pipe

from cnn_studio.training.events import (
    EpochDone,
    Failed,
    Finished,
    Measured,
    Message,
    Preparing,
    Ready,
)
from tests.models.small_run import some_scores


def test_the_keys_that_other_programs_rely_on() -> None:
    epoch = EpochDone(1, 0.5, 0.8, None, None, 900.0, 2.0, True).to_dict()
    assert epoch["event"] == "epoch"
    assert {"epoch", "loss", "accuracy", "val_loss", "val_accuracy", "images_per_second"} <= set(
        epoch
    )
    finished = Finished("/runs/x", "finished", 0.9, 0.8, None, 12.0).to_dict()
    assert finished["event"] == "finished"
    assert {"run", "accuracy", "val_accuracy", "test_accuracy"} <= set(finished)


def test_the_best_epoch_so_far_is_told_with_its_scores() -> None:
    ours, theirs = Pipe()
    event = Measured(3, some_scores())
    values = json.loads(json.dumps(event.to_dict()))
    assert (values["event"], values["epoch"]) == ("measured", 3)
    assert values["scores"]["accuracy"] == 0.75
    ours.send(event)
    assert theirs.recv() == event


def test_events_are_json_and_survive_the_pipe() -> None:
    ours, theirs = Pipe()
    for event in (Ready(), Preparing(1, 2), Message("a"), Failed("b")):
        assert json.loads(json.dumps(event.to_dict()))["event"] == event.event
        ours.send(event)
        assert theirs.recv() == event
