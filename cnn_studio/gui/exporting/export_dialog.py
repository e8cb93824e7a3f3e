"""The window in which a model is exported: choose, wait, see what was verified."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
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
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.notice import Kind, Notice


class ExportDialog(QDialog):
    """Shows and asks; what is done about it, `ExportFlow` decides.

    Signals:
        export_requested: What is chosen shall be exported.
        cancel_requested: The export that is under way shall end.
        folder_requested: The folder of the exports shall be opened.
    """

    export_requested = Signal()
    cancel_requested = Signal()
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
                "before it is handed over. A sample program comes with it."
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
        self._progress.setRange(0, 0)
        self._about.setText(self.tr("Getting TensorFlow ready, about 5 seconds"))
        self._show_buttons()

    def show_step(self, step: Step) -> None:
        """A format is at another stage."""
        self._table.show_stage(step.format, step.stage)
        self._progress.setRange(0, step.total)
        self._progress.setValue(step.done)
        about = wording.title(step.format) + ": " + wording.stage(step.stage)
        self._about.setText(about)
        self._progress.setToolTip(about)

    def show_report(self, report: ExportReport) -> None:
        """What came of a format is known."""
        self._reports.append(report)
        self._table.show_report(report)

    def show_finished(self) -> None:
        """All formats are through."""
        self._is_working = False
        accepted = sum(report.accepted for report in self._reports)
        compared = wording.compared_on(self._reports[0]) if self._reports else ""
        self._about.setText(self.tr("Compared on {images}.").format(images=compared))
        why = refusals((wording.title(ExportFormat(r.format)), r.why) for r in self._reports)
        if why:
            self._notice.show_message(why, Kind.WARN, until=Until.REPLACED)
        self._show_buttons(has_folder=accepted > 0)
        (self._folder if accepted else self._close).setFocus()

    def reject(self) -> None:
        """Esc, or the window's cross: an export that is under way ends with it."""
        if self._is_working:
            self.cancel_requested.emit()
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
            self.tr("End the export; what was handed over stays (Esc)"),
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
        self._cancel.clicked.connect(self.reject)
        self._export.clicked.connect(self.export_requested)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._again)
        foot.addStretch(1)
        for button in (self._close, self._cancel, self._folder, self._export):
            foot.addWidget(button)
        return foot

    def _show_buttons(self, has_folder: bool = False) -> None:
        is_choosing = self._pages.currentWidget() is self._choice_page
        is_done = not is_choosing and not self._is_working
        self._export.setVisible(is_choosing)
        self._export.setEnabled(bool(self._choice.formats))
        self._cancel.setVisible(not is_done)
        self._progress.setVisible(self._is_working)
        self._again.setVisible(is_done)
        self._close.setVisible(is_done)
        self._folder.setVisible(is_done and has_folder)

    @Slot()
    def _on_choice_changed(self) -> None:
        self._notice.hide()
        self._show_buttons()

    @Slot()
    def _on_again_clicked(self) -> None:
        self._notice.hide()
        self.show_choice()
