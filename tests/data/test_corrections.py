"""Corrected frames on disk: where they go, what belongs together, and how they are taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.corrections import SESSION_GAP_S, Corrections
from cnn_studio.data.sessions import SessionKind
from cnn_studio.data.trash import TRASH_NAME
from cnn_studio.errors import DatasetError
from cnn_studio.models.dataset_moves import rename_dataset
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_png, read_image

FRAME = np.full((48, 64, 3), (200, 40, 40), np.uint8)


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things", ["shoe", "cap"]))


def test_a_frame_is_kept_whole_in_its_class(folders: ClassFolders) -> None:
    sample = Corrections(folders).add("cap", FRAME, 1.0)
    assert sample.path.parent == folders.folder_of("cap")
    kept = read_image(sample.path)
    assert kept.shape == FRAME.shape
    assert np.abs(kept.astype(int) - FRAME).max() < 6
    assert sample.session is not None
    assert sample.session.kind is SessionKind.CORRECTION


def test_frames_of_one_class_in_a_row_belong_together(folders: ClassFolders) -> None:
    corrections = Corrections(folders)
    moments = [("cap", 0.0), ("cap", 2.0), ("shoe", 3.0), ("cap", 4.0), ("cap", 5 + SESSION_GAP_S)]
    sessions = [corrections.add(name, FRAME, moment_s).session for name, moment_s in moments]
    assert sessions[0] == sessions[1]
    assert len({session.id for session in sessions if session}) == 4
    assert corrections.count == 5


def test_the_newest_one_is_taken_back_into_the_trash(folders: ClassFolders) -> None:
    corrections = Corrections(folders)
    corrections.add("shoe", FRAME, 0.0)
    newest = corrections.add("cap", FRAME, 1.0)
    assert corrections.undo() == newest
    assert folders.counts() == {"shoe": 1, "cap": 0}
    assert (folders.dataset.folder / TRASH_NAME / "cap" / newest.path.name).is_file()
    assert corrections.undo() is not None
    assert corrections.undo() is None
    assert corrections.count == 0


def test_the_same_frame_is_saved_twice_only_if_it_was_taken_back(folders: ClassFolders) -> None:
    corrections = Corrections(folders)
    corrections.add("cap", FRAME, 1.0)
    with pytest.raises(DatasetError, match="saved as cap already"):
        corrections.add("cap", FRAME, 1.0)
    corrections.undo()
    corrections.add("cap", FRAME, 1.0)
    assert folders.counts() == {"shoe": 0, "cap": 1}


def test_a_file_is_kept_as_it_is(folders: ClassFolders, tmp_path: Path) -> None:
    corrections, data = Corrections(folders), encode_png(FRAME)
    sample = corrections.add_file("cap", data, ".png", tmp_path / "photo.png")
    assert sample.path.read_bytes() == data
    assert sample.path.suffix == ".png"
    with pytest.raises(DatasetError, match="saved as cap already"):
        corrections.add_file("cap", data, ".png", tmp_path / "photo.png")
    corrections.add_file("cap", data, ".png", tmp_path / "clip.avi", 0.5)  # two of its frames
    corrections.add_file("cap", data, ".png", tmp_path / "clip.avi", 1.0)
    assert corrections.count == 3


def test_a_picture_shows_one_thing(folders: ClassFolders, tmp_path: Path) -> None:
    corrections = Corrections(folders)
    corrections.add("cap", FRAME, 1.0)
    corrections.add_file("cap", encode_png(FRAME), ".png", tmp_path / "photo.png")
    corrections.add("shoe", FRAME, 1.0)
    corrections.add_file("shoe", encode_png(FRAME), ".png", tmp_path / "photo.png")
    assert folders.counts() == {"shoe": 2, "cap": 0}
    assert [sample.class_name for sample in corrections.samples] == ["shoe", "shoe"]


def test_an_image_of_the_dataset_is_not_taken_for_another_one(folders: ClassFolders) -> None:
    corrections = Corrections(folders)
    own = corrections.add("cap", FRAME, 1.0).path
    with pytest.raises(DatasetError, match=f"{own.name} is an image of Things already, in .* cap"):
        corrections.add_file("shoe", own.read_bytes(), ".jpg", own)
    assert folders.counts() == {"shoe": 0, "cap": 1}


def test_what_was_learned_counts_no_more_and_is_not_taken_back(folders: ClassFolders) -> None:
    corrections = Corrections(folders)
    learned = [corrections.add("cap", FRAME, float(moment)) for moment in range(2)]
    newer = corrections.add("shoe", FRAME, 3.0)
    corrections.settle(learned)
    assert corrections.samples == (newer,)
    assert corrections.undo() == newer
    assert corrections.undo() is None
    assert folders.counts() == {"shoe": 0, "cap": 2}


def test_what_was_deleted_elsewhere_can_be_saved_again(folders: ClassFolders) -> None:
    corrections = Corrections(folders)
    corrections.add("shoe", FRAME, 0.0)
    corrections.add("cap", FRAME, 1.0).path.unlink()
    corrections.add("cap", FRAME, 1.0)
    assert corrections.count == 2
    corrections.samples[-1].path.unlink()
    taken_back = corrections.undo()
    assert taken_back is not None
    assert taken_back.class_name == "shoe"


def test_a_class_that_is_gone_gets_nothing(folders: ClassFolders) -> None:
    corrections = Corrections(folders)
    with pytest.raises(DatasetError, match="no class hat any more"):
        corrections.add("hat", FRAME, 0.0)
    assert corrections.count == 0
    assert not folders.folder_of("hat").exists()


def test_a_dataset_that_was_published_is_never_written_to(workspace: Workspace) -> None:
    published = find_dataset(workspace, "fashion-mnist")
    with pytest.raises(DatasetError, match="kept as it was published"):
        Corrections(ClassFolders(published)).add("Sandal", FRAME, 0.0)
    assert not published.folder.exists()


def test_a_dataset_that_was_renamed_gets_no_second_folder(
    workspace: Workspace, folders: ClassFolders
) -> None:
    folder = folders.dataset.folder
    corrections = Corrections(folders)
    rename_dataset(workspace, folders.dataset, "Mugs")
    with pytest.raises(DatasetError, match="has gone"):
        corrections.add("cap", FRAME, 1.0)
    assert not folder.exists()
