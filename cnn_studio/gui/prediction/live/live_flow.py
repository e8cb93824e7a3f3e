"""What the tab says about the camera: from the newest result to the answer on the screen."""

from __future__ import annotations

import time

from PySide6.QtCore import QLocale, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.source import Frame
from cnn_studio.gui.prediction.files.file_work import FileEntry
from cnn_studio.gui.prediction.live.announcer import Announcer, speech_command
from cnn_studio.gui.prediction.live.live_model import LiveModel
from cnn_studio.gui.prediction.live.live_options import LiveOptionsPanel
from cnn_studio.gui.prediction.live.live_panel import LivePanel
from cnn_studio.gui.prediction.live.live_settings import LiveSettings
from cnn_studio.gui.prediction.live.picture import Picture
from cnn_studio.gui.prediction.live.prediction_thread import LiveResult
from cnn_studio.gui.prediction.live.rate_meter import Rate
from cnn_studio.gui.prediction.live.room_view import RoomView
from cnn_studio.gui.prediction.live.teach_flow import TeachFlow
from cnn_studio.gui.prediction.live.text_size import LARGE, NORMAL
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.frame_view import FrameView
from cnn_studio.models.bundle import Bundle
from cnn_studio.prediction.smoothing import Answer, SteadyAnswer, answer_of
from cnn_studio.vision.images import ImageArray
from cnn_studio.vision.preparation import Fit

_SHOW_INTERVAL_MS = 33


class LiveFlow(QObject):
    """Shows the camera's answers, steadied, or holds one; a file's answer stands in their place.

    Args:
        studio: The state above the tabs.
        picture: Where the camera, or a file, is shown.
        panel: Where the answer is.
        parent: The tab.

    Attributes:
        model: The model in use.

    Signals:
        warned(str): Something that was asked for could not be done; the sentence that says why.
    """

    warned = Signal(str)

    def __init__(self, studio: Studio, picture: Picture, panel: LivePanel, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self._picture = picture
        self._panel = panel
        self._window = parent
        self._settings = LiveSettings(studio.settings)
        self.model = LiveModel(studio, self._settings, self)
        self._announcer = Announcer(speech_command(), self)
        self._teach = TeachFlow(studio, picture, panel, self._frame_on_show, self)
        self._steady: SteadyAnswer | None = None
        self._shown: LiveResult | None = None
        self._answer: tuple[Answer, str] | None = None
        self._is_frozen = False
        self._has_guide = False
        self._reason = ""
        self._room: RoomView | None = None
        self._timer = QTimer(self, interval=_SHOW_INTERVAL_MS)
        self._connect()
        self._take_settings()

    def activate(self) -> None:
        """The tab is on the screen now."""
        self.model.start()
        self.model.refresh()
        self._timer.start()
        if self._steady is not None:
            self._say_what_to_do()

    def deactivate(self) -> None:
        """The tab has left the screen."""
        self._timer.stop()
        self._set_frozen(False)
        if self._room is not None:
            self._room.close()
        self.model.pause()

    def shutdown(self) -> None:
        """The window closes."""
        self.deactivate()
        self._announcer.shutdown()
        self.model.shutdown()

    def show_camera(self) -> None:
        """Let the camera's answer come back."""
        self._picture.show_camera()
        self._panel.bar.set_camera_shown(True)
        self._teach.set_live(True)
        if self._is_frozen and self._answer is not None:
            self._show(*self._answer)
        else:
            self._wait(self._reason)

    def show_entry(self, entry: FileEntry) -> None:
        """Show a file and what is said of it."""
        answer = self._panel.answer
        answer.show_nothing(self.tr("This file could not be classified."))
        if entry.prediction is not None:
            took_ms = entry.prediction.preparation_ms + entry.prediction.inference_ms
            answer.show_answer(answer_of(entry.prediction), self._milliseconds(took_ms))
        self._panel.bar.set_camera_shown(False)
        self._teach.set_live(False)
        self._picture.show_file(entry)

    def _connect(self) -> None:
        model, bar = self.model, self._panel.bar
        self._timer.timeout.connect(self._on_timer_timeout)
        model.opening.connect(self._on_model_opening)
        model.opened.connect(self._on_model_opened)
        model.failed.connect(self._on_model_failed)
        self._panel.accept.accept_chosen.connect(model.set_accept)
        bar.freeze_toggled.connect(self._set_frozen)
        bar.full_screen_requested.connect(self._on_bar_full_screen_requested)
        bar.more_requested.connect(self._on_bar_more_requested)
        self._picture.file.prepared.connect(self._on_file_prepared)
        self._teach.failed.connect(self.warned)
        self._studio.camera.state_changed.connect(self._on_camera_state_changed)

    def _frame_on_show(self) -> Frame | None:
        is_live = not self._picture.is_file_shown and self._shown is not None
        return self._shown.frame if is_live and self._shown is not None else None

    def _show(self, answer: Answer, speed: str) -> None:
        self._answer = (answer, speed)
        self._panel.answer.show_answer(answer, speed)
        if self._shown is not None:
            self._panel.answer.set_prepared(self._shown.prepared)
        if self._room is not None:
            self._room.answer.show_answer(answer, "")

    def _wait(self, reason: str) -> None:
        """Until the next result of the camera, say why there is none."""
        self._reason = reason
        if not self._picture.is_file_shown:
            self._panel.answer.show_nothing(reason)
        if self._room is not None:
            self._room.answer.show_nothing(reason)

    def _camera_reason(self) -> str:
        if self._studio.camera.state.status in (FeedStatus.OPENING, FeedStatus.RUNNING):
            return self.tr("Waiting for the camera …")
        return self.tr("The camera gives no picture.")

    def _speed(self, rate: Rate) -> str:
        fps = self.tr("{fps} fps").format(fps=round(rate.frames_per_second))
        typical = self._milliseconds(rate.p50_ms)
        slow = self.tr("p95 {ms}").format(ms=self._milliseconds(rate.p95_ms))
        return " · ".join([*([fps] if rate.frames_per_second > 0 else []), typical, slow])

    def _milliseconds(self, took_ms: float) -> str:
        return self.tr("{ms} ms").format(ms=QLocale().toString(took_ms, "f", 1))

    def _say_what_to_do(self) -> None:
        self._studio.say(self.tr("Show something to the camera, or drop images anywhere here."))

    def _take_settings(self) -> None:
        settings, answer = self._settings, self._panel.answer
        answer.set_shown_rows(settings.rows)
        answer.set_text_size(LARGE if settings.is_large else NORMAL)
        self._announcer.sounds, self._announcer.speaks = settings.sounds, settings.speaks
        if self._steady is not None:
            self._steady.half_life_s = settings.half_life_s
        if self._answer is not None and not self._picture.is_file_shown:
            self._show(*self._answer)

    @Slot(bool)
    def _set_frozen(self, is_frozen: bool) -> None:
        """Let the picture and its answer stand still, or go on."""
        frame = self._frame_on_show() if is_frozen else None
        self._is_frozen = frame is not None
        self.model.hold(frame)
        for view in self._frame_views():
            view.hold(frame)
        self._panel.bar.set_frozen(self._is_frozen)

    @Slot()
    def _on_timer_timeout(self) -> None:
        result = self.model.latest()
        is_old = result is None or result is self._shown or result.is_held is not self._is_frozen
        if result is None or is_old or self._steady is None:
            return
        is_running = self._studio.camera.state.status is FeedStatus.RUNNING
        if self._picture.is_file_shown or not (is_running or self._is_frozen):
            return
        self._shown = result
        now_s = time.monotonic()
        if result.is_held:
            answer = answer_of(result.prediction)
        else:
            answer = self._steady.update(result.prediction, now_s)
        self._show(answer, self._speed(result.rate))
        self._announcer.take(self.tr("unknown") if answer.unknown else answer.rows[0].name, now_s)

    @Slot(object)
    def _on_camera_state_changed(self) -> None:
        if self._steady is not None and not self._is_frozen:
            self._wait(self._camera_reason())

    @Slot()
    def _on_model_opening(self) -> None:
        self._steady = None
        self._panel.accept.show_model(None, self.model.accept)
        self._teach.set_run(self.model.run)
        self._wait(self.tr("Opening the model …"))

    @Slot(object)
    def _on_model_opened(self, bundle: Bundle) -> None:
        self._steady = SteadyAnswer(bundle.classes, self._settings.half_life_s)
        self._panel.accept.show_model(bundle, self.model.accept)
        self._has_guide = bundle.input.fit is Fit.CROP
        for view in self._frame_views():
            view.set_guide_visible(self._has_guide)
        self._wait(self._camera_reason())
        self._say_what_to_do()

    @Slot(str)
    def _on_model_failed(self, _sentence: str) -> None:
        self._steady = None
        self._set_frozen(False)
        self._wait(self.tr("This model cannot be used. Choose another one."))

    @Slot(object)
    def _on_file_prepared(self, pixels: ImageArray) -> None:
        if self._picture.is_file_shown:
            self._panel.answer.set_prepared(pixels)

    @Slot()
    def _on_bar_more_requested(self) -> None:
        why_silent = (
            ""
            if self._announcer.can_speak
            else self.tr(
                "No speech command was found on this computer: spd-say, say or PowerShell."
            )
        )
        options = LiveOptionsPanel(self._settings, why_silent, self._window)
        options.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        options.changed.connect(self._take_settings)
        options.open_above(self._panel.bar.more)

    @Slot()
    def _on_bar_full_screen_requested(self) -> None:
        if self._room is not None:
            return
        room = self._room = RoomView(self._studio, self._window)
        room.left.connect(self._on_room_left)
        room.freeze_requested.connect(self._on_room_freeze_requested)
        room.frames.set_guide_visible(self._has_guide)
        room.frames.hold(self._frame_on_show() if self._is_frozen else None)
        room.answer.show_nothing(self._reason)
        if self._answer is not None and self._steady is not None:
            room.answer.show_answer(self._answer[0], "")
        self._picture.frames.hide()  # nobody sees it, and painting it costs time
        room.showFullScreen()

    @Slot()
    def _on_room_left(self) -> None:
        self._room = None
        self._picture.frames.show()

    @Slot()
    def _on_room_freeze_requested(self) -> None:
        self._set_frozen(not self._is_frozen)

    def _frame_views(self) -> list[FrameView]:
        room = [self._room.frames] if self._room is not None else []
        return [self._picture.frames, *room]
