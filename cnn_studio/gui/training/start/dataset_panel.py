"""The chosen dataset: its classes, their counts, and what is missing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.start.class_counts import ClassCounts
from cnn_studio.gui.training.start.counts import DatasetCounts, take_counts
from cnn_studio.untrusted_text import shown

_ROWS_AT_FIRST = 10


class DatasetPanel(QWidget):
    """Counts the chosen dataset in the background and shows what it has.

    Attributes:
        bars: The images of each class; whoever makes the panel gives it its place.

    Signals:
        counted(DatasetCounts): The images were counted.
    """

    counted = Signal(object)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._counts: DatasetCounts | None = None
        self._shows_all = False
        self._request = 0
        self._title = QLabel(self)
        self._title.setObjectName("trainingDatasetTitle")
        self._title.setProperty("role", "title")
        self._title.setWordWrap(True)
        self._line = QLabel(self)
        self._line.setObjectName("trainingDatasetLine")
        self._line.setProperty("role", "quiet")
        self._line.setWordWrap(True)  # no number is ever cut
        self.bars = QWidget(self)
        self._bars = ClassCounts(studio.theme, self.bars)
        self._more = QToolButton(self.bars)
        self._more.setObjectName("allClassesButton")
        self._more.setIconSize(QSize(16, 16))
        self._more.clicked.connect(self._on_more_clicked)
        self._warnings = QWidget(self)
        self._warning_icon = QLabel(self._warnings)
        self._warning_text = QLabel(self._warnings)
        self._warning_text.setObjectName("datasetWarnings")
        self._warning_text.setWordWrap(True)
        self._capture = QPushButton(self.tr("Go to Capture"), self)
        self._capture.setObjectName("goToCaptureButton")
        self._capture.setToolTip(self.tr("Open the tab where images are captured (Ctrl+1)"))
        self._capture.setAccessibleName(self._capture.text())
        self._capture.clicked.connect(self._on_capture_clicked)
        self._lay_out()
        studio.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._show_counts()

    @property
    def counts(self) -> DatasetCounts | None:
        """What was counted last; None until then."""
        return self._counts

    def refresh(self) -> None:
        """Count the chosen dataset again."""
        dataset = self._studio.dataset
        self._request += 1
        if dataset is None:
            self._counts = None
            self._show_counts()
            return
        if self._counts is None or self._counts.dataset.name != dataset.name:
            self._counts = None
            self._shows_all = False
            self._show_counts()
        request = self._request
        job = self._studio.jobs.create(lambda _task: (request, take_counts(dataset)))
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self._on_job_failed)
        job.start()

    def _lay_out(self) -> None:
        warned = QHBoxLayout(self._warnings)
        warned.setContentsMargins(0, 0, 0, 0)
        warned.setSpacing(8)
        column = QVBoxLayout()
        column.addWidget(self._warning_icon)
        column.addStretch(1)
        warned.addLayout(column)
        warned.addWidget(self._warning_text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        bars = QVBoxLayout(self.bars)
        bars.setContentsMargins(0, 0, 0, 0)
        bars.setSpacing(8)
        bars.addWidget(self._bars)
        bars.addWidget(self._more)
        heading = QVBoxLayout()
        heading.setSpacing(2)
        heading.addWidget(self._title)
        heading.addWidget(self._line)
        layout.addLayout(heading)
        layout.addWidget(self._warnings)
        layout.addWidget(self._capture)

    def _show_counts(self) -> None:
        dataset, counts = self._studio.dataset, self._counts
        self._title.setText(shown(dataset.title) if dataset else self.tr("No dataset"))
        missing = warned = ""
        if counts is None:
            self._line.setText(self.tr("Counting the images …") if dataset else "")
            self._bars.set_counts({})
        else:
            missing = wording.nothing_to_train_on(counts)
            warned = missing or wording.warning(counts)
            self._line.setText(wording.dataset_line(counts))
            listed = list(counts.by_class.items())
            rows = len(listed) if self._shows_all else _ROWS_AT_FIRST
            self._bars.set_counts({} if missing else dict(listed[:rows]))
        self._line.setVisible(bool(self._line.text()))
        is_long = counts is not None and len(counts.by_class) > _ROWS_AT_FIRST and not missing
        self._more.setVisible(is_long)
        if counts is not None and is_long:
            text = self.tr("Fewer") if self._shows_all else self.tr("All {count} classes")
            self._more.setText(text.format(count=len(counts.by_class)))
            self._more.setToolTip(self._more.text())
            self._more.setAccessibleName(self._more.text())
        self._show_warning(warned, is_in_the_way=bool(missing))

    def _show_warning(self, sentence: str, *, is_in_the_way: bool = False) -> None:
        self._warning_text.setText(sentence)
        self._warnings.setVisible(bool(sentence))
        self._capture.setVisible(bool(sentence))
        # While no training can begin, this is the one thing to do next.
        self._capture.setProperty("kind", "primary" if is_in_the_way else "")
        self._capture.style().unpolish(self._capture)
        self._capture.style().polish(self._capture)

    @Slot(object)
    def _on_job_succeeded(self, result: tuple[int, DatasetCounts]) -> None:
        request, counts = result
        if request != self._request:
            return
        self._counts = counts
        self._show_counts()
        self.counted.emit(counts)

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._line.setText("")
        self._show_warning(sentence)

    @Slot()
    def _on_more_clicked(self) -> None:
        self._shows_all = not self._shows_all
        self._show_counts()

    @Slot()
    def _on_capture_clicked(self) -> None:
        self._studio.page_requested.emit("capture")

    @Slot()
    def _on_theme_changed(self) -> None:
        icon = self._studio.theme.icon("warning", "warn")
        self._warning_icon.setPixmap(icon.pixmap(QSize(16, 16), self.devicePixelRatioF()))
