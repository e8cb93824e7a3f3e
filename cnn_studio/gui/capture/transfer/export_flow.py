"""From the dataset on show to a zip that another studio takes in."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir, QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from cnn_studio.data.catalog import Dataset
from cnn_studio.data.packing import pack_dataset
from cnn_studio.gui.activities import About
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.transfer.errands import Errand, Errands
from cnn_studio.gui.endings import AFTER_A_CHANGE
from cnn_studio.gui.figures import data_size, whole
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.notice import Kind
from cnn_studio.gui.widgets.save_dialog import SaveDialog

_LAST_FOLDER = "capture/export-folder"


class ExportFlow(QObject):
    """Asks where to, packs in the background, and says where it is."""

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        errands: Errands,
        messages: Messages,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._studio = studio
        self._contents = contents
        self._errands = errands
        self._messages = messages
        self._window = window

    @Slot()
    def ask(self) -> None:
        """Ask for a file and export the dataset on show; what stands there is asked about."""
        dataset = self._contents.dataset
        if dataset is None or self._contents.folders is None:
            return
        title = self.tr("Export {title} as a zip").format(title=dataset.title)
        kinds, file_name = [self.tr("Zip files (*.zip)")], f"{dataset.name}.zip"
        settings = self._studio.settings
        dialog = SaveDialog(title, kinds, file_name, settings, _LAST_FOLDER, self._window)
        dialog.setObjectName("exportDialog")
        dialog.chosen.connect(partial(self._export, dataset))
        dialog.open()

    def _export(self, dataset: Dataset, target: Path) -> None:
        self._messages.clear()

        def work(task: Task) -> int:
            return pack_dataset(dataset, target, progress=task.report, cancelled=task.cancelled)

        self._errands.add(
            Errand(
                About(
                    self.tr("Packing {title}").format(title=dataset.title),
                    self.tr("no zip is written"),
                ),
                work,
                partial(self._on_packed, dataset, target),
            )
        )

    def _on_packed(self, dataset: Dataset, target: Path, count: int) -> None:
        if count < 0:
            text = self.tr("The export was ended. No zip was written.")
            self._messages.say(text, until=AFTER_A_CHANGE)
            return
        images = self.tr("1 image") if count == 1 else self.tr("{count} images")
        text = self.tr("{title} is packed: {images}, {size}, in {path}.").format(
            title=dataset.title,
            images=images.format(count=whole(count)),
            size=data_size(target.stat().st_size),
            path=QDir.toNativeSeparators(str(target)),
        )
        open_folder = partial(_open, target.parent)
        self._messages.say(
            text, Kind.GOOD, self.tr("Open folder"), open_folder, until=AFTER_A_CHANGE
        )


def _open(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
