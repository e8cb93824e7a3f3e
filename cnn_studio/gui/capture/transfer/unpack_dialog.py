"""Where a packed dataset shall go: a new dataset of its own, or the present one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.catalog import check_title
from cnn_studio.data.unpacking import PackedDataset
from cnn_studio.errors import DatasetError
from cnn_studio.gui.figures import whole
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel

_WIDTH = 480
_INDENT = 26
_SHOWN = 6


class UnpackDialog(QDialog):
    """Asks, and stays open with the reason until the answer can be used.

    Args:
        packed: What is in the zip.
        present: The title of the dataset on show; empty if it takes no images.
        names: The names of the datasets that there are.
        begin: Takes the title of a new dataset, or "" for the present one; returns "" if that
            was begun, else the sentence that says what is wrong.
    """

    def __init__(
        self,
        packed: PackedDataset,
        present: str,
        names: Sequence[str],
        begin: Callable[[str], str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("unpackDialog")
        self.setWindowTitle(self.tr("Import a packed dataset"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(_WIDTH)
        self._names = tuple(names)
        self._begin = begin
        self._heading = QLabel(packed.title, self)
        self._heading.setProperty("role", "title")
        self._facts = WrappedLabel(self)
        self._facts.setText(self._described(packed))
        self._facts.setProperty("role", "quiet")
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._heading.setWordWrap(True)
        self._as_new = QRadioButton(self.tr("As a new dataset"), self)
        self._as_new.setObjectName("asNewDataset")
        self._as_new.setToolTip(self.tr("It will be the same as where it was packed"))
        self._as_new.setChecked(True)
        self._field = QLineEdit(self._free_title(packed.title), self)
        self._field.setObjectName("newDatasetField")
        self._field.setAccessibleName(self.tr("Name of the new dataset"))
        self._field.setToolTip(self._field.accessibleName())
        self._into = QRadioButton(self.tr("Into {title}").format(title=present), self)
        self._into.setObjectName("intoPresentDataset")
        self._into.setToolTip(self.tr("What is there already is passed over"))
        self._into.setVisible(bool(present))
        self._problem = QLabel(self)
        self._problem.setObjectName("unpackProblem")
        self._problem.setProperty("role", "error")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._cancel.setObjectName("cancelUnpackButton")
        self._cancel.setToolTip(self.tr("Import nothing (Esc)"))
        self._cancel.setAutoDefault(False)
        self._import = QPushButton(self.tr("Import"), self)
        self._import.setObjectName("unpackButton")
        self._import.setProperty("kind", "primary")
        self._import.setToolTip(self.tr("Bring the dataset in (Enter)"))
        self._import.setDefault(True)
        for button in (self._as_new, self._into, self._cancel, self._import):
            button.setAccessibleName(button.text())
        self._lay_out()
        self._field.textChanged.connect(self._check)
        self._as_new.toggled.connect(self._check)
        self._cancel.clicked.connect(self.reject)
        self._import.clicked.connect(self._on_import_clicked)
        self._field.selectAll()
        self._field.setFocus()
        self._check()

    def _lay_out(self) -> None:
        indented = QVBoxLayout()
        indented.setContentsMargins(_INDENT, 0, 0, 0)
        indented.setSpacing(4)
        indented.addWidget(self._field)
        indented.addWidget(self._problem)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._import)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self._heading)
        layout.addWidget(self._facts)
        layout.addSpacing(8)
        layout.addWidget(self._as_new)
        layout.addLayout(indented)
        layout.addWidget(self._into)
        layout.addSpacing(8)
        layout.addLayout(foot)

    def _described(self, packed: PackedDataset) -> str:
        if packed.images == 1:
            images = self.tr("1 image")
        else:
            images = self.tr("{count} images").format(count=whole(packed.images))
        classes = ", ".join(packed.classes[:_SHOWN])
        if len(packed.classes) > _SHOWN:
            more = len(packed.classes) - _SHOWN
            classes = self.tr("{classes} and {count} more").format(classes=classes, count=more)
        return f"{packed.path.name} · {images} · {classes}" if classes else images

    def _free_title(self, title: str) -> str:
        for number in range(1, len(self._names) + 2):
            proposal = title if number == 1 else f"{title} {number}"
            if not self._problem_of(proposal):
                return proposal
        return title

    def _problem_of(self, title: str) -> str:
        try:
            check_title(title, self._names)
        except DatasetError as error:
            return str(error)
        return ""

    @Slot()
    def _check(self) -> None:
        is_new = self._as_new.isChecked()
        self._field.setEnabled(is_new)
        self._say(self._problem_of(self._field.text()) if is_new else "")

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._import.setEnabled(not problem)

    @Slot()
    def _on_import_clicked(self) -> None:
        title = self._field.text().strip() if self._as_new.isChecked() else ""
        problem = self._begin(title)
        if problem:
            self._say(problem)
        else:
            self.accept()
