"""The plots, the sentence under them, and which runs' curves they show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.figures import whole
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.curves import curve_wording
from cnn_studio.gui.training.curves.curves import NamedCurves, Overlay, curves_of_history
from cnn_studio.gui.training.curves.curves_saving import CurvesSaving
from cnn_studio.gui.training.curves.curves_view import CurvesView
from cnn_studio.gui.training.curves.run_colours import RUN_COLOURS, RunColours
from cnn_studio.gui.training.progress import TrainingProgress
from cnn_studio.gui.widgets.buttons import icon_button
from cnn_studio.models.learning import Circumstances
from cnn_studio.models.run_trash import is_trashed
from cnn_studio.models.runs import EpochRecord, Run, read_history
from cnn_studio.training.checkpoint import can_go_on

_MORE_KEY = "Ctrl+Shift+K"
_Histories = list[tuple[Run, tuple[EpochRecord, ...]]]


class CurvesPanel(QFrame):
    """Reads what runs have left in the background, and shows one of them or several.

    Signals:
        colours_changed(dict[Path, str]): The colour that each of several runs is drawn in.
        epochs_requested(Run, int): The run on show shall be trained further, with so many epochs
            more; 0 for those that it has left.
    """

    colours_changed = Signal(object)
    epochs_requested = Signal(object, int)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curvesPanel")
        self.setProperty("panel", "true")
        self._studio = studio
        self._request = 0
        self._live: Path | None = None
        self._told: tuple[Path | None, int, bool, Run | None] | None = None
        self._is_training = False
        self._advised: tuple[Run, int] | None = None
        self._colours = RunColours()
        self.view = CurvesView(studio.theme, self)
        self._saving = CurvesSaving(studio, self.view)
        self._foot = QWidget(self)
        self._sentence = QLabel(self._foot)
        self._sentence.setObjectName("curvesSentence")
        self._sentence.setProperty("role", "quiet")
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._more = QPushButton(self._foot)
        self._more.setObjectName("moreEpochsButton")
        self._more.clicked.connect(self._on_more_clicked)
        self._reset = icon_button(
            self._foot, "resetZoomButton", self.tr("Show all of the curves (Esc)"), side_px=16
        )
        self._save = icon_button(
            self._foot, "saveCurvesButton", self.tr("Save the curves"), side_px=16
        )
        self._show_more()
        self._offer_to_save()
        self._lay_out()
        self._reset.clicked.connect(self.view.reset_zoom)
        self.view.zoom_changed.connect(self._reset.setVisible)
        studio.theme.changed.connect(self._on_theme_changed)
        studio.training_changed.connect(self._on_studio_training_changed)
        self._on_theme_changed()

    def set_empty_text(self, title: str, sentence: str) -> None:
        """What to say while there are no curves."""
        self.view.set_empty_text(title, sentence)

    def show_live(self, progress: TrainingProgress, run: Run | None = None) -> None:
        """Show the curves of the training under way, as far as it is; `run` once it has ended."""
        is_same = self._live is not None and self._live == progress.run
        self._request += 1
        self._live = progress.run
        self._colours.places([])
        self.colours_changed.emit({})
        self.view.set_curves(progress.curves(), keep_zoom=is_same)
        state = (progress.run, len(progress.records), progress.is_under_way, run)
        if is_same and state == self._told:
            return  # no epoch has ended since
        self._told = state
        if run is not None:
            self._say_of(run, progress.records)
            return
        held_back = progress.started.validation_count if progress.started else 0
        known = Circumstances(held_back=held_back)
        self._say(
            curve_wording.sentence(progress.records, known, is_under_way=progress.is_under_way)
        )

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Show the curves of one run, or of several over each other."""
        self._request += 1
        self._live = None
        places = self._colours.places(run.folder for run in runs)
        shown = [run for run in runs if run.folder in places]
        colours = {folder: RUN_COLOURS[place] for folder, place in places.items()}
        self.colours_changed.emit(colours if len(runs) > 1 else {})
        request, left_out = self._request, len(runs) - len(shown)
        job = self._studio.jobs.create(
            lambda _task: (request, places, left_out, [(run, read_history(run)) for run in shown])
        )
        job.succeeded.connect(self._on_job_succeeded)
        job.start()

    def shutdown(self) -> None:
        """End the plot's thread."""
        self._request += 1
        self.view.shutdown()

    def _offer_to_save(self) -> None:
        menu = QMenu(self._save)
        for name, text, keys, slot in (
            ("savePng", self.tr("Save as a picture (PNG) …"), "Ctrl+Shift+P", self._saving.ask_png),
            ("saveCsv", self.tr("Save as a table (CSV) …"), "Ctrl+Shift+C", self._saving.ask_csv),
        ):
            action = QAction(text, self)
            action.setObjectName(name)
            action.setShortcut(QKeySequence(keys))
            action.setAutoRepeat(False)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(slot)
            menu.addAction(action)
            self.addAction(action)
            self.view.addAction(action)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._save.setMenu(menu)
        self._save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _lay_out(self) -> None:
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(16, 0, 8, 4)
        row.setSpacing(4)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._more)
        row.addWidget(self._reset)
        row.addWidget(self._save)
        self._more.hide()
        self._reset.hide()
        self._foot.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self._foot)

    def _say_of(self, run: Run, records: Sequence[EpochRecord]) -> None:
        """Say what the curves of a run say, and offer to do what is advised."""
        known = Circumstances.of(run, len(records))
        self._say(curve_wording.sentence(records, known))
        more = curve_wording.advised_epochs(records, known)
        if more is not None and can_go_on(run.folder) and not is_trashed(run):
            self._advised = (run, more)
            self._show_more()

    def _show_more(self) -> None:
        """Offer what is advised, unless a training is under way."""
        self._more.setVisible(self._advised is not None and not self._is_training)
        more = self._advised[1] if self._advised is not None else 0
        text = self.tr("Train {count} more epochs").format(count=whole(more))
        self._more.setText(text if more else self.tr("Continue this run"))
        self._more.setShortcut(QKeySequence(_MORE_KEY))  # Qt forgets it with the text
        self._more.setAccessibleName(self._more.text())
        tip = self.tr("The run goes on from where it stands ({key})")
        self._more.setToolTip(tip.format(key=_MORE_KEY))

    def _say(self, text: str) -> None:
        self._advised = None
        self._show_more()
        self._sentence.setText(text)
        self._sentence.setToolTip(text)
        self._foot.setVisible(not self.view.shown.is_empty)

    @Slot(object)
    def _on_job_succeeded(self, answer: tuple[int, dict[Path, int], int, _Histories]) -> None:
        request, places, left_out, histories = answer
        if request != self._request:
            return
        if len(histories) == 1:
            run, records = histories[0]
            self.view.set_curves(curves_of_history(records))
            self._say_of(run, records)
            return
        self.view.set_curves(
            Overlay(
                tuple(
                    NamedCurves(
                        wording.run_name(run),
                        RUN_COLOURS[places[run.folder]],
                        places[run.folder],
                        curves_of_history(records),
                    )
                    for run, records in histories
                )
            )
        )
        self._say(curve_wording.several(histories, left_out))

    @Slot()
    def _on_more_clicked(self) -> None:
        if self._advised is not None:
            self.epochs_requested.emit(*self._advised)

    @Slot(bool)
    def _on_studio_training_changed(self, is_training: bool) -> None:
        self._is_training = is_training
        self._show_more()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._reset.setIcon(self._studio.theme.icon("zoom-out", "text_quiet"))
        self._save.setIcon(self._studio.theme.icon("save", "text_quiet"))
