"""In the status line: the work that is under way and that no other part of the window shows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnn_studio.gui import activity_wording
from cnn_studio.gui.activities import Activities, Activity
from cnn_studio.gui.activity_row import ActivityRow, activity_bar, show_share
from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.button_key import ButtonKey
from cnn_studio.gui.widgets.buttons import icon_button
from cnn_studio.gui.widgets.elided_label import ElidedLabel

SHOWN_AFTER_S = 1.0
"""What is over sooner would only flicker."""

_LOOK_MS = 250
_KEYS = "Ctrl+J"
_BAR_PX = 96
_ICON_PX = 14
_LIST_WIDTH = 520


class ActivityBar(QWidget):
    """The oldest activity, with a cross to cancel it; all others are in a list that falls open."""

    def __init__(self, activities: Activities, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("activityBar")
        self._activities = activities
        self._theme = theme
        self._shown: tuple[Activity, ...] = ()
        self._title = ElidedLabel(self)
        self._title.setObjectName("activityTitle")
        self._details = QLabel(self)
        self._details.setObjectName("activityDetails")
        self._details.setProperty("role", "quiet")
        self._bar = activity_bar(self, "activityProgress")
        self._bar.setFixedWidth(_BAR_PX)
        self._cancel = icon_button(self, "cancelActivityButton", "", side_px=_ICON_PX)
        self._cancel.clicked.connect(self._on_cancel_clicked)
        ButtonKey(self._cancel, "Ctrl+Shift+J", self.tr("Cancel what is under way"))
        self._more = icon_button(self, "moreActivitiesButton", "", side_px=_ICON_PX)
        self._more.setToolTip(self._list_tip())
        self._more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._more.clicked.connect(self._open_list)
        for button in (self._cancel, self._more):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._list = _ActivityList(self)
        key = QShortcut(QKeySequence(_KEYS), self)
        key.setAutoRepeat(False)
        key.setWhatsThis(self.tr("Show all that is under way"))
        key.activated.connect(self._open_list)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.refresh)
        self._lay_out()
        activities.changed.connect(self._on_activities_changed)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.refresh()

    @property
    def text(self) -> str:
        """What it says of the oldest activity; empty while it shows none."""
        return f"{self._title.text()}: {self._details.text()}" if self._shown else ""

    @Slot()
    def refresh(self) -> None:
        """Look again what is under way, and what of it is on the screen elsewhere."""
        running = self._activities.running
        self._shown = tuple(a for a in running if a.age_s >= SHOWN_AFTER_S and not a.is_seen)
        self.setVisible(bool(self._shown))
        self._list.set_activities(self._shown)
        if self._shown:
            self._show(self._shown[0], len(self._shown) - 1)
        if running:
            self._timer.start()
        else:
            self._timer.stop()

    def _show(self, activity: Activity, others: int) -> None:
        self._title.setText(activity.about.title)
        self._details.setText(activity_wording.brief(activity))
        self._bar.setToolTip(activity_wording.details(activity))
        self.setAccessibleName(self.text)
        show_share(self._bar, activity)
        self._cancel.setEnabled(not activity.is_stopping)
        tip = self.tr("Cancel: {how_it_ends}").format(how_it_ends=activity.about.how_it_ends)
        self._cancel.setToolTip(tip)
        self._cancel.setAccessibleName(tip)
        self._more.setText(self.tr("+{count} more").format(count=whole(others)) if others else "")
        text = self._list_tip()
        self._more.setAccessibleName(f"{self._more.text()} {text}".strip())

    def _list_tip(self) -> str:
        keys = QKeySequence(_KEYS).toString(QKeySequence.SequenceFormat.NativeText)
        return self.tr("Show all that is under way ({keys})").format(keys=keys)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._title, 1)
        row.addWidget(self._details)
        row.addWidget(self._bar)
        row.addWidget(self._cancel)
        row.addWidget(self._more)

    @Slot()
    def _open_list(self) -> None:
        if self._shown:
            self._list.open_above(self._more, self._shown)

    @Slot()
    def _on_activities_changed(self) -> None:
        if not self._timer.isActive() or not self._activities.running:
            self.refresh()

    @Slot()
    def _on_cancel_clicked(self) -> None:
        if self._shown:
            self._shown[0].stop()
            self.refresh()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._cancel.setIcon(self._theme.icon("close", "text_quiet"))
        self._more.setIcon(self._theme.icon("chevron-up", "text_quiet"))


class _ActivityList(QFrame):
    """All activities, each with its own button to cancel it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self._rows: list[ActivityRow] = []
        self._anchor: QWidget = parent
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(16)

    def set_activities(self, activities: tuple[Activity, ...]) -> None:
        """Show these, if it is open; it closes with the last one."""
        if not self.isVisible():
            return
        if {row.activity for row in self._rows} != set(activities):
            self._fill(activities)
            self._place()
        for row in self._rows:
            row.refresh()
        if not activities:
            self.hide()

    def open_above(self, anchor: QWidget, activities: tuple[Activity, ...]) -> None:
        """Show the list over a button; right edges in line."""
        self._anchor = anchor
        self._fill(activities)
        self._place()
        self.show()
        self.setFocus()

    def _place(self) -> None:
        height = self.heightForWidth(_LIST_WIDTH)
        self.setFixedSize(_LIST_WIDTH, max(height, self.sizeHint().height()))
        x, y = self._anchor.width() - self.width(), -self.height() - 8
        self.move(self._anchor.mapToGlobal(QPoint(x, y)))

    def _fill(self, activities: tuple[Activity, ...]) -> None:
        for row in [row for row in self._rows if row.activity not in activities]:
            self._rows.remove(row)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        known = [row.activity for row in self._rows]
        for activity in [activity for activity in activities if activity not in known]:
            row = ActivityRow(activity, self)
            self._rows.append(row)
            self._column.addWidget(row)
            row.show()
