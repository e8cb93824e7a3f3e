"""`cnn-studio labels` and `cnn-studio flattering`, with real TensorFlow on small pictures."""

from __future__ import annotations

import shutil

import pytest

from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.finding_groups import together
from cnn_studio.data.wrong_labels import wrong_labels
from cnn_studio.models.runs import list_runs
from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli
from tests.training.class_pictures import colours


@pytest.mark.slow
def test_doubted_samples_are_lines_and_findings_of_the_check(
    cli: Cli, workspace: Workspace
) -> None:
    folder = colours(workspace).folder
    wrong = folder / "blue" / "wrong.jpg"
    shutil.move(folder / "red" / "0-003.jpg", wrong)
    kinds = [line["kind"] for line in cli("check", "colours", "--json").lines]
    assert "wrong_label" not in kinds
    first, *others = cli("labels", "colours", "--json").lines
    assert (first["path"], first["label"], first["suggested"]) == (str(wrong), "blue", "red")
    assert [line["score"] for line in others] == sorted(line["score"] for line in others)
    found = [line for line in cli("check", "colours", "--json").lines if line["classes"][:1]]
    (finding,) = [
        line
        for line in found
        if line["kind"] == "wrong_label" and line["classes"] == ["blue", "red"]
    ]
    assert finding["paths"][0] == str(wrong)
    assert finding["fixes"][0] == "relabel-to-suggested"
    window = together(wrong_labels(ClassFolders(find_dataset(workspace, "colours"))))
    assert [str(path) for path in window.paths] == [first["path"], *(o["path"] for o in others)]
    told = cli("labels", "colours")
    assert "of 48 labels of Colours are doubted." in told.out
    assert "blue/wrong.jpg" in told.out


def test_a_dataset_as_it_was_published_has_no_labels_to_doubt(cli: Cli) -> None:
    answer = cli("labels", "fashion-mnist", "--json")
    assert answer.code == 1
    assert "kept as it was published" in answer.sentence


@pytest.mark.slow
def test_a_random_split_is_set_beside_the_honest_one(cli: Cli, workspace: Workspace) -> None:
    colours(workspace)
    options = ("--epochs", 1, "--batch-size", 8, "--image-size", 16, "--json")
    assert cli("train", "colours", *options).code == 0
    (run,) = list_runs(workspace)
    (line,) = cli("flattering", run.name, "--json").lines
    low, high = line["honest_interval"]
    assert low <= line["honest"] <= high
    assert line["run"] == run.name
    assert run.bundle is not None
    assert line["honest"] == run.bundle.val_accuracy
    assert 0 <= line["random"] <= 1
    assert line["why"]
    assert len(list_runs(workspace)) == 1


def test_without_such_a_run_there_is_nothing_to_set_beside(cli: Cli) -> None:
    assert "no run 'no-model'" in cli("flattering", "no-model").sentence
