"""From the samples on the disk to those that the gallery shows, in the order asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from cnn_studio.data.findings import COPIES, Checkup
from cnn_studio.data.label_doubts import Doubt, standing_doubts
from cnn_studio.data.marks import Mark
from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.capture.gallery.arrangement import (
    Arrangement,
    Insights,
    Order,
    Show,
    arranged,
    flaws,
)
from cnn_studio.gui.capture.gallery.chosen_line import Chosen
from cnn_studio.gui.capture.gallery.gallery_panel import GalleryPanel
from cnn_studio.gui.capture.gallery.insights import SampleInsights
from cnn_studio.gui.capture.gallery.large_flow import LargeFlow
from cnn_studio.gui.capture.gallery.model_offer import ModelOffer
from cnn_studio.gui.capture.gallery.most_useful import Usefulness
from cnn_studio.gui.capture.gallery.review_flow import ReviewFlow
from cnn_studio.gui.capture.gallery.session_offer import SessionOffer
from cnn_studio.gui.endings import Until
from cnn_studio.gui.figures import percent
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.pictures.thumbnails import Reader
from cnn_studio.gui.studio import Studio
from cnn_studio.vision.quality import Flaw

_SETTLE_MS = 400  # what is learned of samples comes in small parts


@dataclass(frozen=True)
class _Arranged:
    """The answer to a request: what is shown, of which samples, and which labels are doubted."""

    request: int
    shown: Sequence[Sample]
    of: Sequence[Sample]
    doubts: Mapping[str, Doubt]


class GalleryFlow(QObject):
    """Keeps the gallery in step with the samples, the filter bar and what is known.

    Signals:
        failed(str): A model cannot be used; the sentence that says why.
        nothing_to_review: A person asked to review, and every image has been looked at.
        checkup_wanted: The images must be compared with each other; see `set_checkup`.
        alike_wanted(Sample): What is like this sample is to be found.
        chosen_changed(Chosen | None): These images are shown instead of a class, or no longer.
    """

    failed = Signal(str)
    nothing_to_review = Signal()
    checkup_wanted = Signal()
    alike_wanted = Signal(object)
    chosen_changed = Signal(object)

    def __init__(
        self,
        studio: Studio,
        contents: Contents,
        edits: EditFlow,
        panel: GalleryPanel,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._contents = contents
        self._edits = edits
        self._panel = panel
        self._bar = panel.filter_bar
        self._arrangement = Arrangement()
        self._chosen: Chosen | None = None
        self._before: Sample | None = None  # the sample to come back to
        self._sample_insights = SampleInsights(studio.jobs, self)
        self._sessions = SessionOffer(contents, self._bar, studio.jobs, self)
        self._models = ModelOffer(studio, contents, self._bar, self)
        self._insights = Insights()
        self._copies: frozenset[Path] | None = None
        self._request = 0  # the newest arranging; answers to older ones are dropped
        self._large = LargeFlow(
            LargeView(studio.theme, parent, finds_alike=True),
            contents,
            edits,
            lambda: self._insights,
            studio.jobs,
            self,
        )
        self._review = ReviewFlow(self._large, studio.jobs, self)
        self._review.nothing_to_review.connect(self.nothing_to_review)
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._on_settled)
        panel.set_notes(self._note)
        self._connect()

    def set_reader(self, read: Reader) -> None:
        """Say how images are read."""
        self._sample_insights.set_reader(read)
        self._large.set_reader(read)

    def relabel_selected(self, class_name: str) -> bool:
        """Move what is selected to the class of a number key, "" if it has none.

        Returns:
            Whether anything is selected.
        """
        selected = self._panel.view.selected_samples()
        if not selected or self._contents.folders is None:
            return False
        if class_name:
            self._panel.go_on_from(selected)
            self._edits.move(selected, class_name)
        return True

    @Slot(object)
    def set_checkup(self, checkup: Checkup) -> None:
        """Say what a checkup of the dataset has found."""
        self._copies = frozenset(
            path for finding in checkup.findings if finding.kind in COPIES for path in finding.paths
        )
        if self._arrangement.needs_checkup:
            self._settle.start()

    @Slot(int, int)
    def set_checkup_progress(self, done: int, total: int) -> None:
        """Say how far a checkup is."""
        if self._arrangement.needs_checkup:
            self._bar.set_progress(done, total)

    def show_only(self, show: Show, *, all_classes: bool) -> None:
        """Open the filter bar on one kind of images."""
        self._panel.set_filter_visible(True)
        self._bar.show_only(show, all_classes)

    @property
    def chosen(self) -> Chosen | None:
        """The images that are shown instead of a class; None if a class is."""
        return self._chosen

    def show_chosen(self, chosen: Chosen) -> None:
        """Show these images of all classes instead of a class, unfiltered; an edit keeps them."""
        if self._chosen is None:
            self._before = self._panel.current_sample
        self._studio.endings.end(Until.SHOWN)
        self._chosen = chosen
        self._panel.chosen_line.say(chosen.text)
        self._panel.set_filter_visible(False)
        self._bar.set_ranking(chosen.ranking)
        self._bar.reset(all_classes=True)
        self._arrange_as_asked()
        self.chosen_changed.emit(chosen)

    def announce_chosen(self, text: str) -> None:
        """Say which images will be shown once they are known; `end_chosen` calls that off."""
        self._panel.chosen_line.say(text)

    @Slot()
    def end_chosen(self) -> None:
        """Show the chosen class again."""
        if self._chosen is None and not self._panel.chosen_line.text:
            return
        is_shown, self._chosen = self._chosen is not None, None
        self._panel.chosen_line.say("")
        if is_shown:
            self._panel.set_filter_visible(False)
            self._bar.set_ranking("")
            self._bar.reset()
            self._arrange_as_asked()
        self.chosen_changed.emit(None)

    @Slot()
    def refresh(self) -> None:
        """Arrange again what is on show: more is known of it."""
        if not self._arrangement.is_plain:
            self._arrange()

    def shutdown(self) -> None:
        """End what is being learned."""
        self._settle.stop()
        self._sample_insights.stop()

    def _connect(self) -> None:
        self._contents.dataset_changed.connect(self._on_dataset_changed)
        self._contents.samples_changed.connect(self._on_contents_samples_changed)
        self._contents.samples_added.connect(self._on_contents_samples_added)
        self._bar.arrangement_changed.connect(self._on_bar_arrangement_changed)
        self._bar.model_chosen.connect(self._on_bar_model_chosen)
        self._bar.all_classes_toggled.connect(self._contents.show_everything)
        self._contents.class_chosen.connect(self.end_chosen)
        self._edits.moved.connect(self._on_edits_moved)
        self._panel.chosen_line.closed.connect(self.end_chosen)
        self._panel.filter_toggled.connect(self._on_panel_filter_toggled)
        self._panel.alike_requested.connect(self._on_panel_alike_requested)
        self._panel.review_requested.connect(self._on_panel_review_requested)
        self._panel.exclude_requested.connect(self._on_panel_exclude_requested)
        self._panel.test_requested.connect(self._on_panel_test_requested)
        self._panel.view.look_requested.connect(self._on_view_look_requested)
        self._large.left.connect(self._on_large_left)
        self._large.alike_requested.connect(self.alike_wanted)
        self._sample_insights.changed.connect(self._settle.start)
        self._sample_insights.progressed.connect(self._bar.set_progress)
        self._sample_insights.failed.connect(self.failed)
        self._studio.runs_changed.connect(self._on_studio_runs_changed)
        self._studio.instant.model_changed.connect(self._on_use_changed)
        self._studio.features.changed.connect(self._on_use_changed)

    def _arrange(self) -> None:
        samples = self._contents.samples
        folders, insights = self._contents.folders, self._sample_insights
        marked = {mark: folders.marks.names(mark) if folders else frozenset() for mark in Mark}
        self._insights = Insights(
            insights.facts,
            insights.guesses,
            reviewed=marked[Mark.REVIEWED],
            excluded=marked[Mark.EXCLUDED],
            validation=marked[Mark.VALIDATION],
            tested=marked[Mark.TEST],
            copies=self._copies,
            usefulness=self._usefulness(),
        )
        self._tell_lack()
        self._request += 1
        if self._arrangement.is_plain or not samples:
            self._show(samples, samples)
            return
        request, arrangement, known = self._request, self._arrangement, self._insights

        def work(_task: Task) -> _Arranged:
            seen = known
            if folders is not None and arrangement.show is Show.DOUBTED:
                doubts = {doubt.name: doubt for doubt in standing_doubts(folders)}
                seen = replace(known, doubts=doubts)
            return _Arranged(request, arranged(samples, arrangement, seen), samples, seen.doubts)

        job = self._studio.jobs.create(work)
        job.succeeded.connect(self._on_arranged)
        job.start()

    def _usefulness(self) -> Usefulness | None:
        """What puts the most useful first; None as long as no two classes have a few images."""
        model = self._studio.instant.model
        return None if model is None else Usefulness(self._studio.features.table, model)

    def _tell_lack(self) -> None:
        """Say so where the order that is asked for cannot be had, and the newest come first."""
        is_lacking = self._is_by_use and self._insights.usefulness is None
        if is_lacking and self._studio.features.is_looking:
            self._bar.set_lack(self.tr("Looking …"))
        elif is_lacking:
            tip = self.tr(
                "What is most useful is known once two classes have three images each. Until then "
                "the newest come first."
            )
            self._bar.set_lack(self.tr("Not known yet"), self._studio.instant.problem or tip)
        else:
            self._bar.set_lack("")

    @property
    def _is_by_use(self) -> bool:
        return self._arrangement.order is Order.MOST_USEFUL

    def _show(self, shown: Sequence[Sample], of: Sequence[Sample]) -> None:
        self._panel.set_samples(shown, len(of))
        if self._chosen is None and self._before is not None and of:
            self._panel.show_sample(self._before)
            self._before = None
        self._large.refresh()

    def _note(self, sample: Sample) -> str:
        """What a thumbnail says in a word or two."""
        insights = self._insights
        if sample.mark_name in insights.excluded:
            return self.tr("left out")
        if sample.mark_name in insights.tested:
            return self.tr("test")
        if self._chosen is not None and (said := self._chosen.notes.get(sample.mark_name)):
            return said
        doubt = insights.doubts.get(sample.mark_name)
        if doubt is not None:
            return self.tr("{name}?").format(name=doubt.suggested)
        guess = insights.guesses.get(sample.path)
        if guess is not None and guess.class_name != sample.class_name:
            return f"{guess.class_name} {percent(guess.probability)}"
        if guess is not None:
            return percent(guess.of_label)
        if self._arrangement.needs_facts and (found := flaws(insights.facts.get(sample.path))):
            return {
                Flaw.BLURRED: self.tr("blurred"),
                Flaw.DARK: self.tr("too dark"),
                Flaw.BRIGHT: self.tr("burnt out"),
            }[found[0]]
        if sample.mark_name in insights.validation:
            return self.tr("validation")
        return "✓" if sample.mark_name in insights.reviewed else ""

    def _look_into_what_is_needed(self) -> None:
        needs_facts = self._arrangement.needs_facts and self._contents.folders is not None
        if self._arrangement.needs_checkup and self._copies is None:
            self.checkup_wanted.emit()
        self._sample_insights.want(needs_facts, self._bar.model)
        self._sample_insights.set_samples(self._contents.samples)

    @Slot(object)
    def _on_arranged(self, answer: _Arranged) -> None:
        if answer.request == self._request:
            self._insights = replace(self._insights, doubts=answer.doubts)
            self._show(answer.shown, answer.of)

    @Slot()
    def _on_dataset_changed(self) -> None:
        self._copies = None
        self._before = None
        self.end_chosen()
        self._review.call_off()
        self._panel.set_filter_visible(False)
        self._large.set_reader(self._sample_insights.reader)

    @Slot()
    def _on_contents_samples_changed(self) -> None:
        if self._arrangement.needs_checkup:  # what was a copy may be alone now
            self.checkup_wanted.emit()
        if self._panel.is_filter_visible:
            self._sessions.update()
        self._look_into_what_is_needed()
        self._arrange()

    @Slot(list)
    def _on_contents_samples_added(self, samples: Sequence[Sample]) -> None:
        if self._arrangement.is_plain:
            self._panel.add_samples(samples)
        else:
            self._settle.start()

    @Slot()
    def _on_settled(self) -> None:
        self._look_into_what_is_needed()
        self._arrange()
        self._panel.view.viewport().update()

    @Slot(object)
    def _on_bar_arrangement_changed(self, arrangement: Arrangement) -> None:
        arrangement = replace(arrangement, among=self._chosen.names if self._chosen else None)
        if arrangement != self._arrangement:
            self._studio.endings.end(Until.SHOWN)
        self._arrangement = arrangement
        self._look_into_what_is_needed()
        self._arrange()
        self._panel.view.scrollToTop()

    @Slot(object)
    def _on_bar_model_chosen(self, folder: Path | None) -> None:
        self._bar.set_model_classes(self._models.classes_of(folder))
        self._on_bar_arrangement_changed(self._bar.arrangement)

    @Slot(bool)
    def _on_panel_filter_toggled(self, shown: bool) -> None:
        if shown:
            self._sessions.update()
            self._models.update()
        else:
            self._bar.reset(all_classes=self._chosen is not None)
            self._on_bar_arrangement_changed(self._bar.arrangement)

    def _arrange_as_asked(self) -> None:
        self._on_bar_arrangement_changed(self._bar.arrangement)

    @Slot(object)
    def _on_edits_moved(self, moves: Mapping[str, str]) -> None:
        if self._chosen is not None:
            self._chosen = self._chosen.moved(moves)
            self._arrangement = replace(self._arrangement, among=self._chosen.names)

    @Slot()
    def _on_panel_alike_requested(self) -> None:
        sample = self._panel.current_sample
        if sample is not None:
            self.alike_wanted.emit(sample)

    @Slot()
    def _on_studio_runs_changed(self) -> None:
        if self._panel.is_filter_visible:
            self._models.update()

    @Slot(int)
    def _on_view_look_requested(self, row: int) -> None:
        self._large.look(self._panel.samples, row)

    @Slot()
    def _on_use_changed(self) -> None:
        if self._is_by_use:
            self._settle.start()

    @Slot()
    def _on_panel_review_requested(self) -> None:
        is_chosen = self._arrangement.order not in (Order.NEWEST, Order.MOST_USEFUL)
        usefulness = None if is_chosen else self._usefulness()
        self._review.begin(self._panel.samples, self._insights.reviewed, usefulness)

    @Slot()
    def _on_panel_exclude_requested(self) -> None:
        selected = self._panel.view.selected_samples()
        are_in = [s for s in selected if s.mark_name not in self._insights.excluded]
        self._edits.exclude(are_in or selected, bool(are_in))

    @Slot()
    def _on_panel_test_requested(self) -> None:
        selected = self._panel.view.selected_samples()
        are_in = [s for s in selected if s.mark_name not in self._insights.tested]
        self._edits.keep_for_test(are_in or selected, bool(are_in))

    @Slot(object)
    def _on_large_left(self, sample: Sample) -> None:
        self._panel.view.setFocus()
        self._panel.show_sample(sample)
