"""From the choice of a source to its frames, and what is remembered of what was said of them."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.endings import Until
from cnn_studio.gui.prediction.model.run_choice import UsedModel
from cnn_studio.gui.prediction.sources.class_colouring import ClassColouring, colours_of
from cnn_studio.gui.prediction.sources.history_dialog import HistoryDialog
from cnn_studio.gui.prediction.sources.history_saving import HistorySaving
from cnn_studio.gui.prediction.sources.live_source import LiveSource, SourceKind
from cnn_studio.gui.prediction.sources.region_choice import RegionChoice
from cnn_studio.gui.prediction.sources.screen_grabber import refusal
from cnn_studio.gui.prediction.sources.screen_region import ScreenRegion
from cnn_studio.gui.prediction.sources.source_bar import SourceBar
from cnn_studio.gui.prediction.sources.video_bar import VideoBar
from cnn_studio.gui.prediction.sources.video_choice import VideoChoice
from cnn_studio.gui.prediction.sources.video_work import VideoWork
from cnn_studio.gui.studio import Studio
from cnn_studio.models.bundle import Bundle
from cnn_studio.prediction.classifier import Prediction
from cnn_studio.prediction.history import History
from cnn_studio.prediction.smoothing import Answer


class SourceFlow(QObject):
    """Joins the bars around the picture with the source and the history.

    Args:
        studio: The state above the tabs.
        window: Over which questions are asked; the bars are made in it.

    Attributes:
        source: Where the frames come from.
        bar: To be laid out above the picture.
        video_bar: To be laid out below it; it hides itself.
        history: What was said in the last minutes.
    """

    def __init__(self, studio: Studio, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._window = window
        self.source = LiveSource(studio.camera, self)
        self.history = History()
        self._colouring = ClassColouring(studio.theme)
        self._work = VideoWork(studio.jobs, self)
        self.bar = SourceBar(studio.theme, window)
        self.video_bar = VideoBar(self.source, self._work, self._colouring, studio.theme, window)
        self._video_choice = VideoChoice(studio.settings, window)
        self._region_choice = RegionChoice(studio.theme, window)
        self._saving = HistorySaving(studio, self.history, self)
        self._labels: dict[UsedModel, str] = {}
        self._dialog: HistoryDialog | None = None
        self._connect()

    def set_model(self, used: UsedModel, bundle: Bundle, accept: float) -> None:
        """Say which model classifies from now on.

        Args:
            used: Which one.
            bundle: What it is.
            accept: The share of the images held back that it answers, 0..1.
        """
        self.history.model = self._labels.setdefault(used, self._label_of(used))
        self._colouring.add(colours_of(bundle, self._studio.datasets))
        self._work.set_accept(accept)
        self._work.set_model(used.folder)

    def leave_model(self) -> None:
        """Say that another model is being opened: what the one before said of a video goes."""
        self._work.set_model(None)

    def set_accept(self, accept: float) -> None:
        """Say that the model answers more or less now."""
        self._work.set_accept(accept)

    def remember(self, answer: Answer, prediction: Prediction) -> None:
        """Keep what has just been shown, and what the model says of the frame alone."""
        self.history.add(answer, prediction, time.time())

    def play(self, path: Path) -> None:
        """Classify a video."""
        self.source.play_video(path)
        self.video_bar.open()
        self._work.open(path)

    def shutdown(self) -> None:
        """The window closes."""
        self._region_choice.close()
        if self._dialog is not None:
            self._dialog.close()
        self._work.close()
        self.source.shutdown()

    def _label_of(self, used: UsedModel) -> str:
        """What the history calls a model, like no other one."""
        name = used.folder.name
        same = sum(other.folder.name == name for other in self._labels)
        return f"{name} ({same + 1})" if same else name

    def _connect(self) -> None:
        self.bar.camera_requested.connect(self.source.show_camera)
        self.bar.video_requested.connect(self._video_choice.ask)
        self.bar.screen_requested.connect(self._on_bar_screen_requested)
        self.bar.history_requested.connect(self._on_bar_history_requested)
        self._video_choice.chosen.connect(self.play)
        self._region_choice.chosen.connect(self._on_region_choice_chosen)
        self._work.measured.connect(self._on_work_measured)
        self.source.source_changed.connect(self._on_source_changed)

    @Slot()
    def _on_bar_screen_requested(self) -> None:
        sentence = refusal()
        if sentence:
            self._studio.say(sentence, Until.PAGE)
        else:
            self._region_choice.ask()

    @Slot(object)
    def _on_region_choice_chosen(self, region: ScreenRegion) -> None:
        self.source.show_screen(region)

    @Slot()
    def _on_work_measured(self) -> None:
        text = self.tr("A click on the time line goes there; Space pauses and plays.")
        self._studio.say(text, Until.PAGE)

    @Slot()
    def _on_source_changed(self) -> None:
        kind, video, region = self.source.kind, self.source.video, self.source.region
        name = video.path.name if video is not None else ""
        if region is not None:
            name = self.tr("Screen region {width} × {height}").format(  # noqa: RUF001
                width=region.width, height=region.height
            )
        self.bar.show_source(kind, name)
        said = {
            SourceKind.CAMERA: self.tr("Show something to the camera."),
            SourceKind.SCREEN: self.tr("What is in this part of the screen is classified."),
        }
        self._studio.say(said.get(kind, ""), Until.PAGE)
        if kind is not SourceKind.VIDEO:
            self.bar.setFocus()  # else the focus falls on whatever comes after the bar that goes
            self._work.close()
        self.video_bar.setVisible(kind is SourceKind.VIDEO)

    @Slot()
    def _on_bar_history_requested(self) -> None:
        if self._dialog is None:
            self._dialog = HistoryDialog(
                self.history, self._colouring, self._studio.theme, self._window
            )
            self._dialog.export_requested.connect(self._on_dialog_export_requested)
        self._dialog.show()
        self._dialog.raise_()
        self._dialog.activateWindow()

    @Slot()
    def _on_dialog_export_requested(self) -> None:
        if self._dialog is not None:
            self._saving.ask(self._dialog)
