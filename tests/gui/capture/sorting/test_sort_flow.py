"""Photos without classes are sorted in a real tab: the sure ones at once, the others one by one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QListView,
    QPushButton,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.import_notes import broken_imports
from cnn_studio.data.sessions import session_of
from cnn_studio.data.sort_notes import SortNotes
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.sorting.rest_page import RestPage
from cnn_studio.gui.capture.sorting.sort_dialog import SortDialog
from cnn_studio.gui.capture.sorting.sure_page import PROMISES, SurePage
from cnn_studio.gui.capture.transfer.broken_off_offer import BrokenOffOffer
from cnn_studio.gui.capture.transfer.import_dialog import ImportDialog
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg
from tests.gui.capture.conftest import OpenTab, names_in
from tests.gui.capture.test_capture_tab import drop, files, message, part
from tests.instant.test_sorting import sorting
from tests.training.drawn_shapes import CLASSES, COUNT, draw, put_unsorted, shapes

KEYS = Qt.Key
NEW = 4  # of each class
DOUBTFUL = 6


@pytest.fixture
def dataset(workspace: Workspace) -> Dataset:
    return shapes(workspace)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of drawings whose names tell the class."""
    return put_unsorted(tmp_path / "photos", NEW)


def put_doubtful(folder: Path) -> None:
    """Pictures of two classes at once."""
    for number in range(DOUBTFUL):
        one, other = draw("ball", 200 + number), draw("stripes", 200 + number)
        both = np.concatenate([one[:, :40], other[:, 40:]], axis=1)
        (folder / f"both-{number}.jpg").write_bytes(encode_jpeg(both))


def counts(dataset: Dataset) -> dict[str, int]:
    return ClassFolders(dataset).counts()


def label(widget: QWidget, name: str) -> str:
    found = widget.findChild(QLabel, name)
    assert found is not None
    return found.text()


def button(widget: QWidget, name: str) -> QPushButton:
    return part(widget, QPushButton, name)


def trigger(tab: CaptureTab, name: str) -> None:
    action = tab.findChild(QAction, name)
    assert action is not None
    action.trigger()


@pytest.fixture
def sort(qtbot: QtBot, open_tab: OpenTab, dataset: Dataset) -> Callable[..., SortDialog]:
    """Drops photos where no class is meant, and has them sorted."""

    def begin(*paths: Path) -> SortDialog:
        tab = open_tab("shapes", camera="")
        qtbot.waitUntil(lambda: bool(part(tab, GalleryPanel).samples))
        tab._sorting.sort(paths)
        qtbot.waitUntil(lambda: tab.findChild(SortDialog) is not None)
        return part(tab, SortDialog)

    return begin


def press(dialog: SortDialog, key: Qt.Key) -> None:
    QTest.keyClick(dialog.rest, key)


def test_dropped_files_without_a_class_can_be_sorted(
    qtbot: QtBot, open_tab: OpenTab, dataset: Dataset, photos: Path
) -> None:
    tab = open_tab("shapes", camera="")
    qtbot.waitUntil(lambda: bool(part(tab, GalleryPanel).samples))
    tab._contents.show_everything(True)
    assert drop(part(tab, GalleryView), QPoint(10, 10), files(*photos.iterdir()))
    qtbot.waitUntil(lambda: message(tab) == "Drop images on the class that they show.")
    offer = part(part(tab, Messages), QPushButton, "noticeAction")
    assert offer.text() == "Sort these for me"
    offer.click()
    qtbot.waitUntil(lambda: tab.findChild(SortDialog) is not None)
    dialog = part(tab, SortDialog)
    assert " of 12, about 0 of them wrong" in label(dialog, "sortTotals")
    dialog.reject()
    assert counts(dataset) == dict.fromkeys(CLASSES, COUNT)


def test_a_folder_without_class_folders_can_be_sorted(
    qtbot: QtBot, open_tab: OpenTab, dataset: Dataset, photos: Path
) -> None:
    tab = open_tab("shapes", camera="")
    qtbot.waitUntil(lambda: bool(part(tab, GalleryPanel).samples))
    tab._contents.show_everything(True)
    assert drop(part(tab, GalleryView), QPoint(10, 10), files(photos))
    qtbot.waitUntil(lambda: tab.findChild(ImportDialog) is not None)
    button(part(tab, ImportDialog), "sortInsteadButton").click()
    qtbot.waitUntil(lambda: tab.findChild(SortDialog) is not None)
    part(tab, SortDialog).reject()
    assert "photos" not in counts(dataset)


def test_class_folders_go_by_their_names(
    qtbot: QtBot, open_tab: OpenTab, dataset: Dataset, photos: Path
) -> None:
    (photos / "ball").mkdir()
    (photos / "ball-100.jpg").rename(photos / "ball" / "one.jpg")
    tab = open_tab("shapes", camera="")
    tab._imports.bring_in([photos], "")
    qtbot.waitUntil(lambda: tab.findChild(ImportDialog) is not None)
    dialog = part(tab, ImportDialog)
    assert not button(dialog, "sortInsteadButton").isVisible()
    dialog.reject()


@pytest.mark.parametrize("name", ["sortFiles", "sortFolder"])
def test_the_import_menu_has_it(
    qtbot: QtBot, open_tab: OpenTab, dataset: Dataset, photos: Path, name: str
) -> None:
    tab = open_tab("shapes", camera="")
    trigger(tab, name)
    choice = part(tab, QFileDialog)
    chosen = [photos] if name == "sortFolder" else sorted(photos.iterdir())
    choice.filesSelected.emit([str(path) for path in chosen])
    choice.reject()
    qtbot.waitUntil(lambda: tab.findChild(SortDialog) is not None)
    assert f"of {len(CLASSES) * NEW}" in label(part(tab, SortDialog), "sortTotals")
    part(tab, SortDialog).reject()


def test_the_slider_says_what_a_promise_costs(qtbot: QtBot, studio: Studio) -> None:
    page = SurePage(sorting(), studio.theme)
    qtbot.addWidget(page)
    slider = part(page, QSlider, "sortSlider")
    shown = part(page, QListView, "sureGroups").model()
    assert label(page, "sortPromise") == "At most 2 % wrong"
    before = 0
    for position in range(slider.maximum() + 1):
        slider.setValue(position)
        promised, count = PROMISES[position], len(page.taken)
        assert count > before
        taking = sorting().taking(promised)
        wrong = round(taking.wrong)
        assert label(page, "sortTotals") == f"Takes {count} of 1,000, about {wrong} of them wrong"
        assert page.take.text() == f"Take {count} images"
        assert shown.rowCount() == 3
        before = count
    assert label(page, "sortPromise") == "At most 10 % wrong"
    page.shutdown()


def test_where_none_is_sure_it_offers_to_go_through_all(qtbot: QtBot, studio: Studio) -> None:
    page = SurePage(replace(sorting(), scores=np.zeros(1000, np.float32)), studio.theme)
    qtbot.addWidget(page)
    assert page.taken == []
    assert not page.take.isEnabled()
    assert button(page, "reviewAllButton").isDefault()
    with qtbot.waitSignal(page.review_requested):
        button(page, "reviewAllButton").click()
    page.shutdown()


def test_the_sure_ones_come_in_as_one_import_and_can_be_undone(
    qtbot: QtBot, sort: Callable[..., SortDialog], dataset: Dataset, photos: Path
) -> None:
    put_doubtful(photos)
    dialog = sort(photos)
    tab = dialog.parent()
    assert isinstance(tab, CaptureTab)
    taken = len(dialog.sure.taken)
    assert 6 < taken < len(CLASSES) * NEW + DOUBTFUL
    assert button(dialog, "takeSureButton").isDefault()
    QTest.keyClick(dialog, KEYS.Key_Return)
    total = len(CLASSES) * COUNT
    qtbot.waitUntil(lambda: sum(counts(dataset).values()) == total + taken)
    come = [p for p in dataset.folder.glob("*/*.jpg") if session_of(p.name) is not None]
    assert len({session_of(path.name) for path in come}) == 1
    assert len(list(photos.iterdir())) == len(CLASSES) * NEW + DOUBTFUL  # copies
    assert label(dialog.rest, "restPlace") == f"Photo 1 of {12 + DOUBTFUL - taken}"
    dialog.reject()
    qtbot.waitUntil(lambda: not tab._imports.errands._job.is_running)
    tab._edits.undo()
    qtbot.waitUntil(lambda: sum(counts(dataset).values()) == total)


@pytest.mark.parametrize("kind", ["zip", "gztar"])
def test_photos_in_an_archive_are_shown_and_come_in(
    qtbot: QtBot, sort: Callable[..., SortDialog], dataset: Dataset, photos: Path, kind: str
) -> None:
    path = Path(shutil.make_archive(str(photos.parent / "packed"), kind, photos))
    dialog = sort(path)
    button(dialog, "reviewAllButton").click()
    qtbot.waitUntil(lambda: not isinstance(dialog.rest.picture._image, str))
    press(dialog, KEYS.Key_2)
    press(dialog, KEYS.Key_Escape)
    qtbot.waitUntil(lambda: sum(counts(dataset).values()) == len(CLASSES) * COUNT + 1)


def test_the_rest_is_decided_with_keys_and_comes_in_at_the_end(
    qtbot: QtBot, sort: Callable[..., SortDialog], dataset: Dataset, photos: Path
) -> None:
    dialog = sort(photos)
    button(dialog, "reviewAllButton").click()
    rest = dialog.rest
    qtbot.waitUntil(rest.isVisible)
    assert label(rest, "restPlace") == "Photo 1 of 12"
    press(dialog, KEYS.Key_2)  # the second class
    assert label(rest, "restPlace") == "Photo 2 of 12"
    press(dialog, KEYS.Key_Right)
    press(dialog, KEYS.Key_0)  # none of them
    press(dialog, KEYS.Key_Left)
    assert "decided: left out" in label(rest, "restDetails")
    press(dialog, KEYS.Key_Right)
    assert label(rest, "restPlace") == "Photo 4 of 12"
    proposed = [b for b in rest._buttons if b.property("kind") == "primary"]
    assert len(proposed) == 1
    assert "Enter" in proposed[0].toolTip()
    press(dialog, KEYS.Key_Return)  # what is proposed
    press(dialog, KEYS.Key_9)  # there is no such class
    assert label(rest, "restPlace") == "Photo 5 of 12"
    assert len(dialog.decisions) == 2
    assert CLASSES[1] in dialog.decisions.values()
    assert counts(dataset) == dict.fromkeys(CLASSES, COUNT)  # as yet
    press(dialog, KEYS.Key_Escape)
    qtbot.waitUntil(lambda: sum(counts(dataset).values()) == len(CLASSES) * COUNT + 2)


def test_a_held_key_decides_once(
    qtbot: QtBot, sort: Callable[..., SortDialog], photos: Path
) -> None:
    dialog = sort(photos)
    button(dialog, "reviewAllButton").click()
    qtbot.waitUntil(dialog.rest.isVisible)
    for key in (KEYS.Key_1, KEYS.Key_Return, KEYS.Key_Right, KEYS.Key_0):
        held = QKeyEvent(
            QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", autorep=True
        )
        QApplication.sendEvent(dialog.rest, held)
    assert label(dialog.rest, "restPlace") == "Photo 1 of 12"
    assert not dialog.decisions
    dialog.reject()


def test_the_photo_and_its_classes_are_shown(
    qtbot: QtBot, sort: Callable[..., SortDialog], photos: Path
) -> None:
    (photos / "half.jpg").write_bytes((photos / "box-100.jpg").read_bytes()[:300])
    dialog = sort(photos)
    assert part(dialog.sure, Messages).text == "1 file cannot be read."
    button(dialog, "reviewAllButton").click()
    qtbot.waitUntil(lambda: not isinstance(dialog.rest.picture._image, str))
    buttons = [b for b in dialog.rest._buttons if b.isVisible()]
    assert [b.text()[0] for b in buttons] == ["1", "2", "3"]
    assert all(b.accessibleDescription().endswith(" %") for b in buttons)
    buttons[2].click()
    assert list(dialog.decisions.values()) == [CLASSES[2]]
    dialog.reject()


def test_of_many_classes_the_likeliest_have_keys_and_the_others_a_menu(
    qtbot: QtBot, studio: Studio
) -> None:
    classes = [f"a class of a long name, number {number}" for number in range(12)]
    page = RestPage(classes, studio.theme)
    qtbot.addWidget(page)
    page.resize(700, 480)
    page.show()
    likely = [*classes[9:], *classes[:9]]
    ranked = [(name, 1 / (place + 2)) for place, name in enumerate(likely)]
    page.show_photo("a.jpg", ranked, is_unknown=False, answer=None, place=(1, 2))
    buttons = [b for b in page._buttons if b.isVisible()]
    assert [b.accessibleName().split(" (")[0] for b in buttons] == [
        f"It is {name}" for name in classes[:6] + classes[9:]
    ]
    keys = [b.text()[0] for b in buttons]
    assert sorted(keys) == list("123456789")
    assert keys[:6] == list("123456")  # the place among all, where it has one
    for shown in buttons:
        assert shown.fontMetrics().horizontalAdvance(shown.text()) < shown.width() - 30
    menu = button(page, "otherClassOfPhotoButton").menu()
    assert [action.text() for action in menu.actions()] == classes[6:9]
    with qtbot.waitSignal(page.answered, check_params_cb=lambda name: name == classes[7]):
        menu.actions()[1].trigger()


def test_at_the_end_it_says_what_was_skipped(
    qtbot: QtBot, sort: Callable[..., SortDialog], dataset: Dataset, photos: Path
) -> None:
    dialog = sort(*sorted(photos.iterdir())[:3])
    button(dialog, "reviewAllButton").click()
    qtbot.waitUntil(dialog.rest.isVisible)
    press(dialog, KEYS.Key_Return)
    press(dialog, KEYS.Key_Right)
    press(dialog, KEYS.Key_Return)
    over = dialog.rest._over
    assert over.isVisible()
    assert over.text == "1 photo was skipped and stays where it is."
    part(over, QPushButton, "emptyStateSecond").click()
    assert label(dialog.rest, "restPlace") == "Photo 1 of 1"
    press(dialog, KEYS.Key_Return)
    press(dialog, KEYS.Key_Return)  # Import
    qtbot.waitUntil(lambda: sum(counts(dataset).values()) == len(CLASSES) * COUNT + 3)


def test_what_was_decided_is_not_lost_when_the_window_closes(
    qtbot: QtBot,
    open_tab: OpenTab,
    sort: Callable[..., SortDialog],
    dataset: Dataset,
    photos: Path,
) -> None:
    dialog = sort(photos)
    tab = dialog.parent()
    assert isinstance(tab, CaptureTab)
    button(dialog, "reviewAllButton").click()
    qtbot.waitUntil(dialog.rest.isVisible)
    press(dialog, KEYS.Key_1)
    press(dialog, KEYS.Key_2)
    tab._sorting.shutdown()
    (broken,) = broken_imports(dataset)
    assert (broken.total, len(broken.samples)) == (2, 0)
    assert broken.can_finish
    assert sorted(broken.values["file_classes"]) == sorted(CLASSES[:2])
    offer = part(open_tab("shapes", camera=""), BrokenOffOffer)  # the next start
    qtbot.waitUntil(lambda: "0 of 2 images are in" in offer.text)
    button(offer, "finishBrokenOff").click()
    wanted = {name: COUNT + (name in CLASSES[:2]) for name in CLASSES}
    qtbot.waitUntil(lambda: counts(dataset) == wanted)


def test_a_crash_costs_no_answer(
    qtbot: QtBot,
    sort: Callable[..., SortDialog],
    dataset: Dataset,
    photos: Path,
) -> None:
    before = counts(dataset)
    dialog = sort(photos)
    tab = dialog.parent()
    assert isinstance(tab, CaptureTab)
    button(dialog, "reviewAllButton").click()
    qtbot.waitUntil(dialog.rest.isVisible)
    for key in (KEYS.Key_1, KEYS.Key_2, KEYS.Key_1):
        press(dialog, key)
    kept = SortNotes(dataset.notes_folder).decided()  # what a kill at this moment leaves
    assert sorted(kept.values()) == sorted([CLASSES[0], CLASSES[1], CLASSES[0]])
    press(dialog, KEYS.Key_Escape)
    qtbot.waitUntil(lambda: sum(counts(dataset).values()) == sum(before.values()) + 3)
    qtbot.waitUntil(lambda: not SortNotes(dataset.notes_folder).decided())

    left = next(path for path in sorted(photos.iterdir()) if path not in kept)
    SortNotes(dataset.notes_folder).keep(left, CLASSES[2])
    tab._sorting.sort([photos])  # the next start
    qtbot.waitUntil(lambda: tab._sorting._dialog is not None)
    again = tab._sorting._dialog
    assert again is not None
    button(again, "reviewAllButton").click()
    qtbot.waitUntil(again.rest.isVisible)
    assert label(again, "restPlace") == f"Photo 2 of {len(CLASSES) * NEW - 3}"
    press(again, KEYS.Key_Left)
    assert f"decided: {CLASSES[2]}" in label(again, "restDetails")
    press(again, KEYS.Key_Escape)
    qtbot.waitUntil(lambda: sum(counts(dataset).values()) == sum(before.values()) + 4)


def test_a_promise_is_made_only_once_it_is_known_how_right_it_is(
    qtbot: QtBot, open_tab: OpenTab, studio: Studio, dataset: Dataset
) -> None:
    tab = open_tab("shapes", camera="")

    def is_judged() -> bool:
        model = studio.instant.model
        return model is not None and model.held_back is not None

    qtbot.waitUntil(is_judged)
    model = studio.instant.model
    assert model is not None
    assert tab._sorting._model_of(dataset) is model
    studio.instant._model = replace(model, held_back=None)  # as it is just after it was fitted
    assert tab._sorting._model_of(dataset) is None


def test_without_enough_images_it_says_what_is_missing(
    qtbot: QtBot, open_tab: OpenTab, workspace: Workspace, photos: Path
) -> None:
    create_dataset(workspace, "few", ["ball", "box"])
    tab = open_tab("few", camera="")
    tab._sorting.sort([photos])
    qtbot.waitUntil(lambda: message(tab).startswith("Nothing can be sorted yet"))
    assert message(tab) == "Nothing can be sorted yet: two classes need three images each."


def test_photos_that_are_there_already_are_no_question(
    qtbot: QtBot, open_tab: OpenTab, dataset: Dataset, tmp_path: Path
) -> None:
    again = tmp_path / "again.jpg"
    again.write_bytes((dataset.folder / "ball" / "001.jpg").read_bytes())
    tab = open_tab("shapes", camera="")
    qtbot.waitUntil(lambda: bool(part(tab, GalleryPanel).samples))
    tab._sorting.sort([again])
    qtbot.waitUntil(lambda: message(tab) == "There is no new photo to sort.")
    assert len(names_in(dataset.folder / "ball")) == COUNT


def test_nothing_comes_in_where_it_is_cancelled(
    qtbot: QtBot, studio: Studio, sort: Callable[..., SortDialog], dataset: Dataset, photos: Path
) -> None:
    dialog = sort(photos)
    button(dialog, "cancelSortButton").click()
    qtbot.waitUntil(lambda: not studio.jobs.activities.writing)
    assert counts(dataset) == dict.fromkeys(CLASSES, COUNT)
