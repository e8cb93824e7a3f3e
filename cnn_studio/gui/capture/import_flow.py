"""From files that were dropped or chosen to images in a class, and a report of what was not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.camera.video_reader import is_video_name
from cnn_studio.data.incoming_zip import is_zip
from cnn_studio.data.intake import IntakeReport
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.edit_flow import EditFlow
from cnn_studio.gui.capture.import_choice import ImportChoice
from cnn_studio.gui.capture.import_strip import ImportStrip
from cnn_studio.gui.capture.imports import ImportRequest, Imports, Report, Request, VideoRequest
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.video_flow import VideoFlow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.video_import import VideoReport


class ImportFlow(QObject):
    """Asks for files, brings them in and says what came of it.

    Signals:
        imported: The dataset has new images.

    Attributes:
        videos: The same for the frames of videos.
    """

    imported = Signal()

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        edits: EditFlow,
        strip: ImportStrip,
        messages: Messages,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._contents = contents
        self._edits = edits
        self._strip = strip
        self._messages = messages
        self._window = parent
        self._cancelled = False
        self._imports = Imports(studio.jobs, self)
        self._imports.began.connect(self._on_imports_began)
        self._imports.progressed.connect(strip.set_progress)
        self._imports.ended.connect(self._on_imports_ended)
        self._imports.failed.connect(self._on_imports_failed)
        self._imports.finished.connect(strip.end)
        strip.cancel_requested.connect(self.cancel)
        self.videos = VideoFlow(studio, contents, edits, self._imports, strip, messages, parent)
        self.videos.imported.connect(self.imported)

    @Slot(list, str)
    def bring_in(self, paths: Sequence[Path], class_name: str) -> None:
        """Import files and folders into a class; of videos it is asked which frames.

        Args:
            paths: What was dropped or chosen.
            class_name: Into which class; empty if the paths are folders or zips of class folders.
        """
        folders = self._contents.folders
        if folders is None or not paths:
            return
        videos = [path for path in paths if is_video_name(path) and not path.is_dir()]
        if videos:
            self.videos.open(videos, class_name)
            paths = [path for path in paths if path not in videos]
        if not paths:
            return
        if not class_name and not all(path.is_dir() or is_zip(path) for path in paths):
            self._messages.say(self.tr("Drop images on the class that they show."), Kind.WARN)
            return
        self._imports.start(ImportRequest(folders, class_name, tuple(paths)))

    @Slot(str)
    def ask_for_images(self, class_name: str) -> None:
        """Ask for image files and import them."""
        title = self.tr("Import images into {name}").format(name=class_name)
        self._choice(title, class_name).ask_for_images()

    @Slot(str)
    def ask_for_folder(self, class_name: str) -> None:
        """Ask for a folder of images and import it."""
        title = self.tr("Import a folder of images into {name}").format(name=class_name)
        self._choice(title, class_name).ask_for_folder()

    @Slot()
    def ask_for_tree(self) -> None:
        """Ask for a folder of class folders and import it."""
        self._choice(self.tr("Import a folder of class folders"), "").ask_for_folder()

    @Slot()
    def ask_for_zip(self) -> None:
        """Ask for a zip of class folders and import it."""
        self._choice(self.tr("Import a zip of class folders"), "").ask_for_zip()

    @Slot()
    def cancel(self) -> None:
        """End the import; what is in stays."""
        self._cancelled = True
        self._imports.cancel()

    def shutdown(self) -> None:
        """The window closes; what is in stays."""
        self.videos.close()
        self.cancel()

    def _choice(self, title: str, class_name: str) -> ImportChoice:
        choice = ImportChoice(title, self._studio.settings, self._window)
        choice.chosen.connect(lambda paths: self.bring_in(paths, class_name))
        return choice

    @Slot(object)
    def _on_imports_began(self, request: Request) -> None:
        self._cancelled = False
        if isinstance(request, VideoRequest):
            return
        if request.class_name:
            text = self.tr("Importing into {name}").format(name=request.class_name)
        else:
            text = self.tr("Importing {name}").format(name=request.paths[0].name)
        self._strip.begin(text)

    @Slot(object, object)
    def _on_imports_ended(self, request: Request, report: Report) -> None:
        if isinstance(request, VideoRequest) or isinstance(report, VideoReport):
            return
        if self._contents.shows(request.folders.dataset):
            self._edits.remember_imported(request.class_name, report.imported)
        kind = Kind.WARN if report.skipped or not report.imported else Kind.GOOD
        lines = [reason for _path, reason in report.skipped]
        self._messages.report(self._summary(request, report), kind, lines)
        if report.imported:
            self.imported.emit()

    def _summary(self, request: ImportRequest, report: IntakeReport) -> str:
        came = self._edits.images(len(report.imported))
        if not report.imported and not report.skipped:
            text = self.tr("There are no images in it.")
        elif request.class_name:
            text = self.tr("{images} imported into {name}.").format(
                images=came, name=request.class_name
            )
        else:
            classes = len({sample.class_name for sample in report.imported})
            text = self.tr("{images} imported into {number} classes.").format(
                images=came, number=classes
            )
        if self._cancelled:
            text = f"{self.tr('The import was ended.')} {text}"
        if len(report.skipped) == 1:
            text += " " + self.tr("1 file was left out: {reason}").format(
                reason=report.skipped[0][1]
            )
        elif report.skipped:
            text += " " + self.tr("{count} files were left out.").format(
                count=f"{len(report.skipped):,}"
            )
        return text

    @Slot(str)
    def _on_imports_failed(self, sentence: str) -> None:
        self._messages.say(sentence, Kind.ERROR)
        self.imported.emit()  # what came in before it failed is there
