"""A packed dataset is the same one in another studio, and a damaged or hostile zip does no harm."""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
import zipfile
from pathlib import Path

import pytest

from cnn_studio.data.cards import Orientation
from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset
from cnn_studio.data.class_changes import (
    class_colour,
    class_switch,
    deletion,
    image_orientation,
    marking,
)
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_plan import plan_import
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
    folders.carry_out(image_orientation(folders, Orientation.ANY))
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
    assert again.card.orientation is Orientation.ANY
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
    assert len(reasons) == 4
    assert reasons[0].startswith("It is damaged in the zip")
    assert all(reason.startswith("It is not in the manifest") for reason in reasons[1:])
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


def _listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder with its size and time, which tells what was made there and removed."""
    found = {path: path.stat() for path in (folder, *folder.rglob("*"))}
    return {str(path): (status.st_size, status.st_mtime_ns) for path, status in found.items()}


def test_packing_writes_nothing_beside_the_images(workspace: Workspace, tmp_path: Path) -> None:
    for number in range(3):
        put_photo(tmp_path / "pets" / "cat" / f"{number}.jpg", number)
    before = _listing(tmp_path / "pets")
    outside = find_dataset(workspace, str(tmp_path / "pets"))
    assert pack_dataset(outside, tmp_path / "pets.zip") == 3
    assert _listing(tmp_path / "pets") == before
    new = create_dataset(workspace, "Pets")
    assert unpack_dataset(new, tmp_path / "pets.zip").imported == 3
    assert find_dataset(workspace, "pets").card.classes == ("cat",)


def test_a_dataset_whose_card_nobody_understands_can_be_packed(
    workspace: Workspace, tmp_path: Path
) -> None:
    card = put_photo(workspace.datasets / "leaves" / "oak" / "1.jpg", 1).parents[1] / "card.toml"
    card.write_text("title =")
    pack_dataset(find_dataset(workspace, "leaves"), tmp_path / "leaves.zip")
    assert unpack_dataset(create_dataset(workspace, "New"), tmp_path / "leaves.zip").imported == 1
    assert card.read_text() == "title ="


def test_names_that_a_class_can_have_survive(workspace: Workspace, tmp_path: Path) -> None:
    names = [
        "Mütze 帽子", "v1.2", "it's 100 % (left)", "a, b; c & d", "-dash", "#1", "$HOME", "'", "`",
        "鞋" * 64, "👟" * 60, "x" * 64, "manifest.json", "train", "x.zip", "a samples", "c.jpg",
    ]  # fmt: skip
    folders = ClassFolders(create_dataset(workspace, "Names"))
    for number, name in enumerate(names):
        put_photo(folders.folder_of(folders.add_class(name)) / "a.jpg", number)
    assert pack_dataset(folders.dataset, tmp_path / "names.zip") == len(names)
    copy = create_dataset(workspace, "Copy")
    report = unpack_dataset(copy, tmp_path / "names.zip")
    assert (report.imported, report.skipped) == (len(names), ())
    assert ClassFolders(copy).counts() == dict.fromkeys(names, 1)
    with plan_import(
        ClassFolders(create_dataset(workspace, "Plain")), [tmp_path / "names.zip"]
    ) as p:
        assert sorted(p.classes) == sorted(names)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("A: ripe", "cannot contain ':'"),
        ("what?", r"cannot contain '\?'"),
        ("ripe.", "cannot begin or end with a dot"),
        (" ripe", "cannot begin or end with a space"),
        ("ripe ", "cannot begin or end with a space"),
        ("con", "Windows keeps this name"),
        ("x" * 65, "at most 64 characters"),
        ("Cap", "a class of that name already: cap"),
        ("back\\slash", "cannot contain"),
        ("no text \udcff", "cannot contain"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such folders")
def test_a_class_that_no_studio_would_take_in_again_is_said_and_nothing_is_packed(
    workspace: Workspace, tmp_path: Path, name: str, reason: str
) -> None:
    dataset = create_dataset(workspace, "Fruit", ["cap"])
    put_photo(dataset.folder / name / "a.jpg", 1)
    put_photo(dataset.folder / "cap" / "a.jpg", 2)
    with pytest.raises(DatasetError, match=f"Fruit is not packed.*Rename them first.*{reason}"):
        pack_dataset(dataset, tmp_path / "fruit.zip")
    assert not (tmp_path / "fruit.zip").exists()


def _packed_by_an_older_studio(path: Path, files: dict[str, bytes], classes: list[str]) -> Path:
    """A packed dataset as it was written before names were looked at."""
    facts = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in files.items()
    }
    manifest = {"format": "cnn-studio-dataset", "schema_version": 1, "files": facts, "marks": {}}
    card = f"title = 'Old'\nclasses = {json.dumps(classes, ensure_ascii=False)}\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr("card.toml", card)
    return path


def test_what_an_older_studio_packed_under_such_names_is_said_and_counted(
    workspace: Workspace, tmp_path: Path
) -> None:
    names = ["cap/a.jpg", "A: ripe/a.jpg", "Cap/b.jpg", "__MACOSX/c.jpg", "aux/d.jpg", "e.jpg"]
    files = {name: jpeg(number) for number, name in enumerate(names)}
    classes = ["A: ripe", "Cap", "cap", "aux", "empty?", "pen"]
    packed = _packed_by_an_older_studio(tmp_path / "old.zip", files, classes)
    new = create_dataset(workspace, "New")
    report = unpack_dataset(new, packed)
    assert report.imported == 2
    assert ClassFolders(new).counts() == {"Cap": 2, "pen": 0}
    reasons = {path.relative_to(packed).as_posix(): reason for path, reason in report.skipped}
    assert reasons.keys() == {"A: ripe/a.jpg", "__MACOSX/c.jpg", "aux/d.jpg", "e.jpg", "empty?"}
    assert reasons["A: ripe/a.jpg"].startswith("A class's name cannot contain ':'")
    assert reasons["__MACOSX/c.jpg"].startswith("A class cannot be called like this file")
    assert reasons["e.jpg"].startswith("It lies in no class folder")
    assert find_dataset(workspace, "new").card.title == "Old"


def test_an_image_that_the_manifest_promises_and_the_zip_lacks_is_said(
    workspace: Workspace, tmp_path: Path
) -> None:
    files = {f"cap/{number}.jpg": jpeg(number) for number in range(3)}
    packed = _packed_by_an_older_studio(tmp_path / "old.zip", files, ["cap"])
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(tmp_path / "less.zip", "w") as less:
        for name in old.namelist():
            if name != "cap/1.jpg":
                less.writestr(name, old.read(name))
    report = unpack_dataset(create_dataset(workspace, "New"), tmp_path / "less.zip")
    assert report.imported == 2
    assert [reason for _path, reason in report.skipped] == ["It is missing in the zip: 1.jpg."]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_files_that_cannot_be_called_so_everywhere_come_in_under_names_that_can(
    workspace: Workspace, tmp_path: Path
) -> None:
    folders = ClassFolders(create_dataset(workspace, "Odd", ["cap"]))
    names = [
        "12:30.jpg",
        "12-30.jpg",
        "a\\b.jpg",
        "A.jpg",
        "a.jpg",
        "no text \udcff.jpg",
        "CON.png",
    ]
    for number, name in enumerate(names):
        put_photo(folders.folder_of("cap") / name, number)
    odd = [sample for sample in folders.samples("cap") if sample.path.name == "12:30.jpg"]
    folders.carry_out(marking(folders, odd, Mark.EXCLUDED, True))
    assert pack_dataset(folders.dataset, tmp_path / "odd.zip") == len(names)
    copy = ClassFolders(create_dataset(workspace, "Copy"))
    report = unpack_dataset(copy.dataset, tmp_path / "odd.zip")
    assert (report.imported, report.skipped) == (len(names), ())
    stored = {sample.path.name: sample.path.read_bytes() for sample in copy.samples("cap")}
    assert sorted(stored.values()) == sorted(jpeg(number) for number in range(len(names)))
    assert stored["12-30-2.jpg"] == jpeg(0)
    assert copy.marks.names(Mark.EXCLUDED) == {"cap/12-30-2.jpg"}
    again = unpack_dataset(folders.dataset, tmp_path / "odd.zip")
    assert again.imported == 0
    assert len(again.skipped) == len(names)


def test_a_packed_dataset_that_a_mac_has_packed_again_comes_in_whole(
    things: Dataset, tmp_path: Path, workspace: Workspace
) -> None:
    pack_dataset(things, tmp_path / "things.zip")
    with (
        zipfile.ZipFile(tmp_path / "things.zip") as packed,
        zipfile.ZipFile(tmp_path / "again.zip", "w") as again,
    ):
        for name in packed.namelist():
            again.writestr(unicodedata.normalize("NFD", name), packed.read(name))
        again.writestr("__MACOSX/shoe/._a.jpg", b"of macOS")
    copy = create_dataset(workspace, "Copy")
    report = unpack_dataset(copy, tmp_path / "again.zip")
    assert (report.imported, report.skipped) == (7, ())
    assert _files(copy) == _files(things)
