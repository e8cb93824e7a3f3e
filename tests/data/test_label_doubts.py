"""Doubts of labels: kept beside the images, and gone when images or labels change."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.checkup import check_dataset
from cnn_studio.data.class_changes import class_switch, deletion, marking, relabelling
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.finding_groups import together
from cnn_studio.data.findings import FindingKind, Fix
from cnn_studio.data.label_doubts import (
    DOUBTS_NAME,
    Doubt,
    LabelDoubts,
    content_of,
    read_doubts,
    search_key,
    standing_doubts,
    write_doubts,
)
from cnn_studio.data.marks import STUDIO_FOLDER, Mark
from cnn_studio.data.samples import Sample
from cnn_studio.data.wrong_labels import wrong_labels
from cnn_studio.paths import Workspace
from tests.data.pictures import put_photo


def doubt(folder: Path, name: str, suggested: str, score: float) -> Doubt:
    return Doubt(name, content_of(folder / name), suggested, score)


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    """Three classes of three photos; three labels are doubted."""
    dataset = create_dataset(workspace, "Things", ["shoe", "cap", "mug"])
    for place, name in enumerate(("shoe", "cap", "mug")):
        for number in range(3):
            put_photo(dataset.folder / name / f"{number}.jpg", 10 * place + number)
    doubts = (
        doubt(dataset.folder, "shoe/0.jpg", "cap", 0.01),
        doubt(dataset.folder, "cap/1.jpg", "shoe", 0.02),
        doubt(dataset.folder, "shoe/2.jpg", "cap", 0.2),
    )
    write_doubts(dataset.folder, LabelDoubts("key", 9, doubts))
    return ClassFolders(dataset)


def names(folders: ClassFolders) -> list[str]:
    return [one.name for one in standing_doubts(folders)]


def sample(folders: ClassFolders, name: str) -> Sample:
    return Sample(folders.dataset.folder / name, name.partition("/")[0])


def test_what_was_found_is_read_back(folders: ClassFolders) -> None:
    found = read_doubts(folders.dataset.folder)
    assert found is not None
    assert (found.key, found.images) == ("key", 9)
    assert found.doubts[0].label == "shoe"
    assert names(folders) == ["shoe/0.jpg", "cap/1.jpg", "shoe/2.jpg"]


@pytest.mark.parametrize("text", ["{", "[]", '{"key": "a", "images": 1, "doubts": [[1]]}'])
def test_a_damaged_file_holds_no_doubts(folders: ClassFolders, text: str) -> None:
    path = folders.dataset.folder / STUDIO_FOLDER / DOUBTS_NAME
    path.write_text(text, encoding="utf-8")
    assert names(folders) == []
    path.unlink()
    assert names(folders) == []


def test_a_doubt_is_gone_with_the_label_and_back_with_an_undo(folders: ClassFolders) -> None:
    done = folders.carry_out(relabelling(folders, [sample(folders, "shoe/0.jpg")], "mug"))
    assert names(folders) == ["cap/1.jpg", "shoe/2.jpg"]
    folders.carry_out(done.inverse())
    assert names(folders) == ["shoe/0.jpg", "cap/1.jpg", "shoe/2.jpg"]


def test_what_is_reviewed_left_out_deleted_or_changed_is_not_doubted(folders: ClassFolders) -> None:
    folders.carry_out(marking(folders, [sample(folders, "shoe/0.jpg")], Mark.REVIEWED, True))
    assert names(folders) == ["cap/1.jpg", "shoe/2.jpg"]
    folders.carry_out(marking(folders, [sample(folders, "cap/1.jpg")], Mark.EXCLUDED, True))
    assert names(folders) == ["shoe/2.jpg"]
    put_photo(folders.dataset.folder / "shoe" / "2.jpg", 99)
    assert names(folders) == []


def test_a_deleted_image_is_not_doubted(folders: ClassFolders) -> None:
    folders.carry_out(deletion(folders, [sample(folders, "shoe/0.jpg")]))
    assert names(folders) == ["cap/1.jpg", "shoe/2.jpg"]


def test_no_class_that_is_switched_off_is_suggested(folders: ClassFolders) -> None:
    folders.carry_out(class_switch(folders, "cap", enabled=False))
    assert names(folders) == []


def test_the_checkup_tells_of_pairs_of_classes(folders: ClassFolders, tmp_path: Path) -> None:
    checkup = check_dataset(folders.dataset, store_path=tmp_path / "facts.sqlite")
    found = [one for one in checkup.findings if one.kind is FindingKind.WRONG_LABEL]
    assert {one.classes: len(one.paths) for one in found} == {
        ("shoe", "cap"): 2,
        ("cap", "shoe"): 1,
    }
    first = next(one for one in found if one.classes == ("shoe", "cap"))
    assert [path.name for path in first.paths] == ["0.jpg", "2.jpg"]
    assert first.fixes[0] is Fix.ACCEPT_SUGGESTION
    assert "2 images of shoe may really show cap" in first.why


def test_all_pairs_together_stand_the_most_doubted_first(folders: ClassFolders) -> None:
    whole = together(wrong_labels(folders))
    assert [sample.mark_name for sample in whole.samples] == names(folders)
    assert [doubt.name for doubt in whole.doubts] == names(folders)
    assert whole.paths == tuple(sample.path for sample in whole.samples)
    assert "the most doubted first" in whole.why


def test_equal_doubts_stand_in_one_order_everywhere(folders: ClassFolders) -> None:
    found = [
        doubt(folders.dataset.folder, name, suggested, 0.1)
        for name, suggested in (("shoe/2.jpg", "cap"), ("cap/1.jpg", "mug"), ("shoe/0.jpg", "mug"))
    ]
    write_doubts(folders.dataset.folder, LabelDoubts("key", 9, tuple(found)))
    assert names(folders) == ["cap/1.jpg", "shoe/0.jpg", "shoe/2.jpg"]
    whole = together(wrong_labels(folders))
    assert [sample.mark_name for sample in whole.samples] == names(folders)


def test_the_checkup_lists_the_pair_with_the_most_doubted_label_first(
    folders: ClassFolders, tmp_path: Path
) -> None:
    found = (
        doubt(folders.dataset.folder, "cap/1.jpg", "mug", 0.3),
        doubt(folders.dataset.folder, "shoe/0.jpg", "mug", 0.1),
    )
    write_doubts(folders.dataset.folder, LabelDoubts("key", 9, found))
    checkup = check_dataset(folders.dataset, store_path=tmp_path / "facts.sqlite")
    pairs = [one.classes for one in checkup.findings if one.kind is FindingKind.WRONG_LABEL]
    assert pairs == [("shoe", "mug"), ("cap", "mug")]


def test_before_a_search_there_is_no_such_finding(workspace: Workspace) -> None:
    assert wrong_labels(ClassFolders(create_dataset(workspace, "Empty", ["a", "b"]))) == []


def test_another_label_content_or_way_is_another_key() -> None:
    keys = {
        search_key(["shoe/a"], ["1"], [1]),
        search_key(["cap/a"], ["1"], [1]),
        search_key(["shoe/a"], ["2"], [1]),
        search_key(["shoe/a"], ["1"], [2]),
    }
    assert len(keys) == 4
