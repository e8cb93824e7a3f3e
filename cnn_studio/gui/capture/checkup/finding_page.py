"""The images of a finding, what becomes of each, and the buttons that put them right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from cnn_studio.data.contradictions import Fate
from cnn_studio.data.findings import Finding, Fix
from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.checkup.answer_keys import MOST_NUMBERS
from cnn_studio.gui.capture.checkup.asking_row import AskingRow
from cnn_studio.gui.capture.checkup.fix_offers import (
    Offer,
    is_for_selection,
    offer_in_view,
    offers,
)
from cnn_studio.gui.capture.checkup.fix_row import FixRow
from cnn_studio.gui.capture.checkup.wording import fate_text
from cnn_studio.gui.pictures.gallery_model import GalleryModel
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.pictures.thumbnail_view import PICTURE_SIDE
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.theme import Theme

_LEAST_SIDE = 128  # of a tile: larger than in the gallery, for there are words on it


class FindingPage(QWidget):
    """Shows a finding and requests what a person decides about it.

    Args:
        classes: Those of the dataset.

    Attributes:
        view: The images.
        row: The buttons, or a question in their place.

    Signals:
        fix_requested(Offer, str): Do this; with the class that was chosen, if one was.
        label_requested(list, str): These doubted samples show that class.
        look_requested(int): Show the sample in this row large.
    """

    fix_requested = Signal(object, str)
    label_requested = Signal(list, str)
    look_requested = Signal(int)

    def __init__(self, classes: Sequence[str], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findingPage")
        self._classes = tuple(classes)
        self._finding: Finding | None = None
        self._suggested: dict[Sample, str] = {}  # what doubted samples look like
        self._gone: list[frozenset[Sample]] = []  # being put right, each time some; still found
        self._offers: list[Offer] = []
        self._pointed_at: Offer | None = None
        self._in_view: Offer | None = None  # what the tiles show the outcome of else
        self._why = QLabel(self)
        self._hint = QLabel(self)
        self._thumbnails = Thumbnails(PICTURE_SIDE, self)
        self._model = GalleryModel(self._thumbnails, self)
        self.view = GalleryView(self._model, self._thumbnails, theme, self, least_side=_LEAST_SIDE)
        self._fixes = FixRow(self)
        self.row = AskingRow(self._fixes, self)
        self._make_parts()
        self._lay_out()

    @property
    def samples(self) -> Sequence[Sample]:
        """The images on show, in order."""
        return self._model.samples

    def show_finding(self, finding: Finding | None) -> None:
        """Show a finding; what is the same as before keeps its place and its selection."""
        if finding is self._finding:
            return
        self._finding = finding
        samples = finding.samples if finding else ()
        doubts = finding.doubts if finding else ()
        self._suggested = {
            sample: doubt.suggested for sample, doubt in zip(samples, doubts, strict=False)
        }
        if self._gone:
            self._gone = [left for some in self._gone if (left := some.intersection(samples))]
        self._why.setText(finding.why if finding else "")
        self._hint.setText(self._hint_for(finding) if finding else "")
        self._hint.setVisible(bool(self._hint.text()))
        self._show_samples()

    def take_away(self, samples: Iterable[Sample]) -> None:
        """These are being put right: go on to the next without waiting for it."""
        self._gone.append(frozenset(samples))
        self._show_samples()
        self.view.setFocus()

    def bring_back(self, *, every: bool = False) -> None:
        """What was taken away last is being undone; or nothing of it was put right.

        Args:
            every: Whether that is so of all that the disk has not followed yet.
        """
        if self._gone:
            self._gone = [] if every else self._gone[:-1]
            self._show_samples()

    def choose(self, sample: Sample) -> None:
        """Select an image, if it is still shown, and give the images the keyboard."""
        row = next((n for n, s in enumerate(self.samples) if s.path == sample.path), None)
        if row is not None:
            self._choose(row)
        self.view.setFocus()

    def press_number(self, number: int) -> None:
        """Say with a number key which class the selected doubted images show."""
        selected = self.view.selected_samples()
        is_meant = self._suggested and selected and number <= len(self._classes)
        if is_meant and not self.row.is_asking:
            self.label_requested.emit(selected, self._classes[number - 1])

    def press_enter(self) -> None:
        """Say that the selected doubted images are in their right class."""
        found = [offer for offer in self._offers if offer.fix is Fix.CONFIRM_LABEL]
        if found and not self.row.is_asking:
            self.fix_requested.emit(found[0], "")

    def step(self, by: int) -> None:
        """Go on to another doubted image without saying anything of this one."""
        if self._suggested and self.samples and not self.row.is_asking:
            row = self.view.currentIndex().row() + by
            self._choose(min(max(row, 0), len(self.samples) - 1))
            self.view.setFocus()

    def shutdown(self) -> None:
        """End the making of small pictures."""
        self._thumbnails.shutdown()

    def _make_parts(self) -> None:
        self.view.setAcceptDrops(False)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.view.setAccessibleName(self.tr("Images of the finding"))
        self.view.selectionModel().selectionChanged.connect(self._show_offers)
        self.view.look_requested.connect(self.look_requested)
        self._model.set_notes(self._note)
        self._fixes.chosen.connect(self.fix_requested)
        self._fixes.pointed_at.connect(self._on_fixes_pointed_at)
        self._fixes.select_all_requested.connect(self._on_fixes_select_all_requested)
        self._why.setObjectName("findingReason")
        self._hint.setObjectName("findingHint")
        self._hint.setProperty("role", "quiet")
        for label in (self._why, self._hint):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._why)
        layout.addWidget(self._hint)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.row)
        layout.addStretch(0)

    def _hint_for(self, finding: Finding) -> str:
        if finding.doubts:
            keys = " · ".join(f"{n} {c}" for n, c in enumerate(self._classes[:MOST_NUMBERS], 1))
            text = self.tr("{keys} · Enter: it is right · S: skip · Space: large")
            return text.format(keys=keys)
        if is_for_selection(finding):
            return self.tr("Select the images to put right; nothing is done to the others.")
        return ""

    def _show_samples(self) -> None:
        """Show what is left; of doubts one is always selected: the next, or what has come back."""
        rows = self.view.selected_ranges()
        before = set(map(id, self._model.samples))
        samples = self._finding.samples if self._finding else ()
        gone: frozenset[Sample] = frozenset().union(*self._gone)
        shown = [sample for sample in samples if sample not in gone] if gone else list(samples)
        self._model.set_samples(shown)
        self.view.setVisible(bool(samples))
        if self._suggested and shown:
            new = [row for row, sample in enumerate(shown) if id(sample) not in before]
            if new:
                self._choose(0 if len(new) == len(shown) else new[0])
            elif not self.view.selectionModel().hasSelection():
                self._choose(min(rows[0][0] if rows else 0, len(shown) - 1))
        self._show_offers()

    def _choose(self, row: int) -> None:
        # The view's own would add to the selection while Ctrl is down, as for Ctrl+Z.
        select = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.view.selectionModel().setCurrentIndex(self._model.index(row, 0), select)

    @Slot()
    def _show_offers(self) -> None:
        """Show what can be done with what is selected; a question about something else ends."""
        finding, selected = self._finding, self.view.selected_samples()
        had_focus = self._fixes.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self.row.dismiss()
        self._offers = offers(finding, selected, self._classes) if finding else []
        waits = finding is not None and is_for_selection(finding) and not selected
        self._fixes.show_offers(self._offers, len(self._model.samples) if waits else 0)
        self._in_view = offer_in_view(self._offers)
        self._on_fixes_pointed_at(None)
        if had_focus:
            self.view.setFocus()

    def _note(self, sample: Sample) -> str:
        """What a tile says: where it is and what it looks like, and what becomes of it."""
        finding = self._finding
        if finding is None:
            return ""
        lines = []
        suggested = self._suggested.get(sample)
        if suggested:
            labelled = self.tr("labelled {name}").format(name=sample.class_name)
            lines += [labelled, self.tr("looks like {name}").format(name=suggested)]
        elif len(finding.classes) > 1:
            lines.append(sample.class_name)
        offer = self._pointed_at or self._in_view
        fate = offer.fate(sample) if offer else Fate.STAYS
        if not suggested or self._pointed_at:
            is_accepted = offer is not None and offer.fix is Fix.ACCEPT_SUGGESTION
            lines.append(fate_text(fate, suggested if is_accepted and suggested else ""))
        return "\n".join(lines)

    @Slot(object)
    def _on_fixes_pointed_at(self, offer: Offer | None) -> None:
        self._pointed_at = offer
        self.view.viewport().update()

    @Slot()
    def _on_fixes_select_all_requested(self) -> None:
        self.view.selectAll()
        self.view.setFocus()
