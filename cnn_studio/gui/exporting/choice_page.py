"""The page of the export dialog on which formats and folder are chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDir, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.exporting import wording
from cnn_studio.gui.exporting.export_choice import ORDER, ExportChoice, missing_packages
from cnn_studio.gui.widgets.elided_label import ElidedLabel


class ChoicePage(QWidget):
    """A row for each format, and the folder beneath.

    Signals:
        changed: Something else is chosen.
    """

    changed = Signal()

    def __init__(self, choice: ExportChoice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        rows = QGridLayout()
        rows.setHorizontalSpacing(16)
        rows.setVerticalSpacing(16)
        rows.setColumnStretch(1, 1)
        for place, form in enumerate(ORDER):
            missing = missing_packages(form)
            about = wording.for_whom(form)
            if missing:
                about = self.tr("Needs {packages}: pip install 'cnn-studio[{extra}]'").format(
                    packages=", ".join(missing), extra=form
                )
            check = QCheckBox(wording.title(form), self)
            check.setObjectName(f"export-{form}")
            check.setAccessibleName(f"{wording.title(form)}. {about}")
            check.setToolTip(about)
            check.setChecked(form in choice.formats)
            check.setEnabled(not missing)
            check.setProperty("form", str(form))
            check.toggled.connect(self._on_check_toggled)
            phrase = QLabel(about, self)
            phrase.setProperty("role", "quiet")
            phrase.setWordWrap(True)
            rows.addWidget(check, place, 0)
            rows.addWidget(phrase, place, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addLayout(rows)
        column.addStretch(1)
        column.addLayout(self._make_folder_row())

    def _make_folder_row(self) -> QHBoxLayout:
        title = QLabel(self.tr("Into"), self)
        self._folder = ElidedLabel(self)
        self._folder.setObjectName("exportFolder")
        self._button = QPushButton(self.tr("Change …"), self)
        self._button.setObjectName("exportFolderButton")
        self._button.setAccessibleName(self.tr("Change the folder"))
        self._button.setToolTip(self.tr("Choose the folder that the exports go into (Ctrl+O)"))
        self._button.setShortcut(QKeySequence("Ctrl+O"))
        self._button.setAutoDefault(False)
        self._button.clicked.connect(self._on_button_clicked)
        self._show_folder()
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(title)
        row.addWidget(self._folder)
        row.addWidget(self._button)
        row.addStretch(1)
        return row

    def _show_folder(self) -> None:
        self._folder.setText(QDir.toNativeSeparators(str(self._choice.folder)))

    @Slot(bool)
    def _on_check_toggled(self, is_chosen: bool) -> None:
        check = self.sender()
        for form in ORDER:
            if check is not None and check.property("form") == str(form):
                self._choice.choose(form, is_chosen)
        self.changed.emit()

    @Slot()
    def _on_button_clicked(self) -> None:
        dialog = QFileDialog(self, self.tr("Where to export to"))
        dialog.setObjectName("exportFolderDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setDirectory(str(self._choice.folder))
        dialog.fileSelected.connect(self._on_dialog_file_selected)
        dialog.open()

    @Slot(str)
    def _on_dialog_file_selected(self, name: str) -> None:
        self._choice.choose_folder(Path(name))
        self._show_folder()
        self.changed.emit()
