"""The workers of a training in agreement with each other. One machine is a team of one."""

from __future__ import annotations

import os
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import TrainingError
from cnn_studio.models.tensorflow import tf
from cnn_studio.training.cluster import TF_CONFIG, Cluster


class Team:
    """Who trains together.

    Args:
        strategy: TensorFlow's distribution strategy.
        workers: How many processes train one network.
        place: Which of them this one is, 0 for the chief.
    """

    def __init__(self, strategy: Any, workers: int = 1, place: int = 0) -> None:
        self.strategy = strategy
        self.workers = workers
        self.place = place
        self._summed = tf.function(
            self._sum_up, input_signature=[tf.TensorSpec((), tf.float64)], autograph=False
        )

    @property
    def is_chief(self) -> bool:
        """Whether this process validates, and writes the run."""
        return self.place == 0

    @property
    def replicas(self) -> int:
        """How many devices of this machine take a part of each batch."""
        return int(self.strategy.num_replicas_in_sync) // self.workers

    def any_wants(self, flag: bool) -> bool:
        """Whether any worker says yes; all of them must ask at the same time."""
        return flag if self.workers == 1 else self._sum(float(flag)) > 0

    def check_same_images(self, fingerprints: NDArray[np.uint32]) -> None:
        """See to it that all workers have the same images in the same order.

        Raises:
            TrainingError: They have not.
        """
        if self.workers == 1:
            return
        own = float(zlib.crc32(fingerprints.tobytes()))
        if self._sum(own) != own * self.workers or self._sum(own * own) != own * own * self.workers:
            raise TrainingError(
                "The workers do not have the same images. Copy the dataset's folder from the first "
                "machine to the others, and start again."
            )

    def _sum(self, value: float) -> float:
        return float(self._summed(tf.constant(value, tf.float64))) / self.replicas

    def _sum_up(self, value: Any) -> Any:
        def of_replica(here: Any) -> Any:
            replica = tf.distribute.get_replica_context()
            # As a tensor of this replica's device, which the argument is not.
            return replica.all_reduce(tf.distribute.ReduceOp.SUM, tf.identity(here))

        told = self.strategy.run(of_replica, args=(value,))
        return self.strategy.experimental_local_results(told)[0]


def team_of_one(strategy: Any | None = None) -> Team:
    """This machine alone, with all its graphics processors if it has several."""
    if strategy is None:
        has_several = len(tf.config.list_logical_devices("GPU")) > 1
        strategy = tf.distribute.MirroredStrategy() if has_several else tf.distribute.get_strategy()
    return Team(strategy)


def join(cluster: Cluster) -> Team:
    """Meet the other workers; this waits for ever if they do not come.

    It must come before anything else that TensorFlow does in this process.
    """
    os.environ[TF_CONFIG] = cluster.to_config()
    return Team(tf.distribute.MultiWorkerMirroredStrategy(), len(cluster.workers), cluster.task)
