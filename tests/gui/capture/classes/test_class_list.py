"""The list of classes: its order, what a class's menu does, and the class for nothing of these."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QColorDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.data.cards import DatasetCard, Orientation, read_card, write_card
from cnn_studio.data.catalog import Dataset, create_dataset
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_actions import ClassActions
from cnn_studio.gui.capture.classes.class_model import ClassModel, ClassRow
from cnn_studio.gui.capture.classes.class_view import CLASS_MIME, ClassView
from cnn_studio.gui.capture.classes.colour_choice import ColourChoice
from cnn_studio.gui.class_colours import class_colours
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.theme import CLASS_COLOURS
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.gui.widgets.question import Question
from cnn_studio.paths import Workspace
from tests.gui.capture.conftest import OpenTab, names_in, write_pictures
from tests.gui.capture.test_capture_tab import (
    answer,
    drop,
    message,
    offer,
    part,
    row_of,
    shown_names,
)

CTRL = Qt.KeyboardModifier.ControlModifier


def rows(tab: CaptureTab) -> list[ClassRow]:
    model = part(tab, ClassView).model()
    assert isinstance(model, ClassModel)
    return list(model.rows)


def names(tab: CaptureTab) -> list[str]:
    return [row.name for row in rows(tab)]


def action(tab: CaptureTab, name: str) -> QAction:
    found = tab.findChild(QAction, name)
    assert found is not None, name
    return found


def merge_into(tab: CaptureTab, target: str) -> None:
    part(tab, QToolButton, "classMenuButton").menu().aboutToShow.emit()
    menu = part(tab, QMenu, "mergeMenu")
    next(each for each in menu.actions() if each.text() == target).trigger()


def class_mime(name: str) -> QMimeData:
    mime = QMimeData()
    mime.setData(CLASS_MIME, name.encode())
    return mime


@pytest.fixture
def tab(qtbot: QtBot, things: Dataset, open_tab: OpenTab) -> CaptureTab:
    """The tab on pen (3 images), cup (1) and key (none); pen is chosen."""
    opened = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(opened)) == 3)
    return opened


def test_colours_are_those_chosen_else_those_of_the_places() -> None:
    card = DatasetCard("a", "A", ("pen", "cup", "key"), colours={"cup": "#102030"})
    assert class_colours(card) == {
        "pen": CLASS_COLOURS[0],
        "cup": "#102030",
        "key": CLASS_COLOURS[2],
    }
    many = class_colours(card, [str(number) for number in range(41)])
    assert len(set(many.values())) == 40
    assert many["40"] == many["0"] == CLASS_COLOURS[0]


def test_ctrl_and_arrows_move_the_chosen_class_at_once_and_on_the_card(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    view = part(tab, ClassView)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down, CTRL)
    QTest.keyClick(view, Qt.Key.Key_Down, CTRL)
    assert names(tab) == ["cup", "key", "pen"]
    assert view.currentIndex().row() == 2
    seen: set[tuple[str, ...]] = set()
    view.model().modelReset.connect(lambda: seen.add(tuple(names(tab))))
    qtbot.waitUntil(lambda: read_card(things.folder).classes == ("cup", "key", "pen"))
    QTest.keyClick(view, Qt.Key.Key_Down, CTRL)
    assert names(tab) == ["cup", "key", "pen"]
    QTest.keyClick(view, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: part(tab, QLabel, "galleryTitle").text() == "cup")
    assert not seen  # the order in between, which was on disk for a moment, is not shown
    QTest.keyClick(view, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: names(tab) == ["cup", "pen", "key"])
    QTest.keyClick(view, Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: names(tab) == ["pen", "cup", "key"])


def test_a_number_key_means_the_class_that_the_list_shows_with_it(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    view = part(tab, ClassView)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down, CTRL)
    assert names(tab) == ["cup", "pen", "key"]
    assert tab._contents.classes == ("pen", "cup", "key")  # the disk was not looked at yet
    QTest.keyClick(view, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: part(tab, QLabel, "galleryTitle").text() == "cup")


def test_an_order_that_is_undone_at_once_does_not_stay_in_the_list(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    view = part(tab, ClassView)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down, CTRL)
    undo = part(tab, QToolButton, "undoButton")
    qtbot.waitUntil(undo.isEnabled, timeout=5000)
    undo.click()
    qtbot.waitUntil(lambda: names(tab) == ["pen", "cup", "key"])
    assert read_card(things.folder).classes == ("pen", "cup", "key")


def test_a_class_dropped_between_others_goes_there(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    view = part(tab, ClassView)
    upper_half = row_of(tab, 0) - QPoint(0, 10)
    assert drop(view, upper_half, class_mime("key"))
    assert names(tab) == ["key", "pen", "cup"]
    qtbot.waitUntil(lambda: read_card(things.folder).classes == ("key", "pen", "cup"))
    below_all = QPoint(20, view.viewport().height() - 4)
    assert drop(view, below_all, class_mime("pen"))
    qtbot.waitUntil(lambda: read_card(things.folder).classes == ("key", "cup", "pen"))
    assert drop(view, below_all, class_mime("unknown"))
    assert names(tab) == ["key", "cup", "pen"]


def test_an_order_that_cannot_be_saved_is_taken_back_in_the_list(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    (things.folder / "card.toml").write_text("not = a [card")
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Down, CTRL)
    assert names(tab) == ["cup", "pen", "key"]
    qtbot.waitUntil(lambda: "not understood" in message(tab))
    assert names(tab) == ["pen", "cup", "key"]


def test_merging_moves_the_images_and_offers_to_undo_until_something_else_is_done(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    before = names_in(things.folder / "pen")
    merge_into(tab, "cup")
    answer(tab, "mergeClassQuestion-yes")
    qtbot.waitUntil(lambda: offer(tab) == "pen is merged into cup.")
    qtbot.waitUntil(lambda: names(tab) == ["cup", "key"])
    qtbot.waitUntil(lambda: part(tab, QLabel, "galleryTitle").text() == "cup")
    assert len(names_in(things.folder / "cup")) == 4
    part(tab, QPushButton, "undoBarButton").click()
    assert offer(tab) == ""
    qtbot.waitUntil(lambda: names(tab) == ["pen", "cup", "key"])
    assert names_in(things.folder / "pen") == before
    assert message(tab) == ""
    qtbot.waitUntil(lambda: part(tab, QLabel, "galleryTitle").text() == "cup")
    merge_into(tab, "key")
    answer(tab, "mergeClassQuestion-yes")
    qtbot.waitUntil(lambda: offer(tab) == "cup is merged into key.")
    qtbot.waitUntil(lambda: part(tab, QLabel, "galleryTitle").text() == "key")
    action(tab, "trainClass").trigger()
    qtbot.waitUntil(lambda: offer(tab) == "")


def test_a_class_with_images_is_deleted_only_after_a_question_that_names_their_number(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Delete)
    question = part(tab, Question)
    assert question.text() == "Delete the class pen with its 3 images?"
    assert part(tab, QPushButton, "removeClassQuestion-yes").text().endswith("3 images")
    QTest.keyClick(question, Qt.Key.Key_Return)  # the one that keeps it
    qtbot.waitUntil(lambda: tab.findChild(Question) is None)
    action(tab, "removeClass").trigger()  # as from the menu
    QTest.keyClick(part(tab, Question), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: tab.findChild(Question) is None)
    assert names(tab) == ["pen", "cup", "key"]
    action(tab, "removeClass").trigger()
    answer(tab, "removeClassQuestion-yes")
    qtbot.waitUntil(lambda: names(tab) == ["cup", "key"])
    assert offer(tab) == "pen is deleted with its 3 images."


def test_a_class_without_images_is_deleted_at_once_and_comes_back(
    qtbot: QtBot, tab: CaptureTab
) -> None:
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_3)
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Delete)
    assert tab.findChild(Question) is None
    qtbot.waitUntil(lambda: names(tab) == ["pen", "cup"])
    assert offer(tab) == "key is deleted."
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: names(tab) == ["pen", "cup", "key"])
    assert offer(tab) == "Undone: Delete class key."
    button = part(tab, QPushButton, "undoBarButton")
    assert button.text() == "Redo"  # it is no Undo of the undo
    assert button.toolTip() == "Redo (Ctrl+Shift+Z)"
    redo = action(tab, "redo")
    assert redo.text() == "Redo: Delete class key"
    assert redo.toolTip() == "Redo: Delete class key (Ctrl+Shift+Z)"
    assert action(tab, "undo").text() == "Undo"
    button.click()
    qtbot.waitUntil(lambda: names(tab) == ["pen", "cup"])
    assert offer(tab) == "Redone: Delete class key."
    assert button.text() == "Undo"
    assert action(tab, "undo").text() == "Undo: Delete class key"
    assert action(tab, "redo").text() == "Redo"


def test_a_class_into_which_images_came_meanwhile_is_not_deleted_unasked(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Delete)
    write_pictures(things.folder / "pen", 5)
    answer(tab, "removeClassQuestion-yes")
    qtbot.waitUntil(lambda: "it holds 5 images by now, not 3" in message(tab))
    assert len(names_in(things.folder / "pen")) == 5


def test_an_offer_to_undo_is_not_pushed_away_by_later_messages(
    qtbot: QtBot, things: Dataset, tab: CaptureTab, studio: Studio
) -> None:
    part(tab, GalleryView).selectAll()
    part(tab, QToolButton, "deleteButton").click()
    qtbot.waitUntil(lambda: offer(tab) == "3 images deleted.")
    qtbot.waitUntil(lambda: part(tab, GalleryView).model().rowCount() == 0)
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Return)  # there is no camera
    assert "the camera gives no picture" in message(tab)
    field = part(tab, QLineEdit, "newClassField")
    field.setText("CUP")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "already: cup" in message(tab))
    assert offer(tab) == "3 images deleted."
    part(tab, QToolButton, "undoBarClose").click()
    assert offer(tab) == ""
    assert part(tab, QToolButton, "undoButton").isEnabled()  # it can be undone all the same


def test_an_offer_to_undo_goes_with_its_dataset(
    qtbot: QtBot, workspace: Workspace, tab: CaptureTab, studio: Studio
) -> None:
    create_dataset(workspace, "Others", ["pen", "cup"])
    studio.load_datasets()
    part(tab, GalleryView).selectAll()
    part(tab, QToolButton, "deleteButton").click()
    qtbot.waitUntil(lambda: offer(tab) == "3 images deleted.")
    studio.choose_dataset("others")
    assert offer(tab) == ""
    studio.choose_dataset("things")
    undo = part(tab, QToolButton, "undoButton")
    qtbot.waitUntil(lambda: "Delete 3 images" in undo.toolTip())
    undo.click()
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)


def test_a_class_is_left_out_of_training_and_taken_in_again(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    train = action(tab, "trainClass")
    assert train.isChecked()
    train.trigger()
    qtbot.waitUntil(lambda: not rows(tab)[0].is_trained)
    assert read_card(things.folder).disabled == ("pen",)
    index = part(tab, ClassView).model().index(0, 0)
    assert "not trained" in str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    assert not train.isChecked()
    train.trigger()
    qtbot.waitUntil(lambda: rows(tab)[0].is_trained)
    assert read_card(things.folder).disabled == ()


def test_a_colour_is_chosen_from_the_eight_any_other_or_the_usual_one(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    menu = part(tab, ColourChoice)
    by_text = {each.text(): each for each in menu.actions()}
    assert not by_text["Usual colour"].isEnabled()
    by_text["Blue"].trigger()
    qtbot.waitUntil(lambda: rows(tab)[0].colour == "#0072B2")
    by_text["Other colour …"].trigger()
    dialog = tab.findChild(QColorDialog, "colourDialog")
    assert dialog is not None
    assert dialog.currentColor() == QColor("#0072B2")
    dialog.setCurrentColor(QColor("#123abc"))
    dialog.accept()
    qtbot.waitUntil(lambda: rows(tab)[0].colour == "#123ABC")
    assert read_card(things.folder).colours == {"pen": "#123ABC"}
    by_text["Usual colour"].trigger()
    qtbot.waitUntil(lambda: rows(tab)[0].colour == CLASS_COLOURS[0])
    assert read_card(things.folder).colours == {}


def test_the_menu_says_that_no_image_has_an_up(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    no_up = action(tab, "noUp")
    qtbot.waitUntil(no_up.isEnabled)
    assert not no_up.isChecked()
    no_up.trigger()
    qtbot.waitUntil(lambda: read_card(things.folder).orientation is Orientation.ANY)
    undo = part(tab, QToolButton, "undoButton")
    qtbot.waitUntil(undo.isEnabled)
    assert "Images have no up" in undo.toolTip()
    assert no_up.isChecked()
    undo.click()
    qtbot.waitUntil(lambda: read_card(things.folder).orientation is Orientation.UP)
    qtbot.waitUntil(lambda: not no_up.isChecked())
    no_up.trigger()
    qtbot.waitUntil(lambda: read_card(things.folder).orientation is Orientation.ANY)
    qtbot.waitUntil(no_up.isEnabled)
    no_up.trigger()
    qtbot.waitUntil(lambda: read_card(things.folder).orientation is Orientation.UP)


def test_a_class_for_nothing_of_these_is_offered_and_added(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    offer = part(tab, QWidget, "backgroundOffer")
    assert offer.isVisible()
    part(tab, QPushButton, "addBackgroundButton").click()
    qtbot.waitUntil(lambda: names(tab) == ["pen", "cup", "key", "nothing"])
    assert read_card(things.folder).background == "nothing"
    assert rows(tab)[3].is_background
    assert not offer.isVisible()
    qtbot.waitUntil(lambda: part(tab, QLabel, "galleryTitle").text() == "nothing")
    state = part(tab, EmptyState)
    qtbot.waitUntil(lambda: "none of your things" in state.text)
    action(tab, "backgroundClass").trigger()
    qtbot.waitUntil(offer.isVisible)
    assert read_card(things.folder).background == ""
    part(tab, QPushButton, "addBackgroundButton").click()
    qtbot.waitUntil(lambda: read_card(things.folder).background == "nothing")
    assert len(read_card(things.folder).classes) == 4


def test_a_declined_offer_is_not_made_for_this_dataset_again(
    qtbot: QtBot, things: Dataset, workspace: Workspace, tab: CaptureTab, open_tab: OpenTab
) -> None:
    part(tab, QToolButton, "declineBackgroundButton").click()
    assert not part(tab, QWidget, "backgroundOffer").isVisible()
    create_dataset(workspace, "Others", ["pen", "cup"])
    create_dataset(workspace, "Single", ["pen"])
    again = open_tab(camera="")
    qtbot.waitUntil(lambda: len(shown_names(again)) == 3)
    assert not part(again, QWidget, "backgroundOffer").isVisible()
    others = open_tab("others", camera="")
    qtbot.waitUntil(part(others, QWidget, "backgroundOffer").isVisible)
    single = open_tab("single", camera="")
    qtbot.waitUntil(lambda: names(single) == ["pen"] and rows(single)[0].count == 0)
    assert not part(single, QWidget, "backgroundOffer").isVisible()


def test_a_card_changed_by_another_program_is_shown(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    card = read_card(things.folder)
    write_card(things.folder, DatasetCard(card.name, card.title, card.classes, background="key"))
    qtbot.waitUntil(lambda: rows(tab)[2].is_background)


def test_nothing_of_this_is_offered_for_a_published_dataset(
    qtbot: QtBot, things: Dataset, open_tab: OpenTab
) -> None:
    tab = open_tab("fashion-mnist", camera="")
    assert len(names(tab)) == 10
    for name in ("classMenuButton", "historyButton", "trashButton"):
        assert not part(tab, QToolButton, name).isVisible()
    assert not part(tab, QWidget, "backgroundOffer").isVisible()
    assert not drop(part(tab, ClassView), row_of(tab, 0), class_mime(names(tab)[3]))
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Down, CTRL)
    actions = part(tab, ClassView).findChild(ClassActions)
    assert actions is not None
    assert not any(each.isEnabled() for each in actions.findChildren(QAction))
    assert names(tab)[0].startswith("T-shirt")


def test_a_class_that_is_told_apart_well_says_enough(things: Dataset) -> None:
    model = ClassModel()
    model.set_classes({"pen": 60, "cup": 60}, read_card(things.folder), True, True, {"cup"})
    said = [
        model.data(model.index(place, 0), Qt.ItemDataRole.AccessibleTextRole) for place in (0, 1)
    ]
    assert [row.has_enough for row in model.rows] == [False, True]
    assert "enough" not in said[0]
    assert said[1].endswith("recognised well with these: enough")
