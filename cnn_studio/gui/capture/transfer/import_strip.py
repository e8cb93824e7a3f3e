"""How far an import or export is, and the way to end it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from cnn_studio.gui import activity_wording
from cnn_studio.gui.activities import Activity
from cnn_studio.gui.activity_row import activity_bar, show_share
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_label import ElidedLabel

_LOOK_MS = 500  # the time that is left runs down in between


class ImportStrip(QWidget):
    """Hidden while nothing is imported or exported.

    Signals:
        cancel_requested: The work shall end.
    """

    cancel_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("importStrip")
        self._theme = theme
        self._activity: Activity | None = None
        self._label = ElidedLabel(self)
        self._label.setProperty("role", "quiet")
        self._bar = activity_bar(self, "importProgress")
        self._details = QLabel(self)
        self._details.setObjectName("importDetails")
        self._details.setProperty("role", "quiet")
        self._details.setWordWrap(True)  # no number is ever cut
        self._cancel = QToolButton(self)
        self._cancel.setObjectName("cancelImportButton")
        self._cancel.setIconSize(QSize(16, 16))
        self._cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._cancel.clicked.connect(self.cancel_requested)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._label)
        words.addWidget(self._bar)
        words.addWidget(self._details)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(words, 1)
        layout.addWidget(self._cancel)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._show)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.hide()

    def follow(self, activity: Activity | None) -> None:
        """Show how far this is; None to show nothing."""
        self._activity = activity
        self.setVisible(activity is not None)
        if activity is None:
            self._timer.stop()
            return
        activity.changed.connect(self._show)
        self._timer.start()
        self._show()

    @Slot()
    def _show(self) -> None:
        activity = self._activity
        if activity is None:
            return
        self._label.setText(activity.about.title)
        # A space keeps the line, so that nothing moves once there is something to say.
        self._details.setText(activity_wording.details(activity) or " ")
        show_share(self._bar, activity)
        tip = self.tr("Cancel: {how_it_ends}").format(how_it_ends=activity.about.how_it_ends)
        self._cancel.setToolTip(tip)
        self._cancel.setAccessibleName(tip)
        self._cancel.setEnabled(not activity.is_stopping)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._cancel.setIcon(self._theme.icon("close", "text_quiet"))
