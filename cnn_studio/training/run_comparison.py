"""Two trainings beside each other: what they have in common, and which model is better.

Nothing is asked of the models: what they said of the images held back is kept with each run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnn_studio.errors import StudioError
from cnn_studio.models.answers import Answers, kept_answers
from cnn_studio.models.comparison import Comparison, compare
from cnn_studio.models.learned import read_hashes
from cnn_studio.models.run_dataset import dataset_folder
from cnn_studio.models.runs import Run, split_names
from cnn_studio.paths import is_same_place
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.wording import TITLES, shown

LEAST_SHARED = 20
"""With fewer images nothing is said of which model is better."""

_MOST_DIFFERENCES = 4
_OF_DATA = frozenset({"limit", "given_split", "validation_share"})


@dataclass(frozen=True)
class InCommon:
    """What is the same in two trainings, as far as it is known.

    Attributes:
        dataset: Whether they are of one dataset.
        images: Whether they had the same images; None where that is not known.
        split: Whether the same of them were held back; None where that is not known.
        only_first, only_second: How many images only one of them had, or had otherwise.
        held_back: How many images both held back, and `held_back_by_any` how many either did.
        recipe: What differs in the recipes: its name, and what it is in each.
        titles: What their datasets are called.
    """

    dataset: bool
    images: bool | None
    split: bool | None
    only_first: int = 0
    only_second: int = 0
    held_back: int = 0
    held_back_by_any: int = 0
    recipe: tuple[tuple[str, str, str], ...] = ()
    titles: tuple[str, str] = ("", "")

    @property
    def is_fair(self) -> bool:
        """Whether a difference between the models cannot come from other images."""
        return self.dataset and self.images is True

    def in_words(self, first: str, second: str) -> str:
        """What is the same and what is not, in a sentence or two."""
        if not self.dataset:
            return (
                f"They learned from different datasets ({self.titles[0]} and {self.titles[1]}), "
                "so a comparison of the two is not fair."
            )
        known = {"data": self.images, "split": self.split, "recipe": not self.recipe}
        same = [name for name, is_same in known.items() if is_same]
        parts = [f"Same {_listed(same)}."] if same else []
        if self.images is False:
            parts.append(
                f"The data differ: {self.only_first:,} image{_s(self.only_first)} only {first} "
                f"had, {self.only_second:,} only {second}, so the comparison is not quite fair."
            )
        if self.images is None:
            parts.append("It is not known whether their data are the same.")
        if self.split is False:
            parts.append(
                f"The split differs: {self.held_back:,} of {self.held_back_by_any:,} images were "
                "held back by both."
            )
        if self.recipe:
            parts.append(f"The recipe differs: {self._differences()}.")
        return " ".join(parts)

    def _differences(self) -> str:
        named = [f"{name} {one} and {two}" for name, one, two in self.recipe[:_MOST_DIFFERENCES]]
        left = len(self.recipe) - len(named)
        return ", ".join(named) + (f", and {left} more" if left else "")


@dataclass(frozen=True, eq=False)
class RunComparison:
    """Two runs on the images that both were judged on.

    Attributes:
        in_common: What is the same in them.
        shared: How many images both were judged on without having learned from them.
        comparison: How they did on those; None where they are too few, or from different data.
    """

    in_common: InCommon
    shared: int
    comparison: Comparison | None

    def in_words(self, first: str, second: str) -> str:
        """All of it, in a few sentences."""
        about = self.in_common.in_words(first, second)
        if self.comparison is not None:
            return f"{self.comparison.in_words(first, second)} {about}"
        if not self.in_common.dataset:
            return about
        images = f"{self.shared:,} image{_s(self.shared)}" if self.shared else "no image"
        return f"The two were judged on {images} in common, too few to say which is better. {about}"


def compare_runs(first: Run, second: Run) -> RunComparison:
    """Compare two runs by what was kept of them.

    Raises:
        ModelError: What was kept of one of them is damaged.
    """
    common = in_common(first, second)
    if not common.dataset:
        return RunComparison(common, 0, None)
    shared, found = 0, None
    for part in ("test", "validation"):
        one, two = (_honest(run, part) for run in (first, second))
        if one is None or two is None:
            continue
        names = _unchanged(first, second, part, one, two)
        shared = max(shared, len(names))
        if len(names) >= LEAST_SHARED:
            found = compare(_chosen(one, names), _chosen(two, names))
            if found.count >= LEAST_SHARED:
                return RunComparison(common, found.count, found)
            shared, found = found.count, None
    return RunComparison(common, shared, None)


def in_common(first: Run, second: Run) -> InCommon:
    """What two trainings have in common.

    Raises:
        ModelError: What one of them noted of its images is damaged.
    """
    titles = tuple(
        (run.bundle.dataset_title if run.bundle else run.dataset) or "unknown"
        for run in (first, second)
    )
    recipe = _recipe_differences(first, second)
    if not _is_same_dataset(first, second):
        return InCommon(False, None, None, recipe=recipe, titles=(titles[0], titles[1]))
    trained = [split_names(run, "train") for run in (first, second)]
    held = [split_names(run, "validation") for run in (first, second)]
    one, two = (trained[n] | held[n] for n in (0, 1))
    if not one or not two:
        return InCommon(True, None, None, recipe=recipe, titles=(titles[0], titles[1]))
    changed = _changed(first, second)
    only_first, only_second = len(one - two | changed & one), len(two - one | changed & two)
    return InCommon(
        True,
        not only_first and not only_second,
        held[0] == held[1],
        only_first,
        only_second,
        len(held[0] & held[1]),
        len(held[0] | held[1]),
        recipe,
        (titles[0], titles[1]),
    )


def _is_same_dataset(first: Run, second: Run) -> bool:
    if first.dataset != second.dataset:
        return False
    folders = [folder for run in (first, second) if (folder := dataset_folder(run)) is not None]
    if len(folders) < 2 or not all(folder.is_dir() for folder in folders):
        return True  # a workspace that was moved: the name decides
    return is_same_place(*folders)


def _recipe_differences(first: Run, second: Run) -> tuple[tuple[str, str, str], ...]:
    one, two = _plain(first), _plain(second)
    return tuple(
        (TITLES.get(key, key).lower(), _words(key, one), _words(key, two))
        for key in dict.fromkeys((*one, *two))
        if one.get(key) != two.get(key)
    )


def _plain(run: Run) -> Mapping[str, Any]:
    """A run's recipe with what it left out; as it was written if it is not understood."""
    try:
        return Recipe.from_dict(run.recipe).to_dict() if run.recipe else {}
    except StudioError:
        return run.recipe


def _words(key: str, recipe: Mapping[str, Any]) -> str:
    return shown(key, recipe[key]) if key in recipe else "unknown"


def _honest(run: Run, part: str) -> Answers | None:
    """What a run's model said of images that it had not learned from."""
    answers = kept_answers(run, part)
    return None if answers is None else answers.without_learned()


def _contents(run: Run, part: str) -> dict[str, int]:
    """A hash of each image of a part by its name, where those were kept."""
    hashes = read_hashes(run.folder).get(part)
    names = _names_in_order(run, part)
    if hashes is None or len(hashes) != len(names):
        return {}
    return dict(zip(names, (int(one) for one in hashes.files), strict=True))


def _names_in_order(run: Run, part: str) -> Sequence[str]:
    if part == "train":
        return ()
    answers = kept_answers(run, part)
    return () if answers is None else answers.names


def _changed(first: Run, second: Run) -> frozenset[str]:
    """The images held back by both that are called the same and hold something else."""
    one, two = (_contents(run, "validation") for run in (first, second))
    return frozenset(name for name, held in one.items() if two.get(name, held) != held)


def _unchanged(first: Run, second: Run, part: str, one: Answers, two: Answers) -> list[str]:
    """The names of the images of both that hold the same in either."""
    before, after = _contents(first, part), _contents(second, part)
    theirs = set(two.names)
    return [
        name
        for name in one.names
        if name in theirs and before.get(name) == after.get(name, before.get(name))
    ]


def _chosen(answers: Answers, names: Sequence[str]) -> Answers:
    place_of = {name: place for place, name in enumerate(answers.names)}
    found = answers.chosen(np.array([place_of[name] for name in names], np.int64))
    return replace(found, learned=None)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
