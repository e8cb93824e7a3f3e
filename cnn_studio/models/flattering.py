"""What a random split would have claimed of a run, kept beside the honest figure.

Frames of one recording, and near duplicates, make a random split flatter: it has one of two images
that are as good as the same to learn from and the other one to measure on.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from cnn_studio.errors import ModelError
from cnn_studio.models.bundle import RunStatus
from cnn_studio.models.fields import Fields
from cnn_studio.models.intervals import Interval, wilson
from cnn_studio.models.runs import SPLIT_FILE, Run
from cnn_studio.untrusted_files import read_json
from cnn_studio.whole_files import write_atomically

FLATTERING_FILE = "flattering.json"
_LEAST_GROUPED = 0.01  # a copy or two among thousands flatter nobody
_AGREE = 0.02


@dataclass(frozen=True)
class ChangesSince:
    """How many of a run's images are not what they were when it was trained."""

    relabelled: int = 0
    left_out: int = 0
    deleted: int = 0

    @property
    def count(self) -> int:
        """How many in all."""
        return self.relabelled + self.left_out + self.deleted

    @property
    def in_words(self) -> str:
        """As in "2 images were relabelled and 1 deleted since"; empty without any."""
        parts = [
            (count, what)
            for count, what in (
                (self.relabelled, "relabelled"),
                (self.left_out, "left out"),
                (self.deleted, "deleted"),
            )
            if count
        ]
        if not parts:
            return ""
        (first, what), *others = parts
        begin = f"1 image was {what}" if first == 1 else f"{first:,} images were {what}"
        *middle, last = [begin, *(f"{count:,} {what}" for count, what in others)]
        return f"{', '.join(middle)} and {last} since" if middle else f"{last} since"


@dataclass(frozen=True)
class Flattering:
    """Two figures of one recipe on the same images.

    Attributes:
        honest: Accuracy 0..1 on the run's own validation images.
        honest_count: How many they are.
        random: Accuracy 0..1 of a second network, trained and measured on a random split.
        random_count: How many images it was measured on.
        changes: What became of the run's other images, which no figure is of.
        same_count: How many images are what they were, those that were learned from among them.
    """

    honest: float
    honest_count: int
    random: float
    random_count: int
    changes: ChangesSince = ChangesSince()
    same_count: int = 0

    @property
    def about_changes(self) -> str:
        """What changed since the run was trained, in a sentence; empty if nothing did."""
        words = self.changes.in_words
        return f"{words}; measured on the other {self.same_count:,}." if words else ""

    @property
    def honest_interval(self) -> Interval:
        """The 95 % interval of the honest figure."""
        return wilson(round(self.honest * self.honest_count), self.honest_count)

    @property
    def random_interval(self) -> Interval:
        """The 95 % interval of the other one."""
        return wilson(round(self.random * self.random_count), self.random_count)

    @property
    def why(self) -> str:
        """Which figure to trust, and why, in a sentence."""
        if self.random - self.honest < _AGREE:
            return (
                "A random split claims no more here; the honest figure is still the one to trust."
            )
        return (
            "Trust the honest figure: a random split also asks for images whose near copies the "
            "network has learned from."
        )


def can_be_asked(run: Run) -> bool:
    """Whether a random split can be tried for a run: it is finished and was measured."""
    return run.status is RunStatus.FINISHED and bool(run.bundle and run.bundle.validation)


def is_worth_asking(run: Run) -> bool:
    """Whether a random split would be likely to claim more, as images belong together."""
    if not can_be_asked(run):
        return False
    try:
        split = Fields(read_json(run.folder / SPLIT_FILE, error=ModelError), SPLIT_FILE)
        count = len(split.items("train")) + len(split.items("validation"))
        return split.whole("grouped") > _LEAST_GROUPED * count
    except ModelError:  # there is none, or it was written before images were counted
        return False


def images_of(run_folder: Path) -> tuple[str, ...]:
    """The names of the images that a run was trained and validated on.

    Raises:
        ModelError: They are not written down.
    """
    split = Fields(read_json(run_folder / SPLIT_FILE, error=ModelError), SPLIT_FILE)
    return (*split.texts("train"), *split.texts("validation"))


def read_flattering(run_folder: Path) -> Flattering | None:
    """What was found out about a run before; None if nothing was, or it cannot be read."""
    try:
        fields = Fields(read_json(run_folder / FLATTERING_FILE, error=ModelError), FLATTERING_FILE)
        return Flattering(
            fields.number("honest"),
            fields.whole("honest_count"),
            fields.number("random"),
            fields.whole("random_count"),
            _changes(fields),
            fields.whole("same_count") if fields.has("same_count") else 0,
        )
    except ModelError:
        return None


def write_flattering(run_folder: Path, found: Flattering) -> None:
    """Keep it beside the run.

    Raises:
        OSError: The disk is full, or the folder cannot be written to.
    """
    text = json.dumps({**asdict(found), "why": found.why}, indent=2)
    write_atomically(run_folder / FLATTERING_FILE, text.encode("utf-8"))


def _changes(fields: Fields) -> ChangesSince:
    if not fields.has("changes"):
        return ChangesSince()
    changes = Fields(fields.mapping("changes"), FLATTERING_FILE)
    return ChangesSince(
        changes.whole("relabelled"), changes.whole("left_out"), changes.whole("deleted")
    )
