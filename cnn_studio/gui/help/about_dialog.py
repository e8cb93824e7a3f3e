"""What the program is, its version, and the licences of its parts."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cnn_studio import __version__
from cnn_studio.gui.help.parts import LicensedPart, installed_parts
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.table_look import make_quiet
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel

_WIDTH, _HEIGHT = 600, 520
_ICON_PX = 48
_ROW_PX = 28


class AboutDialog(QDialog):
    """Says what the program is; the list of parts comes as soon as it is read."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("aboutDialog")
        self.setWindowTitle(self.tr("About CNN Studio"))
        self.resize(_WIDTH, _HEIGHT)
        self._table = QTableWidget(0, 3, self)
        self._close = dialog_button(
            self, "closeAbout", self.tr("Close"), self.tr("Close this window (Esc)")
        )
        self._lay_out(studio)
        self._close.clicked.connect(self.reject)
        job = studio.jobs.create(installed_parts)
        job.succeeded.connect(self._on_job_succeeded)
        job.start()

    def _lay_out(self, studio: Studio) -> None:
        icon = QLabel(self)
        icon.setFixedSize(_ICON_PX, _ICON_PX)
        ratio = self.devicePixelRatioF()
        icon.setPixmap(studio.theme.icon("app").pixmap(icon.size(), ratio))
        title = QLabel(self.tr("CNN Studio {version}").format(version=__version__), self)
        title.setObjectName("aboutVersion")
        title.setProperty("role", "title")
        what = WrappedLabel(self)
        what.setText(
            self.tr(
                "Teach a computer to see: capture images, train a convolutional network and "
                "classify live. All of it happens on this computer, without the internet. "
                "CNN Studio is free software under the MIT licence. F1 shows all keys."
            )
        )
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(title)
        words.addWidget(what)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self._table.setObjectName("partsTable")
        self._table.setAccessibleName(self.tr("Parts and their licences"))
        self._table.setHorizontalHeaderLabels(
            [self.tr("Part"), self.tr("Version"), self.tr("Licence")]
        )
        self._table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        make_quiet(self._table, _ROW_PX)
        self._table.setWordWrap(True)
        heads = self._table.horizontalHeader()
        heads.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        heads.setStretchLastSection(True)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(head)
        layout.addWidget(self._table, 1)
        layout.addLayout(foot)

    @Slot(object)
    def _on_job_succeeded(self, parts: list[LicensedPart]) -> None:
        self._table.setRowCount(len(parts))
        for row, part in enumerate(parts):
            for column, text in enumerate((part.name, part.version, part.licence)):
                self._table.setItem(row, column, QTableWidgetItem(text))
        for column in range(2):
            self._table.resizeColumnToContents(column)
        self._table.resizeRowsToContents()
