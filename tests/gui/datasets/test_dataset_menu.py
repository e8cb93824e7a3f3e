"""The header's list of datasets: counts, keys, and what is done with the chosen one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from filelock import FileLock
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from cnn_studio.camera.spec import parse_spec
from cnn_studio.data.catalog import Dataset, create_dataset, find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.dataset_trash import list_trashed_datasets
from cnn_studio.data.frame_gate import GateRules
from cnn_studio.data.image_sets import count_images
from cnn_studio.gui.capture.recording.record_control import RecordControl
from cnn_studio.gui.capture.recording.recording import RecordingOptions
from cnn_studio.gui.datasets.dataset_list import NAME_ROLE
from cnn_studio.gui.datasets.settings_dialog import DatasetSettingsDialog
from cnn_studio.gui.datasets.trash_dialog import DatasetTrashDialog
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.notice import Notice
from cnn_studio.gui.widgets.question import Question
from cnn_studio.models.bundle import LITE_FILE, write_bundle
from cnn_studio.models.runs import LOCK_FILE, open_run
from cnn_studio.vision.preparation import Fit, InputSpec, Polarity
from tests.data.pictures import put_photo
from tests.gui.datasets.conftest import COUNT, MenuUser
from tests.models.small_run import bundle

_ALT = Qt.KeyboardModifier.AltModifier


def _rows(user: MenuUser) -> list[str]:
    model = user.menu.model
    return [model.index(row).data(NAME_ROLE) for row in range(model.rowCount())]


def _facts(user: MenuUser) -> str:
    label = user.menu.findChild(ElidedLabel, "datasetFacts")
    assert label is not None
    return label.text()


def _message(window: MainWindow) -> str:
    return window._header.datasets.messages.text


def _list(user: MenuUser) -> QListView:
    view = user.menu.findChild(QListView, "datasetList")
    assert view is not None
    return view


def test_it_lists_the_datasets_with_their_counts_and_the_size_of_the_chosen_one(
    qtbot: QtBot, window: MainWindow, user: MenuUser, desk: Dataset
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_D, _ALT)
    qtbot.waitUntil(user.menu.isVisible)
    assert set(_rows(user)) == {"objects", "satellite", "fashion-mnist", "my-desk"}
    qtbot.waitUntil(lambda: f"{COUNT} images" in _facts(user) and "on disk" in _facts(user))
    row = user.menu.model.row_of("my-desk")
    tip = user.menu.model.index(row).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == f"My desk · {COUNT} images"
    qtbot.waitUntil(
        lambda: "0 images" in user.menu.model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    )


def test_the_keyboard_chooses_and_closes(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_D, _ALT)
    qtbot.waitUntil(user.menu.isVisible)
    view = _list(user)
    assert view.currentIndex().data(NAME_ROLE) == "my-desk"
    QTest.keyClick(view, Qt.Key.Key_Up)
    wanted = view.currentIndex().data(NAME_ROLE)
    assert wanted != "my-desk"
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert not user.menu.isVisible()
    assert studio.dataset is not None
    assert studio.dataset.name == wanted
    qtbot.keyClick(window, Qt.Key.Key_D, _ALT)
    qtbot.waitUntil(user.menu.isVisible)
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not user.menu.isVisible()
    assert studio.dataset.name == wanted


def test_letters_find_a_dataset(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio
) -> None:
    for number in range(12):
        create_dataset(studio.workspace, f"Leaves {number}")
    studio.datasets_were_changed()
    user.button.click()
    search = user.menu.findChild(QLineEdit, "datasetSearch")
    assert search is not None
    assert search.isVisible()
    QTest.keyClicks(_list(user), "l")
    QTest.keyClicks(search, "eaves 11")
    assert _rows(user) == ["leaves-11"]
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert studio.dataset is not None
    assert studio.dataset.name == "leaves-11"


def test_a_long_title_is_cut_in_its_middle_and_told_whole(
    window: MainWindow, user: MenuUser, studio: Studio
) -> None:
    title = f"A{'m' * 58}Z"
    studio.create_dataset(title)
    assert user.button.text() != title
    assert user.button.text().startswith("A")
    assert user.button.text().endswith("Z")
    assert title in user.button.toolTip()
    assert user.button.toolTip().endswith("(Alt+D)")
    metrics = user.button.fontMetrics()
    assert metrics.horizontalAdvance(user.button.text()) <= user.button.width() - 50


@pytest.mark.parametrize("title", ["Salt & pepper", "<b>x</b>", "a\u202eb"])
def test_a_title_stands_as_it_is_and_keeps_the_key(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio, title: str
) -> None:
    studio.create_dataset(title)
    assert user.button.text().replace("&&", "&") == title.replace("\u202e", "\\u202e")
    qtbot.keyClick(window, Qt.Key.Key_D, _ALT)
    qtbot.waitUntil(user.menu.isVisible)


def test_what_comes_with_the_program_cannot_be_renamed_or_deleted_and_says_why(
    window: MainWindow, user: MenuUser, studio: Studio
) -> None:
    studio.choose_dataset("objects")
    user.button.click()
    for name in ("renameDataset", "deleteDataset"):
        entry = user.menu.findChild(QPushButton, name)
        assert entry is not None
        assert not entry.isEnabled()
        assert "comes with the program" in entry.toolTip()


def test_every_entry_has_a_key_that_its_tooltip_names(user: MenuUser) -> None:
    entries = [each for each in user.menu.findChildren(QPushButton) if each.objectName()]
    keys = [each.shortcut().toString() for each in entries]
    assert len(entries) == 7
    assert len(set(keys)) == 7
    assert all(keys)
    for entry in entries:
        native = entry.shortcut().toString(entry.shortcut().SequenceFormat.NativeText)
        assert entry.toolTip().endswith(f"({native})")
    assert all(key and what for key, what in user.menu.key_hints())


def _answer(window: MainWindow, text: str) -> None:
    popup = QApplication.activePopupWidget()
    assert popup is not None
    field = popup.findChild(QLineEdit, "popoverField")
    assert field is not None
    assert field.selectedText() == field.text()
    field.setText(text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_it_is_renamed_with_its_runs(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio, desk: Dataset
) -> None:
    folder = studio.workspace.runs / "one"
    folder.mkdir(parents=True)
    write_bundle(folder, bundle(dataset=desk.name))
    (folder / LITE_FILE).write_bytes(b"weights")
    user.press("renameDataset")
    with qtbot.waitSignal(studio.runs_changed):
        _answer(window, "Kitchen table")
    assert studio.dataset is not None
    assert studio.dataset.title == "Kitchen table"
    assert user.button.text() == "Kitchen table"
    assert not desk.folder.exists()
    assert open_run(folder).dataset == "kitchen-table"
    assert "Kitchen table" in _message(window)


def test_a_title_that_cannot_be_used_is_said_in_the_popover(
    window: MainWindow, user: MenuUser, studio: Studio
) -> None:
    user.press("renameDataset")
    _answer(window, "OBJECTS")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    problem = popup.findChild(object, "popoverProblem")
    assert "already" in problem.text()  # type: ignore[attr-defined]
    popup.close()


def test_while_it_is_trained_on_elsewhere_it_stays_and_that_is_said(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio, desk: Dataset
) -> None:
    folder = studio.workspace.runs / "one"
    folder.mkdir(parents=True)
    write_bundle(folder, bundle(dataset=desk.name))
    (folder / LITE_FILE).write_bytes(b"weights")
    with FileLock(folder / LOCK_FILE):
        user.press("renameDataset")
        _answer(window, "Kitchen table")
        qtbot.waitUntil(lambda: "while one is trained on it" in _message(window))
    assert desk.folder.is_dir()


def test_it_is_duplicated_and_the_copy_can_be_opened(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio
) -> None:
    user.press("duplicateDataset")
    _answer(window, "My desk copy")
    qtbot.waitUntil(lambda: "My desk copy has the same images" in _message(window))
    assert studio.dataset is not None
    assert studio.dataset.title == "My desk"
    notice = window._header.datasets.messages.notice
    assert isinstance(notice, Notice)
    action = notice.findChild(QPushButton, "noticeAction")
    assert action is not None
    action.click()
    assert studio.dataset.title == "My desk copy"
    assert sum(count_images(studio.dataset).values()) == COUNT


def test_a_copy_can_be_stopped_and_nothing_is_left(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio, desk: Dataset
) -> None:
    for number in range(3000):
        shutil.copyfile(desk.folder / "mug" / "0.jpg", desk.folder / "mug" / f"more-{number}.jpg")
    user.press("duplicateDataset")
    _answer(window, "My desk copy")
    activities = studio.jobs.activities
    copying = next(one for one in activities.running if "Copying" in one.about.title)
    copying.stop()
    qtbot.waitUntil(lambda: "no copy of My desk was made" in _message(window))
    assert [path.name for path in studio.workspace.datasets.iterdir()] == ["my-desk"]


def test_it_is_deleted_after_a_question_and_undo_brings_it_back(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio, desk: Dataset
) -> None:
    user.press("deleteDataset")
    question = window.findChild(Question, "deleteDatasetQuestion")
    assert question is not None
    qtbot.waitUntil(lambda: f"{COUNT} images" in question.text() and "kB" in question.text())
    question._yes.click()
    qtbot.waitUntil(lambda: "in the trash of datasets" in _message(window))
    assert studio.dataset is not None
    assert studio.dataset.name != desk.name
    assert not desk.folder.exists()
    action = window._header.datasets.messages.notice.findChild(QPushButton, "noticeAction")
    assert action is not None
    assert action.text() == "Undo"
    action.click()
    qtbot.waitUntil(lambda: "is back" in _message(window))
    assert studio.dataset.name == desk.name
    assert sum(count_images(studio.dataset).values()) == COUNT


def test_the_question_never_says_an_old_count(
    qtbot: QtBot, window: MainWindow, user: MenuUser, desk: Dataset
) -> None:
    user.button.click()
    qtbot.waitUntil(lambda: f"{COUNT} images" in _facts(user) and "on disk" in _facts(user))
    user.menu.close()
    put_photo(desk.folder / "mug" / "new.jpg", COUNT)
    user.press("deleteDataset")
    question = window.findChild(Question, "deleteDatasetQuestion")
    assert question is not None
    assert f"{COUNT} images" not in question.text()
    qtbot.waitUntil(lambda: f"{COUNT + 1} images" in question.text())
    assert f"{COUNT + 1} images" in question._yes.accessibleDescription()
    question.reject()


def test_a_recording_ends_before_it_is_renamed_or_deleted(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio, desk: Dataset
) -> None:
    studio.camera.open(parse_spec("demo:shoe"))
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)
    control = window.findChild(RecordControl)
    assert control is not None
    options = RecordingOptions(rules=GateRules())
    control.begin(ClassFolders(desk), "pen", options, is_held=False)
    for entry in ("renameDataset", "deleteDataset"):
        user.press(entry)
        assert QApplication.activePopupWidget() is None
        assert window.findChild(Question, "deleteDatasetQuestion") is None
        assert _message(window) == "My desk is being recorded into. Stop the recording first."
    qtbot.waitUntil(lambda: len(list((desk.folder / "pen").glob("*.jpg"))) >= 3)
    control.end()
    qtbot.waitUntil(lambda: not control.is_writing)
    user.press("renameDataset")
    _answer(window, "Kitchen table")
    qtbot.waitUntil(lambda: "is called Kitchen table" in _message(window))
    assert not desk.folder.exists()


def test_another_dataset_chosen_meanwhile_stays_chosen(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio
) -> None:
    user.press("renameDataset")
    _answer(window, "Kitchen table")
    studio.choose_dataset("satellite")
    qtbot.waitUntil(lambda: "is called Kitchen table" in _message(window))
    assert studio.dataset is not None
    assert studio.dataset.name == "satellite"
    studio.choose_dataset("kitchen-table")
    user.press("deleteDataset")
    question = window.findChild(Question, "deleteDatasetQuestion")
    assert question is not None
    question._yes.click()
    qtbot.waitUntil(lambda: "in the trash of datasets" in _message(window))
    action = window._header.datasets.messages.notice.findChild(QPushButton, "noticeAction")
    assert action is not None
    action.click()
    studio.choose_dataset("satellite")
    qtbot.waitUntil(lambda: "is back" in _message(window))
    assert studio.dataset.name == "satellite"


def _trash(qtbot: QtBot, window: MainWindow, user: MenuUser) -> DatasetTrashDialog:
    user.press("trashedDatasets")
    dialog = window.findChild(DatasetTrashDialog)
    assert dialog is not None
    table = dialog.findChild(QTableWidget, "datasetTrashTable")
    assert table is not None
    qtbot.waitUntil(lambda: table.rowCount() == 1 and table.item(0, 1).text() == str(COUNT))
    return dialog


@pytest.fixture
def deleted(qtbot: QtBot, window: MainWindow, user: MenuUser) -> None:
    """The dataset is in the trash."""
    user.press("deleteDataset")
    question = window.findChild(Question, "deleteDatasetQuestion")
    assert question is not None
    question._yes.click()
    qtbot.waitUntil(lambda: "in the trash of datasets" in _message(window))


@pytest.mark.usefixtures("deleted")
def test_the_list_of_deleted_ones_gives_back(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio
) -> None:
    dialog = _trash(qtbot, window, user)
    button = dialog.findChild(QPushButton, "restoreDataset")
    assert button is not None
    button.click()
    qtbot.waitUntil(lambda: "is back" in _message(window))
    assert studio.dataset is not None
    assert studio.dataset.title == "My desk"


@pytest.mark.usefixtures("deleted")
def test_nothing_goes_for_good_without_a_question_that_says_how_much(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio
) -> None:
    dialog = _trash(qtbot, window, user)
    button = dialog.findChild(QPushButton, "removeDataset")
    assert button is not None
    button.click()
    question = dialog.findChild(Question, "removeDatasetQuestion")
    assert question is not None
    assert f"{COUNT} images, " in question.text()
    assert "kB" in question.text()
    question.reject()
    assert len(list_trashed_datasets(studio.workspace)) == 1
    button.click()
    for asked in dialog.findChildren(Question, "removeDatasetQuestion"):
        if asked.isVisible():
            asked._yes.click()
    qtbot.waitUntil(lambda: "removed for good" in dialog.notice.text)
    assert list_trashed_datasets(studio.workspace) == []
    dialog.close()


def test_its_folder_is_shown(
    window: MainWindow,
    user: MenuUser,
    studio: Studio,
    desk: Dataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)  # there is no file manager
    user.press("datasetFolder")
    assert [Path(url.toLocalFile()) for url in opened] == [desk.folder]
    studio.choose_dataset("satellite")
    user.press("datasetFolder")
    assert "has no folder yet" in _message(window)


def test_the_size_and_fit_are_written_and_seen_at_once(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio, desk: Dataset
) -> None:
    card = desk.folder / "card.toml"
    card.write_text(f"# mine\nmy_own = 7\n{card.read_text()}")
    user.press("datasetSettings")
    dialog = window.findChild(DatasetSettingsDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog._image is not None)
    dialog._size.setValue(96)
    dialog._fit.setCurrentIndex(dialog._fit.findData(Fit.LETTERBOX))
    dialog._channels.setCurrentIndex(dialog._channels.findData(1))
    dialog._polarity.setCurrentIndex(dialog._polarity.findData(Polarity.LIGHT_ON_DARK))
    assert "96 by 96" in dialog._seen.text()
    with qtbot.waitSignal(studio.dataset_edited):
        dialog._save.click()
    wanted = InputSpec(96, 1, Fit.LETTERBOX, Polarity.LIGHT_ON_DARK)
    assert find_dataset(studio.workspace, "my-desk").card.input == wanted
    assert studio.dataset is not None
    assert studio.dataset.card.input == wanted
    tab = window._pages["capture"]
    assert tab._preview._spec == wanted  # type: ignore[attr-defined]
    assert "# mine\nmy_own = 7" in card.read_text()
    assert not dialog.isVisible()


def test_a_card_that_is_not_understood_is_not_written_over(
    qtbot: QtBot, window: MainWindow, user: MenuUser, studio: Studio, desk: Dataset
) -> None:
    (desk.folder / "card.toml").write_text("title =")
    user.press("datasetSettings")
    dialog = window.findChild(DatasetSettingsDialog)
    assert dialog is not None
    dialog._size.setValue(96)
    dialog._save.click()
    qtbot.waitUntil(lambda: "not understood" in dialog.notice.text)
    assert dialog.isVisible()
    assert (desk.folder / "card.toml").read_text() == "title ="
    dialog.close()


def test_a_packed_dataset_takes_another_size_as_well(studio: Studio, idx_dataset: Dataset) -> None:
    ClassFolders(idx_dataset).set_input(InputSpec(32, 1))
    assert find_dataset(studio.workspace, "fashion-mnist").card.input == InputSpec(32, 1)
