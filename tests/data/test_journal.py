"""A change is carried out whole or not at all, also when the program ends in its middle."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path

import pytest

from cnn_studio.data.cards import read_card
from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.changes import Change
from cnn_studio.data.class_changes import class_merge, class_rename, marking, relabelling
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.journal import ChangeEndedError, Watch, recover, watched_by
from cnn_studio.data.leftovers import remove_leftovers
from cnn_studio.data.marks import Mark, Marks
from cnn_studio.data.samples import Sample
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from cnn_studio.whole_files import FileInMaking
from tests.data.pictures import put_photo


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    folders = ClassFolders(create_dataset(workspace, "Things", ["shoe", "cap"]))
    for number in range(6):
        put_photo(folders.folder_of("shoe") / f"{number}.jpg", number)
    put_photo(folders.folder_of("cap") / "0.jpg", 99)
    return folders


def _contents(folders: ClassFolders) -> dict[str, bytes]:
    root = folders.dataset.folder
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*.jpg"))}


def _cut_short(folders: ClassFolders, change: Change, after: int) -> None:
    """Leave a change as a kill leaves it once so many of its files are moved."""
    root = folders.dataset.folder
    entry = root / ".studio" / "journal" / "cut.json"
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.write_text(json.dumps(change.to_dict()))
    for source, target in change.moves[:after]:
        (root / target).parent.mkdir(exist_ok=True)
        (root / source).rename(root / target)


@pytest.mark.parametrize("after", [0, 1, 3, 6])
def test_a_change_that_was_cut_short_is_ended_at_the_next_start(
    folders: ClassFolders, workspace: Workspace, after: int
) -> None:
    before = sorted(_contents(folders).values())
    change = class_merge(folders, "shoe", "cap")
    free = [(s, t if t != "cap/0.jpg" else "cap/0-2.jpg") for s, t in change.moves]
    change = Change(tuple(free), (), change.card_before, change.card_after)
    _cut_short(folders, change, after)
    again = ClassFolders(find_dataset(workspace, "things"))
    assert again.classes() == ("cap",)
    assert again.counts() == {"cap": 7}
    assert sorted(_contents(again).values()) == before
    assert not recover(again.dataset.folder)


def test_a_rename_that_was_cut_short_takes_the_card_along(folders: ClassFolders) -> None:
    _cut_short(folders, class_rename(folders, "shoe", "boot"), 1)
    assert recover(folders.dataset.folder)
    assert read_card(folders.dataset.folder).classes == ("boot", "cap")
    assert folders.counts() == {"boot": 6, "cap": 1}


def test_a_change_that_cannot_be_ended_on_a_full_disk_is_ended_when_there_is_room(
    folders: ClassFolders, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_paths: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    _cut_short(folders, class_rename(folders, "shoe", "boot"), 1)
    with monkeypatch.context() as patched:
        patched.setattr("cnn_studio.data.journal.write_card", full)
        assert not recover(folders.dataset.folder)
        with pytest.raises(DatasetError, match="No space left"):
            folders.add_class("key")
    assert recover(folders.dataset.folder)
    assert find_dataset(workspace, "things").card.classes == ("boot", "cap")


def test_the_next_change_ends_the_one_before(folders: ClassFolders) -> None:
    _cut_short(folders, class_rename(folders, "shoe", "boot"), 0)
    folders.carry_out(class_rename(folders, "cap", "hat"))
    assert folders.counts() == {"boot": 6, "hat": 1}


def test_what_the_system_refuses_halfway_is_taken_back(
    folders: ClassFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _contents(folders)
    rename, done = Path.rename, []

    def sometimes(path: Path, target: Path) -> Path:
        if len(done) == 3 and path.suffix == ".jpg":
            done.append(path)
            raise PermissionError(13, "Permission denied")
        done.append(path)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", sometimes)
    with pytest.raises(DatasetError, match="things cannot be changed: Permission denied"):
        folders.carry_out(relabelling(folders, folders.samples("shoe"), "cap"))
    assert _contents(folders) == before
    assert not recover(folders.dataset.folder)


def test_a_card_that_cannot_be_written_takes_everything_back(
    folders: ClassFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, card = _contents(folders), read_card(folders.dataset.folder)
    folders.carry_out(marking(folders, folders.samples("shoe")[:2], Mark.EXCLUDED, True))
    marked = folders.marks.names(Mark.EXCLUDED)
    change = class_rename(folders, "shoe", "boot")

    def refuse(*_arguments: object) -> None:
        raise DatasetError("The card cannot be saved.")

    monkeypatch.setattr("cnn_studio.data.journal.write_card", refuse)
    with pytest.raises(DatasetError, match="The card cannot be saved"):
        folders.carry_out(change)
    assert _contents(folders) == before
    assert read_card(folders.dataset.folder) == card
    assert Marks(folders.dataset.folder).names(Mark.EXCLUDED) == marked


@pytest.mark.parametrize(
    "entry",
    [
        '{"moves": [["shoe", "../../stolen"]], "markings": [], "card_before": null, '
        '"card_after": null}',
        '{"moves": [["/etc/passwd", "shoe/a.jpg"]], "markings": [], "card_before": null, '
        '"card_after": null}',
        '{"moves": [["shoe", "C:\\\\stolen"]], "markings": [], "card_before": null, '
        '"card_after": null}',
        '{"moves": [["shoe", "boot"]], "markings": [], "card_before": null, "card_after": null, '
        '"stamps": [[Infinity, 1]]}',
        "[1, 2]",
        "[" * 9999,
        "no json",
        "",
    ],
)
def test_a_strangers_journal_moves_nothing_out(
    folders: ClassFolders, entry: str, workspace: Workspace
) -> None:
    before = _contents(folders)
    journal = folders.dataset.folder / ".studio" / "journal"
    journal.mkdir(parents=True)
    (journal / "evil.json").write_text(entry)
    find_dataset(workspace, "things")
    assert _contents(folders) == before
    assert [path.suffix for path in journal.iterdir()] == [".failed"]
    folders.carry_out(class_rename(folders, "shoe", "boot"))
    assert folders.counts() == {"boot": 6, "cap": 1}


def test_marks_survive_a_line_that_a_crash_cut_short(folders: ClassFolders) -> None:
    samples = folders.samples("shoe")
    folders.carry_out(marking(folders, samples[:1], Mark.REVIEWED, True))
    path = folders.dataset.folder / ".studio" / "marks.jsonl"
    with path.open("a") as stream:
        stream.write('{"mark": "reviewed", "on": true, "na')
    folders.carry_out(marking(folders, samples[1:2], Mark.REVIEWED, True))
    assert len(Marks(folders.dataset.folder).names(Mark.REVIEWED)) == 2


def test_marks_that_came_and_went_do_not_fill_the_disk(
    folders: ClassFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnn_studio.data.marks._WORTH_COMPACTING_BYTES", 2000)
    samples = folders.samples("shoe")
    for turn in range(60):
        folders.carry_out(marking(folders, samples, Mark.EXCLUDED, turn % 2 == 0))
    folders.carry_out(marking(folders, samples[:1], Mark.EXCLUDED, True))
    assert (folders.dataset.folder / ".studio" / "marks.jsonl").stat().st_size < 2500
    assert len(Marks(folders.dataset.folder).names(Mark.EXCLUDED)) == 1


def test_leftovers_of_a_kill_are_tidied_away_and_nothing_else(folders: ClassFolders) -> None:
    shoe = folders.folder_of("shoe")
    before = _contents(folders)
    coming = FileInMaking(shoe / "new.jpg", shoe)
    coming.write(b"whole")  # and not in place yet
    (held,) = shoe.glob(".*.part")
    old, young = shoe / f".{'0a' * 16}.part", shoe / f".{'0b' * 16}.part"
    mine = shoe / ".notes.part"
    for path in (old, young, mine):
        path.write_text("half")
    for path in (old, mine, held):
        os.utime(path, (0, 0))
    assert remove_leftovers(folders.dataset.folder) == 2
    assert [path.exists() for path in (old, young, mine, held)] == [False, False, True, True]
    mine.unlink()
    coming.discard()
    assert _contents(folders) == before


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_that_are_no_text_are_moved_and_marked_as_others(folders: ClassFolders) -> None:
    odd = folders.folder_of("shoe") / os.fsdecode(b"caf\xe9\xe2\x80\xa8.jpg")
    put_photo(odd, 123)
    folders.carry_out(marking(folders, [Sample(odd, "shoe")], Mark.REVIEWED, True))
    folders.carry_out(relabelling(folders, [Sample(odd, "shoe")], "cap"))
    assert (folders.folder_of("cap") / odd.name).is_file()
    assert Marks(folders.dataset.folder).names(Mark.REVIEWED) == {f"cap/{odd.name}"}


@pytest.mark.parametrize("most", [0, 3, 6, 8, 10])
def test_a_change_that_is_ended_early_leaves_all_as_it_was(
    folders: ClassFolders, most: int
) -> None:
    before = _contents(folders)
    steps: list[int] = []
    watch = Watch(lambda done, _total: steps.append(done), lambda: len(steps) > most)
    with watched_by(watch), pytest.raises(ChangeEndedError):
        folders.carry_out(class_merge(folders, "shoe", "cap"))
    assert _contents(folders) == before
    assert folders.classes() == ("shoe", "cap")
    assert not list((folders.dataset.folder / ".studio" / "journal").glob("*"))
    folders.carry_out(class_merge(folders, "shoe", "cap"))  # nobody looks on any more
    assert folders.counts() == {"cap": 7}


def test_whoever_looks_on_sees_how_far_a_change_is(folders: ClassFolders) -> None:
    seen: list[tuple[int, int]] = []
    with watched_by(Watch(lambda *step: seen.append(step))):
        folders.carry_out(relabelling(folders, folders.samples("shoe"), "cap"))
    assert {total for _done, total in seen} == {6}
    assert [done for done, _total in seen] == sorted(done for done, _total in seen)
    assert seen[-1] == (5, 6)
