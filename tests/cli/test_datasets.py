"""`cnn-studio datasets`: what there is, and bringing in what is not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from cnn_studio.data import fashion_mnist
from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli, write_picture

RED, BLUE = (220, 30, 30), (30, 30, 220)


def test_the_built_in_datasets_are_listed_before_there_is_anything(cli: Cli) -> None:
    answer = cli("datasets", "list", "--json")
    assert answer.code == 0
    assert [line["dataset"] for line in answer.lines] == ["objects", "satellite", "fashion-mnist"]
    assert answer.lines[0]["counts"] == dict.fromkeys(
        ["shoe", "cap", "cellphone", "pencil", "book"], 0
    )
    table = cli("datasets", "list").out
    assert "Fashion-MNIST" in table
    assert "{" not in table


def test_images_are_counted_by_class(cli: Cli, workspace: Workspace) -> None:
    for number in range(3):
        write_picture(workspace.datasets / "mine" / "red" / f"{number}.jpg", RED)
    (mine,) = [d for d in cli("datasets", "list", "--json").lines if d["dataset"] == "mine"]
    assert (mine["images"], mine["test_images"], mine["counts"]) == (3, 0, {"red": 3})


def test_a_broken_card_is_told_and_does_not_stop_the_list(cli: Cli, workspace: Workspace) -> None:
    write_picture(workspace.datasets / "mine" / "red" / "1.jpg", RED)
    (workspace.datasets / "mine" / "card.toml").write_text("title = ")
    answer = cli("datasets", "list")
    assert answer.code == 0
    assert "mine" in answer.out
    assert "card.toml is not understood" in answer.err


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_class_folders_are_brought_in(cli: Cli, tmp_path: Path, packed: bool) -> None:
    source = tmp_path / "source"
    write_picture(source / "Water" / "lake.jpg", BLUE)
    write_picture(source / "Forest" / "wood.jpg", (20, 160, 40))
    (source / "Forest" / "broken.jpg").write_bytes(b"no picture")
    if packed:
        folder, source = source, tmp_path / "source.zip"
        with zipfile.ZipFile(source, "w") as archive:
            for path in sorted(folder.rglob("*.jpg")):
                archive.write(path, path.relative_to(folder))
    answer = cli("datasets", "fetch", "satellite", "--from", source, "--json")
    assert answer.code == 0
    (values,) = answer.lines
    assert values["images"] == 2
    assert values["counts"]["Water"] == 1
    (skipped,) = values["skipped"]
    assert "broken.jpg" in skipped["path"]
    assert "broken.jpg" in answer.err


def test_what_cannot_be_downloaded_says_where_it_lies(cli: Cli) -> None:
    answer = cli("datasets", "fetch", "satellite")
    assert answer.code == 1
    assert "RESISC45" in answer.sentence


def test_a_folder_that_is_not_there_is_one_sentence(cli: Cli, tmp_path: Path) -> None:
    for name in ("satellite", "fashion-mnist"):
        answer = cli("datasets", "fetch", name, "--from", tmp_path / "nowhere")
        assert answer.code == 1
        assert "nowhere" in answer.sentence


def test_fashion_mnist_with_a_wrong_checksum_is_refused(cli: Cli, tmp_path: Path) -> None:
    for name in fashion_mnist.FILES:
        (tmp_path / name).write_bytes(b"something else")
    answer = cli("datasets", "fetch", "fashion-mnist", "--from", tmp_path)
    assert answer.code == 1
    assert ".gz" in answer.sentence
    assert sum(line["images"] for line in cli("datasets", "list", "--json").lines) == 0


@pytest.mark.skipif(
    not fashion_mnist.is_present(fashion_mnist.DEBIAN_FOLDER),
    reason="Debian's package dataset-fashion-mnist is not installed",
)
def test_fashion_mnist_is_taken_from_the_debian_package(cli: Cli) -> None:
    answer = cli("datasets", "fetch", "fashion-mnist", "--json")
    assert answer.code == 0
    (values,) = answer.lines
    assert (values["images"], values["test_images"]) == (60_000, 10_000)
