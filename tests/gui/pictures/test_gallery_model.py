"""The gallery's list changes only where the disk has changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from cnn_studio.data.samples import Sample
from cnn_studio.gui.pictures.gallery_model import SAMPLES_MIME, GalleryModel
from cnn_studio.gui.pictures.thumbnails import Thumbnails

ALPHABET = {
    letter: Sample(Path(f"/images/{letter}.jpg"), "pen") for letter in "abcdefghijklmnopqrstuvwxyz"
}


def _samples(text: str) -> list[Sample]:
    return [ALPHABET[letter] for letter in text]


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[GalleryModel]:
    thumbnails = Thumbnails(20)
    model = GalleryModel(thumbnails)
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    assert tester.model() is model
    yield model
    thumbnails.shutdown()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("abc", "xabc"),
        ("abc", "abxc"),
        ("abcdef", "bdf"),
        ("abcdef", "xaybcdez"),
        ("abc", "cba"),
        ("abc", ""),
        ("", "abc"),
        ("abc", "xyz"),
    ],
)
def test_any_list_can_follow_any_other(model: GalleryModel, before: str, after: str) -> None:
    model.set_samples(_samples(before))
    model.set_samples(_samples(after))
    assert list(model.samples) == _samples(after)
    assert model.rowCount() == len(after)


def test_selection_stays_with_its_image(qtbot: QtBot, model: GalleryModel) -> None:
    model.set_samples(_samples("abcd"))
    selection = QItemSelectionModel(model)
    selection.select(model.index(2, 0), QItemSelectionModel.SelectionFlag.Select)
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_samples(_samples("xycd"))
        model.add_in_front(_samples("z"))
    assert [model.sample(index) for index in selection.selectedIndexes()] == _samples("c")
    assert list(model.samples) == _samples("zxycd")


def test_the_same_list_changes_nothing(qtbot: QtBot, model: GalleryModel) -> None:
    model.set_samples(_samples("abc"))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.assertNotEmitted(model.rowsInserted):
        model.set_samples(_samples("abc"))


def test_a_drag_carries_the_files(model: GalleryModel) -> None:
    model.set_samples(_samples("ab"))
    mime = model.mimeData([model.index(1, 0)])
    assert [url.toLocalFile() for url in mime.urls()] == ["/images/b.jpg"]
    assert mime.hasFormat(SAMPLES_MIME)
