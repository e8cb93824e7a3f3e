"""What the tab says about the camera: from the newest result to the answer on the screen."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.camera.feed import FeedStatus
from cnn_studio.camera.source import Frame
from cnn_studio.gui.endings import Until
from cnn_studio.gui.prediction.files.file_entry import FileEntry
from cnn_studio.gui.prediction.live.announcer import Announcer, speech_command
from cnn_studio.gui.prediction.live.file_flow import FileFlow, milliseconds
from cnn_studio.gui.prediction.live.live_model import LiveModel
from cnn_studio.gui.prediction.live.live_options import LiveOptionsPanel
from cnn_studio.gui.prediction.live.live_panel import LivePanel
from cnn_studio.gui.prediction.live.live_settings import LiveSettings
from cnn_studio.gui.prediction.live.picture import Picture
from cnn_studio.gui.prediction.live.prediction_thread import LiveResult
from cnn_studio.gui.prediction.live.rate_meter import Rate
from cnn_studio.gui.prediction.live.stage import Stage
from cnn_studio.gui.prediction.live.taught_flow import TaughtFlow
from cnn_studio.gui.prediction.live.teach_flow import TeachFlow
from cnn_studio.gui.prediction.live.text_size import LARGE, NORMAL
from cnn_studio.gui.prediction.sources.live_source import SourceKind
from cnn_studio.gui.studio import Studio
from cnn_studio.models.bundle import Bundle
from cnn_studio.prediction.smoothing import SteadyAnswer, answer_of
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
        teaching: What is taught to it.

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
        self._sources = picture.sources
        self._source = self._sources.source
        self.model = LiveModel(studio, self._settings, self._source.mailbox, self)
        self._stage = Stage(studio, picture, panel.answer, parent)
        self._file = FileFlow(picture.file, panel.answer, self)
        self._announcer = Announcer(speech_command(), self)
        self._teach = TeachFlow(studio, picture, panel, self._on_show, self)
        self.teaching = self._teach.teaching
        self._taught = TaughtFlow(
            studio, self.teaching, panel.corrections, self._source.mailbox, self
        )
        self._steady: SteadyAnswer | None = None
        self._taken: LiveResult | None = None  # what was looked at last
        self._shown: LiveResult | None = None  # what the camera's answer on show is of
        self._frozen: Frame | None = None
        self._keeps_answer = False  # what comes of the frozen frame says nothing new
        self._timer = QTimer(self, interval=_SHOW_INTERVAL_MS)
        self._connect()
        self._take_settings()

    def activate(self) -> None:
        """The tab is on the screen now."""
        self._source.resume()
        self.model.start()
        self.model.refresh()
        self._timer.start()
        self._taught.set_active(True)
        if self._steady is not None:
            self._say_what_to_do()

    def deactivate(self) -> None:
        """The tab has left the screen."""
        self._timer.stop()
        self._taught.set_active(False)
        self._set_frozen(False)
        self._stage.close_room()
        self._source.rest()
        self.model.pause()

    def shutdown(self) -> None:
        """The window closes."""
        self.deactivate()
        self._announcer.shutdown()
        self._sources.shutdown()
        self.model.shutdown()

    def show_camera(self) -> None:
        """Let the camera's answer come back."""
        self._picture.show_camera()
        self._file.close()
        self._panel.bar.set_file_shown(False)
        self._stage.refresh()
        self._update_taught()

    def show_entry(self, entry: FileEntry) -> None:
        """Show a file and what is said of it."""
        self._stage.close_room()  # it would stand still: one picture is classified at a time
        self._picture.show_file()
        self._panel.bar.set_file_shown(True)
        self._file.open(entry)
        self._update_taught()

    def teach_number(self, entry: FileEntry, number: int) -> None:
        """Show a file, and save it into the class of a number key, 1 to 9."""
        self.show_entry(entry)
        self._teach.teach_number(number)

    def _connect(self) -> None:
        model, bar = self.model, self._panel.bar
        self._timer.timeout.connect(self._on_timer_timeout)
        model.opening.connect(self._on_model_opening)
        model.opened.connect(self._on_model_opened)
        model.failed.connect(self._on_model_failed)
        model.heat_missed.connect(self._on_model_heat_missed)
        self._panel.accept.accept_chosen.connect(self._on_accept_chosen)
        bar.freeze_toggled.connect(self._set_frozen)
        bar.heat_toggled.connect(self._on_bar_heat_toggled)
        bar.full_screen_requested.connect(self._stage.open_room)
        bar.more_requested.connect(self._on_bar_more_requested)
        self._stage.freeze_requested.connect(self._on_stage_freeze_requested)
        self._stage.heat_requested.connect(bar.toggle_heat)
        self._file.frame_changed.connect(self._hold)
        self._teach.failed.connect(self.warned)
        self._source.state_changed.connect(self._on_source_state_changed)
        self._source.source_changed.connect(self._on_source_changed)

    def _update_taught(self) -> None:
        self._taught.set_still(self._picture.is_file_shown or self._frozen is not None)

    def _on_show(self) -> Frame | FileEntry | None:
        """What the answer on the screen is about."""
        return self._file.entry or self._frame_on_show()

    def _frame_on_show(self) -> Frame | None:
        """The camera's frame that its answer is about."""
        has_answer = self._shown is not None and self._stage.answer is not None
        return self._shown.frame if self._shown is not None and has_answer else None

    @Slot()
    def _hold(self) -> None:
        """Have classified what stands still: the file on show, else the frozen picture."""
        self.model.hold(self._file.frame or self._frozen)

    def _speed(self, rate: Rate) -> str:
        fps = self.tr("{fps} fps").format(fps=round(rate.frames_per_second))
        typical = milliseconds(rate.p50_ms)
        slow = self.tr("p95 {ms}").format(ms=milliseconds(rate.p95_ms))
        return " · ".join([*([fps] if rate.frames_per_second > 0 else []), typical, slow])

    def _say_what_to_do(self) -> None:
        if self._source.kind is SourceKind.CAMERA:
            text = self.tr("Show something to the camera, or drop images anywhere here.")
            self._studio.say(text, Until.PAGE)

    @Slot()
    def _take_settings(self) -> None:
        settings, answer = self._settings, self._panel.answer
        answer.set_shown_rows(settings.rows)
        answer.set_text_size(LARGE if settings.is_large else NORMAL)
        self._announcer.sounds, self._announcer.speaks = settings.sounds, settings.speaks
        if self._steady is not None:
            self._steady.half_life_s = settings.half_life_s
        self._stage.refresh()

    @Slot(bool)
    def _set_frozen(self, is_frozen: bool) -> None:
        """Let the picture and its answer stand still, or go on."""
        frame = self._frozen = self._frame_on_show() if is_frozen else None
        self._keeps_answer = frame is not None
        self._hold()
        self._stage.hold(frame)
        self._panel.bar.set_frozen(frame is not None)
        self._update_taught()

    @Slot()
    def _on_timer_timeout(self) -> None:
        result = self.model.latest()
        if result is None or result is self._taken or self._steady is None:
            return
        held = self._file.frame or self._frozen
        if result.is_held and result.frame is not held:
            return  # of what stood still before
        if self._picture.is_file_shown:
            if result.is_held and result.frame is self._file.frame:
                self._taken = result
                self.model.look_for(self._file.show(result).rows[0].name)
            return
        is_running = self._source.state.status is FeedStatus.RUNNING
        if result.is_held is (held is not None) and (is_running or result.is_held):
            self._taken = result
            self._show_camera_answer(result, self._steady)

    def _show_camera_answer(self, result: LiveResult, steady: SteadyAnswer) -> None:
        now_s = time.monotonic()
        before, speed = self._stage.answer, self._speed(result.rate)
        if not result.is_held:
            answer = steady.update(result.prediction, now_s)
            self._sources.remember(answer, result.prediction)
            self._announcer.take(self.tr("unknown") if answer.unknown else answer.named, now_s)
        elif self._keeps_answer and before is not None and not before[0].changing:
            answer, speed = before
        else:
            answer = answer_of(result.prediction)
        self._shown = result
        self.model.look_for(answer.rows[0].name)
        self._stage.show(result, answer, speed)

    @Slot()
    def _on_source_changed(self) -> None:
        self._set_frozen(False)  # what stood still was of another source

    @Slot(object)
    def _on_source_state_changed(self) -> None:
        if self._steady is not None and self._frozen is None:
            self._stage.show_nothing(self._source.waiting_reason)

    @Slot()
    def _on_model_opening(self) -> None:
        self._steady = None
        self._panel.accept.show_model(None, self.model.accept)
        self._teach.set_run(self.model.run)
        self._sources.leave_model()
        self._stage.show_nothing(self.tr("Opening the model …"))
        self._file.show_nothing(self.tr("Opening the model …"))

    @Slot(object)
    def _on_model_opened(self, bundle: Bundle) -> None:
        self._steady = SteadyAnswer(bundle.classes, self._settings.half_life_s)
        self._keeps_answer = False
        self._panel.accept.show_model(bundle, self.model.accept)
        used = self.model.choice.used
        if used is not None:
            self._sources.set_model(used, bundle, self.model.accept)
        self._panel.bar.set_heat(self._settings.shows_heat)
        self.model.set_heat(self._settings.shows_heat)
        self._stage.set_guide_visible(bundle.input.fit is Fit.CROP)
        self._stage.show_nothing(self._source.waiting_reason)
        self._file.go_on()
        self._say_what_to_do()

    @Slot(str)
    def _on_model_failed(self, _sentence: str) -> None:
        self._steady = None
        self._set_frozen(False)
        why = self.tr("This model cannot be used. Choose another one.")
        self._stage.show_nothing(why)
        self._file.show_nothing(why)

    @Slot()
    def _on_model_heat_missed(self) -> None:
        why_not = self.tr(
            "This model does not tell where it looks; those that are trained here now do."
        )
        self._panel.bar.set_heat(False, why_not)
        self._studio.say(why_not, Until.MODEL | Until.PAGE)

    @Slot(float)
    def _on_accept_chosen(self, accept: float) -> None:
        self._keeps_answer = False
        self.model.set_accept(accept)
        self._sources.set_accept(accept)

    @Slot(bool)
    def _on_bar_heat_toggled(self, is_on: bool) -> None:
        self._settings.shows_heat = is_on
        self.model.set_heat(is_on)
        if not is_on:
            self._stage.show_heat(None)

    @Slot()
    def _on_bar_more_requested(self) -> None:
        why_silent = self.tr("No speech command was found here: spd-say, say or PowerShell.")
        if self._announcer.can_speak:
            why_silent = ""
        options = LiveOptionsPanel(self._settings, why_silent, self._window)
        options.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        options.changed.connect(self._take_settings)
        options.open_above(self._panel.bar.more)

    @Slot()
    def _on_stage_freeze_requested(self) -> None:
        self._set_frozen(self._frozen is None)
