"""The plots, the sentence under them, and which runs' curves they show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.gui.figures import whole
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training.curves import curve_wording
from cnn_studio.gui.training.curves.comparison_line import ComparisonLine
from cnn_studio.gui.training.curves.curves import Curves, Overlay
from cnn_studio.gui.training.curves.curves_head import CurvesHead
from cnn_studio.gui.training.curves.curves_legend import LegendEntry
from cnn_studio.gui.training.curves.curves_saving import CurvesSaving
from cnn_studio.gui.training.curves.curves_view import CurvesView
from cnn_studio.gui.training.curves.plot_axes import curves_in, lacking
from cnn_studio.gui.training.curves.plot_choices import Line, PlotChoices
from cnn_studio.gui.training.curves.plot_strokes import lines_of
from cnn_studio.gui.training.curves.run_colours import RunColours, run_colour
from cnn_studio.gui.training.curves.run_curves import RunCurves, several
from cnn_studio.gui.training.progress import TrainingProgress
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.models.learning import Circumstances
from cnn_studio.models.run_trash import is_trashed
from cnn_studio.models.runs import EpochRecord, Run
from cnn_studio.training.checkpoint import can_go_on

_MORE_KEY = "Ctrl+Shift+K"
_LEAST_PLOT_PX = 124  # what the sentences under it have to be content with fewer lines for
_PAINTED_MS = 60
_EDGE_PX = 1
_FOOT_PX = 4


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
        self._reader = RunCurves()
        # A thread that reads takes Python's lock from the table, which paints what is selected
        # now, so it begins once that is done.
        self._painted = QTimer(self, interval=_PAINTED_MS, singleShot=True)
        self._painted.timeout.connect(self._on_painted_timeout)
        self._to_read: Callable[[Task], object] = lambda _task: None
        self._sentence_of_runs = ""
        self._head = CurvesHead(studio.theme, self)
        self.view = CurvesView(studio.theme, self)
        self._choose(PlotChoices.of(studio.settings))
        self._saving = CurvesSaving(studio, self.view)
        self._foot = QWidget(self)
        self._sentence = WrappedLabel(self._foot)
        self._sentence.setObjectName("curvesSentence")
        self._sentence.setProperty("role", "quiet")
        self._more = QPushButton(self._foot)
        self._more.setObjectName("moreEpochsButton")
        self._more.clicked.connect(self._on_more_clicked)
        self._comparison = ComparisonLine(studio, self)
        self._show_more()
        self._offer_to_save()
        self._lay_out()
        self._head.hide()
        self._head.reset_requested.connect(self.view.reset_zoom)
        self.view.zoom_changed.connect(self._head.show_reset)
        self._head.controls.changed.connect(self._on_controls_changed)
        self._head.legend.line_toggled.connect(self._on_legend_line_toggled)
        self._head.legend.runs_toggled.connect(self._on_legend_runs_toggled)
        studio.theme.changed.connect(self._name_lines)
        studio.training_changed.connect(self._on_studio_training_changed)

    def set_empty_text(self, title: str, sentence: str) -> None:
        """What to say while there are no curves."""
        self.view.set_empty_text(title, sentence)

    def show_live(self, progress: TrainingProgress, run: Run | None = None) -> None:
        """Show the curves of the training under way, as far as it is; `run` once it has ended."""
        is_same = self._live is not None and self._live == progress.run
        self._painted.stop()
        self._request += 1
        self._live = progress.run
        self._comparison.show_runs([])
        self._colours.places([])
        if not is_same:
            self.colours_changed.emit({})
        self._show(progress.curves(), self._live_title(progress, run), keep_zoom=is_same)
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
        self._painted.stop()
        self._request += 1
        self._live = None
        places = self._colours.places(run.folder for run in runs)
        shown = [run for run in runs if run.folder in places]
        colours = {folder: run_colour(place) for folder, place in places.items()}
        self.colours_changed.emit(colours if len(runs) > 1 else {})
        request, left_out = self._request, len(runs) - len(shown)
        self._comparison.show_runs(runs)
        if len(shown) == 1:
            job = self._studio.jobs.create(
                lambda _task: (request, shown[0], *self._reader.of_one(shown[0]))
            )
            job.succeeded.connect(self._on_one_read)
            job.start()
        else:
            self._to_read = lambda _task: (request, *several(self._reader, shown, places, left_out))
            self._painted.start()

    @Slot()
    def _on_painted_timeout(self) -> None:
        job = self._studio.jobs.create(self._to_read)
        job.succeeded.connect(self._on_several_read)
        job.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._limit_sentences()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._limit_sentences()
        return super().event(event)

    def shutdown(self) -> None:
        """End the plot's thread."""
        self._painted.stop()
        self._request += 1
        self._comparison.shutdown()
        self.view.shutdown()

    def _live_title(self, progress: TrainingProgress, run: Run | None) -> str:
        if run is not None:
            return curve_wording.heading([run])
        title = progress.dataset_title
        if progress.is_under_way:
            return self.tr("{dataset}, in training").format(dataset=title)
        return self.tr("{dataset}, last training").format(dataset=title) if title else ""

    def _show(self, shown: Curves | Overlay, title: str, *, keep_zoom: bool = False) -> None:
        """Draw curves, and say whose they are."""
        self.view.set_curves(shown, keep_zoom=keep_zoom)
        if title != self._head.title:
            self._head.set_title(title)
            self.view.set_heading(title)
        self._head.setVisible(not shown.is_empty)
        self._name_lines()

    @Slot()
    def _name_lines(self) -> None:
        """Show the legend of what is drawn."""
        shown, tokens = self.view.shown, self._studio.theme.tokens
        names = {
            Line.TRAINING: (self.tr("training"), tokens.training, "line"),
            Line.VALIDATION: (self.tr("validation"), tokens.validation, "points"),
            Line.BATCHES: (self.tr("each batch"), tokens.training, "faint"),
            Line.BEST: (self.tr("best epoch"), tokens.validation, "ring"),
        }
        of_several = isinstance(shown, Overlay)
        entries = []
        for line in lines_of(shown):
            name, colour, style = names[line]
            if of_several:
                colour = tokens.text_quiet
                style = {"line": "dashes", "points": "line"}.get(style, style)
            entries.append(LegendEntry(line, name, colour, style))
        if isinstance(shown, Overlay):
            entries += [
                LegendEntry(run.key, run.label, run.colour, is_run=True) for run in shown.runs
            ]
        choices = self.view.choices
        hidden = choices.hidden_of_several if of_several else choices.hidden
        self._head.legend.show_entries(entries, frozenset(map(str, hidden)) | choices.hidden_runs)

    def _choose(self, choices: PlotChoices) -> None:
        self.view.set_choices(choices)
        self._head.controls.show_choices(choices)

    def _keep(self, choices: PlotChoices) -> None:
        """Show the curves as the person has chosen, and next time as well."""
        self._choose(choices)
        choices.keep(self._studio.settings)
        self._name_lines()
        self._put_sentence()

    @Slot(object)
    def _on_controls_changed(self, choices: PlotChoices) -> None:
        now = self.view.choices
        self._keep(replace(now, smoothing=choices.smoothing, is_log=choices.is_log, x=choices.x))

    @Slot(str, bool)
    def _on_legend_line_toggled(self, line: str, is_shown: bool) -> None:
        of_several = isinstance(self.view.shown, Overlay)
        self._keep(self.view.choices.with_line(Line(line), is_shown, of_several=of_several))

    @Slot(list, bool)
    def _on_legend_runs_toggled(self, keys: list[str], is_shown: bool) -> None:
        self._keep(self.view.choices.with_runs(keys, is_shown))

    def _offer_to_save(self) -> None:
        menu = QMenu(self._head.save)
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
        self._head.save.setMenu(menu)
        self._head.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _lay_out(self) -> None:
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(16, 0, 8, _FOOT_PX)
        row.setSpacing(4)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._more)
        self._more.hide()
        self._foot.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(_EDGE_PX, _EDGE_PX, _EDGE_PX, _EDGE_PX)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.view, 1)
        column.addWidget(self._comparison)
        column.addWidget(self._foot)

    def _limit_sentences(self) -> None:
        """Where the panel is low, the plot comes first; tooltips have the sentences as a whole."""
        room = self.height() - 2 * _EDGE_PX - _LEAST_PLOT_PX
        if not self._head.isHidden():
            room -= self._head.sizeHint().height()
        self._comparison.limit_height(room)
        if not self._comparison.isHidden():
            room -= self._comparison.height()
        self._sentence.limit_height(room - _FOOT_PX)

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
        tip = self.tr("Continue the run from where it stopped ({key})")
        self._more.setToolTip(tip.format(key=_MORE_KEY))

    def _say(self, text: str) -> None:
        self._advised = None
        self._show_more()
        self._sentence_of_runs = text
        self._put_sentence()

    def _put_sentence(self) -> None:
        """Show what the curves say, and why they stand over epochs if something else is chosen."""
        shown, x = self.view.shown, self.view.choices.x
        about = curve_wording.fallback(x, lacking(shown, x), len(curves_in(shown)))
        text = " ".join(filter(None, (about, self._sentence_of_runs)))
        if text != self._sentence.text():  # else the whole tab is laid out again
            self._sentence.setText(text)
        # Two runs have a sentence of their own, which says more.
        is_pair = isinstance(shown, Overlay) and len(shown.runs) == 2
        has_words = bool(about if is_pair else text) or self._advised is not None
        self._foot.setVisible(has_words and not shown.is_empty)

    @Slot(object)
    def _on_one_read(self, answer: tuple[int, Run, tuple[EpochRecord, ...], Curves]) -> None:
        request, run, records, curves = answer
        if request == self._request:
            self._show(curves, curve_wording.heading([run]))
            self._say_of(run, records)

    @Slot(object)
    def _on_several_read(self, answer: tuple[int, Overlay, str, str]) -> None:
        request, overlay, title, sentence = answer
        if request == self._request:
            self._show(overlay, title)
            self._say(sentence)

    @Slot()
    def _on_more_clicked(self) -> None:
        if self._advised is not None:
            self.epochs_requested.emit(*self._advised)

    @Slot(bool)
    def _on_studio_training_changed(self, is_training: bool) -> None:
        self._is_training = is_training
        self._show_more()
