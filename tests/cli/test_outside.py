"""Folders outside the workspace: what only reads them leaves them as they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cnn_studio.models.runs import list_runs
from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli
from tests.training.class_pictures import COLOURS_RGB, colours, put_pictures

CLASSIC = ("--recipe", "classic")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Class folders of a person, in no workspace and without a card."""
    folder = tmp_path / "outside" / "colours"
    for class_name in COLOURS_RGB:
        put_pictures(folder, class_name, 16)
    return folder


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder with its size and time, which tells what was made there and removed."""
    found = {path: path.stat() for path in (folder, *folder.rglob("*"))}
    return {str(path): (status.st_size, status.st_mtime_ns) for path, status in found.items()}


def test_checking_packing_and_importing_from_it_leave_it_as_it_was(
    cli: Cli, outside: Path, tmp_path: Path
) -> None:
    before = listing(outside)
    assert cli("check", outside, "--json").code == 0
    (packed,) = cli("pack", outside, tmp_path / "colours.zip", "--json").lines
    assert packed["packed"] == 48
    assert cli("import", "mine", outside, "--json").lines[-1]["imported"] == 48
    assert cli("datasets", "fetch", "other", "--from", outside, "--json").code == 0
    assert listing(outside) == before


@pytest.mark.slow
def test_training_measuring_and_doubting_leave_it_as_it_was(
    cli: Cli, outside: Path, workspace: Workspace, tmp_path: Path
) -> None:
    before = listing(outside)
    options = (*CLASSIC, "--epochs", 1, "--batch-size", 8, "--image-size", 16, "--json")
    assert cli("train", outside, *options).code == 0
    (run,) = list_runs(workspace)
    assert cli("evaluate", run.name, outside, "--json").code == 0
    assert cli("compare", run.name, run.name, outside, "--json").code == 0
    assert cli("labels", outside, "--json").code == 0
    assert cli("labels", outside, "--json").code == 0  # what was found before is kept elsewhere
    assert cli("flattering", run.name, "--json").code == 0
    assert listing(outside) == before
    elsewhere = Path(shutil.copytree(run.folder, tmp_path / "a run"))
    before = listing(elsewhere)
    assert cli("flattering", elsewhere, "--json").lines[0]["run"] == "a run"
    assert cli("report", elsewhere, tmp_path / "report.html", "--json").code == 0
    assert listing(elsewhere) == before


@pytest.mark.slow
def test_a_run_knows_the_folder_that_it_learned_from_until_it_is_gone(
    cli: Cli, outside: Path, workspace: Workspace, tmp_path: Path
) -> None:
    options = (*CLASSIC, "--epochs", 1, "--batch-size", 8, "--image-size", 16, "--json")
    assert cli("train", outside, *options).code == 0
    colours(workspace, 2)  # called the same, and of other images
    (run,) = list_runs(workspace)
    commands: dict[str, tuple[object, ...]] = {
        "evaluate": (run.name,),
        "compare": (run.name, run.name),
        "export": (run.name, "--format", "tflite", "--out", tmp_path / "out"),
        "resume": (run.name, "--epochs", 1),
        "report": (run.name, tmp_path / "report.html"),
        "flattering": (run.name,),
    }
    for command, words in commands.items():
        answer = cli(command, *words, "--json")
        assert answer.code == 0, (command, answer.err)
        assert "no single images" not in answer.err
    (values,) = cli("evaluate", run.name, "--json").lines
    assert (values["part"], values["count"]) == ("validation", 24)
    moved = outside.rename(tmp_path / "moved")
    for command, words in commands.items():
        answer = cli(command, *words)
        assert answer.code == (0 if command == "report" else 1), command
        assert f"not in {outside} any more. Name the folder or dataset" in answer.err, command
        named = "DATASET." if command in ("evaluate", "compare") else "--dataset DATASET."
        assert named in answer.err, command
    (values,) = cli("evaluate", run.name, f"{moved}/", "--json").lines
    assert values["count"] == 48
    for command in ("export", "resume", "report", "flattering"):
        answer = cli(command, *commands[command], "--dataset", f"{moved}/")
        assert answer.code == 0, (command, answer.err)


def test_the_folder_here_is_the_source_and_the_name_is_the_workspaces(
    cli: Cli, outside: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(outside.parent)
    before = listing(outside)
    answer = cli("import", "colours", "colours/")
    assert answer.code == 0
    assert "There was no dataset colours: a new one was made" in answer.out
    assert len(list((workspace.datasets / "colours").rglob("*.jpg"))) == 48
    assert listing(outside) == before
    again = cli("import", "colours", "colours/")
    assert again.code == 0
    assert again.out == "All 48 are already here.\n"
    assert again.err == ""


@pytest.mark.parametrize(
    ("target", "source"),
    [
        ("./colours", "colours/"),
        ("colours/", "."),
        ("./colours", "colours/red"),
        ("mine", ".."),
        ("mine", "../workspace/datasets/mine/"),
    ],
)
def test_source_and_target_are_never_the_same_or_in_each_other(
    cli: Cli,
    outside: Path,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    source: str,
) -> None:
    put_pictures(workspace.datasets / "mine", "red", 2)
    monkeypatch.chdir(outside.parent)
    before = listing(outside), sorted(workspace.datasets.rglob("*.jpg"))
    answer = cli("import", target, source)
    assert answer.code == 2
    assert "Images cannot come from where they go to" in answer.sentence
    assert (listing(outside), sorted(workspace.datasets.rglob("*.jpg"))) == before


def test_a_folder_that_is_named_as_the_target_takes_images(
    cli: Cli, outside: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_pictures(outside.parent / "more", "red", 3, seed=1)
    monkeypatch.chdir(outside.parent)
    assert cli("import", "./colours", "more/", "--json").lines[-1]["imported"] == 3
    assert len(list((outside / "red").iterdir())) == 19
    assert (
        cli("capture", "shoe", "--dataset", "colours/", "--camera", "demo", "--count", 2).code == 0
    )
    assert len(list((outside / "shoe").iterdir())) == 2
    assert not workspace.datasets.exists()


@pytest.mark.parametrize("command", ["check", "labels", "train", "pack"])
def test_a_bare_name_is_no_folder_that_happens_to_be_here(
    cli: Cli, outside: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(outside.parent)
    words = ("colours.zip",) if command == "pack" else ()
    answer = cli(command, "colours", *words)
    assert answer.code == 1
    assert "There is no dataset" in answer.sentence
    assert "The folder that is here is called colours/." in answer.sentence
    (outside.parent / "colours.zip").unlink(missing_ok=True)


def test_a_runs_name_is_the_workspaces_too(
    cli: Cli,
    models: Path,
    outside: Path,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(models / "colours", workspace.runs / "mine")
    colours(workspace, 2)
    (outside.parent / "mine").mkdir()
    monkeypatch.chdir(outside.parent)
    (values,) = cli("evaluate", "mine", "colours", "--json").lines
    assert values["count"] == 6
    assert cli("evaluate", "./mine", "colours").code == 1
