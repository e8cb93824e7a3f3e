"""Class folders: the files are the truth, and nothing that a person has is lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.cards import read_card
from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.changes import Change
from cnn_studio.data.class_changes import class_rename, relabelling
from cnn_studio.data.class_folders import ClassFolders, Sample
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.intake import run_import
from cnn_studio.data.leftovers import remove_leftovers
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import read_image
from cnn_studio.vision.preparation import InputSpec
from tests.data.pictures import picture, put_photo

SESSION = Session(SessionKind.RECORDING, datetime(2026, 11, 22, 21, 5, 20, tzinfo=UTC), "3f9a")


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things", ["shoe", "cap"]))


def _record(folders: ClassFolders, class_name: str, count: int) -> list[Sample]:
    return [folders.add_image(class_name, picture(n), SESSION, n) for n in range(1, count + 1)]


def _files(folders: ClassFolders) -> set[str]:
    """Every file that is a person's."""
    root = folders.dataset.folder
    names = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    return {name for name in names if not name.startswith(".studio/")}


def test_an_image_is_stored_under_its_session_and_read_back(folders: ClassFolders) -> None:
    smooth = np.full((24, 32, 3), (200, 100, 30), np.uint8)
    sample = folders.add_image("shoe", smooth, SESSION, 7)
    assert sample.path.name == "r20261122T210520-3f9a-00007.jpg"
    assert sample.session == SESSION
    assert np.abs(read_image(sample.path).astype(int) - smooth).max() < 4
    assert folders.counts() == {"shoe": 1, "cap": 0}


def test_the_first_image_of_a_built_in_dataset_makes_its_folder_and_card(
    workspace: Workspace,
) -> None:
    folders = ClassFolders(find_dataset(workspace, "objects"))
    assert folders.counts()["book"] == 0
    folders.add_image("book", picture(1), SESSION, 1)
    assert folders.counts()["book"] == 1
    assert read_card(workspace.datasets / "objects").classes[0] == "shoe"


def test_two_images_of_one_place_are_both_kept(folders: ClassFolders) -> None:
    first = folders.add_image("shoe", picture(1), SESSION, 1)
    second = folders.add_image("shoe", picture(2), SESSION, 1)
    assert first.path != second.path
    assert second.session == SESSION
    assert folders.counts()["shoe"] == 2


def test_samples_come_newest_first(folders: ClassFolders) -> None:
    _record(folders, "shoe", 3)
    older = put_photo(folders.folder_of("shoe") / "older.jpg", 9)
    newer = put_photo(folders.folder_of("shoe") / "newer.jpg", 9)
    os.utime(older, (0, SESSION.started.timestamp() - 9))
    os.utime(newer, (0, SESSION.started.timestamp() + 9))
    names = [sample.path.name for sample in folders.samples("shoe")]
    assert names == ["newer.jpg", *(SESSION.file_name(n) for n in (3, 2, 1)), "older.jpg"]


def test_what_other_programs_put_there_shows_up(folders: ClassFolders) -> None:
    put_photo(folders.dataset.folder / "mug" / "photo.JPEG", 1)
    put_photo(folders.dataset.folder / "mug" / ".half.jpg", 1)
    put_photo(folders.dataset.folder / "mug" / "notes.txt", 1)
    put_photo(folders.dataset.folder / "mug" / "below" / "photo.jpg", 1)
    assert folders.classes() == ("shoe", "cap", "mug")
    assert folders.counts()["mug"] == 1


def test_a_folder_that_differs_in_case_is_the_class_on_the_card(folders: ClassFolders) -> None:
    put_photo(folders.dataset.folder / "Shoe" / "1.jpg", 1)
    assert folders.counts() == {"Shoe": 1, "cap": 0}
    folders.carry_out(class_rename(folders, "Shoe", "boot"))
    assert folders.counts() == {"boot": 1, "cap": 0}
    assert read_card(folders.dataset.folder).classes == ("boot", "cap")


def test_a_card_that_another_window_changes_is_read_again(folders: ClassFolders) -> None:
    other = ClassFolders(folders.dataset)
    other.add_class("mug")
    other.carry_out(class_rename(other, "shoe", "boot"))
    assert folders.classes() == ("boot", "cap", "mug")
    folders.add_class("pen")
    assert other.classes() == ("boot", "cap", "mug", "pen")


def test_classes_of_numbers_are_in_the_order_of_numbers(
    workspace: Workspace, tmp_path: Path
) -> None:
    expected = tuple(map(str, range(11)))
    for number in map(str, reversed(range(11))):
        put_photo(tmp_path / "digits" / number / "a.jpg", int(number))
        put_photo(workspace.datasets / "found" / number / "a.jpg", int(number))
    (tmp_path / "digits" / "__MACOSX").mkdir()
    assert ClassFolders(find_dataset(workspace, f"{tmp_path / 'digits'}/")).classes() == expected
    assert ClassFolders(find_dataset(workspace, "found")).classes() == expected
    folders = ClassFolders(create_dataset(workspace, "Digits"))
    for path in (tmp_path / "digits", archived(tmp_path / "digits")):
        with plan_import(folders, [path]) as plan:
            assert tuple(plan.classes) == expected
            run_import(plan)
    assert folders.classes() == expected


def archived(folder: Path) -> Path:
    """A zip of a folder."""
    return Path(shutil.make_archive(str(folder), "zip", folder))


def test_a_class_is_added_once(folders: ClassFolders) -> None:
    assert folders.add_class("  mug ") == "mug"
    assert folders.folder_of("mug").is_dir()
    with pytest.raises(DatasetError, match="already: mug"):
        folders.add_class("MUG")
    assert read_card(folders.dataset.folder).classes == ("shoe", "cap", "mug")


@pytest.mark.parametrize("name", ["..", "../cap", "", ".trash", "a/b", "a\\b", "a\0b"])
def test_no_name_leads_out_of_the_dataset(folders: ClassFolders, name: str) -> None:
    before = _files(folders)
    with pytest.raises(DatasetError, match="cannot be the name of a class"):
        folders.add_image(name, picture(1), SESSION, 1)
    with pytest.raises(DatasetError, match="cannot be the name of a class"):
        folders.carry_out(relabelling(folders, folders.samples("shoe"), name))
    assert _files(folders) == before


def test_a_full_disk_is_told_in_a_sentence_and_leaves_no_rest(
    folders: ClassFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _files(folders)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DatasetError, match=r"cannot be saved in .*shoe: No space left on device"):
        folders.add_image("shoe", picture(1), SESSION, 1)
    with pytest.raises(DatasetError, match="No space left"):
        folders.add_class("mug")
    assert _files(folders) == before
    assert folders.classes() == ("shoe", "cap")


def test_only_images_are_stored(folders: ClassFolders) -> None:
    with pytest.raises(DatasetError, match=r"this ending: \.exe"):
        folders.add_encoded("shoe", b"MZ", ".exe", SESSION, 1)


def test_a_dataset_without_class_folders_is_left_as_it_is(workspace: Workspace) -> None:
    folders = ClassFolders(find_dataset(workspace, "fashion-mnist"))
    for change in (
        lambda: folders.add_class("Hat"),
        lambda: class_rename(folders, "Bag", "Sack"),
        lambda: folders.carry_out(Change(moves=(("Bag", "Sack"),))),
        lambda: folders.add_image("Bag", picture(1), SESSION, 1),
    ):
        with pytest.raises(DatasetError, match="as it was published"):
            change()
    assert not workspace.root.exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs rights that are refused")
def test_a_folder_that_may_not_be_read_stops_nothing(folders: ClassFolders, tmp_path: Path) -> None:
    put_photo(folders.folder_of("shoe") / "a.jpg", 1)
    folders.folder_of("shoe").chmod(0)
    try:
        assert folders.counts()["shoe"] == 0
    finally:
        folders.folder_of("shoe").chmod(0o700)


def test_what_is_being_written_is_in_no_class_folder(
    folders: ClassFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folders.folder_of("shoe")
    flush = os.fsync
    seen: list[list[str]] = []

    def look(descriptor: int) -> None:
        seen.append(sorted(path.name for path in folder.iterdir()))
        flush(descriptor)

    _record(folders, "shoe", 1)
    monkeypatch.setattr("os.fsync", look)
    _record(folders, "shoe", 1)
    assert seen == [[SESSION.file_name(1)]]
    assert folders.counts()["shoe"] == 2
    left_by_a_kill = folders.dataset.folder / ".studio" / f".{'0a' * 16}.part"
    left_by_a_kill.write_bytes(b"half an image")
    os.utime(left_by_a_kill, (0, 0))
    assert remove_leftovers(folders.dataset.folder) == 1


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no other disk")
def test_a_class_folder_may_be_a_link_to_another_disk(
    folders: ClassFolders, tmp_path: Path
) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        if Path(elsewhere).stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("it is the same disk")
        folders.folder_of("shoe").symlink_to(elsewhere)
        _record(folders, "shoe", 2)
        assert len(list(Path(elsewhere).iterdir())) == folders.counts()["shoe"] == 2


def test_a_dataset_that_was_moved_away_is_not_made_a_second_time(
    folders: ClassFolders, workspace: Workspace
) -> None:
    folder = folders.dataset.folder
    folder.rename(folder.with_name("elsewhere"))
    session = Session.new(SessionKind.RECORDING)
    for change in (
        lambda: folders.add_image("shoe", np.zeros((8, 8, 3), np.uint8), session, 1),
        lambda: folders.add_class("hat"),
        lambda: folders.set_input(InputSpec(32, 1)),
    ):
        with pytest.raises(DatasetError, match=r"The folder of .* has gone"):
            change()
    assert not folder.exists()
