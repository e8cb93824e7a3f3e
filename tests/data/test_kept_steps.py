"""The steps that can be undone: kept with the dataset, bounded, and never trusted blindly."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from cnn_studio.data import kept_steps
from cnn_studio.data.cards import read_card, write_card
from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.changes import Change
from cnn_studio.data.class_changes import class_colour, class_rename, deletion, relabelling
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.journal import recover
from cnn_studio.data.kept_steps import MOST_STEPS, KeptSteps, StepLabel, StepLostError
from cnn_studio.data.packing import pack_dataset
from cnn_studio.paths import Workspace
from tests.data.pictures import put_photo


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    folders = ClassFolders(create_dataset(workspace, "Things", ["shoe", "cap"]))
    for number in range(4):
        put_photo(folders.folder_of("shoe") / f"{number}.jpg", number)
    return folders


@pytest.fixture
def steps(folders: ClassFolders) -> KeptSteps:
    return KeptSteps(folders.dataset.folder)


def _move(number: int) -> Change:
    return Change(((f"shoe/{number}.jpg", f"cap/{number}.jpg"),))


def _keep(steps: KeptSteps, text: str, *, is_done: bool = True) -> StepLabel:
    label = steps.new_label(text)
    label = StepLabel(label.key, text, is_done)
    steps.keep(label, _move(1))
    return label


def test_steps_come_back_in_the_order_they_were_taken(steps: KeptSteps) -> None:
    for text in ("a", "b", "c"):
        _keep(steps, text)
    assert [(label.text, label.is_done) for label in steps.labels()] == [
        ("a", True),
        ("b", True),
        ("c", True),
    ]


def test_a_clock_that_was_put_back_changes_no_order(
    steps: KeptSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    _keep(steps, "before")
    monkeypatch.setattr(kept_steps.time, "time_ns", lambda: 1)
    _keep(steps, "after")
    assert [label.text for label in steps.labels()] == ["before", "after"]


def test_a_new_step_ends_what_could_be_done_again(steps: KeptSteps) -> None:
    _keep(steps, "a")
    _keep(steps, "undone", is_done=False)
    assert [label.text for label in steps.labels()] == ["a", "undone"]
    _keep(steps, "b")
    assert [label.text for label in steps.labels()] == ["a", "b"]
    assert len(list(steps._folder.iterdir())) == 2


def test_only_the_newest_steps_are_kept(steps: KeptSteps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda _number: None)  # 200 of them take seconds
    for number in range(MOST_STEPS + 3):
        _keep(steps, f"{number}")
    labels = steps.labels()
    assert [labels[0].text, labels[-1].text] == ["3", f"{MOST_STEPS + 2}"]
    assert len(labels) == MOST_STEPS


def test_large_steps_are_kept_as_long_as_there_is_room_and_the_newest_always(
    steps: KeptSteps, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in "abc":
        _keep(steps, text)
    size = next(iter(steps._folder.iterdir())).stat().st_size
    monkeypatch.setattr(kept_steps, "_MOST_BYTES", 2 * size)
    _keep(steps, "d")
    assert [label.text for label in steps.labels()] == ["c", "d"]
    monkeypatch.setattr(kept_steps, "_MOST_BYTES", 1)
    _keep(steps, "e")
    assert [label.text for label in steps.labels()] == ["e"]


@pytest.mark.parametrize(
    "content",
    ["", "no json", "[1]\n", '{"key": "x"}\n', "{}\n{}\n", "[" * 9999, '{"a":' * 9999 + "\n1"],
)
def test_a_damaged_file_is_passed_over(steps: KeptSteps, content: str) -> None:
    label = _keep(steps, "sound")
    (steps._folder / "00000000000000000001-abcd.json").write_text(content)
    assert steps.labels() == [label]
    with pytest.raises(StepLostError):
        steps.change("00000000000000000001-abcd")


def test_a_strangers_step_leads_nowhere_else(steps: KeptSteps) -> None:
    label = _keep(steps, "mine")
    change = {"moves": [["shoe", "../../stolen"]], "markings": [], "card_before": None}
    line = json.dumps(label.to_dict())
    path = steps._folder / f"{label.key}.json"
    path.write_text(f"{line}\n{json.dumps({**change, 'card_after': None})}\n")
    with pytest.raises(StepLostError):
        steps.change(label.key)
    with pytest.raises(ValueError, match="letters and digits"):
        StepLabel.from_dict({"key": "../x", "text": "", "is_done": True})


@pytest.mark.parametrize("after", [0, 1])
def test_a_step_that_was_cut_short_is_ended_and_kept(
    folders: ClassFolders, steps: KeptSteps, after: int
) -> None:
    root, label = folders.dataset.folder, steps.new_label("Move 1 image")
    entry = root / ".studio" / "journal" / "cut.json"
    entry.parent.mkdir(parents=True)
    entry.write_text(json.dumps({**_move(1).to_dict(), "step": label.to_dict()}))
    for source, target in _move(1).moves[:after]:
        (root / target).parent.mkdir(exist_ok=True)
        (root / source).rename(root / target)
    assert recover(root)
    assert steps.labels() == [label]
    folders.carry_out(steps.change(label.key).inverse())
    assert (root / "shoe" / "1.jpg").exists()


def test_a_step_that_cannot_be_kept_is_done_all_the_same(
    folders: ClassFolders, steps: KeptSteps, caplog: pytest.LogCaptureFixture
) -> None:
    steps._folder.parent.mkdir(exist_ok=True)
    steps._folder.write_text("in the way")
    folders.carry_out(_move(1), steps.new_label("Move 1 image"))
    assert folders.counts() == {"shoe": 3, "cap": 1}
    assert "cannot be kept" in caplog.text


@pytest.mark.parametrize("change_file", ["size", "time"])
def test_only_the_file_that_a_step_moved_is_moved_back(
    folders: ClassFolders, steps: KeptSteps, change_file: str
) -> None:
    label = steps.new_label("Move")
    folders.carry_out(relabelling(folders, folders.samples("shoe"), "cap"), label)
    other = folders.folder_of("cap") / "1.jpg"
    if change_file == "size":
        other.write_bytes(other.read_bytes() + b"more")
    else:
        status = other.stat()
        os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns - 60 * 10**9))
    done = folders.carry_out(steps.change(label.key).inverse())
    assert [target for _source, target in done.moves] == ["shoe/0.jpg", "shoe/2.jpg", "shoe/3.jpg"]
    assert other.exists()


def test_a_place_that_was_taken_meanwhile_is_not_written_over(
    folders: ClassFolders, steps: KeptSteps
) -> None:
    label, root = steps.new_label("Delete"), folders.dataset.folder
    folders.carry_out(deletion(folders, folders.samples("shoe")), label)
    put_photo(root / "shoe" / "1.jpg", 77)
    taken = (root / "shoe" / "1.jpg").read_bytes()
    folders.carry_out(steps.change(label.key).inverse())
    assert (root / "shoe" / "1.jpg").read_bytes() == taken
    assert (root / "shoe" / "1-2.jpg").exists()
    assert folders.counts()["shoe"] == 5


def test_a_rename_is_not_taken_back_once_somebody_has_renamed_again(
    folders: ClassFolders, steps: KeptSteps
) -> None:
    label = steps.new_label("Rename")
    folders.carry_out(class_rename(folders, "shoe", "boot"), label)
    ClassFolders(folders.dataset).carry_out(class_rename(folders, "boot", "clog"))
    done = folders.carry_out(steps.change(label.key).inverse())
    assert done.is_empty
    assert folders.classes() == ("clog", "cap")


def test_a_colour_of_another_class_stays_when_one_is_taken_back(
    folders: ClassFolders, steps: KeptSteps
) -> None:
    label, root = steps.new_label("Colour"), folders.dataset.folder
    folders.carry_out(class_colour(folders, "shoe", "#112233"), label)
    folders.carry_out(class_colour(folders, "cap", "#445566"))
    folders.carry_out(steps.change(label.key).inverse())
    assert read_card(root).colours == {"cap": "#445566"}


def test_what_somebody_else_wrote_on_the_card_stays(
    folders: ClassFolders, steps: KeptSteps
) -> None:
    root, card = folders.dataset.folder, read_card(folders.dataset.folder)
    label = steps.new_label("Switch")
    after = replace(card, disabled=("shoe",), background="shoe")
    folders.carry_out(Change(card_before=card, card_after=after), label)
    write_card(root, replace(read_card(root), disabled=("shoe", "cap"), background="cap"))
    folders.carry_out(steps.change(label.key).inverse())
    assert (read_card(root).disabled, read_card(root).background) == (("cap",), "cap")


def test_the_steps_are_no_class_and_are_not_packed(
    folders: ClassFolders, steps: KeptSteps, tmp_path: Path
) -> None:
    _keep(steps, "a")
    target = tmp_path / "things.zip"
    pack_dataset(folders.dataset, target)
    assert folders.classes() == ("shoe", "cap")
    assert not [name for name in zipfile.ZipFile(target).namelist() if "steps" in name]
