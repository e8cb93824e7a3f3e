"""Moving along a video's time, and choosing a part of it with the mouse, keys or figures."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from cnn_studio.camera.video_reader import VideoFacts, clock
from cnn_studio.gui.capture.transfer.time_field import TimeField
from cnn_studio.gui.capture.transfer.time_line import TimeLine
from cnn_studio.gui.capture.transfer.video_part import VideoPart
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button


class PartChooser(QWidget):
    """A time line, and below it where the part begins and ends.

    Args:
        is_whole: Whether there is nothing to choose: the part is all of the video.

    Signals:
        moved(float): This time in seconds is looked at now.
        changed: Another part was chosen.
    """

    moved = Signal(float)
    changed = Signal()

    def __init__(self, is_whole: bool, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = VideoPart()
        self._line = TimeLine(theme, self)
        self._line.set_handles_shown(not is_whole)
        self._clock = QLabel(self)
        self._clock.setObjectName("videoClock")
        self._fields = QWidget(self)
        self._fields.setVisible(not is_whole)
        self._from = self._field("videoFromField", self.tr("From"))
        self._to = self._field("videoToField", self.tr("To"))
        self._from_here = dialog_button(
            self._fields,
            "videoFromHere",
            self.tr("From here"),
            self.tr("The part begins with this frame (I)"),
        )
        self._to_here = dialog_button(
            self._fields,
            "videoToHere",
            self.tr("To here"),
            self.tr("The part ends with this frame (O)"),
        )
        self._lay_out()
        self._connect()
        self.setFocusProxy(self._line)

    def set_video(self, facts: VideoFacts) -> None:
        """Show the time of a video, all of it chosen, from its first picture on."""
        self.part = VideoPart.whole(facts.duration_s)
        for field in (self._from, self._to):
            field.setMaximum(self.part.length_ms / 1000)
        self._line.blockSignals(True)
        self._line.set_video(self.part.length_ms, facts.frames_per_second)
        self._line.blockSignals(False)
        self._show_part()
        self._on_line_value_changed()

    def _field(self, name: str, label: str) -> TimeField:
        field = TimeField(self._fields)
        field.setObjectName(name)
        field.setAccessibleName(label)
        field.setToolTip(self.tr("Minutes, seconds and tenths, as in 1:05.3"))
        field.setMinimumWidth(96)
        return field

    def _lay_out(self) -> None:
        time = QHBoxLayout()
        time.setSpacing(8)
        time.addWidget(self._line, 1)
        time.addWidget(self._clock)
        row = QHBoxLayout(self._fields)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(QLabel(self.tr("From"), self._fields))
        row.addWidget(self._from)
        row.addWidget(self._from_here)
        row.addStretch(1)
        row.addWidget(QLabel(self.tr("To"), self._fields))
        row.addWidget(self._to)
        row.addWidget(self._to_here)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(time)
        layout.addWidget(self._fields)

    def _connect(self) -> None:
        self._line.valueChanged.connect(self._on_line_value_changed)
        self._line.begin_requested.connect(self._begin_at)
        self._line.end_requested.connect(self._end_at)
        self._from.valueChanged.connect(self._on_from_value_changed)
        self._to.valueChanged.connect(self._on_to_value_changed)
        self._from_here.clicked.connect(self._on_from_here_clicked)
        self._to_here.clicked.connect(self._on_to_here_clicked)

    def _show_part(self) -> None:
        self._line.set_part(self.part)
        for field, time_ms in ((self._from, self.part.from_ms), (self._to, self.part.to_ms)):
            field.blockSignals(True)
            field.setValue(time_ms / 1000)
            field.blockSignals(False)
        self.changed.emit()

    @Slot(int)
    def _begin_at(self, time_ms: int) -> None:
        self.part = self.part.beginning_at(time_ms)
        self._show_part()
        self._line.setValue(self.part.from_ms)

    @Slot(int)
    def _end_at(self, time_ms: int) -> None:
        self.part = self.part.ending_at(time_ms)
        self._show_part()
        self._line.setValue(self.part.to_ms)

    @Slot()
    def _on_line_value_changed(self) -> None:
        time_s = self._line.value() / 1000
        text = self.tr("{time} of {length}")
        self._clock.setText(
            text.format(time=clock(time_s), length=clock(self.part.length_ms / 1000))
        )
        self.moved.emit(time_s)

    @Slot(float)
    def _on_from_value_changed(self, time_s: float) -> None:
        self._begin_at(round(time_s * 1000))

    @Slot(float)
    def _on_to_value_changed(self, time_s: float) -> None:
        self._end_at(round(time_s * 1000))

    @Slot()
    def _on_from_here_clicked(self) -> None:
        self._begin_at(self._line.value())

    @Slot()
    def _on_to_here_clicked(self) -> None:
        self._end_at(self._line.value())
