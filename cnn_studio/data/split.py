"""The honest split: validation images that the training has not as good as seen.

Images that belong together (the frames of one recording, copies of one picture) stay on one side.
Each class is drawn by itself, so that each stands on both sides in the share that was asked for:
scikit-learn's StratifiedGroupKFold, given all classes at once, leaves a class with fewer
recordings than folds out of the validation, or puts its one long recording there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnn_studio.data.sessions import SessionKind, sequence_of, session_of
from cnn_studio.errors import UsageError

MAX_SHARE = 0.5
_MAX_FOLDS = 20  # the share of a class with many recordings is met to a twentieth

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Which images train and which validate.

    Attributes:
        train: Places of the images (n,), int64, ascending.
        validation: Places of the other images (m,), int64, ascending.
        notes: Sentences about what could not be done as asked.
        grouped: How many images belong together with others.
    """

    train: Indices
    validation: Indices
    notes: tuple[str, ...] = ()
    grouped: int = 0

    def to_dict(self, names: Sequence[str]) -> dict[str, Any]:
        """Plain values for JSON: the names of the images on either side, and the rest."""
        return {
            "train": [names[index] for index in self.train],
            "validation": [names[index] for index in self.validation],
            "notes": list(self.notes),
            "grouped": self.grouped,
        }


def split_by_group(
    labels: Indices,
    groups: Sequence[str],
    names: Sequence[str],
    share: float,
    seed: int,
    classes: Sequence[str] | None = None,
) -> Split:
    """Draw the validation images.

    Args:
        labels: The class of each image (n,), int64.
        groups: What belongs together, for each image; a group of one may stand on either side.
        names: What each image is called; tells the order within a recording.
        share: The part of each class that validates, 0 to 0.5. With 0 nothing does.
        seed: One seed draws one split.
        classes: The classes' names for the notes; without them, the folders in `names`.

    Raises:
        UsageError: The share is out of range.
    """
    if not 0 <= share <= MAX_SHARE:
        raise UsageError(f"The validation share must be 0 to {MAX_SHARE}. Received: {share}.")
    if share == 0:
        return Split(np.arange(len(labels)), np.empty(0, np.int64))
    draw = _Draw(groups, names, share, seed)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        title = classes[label] if classes else names[members[0]].rpartition("/")[0]
        draw.divide(members, title)
    side = draw.validates
    grouped = sum(count for count in Counter(groups).values() if count > 1)
    return Split(np.flatnonzero(~side), np.flatnonzero(side), draw.all_notes(), grouped)


def split_at_random(labels: Indices, share: float, seed: int) -> Split:
    """Draw validation images from each class without regard to what belongs together.

    It flatters: it is there to be shown beside the honest split, never to be trusted.

    Args:
        labels: The class of each image (n,), int64.
        share: The part of each class that validates, 0 to 0.5.
        seed: One seed draws one split.
    """
    random = np.random.default_rng(seed)
    validates = np.zeros(len(labels), np.bool_)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        wanted = min(max(1, round(share * len(members))), len(members) - 1)
        validates[random.permutation(members)[:wanted]] = True
    return Split(np.flatnonzero(~validates), np.flatnonzero(validates))


class _Draw:
    """One split in the making, class after class."""

    def __init__(
        self, groups: Sequence[str], names: Sequence[str], share: float, seed: int
    ) -> None:
        self.validates = np.zeros(len(groups), np.bool_)
        self.notes: list[str] = []
        self._divided_in_time: dict[tuple[str, str], list[str]] = {}
        self._groups = groups
        self._names = names
        self._share = share
        self._seed = seed
        self._random = np.random.default_rng(seed)
        self._sizes = Counter(groups)
        self._side_of: dict[str, bool] = {}  # of groups that an earlier class has part in

    def divide(self, members: Indices, title: str) -> None:
        """Divide the images of one class."""
        count = len(members)
        if count < 2:
            self.notes.append(f"{title} has one image only: it is used for training.")
            return
        wanted = min(max(1, round(self._share * count)), count - 1)
        is_single = np.array([self._sizes[self._groups[index]] == 1 for index in members])
        singles, bursts = members[is_single], self._members_by_group(members[~is_single])
        taken = self._decided_before(bursts)
        open_bursts = {key: own for key, own in bursts.items() if key not in self._side_of}
        if len(singles) or taken:
            taken += self._take_bursts(open_bursts, wanted - taken, count // 2 - taken)
        else:
            taken += self._take_bursts(open_bursts, wanted, count // 2) or self._take_smallest(
                open_bursts, count
            )
        for key, own in open_bursts.items():
            self._side_of[key] = bool(self.validates[own[0]])
        missing = min(max(wanted - taken, 0), len(singles))
        chosen = self._random.permutation(singles)[:missing]
        self.validates[chosen] = True
        taken = int(self.validates[members].sum())
        if taken in (0, count):
            self._divide_in_time(members, wanted, title, groups=len(bursts))
        elif not wanted / 2 <= taken <= wanted * 2:
            self.notes.append(
                f"{title}: {taken} of {count} images are used for validation, where {wanted} were "
                "asked for, because what was recorded in one go stays together. "
                "More and shorter recordings help."
            )

    def _members_by_group(self, members: Indices) -> Mapping[str, Indices]:
        by_group: dict[str, list[int]] = {}
        for index in members:
            by_group.setdefault(self._groups[index], []).append(index)
        return {key: np.array(own, np.int64) for key, own in by_group.items()}

    def _decided_before(self, bursts: Mapping[str, Indices]) -> int:
        for key, own in bursts.items():
            self.validates[own] = self._side_of.get(key, False)
        return sum(len(own) for key, own in bursts.items() if self._side_of.get(key, False))

    def _take_bursts(self, bursts: Mapping[str, Indices], wanted: int, at_most: int) -> int:
        """Let whole groups validate while that brings the class nearer to what is wanted."""
        taken = 0
        for fold in self._folds(bursts):
            is_nearer = abs(wanted - taken - len(fold)) < abs(wanted - taken)
            if is_nearer and taken + len(fold) <= at_most:
                self.validates[fold] = True
                taken += len(fold)
        return taken

    def _take_smallest(self, bursts: Mapping[str, Indices], count: int) -> int:
        """Let the smallest group validate, as long as something of the class is left to train."""
        smallest = min(bursts.values(), key=len, default=np.empty(0, np.int64))
        if len(smallest) == count:
            return 0
        self.validates[smallest] = True
        return len(smallest)

    def _folds(self, bursts: Mapping[str, Indices]) -> list[Indices]:
        """The groups in a drawn order; where there are many, bundles of about the same size."""
        if len(bursts) < 2:
            return list(bursts.values())
        from sklearn.model_selection import StratifiedGroupKFold  # slow to import

        members = np.concatenate(list(bursts.values()))
        keys = [self._groups[index] for index in members]
        folding = StratifiedGroupKFold(
            min(len(bursts), _MAX_FOLDS), shuffle=True, random_state=self._seed
        )
        folds = folding.split(members, np.zeros(len(members)), keys)
        bundles = [members[places] for _others, places in folds if len(places)]
        return [bundles[place] for place in self._random.permutation(len(bundles))]

    def _divide_in_time(self, members: Indices, wanted: int, title: str, groups: int) -> None:
        """The last resort: images that look alike on both sides, and a note that says so."""
        ordered = sorted(members, key=lambda index: _place_in_time(self._names[index]))
        self.validates[members] = False
        self.validates[ordered[-wanted:]] = True
        session = session_of(self._names[members[0]])
        if session is None or session.kind is not SessionKind.RECORDING:
            reason = ("copies of one picture only", "Add other pictures")
        elif groups == 1:
            reason = ("one recording only", "Record once more")
        else:
            reason = ("recordings that other classes share", "Record each class by itself")
        self._divided_in_time.setdefault(reason, []).append(title)

    def all_notes(self) -> tuple[str, ...]:
        """What could not be done as asked, each reason told once for all its classes."""
        in_time = (
            f"{_listed(titles)} {'have' if len(titles) > 1 else 'has'} {what}: the last images are "
            f"used for validation, which look much like those before them. {remedy} for an honest "
            "figure."
            for (what, remedy), titles in self._divided_in_time.items()
        )
        return (*self.notes, *in_time)


def _listed(titles: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(titles[:-1]), titles[-1]]))


def _place_in_time(name: str) -> tuple[str, int, str]:
    session = session_of(name)
    return (session.id if session else "", sequence_of(name) or 0, name)
