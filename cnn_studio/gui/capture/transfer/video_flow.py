"""From a video that was dropped or chosen to frames in a class, and a report of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.camera.video_reader import VideoFacts, measure_video
from cnn_studio.data.class_folders import ClassFolders
from cnn_studio.data.left_out import without_present
from cnn_studio.errors import StudioError
from cnn_studio.gui.activities import About, Unit
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.transfer.errands import Errand, Errands
from cnn_studio.gui.capture.transfer.import_choice import ImportChoice
from cnn_studio.gui.capture.transfer.video_scrub import VideoScrub
from cnn_studio.gui.endings import AFTER_A_CHANGE, Until
from cnn_studio.gui.figures import whole
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.video_import import FrameChoice, VideoReport, import_videos

if TYPE_CHECKING:
    from cnn_studio.gui.capture.transfer.video_dialog import VideoDialog


@dataclass(frozen=True)
class _Request:
    """Videos whose frames shall be brought in; see `VideoFlow.bring_in`."""

    folders: ClassFolders
    paths: tuple[Path, ...]
    class_name: str


class VideoFlow(QObject):
    """Looks at videos, asks which of their frames, brings these in and says what came of it.

    Signals:
        imported: The dataset has new images.
        taken_back(ClassFolders, TakenBack): What had come in was taken back.
    """

    imported = Signal()
    taken_back = Signal(object, object)

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        edits: EditFlow,
        errands: Errands,
        messages: Messages,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio = studio
        self._contents = contents
        self._edits = edits
        self._errands = errands
        self._messages = messages
        self._window = window
        self._dialog: VideoDialog | None = None
        self._scrub: VideoScrub | None = None
        contents.dataset_changed.connect(self.close)

    @Slot(str)
    def ask_for_videos(self, class_name: str) -> None:
        """Ask for video files, and then for their frames."""
        title = self.tr("Frames of a video into {name}").format(name=class_name)
        choice = ImportChoice(title, self._studio.settings, self._window)
        choice.chosen.connect(lambda paths: self.bring_in(paths, class_name))
        choice.ask_for_videos()

    def bring_in(self, paths: Sequence[Path], class_name: str) -> None:
        """Ask which frames of some videos go into which class, and import them.

        Args:
            paths: The videos.
            class_name: The class that is proposed; empty for none.
        """
        dataset = self._contents.dataset
        if dataset is not None and paths:
            request = _Request(ClassFolders(dataset), tuple(paths), class_name)
            self._errands.add(self._looking(request))

    @Slot()
    def close(self) -> None:
        """The window closes."""
        if self._dialog is not None:
            self._dialog.reject()

    def _looking(self, request: _Request) -> Errand:
        text = self.tr("Looking at {name} …").format(name=self._videos(request))
        work = partial(_facts_of, request.folders, request.paths)
        about = About(text, self.tr("nothing is imported"))
        return Errand(about, work, partial(self._ask, request))

    def _importing(self, request: _Request, choice: FrameChoice) -> Errand:
        def work(task: Task) -> VideoReport:
            return import_videos(
                request.folders,
                request.class_name,
                request.paths,
                choice,
                progress=task.report,
                cancelled=task.cancelled,
                halted=task.halted,
                waits=task.say,
            )

        text = self.tr("Frames of {video} into {name}").format(
            video=self._videos(request), name=request.class_name
        )
        about = About(text, self.tr("what is in stays"), Unit.SHARE, can_take_back=True)
        return Errand(about, work, partial(self._on_import_ended, request))

    def _ask(self, request: _Request, facts: dict[Path, VideoFacts | str]) -> None:
        if self._errands.was_cancelled or not self._contents.shows(request.folders.dataset):
            return
        self._errands.hold()
        # The window's start need not wait for it.
        from cnn_studio.gui.capture.transfer.video_dialog import VideoDialog

        dialog = VideoDialog(
            facts,
            self._contents.classes,
            request.class_name,
            self._studio.settings,
            self._studio.theme,
            self._window,
        )
        self._dialog = dialog
        self._scrub = VideoScrub(self._studio.jobs, self)
        self._scrub.seen.connect(dialog.show_picture)
        self._scrub.failed.connect(dialog.say)
        dialog.look_requested.connect(self._scrub.look)
        dialog.import_requested.connect(partial(self._on_dialog_import_requested, request))
        dialog.finished.connect(self._on_dialog_finished)
        dialog.look()
        dialog.open()

    def _on_dialog_import_requested(
        self, request: _Request, class_name: str, choice: FrameChoice
    ) -> None:
        self._studio.endings.end(Until.CHANGE)
        chosen = _Request(request.folders, request.paths, class_name)
        self._errands.add_next([self._importing(chosen, choice)])

    @Slot()
    def _on_dialog_finished(self) -> None:
        if self._scrub is not None:
            self._scrub.close()
        self._dialog = self._scrub = None
        self._errands.release()

    def _on_import_ended(self, request: _Request, report: VideoReport) -> None:
        if report.taken_back is not None:
            self.taken_back.emit(request.folders, report.taken_back)
            return
        self._edits.remember_imported(request.folders, request.class_name, report.imported)
        skipped, _present = without_present(report.skipped)
        kind = Kind.GOOD if report.imported else Kind.INFO
        if skipped or not (report.imported or report.known):
            kind = Kind.WARN
            self._errands.warn()
        lines = [reason for _path, reason in skipped] if len(skipped) > 1 else []
        text, dataset = self._summary(request, report), request.folders.dataset
        if not self._contents.shows(dataset):
            text = self.tr("{title}: {text}").format(title=dataset.title, text=text)
        self._messages.report(text, kind, lines, until=AFTER_A_CHANGE)
        if report.imported:
            self.imported.emit()

    def _summary(self, request: _Request, report: VideoReport) -> str:
        frames = self._frames(len(report.imported))
        text = self.tr("{frames} of {video} imported into {name}.")
        if report.known and not report.imported:
            text = self.tr("{known} of {video} are in {name} already.")
            if report.known == 1:
                text = self.tr("{known} of {video} is in {name} already.")
        elif report.known:
            text = self.tr("{frames} of {video} imported into {name}, {known} already here.")
        text = text.format(
            frames=frames,
            video=self._videos(request),
            name=request.class_name,
            known=self._frames(report.known),
        )
        skipped, _present = without_present(report.skipped)
        sentences = [self.tr("The import was ended.")] if self._errands.was_cancelled else []
        sentences.append(text)
        if report.same:
            text = self.tr("{frames} showed nothing new.")
            sentences.append(text.format(frames=self._frames(report.same)))
        if report.flawed:
            text = self.tr("{frames} left out: blurred, dark or burnt out.")
            sentences.append(text.format(frames=self._frames(report.flawed)))
        if len(skipped) == 1:
            sentences.append(skipped[0][1])
        elif skipped:
            text = self.tr("{count} videos gave less than they could.")
            sentences.append(text.format(count=whole(len(skipped))))
        return " ".join(sentences)

    def _frames(self, count: int) -> str:
        if count == 1:
            return self.tr("1 frame")
        return self.tr("{count} frames").format(count=whole(count))

    def _videos(self, request: _Request) -> str:
        if len(request.paths) == 1:
            return request.paths[0].name
        return self.tr("{count} videos").format(count=whole(len(request.paths)))


def _facts_of(
    folders: ClassFolders, paths: Sequence[Path], task: Task
) -> dict[Path, VideoFacts | str]:
    """What is known of each video; a sentence for one that cannot be read.

    Raises:
        DatasetError: The dataset cannot be changed.
    """
    folders.check_changeable()
    facts: dict[Path, VideoFacts | str] = {}
    for path in paths:
        try:
            facts[path] = measure_video(path, task.cancelled)
        except StudioError as error:
            facts[path] = str(error)
    return facts
