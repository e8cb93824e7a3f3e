"""The table of what came of each format."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from cnn_studio.exporting.export import Stage
from cnn_studio.exporting.formats import ExportFormat
from cnn_studio.exporting.verification import ExportReport
from cnn_studio.gui.exporting import wording
from cnn_studio.gui.figures import percent
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.table_look import LEFT, RIGHT, make_quiet

_ROW_PX = 34
_RESULT = 1


class ReportTable(QTableWidget):
    """A row for each format, whose figures come one after the other."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportTable")
        self.setAccessibleName(self.tr("Exports"))
        self._theme = theme
        self._formats: tuple[ExportFormat, ...] = ()
        self._reports: dict[ExportFormat, ExportReport] = {}
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        make_quiet(self, _ROW_PX)
        heads = (
            (self.tr("Format"), "", LEFT),
            (self.tr("Result"), "", LEFT),
            (self.tr("Agreement"), self.tr("The share of images with the same class"), RIGHT),
            (
                self.tr("Difference"),
                self.tr("The largest between two probabilities, in percent points"),
                RIGHT,
            ),
            (self.tr("Size"), self.tr("Of the model"), RIGHT),
            (self.tr("ms/image"), self.tr("In its own runtime, one image at a time"), RIGHT),
        )
        self.setColumnCount(len(heads))
        for column, (text, tip, alignment) in enumerate(heads):
            head = QTableWidgetItem(text)
            head.setToolTip(tip or text)
            head.setTextAlignment(alignment)
            self.setHorizontalHeaderItem(column, head)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(92)
        theme.changed.connect(self._on_theme_changed)

    def set_formats(self, formats: Sequence[ExportFormat]) -> None:
        """Show these formats, nothing of which is known yet."""
        self._formats = tuple(formats)
        self._reports.clear()
        self.setRowCount(len(self._formats))
        for form in self._formats:
            self._fill(form, [wording.title(form), wording.stage(None), "", "", "", ""])

    def show_stage(self, form: ExportFormat, stage: Stage) -> None:
        """A format is being written or compared."""
        if form in self._formats:
            self._fill(form, [wording.title(form), wording.stage(stage), "", "", "", ""])

    def show_report(self, report: ExportReport) -> None:
        """What came of a format is known."""
        form = ExportFormat(report.format)
        if form not in self._formats:
            return
        self._reports[form] = report
        self._fill(
            form,
            [
                wording.title(form),
                wording.result(report),
                percent(report.agreement),
                wording.difference(report),
                wording.size(report),
                wording.milliseconds(report),
            ],
        )

    def _fill(self, form: ExportFormat, texts: Sequence[str]) -> None:
        row = self._formats.index(form)
        report = self._reports.get(form)
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            item.setTextAlignment(LEFT if column <= _RESULT else RIGHT)
            item.setToolTip(report.why if report is not None and report.why else text)
            if column == _RESULT:
                token = "text_quiet"
                if report is not None:
                    token = "good" if report.accepted else "warn"
                    icon = "check" if report.accepted else "warning"
                    item.setIcon(self._theme.icon(icon, token))
                item.setForeground(self._theme.color(token))
            self.setItem(row, column, item)

    @Slot()
    def _on_theme_changed(self) -> None:
        for report in list(self._reports.values()):
            self.show_report(report)
