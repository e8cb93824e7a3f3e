"""`cnn-studio sort`: photos without classes, sorted from a shell."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.sessions import SessionKind, session_of
from cnn_studio.paths import Workspace
from tests.cli.conftest import Cli
from tests.data.archives import raw_zip
from tests.training.drawn_shapes import CLASSES, COUNT, put_drawings, put_unsorted, shapes

NEW = 5  # of each class


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return shapes(workspace)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of drawings whose names tell the class."""
    return put_unsorted(tmp_path / "photos", NEW)


def true_class(path: str) -> str:
    return Path(path).name.split("-")[0]


def test_each_photo_has_a_line_and_nothing_is_changed(
    cli: Cli, dataset: Dataset, photos: Path, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    answer = cli("sort", "shapes", photos, "--error", 0.1, "--csv", table)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0].split() == ["PATH", "CLASS", "PROBABILITY", "SURE"]
    assert len(lines) == 1 + len(CLASSES) * NEW + 1
    assert f"of {len(CLASSES) * NEW} photos are sure" in lines[-1]
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {Path(row["path"]).name for row in rows} == {path.name for path in photos.iterdir()}
    assert sum(row["class"] == true_class(row["path"]) for row in rows) >= len(rows) - 1
    sure = [row["sure"] == "True" for row in rows]
    assert any(sure)
    assert sure == sorted(sure, reverse=True)  # the sure ones first
    assert len(list(photos.iterdir())) == len(rows)
    assert ClassFolders(dataset).counts() == dict.fromkeys(CLASSES, COUNT)


def test_names_in_an_archive_that_were_guessed_are_said(
    cli: Cli, dataset: Dataset, photos: Path, tmp_path: Path
) -> None:
    files = {f"größe {path.name}".encode("cp850"): path.read_bytes() for path in photos.iterdir()}
    answer = cli("sort", "shapes", raw_zip(tmp_path / "old.zip", files))
    assert answer.code == 0
    assert "The names in old.zip do not say how they are written" in answer.err


def test_photos_in_a_tar_are_sorted_and_taken(
    cli: Cli, dataset: Dataset, photos: Path, tmp_path: Path
) -> None:
    path = shutil.make_archive(str(tmp_path / "photos"), "gztar", photos)
    answer = cli("sort", "shapes", path, "--error", 0.1, "--take", "--json")
    assert answer.code == 0
    *rest, last = answer.lines
    assert 0 < last["imported"] == last["sure"] == len(CLASSES) * NEW - len(rest)
    assert sum(ClassFolders(dataset).counts().values()) == len(CLASSES) * COUNT + last["imported"]


def test_the_sure_ones_are_taken_as_one_import(cli: Cli, dataset: Dataset, photos: Path) -> None:
    answer = cli("sort", "shapes", photos, "--error", 0.1, "--take", "--json")
    assert answer.code == 0
    *rest, last = answer.lines
    assert 0 < last["imported"] == last["sure"] == len(CLASSES) * NEW - len(rest)
    assert not any(line["sure"] for line in rest)
    counts = ClassFolders(dataset).counts()
    assert sum(counts.values()) == len(CLASSES) * COUNT + last["imported"]
    sessions = set()
    for path in dataset.folder.glob("*/*.jpg"):
        session = session_of(path.name)
        if session is not None:
            sessions.add(session)
    (session,) = sessions
    assert session.kind is SessionKind.IMPORT
    assert len(list(photos.iterdir())) == len(CLASSES) * NEW  # copies
    again = cli("sort", "shapes", photos, "--json")
    held = [line for line in again.lines if "has this very image already" in line.get("reason", "")]
    assert len(held) == last["imported"]
    assert again.lines[-1]["photos"] == len(rest)


def test_what_brings_nothing_is_said_on_the_error_stream(
    cli: Cli, dataset: Dataset, photos: Path
) -> None:
    (photos / "again.jpg").write_bytes((dataset.folder / "box" / "001.jpg").read_bytes())
    (photos / "half.jpg").write_bytes(b"\xff\xd8\xff")
    answer = cli("sort", "shapes", photos)
    assert answer.code == 0
    assert "again.jpg" not in answer.err
    assert "1 is already here." in answer.out
    assert "half.jpg" in answer.err
    assert "again.jpg" not in answer.out


def test_without_enough_images_it_says_what_is_missing(
    cli: Cli, workspace: Workspace, photos: Path
) -> None:
    few = create_dataset(workspace, "few", ["ball", "box"])
    for class_name, count in (("ball", 5), ("box", 2)):
        put_drawings(few.folder, class_name, count)
    answer = cli("sort", "few", photos)
    assert answer.code == 1
    assert answer.sentence == "Nothing can be sorted yet: two classes need three images each."


def test_a_dataset_without_images_says_the_same(
    cli: Cli, workspace: Workspace, photos: Path
) -> None:
    create_dataset(workspace, "none", ["ball", "box"])
    answer = cli("sort", "none", photos)
    assert answer.code == 1
    assert answer.sentence == "Nothing can be sorted yet: two classes need three images each."


def test_a_folder_without_images_is_said(cli: Cli, dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answer = cli("sort", dataset.name, tmp_path / "empty")
    assert answer.code == 1
    assert answer.sentence.startswith("There is no image in ")


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--error", "2"], 2, "The share of wrong ones must be 0 to 1, not 2.0."),
        (["nowhere"], 1, "The file is not there: nowhere."),
    ],
)
def test_what_cannot_be_is_said(
    cli: Cli, dataset: Dataset, photos: Path, words: list[str], code: int, sentence: str
) -> None:
    answer = cli("sort", dataset.name, photos, *words)
    assert (answer.code, answer.sentence) == (code, sentence)


def test_where_none_is_sure_nothing_is_taken(cli: Cli, dataset: Dataset, photos: Path) -> None:
    answer = cli("sort", dataset.name, photos, "--error", 0, "--take", "--json")
    assert answer.lines[-1]["sure"] == answer.lines[-1]["imported"] == 0
    assert answer.code == 1
