"""Keys that act do so once, however long they are held: on every tab, with real key events.

Each key of the lists below is first held, with nothing but the repeats that the system sends for
it, and nothing may come of that. Then it is pressed once, and something must: so the lists say
what acts, and the first half of each test is not true for want of a window that listens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from shutil import copytree
from typing import NamedTuple

import numpy as np
import pytest
from PySide6.QtCore import QMetaMethod, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from cnn_studio.camera.spec import parse_spec
from cnn_studio.data.catalog import find_dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.capture.recording.hold_keys import HoldKeys
from cnn_studio.gui.key_repeat import KeyRepeat, may_repeat
from cnn_studio.gui.main_window import MainWindow
from cnn_studio.gui.studio import Studio
from cnn_studio.paths import Workspace
from cnn_studio.vision.images import encode_jpeg

K = Qt.Key
NONE, CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
BOTH = CTRL | SHIFT
_REPEATS = 5
_ASKING = ("_requested", "_pressed", "_began", "_taught", "_chosen", "_toggled")


class Held(NamedTuple):
    """A key that acts.

    Attributes:
        focus: The widget that has the focus, by its objectName.
        key: The key.
        modifiers: Those held with it.
        once: Whether it can be pressed here: that would start a training, or end the program.
    """

    focus: str
    key: Qt.Key
    modifiers: Qt.KeyboardModifier = NONE
    once: bool = True


EVERYWHERE = [
    *(Held("", key, CTRL) for key in (K.Key_1, K.Key_2, K.Key_3)),
    Held("", K.Key_Q, CTRL, once=False),
]
CAPTURE = [
    *(Held("classList", key) for key in (K.Key_Return, K.Key_Escape, K.Key_2, K.Key_9, K.Key_F2)),
    *(Held("classList", key, CTRL) for key in (K.Key_Down, K.Key_Up)),
    Held("classList", K.Key_Space),
    Held("classList", K.Key_1, SHIFT),
    Held("classList", K.Key_Delete),
    *(Held("gallery", key) for key in (K.Key_X, K.Key_Space, K.Key_2, K.Key_Delete)),
    Held("gallery", K.Key_A, CTRL),
    *(Held("gallery", key, CTRL) for key in (K.Key_Z, K.Key_Y, K.Key_Z, K.Key_F, K.Key_F)),
    Held("gallery", K.Key_Z, BOTH),
    *(Held("gallery", key, CTRL) for key in (K.Key_R, K.Key_H, K.Key_T, K.Key_K)),
    Held("newClassField", K.Key_Return),
    Held("shotButton", K.Key_Return),
    Held("shotButton", K.Key_Space),
    Held("undoBarButton", K.Key_Space),
]
LARGE = [Held("largeView", key) for key in (K.Key_X, K.Key_2, K.Key_Return, K.Key_Delete)]
TRAINING = [
    Held("", K.Key_Return, CTRL, once=False),
    Held("", K.Key_Period, CTRL, once=False),
    Held("", K.Key_P, CTRL, once=False),
    Held("", K.Key_M, CTRL),
    *(Held("runsTable", key, CTRL) for key in (K.Key_D, K.Key_E, K.Key_K, K.Key_F)),
    Held("runsTable", K.Key_P, ALT),
    Held("runsTable", K.Key_E, BOTH),
    Held("runsTable", K.Key_O, BOTH, once=False),
    Held("runsTable", K.Key_Delete),
    Held("runsTable", K.Key_Z, CTRL),
    Held("runsTable", K.Key_Return),
]
PREDICTION = [
    *(Held("", key) for key in (K.Key_2, K.Key_F, K.Key_F, K.Key_H)),
    Held("", K.Key_Z, CTRL),
    *(Held("", key, CTRL) for key in (K.Key_O, K.Key_H)),
    *(Held("", key, BOTH) for key in (K.Key_E, K.Key_M)),
]
ZOOMING = (
    "largerThumbnails Ctrl++",
    "smallerThumbnails Ctrl+-",
    "fileView Ctrl++",
    "fileView Ctrl+=",
    "fileView Ctrl+-",
)
"""The actions and shortcuts that repeat, since they only zoom."""


class Acts:
    """Writes down whatever asks for something to be done, anywhere in a window."""

    def __init__(self, window: QWidget) -> None:
        self.log: list[str] = []
        self._known: set[int] = set()
        self.watch(window)

    def watch(self, window: QWidget) -> None:
        """Listen to what has been added to a window, too."""
        for each in [window, *window.findChildren(QObject)]:
            if id(each) in self._known:
                continue
            self._known.add(id(each))
            for name in _signals_that_act(each):
                getattr(each, name).connect(partial(self._note, f"{each.objectName()}.{name}"))

    def _note(self, what: str, *_values: object) -> None:
        self.log.append(what)


def _signals_that_act(each: QObject) -> Iterator[str]:
    if isinstance(each, QAction):
        yield "triggered"
    elif isinstance(each, QShortcut):
        yield "activated"
    elif isinstance(each, QAbstractButton):
        yield from ("pressed", "clicked")
    elif isinstance(each, QLineEdit):
        yield "returnPressed"
    elif isinstance(each, QAbstractItemView):
        yield "activated"
    if type(each).__module__.startswith("cnn_studio"):
        described = each.metaObject()
        for number in range(described.methodCount()):
            method = described.method(number)
            name = bytes(method.name().data()).decode()
            if method.methodType() is QMetaMethod.MethodType.Signal and name.endswith(_ASKING):
                yield name


@pytest.fixture
def studio(studio: Studio, workspace: Workspace, models: Path) -> Studio:
    """A dataset of three colours, and two runs that tell them apart."""
    for place, colour in enumerate(("red", "green", "blue")):
        folder = workspace.datasets / "colours" / colour
        folder.mkdir(parents=True)
        for number in range(6):
            pixels = np.full((24, 24, 3), 8 * number, np.uint8)
            pixels[..., place] = 220
            (folder / f"{number}.jpg").write_bytes(encode_jpeg(pixels))
    for name in ("colours", "network"):
        copytree(models / name, workspace.runs / name)
    studio.load_datasets()
    studio.choose_dataset("colours")
    studio.camera.open(parse_spec("demo"))
    return studio


@pytest.fixture
def window(qtbot: QtBot, key_repeat: KeyRepeat, studio: Studio) -> MainWindow:
    def before_close(_window: QWidget) -> None:  # else the window asks before it closes
        qtbot.waitUntil(lambda: not studio.jobs.activities.writing)

    window = MainWindow(studio)
    qtbot.addWidget(window, before_close_func=before_close)
    window.show_page("capture")
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    qtbot.waitUntil(lambda: studio.camera.latest() is not None)
    return window


def _named(window: QWidget, name: str) -> QWidget:
    found = [each for each in window.findChildren(QWidget, name) if each.isVisible()]
    assert len(found) == 1, f"{len(found)} widgets are called {name}"
    return found[0]


def _press(window: QWidget, held: Held, *, repeated: bool) -> None:
    """A key event as the system sends it: to the window, which looks for shortcuts first."""
    handle = window.windowHandle()
    # `simulateEvent` makes a QKeyEvent whose autorep is its last argument.
    QTest.simulateEvent(handle, True, int(held.key), held.modifiers, "", repeated)


def _close_what_is_open(qtbot: QtBot, window: MainWindow) -> None:
    def closed() -> bool:
        popup, dialogs = QApplication.activePopupWidget(), window.findChildren(QDialog)
        if popup is not None:
            popup.close()
        for dialog in dialogs:
            dialog.reject()
        buttons = window.findChildren(QAbstractButton)  # a shortcut holds one down for a moment
        return (
            popup is None
            and not any(each.isVisible() for each in dialogs)
            and not any(button.isDown() for button in buttons)
        )

    qtbot.waitUntil(closed)
    window.windowHandle().requestActivate()
    qtbot.waitUntil(window.isActiveWindow)


def _focus(window: QWidget, held: Held) -> None:
    if held.focus:
        widget = _named(window, held.focus)
        widget.setFocus()
        if held.focus == "gallery" and isinstance(widget, QAbstractItemView):
            widget.setCurrentIndex(widget.model().index(0, 0))
        assert QApplication.focusWidget() is widget


def _held_in_vain(
    qtbot: QtBot,
    window: MainWindow,
    keys: Sequence[Held],
    ready: Callable[[Held], None] = lambda _held: None,
) -> tuple[list[Held], list[Held]]:
    """Hold each key, then press it once.

    Returns:
        The keys whose repeats did something, and those of which nothing came when pressed.
    """
    acts = Acts(window)
    repeating, idle = [], []
    for held in keys:
        ready(held)
        acts.watch(window)
        _focus(window, held)
        acts.log.clear()
        for _ in range(_REPEATS):
            _press(window, held, repeated=True)
        QApplication.processEvents()
        if acts.log:
            repeating.append(held)
        if not held.once:
            continue
        acts.log.clear()
        _press(window, held, repeated=False)
        QTest.simulateEvent(window.windowHandle(), False, int(held.key), held.modifiers, "", False)
        QApplication.processEvents()
        if not acts.log:
            idle.append(held)
        _close_what_is_open(qtbot, window)
    return repeating, idle


def _settled(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    """Wait until what a key has begun is over, so that the next one finds things in order."""
    qtbot.waitUntil(lambda: not studio.jobs._running)
    keys = window.findChild(HoldKeys)
    qtbot.waitUntil(lambda: not keys.is_held)  # a released key counts a moment later
    gallery = _named(window, "gallery") if window._page_name == "capture" else None
    if isinstance(gallery, QAbstractItemView):
        qtbot.waitUntil(lambda: gallery.model().rowCount() > 0)


def test_the_keys_of_the_capture_tab(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    def ready(held: Held) -> None:
        _settled(qtbot, window, studio)
        if held.focus == "undoBarButton":
            delete = Held("gallery", K.Key_Delete)
            _focus(window, delete)
            _press(window, delete, repeated=False)
            qtbot.waitUntil(lambda: window.findChild(QWidget, "undoBar").isVisible())

    assert _held_in_vain(qtbot, window, CAPTURE, ready) == ([], [])


def test_the_keys_of_the_large_view(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    def ready(_held: Held) -> None:
        _settled(qtbot, window, studio)
        if not window.findChild(QWidget, "largeView").isVisible():
            look = Held("gallery", K.Key_Space)
            _focus(window, look)
            _press(window, look, repeated=False)

    assert _held_in_vain(qtbot, window, LARGE, ready) == ([], [])


def test_the_keys_of_the_training_tab(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    window.show_page("training")
    table = window.findChild(QAbstractItemView, "runsTable")

    def ready(_held: Held) -> None:
        qtbot.waitUntil(lambda: table.model().rowCount() > 0 and not studio.jobs._running)

    assert _held_in_vain(qtbot, window, TRAINING, ready) == ([], [])


def test_the_keys_of_the_prediction_tab(qtbot: QtBot, window: MainWindow, studio: Studio) -> None:
    window.show_page("prediction")
    qtbot.waitUntil(lambda: bool(window.findChild(QWidget, "wrongButton").isVisible()))
    folders = ClassFolders(find_dataset(studio.workspace, "colours"))
    before = folders.counts()

    def ready(_held: Held) -> None:
        qtbot.waitUntil(lambda: not studio.jobs._running)

    assert _held_in_vain(qtbot, window, PREDICTION, ready) == ([], [])
    assert sum(folders.counts().values()) == sum(before.values())  # one was taught, and undone


def test_the_keys_that_work_everywhere(qtbot: QtBot, window: MainWindow) -> None:
    assert _held_in_vain(qtbot, window, EVERYWHERE) == ([], [])
    assert window.isVisible()


def test_delete_held_for_long_asks_once_and_deletes_nothing(
    qtbot: QtBot, window: MainWindow, studio: Studio
) -> None:
    folders = ClassFolders(find_dataset(studio.workspace, "colours"))
    classes = _named(window, "classList")
    assert isinstance(classes, QAbstractItemView)
    qtbot.waitUntil(lambda: classes.model().rowCount() == 3)
    for name in ("one", "two"):
        folders.add_class(name)
    qtbot.waitUntil(lambda: classes.model().rowCount() == 5)
    held = Held("classList", K.Key_Delete)
    for row, left in ((4, 4), (0, 4)):  # one without images, then one that has some
        classes.setCurrentIndex(classes.model().index(row, 0))
        _focus(window, held)
        _press(window, held, repeated=False)
        for _ in range(40):  # 1.5 s of a key that is held
            handle = QApplication.focusWindow()
            QTest.simulateEvent(handle, True, int(held.key), NONE, "", True)
            qtbot.wait(5)
        qtbot.waitUntil(lambda left=left: classes.model().rowCount() == left)
    assert len(window.findChildren(QDialog, "removeClassQuestion")) == 1
    assert folders.classes() == ("blue", "green", "red", "one")
    assert sum(folders.counts().values()) == 18
    _close_what_is_open(qtbot, window)


@pytest.mark.parametrize("key", [K.Key_Return, K.Key_Enter, K.Key_Space, K.Key_Escape])
def test_a_held_key_does_not_answer_the_question_that_it_has_opened(
    qtbot: QtBot, window: MainWindow, key: Qt.Key
) -> None:
    remove = window.findChild(QAction, "removeClass")
    qtbot.waitUntil(remove.isEnabled)
    remove.trigger()
    question = window.findChild(QDialog, "removeClassQuestion")
    qtbot.waitUntil(question.isActiveWindow)
    for button in question.findChildren(QPushButton):
        button.setFocus()
        for _ in range(_REPEATS):
            _press(question, Held("", key), repeated=True)
        QTest.simulateEvent(question.windowHandle(), False, int(key), NONE, "", False)
        assert question.isVisible()
    _close_what_is_open(qtbot, window)


def test_shortcuts_repeat_only_where_they_move_or_zoom(
    qtbot: QtBot, window: MainWindow, studio: Studio
) -> None:
    for page in ("training", "prediction", "capture"):
        window.show_page(page)
    for name in ("trashButton", "checkupButton"):
        _named(window, name).click()
    repeating = [
        f"{each.objectName()} {each.shortcut().toString()}"
        for each in window.findChildren(QAction)
        if not each.shortcut().isEmpty() and each.autoRepeat()
    ]
    repeating += [
        f"{each.parent().objectName()} {each.key().toString()}"
        for each in window.findChildren(QShortcut)
        if each.autoRepeat()
    ]
    assert [each for each in repeating if each not in ZOOMING] == []
    _close_what_is_open(qtbot, window)


def _repeated(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, text: str = "") -> QKeyEvent:
    return QKeyEvent(QKeyEvent.Type.KeyPress, key, modifiers, text, True)


@pytest.mark.parametrize(
    ("event", "anywhere", "in_a_line", "in_a_text"),
    [
        (_repeated(K.Key_Down), True, True, True),
        (_repeated(K.Key_Right, SHIFT), True, True, True),
        (_repeated(K.Key_PageDown), True, True, True),
        (_repeated(K.Key_Plus, NONE, "+"), True, True, True),
        (_repeated(K.Key_A, NONE, "a"), False, True, True),
        (_repeated(K.Key_At, CTRL | ALT, "@"), False, True, True),
        (_repeated(K.Key_Space, NONE, " "), False, True, True),
        (_repeated(K.Key_Backspace), False, True, True),
        (_repeated(K.Key_Delete), False, True, True),
        (_repeated(K.Key_Z, CTRL), False, True, True),
        (_repeated(K.Key_Return, NONE, "\r"), False, False, True),
        (_repeated(K.Key_Escape, NONE, "\x1b"), False, False, False),
        (_repeated(K.Key_P, CTRL, "\x10"), False, False, False),
        (_repeated(K.Key_M, ALT, "m"), False, False, False),
        (_repeated(K.Key_F2), False, False, False),
    ],
)
def test_what_types_repeats_in_a_field(
    qtbot: QtBot, event: QKeyEvent, anywhere: bool, in_a_line: bool, in_a_text: bool
) -> None:
    places = (QListWidget(), QPushButton(), QLineEdit(), QSpinBox(), QPlainTextEdit())
    for place in places:
        qtbot.addWidget(place)
    expected = [anywhere, anywhere, in_a_line, in_a_line, in_a_text]
    assert [may_repeat(event, place) for place in places] == expected
    closed = QLineEdit()
    qtbot.addWidget(closed)
    closed.setReadOnly(True)
    assert may_repeat(event, closed) is anywhere
    assert may_repeat(event, None) is anywhere
