"""What a training needs to go on as if it had never stopped, safe on disk while it runs.

A run's folder `checkpoints` holds the state of the whole training (`state.npz`), the weights of
the best epoch so far (`best-00007.npz`) and a fingerprint of each image (`images.npz`). All are
NumPy archives and not files of Keras's save_weights: on a full disk HDF5 leaves half a file open,
writes about it on stderr, and takes the process along at its end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.errors import NOT_UNDERSTOOD, StudioError, TrainingError
from cnn_studio.models.scores import Scores
from cnn_studio.untrusted_arrays import read_arrays
from cnn_studio.untrusted_files import json_in, understanding
from cnn_studio.whole_files import write_whole

CHECKPOINTS_FOLDER = "checkpoints"
STATE_FILE = "state.npz"
IMAGES_FILE = "images.npz"
_BEST_FILES = "best-*.npz"
_MOST_BYTES = 8 << 30  # of a network for 512 pixels, with what its optimizer knows
_FACTS = "facts"


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


@dataclass(frozen=True)
class Position:
    """Where a training stands between two steps.

    Attributes:
        epoch: The epoch under way, 1 for the first.
        step: How many of its steps are taken.
        loss_sum, hits, images: Summed over these steps.
        learned_s: Seconds that these steps took, and `waited_s` how many of them went by waiting
            for images.
        seconds: The whole training so far.
    """

    epoch: int = 1
    step: int = 0
    loss_sum: float = 0.0
    hits: float = 0.0
    images: int = 0
    learned_s: float = 0.0
    waited_s: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A training's state as it was saved.

    Attributes:
        position: Where it stood.
        best: The best epoch until then.
        values: Of every variable: weights, optimizer, averaged weights, random generators.
    """

    position: Position
    best: BestEpoch
    values: tuple[NDArray[Any], ...]


def best_file(run_folder: Path, epoch: int) -> Path:
    """Where the weights of an epoch are kept while it is the best."""
    return run_folder / CHECKPOINTS_FOLDER / f"best-{epoch:05d}.npz"


def save_best(network: Any, run_folder: Path, epoch: int) -> None:
    """Write the network's weights whole or not at all.

    Those of an earlier best epoch stay until a checkpoint no longer names them.

    Raises:
        OSError: The disk is full, or the folder cannot be written to; the old file stays.
    """
    _write_archive(best_file(run_folder, epoch), network.get_weights(), {})


def load_best(network: Any, run_folder: Path, epoch: int) -> None:
    """Give the network the weights that `save_best` wrote.

    Raises:
        TrainingError: They cannot be read, or are of another network.
    """
    path = best_file(run_folder, epoch)
    weights = read_arrays(path, error=TrainingError, most_bytes=_MOST_BYTES)
    with understanding(path, TrainingError):
        network.set_weights(list(weights.values()))


def save_checkpoint(run_folder: Path, checkpoint: Checkpoint) -> None:
    """Write the state whole or not at all, and clear away best weights that it does not name.

    Raises:
        OSError: The disk is full, or the folder cannot be written to; the old file stays.
    """
    scores = checkpoint.best.scores
    facts = {
        "position": asdict(checkpoint.position),
        "best_epoch": checkpoint.best.epoch,
        "best_scores": None if scores is None else scores.to_dict(),
    }
    text = np.frombuffer(json.dumps(facts).encode("utf-8"), np.uint8)
    _write_archive(run_folder / CHECKPOINTS_FOLDER / STATE_FILE, checkpoint.values, {_FACTS: text})
    kept = best_file(run_folder, checkpoint.best.epoch)
    for path in kept.parent.glob(_BEST_FILES):
        if path != kept:
            path.unlink(missing_ok=True)


def load_checkpoint(run_folder: Path) -> Checkpoint | None:
    """Read the state back; None if none was saved yet.

    Raises:
        TrainingError: It is damaged.
    """
    path = run_folder / CHECKPOINTS_FOLDER / STATE_FILE
    if not path.is_file():
        return None
    try:
        arrays = read_arrays(path, error=TrainingError, most_bytes=_MOST_BYTES)
        facts = json_in(arrays.pop(_FACTS).tobytes(), STATE_FILE, TrainingError)
        scores = facts["best_scores"]
        best = BestEpoch(
            facts["best_epoch"], None if scores is None else Scores.from_dict(scores, STATE_FILE)
        )
        values = tuple(arrays[name] for name in sorted(arrays))
        return Checkpoint(Position(**facts["position"]), best, values)
    except (*NOT_UNDERSTOOD, StudioError) as error:
        raise TrainingError(
            f"The saved state of the training is damaged, so it cannot go on: {path}. "
            "Start a new training with the same recipe."
        ) from error


def can_go_on(run_folder: Path) -> bool:
    """Whether a state was saved that a training can go on from."""
    return (run_folder / CHECKPOINTS_FOLDER / STATE_FILE).is_file()


def save_fingerprints(run_folder: Path, fingerprints: NDArray[np.uint32]) -> None:
    """Keep what the images of a training were, in its own order; see `fingerprints_of`.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    (run_folder / CHECKPOINTS_FOLDER).mkdir(exist_ok=True)
    _write_archive(run_folder / CHECKPOINTS_FOLDER / IMAGES_FILE, [fingerprints], {})


def load_fingerprints(run_folder: Path) -> NDArray[np.uint32]:
    """Read back what `save_fingerprints` wrote.

    Raises:
        TrainingError: They are missing or damaged.
    """
    path = run_folder / CHECKPOINTS_FOLDER / IMAGES_FILE
    try:
        (found,) = read_arrays(path, [_name(0)], error=TrainingError).values()
        return np.asarray(found, np.uint32)
    except (*NOT_UNDERSTOOD, TrainingError) as error:
        raise TrainingError(
            f"The list of the run's images is damaged, so it cannot go on: {path}. "
            "Start a new training with the same recipe."
        ) from error


def _write_archive(
    path: Path, values: Sequence[NDArray[Any]], named: Mapping[str, NDArray[Any]]
) -> None:
    path.parent.mkdir(exist_ok=True)
    arrays = {_name(place): value for place, value in enumerate(values)} | dict(named)
    # mypy takes the arrays for savez's own option.
    write_whole(path, lambda temporary: np.savez(temporary, **arrays), ".npz")  # type: ignore[arg-type]


def _name(place: int) -> str:
    return f"{place:05d}"


def _rank(scores: Scores) -> tuple[float, float]:
    return scores.accuracy, -(scores.loss or 0.0)
