"""`cnn-studio train --cluster`: one worker of several, in a process that can be ended for sure.

A worker whose peers never come waits for ever and heeds no signal, and one whose chief dies is
ended by TensorFlow without a word. So it runs as the window's engine does, watched from here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnn_studio.errors import TrainingError, UsageError
from cnn_studio.training.cluster import (
    TRUSTED_NETWORKS_ONLY,
    Cluster,
    cluster_of_environment,
    read_cluster,
)

if TYPE_CHECKING:
    import threading

    from cnn_studio.training.events import Event
    from cnn_studio.training.request import TrainingRequest

ClusterOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Train with other machines: a TOML file with a line workers = [...], the same on all. "
        f"{TRUSTED_NETWORKS_ONLY}",
        show_default="$TF_CONFIG, else this machine alone",
    ),
]
TaskOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Which of the workers this machine is; 0, the first, writes the run.",
        show_default=False,
    ),
]
JoinLimitOption = Annotated[
    float,
    typer.Option(metavar="SECONDS", help="How long to wait for the other workers.", min=1.0),
]
_POLL_S = 0.1
_LEAVE_S = 5.0


def chosen_cluster(file: Path | None, task: int | None) -> Cluster | None:
    """The cluster of the file, else of TF_CONFIG, else None.

    Raises:
        UsageError: One is not understood, or --cluster and --task do not stand together.
    """
    if (file is None) != (task is None):
        raise UsageError("--cluster and --task belong together: the workers, and which of them.")
    if file is not None and task is not None:
        return read_cluster(file, task)
    return cluster_of_environment(os.environ)


def train_in_cluster(
    request: TrainingRequest,
    cluster: Cluster,
    limit_s: float,
    tell: Callable[[Event], None],
    stop: threading.Event,
) -> None:
    """Meet the other workers, and train with them.

    Args:
        request: What to train; the same on all workers.
        cluster: The workers.
        limit_s: How long to wait for the others, in seconds.
        tell: Told every event.
        stop: Set it to stop all workers between two steps.

    Raises:
        TrainingError: A worker did not come, or was lost, or the training failed.
    """
    from cnn_studio.training.engine import Engine

    engine = Engine(cluster)
    try:
        engine.train(request)
        _follow(engine.poll_event, limit_s, cluster, tell, stop, engine.stop)
    finally:
        engine.kill()
        engine.close(_LEAVE_S)


def _follow(
    poll_event: Callable[[float], Event | None],
    limit_s: float,
    cluster: Cluster,
    tell: Callable[[Event], None],
    stop: threading.Event,
    ask_to_stop: Callable[[], None],
) -> None:
    from cnn_studio.training.events import Failed, Finished, Ready

    deadline_s, has_joined, has_asked = time.monotonic() + limit_s, False, False
    while True:
        event = poll_event(_POLL_S)
        if isinstance(event, Failed):
            raise TrainingError(event.message)
        if isinstance(event, Ready):
            has_joined = True
        elif event is not None:
            tell(event)
            if isinstance(event, Finished):
                return
        if not has_joined and stop.is_set():
            raise TrainingError("Stopped before all workers were there. Nothing is kept.")
        if not has_joined and time.monotonic() > deadline_s:
            others = [name for place, name in enumerate(cluster.workers) if place != cluster.task]
            raise TrainingError(
                f"Not all workers came within {limit_s:.0f} s. Look whether the training was "
                f"started on {', '.join(others)}, and whether these addresses can be reached."
            )
        if stop.is_set() and not has_asked:
            has_asked = True
            ask_to_stop()
