"""One piece of work that is under way: what it is, a bar, and how far it is in words."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from cnn_studio.gui import activity_wording
from cnn_studio.gui.activities import Activity
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.elided_label import ElidedLabel

_STEPS = 1000


class ActivityRow(QWidget):
    """Follows an activity until that ends.

    Args:
        activity: What is shown.
        parent: What it stands in.
        has_buttons: Whether it can be shown and cancelled from here.
    """

    def __init__(self, activity: Activity, parent: QWidget, *, has_buttons: bool = True) -> None:
        super().__init__(parent)
        self.setObjectName("activityRow")
        self.activity = activity
        self._title = ElidedLabel(self)
        self._title.setObjectName("activityRowTitle")
        self._details = ElidedLabel(self)
        self._details.setObjectName("activityRowDetails")
        self._details.setProperty("role", "quiet")
        self._bar = activity_bar(self, "activityRowProgress")
        self._show = dialog_button(
            self, "activityRowShow", self.tr("Show"), self.tr("Bring it back in front")
        )
        self._cancel = dialog_button(self, "activityRowCancel", self.tr("Cancel"), "")
        self._show.setVisible(has_buttons and activity.can_be_shown)
        self._cancel.setVisible(has_buttons)
        self._lay_out()
        self._show.clicked.connect(activity.show)
        self._cancel.clicked.connect(self._on_cancel_clicked)
        activity.changed.connect(self.refresh)
        self.refresh()

    @property
    def text(self) -> str:
        """What it says."""
        return f"{self._title.text()}: {self._details.text()}".strip()

    @Slot()
    def refresh(self) -> None:
        """Say how far it is; called now and then, as the time that is left runs down."""
        activity = self.activity
        self._title.setText(activity.about.title)
        self._details.setText(activity_wording.details(activity) or " ")  # it keeps its line
        show_share(self._bar, activity)
        self._cancel.setToolTip(activity.about.how_it_ends)
        self._cancel.setEnabled(not activity.is_stopping)

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._bar)
        column.addWidget(self._details)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(column, 1)
        row.addWidget(self._show)
        row.addWidget(self._cancel)

    @Slot()
    def _on_cancel_clicked(self) -> None:
        self.activity.stop()


def activity_bar(parent: QWidget, name: str) -> QProgressBar:
    """A bar for `show_share`."""
    bar = QProgressBar(parent)
    bar.setObjectName(name)
    bar.setAccessibleName(bar.tr("Progress"))
    bar.setTextVisible(False)
    bar.setRange(0, _STEPS)
    return bar


def show_share(bar: QProgressBar, activity: Activity) -> None:
    """Show how much of an activity is done; an empty bar while that is not known."""
    share = activity.done / activity.total if activity.total else 0.0
    bar.setValue(round(min(share, 1.0) * _STEPS))
