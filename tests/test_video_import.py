"""Frames of videos become images of a class, on real files."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnn_studio.camera.video_reader import measure_video
from cnn_studio.data.catalog import create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.frame_gate import GateRules
from cnn_studio.data.left_out import without_present
from cnn_studio.data.sessions import SessionKind, recordings_of, session_of
from cnn_studio.errors import DatasetError, UsageError
from cnn_studio.paths import Workspace
from cnn_studio.video_import import FrameChoice, import_videos
from cnn_studio.vision.images import read_image
from tests.videos import cut_video, damage_frames, number_of, write_video

EVERY = FrameChoice(frames_per_second=None)


@pytest.fixture
def folders(workspace: Workspace) -> ClassFolders:
    """A dataset of the classes pen and cup, without an image."""
    return ClassFolders(create_dataset(workspace, "Things", ["pen", "cup"]))


def _numbers(folders: ClassFolders, class_name: str) -> list[int]:
    paths = sorted(folders.folder_of(class_name).glob("*.jpg"))
    return [number_of(read_image(path)) for path in paths]


def test_frames_are_taken_at_five_a_second_and_are_one_recording(
    folders: ClassFolders, tmp_path: Path
) -> None:
    path = write_video(tmp_path / "clip.avi", range(60))
    shares: list[float] = []
    report = import_videos(
        folders,
        "pen",
        [path],
        FrameChoice(),
        progress=lambda done, all_: shares.append(done / all_),
    )
    assert _numbers(folders, "pen") == list(range(0, 60, 4))
    assert [sample.path for sample in report.imported] == sorted(
        folders.folder_of("pen").glob("*.jpg")
    )
    assert report.skipped == ()
    assert shares == sorted(shares)
    assert shares[-1] > 0.9
    sessions = {session_of(sample.path.name) for sample in report.imported}
    assert {session.kind for session in sessions if session} == {SessionKind.RECORDING}
    assert len(sessions) == 1
    assert FrameChoice().expected(measure_video(path)) == len(report.imported)


def test_each_video_is_a_session_and_one_that_fails_does_not_hold_up_the_others(
    folders: ClassFolders, tmp_path: Path
) -> None:
    good = write_video(tmp_path / "good.avi", range(20))
    bad = tmp_path / "bad.avi"
    bad.write_text("no video")
    fine = write_video(tmp_path / "fine.mp4", range(100, 120), codec="mp4v")
    report = import_videos(folders, "pen", [good, bad, tmp_path / "gone.avi", fine], EVERY)
    assert len(report.imported) == 40
    assert len(recordings_of(sample.path.name for sample in report.imported)) == 2
    assert dict(report.skipped) == {
        bad: "The file is text and not a video: bad.avi.",
        tmp_path / "gone.avi": "The video is not there: gone.avi.",
    }


def test_only_the_part_that_is_wanted_is_taken(folders: ClassFolders, tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.avi", range(100))
    facts = measure_video(path)
    parts = (FrameChoice(1.0, 2.0, 4.0), FrameChoice(2.0, 2.0), FrameChoice(0.3, 3.1, 30.0), EVERY)
    for number, choice in enumerate(parts):
        report = import_videos(folders, f"part {number}", [path], choice)
        assert len(report.imported) == choice.expected(facts)
    import_videos(folders, "pen", [path], FrameChoice(1.0, 2.0, 4.0))
    assert _numbers(folders, "pen") == [20, 25, 30, 35, 40]
    report = import_videos(folders, "cup", [path], FrameChoice(60.0, 61.0))
    assert not report.imported
    assert "no picture" in report.skipped[0][1]


def test_the_gate_passes_over_what_is_not_new_or_flawed(
    folders: ClassFolders, tmp_path: Path
) -> None:
    path = write_video(tmp_path / "clip.avi", [1, 1, 1, 170, 170, 90])
    report = import_videos(
        folders, "pen", [path], FrameChoice(frames_per_second=None, rules=GateRules(skip_same=True))
    )
    assert (len(report.imported), report.same, report.flawed) == (3, 3, 0)
    dark = write_video(tmp_path / "dark.avi", [1, 2], light=0.1)
    choice = FrameChoice(frames_per_second=None, rules=GateRules(skip_flawed=True))
    report = import_videos(folders, "cup", [dark, path], choice)
    assert (len(report.imported), report.same, report.flawed) == (6, 0, 2)


def test_a_second_import_of_a_video_brings_no_copies(folders: ClassFolders, tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.avi", range(20))
    import_videos(folders, "pen", [path], FrameChoice())
    report = import_videos(folders, "pen", [path], EVERY)
    assert len(report.imported) == 15
    assert report.skipped == ((path, "pen has 5 of these frames already: clip.avi."),)
    assert report.known == 5
    assert without_present(report.skipped) == ([], 1)
    assert sorted(_numbers(folders, "pen")) == list(range(20))


def test_a_new_class_comes_with_its_first_frame_and_a_known_one_is_found(
    folders: ClassFolders, tmp_path: Path
) -> None:
    (tmp_path / "bad.avi").write_text("no video")
    import_videos(folders, "key", [tmp_path / "bad.avi"], EVERY)
    assert folders.classes() == ("pen", "cup")
    path = write_video(tmp_path / "clip.avi", range(4))
    import_videos(folders, " key ", [path], EVERY)
    import_videos(folders, "PEN", [path], EVERY)
    assert folders.classes() == ("pen", "cup", "key")
    assert folders.counts() == {"pen": 4, "cup": 0, "key": 4}
    with pytest.raises(DatasetError, match="cannot contain"):
        import_videos(folders, "a/b", [path], EVERY)


def test_damage_and_a_broken_off_end_are_told_and_the_rest_is_kept(
    folders: ClassFolders, tmp_path: Path
) -> None:
    holes = damage_frames(write_video(tmp_path / "holes.avi", range(40)), (5, 6, 20))
    report = import_videos(folders, "pen", [holes], EVERY)
    assert len(report.imported) == 37
    assert report.skipped == ((holes, "3 frames are damaged: holes.avi."),)
    half = cut_video(write_video(tmp_path / "half.avi", range(200)), 0.5)
    report = import_videos(folders, "cup", [half], FrameChoice())
    assert 20 <= len(report.imported) <= 30
    ((_path, reason),) = report.skipped
    assert reason.startswith("The video breaks off after 0:0")


def test_a_cancelled_import_keeps_what_is_in(folders: ClassFolders, tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.avi", range(60))
    calls = iter(range(10_000))
    report = import_videos(folders, "pen", [path, path], EVERY, cancelled=lambda: next(calls) > 50)
    assert 0 < len(report.imported) < 60
    assert report.skipped == ()
    assert folders.counts()["pen"] == len(report.imported)


def test_a_disk_that_refuses_is_told_and_what_is_in_stays(
    folders: ClassFolders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_video(tmp_path / "clip.avi", range(20))
    original = folders.add_encoded

    def refuse_the_sixth(name: str, data: bytes, *more: object) -> object:
        if len(list(folders.folder_of("pen").glob("*.jpg"))) == 5:
            raise DatasetError("The image cannot be saved in pen: No space left on device.")
        return original(name, data, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(folders, "add_encoded", refuse_the_sixth)
    report = import_videos(folders, "pen", [path], EVERY)
    assert _numbers(folders, "pen") == [0, 1, 2, 3, 4]
    assert len(report.imported) == 5
    assert report.skipped[0][1].endswith("No space left on device.")


def test_senseless_choices_are_refused() -> None:
    for wrong in ({"frames_per_second": 0.0}, {"frames_per_second": float("nan")}):
        with pytest.raises(UsageError, match="Frames a second"):
            FrameChoice(**wrong)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="part of a video"):
        FrameChoice(from_s=2.0, to_s=1.0)
