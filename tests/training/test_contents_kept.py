"""Images that a model has learned from are known again after a real training, wherever they lie."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnn_studio.cli import main
from cnn_studio.data.catalog import Dataset, find_dataset
from cnn_studio.models.answers import answers_file, read_answers
from cnn_studio.models.bundle import read_bundle, write_bundle
from cnn_studio.models.learned import CONTENTS_FILE, read_hashes
from cnn_studio.models.opening.studio_zip import pack_run, unpack_run
from cnn_studio.models.runs import Run, open_run, split_names
from cnn_studio.paths import Workspace
from cnn_studio.prediction.evaluation import Examination, Scope, ask, questions_about
from cnn_studio.training.loop import train
from cnn_studio.training.resuming import request_to_resume
from cnn_studio.vision.images import encode_png, read_image
from tests.training.class_pictures import QUICK, colours, put_pictures, request_for

pytestmark = pytest.mark.slow

Command = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return colours(workspace)


@pytest.fixture
def run(workspace: Workspace, dataset: Dataset) -> Run:
    recipe = replace(QUICK, epochs=1, final_fit=False)  # `gone_on` says that there was one
    folder = train(request_for(dataset, workspace, recipe), lambda _event: None, threading.Event())
    return open_run(folder)


@pytest.fixture
def command(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> Command:
    def run_command(*words: object) -> list[dict[str, Any]]:
        assert main(["--workspace", str(workspace.root), *map(str, words), "--json"]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run_command


def gone_on(run: Run) -> Run:
    """The same run as if its model had gone on to learn from all of its images."""
    write_bundle(run.folder, replace(read_bundle(run.folder), final_epochs=3))
    return open_run(run.folder)


def copied(run: Run, dataset: Dataset, place: Path, side: str, *, as_png: bool = False) -> int:
    """Copy the images of one side into class folders elsewhere; how many there are."""
    names = sorted(split_names(run, side))
    for number, name in enumerate(names):
        target = place / Path(name).parent.name / f"copy-{side}-{number}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        if as_png:
            data = encode_png(read_image(dataset.folder / name))
            target.with_suffix(".png").write_bytes(data)
        else:
            shutil.copy(dataset.folder / name, target)
    return len(names)


def asked(run: Run, dataset: Dataset, scope: Scope | None = None) -> Examination:
    found = ask(run, questions_about(dataset, [run], scope))
    assert found is not None
    return found


def test_a_run_keeps_two_hashes_of_each_image_in_the_order_of_its_split(
    run: Run, workspace: Workspace
) -> None:
    kept = read_hashes(run.folder)
    sizes = {part: len(hashes) for part, hashes in kept.items()}
    assert sizes == {side: len(split_names(run, side)) for side in ("train", "validation")}
    assert sum(sizes.values()) == 48
    before = (run.folder / CONTENTS_FILE).read_bytes()
    (run.folder / CONTENTS_FILE).unlink()  # as an older run is
    request = request_to_resume(workspace, run.name, 1)
    train(request, lambda _event: None, threading.Event())
    assert (run.folder / CONTENTS_FILE).read_bytes() == before


@pytest.mark.parametrize("as_png", [False, True])
def test_copies_elsewhere_are_counted_and_the_figure_given_without_them(
    run: Run, dataset: Dataset, workspace: Workspace, tmp_path: Path, command: Command, as_png: bool
) -> None:
    place = tmp_path / "photos"
    learned = copied(run, dataset, place, "train", as_png=as_png)
    held_back = copied(run, dataset, place, "validation", as_png=as_png)
    put_pictures(place, "red", 5, seed=7)
    photos = find_dataset(workspace, str(place))
    answers = asked(run, photos).answers
    assert (len(answers), answers.learned_count) == (learned + held_back + 5, learned)
    (line,) = command("evaluate", run.name, place)
    assert (line["count"], line["learned_from"]) == (len(answers), learned)
    assert line["without_learned"]["count"] == held_back + 5
    lines = command("predict", run.name, place)
    assert sum(each["learned_from"] for each in lines) == learned
    answers = asked(gone_on(run), photos).answers
    assert answers.learned_count == learned + held_back
    (line,) = command("evaluate", run.name, place)
    assert (line["learned_from"], line["without_learned"]["count"]) == (learned + held_back, 5)


def test_a_relabelled_image_is_known_and_a_new_one_of_the_same_dataset_is_not(
    run: Run, dataset: Dataset, workspace: Workspace
) -> None:
    name = sorted(split_names(run, "train"))[0]
    (dataset.folder / name).rename(dataset.folder / "red" / "moved.jpg")
    put_pictures(dataset.folder, "green", 2, seed=9)
    found = asked(run, find_dataset(workspace, dataset.name), Scope.ALL)
    assert not found.is_untraced
    assert found.answers.learned is not None
    learned = {
        name
        for name, is_learned in zip(found.answers.names, found.answers.learned, strict=True)
        if is_learned
    }
    assert learned == (split_names(run, "train") - {name}) | {"red/moved.jpg"}


def test_what_was_held_back_is_not_asked_about_once_it_was_learned_from(
    run: Run, dataset: Dataset, command: Command
) -> None:
    fresh = asked(run, dataset).answers
    assert fresh.learned_count == 0
    kept = read_answers(run.folder, "validation")
    assert kept is not None
    # Answers of another model tell whether they or the final model were asked.
    odd = replace(kept, probabilities=np.roll(kept.probabilities, 1, axis=1))
    path = answers_file(run.folder, "validation")
    with path.open("wb") as stream:
        np.savez(
            stream, names=np.array(odd.names), labels=odd.labels,
            probabilities=odd.probabilities, classes=np.array(odd.classes),
        )  # fmt: skip
    assert asked(run, dataset).answers.predicted.tolist() == fresh.predicted.tolist()
    final = gone_on(run)
    gone = final.folder.parent.parent / "datasets" / "colours" / kept.names[0]
    gone.unlink()
    told = asked(final, dataset)
    assert told.answers.names == kept.names[1:]
    assert told.answers.predicted.tolist() == odd.predicted.tolist()[1:]
    assert (told.answers.learned_count, told.is_untraced) == (0, False)
    (line,) = command("evaluate", run.name, "colours")
    assert (line["part"], line["learned_from"]) == ("validation", 0)
    (line,) = command("compare", run.name, run.name, "colours")
    assert (line["part"], line["learned_from"], line["count"]) == ("validation", 0, len(kept) - 1)
    path.unlink()  # as in a run from elsewhere
    told = asked(final, dataset)
    assert told.answers.learned_count == len(told.answers)
    (line,) = command("evaluate", run.name, "colours")
    assert (line["learned_from"], line["without_learned"]) == (line["count"], None)


def test_a_comparison_on_common_images_minds_the_one_that_went_on(
    run: Run, dataset: Dataset, workspace: Workspace, command: Command
) -> None:
    other = open_run(Path(shutil.copytree(run.folder, workspace.runs / "other")))
    answers_file(gone_on(other).folder, "validation").unlink()
    (line,) = command("compare", run.name, other.name, dataset.name)
    assert line["part"] == "validation"
    assert line["learned_from"] == line["count"]
    assert line["without_learned"] is None
    (line,) = command("compare", run.name, run.name, dataset.name)
    assert (line["learned_from"], line["without_learned"]) == (0, None)


def test_a_packed_run_still_knows_its_images_in_another_studio(
    run: Run, dataset: Dataset, tmp_path: Path
) -> None:
    place = tmp_path / "photos"
    learned = copied(run, dataset, place, "train")
    put_pictures(place, "blue", 3, seed=5)
    theirs = Workspace(tmp_path / "theirs")
    came = unpack_run(pack_run(run, tmp_path / "run.zip"), theirs)
    assert came.folder != run.folder
    answers = asked(came, find_dataset(theirs, str(place))).answers
    assert (len(answers), answers.learned_count) == (learned + 3, learned)


def test_published_images_are_known_as_well(workspace: Workspace, idx_dataset: Dataset) -> None:
    recipe = replace(QUICK, epochs=1, image_size=28)
    folder = train(
        request_for(idx_dataset, workspace, recipe), lambda _event: None, threading.Event()
    )
    run = open_run(folder)
    assert set(read_hashes(folder)) == {"train", "validation", "test"}
    assert asked(run, idx_dataset).answers.learned_count == 0
    every = asked(run, idx_dataset, Scope.ALL).answers
    learned = split_names(run, "train") | split_names(run, "validation")  # in the final fit
    assert every.learned_count == len(learned)
