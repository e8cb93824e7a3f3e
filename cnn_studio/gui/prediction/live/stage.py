"""Where the live answer is seen: in the tab, and for a whole room on all of the screen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.camera.source import Frame
from cnn_studio.gui.prediction.live.answer_panel import AnswerPanel
from cnn_studio.gui.prediction.live.heat_image import heat_image
from cnn_studio.gui.prediction.live.picture import Picture
from cnn_studio.gui.prediction.live.prediction_thread import LiveResult, SeenHeat
from cnn_studio.gui.prediction.live.room_view import RoomView
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.frame_view import FrameView
from cnn_studio.prediction.smoothing import Answer


class Stage(QObject):
    """Shows the same in all places, and what is on show to a place that opens later.

    While a file stands in the camera's place, the tab's answer is the file's.

    Args:
        studio: The state above the tabs.
        picture: The tab's picture.
        panel: The tab's answer.
        parent: The tab.

    Signals:
        freeze_requested: The room wants the picture to stand still, or to go on.
        heat_requested: The room wants to see where the network looks, or no longer.
    """

    freeze_requested = Signal()
    heat_requested = Signal()

    def __init__(
        self, studio: Studio, picture: Picture, panel: AnswerPanel, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._picture = picture
        self._panel = panel
        self._window = parent
        self._room: RoomView | None = None
        self._answer: tuple[Answer, str] | None = None
        self._reason = ""
        self._result: LiveResult | None = None
        self._held: Frame | None = None
        self._has_guide = False

    @property
    def answer(self) -> tuple[Answer, str] | None:
        """The camera's answer on show, and what stands below it; None while there is none."""
        return self._answer

    def show(self, result: LiveResult, answer: Answer, speed: str) -> None:
        """Show what is known of a frame, and the answer that is made of it."""
        self._result = result
        self._answer = (answer, speed)
        self.refresh()
        self.show_heat(self._heat_of_answer())

    def show_nothing(self, reason: str) -> None:
        """Say why there is no answer."""
        self._answer = self._result = None
        self._reason = reason
        self.refresh()
        self.show_heat(None)

    def refresh(self) -> None:
        """Show again what is on show, as after a file has left the camera's place."""
        is_camera = not self._picture.is_file_shown
        room = [self._room.answer] if self._room is not None else []
        for panel in [*([self._panel] if is_camera else []), *room]:
            if self._answer is None or self._result is None:
                panel.show_nothing(self._reason)
            else:
                answer, speed = self._answer
                panel.show_answer(answer, speed if panel is self._panel else "")
                panel.set_prepared(self._result.prepared)

    def show_heat(self, seen: SeenHeat | None) -> None:
        """Show where the network looks; None for nothing."""
        image, part = None, None
        if seen is not None:
            top, left, height, width = seen.seen
            image, part = heat_image(seen.heat), QRectF(left, top, width, height)
        for view in self._frame_views():
            view.set_overlay(image, part)

    def set_guide_visible(self, is_visible: bool) -> None:
        """Show the square that the network sees."""
        self._has_guide = is_visible
        for view in self._frame_views():
            view.set_guide_visible(is_visible)

    def hold(self, frame: Frame | None) -> None:
        """Let the picture stand still, or go on with None."""
        self._held = frame
        for view in self._frame_views():
            view.hold(frame)
            view.set_remark(self.tr("Frozen") if frame is not None else "")

    @Slot()
    def open_room(self) -> None:
        """Fill the screen."""
        if self._room is not None:
            return
        room = self._room = RoomView(self._studio, self._picture.sources.source, self._window)
        room.left.connect(self._on_room_left)
        room.freeze_requested.connect(self.freeze_requested)
        room.heat_requested.connect(self.heat_requested)
        self.set_guide_visible(self._has_guide)
        self.hold(self._held)
        self.refresh()
        self.show_heat(self._heat_of_answer())
        self._picture.frames.hide()  # nobody sees it, and painting it costs time
        room.showFullScreen()

    def close_room(self) -> None:
        """Give the screen back."""
        if self._room is not None:
            self._room.close()

    def _heat_of_answer(self) -> SeenHeat | None:
        """Where the class is that the answer names, if that is known of the frame on show."""
        if self._answer is None or self._result is None or self._result.heat is None:
            return None
        is_of_answer = self._result.heat.class_name == self._answer[0].rows[0].name
        return self._result.heat if is_of_answer else None

    def _frame_views(self) -> list[FrameView]:
        room = [self._room.frames] if self._room is not None else []
        return [self._picture.frames, *room]

    @Slot()
    def _on_room_left(self) -> None:
        self._room = None
        self._picture.frames.show()
