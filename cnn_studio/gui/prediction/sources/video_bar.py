"""Below the picture of a video: play and pause, its time line, and how far it is looked through."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from cnn_studio.camera.video_reader import VideoFacts, clock
from cnn_studio.gui.figures import time_left
from cnn_studio.gui.prediction.sources.class_colouring import ClassColouring
from cnn_studio.gui.prediction.sources.class_legend import ClassLegend
from cnn_studio.gui.prediction.sources.live_source import LiveSource
from cnn_studio.gui.prediction.sources.video_line import VideoLine
from cnn_studio.gui.prediction.sources.video_work import VideoWork, WorkState
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.button_key import ButtonKey
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.turned_guard import TurnedGuard
from cnn_studio.prediction.timeline import shares

_INTERVAL_MS = 50
_ICON = 18
_SMALL_ICON = 14
_WORK_KEYS, _STOP_KEYS = "Alt+W", "Alt+Shift+W"


class VideoBar(QWidget):
    """Shows where the video is; hidden unless a video is classified."""

    def __init__(
        self,
        source: LiveSource,
        work: VideoWork,
        colouring: ClassColouring,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("videoBar")
        self._source = source
        self._work = work
        work.is_seen = self.isVisible
        self._theme = theme
        self._length_s = 0.0
        self._is_playing: bool | None = None
        self._play = self._button("playButton")
        self.line = VideoLine(colouring, theme, self)
        self._clock = QLabel(self)
        self._clock.setObjectName("videoTime")
        self._legend = ClassLegend(colouring, theme, self)
        self._progress = ElidedLabel(self)
        self._progress.setObjectName("videoProgress")
        self._progress.setProperty("role", "quiet")
        self._work_button = self._button("videoWorkButton")
        self._work_button.setIconSize(QSize(_SMALL_ICON, _SMALL_ICON))
        self._turned = TurnedGuard(self._work_button)
        self._work_key = ButtonKey(self._work_button, _WORK_KEYS)
        room = self._work_button.sizePolicy()
        room.setRetainSizeWhenHidden(True)  # the picture shall not jump when the work ends
        self._work_button.setSizePolicy(room)
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.line)
        self._on_theme_changed()
        self.hide()

    def open(self) -> None:
        """Another video is opened; its length is not known yet."""
        self._length_s = 0.0
        self.line.set_video(None)
        self._play.setEnabled(False)
        self._on_timer_timeout()

    def showEvent(self, _event: QShowEvent) -> None:
        self._timer.start()

    def hideEvent(self, _event: QHideEvent) -> None:
        self._timer.stop()

    def _button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setIconSize(QSize(_ICON, _ICON))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(4)
        above.addWidget(self._play)
        above.addWidget(self.line, 1)
        above.addWidget(self._clock)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self._legend, 1)
        below.addWidget(self._progress)
        below.addWidget(self._work_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(above)
        layout.addLayout(below)

    def _connect(self) -> None:
        self._timer.timeout.connect(self._on_timer_timeout)
        self._play.clicked.connect(self._on_play_requested)
        self._work_button.clicked.connect(self._on_work_button_clicked)
        self.line.play_requested.connect(self._on_play_requested)
        self.line.seek_requested.connect(self._on_line_seek_requested)
        self.line.step_requested.connect(self._on_line_step_requested)
        self._work.measured.connect(self._on_work_measured)
        self._work.changed.connect(self._on_work_changed)
        self._theme.changed.connect(self._on_theme_changed)

    def _show_playing(self, playing: bool) -> None:
        if playing is self._is_playing:
            return
        self._is_playing = playing
        self._play.setIcon(self._theme.icon("pause" if playing else "start"))
        self._play.setAccessibleName(self.tr("Pause") if playing else self.tr("Play"))
        self._play.setToolTip(self._play.accessibleName())

    @Slot()
    def _on_timer_timeout(self) -> None:
        video = self._source.video
        if video is None:
            return
        position_s = video.position_s
        if not self.line.isSliderDown():
            self.line.setValue(round(position_s * 1000))
        text = clock(position_s)
        if self._length_s:
            text = self.tr("{time} of {length}").format(time=text, length=clock(self._length_s))
        self._clock.setText(text)
        self._show_playing(video.is_playing)

    @Slot()
    def _on_play_requested(self) -> None:
        video = self._source.video
        if video is not None:
            (video.pause if video.is_playing else video.play)()
            self._on_timer_timeout()

    @Slot(float)
    def _on_line_seek_requested(self, time_s: float) -> None:
        if self._source.video is not None:
            self._source.video.seek(min(time_s, self.line.maximum() / 1000))

    @Slot(int)
    def _on_line_step_requested(self, frames: int) -> None:
        if self._source.video is not None:
            self._source.video.step(frames)

    @Slot(object)
    def _on_work_measured(self, facts: VideoFacts) -> None:
        self._length_s = facts.duration_s
        self.line.set_video(facts)
        self._play.setEnabled(True)
        self.line.setFocus()

    @Slot()
    def _on_work_changed(self) -> None:
        work = self._work
        self.line.set_segments(work.segments)
        self._legend.set_shares(shares(work.segments))
        done = self.tr("Looking through: {percent} %").format(percent=round(work.share * 100))
        if work.seconds_left is not None:
            done = f"{done} · {time_left(work.seconds_left)}"
        words = {
            WorkState.MEASURING: self.tr("Looking at the video …"),
            WorkState.CLASSIFYING: done,
            WorkState.CANCELLED: self.tr("Not looked through to the end"),
            # Where it cannot even be opened, this stands in the picture's place.
            WorkState.FAILED: work.problem if self.line.isEnabled() else "",
        }
        self._play.setEnabled(self.line.isEnabled())
        self._progress.setText(words.get(work.state, ""))
        is_running = work.state is WorkState.CLASSIFYING
        self._work_button.setVisible(is_running or work.state is WorkState.CANCELLED)
        tip = self.tr("Look through the whole video")
        if is_running:
            tip = self.tr("Leave the time line as it is; the video plays on")
        if tip != self._work_button.accessibleName():
            self._turned.turn()
        self._work_button.setToolTip(tip)
        self._work_key.set_keys(_STOP_KEYS if is_running else _WORK_KEYS)
        self._work_button.setAccessibleName(tip)
        self._work_button.setIcon(
            self._theme.icon("close" if is_running else "retry", "text_quiet")
        )

    @Slot()
    def _on_work_button_clicked(self) -> None:
        is_running = self._work.state is WorkState.CLASSIFYING
        (self._work.cancel if is_running else self._work.classify)()

    @Slot()
    def _on_theme_changed(self) -> None:
        playing, self._is_playing = bool(self._is_playing), None
        self._show_playing(playing)
        self._on_work_changed()
