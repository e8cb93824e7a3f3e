"""What two trainings have in common, and which is better, by what they have left on disk."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.models.answers import Answers, read_answers, write_answers
from cnn_studio.models.bundle import LITE_FILE, Bundle, RunStatus, write_bundle
from cnn_studio.models.comparison import compare
from cnn_studio.models.learned import ImageHashes, write_hashes
from cnn_studio.models.runs import Run, open_run
from cnn_studio.training.run_comparison import (
    LEAST_SHARED,
    RunComparison,
    compare_runs,
    in_common,
)
from cnn_studio.vision.preparation import Fit, InputSpec

NAMES = tuple(f"red/{number:03d}.jpg" for number in range(60))


def made(
    place: Path,
    name: str,
    wrong: int = 0,
    held_back: Sequence[str] = NAMES,
    trained: Sequence[str] = ("red/a.jpg", "blue/b.jpg"),
    hashes: Sequence[int] | None = None,
    trained_hashes: Sequence[int] | None = None,
    test_hashes: Sequence[int] = (),
    keeps_hashes: bool = True,
    **recipe: object,
) -> Run:
    """A run whose model is wrong on the first so many images that it held back.

    Without hashes given, an image holds what it is called.
    """
    folder = place / name
    folder.mkdir(parents=True)
    bundle = Bundle(
        classes=("red", "blue"), input=InputSpec(32), dataset="colours", dataset_title="Colours",
        recipe={"epochs": 10, **recipe}, weights=10, status=RunStatus.FINISHED, epochs_done=10,
        best_epoch=1, created=datetime(2026, 1, 1, tzinfo=UTC), seconds=1.0,
    )  # fmt: skip
    write_bundle(folder, bundle)
    (folder / LITE_FILE).write_bytes(b"weights")
    split = {"train": list(trained), "validation": list(held_back)}
    (folder / "split.json").write_text(json.dumps(split), encoding="utf-8")
    said = np.full((len(held_back), 2), 0.1, np.float32)
    said[:, 0] = 0.9
    said[:wrong] = [0.1, 0.9]
    labels = np.zeros(len(held_back), np.int64)
    write_answers(folder, "validation", Answers(tuple(held_back), labels, said, ("red", "blue")))
    kept = {
        "train": image_hashes(_of_names(trained) if trained_hashes is None else trained_hashes),
        "validation": image_hashes(_of_names(held_back) if hashes is None else hashes),
    }
    if test_hashes:
        kept["test"] = image_hashes(test_hashes)
    if keeps_hashes:
        write_hashes(folder, kept)
    return open_run(folder)


def image_hashes(values: Sequence[int]) -> ImageHashes:
    held = np.array(values, np.uint64)
    return ImageHashes(held, held + np.uint64(1 << 40))


def _of_names(names: Sequence[str]) -> list[int]:
    return [zlib.crc32(name.encode()) for name in names]


def test_runs_that_have_all_in_common_are_told_apart_only_by_more_than_chance(
    tmp_path: Path,
) -> None:
    good, equal, bad = (made(tmp_path, f"run{wrong}", wrong) for wrong in (2, 4, 20))
    found = compare_runs(good, equal)
    assert found.in_words("A", "B") == (
        "Same data, split and recipe. A names 2 images rightly that B gets wrong, and B names 0 "
        "that A gets wrong, of 60 shared images: that may be chance (p = 0.50)."
    )
    found = compare_runs(good, bad)
    assert "that is more than chance (p < 0.001), so A is better on them." in found.in_words(
        "A", "B"
    )


def test_what_differs_in_the_recipe_is_named(tmp_path: Path) -> None:
    one, two = made(tmp_path, "a"), made(tmp_path, "b", epochs=30, batch_size=64)
    words = in_common(one, two).in_words("A", "B")
    assert words.startswith("Same data and split. The recipe differs: ")
    assert "epochs 10 and 30" in words
    assert "batch size 128 and 64" in words


def test_other_data_make_the_comparison_unfair(tmp_path: Path) -> None:
    one = made(tmp_path, "a", trained=["red/a.jpg", "red/new.jpg"])
    two = made(tmp_path, "b", trained=["red/a.jpg", "red/x.jpg", "red/y.jpg"])
    common = in_common(one, two)
    assert not common.is_fair
    words = compare_runs(one, two).in_words("A", "B")
    assert "The data differ: 1 image only A had, 2 only B, so the comparison is not" in words
    assert words.startswith("Same split and recipe. The data differ")  # before who is better


def test_another_split_is_said_and_only_shared_images_count(tmp_path: Path) -> None:
    every = [f"red/{number:03d}.jpg" for number in range(80)]
    one = made(tmp_path, "a", held_back=every[:50], trained=every[50:])
    two = made(tmp_path, "b", held_back=every[20:], trained=every[:20])
    found = compare_runs(one, two)
    assert found.shared == 30
    words = found.in_words("A", "B")
    assert "The split differs: 30 of 80 images were held back by both." in words
    assert "of 30 shared images" in words


def test_too_few_shared_images_say_nothing(tmp_path: Path) -> None:
    every = [f"red/{number:03d}.jpg" for number in range(80)]
    few = LEAST_SHARED - 1
    one = made(tmp_path, "a", wrong=40, held_back=every[:40], trained=every[40:])
    two = made(tmp_path, "b", held_back=every[40 - few :], trained=every[: 40 - few])
    found = compare_runs(one, two)
    assert (found.comparison, found.shared) == (None, few)
    assert f"judged on {few} images in common, too few to say" in found.in_words("A", "B")


def test_images_that_have_changed_do_not_count(tmp_path: Path) -> None:
    one = made(tmp_path, "a", hashes=range(60))
    two = made(tmp_path, "b", wrong=5, hashes=[*range(500, 505), *range(5, 60)])
    found = compare_runs(one, two)
    assert found.shared == 55
    assert found.comparison is not None
    assert found.comparison.only_first == ()
    assert found.in_common.images is False
    assert (found.in_common.only_first, found.in_common.only_second) == (5, 5)


def test_other_images_to_learn_from_under_the_same_names_are_other_data(tmp_path: Path) -> None:
    one = made(tmp_path, "a", trained_hashes=[1, 2])
    two = made(tmp_path, "b", wrong=20, trained_hashes=[1, 3])
    for first, second in ((one, two), (two, one)):
        words = compare_runs(first, second).in_words("A", "B")
        assert words.startswith("Same split and recipe. The data differ: 1 image only A had, 1 on")
        assert not in_common(first, second).is_fair
    moved = made(tmp_path, "c", trained=["blue/b.jpg", "red/a.jpg"], trained_hashes=[2, 1])
    assert in_common(one, moved).is_fair  # a part is kept in the order of its training


def test_other_test_images_are_said(tmp_path: Path) -> None:
    one = made(tmp_path, "a", test_hashes=[1, 2, 2])
    two = made(tmp_path, "b", test_hashes=[1, 1, 2])
    words = in_common(one, two).in_words("A", "B")
    assert words == "Same split and recipe. Their test images differ."
    assert in_common(one, one).in_words("A", "B") == "Same data, split and recipe."


def test_without_a_record_of_what_images_hold_it_is_not_known_whether_they_are_the_same(
    tmp_path: Path,
) -> None:
    old, new = made(tmp_path, "old", keeps_hashes=False), made(tmp_path, "new", wrong=20)
    for first, second in ((old, new), (new, old)):
        found = compare_runs(first, second)
        assert found.in_common.images is None
        assert found.shared == 60  # nothing says that any has changed
        assert found.in_words("A", "B").startswith(
            "Same split and recipe. Their images are called the same, but it is not known whether "
            "they hold the same. "
        )
    older = made(tmp_path, "older", trained=["red/a.jpg"], keeps_hashes=False)
    assert in_common(old, older).images is False  # the names differ already


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (InputSpec(64), "image size 32 px and 64 px"),
        (InputSpec(32, 1), "colours RGB and grey"),
        (InputSpec(32, fit=Fit.LETTERBOX), "fit crop and letterbox"),
    ],
)
def test_what_the_networks_see_of_an_image_is_compared(
    tmp_path: Path, seen: InputSpec, said: str
) -> None:
    one, two = made(tmp_path, "a"), made(tmp_path, "b", image_size=seen.size)
    assert two.bundle is not None
    write_bundle(two.folder, replace(two.bundle, input=seen))
    words = in_common(one, open_run(two.folder)).in_words("A", "B")
    assert words == f"Same data and split. The recipe differs: {said}."


def test_answers_from_before_a_model_learned_from_all_images_are_called_so(tmp_path: Path) -> None:
    plain, runs = made(tmp_path, "plain"), []
    for name, folds in (("final", 0), ("folds", 5)):
        run = made(tmp_path, name, wrong=20)
        assert run.bundle is not None
        write_bundle(run.folder, replace(run.bundle, folds=folds, final_epochs=3))
        runs.append(open_run(run.folder))
    words = compare_runs(plain, runs[0]).in_words("A", "B")
    assert words.startswith(
        "Same data, split and recipe. B went on to learn from the images held back; what it says "
        "here is from before that. A names 20 images rightly"
    )
    words = compare_runs(runs[1], plain).in_words("A", "B")
    assert (
        "A learned from all of its images; what it says here is by cross-validation in 5 folds, "
        "each by what was learned from the others. B names 20 images rightly"
    ) in words
    assert "went on" not in words
    assert "by cross-validation" not in compare_runs(plain, plain).in_words("A", "B")


def test_nothing_is_said_of_a_comparison_of_too_few_images(tmp_path: Path) -> None:
    few = NAMES[: LEAST_SHARED - 1]
    one, two = made(tmp_path, "a", held_back=few), made(tmp_path, "b", len(few), held_back=few)
    answers = [read_answers(run.folder, "validation") for run in (one, two)]
    assert answers[0] is not None
    assert answers[1] is not None
    found = compare(answers[0], answers[1])
    assert found.is_more_than_chance
    words = RunComparison.of(in_common(one, two), found).in_words("A", "B")
    assert words.endswith("judged on 19 images in common, too few to say which is better.")
    assert "better on them" not in words


def test_different_datasets_are_not_compared(tmp_path: Path) -> None:
    one, two = made(tmp_path, "a"), made(tmp_path, "b")
    assert two.bundle is not None
    write_bundle(two.folder, replace(two.bundle, dataset="leaves", dataset_title="Leaves"))
    found = compare_runs(one, open_run(two.folder))
    assert found.comparison is None
    assert found.in_words("A", "B") == (
        "They learned from different datasets (Colours and Leaves), so a comparison of the two "
        "is not fair."
    )


def test_datasets_of_one_name_in_two_places_are_two(tmp_path: Path) -> None:
    runs = []
    for name in ("a", "b"):
        run = made(tmp_path / "runs", name)
        folder = tmp_path / name / "colours"
        folder.mkdir(parents=True)
        recipe = {"dataset": "colours", "dataset_folder": str(folder), "recipe": {}}
        (run.folder / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
        runs.append(open_run(run.folder))
    assert not in_common(*runs).dataset
    assert in_common(runs[0], runs[0]).dataset
