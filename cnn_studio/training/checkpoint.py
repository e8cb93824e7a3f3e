"""The best weights so far, safe on disk while the training goes on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnn_studio.models.scores import Scores
from cnn_studio.whole_files import write_whole

CHECKPOINTS_FOLDER = "checkpoints"
BEST_FILE = "best.npz"


@dataclass(frozen=True)
class BestEpoch:
    """The best epoch so far (0 before the first) and its scores on the images held back."""

    epoch: int = 0
    scores: Scores | None = None

    def is_beaten_by(self, scores: Scores | None) -> bool:
        """Higher accuracy wins, lower loss among equals; without validation the newest epoch."""
        if self.scores is None or scores is None:
            return True
        return _rank(scores) > _rank(self.scores)


def save_best(network: Any, run_folder: Path) -> None:
    """Write the network's weights whole or not at all.

    As a NumPy archive and not by Keras's save_weights: on a full disk HDF5 leaves half a file
    open, writes about it on stderr, and takes the process along at its end.

    Raises:
        OSError: The disk is full, or the folder cannot be written to; the old file stays.
    """
    folder = run_folder / CHECKPOINTS_FOLDER
    folder.mkdir(exist_ok=True)
    weights = network.get_weights()
    write_whole(folder / BEST_FILE, lambda path: np.savez(path, *weights), ".npz")


def load_best(network: Any, run_folder: Path) -> None:
    """Give the network the weights that `save_best` wrote.

    Raises:
        OSError: They cannot be read.
    """
    with np.load(run_folder / CHECKPOINTS_FOLDER / BEST_FILE, allow_pickle=False) as archive:
        network.set_weights([archive[name] for name in archive.files])


def _rank(scores: Scores) -> tuple[float, float]:
    return scores.accuracy, -(scores.loss or 0.0)
