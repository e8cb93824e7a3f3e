"""A packed dataset is the same one in another studio, and a damaged or hostile zip does no harm."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset
from cnn_studio.data.class_changes import class_colour, class_switch, deletion, marking
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.marks import Mark
from cnn_studio.data.packing import MANIFEST_NAME, pack_dataset
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.data.unpacking import is_packed_dataset, look_into, unpack_dataset
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from tests.data.pictures import jpeg, picture, put_photo


@pytest.fixture
def things(workspace: Workspace) -> Dataset:
    folders = ClassFolders(create_dataset(workspace, "Things", ["shoe", "Mütze 帽子"]))
    session = Session.new(SessionKind.RECORDING)
    for number in range(4):
        folders.add_image("shoe", picture(number), session, number)
        folders.add_image("Mütze 帽子", picture(number), session, 10 + number)
    card = folders.dataset.folder / "card.toml"
    card.write_text("# collected at home\n" + card.read_text())
    folders.carry_out(class_colour(folders, "shoe", "#102030"))
    folders.carry_out(class_switch(folders, "Mütze 帽子", enabled=False))
    folders.carry_out(deletion(folders, folders.samples("shoe")[:1]))
    folders.carry_out(marking(folders, folders.samples("shoe")[:1], Mark.EXCLUDED, True))
    return folders.dataset


def _files(dataset: Dataset) -> dict[str, bytes]:
    """What is packed of a dataset."""
    paths = (path for path in sorted(dataset.folder.rglob("*")) if path.is_file())
    named = {path.relative_to(dataset.folder).as_posix(): path.read_bytes() for path in paths}
    return {name: data for name, data in named.items() if not name.startswith(".")}


def test_it_is_the_same_in_another_studio(things: Dataset, tmp_path: Path) -> None:
    target = tmp_path / "things.zip"
    assert pack_dataset(things, target) == 7
    elsewhere = create_dataset(Workspace(tmp_path / "elsewhere"), "Things")
    report = unpack_dataset(elsewhere, target)
    assert (report.imported, report.skipped) == (7, ())
    assert all(sample.path.is_file() for sample in report.samples)
    assert _files(elsewhere) == _files(things)
    again = find_dataset(Workspace(tmp_path / "elsewhere"), "things")
    assert again.card == things.card
    assert ClassFolders(again).marks.names(Mark.EXCLUDED) == ClassFolders(things).marks.names(
        Mark.EXCLUDED
    )
    assert unpack_dataset(again, target).imported == 0


def test_a_look_into_it_tells_what_it_is_and_another_title_is_kept(
    things: Dataset, tmp_path: Path
) -> None:
    target = tmp_path / "things.zip"
    pack_dataset(things, target)
    found = look_into(target)
    assert (found.title, found.classes, found.images) == ("Things", ("shoe", "Mütze 帽子"), 7)
    elsewhere = Workspace(tmp_path / "elsewhere")
    unpack_dataset(create_dataset(elsewhere, "My things"), target, title="My things")
    card = find_dataset(elsewhere, "my-things").card
    assert (card.title, card.disabled) == ("My things", ClassFolders(things).dataset.card.disabled)
    text = (elsewhere.datasets / "my-things" / "card.toml").read_text("utf-8")
    assert text.startswith("# collected at home")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("shoe/0.jpg", jpeg(1))
    with pytest.raises(DatasetError, match="no packed dataset"):
        look_into(tmp_path / "other.zip")


def test_the_same_dataset_makes_the_same_zip(things: Dataset, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        pack_dataset(things, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert is_packed_dataset(tmp_path / "a.zip")


def test_what_is_there_already_is_never_written_over(
    things: Dataset, tmp_path: Path, workspace: Workspace
) -> None:
    pack_dataset(things, tmp_path / "things.zip")
    other = create_dataset(workspace, "Other", ["shoe"])
    name = ClassFolders(things).samples("shoe")[0].path.name
    put_photo(other.folder / "shoe" / name, 77)
    report = unpack_dataset(other, tmp_path / "things.zip")
    assert report.imported == 6
    assert [reason for _path, reason in report.skipped] == [
        f"shoe has another image of this name: {name}."
    ]
    assert (other.folder / "shoe" / name).read_bytes() == jpeg(77)
    assert ClassFolders(other).classes() == ("shoe", "Mütze 帽子")


def test_a_cancelled_packing_leaves_no_zip(things: Dataset, tmp_path: Path) -> None:
    assert pack_dataset(things, tmp_path / "x" / "things.zip", cancelled=lambda: True) == -1
    assert list((tmp_path / "x").iterdir()) == []


def test_damaged_and_added_files_are_left_out(
    things: Dataset, tmp_path: Path, workspace: Workspace
) -> None:
    pack_dataset(things, tmp_path / "things.zip")
    with (
        zipfile.ZipFile(tmp_path / "things.zip") as good,
        zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad,
    ):
        images = [name for name in good.namelist() if name.endswith(".jpg")]
        for name in good.namelist():
            bad.writestr(name, jpeg(50) if name == images[0] else good.read(name))
        bad.writestr("shoe/stranger.jpg", jpeg(51))
        bad.writestr("../outside.jpg", jpeg(52))
        bad.writestr("shoe/../../outside.jpg", jpeg(52))
    report = unpack_dataset(create_dataset(workspace, "New"), tmp_path / "bad.zip")
    assert report.imported == 6
    reasons = sorted(reason for _path, reason in report.skipped)
    assert len(reasons) == 2
    assert reasons[0].startswith("It is damaged in the zip")
    assert reasons[1].startswith("It is not in the manifest")
    assert not list(workspace.root.parent.rglob("outside.jpg"))


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [
        (b"", "holds no packed dataset"),
        (b"[]", "holds no packed dataset"),
        (b'{"format": "other", "files": {}, "schema_version": 1}', "holds no packed dataset"),
        (
            json.dumps({"format": "cnn-studio-dataset", "files": {}, "schema_version": 9}).encode(),
            "newer studio",
        ),
    ],
)
def test_a_strange_manifest_is_refused(
    tmp_path: Path, workspace: Workspace, manifest: bytes, sentence: str
) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(MANIFEST_NAME, manifest)
    with pytest.raises(DatasetError, match=sentence):
        unpack_dataset(create_dataset(workspace, "New"), tmp_path / "x.zip")


def test_a_published_dataset_is_not_packed(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="as it was published"):
        pack_dataset(find_dataset(workspace, "fashion-mnist"), tmp_path / "x.zip")
