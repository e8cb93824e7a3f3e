"""Which run's model classifies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QSignalBlocker, Qt, QTimeZone, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QStandardItemModel
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.figures import percent
from cnn_studio.gui.prediction.live.fitted_label import FittedLabel
from cnn_studio.gui.prediction.model.opened_files import OpenedFile
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.results.cautions import about_weak
from cnn_studio.gui.widgets.buttons import icon_button
from cnn_studio.gui.widgets.elided_chooser import ElidedChooser
from cnn_studio.models.bundle import Bundle
from cnn_studio.models.pixel_values import PixelRange
from cnn_studio.models.runs import Run
from cnn_studio.untrusted_text import shown


class RunChooser(QWidget):
    """A list of runs and of opened files, and one line about the chosen one.

    Signals:
        run_picked(Path): A person chose the run in this folder, perhaps the same one again.
        file_picked(Path): They chose a model file that was opened in an earlier session.
        open_requested: They want to open another model file.
        export_requested: The chosen run shall be exported.
        pixels_requested: What a pixel is for the chosen file of others shall be asked again.
    """

    run_picked = Signal(object)
    file_picked = Signal(object)
    open_requested = Signal()
    export_requested = Signal()
    pixels_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs: tuple[Run, ...] = ()
        self._files: tuple[OpenedFile, ...] = ()
        self._chosen = -1
        self._list = ElidedChooser(self)
        self._list.setObjectName("runChooser")
        self._list.setAccessibleName(self.tr("Model"))
        self._list.setToolTip(self.tr("Choose the model that classifies (Alt+M)"))
        self._list.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._list.setMaxVisibleItems(16)
        self._list.activated.connect(self._on_list_activated)
        key = QShortcut(QKeySequence("Alt+M"), self, autoRepeat=False)
        key.activated.connect(self._list.setFocus)
        open_key = QShortcut(QKeySequence("Ctrl+Shift+M"), self, autoRepeat=False)
        open_key.activated.connect(self.open_requested)
        self._export = QToolButton(self)
        self._export.setObjectName("exportModelButton")
        self._export.setAccessibleName(self.tr("Export this model"))
        self._export.setToolTip(self.tr("Export this model for other programs (Ctrl+Shift+E)"))
        self._export.setShortcut(QKeySequence("Ctrl+Shift+E"))
        self._export.clicked.connect(self.export_requested)
        tip = self.tr("Change what a pixel is for this model (Ctrl+Shift+X)")
        self._pixels = icon_button(self, "pixelsButton", tip)
        self._pixels.setShortcut(QKeySequence("Ctrl+Shift+X"))
        self._pixels.clicked.connect(self.pixels_requested)
        title = QLabel(self.tr("MODEL"), self)
        title.setProperty("role", "section")
        self._about = FittedLabel(12, self)
        self._about.setObjectName("runAbout")
        self._about.setProperty("role", "quiet")
        self._about.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(title)
        head.addWidget(self._about, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._list, 1)
        row.addWidget(self._pixels)
        row.addWidget(self._export)
        layout.addLayout(row)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_runs(
        self, runs: Sequence[Run], chosen: Run | None, files: Sequence[OpenedFile] = ()
    ) -> None:
        """Show the runs and files that can be chosen, in this order, and which one is."""
        with QSignalBlocker(self._list):
            if (tuple(runs), tuple(files)) != (self._runs, self._files):
                self._fill(tuple(runs), tuple(files))  # else an open list would be closed
            self._chosen = self._row_of(chosen)
            self._list.setCurrentIndex(self._chosen)
        self._export.setEnabled(chosen in self._runs)  # not a file of somebody else
        self._pixels.setVisible(bool(chosen and chosen.bundle and chosen.bundle.is_of_others))
        self._show_about(chosen.bundle if chosen else None)

    def _fill(self, runs: tuple[Run, ...], files: tuple[OpenedFile, ...]) -> None:
        self._runs, self._files = runs, files
        self._list.clear()
        for run in runs:
            self._add(self._entry(run), run.folder, str(run.folder))
        if files:
            self._add_heading(self.tr("Opened files"))
        for file in files:
            self._add(file.path.name, file, str(file.path))
        if self._list.count():
            self._list.insertSeparator(self._list.count())
        self._add(self.tr("Open a model file …"), None, self.tr("Open a model file (Ctrl+Shift+M)"))

    def _add(self, text: str, data: object, tip: str) -> None:
        self._list.addItem(shown(text), data)
        self._list.setItemData(self._list.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)

    def _add_heading(self, text: str) -> None:
        self._list.insertSeparator(self._list.count())
        self._list.addItem(text)
        model = self._list.model()
        if isinstance(model, QStandardItemModel):
            model.item(self._list.count() - 1).setFlags(Qt.ItemFlag.NoItemFlags)

    def _row_of(self, chosen: Run | None) -> int:
        for row in range(self._list.count()):
            data = self._list.itemData(row)
            run = data.run if isinstance(data, OpenedFile) else None
            folder = data if isinstance(data, Path) else run.folder if run else None
            if chosen is not None and folder == chosen.folder:
                return row
        return -1

    def _entry(self, run: Run) -> str:
        parts = [run.dataset, _moment(run.created, self.tr("d MMM hh:mm"))]
        if run.accuracy is not None:
            parts.append(percent(run.accuracy))
        return " · ".join(parts)

    def _show_about(self, bundle: Bundle | None) -> None:
        if bundle is None:
            self._about.setText("")
            return
        side = bundle.input.size
        colours = self.tr("colour") if bundle.input.channels == 3 else self.tr("grey")
        parts = [
            self.tr("{count} classes").format(count=len(bundle.classes)),
            self.tr("{side} × {side} {colours}").format(side=side, colours=colours),  # noqa: RUF001
        ]
        if bundle.is_of_others:
            parts.append(self.tr("pixels {range}").format(range=_short(bundle.pixel_range)))
        for text, figure in (
            (self.tr("validation {percent}"), bundle.val_accuracy),
            (self.tr("test {percent}"), bundle.test_accuracy),
        ):
            if figure is not None:
                parts.append(text.format(percent=percent(figure)))
        if bundle.stopped_in_first_epoch:
            parts.append(self.tr("stopped at once, not measured"))
        self._about.setText(" · ".join(parts))
        weak = about_weak(bundle.validation or bundle.test)
        notes = bundle.notes if bundle.is_of_others else ()
        self._about.setToolTip("\n".join(filter(None, (self._about.text(), weak, *notes))))

    @Slot()
    def _on_theme_changed(self) -> None:
        self._export.setIcon(self._theme.icon("export"))
        self._pixels.setIcon(self._theme.icon("options"))

    @Slot(int)
    def _on_list_activated(self, row: int) -> None:
        data = self._list.itemData(row)
        if isinstance(data, Path):
            self.run_picked.emit(data)
        elif isinstance(data, OpenedFile):
            if data.run is not None:
                self.run_picked.emit(data.run.folder)
            else:
                self._list.setCurrentIndex(self._chosen)  # until it is open
                self.file_picked.emit(data.path)
        else:
            self._list.setCurrentIndex(self._chosen)
            self.open_requested.emit()


def _short(pixels: PixelRange) -> str:
    """What a pixel is, where there is little room; the tooltip has it at length."""
    return {"imagenet": "ImageNet", "caffe": "Caffe"}.get(pixels.name, pixels.in_words)


def _moment(moment: datetime, layout: str) -> str:
    utc = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()), QTimeZone.utc())
    return QLocale().toString(utc.toLocalTime(), layout)
