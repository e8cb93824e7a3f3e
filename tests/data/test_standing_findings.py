"""What still holds of a checkup after changes, without looking into any image again."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.checkup import check_dataset
from cnn_studio.data.class_changes import class_switch, deletion, marking, relabelling
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.contradictions import decision
from cnn_studio.data.findings import Finding, FindingKind
from cnn_studio.data.label_doubts import Doubt, LabelDoubts, content_of, write_doubts
from cnn_studio.data.marks import Mark
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.data.standing_findings import standing_findings
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.data.test_checkup import scene


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    """Three copies in pen, one picture in both classes, and doubts of two labels of cup."""
    dataset = create_dataset(workspace, "Things", ["pen", "cup"])
    for name, seed in (
        ("pen/a", 1),
        ("pen/b", 1),
        ("pen/c", 1),
        ("pen/d", 2),
        ("cup/e", 2),
        ("cup/f", 3),
        ("cup/g", 4),
    ):
        path = dataset.folder / f"{name}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode_jpeg(scene(seed)))
    doubts = tuple(
        Doubt(name, content_of(dataset.folder / name), "pen", score)
        for name, score in (("cup/f.jpg", 0.01), ("cup/g.jpg", 0.1))
    )
    write_doubts(dataset.folder, LabelDoubts("key", 7, doubts))
    return ClassFolders(dataset)


@pytest.fixture
def found(folders: ClassFolders, tmp_path: Path) -> list[Finding]:
    return list(check_dataset(folders.dataset, store_path=tmp_path / "facts.sqlite").findings)


def of(found: list[Finding], kind: FindingKind, across: bool = False) -> list[Finding]:
    return [one for one in found if one.kind is kind and one.across_classes is across]


def sample(folders: ClassFolders, name: str) -> Sample:
    return Sample(folders.dataset.folder / f"{name}.jpg", name.partition("/")[0])


COPIES, DOUBTS = FindingKind.EXACT_DUPLICATE, FindingKind.WRONG_LABEL


def test_without_a_change_all_are_the_same_objects(
    folders: ClassFolders, found: list[Finding]
) -> None:
    standing = standing_findings(found, folders)
    assert len(standing) == 3
    assert all(one is other for one, other in zip(standing, found, strict=True))


def test_an_answer_ends_a_contradiction_and_an_undo_brings_it_back(
    folders: ClassFolders, found: list[Finding]
) -> None:
    (across,) = of(found, COPIES, across=True)
    done = folders.carry_out(decision(folders, across, "pen"))
    assert not of(standing_findings(found, folders), COPIES, across=True)
    folders.carry_out(done.inverse())
    assert of(standing_findings(found, folders), COPIES, across=True) == [across]


def test_of_the_copies_that_are_left_one_stays(folders: ClassFolders, found: list[Finding]) -> None:
    (before,) = of(found, COPIES)
    stays = before.paths[0]
    folders.carry_out(deletion(folders, [Sample(stays, "pen")]))
    (after,) = of(standing_findings(found, folders), COPIES)
    assert after.paths == before.paths[1:]
    assert after.surplus == before.paths[2:]
    assert after.why.startswith("2 images are the very same image.")
    assert all(one is other for one, other in zip(after.samples, before.samples[1:], strict=True))
    folders.carry_out(deletion(folders, [Sample(after.paths[0], "pen")]))
    assert not of(standing_findings(found, folders), COPIES)


def test_what_is_left_out_of_training_counts_no_more(
    folders: ClassFolders, found: list[Finding]
) -> None:
    folders.carry_out(marking(folders, [sample(folders, "cup/e")], Mark.EXCLUDED, True))
    assert not of(standing_findings(found, folders), COPIES, across=True)
    folders.carry_out(class_switch(folders, "pen", enabled=False))
    assert standing_findings(found, folders) == []


def test_a_doubt_ends_with_an_answer_and_the_count_is_true(
    folders: ClassFolders, found: list[Finding]
) -> None:
    folders.carry_out(relabelling(folders, [sample(folders, "cup/f")], "pen"))
    (left,) = of(standing_findings(found, folders), DOUBTS)
    assert [doubt.name for doubt in left.doubts] == ["cup/g.jpg"]
    assert left.why.startswith("1 image of cup may really show pen")
    folders.carry_out(marking(folders, [sample(folders, "cup/g")], Mark.REVIEWED, True))
    assert not of(standing_findings(found, folders), DOUBTS)


def test_frames_that_were_held_still_are_parted_by_the_frames_that_stay(
    workspace: Workspace, tmp_path: Path
) -> None:
    folders = ClassFolders(create_dataset(workspace, "Still", ["pen"]))
    session = Session.new(SessionKind.RECORDING)
    for number, seed in enumerate((1, 1, 1, 2, 2)):
        folders.add_image("pen", scene(seed), session, number)
    found = [
        one
        for one in check_dataset(folders.dataset, store_path=tmp_path / "facts.sqlite").findings
        if "held still" in one.why
    ]
    (still,) = found
    assert len(still.surplus) == 3
    folders.carry_out(deletion(folders, [Sample(still.paths[0], "pen")]))
    (left,) = standing_findings(found, folders)
    assert left.paths == still.paths[1:]
    assert left.surplus == (still.paths[2], still.paths[4])
