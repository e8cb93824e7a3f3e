"""Datasets as a whole on the command line: shown, renamed, copied, deleted, brought back."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.import_turn import import_turn
from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli, write_picture


@pytest.fixture(autouse=True)
def leaves(workspace: Workspace) -> Path:
    """Three images of two classes."""
    folder = create_dataset(workspace, "Leaves", ["oak", "ash"]).folder
    for number, name in enumerate(("oak", "oak", "ash")):
        write_picture(folder / name / f"{number}.jpg", (number, 0, 0))
    return folder


def test_a_dataset_is_shown(cli: Cli, leaves: Path) -> None:
    (values,) = cli("datasets", "show", "leaves", "--json").lines
    assert values["counts"] == {"oak": 2, "ash": 1}
    assert (values["images"], values["trash"], values["runs"]) == (3, 0, [])
    assert values["bytes"] >= sum(path.stat().st_size for path in leaves.rglob("*.jpg"))
    assert values["input"] == {"size": 64, "channels": 3, "fit": "crop", "polarity": "as-is"}
    shown = cli("datasets", "show", "leaves")
    assert shown.code == 0
    assert "3 in 2 classes" in shown.out
    assert "64 x 64 colour, crop, as-is" in shown.out


def test_it_is_renamed(cli: Cli, workspace: Workspace) -> None:
    answer = cli("datasets", "rename", "leaves", "Autumn leaves")
    assert answer.code == 0
    assert answer.out.startswith("Leaves is called Autumn leaves now")
    (values,) = cli("datasets", "rename", "autumn-leaves", "Green", "--json").lines
    assert (values["dataset"], values["before"]) == ("green", "autumn-leaves")
    assert find_dataset(workspace, "green").title == "Green"


def test_it_is_duplicated(cli: Cli, workspace: Workspace) -> None:
    (values,) = cli("datasets", "duplicate", "leaves", "Two", "--json").lines
    assert (values["dataset"], values["images"], values["of"]) == ("two", 3, "leaves")
    assert len(list(find_dataset(workspace, "two").folder.rglob("*.jpg"))) == 3


def test_it_is_deleted_and_comes_back(cli: Cli, leaves: Path) -> None:
    (deleted,) = cli("datasets", "delete", "leaves", "--json").lines
    assert deleted["images"] == 3
    assert not leaves.exists()
    (listed,) = cli("datasets", "restore", "--json").lines
    assert (listed["dataset"], listed["images"], listed["key"]) == ("leaves", 3, deleted["key"])
    assert "Leaves" in cli("datasets", "restore").out
    answer = cli("datasets", "restore", "leaves")
    assert answer.out == f"Leaves is back with its 3 images, in {leaves}.\n"
    assert len(list(leaves.rglob("*.jpg"))) == 3
    assert "It is empty" in cli("datasets", "restore", "leaves").sentence


@pytest.mark.parametrize("title", ["", "..", "🎉", "con", "OBJECTS", "x" * 81])
@pytest.mark.parametrize("command", ["rename", "duplicate"])
def test_a_title_that_cannot_be_used_is_refused(cli: Cli, command: str, title: str) -> None:
    answer = cli("datasets", command, "leaves", title)
    assert answer.code == 1
    assert answer.sentence
    assert cli("datasets", "show", "leaves").code == 0


@pytest.mark.parametrize("command", [("delete",), ("rename", "Mine")])
def test_what_comes_with_the_program_stays(cli: Cli, command: tuple[str, ...]) -> None:
    name, *rest = command
    sentence = cli("datasets", name, "objects", *rest).sentence
    assert sentence.startswith("Objects comes with the program and cannot be ")


def test_while_an_import_is_under_way_it_stays(cli: Cli, leaves: Path) -> None:
    with import_turn(leaves, cancelled=lambda: True):
        assert "while images are imported" in cli("datasets", "delete", "leaves").sentence
    assert leaves.is_dir()


def test_a_name_that_nobody_knows_is_told(cli: Cli) -> None:
    for command in (("show", "no"), ("delete", "no"), ("rename", "no", "x")):
        assert "There is no dataset no" in cli("datasets", *command).sentence
