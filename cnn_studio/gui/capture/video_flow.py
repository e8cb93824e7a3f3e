"""From a video that was dropped or chosen to frames in a class, and a report of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.camera.video_reader import VideoFacts, measure_video
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.errors import StudioError
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.edit_flow import EditFlow
from cnn_studio.gui.capture.import_choice import ImportChoice
from cnn_studio.gui.capture.import_strip import ImportStrip
from cnn_studio.gui.capture.imports import Imports, VideoRequest
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.video_dialog import VideoDialog
from cnn_studio.gui.capture.video_scrub import VideoScrub
from cnn_studio.gui.jobs import Job, Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.video_import import FrameChoice, VideoReport

_Facts = dict[Path, VideoFacts | str]


class VideoFlow(QObject):
    """Opens the window for videos, has their frames imported and says what came of it.

    Signals:
        imported: The dataset has new images.
    """

    imported = Signal()

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        edits: EditFlow,
        imports: Imports,
        strip: ImportStrip,
        messages: Messages,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio = studio
        self._contents = contents
        self._edits = edits
        self._imports = imports
        self._strip = strip
        self._messages = messages
        self._window = window
        self._cancelled = False
        self._request = 0
        self._folders: ClassFolders | None = None
        self._paths: tuple[Path, ...] = ()
        self._dialog: VideoDialog | None = None
        self._scrub: VideoScrub | None = None
        self._looking: Job | None = None
        imports.began.connect(self._on_imports_began)
        imports.ended.connect(self._on_imports_ended)
        strip.cancel_requested.connect(self._on_strip_cancel_requested)

    @Slot(str)
    def ask_for_videos(self, class_name: str) -> None:
        """Ask for video files, and then for their frames."""
        title = self.tr("Frames of a video into {name}").format(name=class_name)
        choice = ImportChoice(title, self._studio.settings, self._window)
        choice.chosen.connect(lambda paths: self.open(paths, class_name))
        choice.ask_for_videos()

    def open(self, paths: Sequence[Path], class_name: str) -> None:
        """Ask which frames of some videos go into which class.

        Args:
            paths: The videos.
            class_name: The class that is proposed; empty for none.
        """
        folders = self._contents.folders
        if folders is None or self._dialog is not None or not paths:
            return
        self._folders, self._paths = folders, tuple(paths)
        dialog = VideoDialog(
            paths,
            self._contents.classes,
            class_name,
            self._studio.settings,
            self._studio.theme,
            self._window,
        )
        self._dialog = dialog
        self._scrub = VideoScrub(self._studio.jobs, self)
        self._scrub.seen.connect(dialog.show_picture)
        self._scrub.failed.connect(dialog.say)
        dialog.look_requested.connect(self._on_dialog_look_requested)
        dialog.import_requested.connect(self._on_dialog_import_requested)
        dialog.finished.connect(self._on_dialog_finished)
        self._scrub.look(self._paths[0], 0.0)  # is there long before a stream's length is known
        self._request += 1
        self._looking = self._studio.jobs.create(partial(_facts_of, self._request, self._paths))
        self._looking.succeeded.connect(self._on_looking_succeeded)
        self._looking.failed.connect(dialog.say)
        self._looking.start()
        dialog.open()

    def close(self) -> None:
        """The window closes."""
        if self._dialog is not None:
            self._dialog.reject()

    @Slot(object)
    def _on_looking_succeeded(self, answer: tuple[int, _Facts]) -> None:
        request, facts = answer
        if self._dialog is not None and request == self._request:
            self._dialog.set_facts(facts)

    @Slot(object, float)
    def _on_dialog_look_requested(self, path: Path, time_s: float) -> None:
        if self._scrub is not None:
            self._scrub.look(path, time_s)

    @Slot(str, object)
    def _on_dialog_import_requested(self, class_name: str, choice: FrameChoice) -> None:
        if self._folders is not None:
            self._imports.start(VideoRequest(self._folders, class_name, self._paths, choice))

    @Slot()
    def _on_dialog_finished(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        if self._scrub is not None:
            self._scrub.close()
        self._dialog = self._scrub = self._looking = None

    @Slot(object)
    def _on_imports_began(self, request: object) -> None:
        self._cancelled = False
        if isinstance(request, VideoRequest):
            text = self.tr("Frames of {video} into {name}")
            self._strip.begin(text.format(video=self._videos(request), name=request.class_name))

    @Slot()
    def _on_strip_cancel_requested(self) -> None:
        self._cancelled = True

    @Slot(object, object)
    def _on_imports_ended(self, request: object, report: object) -> None:
        if not isinstance(request, VideoRequest) or not isinstance(report, VideoReport):
            return
        if self._contents.shows(request.folders.dataset):
            self._edits.remember_imported(request.class_name, report.imported)
        kind = Kind.WARN if report.skipped or not report.imported else Kind.GOOD
        lines = [reason for _path, reason in report.skipped] if len(report.skipped) > 1 else []
        self._messages.report(self._summary(request, report), kind, lines)
        if report.imported:
            self.imported.emit()

    def _summary(self, request: VideoRequest, report: VideoReport) -> str:
        frames = self._frames(len(report.imported))
        text = self.tr("{frames} of {video} imported into {name}.").format(
            frames=frames, video=self._videos(request), name=request.class_name
        )
        sentences = [self.tr("The import was ended.")] if self._cancelled else []
        sentences.append(text)
        if report.same:
            text = self.tr("{frames} showed nothing new.")
            sentences.append(text.format(frames=self._frames(report.same)))
        if report.flawed:
            text = self.tr("{frames} left out: blurred, dark or burnt out.")
            sentences.append(text.format(frames=self._frames(report.flawed)))
        if len(report.skipped) == 1:
            sentences.append(report.skipped[0][1])
        elif report.skipped:
            text = self.tr("{count} videos gave less than they could.")
            sentences.append(text.format(count=f"{len(report.skipped):,}"))
        return " ".join(sentences)

    def _frames(self, count: int) -> str:
        if count == 1:
            return self.tr("1 frame")
        return self.tr("{count} frames").format(count=f"{count:,}")

    def _videos(self, request: VideoRequest) -> str:
        if len(request.paths) == 1:
            return request.paths[0].name
        return self.tr("{count} videos").format(count=f"{len(request.paths):,}")


def _facts_of(request: int, paths: Sequence[Path], task: Task) -> tuple[int, _Facts]:
    facts: _Facts = {}
    for path in paths:
        try:
            facts[path] = measure_video(path, task.cancelled)
        except StudioError as error:
            facts[path] = str(error)
    return request, facts
