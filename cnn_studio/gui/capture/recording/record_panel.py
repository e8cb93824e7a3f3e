"""The buttons that record, how fast, and how many frames were kept."""

from __future__ import annotations

from PySide6.QtCore import QSettings, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.capture.recording.hold_button import HoldButton
from cnn_studio.gui.capture.recording.record_options import RecordOptionsPanel
from cnn_studio.gui.capture.recording.recording import DEFAULT_RATE, RATES, Counts, RecordingOptions
from cnn_studio.gui.capture.recording.space_use import SpaceUse
from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.untrusted_text import shown

_RATE_SETTING = "capture/frames_per_second"
_LEAST_WIDTH = 248


class RecordPanel(QWidget):
    """Asks for recordings and shots.

    Signals:
        shot_requested: One frame shall be kept.
    """

    shot_requested = Signal()

    def __init__(self, theme: Theme, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recordPanel")
        self._theme = theme
        self._settings = settings
        self._class_name = ""
        self._space = SpaceUse.RECORD
        self._counts = Counts()
        self.hold_button = HoldButton(self)
        self._shot = QPushButton(self.tr("Shot (Enter)"), self)
        self._rate = QComboBox(self)
        self._options = QToolButton(self)
        self._options_panel = RecordOptionsPanel(settings, self)
        self._counter = WrappedLabel(self)
        self._hint = QLabel(self)
        self._make_buttons()
        self._make_rate()
        self._make_options()
        self._lay_out()
        theme.changed.connect(self._on_theme_changed)
        self.set_recording("")

    @property
    def options(self) -> RecordingOptions:
        """How to record."""
        return self._options_panel.options(int(self._rate.currentData()))

    def set_recording(self, class_name: str) -> None:
        """Show that frames are recorded into a class; empty for none."""
        self._class_name = class_name
        self._counts = Counts()
        self.hold_button.setProperty("recording", "true" if class_name else "false")
        self.hold_button.style().unpolish(self.hold_button)
        self.hold_button.style().polish(self.hold_button)
        self._rate.setEnabled(not class_name and self._shot.isEnabled())
        self._show_text()
        self._on_theme_changed()

    def set_space_use(self, use: SpaceUse) -> None:
        """Say on the buttons what Space does, and which key leads back to recording."""
        self._space = use
        self._shot.setText(self.tr("Shot (Enter)") if use is SpaceUse.RECORD else self.tr("Shot"))
        self._show_text()

    def set_counts(self, counts: Counts) -> None:
        """Show how many frames of the newest recording are on the disk, and how many are not."""
        self._counts = counts
        self._show_text()
        words = [
            self.tr("{count} kept").format(count=whole(counts.kept)),
            self.tr("{count} lost").format(count=whole(counts.lost)),
        ]
        if counts.same:
            words.append(self.tr("{count} the same").format(count=whole(counts.same)))
        if counts.flawed:
            words.append(self.tr("{count} flawed").format(count=whole(counts.flawed)))
        self._counter.setText(" · ".join(words))
        self._counter.setToolTip(
            self.tr("Frames of this recording: kept, lost, and skipped as the same or as flawed")
        )
        self._counter.setProperty("role", "warn" if counts.lost else "quiet")
        self._counter.style().unpolish(self._counter)
        self._counter.style().polish(self._counter)

    def set_locked(self, reason: str) -> None:
        """Disable everything and say why; empty to enable it."""
        for widget in (self.hold_button, self._shot, self._rate, self._options):
            widget.setEnabled(not reason)
        self._hint.setText(reason)
        # A wrapped label in nested layouts is given less than its lines need.
        self._hint.setMinimumHeight(self._hint.heightForWidth(_LEAST_WIDTH) if reason else 0)
        self._hint.setVisible(bool(reason))
        self._counter.setVisible(not reason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_text()

    def _make_buttons(self) -> None:
        self.hold_button.setObjectName("recordButton")
        self.hold_button.setProperty("kind", "record")
        self.hold_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hold_button.setIconSize(QSize(18, 18))
        self.hold_button.setAccessibleName(self.tr("Hold to record"))
        self.hold_button.setToolTip(
            self.tr("Records into the chosen class for as long as it is held (Space)")
        )
        self._shot.setObjectName("shotButton")
        self._shot.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._shot.setAccessibleName(self.tr("Shot"))
        self._shot.setToolTip(self.tr("Keeps the frame on the screen (Enter)"))
        self._shot.clicked.connect(self.shot_requested)

    def _make_rate(self) -> None:
        self._rate.setObjectName("rateChooser")
        self._rate.setAccessibleName(self.tr("Frames per second"))
        self._rate.setToolTip(self.tr("How many frames per second are kept while recording"))
        self._rate.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for rate in RATES:
            self._rate.addItem(self.tr("{rate} fps").format(rate=rate), rate)
        try:
            chosen = int(str(self._settings.value(_RATE_SETTING, DEFAULT_RATE)))
        except ValueError:  # edited by hand
            chosen = DEFAULT_RATE
        self._rate.setCurrentIndex(RATES.index(chosen if chosen in RATES else DEFAULT_RATE))
        self._rate.currentIndexChanged.connect(self._on_rate_changed)

    def _make_options(self) -> None:
        self._options.setObjectName("recordOptionsButton")
        self._options.setToolTip(
            self.tr("Choose how recording begins and ends, and what is skipped")
        )
        self._options.setAccessibleName(self.tr("Recording options"))
        self._options.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._options.setIconSize(QSize(18, 18))
        self._options.clicked.connect(self._on_options_clicked)
        self._options_panel.changed.connect(self._show_text)

    def _lay_out(self) -> None:
        self._counter.setObjectName("frameCounter")
        self._counter.setProperty("role", "quiet")
        self._counter.setMinimumHeight(self._counter.fontMetrics().height() + 2)
        self._hint.setObjectName("recordHint")
        self._hint.setProperty("role", "quiet")
        self._hint.setWordWrap(True)
        self._hint.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._shot, 1)
        row.addWidget(self._rate)
        row.addWidget(self._options)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._hint)
        layout.addWidget(self.hold_button)
        layout.addLayout(row)
        layout.addWidget(self._counter)

    @Slot()
    def _show_text(self) -> None:
        if not self._class_name:
            self.hold_button.setText(self._idle_text())
            return
        count = whole(self._counts.kept)
        room = self.hold_button.width() - 72
        metrics = self.hold_button.fontMetrics()
        template = self.tr("Recording {name}: {count}")
        words = template.format(name="", count=count)
        room_for_name = max(room - metrics.horizontalAdvance(words), 40)
        name = metrics.elidedText(
            shown(self._class_name), Qt.TextElideMode.ElideRight, room_for_name
        )
        self.hold_button.setText(template.format(name=name, count=count).replace("&", "&&"))

    def _idle_text(self) -> str:
        """What the button says while nothing is recorded: in two lines where one has no room."""
        if self._space is SpaceUse.RECORD:
            toggle = self._options_panel.is_toggle
            return self.tr("Record (Space)") if toggle else self.tr("Hold to record (Space)")
        does = {
            SpaceUse.TYPE: self.tr("Space types a blank"),
            SpaceUse.SHOW: self.tr("Space shows the image"),
            SpaceUse.PRESS: self.tr("Space presses the button"),
            SpaceUse.OPEN: self.tr("Space opens the list"),
        }[self._space]
        back = self.tr("Esc to record")
        line = f"{does} · {back}"
        room = self.hold_button.width() - 56
        fits = self.hold_button.fontMetrics().horizontalAdvance(line) <= room
        return line if fits else f"{does}\n{back}"

    @Slot()
    def _on_rate_changed(self) -> None:
        self._settings.setValue(_RATE_SETTING, self._rate.currentData())

    @Slot()
    def _on_options_clicked(self) -> None:
        self._options_panel.open_above(self._options)

    @Slot()
    def _on_theme_changed(self) -> None:
        token = "on_record" if self._class_name else "record"
        self.hold_button.setIcon(self._theme.icon("record", token))
        self._shot.setIcon(self._theme.icon("shot"))
        self._options.setIcon(self._theme.icon("options"))
