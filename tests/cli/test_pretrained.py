"""The pretrained network on the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from cnn_studio.models.bundle import read_bundle
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.runs import HISTORY_FILE, list_runs
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.cli.conftest import Cli
from tests.training.drawn_shapes import CLASSES, COUNT, draw, shapes

TRAIN = ("train", "shapes", "--network", "pretrained", "--image-size", 128)


@pytest.fixture(autouse=True)
def dataset(workspace: Workspace) -> None:
    shapes(workspace)


def test_one_word_trains_it_and_its_run_answers(
    cli: Cli, workspace: Workspace, tmp_path: Path
) -> None:
    answer = cli(*TRAIN)
    assert answer.code == 0
    assert "each measured in one of 5 parts" in answer.out + answer.err
    assert "the model learned from all 27 images" in answer.out + answer.err
    (run,) = list_runs(workspace)
    bundle = read_bundle(run.folder)
    assert bundle.network is NetworkKind.PRETRAINED
    assert bundle.recipe["epochs"] == 30  # as the recipe of its name says
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(encode_jpeg(draw("stripes", 77)))
    answer = cli("predict", run.folder.name, photo, "--json")
    assert answer.code == 0
    assert CLASSES[2] in answer.out


def test_its_events_are_lines(cli: Cli, workspace: Workspace) -> None:
    answer = cli(*TRAIN, "--epochs", 3, "--json")
    assert answer.code == 0
    kinds = [line["event"] for line in answer.lines]
    assert kinds.count("epoch") == kinds.count("measured") == 3
    assert kinds.index("started") < kinds.index("epoch")
    assert kinds[-1] == "finished"
    started = answer.lines[kinds.index("started")]
    assert (started["folds"], started["train_count"]) == (5, len(CLASSES) * COUNT)
    assert answer.lines[-1]["final_epochs"] == 3
    (run,) = list_runs(workspace)
    with (run.folder / HISTORY_FILE).open() as rows:
        assert len(list(csv.DictReader(rows))) == 3


@pytest.mark.parametrize("recipe", ["pretrained", "Pretrained"])
def test_the_recipe_of_its_name_trains_it(cli: Cli, workspace: Workspace, recipe: str) -> None:
    assert cli("train", "shapes", "--recipe", recipe, "--image-size", 128).code == 0
    assert read_bundle(list_runs(workspace)[0].folder).network is NetworkKind.PRETRAINED


def test_a_recipe_file_trains_it(cli: Cli, workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'network = "pretrained"\nimage_size = 128\nepochs = 2\nvalidation_share = 0.5\n'
    )
    assert cli("train", "shapes", "--recipe", path).code == 0
    bundle = read_bundle(list_runs(workspace)[0].folder)
    assert (bundle.network, bundle.folds, bundle.epochs_done) == (NetworkKind.PRETRAINED, 2, 2)
    again = list_runs(workspace)[0].folder / "recipe.json"
    assert cli("train", "shapes", "--recipe", again).code == 0
    first, second = (read_bundle(run.folder) for run in list_runs(workspace))
    assert first.validation == second.validation


def test_an_unknown_network_in_a_recipe_file_is_a_sentence(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('network = "resnet"\n')
    assert "resnet" in cli("train", "shapes", "--recipe", path).sentence


@pytest.mark.parametrize("size", [64, 256])
def test_a_size_that_it_does_not_take_is_a_sentence(
    cli: Cli, workspace: Workspace, size: int
) -> None:
    answer = cli("train", "shapes", "--network", "pretrained", "--image-size", size)
    assert f"takes images of 128 to 224 pixels, not {size}." in answer.sentence
    assert list_runs(workspace) == []


def test_the_size_of_another_recipe_is_a_sentence_too(cli: Cli) -> None:
    answer = cli("train", "shapes", "--recipe", "quick", "--network", "pretrained")
    assert "takes images of 128 to 224 pixels, not 32." in answer.sentence


def test_it_is_resumed_with_more_epochs(cli: Cli, workspace: Workspace) -> None:
    assert cli(*TRAIN, "--epochs", 2).code == 0
    (run,) = list_runs(workspace)
    assert "is finished" in cli("resume", run.folder.name).sentence
    assert cli("resume", run.folder.name, "--epochs", 2).code == 0
    assert read_bundle(run.folder).epochs_done == 4
