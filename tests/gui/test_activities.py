"""What is under way is shown where nothing else shows it, with what is done, and can be ended."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from cnn_studio.gui import activity_bar, activity_wording
from cnn_studio.gui.activities import About, Activities, Activity, Unit
from cnn_studio.gui.activity_bar import ActivityBar
from cnn_studio.gui.activity_row import ActivityRow
from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.studio import Studio
from cnn_studio.work_notes import Halt
from tests.gui.held_work import HeldWork


@pytest.fixture
def jobs(studio: Studio) -> Jobs:
    return studio.jobs


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 60)
    return window


@pytest.fixture
def bar(
    qtbot: QtBot, studio: Studio, window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> ActivityBar:
    """A bar in a window of its own, which shows work at once."""
    monkeypatch.setattr(activity_bar, "SHOWN_AFTER_S", 0.0)
    bar = ActivityBar(studio.jobs.activities, studio.theme, window)
    bar.resize(800, 32)
    with qtbot.waitActive(window):
        window.show()
    return bar


@pytest.fixture
def activities(qtbot: QtBot) -> Activities:
    return Activities()


def _activity(activities: Activities, unit: Unit) -> Activity:
    return activities.begin(About("Importing", "what is in stays", unit), lambda _halt: None)


@pytest.mark.parametrize(
    ("unit", "done", "total", "text"),
    [
        (Unit.COUNT, 612, 1636, "612 of 1,636"),
        (Unit.BYTES, 12_300_000, 30_900_000, "12.3 MB of 30.9 MB"),
        (Unit.SHARE, 370, 1000, "37 %"),
        (Unit.COUNT, 0, 0, ""),
    ],
)
def test_what_is_done_of_how_much(
    activities: Activities, unit: Unit, done: int, total: int, text: str
) -> None:
    activity = _activity(activities, unit)
    activity.set_progress(done, total)
    assert activity_wording.details(activity).replace("1636", "1,636") == text


def test_the_stage_and_the_time_left_stand_beside_it(activities: Activities) -> None:
    activity = _activity(activities, Unit.SHARE)
    activity.set_progress(50, 100)
    activity.set_stage("Epoch 5 of 10", 61.0)
    assert activity_wording.details(activity) == "50 % · 61 s left · Epoch 5 of 10"
    assert activity_wording.brief(activity) == "50 % · 61 s left"
    activity.stop()
    assert activity_wording.details(activity) == "Stopping …"
    assert activity.seconds_left is None


def test_a_job_is_an_activity_from_its_making_to_its_end(qtbot: QtBot, jobs: Jobs) -> None:
    work = HeldWork(jobs)
    (activity,) = jobs.activities.running
    qtbot.waitUntil(lambda: (activity.done, activity.total) == (6, 16))
    with qtbot.waitSignal(work.job.finished):
        activity.stop(Halt.TAKE_BACK)
    assert work.halt is Halt.KEEP  # it cannot be taken back
    assert jobs.activities.running == ()
    jobs.create(lambda _task: None).start()
    assert jobs.activities.running == ()  # nobody need know of it


def test_it_is_shown_where_nothing_else_shows_it(
    qtbot: QtBot, jobs: Jobs, bar: ActivityBar
) -> None:
    assert bar.isHidden()
    seen = HeldWork(jobs, is_seen=True)
    shown = HeldWork(jobs, "Packing")
    qtbot.waitUntil(lambda: bar.text == "Packing: 6 of 16")
    more = bar.findChild(QToolButton, "moreActivitiesButton")
    assert more is not None
    assert more.text() == ""
    other = HeldWork(jobs, "Exporting")
    qtbot.waitUntil(lambda: more.text() == "+1 more")
    cancel = bar.findChild(QToolButton, "cancelActivityButton")
    assert cancel is not None
    assert cancel.toolTip() == "Cancel: what is in stays (Ctrl+Shift+J)"
    with qtbot.waitSignal(shown.job.finished):
        QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.text == "Exporting: 6 of 16")
    for work in (seen, other):
        work.let_end()
    qtbot.waitUntil(bar.isHidden)


def test_what_is_over_in_no_time_does_not_flicker(
    qtbot: QtBot, jobs: Jobs, bar: ActivityBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity_bar, "SHOWN_AFTER_S", 0.4)
    work = HeldWork(jobs)
    bar.refresh()
    assert bar.isHidden()
    qtbot.waitUntil(bar.isVisible)
    work.let_end()
    qtbot.waitUntil(bar.isHidden)


def test_a_key_opens_the_list_of_all_and_each_can_be_ended(
    qtbot: QtBot, jobs: Jobs, bar: ActivityBar
) -> None:
    works = [HeldWork(jobs, title) for title in ("Importing", "Packing")]
    more = bar.findChild(QToolButton, "moreActivitiesButton")
    assert more is not None
    qtbot.waitUntil(lambda: more.text() == "+1 more")
    QTest.keyClick(bar.window(), Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    rows = bar.findChildren(ActivityRow)
    said = ["Importing: 6 of 16", "Packing: 6 of 16"]
    qtbot.waitUntil(lambda: [row.text for row in rows] == said)
    button = rows[1].findChild(QPushButton, "activityRowCancel")
    assert button is not None
    with qtbot.waitSignal(works[1].job.finished):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len([r for r in bar.findChildren(ActivityRow) if r.isVisible()]) == 1)
    popover = rows[0].parentWidget()
    assert popover.isVisible()
    works[0].let_end()
    qtbot.waitUntil(lambda: not popover.isVisible())


def test_every_control_says_what_it_is(qtbot: QtBot, jobs: Jobs, bar: ActivityBar) -> None:
    work = HeldWork(jobs)
    qtbot.waitUntil(bar.isVisible)
    for button in bar.findChildren(QToolButton):
        assert button.objectName()
        assert button.toolTip()
        assert button.accessibleName()
    work.let_end()
