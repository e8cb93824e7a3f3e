"""Two trainings beside each other: what they have in common, and which model is better.

Nothing is asked of the models: what they said of the images held back is kept with each run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cnn_studio.data.class_names import listed
from cnn_studio.errors import StudioError
from cnn_studio.models.answers import Answers, kept_answers
from cnn_studio.models.comparison import Comparison, compare
from cnn_studio.models.learned import learned_parts, read_hashes
from cnn_studio.models.run_dataset import dataset_folder
from cnn_studio.models.runs import Run, split_names
from cnn_studio.paths import is_same_place
from cnn_studio.training.recipe import Recipe
from cnn_studio.training.wording import TITLES, shown

LEAST_SHARED = 20
"""With fewer images nothing is said of which model is better."""

_MOST_DIFFERENCES = 4
_OF_INPUT = {"size": "image size", "channels": "colours", "fit": "fit", "polarity": "polarity"}


@dataclass(frozen=True)
class InCommon:
    """What is the same in two trainings, as far as it is known.

    Attributes:
        dataset: Whether they are of one dataset.
        images: Whether they had the same images, by their names and by what they hold; None where
            that is not known.
        split: Whether the same of them were held back; None where that is not known.
        only_first, only_second: How many images only one of them had, or had otherwise.
        held_back: How many images both held back, and `held_back_by_any` how many either did.
        recipe: What differs in the recipes and in what the networks see of an image: its name, and
            what it is in each.
        titles: What their datasets are called.
        test: Whether their test images hold the same; None where that is not known.
        names: Whether their images are called the same; None where that is not known.
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
    test: bool | None = None
    names: bool | None = None

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
        has_same_data = self.images and self.test is not False
        known = {"data": has_same_data, "split": self.split, "recipe": not self.recipe}
        same = [name for name, is_same in known.items() if is_same]
        parts = [f"Same {listed(same)}."] if same else []
        if self.images is False:
            parts.append(
                f"The data differ: {self.only_first:,} image{_s(self.only_first)} only {first} "
                f"had, {self.only_second:,} only {second}, so the comparison is not quite fair."
            )
        if self.images is None and self.names:
            parts.append(
                "Their images are called the same, but it is not known whether they hold the same."
            )
        elif self.images is None:
            parts.append("It is not known whether their data are the same.")
        if self.test is False:
            parts.append("Their test images differ.")
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
        in_common: What is the same in them; None where it is not known how one was trained.
        shared: How many images both were judged on without having learned from them.
        comparison: How they did on those; None where they are fewer than `LEAST_SHARED`, or from
            different data.
        before: Of each run, None where its model as it is now gave the answers; else they are from
            before it learned from these images too, and this is in how many folds it was
            cross-validated, 0 for none.
    """

    in_common: InCommon | None
    shared: int
    comparison: Comparison | None
    before: tuple[int | None, int | None] = (None, None)

    @classmethod
    def of(
        cls,
        common: InCommon,
        found: Comparison,
        before: tuple[int | None, int | None] = (None, None),
    ) -> RunComparison:
        """Keep a comparison unless its images are too few to say which model is better."""
        return cls(common, found.count, found if found.count >= LEAST_SHARED else None, before)

    def reservations(self, first: str, second: str) -> str:
        """What is to be known before one is called better: what differs, and who gave the answers.

        Args:
            first: What the first run is called, and `second` the second one.
        """
        parts = [self.in_common.in_words(first, second)] if self.in_common is not None else []
        if self.comparison is not None:
            told = zip((first, second), self.before, strict=True)
            parts += [_before_in_words(name, folds) for name, folds in told if folds is not None]
        return " ".join(parts)

    def in_words(self, first: str, second: str) -> str:
        """All of it, in a few sentences; who is better comes last."""
        about = self.reservations(first, second)
        if self.in_common is not None and not self.in_common.dataset:
            return about
        images = f"{self.shared:,} image{_s(self.shared)}" if self.shared else "no image"
        found = f"The two were judged on {images} in common, too few to say which is better."
        if self.comparison is not None:
            found = self.comparison.in_words(first, second)
        return f"{about} {found}".lstrip()


def compare_runs(first: Run, second: Run) -> RunComparison:
    """Compare two runs by what was kept of them.

    Raises:
        ModelError: What was kept of one of them is damaged.
    """
    common = in_common(first, second)
    best = RunComparison(common, 0, None)
    if not common.dataset:
        return best
    for part in ("test", "validation"):
        one, two = (_honest(run, part) for run in (first, second))
        if one is None or two is None:
            continue
        names = _unchanged(first, second, part, one, two)
        if not names or not _has_one_label(one, two, names):
            continue
        before = (folds_before(first, part), folds_before(second, part))
        found = RunComparison.of(common, compare(_chosen(one, names), _chosen(two, names)), before)
        if found.comparison is not None:
            return found
        best = max(best, found, key=lambda each: each.shared)
    return best


def folds_before(run: Run, part: str) -> int | None:
    """Whether what is kept of a part was said before the model learned from it too.

    Args:
        run: The run.
        part: "test" or "validation".

    Returns:
        None if not; else in how many folds it was cross-validated, 0 for none.
    """
    is_before = run.bundle is not None and part in learned_parts(run)
    return run.bundle.folds if is_before and run.bundle is not None else None


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
    changed = _changed(first, second, "validation")
    surplus = _surplus(
        *(_held(run, len(trained[n]) + len(held[n])) for n, run in enumerate((first, second)))
    )
    only_first = max(len(one - two | changed & one), surplus[0] if surplus else 0)
    only_second = max(len(two - one | changed & two), surplus[1] if surplus else 0)
    is_same = not only_first and not only_second
    return InCommon(
        True,
        None if is_same and surplus is None else is_same,
        held[0] == held[1],
        only_first,
        only_second,
        len(held[0] & held[1]),
        len(held[0] | held[1]),
        recipe,
        (titles[0], titles[1]),
        _has_same_test(first, second),
        one == two,
    )


def _held(run: Run, count: int) -> Counter[int] | None:
    """The hashes of a run's images, of which it had so many; None where it has not kept them."""
    kept = read_hashes(run.folder)
    found = Counter(
        int(one) for part in ("train", "validation") if part in kept for one in kept[part].files
    )
    return found if found.total() == count else None


def _surplus(one: Counter[int] | None, two: Counter[int] | None) -> tuple[int, int] | None:
    """How many images hold what only one of the runs had; None where that is not known."""
    if one is None or two is None:
        return None
    return (one - two).total(), (two - one).total()


def _has_same_test(first: Run, second: Run) -> bool | None:
    one, two = read_hashes(first.folder), read_hashes(second.folder)
    if not one or not two:
        return None
    before, after = (
        Counter(kept["test"].files.tolist()) if "test" in kept else Counter() for kept in (one, two)
    )
    return before == after


def _is_same_dataset(first: Run, second: Run) -> bool:
    if first.dataset != second.dataset:
        return False
    folders = [folder for run in (first, second) if (folder := dataset_folder(run)) is not None]
    if len(folders) < 2 or not all(folder.is_dir() for folder in folders):
        return True  # a workspace that was moved: the name decides
    return is_same_place(*folders)


def _recipe_differences(first: Run, second: Run) -> tuple[tuple[str, str, str], ...]:
    one, two = _plain(first), _plain(second)
    seen = _input_differences(first, second)
    return seen + tuple(
        (TITLES.get(key, key).lower(), _words(key, one), _words(key, two))
        for key in dict.fromkeys((*one, *two))
        if one.get(key) != two.get(key)
        # What came of it, as where a dataset has a size of its own, is among those seen.
        and not (key == "image_size" and first.bundle and second.bundle)
    )


def _input_differences(first: Run, second: Run) -> tuple[tuple[str, str, str], ...]:
    """What differs in what the two networks see of an image."""
    if first.bundle is None or second.bundle is None:
        return ()
    one, two = first.bundle.input.to_dict(), second.bundle.input.to_dict()
    return tuple(
        (title, _input_words(key, one[key]), _input_words(key, two[key]))
        for key, title in _OF_INPUT.items()
        if one[key] != two[key]
    )


def _input_words(key: str, value: Any) -> str:
    if key == "size":
        return f"{value} px"
    if key == "channels":
        return "grey" if value == 1 else "RGB"
    return str(value).replace("_", " ").replace("-", " ")


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
    """A hash of each image that was answered on by its name, where those were kept."""
    hashes, answers = read_hashes(run.folder).get(part), kept_answers(run, part)
    if hashes is None or answers is None or len(hashes) != len(answers):
        return {}
    return dict(zip(answers.names, (int(one) for one in hashes.files), strict=True))


def _changed(first: Run, second: Run, part: str) -> frozenset[str]:
    """The images of a part of both that are called the same and hold something else."""
    one, two = _contents(first, part), _contents(second, part)
    return frozenset(name for name in one.keys() & two.keys() if one[name] != two[name])


def _unchanged(first: Run, second: Run, part: str, one: Answers, two: Answers) -> list[str]:
    """The names of the images of both, without those known to hold something else in either."""
    wanted = set(two.names) - _changed(first, second, part)
    return [name for name in one.names if name in wanted]


def _has_one_label(one: Answers, two: Answers, names: Sequence[str]) -> bool:
    """Whether one of the images at least stood in the same class both times."""
    before, after = (
        {name: each.classes[label] for name, label in zip(each.names, each.labels, strict=True)}
        for each in (one, two)
    )
    return any(before[name] == after[name] for name in names)


def _chosen(answers: Answers, names: Sequence[str]) -> Answers:
    place_of = {name: place for place, name in enumerate(answers.names)}
    found = answers.chosen(np.array([place_of[name] for name in names], np.int64))
    return replace(found, learned=None)


def _before_in_words(name: str, folds: int) -> str:
    if folds:
        return (
            f"{name} learned from all of its images; what it says here is by cross-validation "
            f"in {folds} folds, each by what was learned from the others."
        )
    return (
        f"{name} went on to learn from the images held back; what it says here is from before that."
    )


def _s(count: int) -> str:
    return "" if count == 1 else "s"
