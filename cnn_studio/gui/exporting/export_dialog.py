"""The window in which a model is exported: choose, wait, see what was verified."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.exporting.export import Step
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.gui.endings import Until
from cnn_studio.gui.exporting import wording
from cnn_studio.gui.exporting.choice_page import ChoicePage
from cnn_studio.gui.exporting.export_choice import ExportChoice, refusals
from cnn_studio.gui.exporting.report_table import ReportTable
from cnn_studio.gui.figures import duration, time_left
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.notice import Kind, Notice

_PARTS = 1000


class ExportDialog(QDialog):
    """Shows and asks; what is done about it, `ExportFlow` decides.

    Signals:
        export_requested: What is chosen shall be exported.
        cancel_requested: The export that is under way shall end.
        choice_changed: Other formats are chosen, or another folder.
        folder_requested: The folder of the exports shall be opened.
    """

    export_requested = Signal()
    cancel_requested = Signal()
    choice_changed = Signal()
    folder_requested = Signal()

    def __init__(
        self, run: str, choice: ExportChoice, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("modelExportDialog")
        self.setWindowTitle(self.tr("Export a model"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 500)
        self._choice = choice
        self._is_working = False
        self._reports: list[ExportReport] = []
        heading = QLabel(run, self)
        heading.setProperty("role", "title")
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        self._about = QLabel(self)
        self._about.setObjectName("exportAbout")
        self._about.setProperty("role", "quiet")
        self._about.setWordWrap(True)
        self._notice = Notice(theme, self)
        self._pages = QStackedWidget(self)
        self._choice_page = ChoicePage(choice, self._pages)
        self._table = ReportTable(theme, self._pages)
        self._pages.addWidget(self._choice_page)
        self._pages.addWidget(self._table)
        self._progress = QProgressBar(self)
        self._progress.setObjectName("exportProgress")
        self._progress.setAccessibleName(self.tr("Progress of the export"))
        self._progress.setTextVisible(False)
        self._progress.setRange(0, _PARTS)
        self._time = QLabel(self)
        self._time.setObjectName("exportTime")
        self._time.setProperty("role", "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addWidget(self._about)
        column.addWidget(self._notice)
        column.addWidget(self._pages, 1)
        column.addWidget(self._progress)
        column.addLayout(self._make_foot())
        self._choice_page.changed.connect(self._on_choice_changed)
        self.show_choice()

    def show_choice(self, problem: str = "") -> None:
        """Ask what to export; after a failure say why it failed."""
        self._is_working = False
        self._pages.setCurrentWidget(self._choice_page)
        self._about.setText(
            self.tr(
                "Each export is run by its own runtime and compared with the studio's answers "
                "before it is handed over. labels.txt, which names its classes, and a sample "
                "program come with it."
            )
        )
        self._show_buttons()
        if problem:
            self._notice.show_message(problem, Kind.ERROR, until=Until.REPLACED)

    def show_started(self, formats: Sequence[ExportFormat]) -> None:
        """The export of these formats has begun."""
        self._is_working = True
        self._reports.clear()
        self._notice.hide()
        self._table.set_formats(formats)
        self._pages.setCurrentWidget(self._table)
        self._progress.setValue(0)
        self._about.setText(self.tr("Getting TensorFlow ready"))
        self._show_buttons()
        self.setFocus()  # a key that comes too often ends nothing

    def show_step(self, step: Step) -> None:
        """A format is at another stage."""
        self._table.show_stage(step.format, step.stage)
        self._about.setText(wording.step(step))

    def show_time(self, share: float, seconds_left: float) -> None:
        """How much of the time is over, 0 to 1, and how much is left."""
        self._progress.setValue(round(share * _PARTS))
        self._time.setText(time_left(seconds_left))
        self._progress.setToolTip(self._time.text())

    def show_estimate(self, seconds: float | None) -> None:
        """How long what is chosen will take; None where nothing is chosen."""
        text = self.tr("About {time} on this computer")
        self._time.setText("" if seconds is None else text.format(time=duration(seconds)))

    def show_report(self, report: ExportReport) -> None:
        """What came of a format is known."""
        self._reports.append(report)
        self._table.show_report(report)

    def show_finished(self) -> None:
        """All formats are through."""
        self._is_working = False
        accepted = sum(report.accepted for report in self._reports)
        compared = wording.compared_on(self._reports[0]) if self._reports else ""
        beside = self.tr("labels.txt stands beside each model.") if accepted else ""
        told = self.tr("Compared on {images}.").format(images=compared)
        self._about.setText(f"{told} {beside}".strip())
        why = refusals((wording.title(ExportFormat(r.format)), r.why) for r in self._reports)
        if why:
            self._notice.show_message(why, Kind.WARN, until=Until.REPLACED)
        self._show_buttons(has_folder=accepted > 0)
        (self._folder if accepted else self._close).setFocus()

    def reject(self) -> None:
        """Esc, or the window's cross: an export that is under way is put aside, and goes on."""
        if self._is_working:
            self.hide()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_working:
            event.ignore()  # else the dialog is gone for good, as it is deleted when it closes
            self.hide()
        else:
            super().closeEvent(event)

    def give_up(self) -> None:
        """Close, whatever is under way."""
        self._is_working = False
        super().reject()

    def _make_foot(self) -> QHBoxLayout:
        self._again = dialog_button(
            self, "exportAgainButton", self.tr("Export more"), self.tr("Choose other formats")
        )
        self._folder = dialog_button(
            self,
            "openExportsButton",
            self.tr("Open folder"),
            self.tr("Show the exports (Ctrl+Shift+O)"),
        )
        self._folder.setShortcut(QKeySequence("Ctrl+Shift+O"))
        self._close = dialog_button(
            self, "closeExportButton", self.tr("Close"), self.tr("Close this window (Esc)")
        )
        self._cancel = dialog_button(
            self,
            "cancelExportButton",
            self.tr("Cancel"),
            self.tr("End the export; what was handed over stays"),
        )
        self._aside = dialog_button(
            self,
            "putExportAsideButton",
            self.tr("Put aside"),
            self.tr("The export goes on; the status line says how far it is (Esc)"),
        )
        self._export = dialog_button(
            self,
            "startExportButton",
            self.tr("Export"),
            self.tr("Write and compare them (Ctrl+Enter)"),
        )
        self._export.setProperty("kind", "primary")
        self._export.setShortcut(QKeySequence("Ctrl+Return"))
        self._again.clicked.connect(self._on_again_clicked)
        self._folder.clicked.connect(self.folder_requested)
        self._close.clicked.connect(self.reject)
        self._cancel.clicked.connect(self._on_cancel_clicked)
        self._aside.clicked.connect(self.reject)
        self._export.clicked.connect(self.export_requested)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._again)
        foot.addWidget(self._time)
        foot.addStretch(1)
        for button in (self._close, self._cancel, self._aside, self._folder, self._export):
            foot.addWidget(button)
        return foot

    def _show_buttons(self, has_folder: bool = False) -> None:
        is_choosing = self._pages.currentWidget() is self._choice_page
        is_done = not is_choosing and not self._is_working
        self._export.setVisible(is_choosing)
        self._export.setEnabled(bool(self._choice.formats))
        self._cancel.setVisible(not is_done)
        self._aside.setVisible(self._is_working)
        self._time.setVisible(not is_done)
        self._progress.setVisible(self._is_working)
        self._again.setVisible(is_done)
        self._close.setVisible(is_done)
        self._folder.setVisible(is_done and has_folder)

    @Slot()
    def _on_choice_changed(self) -> None:
        self._notice.hide()
        self._show_buttons()
        self.choice_changed.emit()

    @Slot()
    def _on_cancel_clicked(self) -> None:
        if self._is_working:
            self.cancel_requested.emit()
        self.give_up()

    @Slot()
    def _on_again_clicked(self) -> None:
        self._notice.hide()
        self.show_choice()
        self.choice_changed.emit()
