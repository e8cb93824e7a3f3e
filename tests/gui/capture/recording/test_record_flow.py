"""Recording as it was chosen to go: with a delay, an end, a toggle, or a class of its own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QSpinBox
from pytestqt.qtbot import QtBot

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.gui.capture.capture_tab import CaptureTab
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.recording.record_control import RecordControl
from cnn_studio.gui.capture.recording.record_options import RecordOptionsPanel
from cnn_studio.gui.studio import Studio
from tests.gui.capture.conftest import OpenTab, names_in
from tests.gui.capture.test_capture_tab import message, part, shown_names

SHIFT = Qt.KeyboardModifier.ShiftModifier
DIGIT_3_SCAN_CODE = 12  # of X11 and Wayland


@pytest.fixture
def tab(qtbot: QtBot, things: Dataset, open_tab: OpenTab) -> CaptureTab:
    tab = open_tab()
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 3)
    return tab


def _control(tab: CaptureTab) -> RecordControl:
    control = tab.findChild(RecordControl)
    assert control is not None
    return control


def _switch(tab: CaptureTab, name: str, on: bool = True) -> None:
    part(tab, QCheckBox, name).setChecked(on)


def _press_space(qtbot: QtBot, tab: CaptureTab) -> None:
    """Press and release it, as a person does: some time passes until the next press."""
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not tab._keys.is_held)


def test_shift_and_a_number_record_into_that_class_while_held(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    view = part(tab, ClassView)
    # The key above the letters writes another sign with Shift, and which one is a matter of taste.
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, Qt.Key.Key_section, SHIFT, DIGIT_3_SCAN_CODE, 0, 0, "§", False, 1)
        QApplication.sendEvent(view, event)
        if kind == QEvent.Type.KeyPress:
            assert _control(tab).is_recording
            qtbot.waitUntil(lambda: len(names_in(things.folder / "key")) >= 3)
    qtbot.waitUntil(lambda: not _control(tab).is_writing)
    assert not _control(tab).is_active
    assert len(names_in(things.folder / "pen")) == 3
    assert len({sample.session for sample in ClassFolders(things).samples("key")}) == 1


def test_a_toggle_goes_on_until_the_next_press_or_esc(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    _switch(tab, "toggleSwitch")
    _press_space(qtbot, tab)
    qtbot.waitUntil(lambda: len(names_in(things.folder / "pen")) >= 8)
    assert _control(tab).is_recording
    _press_space(qtbot, tab)
    assert not _control(tab).is_active
    qtbot.waitUntil(lambda: not _control(tab).is_writing)
    _press_space(qtbot, tab)
    assert _control(tab).is_recording
    QTest.keyClick(part(tab, ClassView), Qt.Key.Key_Escape)
    assert not _control(tab).is_active


def test_a_delay_counts_down_and_can_be_called_off(
    qtbot: QtBot, things: Dataset, tab: CaptureTab
) -> None:
    part(tab, QSpinBox, "delayField").setValue(1)
    view, control = part(tab, ClassView), _control(tab)
    with qtbot.waitSignal(control.counting_down, check_params_cb=lambda left: left == 1):
        QTest.keyPress(view, Qt.Key.Key_Space)
    assert control.is_active
    assert not control.is_recording
    QTest.keyRelease(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not control.is_active)
    assert len(names_in(things.folder / "pen")) == 3
    QTest.keyPress(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: control.is_recording)
    QTest.keyRelease(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not control.is_writing)


def test_it_ends_by_itself_at_the_target(
    qtbot: QtBot, things: Dataset, tab: CaptureTab, studio: Studio
) -> None:
    card = things.folder / "card.toml"
    card.write_text(card.read_text().replace("target_per_class = 500", "target_per_class = 7"))
    studio.load_datasets()
    tab._contents.show_dataset(next(d for d in studio.datasets if d.name == "things"))
    qtbot.waitUntil(lambda: tab._contents.target == 7)
    _switch(tab, "targetSwitch")
    view, control = part(tab, ClassView), _control(tab)
    with qtbot.waitSignal(control.ended):
        QTest.keyPress(view, Qt.Key.Key_Space)
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert len(names_in(things.folder / "pen")) == 7
    qtbot.waitUntil(lambda: len(shown_names(tab)) == 7 and not tab._keys.is_held)
    _press_space(qtbot, tab)
    assert "has reached its target" in message(tab)
    assert not control.is_active


def test_it_ends_by_itself_after_its_time(qtbot: QtBot, things: Dataset, tab: CaptureTab) -> None:
    part(tab, QSpinBox, "durationField").setValue(1)
    view, control = part(tab, ClassView), _control(tab)
    with qtbot.waitSignal(control.ended):
        QTest.keyPress(view, Qt.Key.Key_Space)
    assert not control.is_active
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert 8 <= len(names_in(things.folder / "pen")) - 3 <= 20  # 15 a second


def test_the_options_are_kept_for_the_next_time(tab: CaptureTab, studio: Studio) -> None:
    part(tab, QSpinBox, "delayField").setValue(3)
    _switch(tab, "skipFlawedSwitch")
    _switch(tab, "skipSameSwitch", on=False)
    again = RecordOptionsPanel(studio.settings, tab).options(15)
    assert (again.delay_s, again.rules.skip_flawed, again.rules.skip_same) == (3, True, False)


def test_a_recording_that_nobody_holds_is_asked_about_before_the_window_closes(
    qtbot: QtBot, studio: Studio, tab: CaptureTab
) -> None:
    activities, control = studio.jobs.activities, _control(tab)
    _switch(tab, "toggleSwitch")
    _press_space(qtbot, tab)
    (activity,) = activities.writing
    assert activity.about.title == "Recording pen"
    qtbot.waitUntil(lambda: "so far" in activity.stage)
    activity.stop()
    assert not control.is_recording
    qtbot.waitUntil(lambda: not activities.running)  # the last frames are written
    _switch(tab, "toggleSwitch", on=False)
    QTest.keyPress(part(tab, ClassView), Qt.Key.Key_Space)  # the hand that holds it can let go
    assert control.is_recording
    assert not activities.writing
    QTest.keyRelease(part(tab, ClassView), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not control.is_writing)
