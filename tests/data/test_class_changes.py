"""Changes of a dataset: what they do to the files, and that their inverse undoes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from cnn_studio.data.cards import Orientation, read_card
from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_changes import (
    background_class,
    class_addition,
    class_colour,
    class_merge,
    class_order,
    class_removal,
    class_rename,
    class_switch,
    deletion,
    image_orientation,
    marking,
    regrouping,
    relabelling,
    restoration,
    review,
)
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.marks import Mark
from cnn_studio.data.samples import Sample
from cnn_studio.data.sessions import Session, SessionKind
from cnn_studio.data.trash import empty_trash, list_trash
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from tests.data.pictures import jpeg, picture, put_photo

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


def _trash(folders: ClassFolders, samples: Iterable[Sample]) -> None:
    folders.carry_out(deletion(folders, samples))


def test_a_class_is_renamed_with_its_images_and_keeps_its_place(folders: ClassFolders) -> None:
    _record(folders, "shoe", 2)
    folders.carry_out(class_colour(folders, "shoe", "#102030"))
    folders.carry_out(class_rename(folders, "shoe", "Shoe"))
    folders.carry_out(class_rename(folders, "Shoe", " boot "))
    assert folders.counts() == {"boot": 2, "cap": 0}
    assert folders.dataset.card.colours == {"boot": "#102030"}
    with pytest.raises(DatasetError, match="already: cap"):
        class_rename(folders, "boot", "Cap")
    with pytest.raises(DatasetError, match="no class of this name: shoe"):
        class_rename(folders, "shoe", "slipper")


def test_a_removed_class_goes_to_the_trash_and_comes_back(folders: ClassFolders) -> None:
    _record(folders, "shoe", 3)
    (folders.folder_of("shoe") / "notes.txt").write_text("kept")
    before = _files(folders)
    removal = folders.carry_out(class_removal(folders, "shoe"))
    assert folders.classes() == ("cap",)
    assert not folders.folder_of("shoe").exists()
    assert ".trash/shoe (other files)/notes.txt" in _files(folders)
    folders.carry_out(removal.inverse())
    assert _files(folders) == before
    assert folders.counts() == {"shoe": 3, "cap": 0}


def test_images_of_a_removed_class_come_back_after_a_restart(folders: ClassFolders) -> None:
    _record(folders, "shoe", 3)
    folders.carry_out(class_removal(folders, "shoe"))
    again = ClassFolders(folders.dataset)
    trashed = list_trash(again.dataset.folder)
    again.carry_out(restoration(again, trashed[:2]))
    assert again.counts() == {"cap": 0, "shoe": 2}
    assert read_card(again.dataset.folder).classes == ("cap", "shoe")


def test_an_empty_class_leaves_nothing_behind(folders: ClassFolders) -> None:
    folders.add_class("mug")
    folders.carry_out(class_removal(folders, "mug"))
    folders.carry_out(class_removal(folders, "cap"))
    assert folders.classes() == ("shoe",)
    assert _files(folders) == {"card.toml"}


def test_a_deleted_image_lies_in_the_trash_and_comes_back_as_it_was(folders: ClassFolders) -> None:
    samples = _record(folders, "shoe", 2)
    content = samples[0].path.read_bytes()
    done = folders.carry_out(deletion(folders, samples[:1]))
    [trashed] = list_trash(folders.dataset.folder)
    assert trashed.path == folders.dataset.folder / ".trash" / "shoe" / samples[0].path.name
    assert trashed.sample == samples[0]
    assert folders.counts()["shoe"] == 1
    folders.carry_out(done.inverse())
    assert samples[0].path.read_bytes() == content
    assert list_trash(folders.dataset.folder) == []


def test_nothing_in_the_trash_is_ever_written_over(folders: ClassFolders) -> None:
    photo = folders.folder_of("shoe") / "a.jpg"
    _trash(folders, [Sample(put_photo(photo, 1), "shoe")])
    second = folders.carry_out(deletion(folders, [Sample(put_photo(photo, 2), "shoe")]))
    folders.carry_out(second.inverse())
    assert photo.read_bytes() == jpeg(2)
    folders.carry_out(restoration(folders, list_trash(folders.dataset.folder)))
    held = {sample.path.read_bytes() for sample in folders.samples("shoe")}
    assert held == {jpeg(1), jpeg(2)}


def test_an_emptied_trash_is_gone_for_good(folders: ClassFolders) -> None:
    _trash(folders, _record(folders, "shoe", 3)[:2])
    assert empty_trash(folders.dataset.folder) == 2
    assert _files(folders) == {"card.toml", f"shoe/{SESSION.file_name(3)}"}
    assert empty_trash(folders.dataset.folder) == 0


def test_a_move_keeps_a_file_of_the_same_name(folders: ClassFolders) -> None:
    put_photo(folders.folder_of("cap") / "a.jpg", 1)
    sample = Sample(put_photo(folders.folder_of("shoe") / "a.jpg", 2), "shoe")
    done = folders.carry_out(relabelling(folders, [sample], "cap"))
    assert (folders.folder_of("cap") / "a.jpg").read_bytes() == jpeg(1)
    assert (folders.dataset.folder / done.moves[0][1]).read_bytes() == jpeg(2)
    folders.carry_out(done.inverse())
    assert sample.path.read_bytes() == jpeg(2)


def test_what_has_gone_meanwhile_stops_nothing(folders: ClassFolders) -> None:
    gone, there = _record(folders, "shoe", 2)
    gone.path.unlink()
    done = folders.carry_out(relabelling(folders, [gone, there], "cap"))
    assert len(done.moves) == 1
    assert folders.carry_out(deletion(folders, [gone])).is_empty
    assert folders.counts() == {"shoe": 0, "cap": 1}


def test_a_merge_keeps_every_image_and_can_be_taken_back(folders: ClassFolders) -> None:
    put_photo(folders.folder_of("cap") / "a.jpg", 1)
    put_photo(folders.folder_of("shoe") / "a.jpg", 2)
    _record(folders, "shoe", 2)
    before = {path: (folders.dataset.folder / path).read_bytes() for path in _files(folders)}
    done = folders.carry_out(class_merge(folders, "shoe", "cap"))
    assert folders.counts() == {"cap": 4}
    folders.carry_out(done.inverse())
    after = {path: (folders.dataset.folder / path).read_bytes() for path in _files(folders)}
    assert after == before
    with pytest.raises(DatasetError, match="with itself"):
        class_merge(folders, "cap", "cap")


def test_classes_are_ordered_coloured_and_switched_off(folders: ClassFolders) -> None:
    folders.carry_out(class_addition(folders, "nothing", background=True))
    folders.carry_out(class_order(folders, ["nothing", "shoe", "cap"]))
    folders.carry_out(class_switch(folders, "cap", False))
    off = folders.carry_out(class_switch(folders, "shoe", False))
    folders.carry_out(class_colour(folders, "cap", "#A0B0C0"))
    card = read_card(folders.dataset.folder)
    assert card.classes == ("nothing", "shoe", "cap")
    assert card.disabled == ("cap", "shoe")
    assert card.colours == {"cap": "#A0B0C0"}
    assert card.background == "nothing"
    folders.carry_out(off.inverse())
    folders.carry_out(background_class(folders, ""))
    card = read_card(folders.dataset.folder)
    assert (card.disabled, card.colours, card.background) == (("cap",), {"cap": "#A0B0C0"}, "")
    with pytest.raises(DatasetError, match="every class once"):
        class_order(folders, ["shoe", "cap"])
    with pytest.raises(DatasetError, match=r"#RRGGBB, not red"):
        class_colour(folders, "cap", "red")


def test_whether_images_have_an_up_is_said_and_taken_back(folders: ClassFolders) -> None:
    done = folders.carry_out(image_orientation(folders, Orientation.ANY))
    folders.carry_out(class_rename(folders, "cap", "hat"))
    card = read_card(folders.dataset.folder)
    assert (card.orientation, "hat" in card.classes) == (Orientation.ANY, True)
    folders.carry_out(done.inverse())
    card = read_card(folders.dataset.folder)
    assert (card.orientation, "hat" in card.classes) == (Orientation.UP, True)


def test_marks_follow_an_image_wherever_it_goes(folders: ClassFolders) -> None:
    first, second = _record(folders, "shoe", 2)
    folders.carry_out(marking(folders, [first], Mark.EXCLUDED, True))
    folders.carry_out(review(folders, first, "cap"))
    folders.carry_out(review(folders, second, "shoe"))
    folders.carry_out(class_rename(folders, "cap", "hat"))
    name = f"hat/{first.path.name}"
    assert folders.marks.names(Mark.EXCLUDED) == {name}
    assert folders.marks.names(Mark.REVIEWED) == {name, f"shoe/{second.path.name}"}
    removal = folders.carry_out(class_removal(folders, "hat"))
    again = ClassFolders(folders.dataset)
    assert again.marks.names(Mark.EXCLUDED) == {f".trash/{name}"}
    again.carry_out(removal.inverse())
    again.carry_out(marking(again, again.samples("hat"), Mark.EXCLUDED, False))
    assert folders.marks.names(Mark.EXCLUDED) == set()
    assert name in folders.marks.names(Mark.REVIEWED)


def test_a_review_that_relabels_is_undone_as_one_step(folders: ClassFolders) -> None:
    [sample] = _record(folders, "shoe", 1)
    put_photo(folders.folder_of("cap") / sample.path.name, 5)
    done = folders.carry_out(review(folders, sample, "cap"))
    assert folders.marks.names(Mark.REVIEWED) == {done.moves[0][1]}
    folders.carry_out(done.inverse())
    assert folders.marks.names(Mark.REVIEWED) == set()
    assert sample.path.exists()


def test_sessions_are_merged_by_the_names_of_the_files(folders: ClassFolders) -> None:
    _record(folders, "shoe", 2)
    other = Session(SessionKind.RECORDING, SESSION.started, "0001")
    folders.add_image("shoe", picture(9), other, 1)
    put_photo(folders.folder_of("shoe") / "photo.png", 4)
    before = _files(folders)
    done = folders.carry_out(regrouping(folders, folders.samples("shoe"), SESSION))
    assert {sample.session for sample in folders.samples("shoe")} == {SESSION}
    assert folders.counts()["shoe"] == 4
    folders.carry_out(done.inverse())
    assert _files(folders) == before
