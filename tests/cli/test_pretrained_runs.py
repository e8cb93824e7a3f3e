"""What the commands say of a run that was measured by cross-validation and learned from all."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest

from cnn_studio.data.catalog import find_dataset
from cnn_studio.models.answers import answers_file
from cnn_studio.models.bundle import KERAS_FILE
from cnn_studio.models.flattering import read_flattering
from cnn_studio.models.networks import NetworkKind
from cnn_studio.models.opening.studio_zip import pack_run, unpack_run
from cnn_studio.models.runs import Run, open_run
from cnn_studio.paths import Workspace
from cnn_studio.prediction.classifier import Classifier
from cnn_studio.prediction.evaluation import Scope, questions_about
from cnn_studio.training.networks import network_of
from cnn_studio.training.recipe import Recipe
from cnn_studio.vision.images import read_image
from tests.cli.conftest import Cli
from tests.training.class_pictures import QUICK, colours, request_for

PRETRAINED = Recipe(network=NetworkKind.PRETRAINED, image_size=128, epochs=10)
_COUNT = 3 * 16


def _trained(workspace: Workspace, recipe: Recipe) -> Run:
    request = request_for(find_dataset(workspace, "colours"), workspace, recipe)
    train = network_of(recipe.network).trainer
    return open_run(train(request, lambda _event: None, threading.Event()))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with three colours and a run of the pretrained network on them."""
    place = Workspace(tmp_path_factory.mktemp("pretrained") / "workspace")
    dataset = colours(place)
    # Of one picture nobody can say what it shows, so that figures differ.
    odd = sorted((dataset.folder / "red").iterdir())[0]
    shutil.copyfile(sorted((dataset.folder / "green").iterdir())[0], odd)
    _trained(place, PRETRAINED)
    return place


@pytest.fixture
def workspace(made: Workspace, tmp_path: Path) -> Workspace:
    """A copy of it for one test."""
    shutil.copytree(made.root, tmp_path / "workspace")
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def run(workspace: Workspace) -> Run:
    """The run in the copy."""
    (folder,) = workspace.runs.iterdir()
    return open_run(folder)


def test_it_is_measured_by_what_had_not_learned_from_the_images(cli: Cli, run: Run) -> None:
    assert run.bundle is not None
    assert run.bundle.validation is not None
    assert run.bundle.validation.accuracy < 1
    answer = cli("evaluate", run.name, "colours", "--json")
    (line,) = answer.lines
    assert (line["part"], line["count"], line["learned_from"]) == ("validation", _COUNT, 0)
    assert line["accuracy"] == pytest.approx(run.bundle.validation.accuracy)
    assert answer.err == ""
    told = cli("evaluate", run.name, "colours").out
    folds = run.bundle.folds
    assert f"on {_COUNT} images: cross-validation in {folds} folds, each by what was" in told
    assert "the model itself learned from all of them." in told
    assert "held back" not in told


def test_without_its_answers_the_figures_are_said_to_be_optimistic(cli: Cli, run: Run) -> None:
    answers_file(run.folder, "validation").unlink()
    for part in ((), ("--part", "all")):
        answer = cli("evaluate", run.name, "colours", *part)
        assert "cross-validation" not in answer.out
        words = f"has learned from all {_COUNT} of these images, so the figures are optimistic"
        assert words in " ".join(answer.err.split())
    assert (
        f"on {_COUNT} images: the images of its training."
        in cli("evaluate", run.name, "colours").out
    )


def test_what_it_was_trained_on_are_all_images(run: Run, workspace: Workspace) -> None:
    questions = questions_about(find_dataset(workspace, "colours"), [run], Scope.TRAIN)
    assert len(questions.places) == _COUNT


def test_the_list_names_the_network_and_can_show_one_alone(cli: Cli, run: Run) -> None:
    (line,) = cli("runs", "--json").lines
    assert line["network"] == "pretrained"
    assert "Pretrained" in cli("runs").out
    assert len(cli("runs", "--network", "pretrained", "--json").lines) == 1
    assert cli("runs", "--network", "cnn", "--json").lines == []
    assert "no training of this network" in cli("runs", "--network", "cnn").out
    assert cli("runs", "--network", "vgg").code == 2
    (run.folder / "studio.json").unlink()  # as in a training that was killed
    (line,) = cli("runs", "--network", "pretrained", "--json").lines
    assert (line["network"], line["status"]) == ("pretrained", "interrupted")


def test_the_report_says_what_its_figures_rest_on(cli: Cli, run: Run, tmp_path: Path) -> None:
    assert cli("report", run.name, tmp_path / "report.html").code == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert run.bundle is not None
    assert run.bundle.basis in page
    assert f"Measured by cross-validation in {run.bundle.folds} folds" in page
    assert f"the model learned from all {_COUNT} images." in page
    assert '<div class="quiet">Cross-validation</div>' in page
    assert "network: Pretrained" in page
    assert "weight decay" in page
    for meaningless in ("learning rate", "label smoothing", "final fit"):
        assert meaningless not in page
    assert "red taken for green" in page


def test_a_random_split_is_tried_with_the_same_network(cli: Cli, run: Run) -> None:
    (line,) = cli("flattering", run.name, "--json").lines
    assert (line["honest_count"], line["random_count"]) == (_COUNT, _COUNT)
    assert run.bundle is not None
    assert line["honest"] == pytest.approx(run.bundle.val_accuracy)
    assert 0.9 < line["random"] <= 1
    assert read_flattering(run.folder) is not None
    assert not list(run.folder.glob(".random*"))


def test_it_comes_through_a_zip_without_a_keras_model(
    run: Run, tmp_path: Path, workspace: Workspace
) -> None:
    packed = pack_run(run, tmp_path / "run.zip")
    assert packed is not None
    other = Workspace(tmp_path / "other")
    arrived = unpack_run(packed, other)
    assert (arrived.name, arrived.network) == (run.name, NetworkKind.PRETRAINED)
    assert arrived.bundle == run.bundle
    assert not (arrived.folder / KERAS_FILE).exists()
    photo = read_image(next((workspace.datasets / "colours" / "blue").iterdir()))
    here, there = (Classifier.open(each.folder) for each in (run, arrived))
    assert here.classify(photo).ranked == there.classify(photo).ranked
    assert here.classify(photo).score == there.classify(photo).score
    assert there.heat(0) is not None


def test_pictures_are_predicted(cli: Cli, run: Run, workspace: Workspace) -> None:
    folder = workspace.datasets / "colours" / "blue"
    lines = cli("predict", run.name, folder, "--json").lines
    assert [line["class"] for line in lines] == ["blue"] * 16
    told = " ".join(cli("predict", run.name, folder).out.split())
    assert "has learned from 16 of these 16 images, so this is optimistic" in told


@pytest.mark.slow
def test_two_networks_are_compared_on_images_that_neither_has_learned_from(
    cli: Cli, run: Run, workspace: Workspace
) -> None:
    cnn = _trained(workspace, QUICK)
    answer = cli("compare", run.name, cnn.name, "colours", "--json")
    (line,) = answer.lines
    held_back = json.loads((cnn.folder / "split.json").read_text(encoding="utf-8"))["validation"]
    assert (line["part"], line["count"]) == ("validation", len(held_back))
    assert line["learned_from"] == 0
    told = " ".join(cli("compare", run.name, cnn.name, "colours").out.split())
    assert f"{run.name} learned from all of its images; what it says here is by cross-valid" in told
    assert f"{cnn.name} learned from all" not in told
    assert [line["network"] for line in cli("runs", "--json").lines] == ["cnn", "pretrained"]


@pytest.mark.slow
def test_it_is_exported_and_compared_on_what_it_has_learned_from(
    cli: Cli, run: Run, tmp_path: Path
) -> None:
    answer = cli("export", run.name, "--format", "onnx", "--out", tmp_path / "out")
    assert answer.code == 0, answer.err
    assert f"Compared on {_COUNT} images that it has learned from" in answer.out
