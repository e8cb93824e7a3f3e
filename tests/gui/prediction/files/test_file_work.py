"""Dropped files are classified in the background, in order, and never get in the way."""

from __future__ import annotations

import itertools
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.files.file_work import THUMBNAIL_SIDE, FileWork, Listed
from cnn_studio.gui.prediction.model.run_choice import UsedModel
from cnn_studio.prediction.classifier import Classifier, Prediction
from cnn_studio.vision.images import ImageArray, decode_image
from tests.gui.prediction.conftest import write_picture
from tests.videos import write_video


class Record:
    """What the work has said so far."""

    def __init__(self, work: FileWork) -> None:
        self.entries: list[FileEntry] = []
        self.drops: list[int] = []
        self.sentences: list[str] = []
        work.classified.connect(self._on_work_classified)
        work.failed.connect(self.sentences.append)

    def _on_work_classified(self, drop: int, entries: list[FileEntry]) -> None:
        self.drops += [drop] * len(entries)
        self.entries += entries

    @property
    def names(self) -> list[str]:
        return [entry.name for entry in self.entries]


@pytest.fixture
def work(qtbot: QtBot) -> Iterator[FileWork]:
    jobs = Jobs()
    work = FileWork(jobs)
    yield work
    work.discard()
    jobs.shutdown()


@pytest.fixture
def go_on(monkeypatch: pytest.MonkeyPatch, work: FileWork) -> Iterator[threading.Event]:
    """No more than a hundred pictures are classified until this is set."""
    go_on, calls, classify = threading.Event(), itertools.count(1), Classifier.classify

    def classify_some(classifier: Classifier, image_rgb: ImageArray) -> Prediction:
        if next(calls) > 100:
            go_on.wait()
        return classify(classifier, image_rgb)

    monkeypatch.setattr(Classifier, "classify", classify_some)
    yield go_on
    go_on.set()


def test_files_and_folders_come_in_their_order_with_their_class(
    qtbot: QtBot, work: FileWork, models: Path, tmp_path: Path
) -> None:
    blue = write_picture(tmp_path / "blue.jpg", "blue")
    for number, colour in enumerate(("red", "green")):
        write_picture(tmp_path / "folder" / "below" / f"{number}.jpg", colour)
    record = Record(work)
    with qtbot.waitSignal(work.ended):
        work.classify(UsedModel(models / "colours"), [blue, tmp_path / "folder"])
    assert record.names == ["blue.jpg", "0.jpg", "1.jpg"]
    tops = [entry.prediction.top[0] for entry in record.entries if entry.prediction]
    assert tops == ["blue", "red", "green"]
    assert [entry.model.folder.name for entry in record.entries] == ["colours"] * 3
    assert [entry.said for entry in record.entries] == tops
    assert not any(entry.answer.thumbnail for entry in record.entries)
    assert not work.is_running


def test_an_unreadable_file_has_its_reason_and_stops_nothing(
    qtbot: QtBot, work: FileWork, models: Path, tmp_path: Path
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no image")
    paths = [text, tmp_path / "gone.jpg", write_picture(tmp_path / "red.jpg", "red")]
    record = Record(work)
    with qtbot.waitSignal(work.ended):
        work.classify(UsedModel(models / "colours"), paths)
    assert [entry.prediction is None for entry in record.entries] == [True, True, False]
    assert record.entries[0].error == "The file is text and not an image: notes.txt."
    assert record.entries[0].reason == "The file is text and not an image."
    assert "not there" in (record.entries[1].error or "")
    assert record.sentences == []


def test_frames_and_what_lies_in_a_zip_hold_a_thumbnail(
    qtbot: QtBot, work: FileWork, models: Path, tmp_path: Path
) -> None:
    picture = write_picture(tmp_path / "red.jpg", "red")
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.write(picture, "green/red.jpg")
    write_video(tmp_path / "clip.avi", range(20))
    record = Record(work)
    with qtbot.waitSignal(work.ended):
        work.classify(UsedModel(models / "colours"), [tmp_path / "some.zip", tmp_path / "clip.avi"])
    assert record.names == ["red.jpg", "clip.avi 00:00.0", "clip.avi 00:00.5"]
    assert [entry.answer.true_class for entry in record.entries] == ["green", None, None]
    for entry in record.entries:
        thumbnail = decode_image(entry.answer.thumbnail, "thumbnail")
        assert max(thumbnail.shape) <= THUMBNAIL_SIDE


def test_a_second_drop_waits_for_the_first(
    qtbot: QtBot, work: FileWork, models: Path, tmp_path: Path
) -> None:
    first = [write_picture(tmp_path / f"first{number}.jpg", "red") for number in range(3)]
    second = write_picture(tmp_path / "second.jpg", "red")
    record = Record(work)
    with qtbot.waitSignal(work.ended):
        work.classify(UsedModel(models / "colours"), first)
        work.classify(UsedModel(models / "grey"), [second])
    assert record.names == ["first0.jpg", "first1.jpg", "first2.jpg", "second.jpg"]
    assert len(set(record.drops)) == 2
    assert record.drops == sorted(record.drops)
    assert [entry.model.folder.name for entry in record.entries] == ["colours"] * 3 + ["grey"]


def test_cancelling_keeps_what_is_done_and_drops_what_waits(
    qtbot: QtBot, work: FileWork, models: Path, tmp_path: Path, go_on: threading.Event
) -> None:
    for number in range(500):
        write_picture(tmp_path / "many" / f"{number:03}.jpg", "red")
    record = Record(work)
    work.classify(UsedModel(models / "colours"), [tmp_path / "many"])
    work.classify(UsedModel(models / "colours"), [tmp_path / "many"])
    with qtbot.waitSignal(work.progressed):
        pass
    with qtbot.waitSignal(work.ended):
        work.cancel()
        go_on.set()
    assert 0 < len(record.entries) < 500
    assert len(set(record.drops)) == 1


def test_another_model_is_asked_about_all_and_the_one_before_is_not_heard_any_more(
    qtbot: QtBot, work: FileWork, models: Path, tmp_path: Path, go_on: threading.Event
) -> None:
    for number in range(300):
        write_picture(tmp_path / "many" / f"{number:03}.jpg", "red")
    late = write_picture(tmp_path / "late.jpg", "blue")
    record = Record(work)
    work.classify(UsedModel(models / "colours"), [tmp_path / "many"])
    work.classify(UsedModel(models / "colours"), [late])
    with qtbot.waitSignal(work.classified):
        pass
    listed = {1: Listed({entry.answer.picture for entry in record.entries})}
    before = len(record.entries)
    with qtbot.waitSignal(work.ended):
        work.ask_again(UsedModel(models / "grey"), listed)
        go_on.set()
    after = record.entries[before:]
    assert 0 < before < 300
    assert {entry.model.folder.name for entry in after} == {"grey"}
    assert [entry.name for entry in after] == ["late.jpg", *(f"{n:03}.jpg" for n in range(300))]
    assert record.drops[before:] == [2, *[1] * 300]


def test_only_what_is_still_to_be_asked_is_asked_again(
    qtbot: QtBot, work: FileWork, models: Path, tmp_path: Path
) -> None:
    paths = [write_picture(tmp_path / "some" / f"{name}.jpg", "red") for name in "abcd"]
    record = Record(work)
    with qtbot.waitSignal(work.ended):
        work.classify(UsedModel(models / "colours"), [tmp_path / "some"])
    a, b, c, d = (entry.answer.picture for entry in record.entries)
    paths[2].unlink()
    write_picture(tmp_path / "some" / "e.jpg", "red")  # nobody has dropped it
    with qtbot.waitSignal(work.ended):
        work.ask_again(UsedModel(models / "grey"), {1: Listed({b, c}, {a, d})})
    assert record.names[4:] == ["b.jpg", "c.jpg"]
    assert record.entries[5].error == "The file is not there any more: c.jpg."
    work.ask_again(UsedModel(models / "grey"), {1: Listed(set(), {a, b, c, d})})
    assert not work.is_running


def test_what_was_cancelled_is_not_begun_again_by_another_model(
    qtbot: QtBot, work: FileWork, models: Path, tmp_path: Path, go_on: threading.Event
) -> None:
    for number in range(500):
        write_picture(tmp_path / "many" / f"{number:03}.jpg", "red")
    record = Record(work)
    work.classify(UsedModel(models / "colours"), [tmp_path / "many"])
    with qtbot.waitSignal(work.progressed):
        pass
    with qtbot.waitSignal(work.ended):
        work.cancel()
        go_on.set()
    names = record.names
    with qtbot.waitSignal(work.ended):
        work.ask_again(
            UsedModel(models / "grey"), {1: Listed({e.answer.picture for e in record.entries})}
        )
    assert record.names == names * 2


def test_a_drop_without_an_image_is_a_sentence(
    qtbot: QtBot, work: FileWork, models: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    record = Record(work)
    with qtbot.waitSignal(work.ended):
        work.classify(UsedModel(models / "colours"), [tmp_path / "empty"])
    assert record.sentences == ["There is no image in what was dropped."]


def test_a_model_that_cannot_be_opened_is_a_sentence(
    qtbot: QtBot, work: FileWork, tmp_path: Path
) -> None:
    record = Record(work)
    with qtbot.waitSignal(work.ended):
        work.classify(UsedModel(tmp_path / "no-run"), [write_picture(tmp_path / "red.jpg", "red")])
    assert len(record.sentences) == 1
    assert "no trained model" in record.sentences[0]
    assert record.entries == []
