"""Imports that a kill, a full disk or a person breaks off: finished, taken back, or kept."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset
from cnn_studio.data.class_changes import deletion
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_notes import BrokenImport, broken_imports, keep, take_back
from cnn_studio.data.import_plan import ImportPlan, plan_import
from cnn_studio.data.intake import IntakeReport, plan_again, run_import
from cnn_studio.data.journal import ChangeEndedError, Watch, watched_by
from cnn_studio.data.marks import Mark
from cnn_studio.data.packing import pack_dataset
from cnn_studio.data.trash import count_trash
from cnn_studio.data.unpacking import unpack_dataset
from cnn_studio.errors import DatasetError
from cnn_studio.paths import Workspace
from cnn_studio.video_import import FrameChoice, go_on_with_videos, import_videos
from cnn_studio.work_notes import Halt
from tests.data.pictures import jpeg, put_photo
from tests.killed import kill_after
from tests.videos import write_video

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")

COUNT = 12


@pytest.fixture
def things(workspace: Workspace) -> Dataset:
    """The class cup, with one image."""
    dataset = create_dataset(workspace, "Things", ["cup"])
    put_photo(dataset.folder / "cup" / "mine.jpg", 1000)
    return dataset


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Twelve photos, of cups and of pens, and a file that is none."""
    for number in range(COUNT):
        put_photo(tmp_path / "photos" / ("cup", "pen")[number // 6] / f"{number:02}.jpg", number)
    (tmp_path / "photos" / "pen" / "half.jpg").write_bytes(jpeg(99)[:200])
    return tmp_path / "photos"


def contents(folder: Path) -> dict[str, str]:
    """The visible files of a folder, by what they hold."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def finish(broken: BrokenImport, halted: Callable[[], Halt] | None = None) -> IntakeReport:
    plan, note = plan_again(broken)
    with plan:
        moves = bool(broken.values["moves"])
        return run_import(plan, move=moves, note=note, halted=halted or (lambda: Halt.KEEP))


def import_some(plan: ImportPlan, count: int, halt: Halt) -> IntakeReport:
    """Import what was planned, and end it once so many images are in."""
    seen = [0]
    return run_import(
        plan,
        progress=lambda done, _total: seen.append(done),
        cancelled=lambda: seen[-1] >= count,
        halted=lambda: halt,
    )


def the_broken(dataset: Dataset) -> BrokenImport:
    (broken,) = broken_imports(dataset)
    return broken


def notes_of(dataset: Dataset) -> list[Path]:
    return list((dataset.folder / ".studio").rglob("imports/*"))


def test_an_import_that_ends_leaves_no_note(things: Dataset, source: Path) -> None:
    with plan_import(ClassFolders(things), [source]) as plan:
        run_import(plan)
    assert broken_imports(things) == []
    assert notes_of(things) == []


@pytest.mark.parametrize("before", [0, 1, 4])
def test_what_was_sorted_file_by_file_goes_on_into_the_same_classes(
    things: Dataset, tmp_path: Path, before: int
) -> None:
    """The files lie side by side, so that their folder does not say where they go."""
    photos = [put_photo(tmp_path / "loose" / f"{number}.jpg", number) for number in range(8)]
    classes = {path: ("cup", "pen")[number % 2] for number, path in enumerate(photos[:6])}
    with plan_import(ClassFolders(things), [tmp_path / "loose"]) as plan:
        plan.assign(classes)
        import_some(plan, before, Halt.LATER)
    broken = the_broken(things)
    assert (broken.total, broken.can_finish) == (6, True)
    report = finish(broken)
    assert len(report.imported) == 6
    assert report.skipped == ()
    assert broken_imports(things) == []
    for sample in report.imported:
        came_from = next(p for p in photos if p.read_bytes() == sample.path.read_bytes())
        assert sample.class_name == classes[came_from]


@pytest.mark.parametrize("steps", [1, 2, 5, 9, COUNT])
def test_after_a_kill_the_rest_comes_in_each_image_once_and_of_one_session(
    workspace: Workspace, things: Dataset, source: Path, steps: int
) -> None:
    kill_after(steps + 1, "import", workspace.root, "things", source)
    broken = the_broken(things)
    assert broken.total == COUNT + 1
    assert broken.can_finish
    assert steps <= len(broken.samples) <= COUNT
    seen: list[tuple[int, int]] = []
    plan, note = plan_again(broken)
    with plan:
        report = run_import(plan, note=note, progress=lambda *step: seen.append(step))
    assert seen[0] == (len(broken.samples), COUNT + 1)
    assert seen[-1] == (COUNT + 1, COUNT + 1)
    assert [path.name for path, _reason in report.skipped] == ["half.jpg"]
    assert len(report.imported) == COUNT
    assert len({sample.session for sample in report.imported}) == 1
    held = sorted(sample.path.read_bytes() for sample in report.imported)
    assert held == sorted(jpeg(number) for number in range(COUNT))
    assert ClassFolders(things).counts() == {"cup": 7, "pen": 6}
    assert broken_imports(things) == []


def test_taken_back_after_a_kill_all_is_as_it_was(
    workspace: Workspace, things: Dataset, source: Path
) -> None:
    before, photos = contents(things.folder), contents(source)
    kill_after(9, "import", workspace.root, "things", source)
    broken = the_broken(things)
    assert ClassFolders(things).classes() == ("cup", "pen")
    taken = take_back(broken)
    assert taken.images == len(broken.samples)
    assert contents(things.folder) == before
    assert ClassFolders(things).classes() == ("cup",)
    assert not (things.folder / "pen").exists()
    assert count_trash(things.folder) == taken.images
    assert contents(source) == photos
    assert broken_imports(things) == []
    ClassFolders(things).carry_out(taken.change.inverse())
    assert sum(ClassFolders(things).counts().values()) == taken.images + 1


def test_what_was_being_written_as_the_kill_came_keeps_no_class_there(
    workspace: Workspace, things: Dataset, source: Path
) -> None:
    kill_after(9, "import", workspace.root, "things", source)
    rests = [things.folder / name / f".{uuid.uuid4().hex}.part" for name in ("cup", "pen")]
    for rest in rests:
        rest.write_bytes(b"half")
    take_back(the_broken(things))
    assert ClassFolders(things).counts() == {"cup": 1}
    assert not (things.folder / "pen").exists()
    assert rests[0].exists()  # somebody may be writing there still


def test_kept_after_a_kill_it_is_not_asked_again(
    workspace: Workspace, things: Dataset, source: Path
) -> None:
    kill_after(5, "import", workspace.root, "things", source)
    broken = the_broken(things)
    keep(broken)
    assert all(sample.path.is_file() for sample in broken.samples)
    assert broken_imports(things) == []
    assert notes_of(things) == []


def test_without_its_source_it_can_only_be_taken_back_or_kept(
    workspace: Workspace, things: Dataset, source: Path
) -> None:
    kill_after(5, "import", workspace.root, "things", source)
    shutil.rmtree(source)
    broken = the_broken(things)
    assert not broken.can_finish
    take_back(broken)
    assert ClassFolders(things).counts() == {"cup": 1}


def test_the_choices_that_were_made_hold_when_it_goes_on(things: Dataset, source: Path) -> None:
    put_photo(source / "mugs" / "20.jpg", 20)
    put_photo(source / "later" / "30.jpg", 30)
    with plan_import(ClassFolders(things), [source]) as plan:
        places = {group.folders: place for place, group in enumerate(plan.groups)}
        plan.choose_class([places["mugs",]], "cup")
        plan.choose_class([places["later",]], "")
        import_some(plan, 2, Halt.LATER)
    broken = the_broken(things)
    assert len(broken.samples) == 2
    put_photo(source / "new since then" / "40.jpg", 40)
    finish(broken)
    assert ClassFolders(things).counts() == {"cup": 8, "pen": 6}


def test_what_was_deleted_meanwhile_does_not_come_in_again(
    workspace: Workspace, things: Dataset, source: Path
) -> None:
    kill_after(6, "import", workspace.root, "things", source)
    folders = ClassFolders(things)
    gone = the_broken(things).samples[:2]
    folders.carry_out(deletion(folders, gone))
    report = finish(the_broken(things))
    assert len(report.imported) == COUNT - 2
    assert folders.counts() == {"cup": 5, "pen": 6}


def test_moved_files_go_back_where_they_were(
    workspace: Workspace, things: Dataset, source: Path
) -> None:
    (source / "cup" / "00.jpg").rename(source / "cup" / "00.JPG")
    photos = contents(source)
    kill_after(8, "import", workspace.root, "things", source, "move")
    assert len(contents(source)) < len(photos)
    take_back(the_broken(things))
    assert contents(source) == photos


def test_what_was_moved_goes_back_and_what_is_in_a_zip_stays_there(
    things: Dataset, source: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"pen/{number}.jpg", jpeg(50 + number))
    photos = contents(source)
    looks = iter(range(100))
    with plan_import(ClassFolders(things), [tmp_path / "more.zip", source]) as plan:
        run_import(
            plan, move=True, cancelled=lambda: next(looks) > 4, halted=lambda: Halt.TAKE_BACK
        )
    assert ClassFolders(things).counts() == {"cup": 1}
    assert contents(source) == photos
    assert count_trash(things.folder) > 3
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".zip"] == ["more.zip"]


def test_moving_goes_on(workspace: Workspace, things: Dataset, source: Path) -> None:
    kill_after(8, "import", workspace.root, "things", source, "move")
    finish(the_broken(things))
    assert ClassFolders(things).counts() == {"cup": 7, "pen": 6}
    left = [path.name for path in source.rglob("*.jpg")]
    assert [name for name in left if name != "half.jpg"] in ([], left[:1])  # one may be in hand


@pytest.mark.parametrize(
    ("halt", "counts", "is_left"),
    [
        (Halt.KEEP, {"cup": 4}, False),
        (Halt.TAKE_BACK, {"cup": 1}, False),
        (Halt.LATER, {"cup": 4}, True),
    ],
)
def test_a_person_who_ends_it_says_what_becomes_of_what_is_in(
    things: Dataset, source: Path, halt: Halt, counts: dict[str, int], is_left: bool
) -> None:
    with plan_import(ClassFolders(things), [source]) as plan:
        report = import_some(plan, 3, halt)
    assert ClassFolders(things).counts() == counts
    assert bool(broken_imports(things)) == is_left
    assert len(report.imported) == (0 if halt is Halt.TAKE_BACK else 3)
    assert (report.taken_back is not None) == (halt is Halt.TAKE_BACK)


def test_a_full_disk_leaves_a_note_and_one_that_let_nothing_in_leaves_none(
    things: Dataset, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush, calls = os.fsync, iter(range(100))

    def full_after(most: int) -> None:
        def fsync(descriptor: int) -> None:
            if next(calls) >= most:
                raise OSError(28, "No space left on device")
            flush(descriptor)

        monkeypatch.setattr("os.fsync", fsync)

    for most, left in ((1, 0), (5, 1)):
        calls = iter(range(100))
        full_after(most)
        with (
            plan_import(ClassFolders(things), [source]) as plan,
            pytest.raises(DatasetError, match="No space left"),
        ):
            run_import(plan)
        assert len(broken_imports(things)) == left
    monkeypatch.undo()
    finish(the_broken(things))
    assert ClassFolders(things).counts() == {"cup": 7, "pen": 6}


def test_nothing_is_taken_back_by_halves(
    workspace: Workspace, things: Dataset, source: Path
) -> None:
    kill_after(9, "import", workspace.root, "things", source)
    broken = the_broken(things)
    before = contents(things.folder)
    calls = iter(range(100))
    with (
        watched_by(Watch(cancelled=lambda: next(calls) > 12)),
        pytest.raises(ChangeEndedError),
    ):
        take_back(broken)
    assert contents(things.folder) == before
    assert the_broken(things).samples == broken.samples


@pytest.fixture
def packed(workspace: Workspace, tmp_path: Path) -> Path:
    """A dataset of ten images in a zip, three of them marked."""
    dataset = create_dataset(workspace, "Packed", ["cup", "key"])
    for number in range(10):
        put_photo(dataset.folder / ("cup", "key")[number % 2] / f"{number}.jpg", number)
    folders = ClassFolders(dataset)
    marks = folders.marks
    marks.write([marks.would_change(Mark.EXCLUDED, True, [f"key/{n}.jpg" for n in (1, 5, 9)])], ())
    pack_dataset(dataset, tmp_path / "packed.zip")
    return tmp_path / "packed.zip"


def test_unpacking_goes_on_after_a_kill(
    workspace: Workspace, things: Dataset, packed: Path
) -> None:
    put_photo(things.folder / "cup" / "4.jpg", 4)  # which the zip has as well
    kill_after(6, "unpack", workspace.root, "things", packed)
    broken = the_broken(things)
    assert broken.total == 10
    report = unpack_dataset(things, packed, broken=broken)
    assert report.imported == 9
    assert [path.name for path, _reason in report.skipped] == ["4.jpg"]
    assert ClassFolders(things).counts() == {"cup": 6, "key": 5}
    excluded = ClassFolders(things).marks.names(Mark.EXCLUDED)
    assert excluded == {"key/1.jpg", "key/5.jpg", "key/9.jpg"}
    assert broken_imports(things) == []


def test_unpacking_into_images_is_taken_back_but_for_what_was_there(
    workspace: Workspace, things: Dataset, packed: Path
) -> None:
    put_photo(things.folder / "cup" / "4.jpg", 4)
    before = contents(things.folder)
    kill_after(8, "unpack", workspace.root, "things", packed)
    take_back(the_broken(things))
    assert contents(things.folder) == before
    assert ClassFolders(things).classes() == ("cup",)


def test_unpacking_into_an_empty_dataset_gives_its_own_card_back(
    workspace: Workspace, packed: Path
) -> None:
    empty = create_dataset(workspace, "Empty", ["mine"])
    before = (empty.folder / "card.toml").read_text()
    kill_after(6, "unpack", workspace.root, "empty", packed)
    assert (empty.folder / "card.toml").read_text() != before
    take_back(the_broken(find_dataset(workspace, "empty")))
    again = find_dataset(workspace, "empty")
    assert (again.title, again.card.classes) == ("Empty", ("mine",))


@pytest.mark.parametrize("has_zip", [True, False])
def test_a_dataset_that_was_made_for_it_goes_with_it_while_the_zip_is_there(
    workspace: Workspace, packed: Path, has_zip: bool
) -> None:
    made = create_dataset(workspace, "Copy")
    kill_after(6, "unpack", workspace.root, "copy", packed, "Copy")
    broken = the_broken(find_dataset(workspace, "copy"))
    if not has_zip:
        packed.unlink()
    taken = take_back(broken)
    assert taken.is_dataset_gone == has_zip
    assert made.folder.exists() != has_zip
    assert has_zip or count_trash(made.folder) == taken.images
    assert {path.name for path in workspace.datasets.iterdir()} <= {"packed", "copy"}


def test_a_zip_that_is_cancelled_marks_only_what_came_in(things: Dataset, packed: Path) -> None:
    stops = iter([False] * 7)
    unpack_dataset(things, packed, cancelled=lambda: next(stops, True))
    names = {f"{s.class_name}/{s.path.name}" for s in ClassFolders(things).samples("key")}
    assert ClassFolders(things).marks.names(Mark.EXCLUDED) <= names


def test_frames_of_videos_go_on_after_a_kill_as_if_nothing_had_been(
    workspace: Workspace, things: Dataset, tmp_path: Path
) -> None:
    videos = [write_video(tmp_path / f"{n}.avi", range(n, n + 20)) for n in (0, 100)]
    whole = create_dataset(workspace, "Whole", ["pen"])
    import_videos(ClassFolders(whole), "pen", videos, FrameChoice(frames_per_second=None))
    kill_after(31, "video", workspace.root, "things", *videos)
    broken = the_broken(things)
    assert 20 < len(broken.samples) < 40
    report = go_on_with_videos(broken)
    assert report.skipped == ()
    assert len(report.imported) == 40
    assert len({sample.session for sample in report.imported}) == 2
    held = sorted(sample.path.read_bytes() for sample in report.imported)
    assert held == sorted(path.read_bytes() for path in (whole.folder / "pen").iterdir())
    assert broken_imports(things) == []


def test_frames_of_videos_are_taken_back(
    workspace: Workspace, things: Dataset, tmp_path: Path
) -> None:
    video = write_video(tmp_path / "clip.avi", range(20))
    kill_after(10, "video", workspace.root, "things", video)
    take_back(the_broken(things))
    assert ClassFolders(things).counts() == {"cup": 1}
