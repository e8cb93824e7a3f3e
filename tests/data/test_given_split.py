"""A split that images come with is kept, whatever happens on the way, and never learned from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_studio.data.cards import Part
from cnn_studio.data.catalog import create_dataset, find_dataset
from cnn_studio.data.changes import Change
from cnn_studio.data.class_changes import relabelling
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.image_sets import count_images, given_validation, open_images
from cnn_studio.data.import_notes import broken_imports
from cnn_studio.data.import_plan import plan_import
from cnn_studio.data.intake import plan_again, run_import
from cnn_studio.data.labels.finding import LabelChoice
from cnn_studio.data.labels.label_source import GivenPart
from cnn_studio.data.marks import Mark
from cnn_studio.data.packing import pack_dataset
from cnn_studio.data.split import split_as_given
from cnn_studio.data.unpacking import unpack_dataset
from cnn_studio.paths import Workspace
from cnn_studio.work_notes import Halt
from tests.data.pictures import jpeg, put_photo
from tests.killed import kill_after

SIZES = {"train": 4, "val": 2, "test": 2}


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    return ClassFolders(create_dataset(workspace, "Things"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two classes in three parts; the test has no image of cap."""
    seed = 0
    for part, count in SIZES.items():
        for name in ("shoe", "cap") if part != "test" else ("shoe",):
            for _ in range(count):
                put_photo(tmp_path / "in" / part / name / f"{seed}.jpg", seed)
                seed += 1
    return tmp_path / "in"


def contents(folders: ClassFolders, mark: Mark) -> set[bytes]:
    """What the marked images that are there hold."""
    paths = (folders.dataset.folder / name for name in folders.marks.names(mark))
    return {path.read_bytes() for path in paths if path.is_file()}


def of_part(source: Path, part: str) -> set[bytes]:
    return {path.read_bytes() for path in (source / part).rglob("*.jpg")}


def test_the_parts_are_said_and_kept(folders: ClassFolders, source: Path) -> None:
    with plan_import(folders, [source]) as plan:
        assert {part: dict(sizes) for part, sizes in plan.parts.items()} == {
            GivenPart.TRAIN: {"shoe": 4, "cap": 4},
            GivenPart.VALIDATION: {"shoe": 2, "cap": 2},
            GivenPart.TEST: {"shoe": 2},
        }
        assert plan.notes == [
            "The given split is kept: train 8, validation 4, test 2. Images for the test are never "
            "learned from.",
            "Its part test has no image of cap.",
        ]
        run_import(plan)
    assert contents(folders, Mark.TEST) == of_part(source, "test")
    assert contents(folders, Mark.VALIDATION) == of_part(source, "val")
    assert folders.classes() == ("cap", "shoe")  # though the test, which comes first, has no cap
    dataset = folders.dataset
    train, test = open_images(dataset), open_images(dataset, Part.TEST)
    assert train is not None
    assert test is not None
    assert (len(train), len(test)) == (12, 2)
    assert train.classes == test.classes
    assert not set(train.names) & set(test.names)
    assert count_images(dataset, Part.TEST) == {"cap": 0, "shoe": 2}
    assert {test.stored(place) for place in range(2)} == of_part(source, "test")
    assert given_validation(dataset) < set(train.names)


def test_a_part_that_is_chosen_by_itself_is_one_where_others_lie_beside_it(
    folders: ClassFolders, source: Path
) -> None:
    with plan_import(folders, [source / "train", source / "test"]) as plan:
        run_import(plan)
    assert contents(folders, Mark.TEST) == of_part(source, "test")
    beside = source / "val"
    with plan_import(folders, [beside]) as plan:
        run_import(plan)
    assert contents(folders, Mark.VALIDATION) == of_part(source, "val")
    (source / "val").rename(source.parent / "test")  # nothing beside it says what it is
    with plan_import(folders, [source.parent / "test"]) as plan:
        assert plan.parts == {}


def test_without_the_split_all_is_there_to_learn_from(folders: ClassFolders, source: Path) -> None:
    with plan_import(folders, [source], choice=LabelChoice(keeps_parts=False)) as plan:
        assert plan.notes == []
        run_import(plan)
    assert folders.marks.names(Mark.TEST) == frozenset()
    assert open_images(folders.dataset, Part.TEST) is None


def test_images_for_the_test_that_are_left_out_or_of_a_disabled_class_are_not_measured(
    folders: ClassFolders, source: Path
) -> None:
    with plan_import(folders, [source]) as plan:
        run_import(plan)
    tested = sorted(folders.marks.names(Mark.TEST))
    folders.marks.write([folders.marks.would_change(Mark.EXCLUDED, True, tested[:1])], ())
    test = open_images(folders.dataset, Part.TEST)
    assert test is not None
    assert list(test.names) == tested[1:]


@pytest.mark.parametrize("steps", [2, 5, 9])
def test_after_a_kill_no_image_for_the_test_is_one_to_learn_from(
    workspace: Workspace, folders: ClassFolders, source: Path, steps: int
) -> None:
    kill_after(steps, "import", workspace.root, "things", source)
    tested = of_part(source, "test")
    learned = open_images(find_dataset(workspace, "things"))
    assert learned is not None
    assert not tested & {learned.stored(place) for place in range(len(learned))}
    (broken,) = broken_imports(folders.dataset)
    plan, note = plan_again(broken)
    with plan:
        run_import(plan, note=note)
    assert contents(folders, Mark.TEST) == tested
    assert contents(folders, Mark.VALIDATION) == of_part(source, "val")
    assert folders.counts() == {"cap": 6, "shoe": 8}


def test_an_import_that_goes_on_reads_its_classes_as_before(
    workspace: Workspace, folders: ClassFolders, tmp_path: Path
) -> None:
    """Which of two folders is the class was chosen, and is not asked or guessed again."""
    for number in range(6):
        kind = ("left", "right")[number % 2]
        put_photo(tmp_path / "in" / ("shoe", "cap")[number // 3] / kind / f"{number}.jpg", number)
    seen = [0]
    choice = LabelChoice(level=2)
    with plan_import(folders, [tmp_path / "in"], choice=choice) as plan:
        run_import(
            plan,
            progress=lambda done, _total: seen.append(done),
            cancelled=lambda: seen[-1] >= 1,
            halted=lambda: Halt.LATER,
        )
    (broken,) = broken_imports(folders.dataset)
    plan, note = plan_again(broken)
    with plan:
        run_import(plan, note=note)
    assert folders.counts() == {"left": 3, "right": 3}


def test_what_was_read_from_a_table_keeps_its_parts_when_the_import_goes_on(
    folders: ClassFolders, tmp_path: Path
) -> None:
    rows = ["file,label,split"]
    for number in range(12):
        put_photo(tmp_path / "in" / f"p{number}.jpg", number)
        rows.append(f"p{number},{('cup', 'pen')[number % 2]},{'test' if number > 5 else 'train'}")
    (tmp_path / "elsewhere").mkdir()
    table = tmp_path / "elsewhere" / "labels.csv"
    table.write_text("\n".join(rows))
    seen = [0]
    with plan_import(folders, [tmp_path / "in"], choice=LabelChoice(table=table)) as plan:
        run_import(
            plan,
            progress=lambda done, _total: seen.append(done),
            cancelled=lambda: seen[-1] >= 2,
            halted=lambda: Halt.LATER,
        )
    (broken,) = broken_imports(folders.dataset)
    plan, note = plan_again(broken)
    with plan:
        run_import(plan, note=note)
    assert folders.counts() == {"cup": 6, "pen": 6}
    assert contents(folders, Mark.TEST) == {jpeg(number) for number in range(6, 12)}


def test_an_image_that_is_there_already_and_not_marked_is_said(
    folders: ClassFolders, source: Path
) -> None:
    with plan_import(folders, [source], choice=LabelChoice(keeps_parts=False)) as plan:
        run_import(plan)
    with plan_import(folders, [source]) as plan:
        report = run_import(plan)
    reasons = [reason for _path, reason in report.skipped]
    assert sum("which is not marked for test" in reason for reason in reasons) == 2
    assert sum("which is not marked for validation" in reason for reason in reasons) == 4


def test_marks_are_written_for_many_images_at_once(
    folders: ClassFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(64):
        put_photo(tmp_path / "in" / "test" / "cup" / f"{number}.jpg", number)
        put_photo(tmp_path / "in" / "train" / "cup" / f"{number}.jpg", 100 + number)
    changes: list[Change] = []
    carry_out = ClassFolders.carry_out

    def counted(self: ClassFolders, change: Change, *rest: object) -> Change:
        changes.append(change)
        return carry_out(self, change, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(ClassFolders, "carry_out", counted)
    with plan_import(folders, [tmp_path / "in"]) as plan:
        run_import(plan)
    assert len(folders.marks.names(Mark.TEST)) == 64
    assert len([change for change in changes if change.markings]) == 4


def test_a_packed_dataset_has_the_split_in_it(
    workspace: Workspace, folders: ClassFolders, source: Path, tmp_path: Path
) -> None:
    with plan_import(folders, [source]) as plan:
        run_import(plan)
    pack_dataset(folders.dataset, tmp_path / "packed.zip")
    copy = create_dataset(workspace, "Copy")
    unpack_dataset(copy, tmp_path / "packed.zip")
    for mark in (Mark.TEST, Mark.VALIDATION):
        assert ClassFolders(copy).marks.names(mark) == folders.marks.names(mark)


def test_the_mark_follows_an_image_that_goes_to_another_class(
    folders: ClassFolders, source: Path
) -> None:
    with plan_import(folders, [source]) as plan:
        run_import(plan)
    tested = [s for s in folders.samples("shoe") if s.mark_name in folders.marks.names(Mark.TEST)]
    folders.carry_out(relabelling(folders, tested[:1], "cap"))
    assert count_images(folders.dataset, Part.TEST) == {"cap": 1, "shoe": 1}


def _names(count: int) -> list[str]:
    return [f"{'ab'[place % 2]}/{place}.jpg" for place in range(count)]


def test_the_given_validation_is_held_back_and_what_it_shares_is_said() -> None:
    labels = np.array([0, 1] * 4)
    names = _names(8)
    groups = ["g", *map(str, range(1, 7)), "g"]
    given = frozenset(names[6:])
    split = split_as_given(labels, groups, names, given, ("a", "b"))
    assert split is not None
    assert split.validation.tolist() == [6, 7]
    assert split.train.tolist() == [0, 1, 2, 3, 4, 5]
    assert split.notes[0] == "Validation is the part that came with the images: 2."
    assert split.notes[1].startswith("1 of them belongs together with images to learn from")
    only_a = split_as_given(labels, list(map(str, labels)), names, frozenset(names[:1]), ("a", "b"))
    assert only_a is not None
    assert "It has no image of b." in only_a.notes
    every_a = frozenset(name for name in names if name.startswith("a"))
    assert split_as_given(labels, groups, names, every_a, ("a", "b")) is None


def test_the_same_image_in_two_parts_comes_in_once(folders: ClassFolders, tmp_path: Path) -> None:
    put_photo(tmp_path / "in" / "train" / "shoe" / "a.jpg", 1)
    put_photo(tmp_path / "in" / "train" / "shoe" / "b.jpg", 2)
    put_photo(tmp_path / "in" / "test" / "shoe" / "c.jpg", 1)
    with plan_import(folders, [tmp_path / "in"]) as plan:
        report = run_import(plan)
    assert len(report.skipped) == 1
    assert contents(folders, Mark.TEST) == {jpeg(1)}
    assert folders.counts() == {"shoe": 2}
