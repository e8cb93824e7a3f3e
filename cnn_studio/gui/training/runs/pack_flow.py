"""From a run to a zip that another studio opens."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir, QObject, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.gui.activities import About, Unit
from cnn_studio.gui.endings import Until
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.wording import run_name
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.gui.widgets.save_dialog import SaveDialog
from cnn_studio.models.runs import Run

_LAST_FOLDER = "training/pack-folder"
_OF_A_RUN = Until.RUN | Until.PAGE


class PackFlow(QObject):
    """Asks where to, packs in the background, and says where it is."""

    def __init__(self, studio: Studio, notice: Notice, window: QWidget) -> None:
        super().__init__(window)
        self._studio = studio
        self._notice = notice
        self._window = window

    def ask(self, run: Run) -> None:
        """Ask for a file and pack a run into it; what stands there is asked about."""
        title, kinds = self.tr("Pack for another studio"), [self.tr("Zip files (*.zip)")]
        settings, file_name = self._studio.settings, f"{run.name}.zip"
        dialog = SaveDialog(title, kinds, file_name, settings, _LAST_FOLDER, self._window)
        dialog.setObjectName("packDialog")
        dialog.chosen.connect(partial(self._pack, run))
        dialog.open()

    def _pack(self, run: Run, target: Path) -> None:
        about = About(
            self.tr("Packing {run}").format(run=run_name(run)),
            self.tr("no zip is written"),
            Unit.BYTES,
        )
        job = self._studio.jobs.create(partial(_packed, run, target), about)
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self._on_job_failed)
        job.start()
        self._notice.hide()

    @Slot(object)
    def _on_job_succeeded(self, target: Path | None) -> None:
        if target is None:
            text = self.tr("Stopped; no zip was written.")
            self._notice.show_message(text, Kind.INFO, until=_OF_A_RUN)
            return
        text = self.tr("Packed in {path}. Another studio opens it on its Predict tab.")
        path = QDir.toNativeSeparators(str(target))
        self._notice.show_message(text.format(path=path), Kind.GOOD, until=_OF_A_RUN)

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._notice.show_message(sentence, Kind.ERROR, until=_OF_A_RUN)


def _packed(run: Run, target: Path, task: Task) -> Path | None:
    # The tab's first showing need not wait for it.
    from cnn_studio.models.opening.studio_zip import pack_run

    return pack_run(run, target, task.report, task.cancelled)
