"""The images that were not recognised, the surest mistake first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from cnn_studio.data.packed_images import PackedReader
from cnn_studio.data.samples import Sample
from cnn_studio.gui.figures import percent
from cnn_studio.gui.pictures.gallery_model import GalleryModel
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.pictures.thumbnail_view import PICTURE_SIDE
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.results.evaluation import Evaluation
from cnn_studio.gui.training.results.hint_page import HintPage
from cnn_studio.vision.images import read_image

_MOST = 500  # the surest ones; all of them stand behind the matrix's cells


class MistakesView(QWidget):
    """Thumbnails, each with what the model said instead and how sure it was.

    Signals:
        mistake_chosen(int): The mistake in this place of the answers shall be shown.
    """

    mistake_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mistakesView")
        self._evaluation: Evaluation | None = None
        self._places: dict[Sample, int] = {}
        self._thumbnails = Thumbnails(PICTURE_SIDE, self)
        self._model = GalleryModel(self._thumbnails, self)
        self._model.set_notes(self._note)
        self.view = _Tiles(self._model, self._thumbnails, theme, self)
        self._none = HintPage(self)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._none)
        self.view.look_requested.connect(self._on_view_look_requested)

    def set_evaluation(self, evaluation: Evaluation | None) -> None:
        """Show the mistakes of other answers, or none."""
        if evaluation is not self._evaluation:
            dataset = evaluation.dataset if evaluation else None
            is_packed = evaluation is not None and evaluation.is_packed
            reader = PackedReader(dataset) if dataset and is_packed else read_image
            self._thumbnails.set_reader(reader)
        self._evaluation = evaluation
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show those that are still where they were."""
        evaluation = self._evaluation
        if evaluation is None:
            self._model.set_samples([])
            return
        mistakes = evaluation.answers.mistakes()
        self._places = evaluation.samples(mistakes[:_MOST])
        known = {sample: sample for sample in self._model.samples}
        self._model.set_samples([known.get(sample, sample) for sample in self._places])
        self._pages.setCurrentWidget(self.view if self._places else self._none)
        if not len(mistakes):
            self._none.set_content(self.tr("Every image was recognised"), "")
        elif not self._places:
            self._none.set_content(
                self.tr("These images are not here any more"),
                self.tr("They were moved or deleted since the model was asked about them."),
            )

    def shutdown(self) -> None:
        """End the making of thumbnails."""
        self._thumbnails.shutdown()

    def _note(self, sample: Sample) -> str:
        if self._evaluation is None or sample not in self._places:
            return ""
        answer = self._evaluation.answers.answer(self._places[sample])
        return f"{answer.said} {percent(answer.confidence, 0)}"

    @Slot(int)
    def _on_view_look_requested(self, row: int) -> None:
        self.mistake_chosen.emit(self._places[self._model.samples[row]])


class _Tiles(GalleryView):
    """Enter looks at an image, as a double click does; nothing can be dropped."""

    def __init__(
        self, model: GalleryModel, thumbnails: Thumbnails, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(model, thumbnails, theme, parent)
        self.setObjectName("mistakes")
        self.setAccessibleName(self.tr("Mistakes, the surest first"))
        self.setAcceptDrops(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setToolTip(self.tr("Double-click an image to see what can be done about it"))

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        return [(self.tr("Enter"), self.tr("See what can be done about the image · Mistakes"))]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.look_at_current()
        else:
            super().keyPressEvent(event)
