"""Walking through samples one by one: looking, labelling, and going on to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.capture.gallery.arrangement import Insights, flaws
from cnn_studio.gui.figures import percent, whole
from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.pictures.images_ahead import ImagesAhead
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.pictures.thumbnails import Reader

_NUMBER_KEYS = 9


class LargeFlow(QObject):
    """Decides what the large view shows, and asks for what a key in it means.

    Signals:
        left(Sample): The view was closed while it showed this sample.
        alike_requested(Sample): What is like this sample is to be found; the view is closed.
    """

    left = Signal(object)
    alike_requested = Signal(object)

    def __init__(
        self,
        view: LargeView,
        contents: Contents,
        edits: EditFlow,
        insights: Callable[[], Insights],
        jobs: Jobs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._contents = contents
        self._edits = edits
        self._insights = insights
        self._images = ImagesAhead(jobs, self)
        self._samples: list[Sample] = []
        self._place = 0
        self._is_review = False
        self._images.read.connect(self._on_images_read)
        view.step_requested.connect(self._on_view_step_requested)
        view.class_requested.connect(self._on_view_class_requested)
        view.confirm_requested.connect(self._on_view_confirm_requested)
        view.delete_requested.connect(self._on_view_delete_requested)
        view.exclude_requested.connect(self._on_view_exclude_requested)
        view.alike_requested.connect(self._on_view_alike_requested)
        view.closed.connect(self._on_view_closed)

    def set_reader(self, read: Reader) -> None:
        """Say how images are read."""
        self._images.set_reader(read)
        self._view.close_view()

    def look(self, samples: Sequence[Sample], place: int) -> None:
        """Show one of these samples; the arrows walk through the others."""
        self._open(samples, place, is_review=False)

    def review(self, samples: Sequence[Sample]) -> bool:
        """Go through those that nobody has looked at yet; False if there are none."""
        reviewed = self._insights().reviewed
        place = next((n for n, s in enumerate(samples) if s.mark_name not in reviewed), None)
        if place is not None:
            self._open(samples, place, is_review=True)
        return place is not None

    def refresh(self) -> None:
        """More is known of the samples now."""
        if self._view.isVisible() and self._samples:
            self._show_texts()

    def _open(self, samples: Sequence[Sample], place: int, *, is_review: bool) -> None:
        self._samples, self._place, self._is_review = list(samples), place, is_review
        self._images.forget()
        self._view.open()
        self._show()

    @property
    def _sample(self) -> Sample:
        return self._samples[self._place]

    def _show(self) -> None:
        self._show_image()
        self._show_texts()
        for place in (self._place, self._place + 1, self._place - 1):
            if 0 <= place < len(self._samples):
                self._images.ask(self._samples[place].path)

    def _show_texts(self) -> None:
        sample, insights = self._sample, self._insights()
        caption = self.tr("{name} · {place} of {count}").format(
            name=sample.class_name, place=whole(self._place + 1), count=whole(len(self._samples))
        )
        details = [sample.path.name]
        if sample.mark_name in insights.excluded:
            details.append(self.tr("left out of training"))
        if sample.mark_name in insights.tested:
            details.append(self.tr("kept for the test"))
        elif sample.mark_name in insights.validation:
            details.append(self.tr("given for validation"))
        if sample.mark_name in insights.reviewed:
            details.append(self.tr("reviewed"))
        doubt = insights.doubts.get(sample.mark_name)
        if doubt is not None:
            details.append(self.tr("looks like {name}").format(name=doubt.suggested))
        facts, guess = insights.facts.get(sample.path), insights.guesses.get(sample.path)
        if facts is not None and facts.width:
            details.append(f"{facts.width} x {facts.height}")
        details += [self.tr("blurred, dark or burnt out")] if flaws(facts) else []
        if guess is not None:
            text = self.tr("the model says {name}, {probability}")
            details.append(
                text.format(name=guess.class_name, probability=percent(guess.probability))
            )
        self._view.set_texts(caption, " · ".join(details), self._hint())

    def _hint(self) -> str:
        if self._contents.folders is None:
            return self.tr("Left and Right walk · Esc goes back")
        keys = " · ".join(
            f"{n} {name}" for n, name in enumerate(self._contents.classes[:_NUMBER_KEYS], 1)
        )
        if self._is_review:
            text = self.tr(
                "What does it show?  {keys}\nEnter: it is right · Right skips · Esc ends"
            )
        else:
            text = self.tr("{keys}\nLeft and Right walk · Del deletes · X leaves it out · Esc")
            if self._view.finds_alike:
                text = self.tr(
                    "{keys}\nLeft and Right walk · Del deletes · X leaves it out · "
                    "A finds alike · Esc"
                )
        return text.format(keys=keys)

    def _show_image(self) -> None:
        at_hand = self._images.at_hand(self._sample.path)
        if isinstance(at_hand, QImage):
            self._view.set_image(at_hand)
        else:
            self._view.set_image(None, at_hand or "")

    @Slot(object)
    def _on_images_read(self, path: Path) -> None:
        if self._view.isVisible() and path == self._sample.path:
            self._show_image()

    @Slot(int)
    def _on_view_step_requested(self, step: int) -> None:
        place = self._place + step
        if self._is_review and step > 0:
            self._go_on(reviewed_too=True)
        elif 0 <= place < len(self._samples):
            self._place = place
            self._show()

    @Slot(int)
    def _on_view_class_requested(self, number: int) -> None:
        if self._contents.folders is None or number > len(self._contents.classes):
            return
        self._label(self._contents.classes[number - 1])

    @Slot()
    def _on_view_confirm_requested(self) -> None:
        if self._contents.folders is not None:
            self._label(self._sample.class_name)

    def _label(self, class_name: str) -> None:
        folders, sample = self._contents.folders, self._sample
        self._edits.review(sample, class_name)
        if folders is not None and class_name != sample.class_name:
            moved = folders.folder_of(class_name) / sample.path.name
            self._samples[self._place] = Sample(moved, class_name)
        self._go_on()

    def _go_on(self, reviewed_too: bool = False) -> None:
        """The next one; in a review the next that nobody has looked at."""
        reviewed = frozenset() if reviewed_too or not self._is_review else self._insights().reviewed
        following = range(self._place + 1, len(self._samples))
        place = next((n for n in following if self._samples[n].mark_name not in reviewed), None)
        if place is None:
            self._view.close_view()
        else:
            self._place = place
            self._show()

    @Slot()
    def _on_view_delete_requested(self) -> None:
        if self._contents.folders is None:
            return
        self._edits.delete([self._samples.pop(self._place)])
        if not self._samples:
            self._view.close_view()
            return
        self._place = min(self._place, len(self._samples) - 1)
        self._show()

    @Slot()
    def _on_view_exclude_requested(self) -> None:
        if self._contents.folders is not None:
            is_excluded = self._sample.mark_name in self._insights().excluded
            self._edits.exclude([self._sample], not is_excluded)

    @Slot()
    def _on_view_alike_requested(self) -> None:
        if self._contents.folders is not None:
            sample = self._sample
            self._view.close_view()
            self.alike_requested.emit(sample)

    @Slot()
    def _on_view_closed(self) -> None:
        self._images.forget()
        if self._samples:
            self.left.emit(self._sample)
