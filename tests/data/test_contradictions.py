"""One picture in several classes: what an answer does to its files, and that nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.checkup import check_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.contradictions import Fate, decision, fates
from cnn_studio.data.findings import Finding, FindingKind, Fix
from cnn_studio.data.marks import Mark
from cnn_studio.data.samples import Sample
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.data.test_checkup import scene


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things", ["pen", "cup", "key"]))


def put(folders: ClassFolders, name: str, data: bytes) -> None:
    path = folders.dataset.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def contradiction(folders: ClassFolders, tmp_path: Path) -> Finding:
    checkup = check_dataset(folders.dataset, store_path=tmp_path / "facts.sqlite")
    (found,) = [finding for finding in checkup.findings if finding.across_classes]
    return found


def files(folders: ClassFolders) -> set[str]:
    """Every image, those in the trash as well."""
    root = folders.dataset.folder
    return {path.relative_to(root).as_posix() for path in root.rglob("*.jpg")}


def names(found: dict[Sample, Fate]) -> dict[str, Fate]:
    return {sample.mark_name: fate for sample, fate in found.items()}


@pytest.fixture
def copies(folders: ClassFolders, tmp_path: Path) -> Finding:
    """One file three times: twice in pen, once in cup."""
    for name in ("pen/a.jpg", "pen/b.jpg", "cup/c.jpg"):
        put(folders, name, encode_jpeg(scene(1)))
    return contradiction(folders, tmp_path)


@pytest.fixture
def forms(folders: ClassFolders, tmp_path: Path) -> Finding:
    """One picture in three forms: large in cup, and twice small in pen, under one name each."""
    put(folders, "cup/a.jpg", encode_jpeg(scene(1)))
    put(folders, "pen/a.jpg", encode_jpeg(scene(1), 60))
    put(folders, "pen/b.jpg", encode_jpeg(scene(1), 50))
    return contradiction(folders, tmp_path)


@pytest.mark.parametrize("kind", ["copies", "forms"])
def test_which_class_is_right_is_left_to_the_person(
    request: pytest.FixtureRequest, kind: str
) -> None:
    finding: Finding = request.getfixturevalue(kind)
    assert finding.fixes == (Fix.CHOOSE_CLASS,)
    assert finding.surplus == ()


def test_of_the_very_same_file_one_stays_in_the_named_class(
    folders: ClassFolders, copies: Finding
) -> None:
    assert names(fates(copies, "cup")) == {
        "cup/c.jpg": Fate.STAYS,
        "pen/a.jpg": Fate.GOES,
        "pen/b.jpg": Fate.GOES,
    }
    assert list(fates(copies, "pen").values()).count(Fate.STAYS) == 1
    done = folders.carry_out(decision(folders, copies, "cup"))
    assert files(folders) == {"cup/c.jpg", ".trash/pen/a.jpg", ".trash/pen/b.jpg"}
    assert folders.marks.names(Mark.REVIEWED) == {"cup/c.jpg"}
    folders.carry_out(done.inverse())
    assert files(folders) == {"pen/a.jpg", "pen/b.jpg", "cup/c.jpg"}
    assert folders.marks.names(Mark.REVIEWED) == frozenset()


def test_other_forms_of_the_picture_move_there_and_none_is_lost(
    folders: ClassFolders, forms: Finding
) -> None:
    assert forms.kind is FindingKind.NEAR_DUPLICATE
    assert set(fates(forms, "pen").values()) == {Fate.STAYS, Fate.MOVES}
    contents = {path.read_bytes() for path in forms.paths}
    done = folders.carry_out(decision(folders, forms, "cup"))
    moved = {path for path in files(folders) if path.startswith("cup/")}
    assert len(moved) == 3  # two had one name
    assert {(folders.dataset.folder / name).read_bytes() for name in moved} == contents
    assert folders.marks.names(Mark.REVIEWED) == moved
    folders.carry_out(done.inverse())
    assert files(folders) == {"cup/a.jpg", "pen/a.jpg", "pen/b.jpg"}


def test_it_may_be_of_another_class(folders: ClassFolders, copies: Finding) -> None:
    assert sorted(fates(copies, "key").values()) == [Fate.GOES, Fate.GOES, Fate.MOVES]
    folders.carry_out(decision(folders, copies, "key"))
    assert {name for name in files(folders) if not name.startswith(".")} == {"key/a.jpg"}


def test_only_what_still_is_the_same_file_goes(folders: ClassFolders, copies: Finding) -> None:
    put(folders, "pen/b.jpg", encode_jpeg(scene(2)))  # changed by another program since
    folders.carry_out(decision(folders, copies, "cup"))
    assert files(folders) == {"cup/c.jpg", "cup/b.jpg", ".trash/pen/a.jpg"}


def test_the_last_copy_never_goes(folders: ClassFolders, copies: Finding) -> None:
    (folders.dataset.folder / "cup" / "c.jpg").unlink()  # the one that was to stay
    folders.carry_out(decision(folders, copies, "cup"))
    assert {name for name in files(folders) if not name.startswith(".")} == {"cup/a.jpg"}
    for name in ("a", "b"):
        (folders.dataset.folder / ".trash" / "pen" / f"{name}.jpg").unlink(missing_ok=True)
    (folders.dataset.folder / "cup" / "a.jpg").unlink()
    folders.carry_out(decision(folders, copies, "cup"))
    assert files(folders) == set()


def test_a_name_that_leads_out_of_the_dataset_is_refused(
    folders: ClassFolders, copies: Finding
) -> None:
    with pytest.raises(DatasetError, match="name of a class"):
        decision(folders, copies, "../elsewhere")
