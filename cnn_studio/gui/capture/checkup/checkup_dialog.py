"""The checkup of a dataset in a window: what was found, its images, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.findings import COPIES, Checkup, Finding, Fix
from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.checkup.finding_tree import FindingTree
from cnn_studio.gui.capture.checkup.fix_offers import Offer, offers, samples_of
from cnn_studio.gui.capture.checkup.label_search_bar import LabelSearchBar
from cnn_studio.gui.endings import Until
from cnn_studio.gui.pictures.gallery_model import GalleryModel
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.pictures.thumbnail_view import PICTURE_SIDE
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.gui.widgets.undo_bar import UndoBar

_WIDTH, _HEIGHT = 980, 640
_LIST_WIDTH = 300


class CheckupDialog(QDialog):
    """Shows findings and asks for what shall be done about them.

    Args:
        title: What the dataset is called.
        classes: Where images can be moved to.

    Signals:
        fix_requested(Offer, str): This shall be done; for a move the class to go to.
        undo_requested: The last step shall be taken back.
        closed: The window is gone; the checkup shall end.
    """

    fix_requested = Signal(object, str)
    undo_requested = Signal()
    closed = Signal()

    def __init__(
        self, title: str, classes: Sequence[str], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("checkupDialog")
        self.setWindowTitle(self.tr("Checkup of {title}").format(title=title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_WIDTH, _HEIGHT)
        self._classes = tuple(classes)
        self._surplus: frozenset[Path] = frozenset()
        self._thumbnails = Thumbnails(PICTURE_SIDE, self)
        self._model = GalleryModel(self._thumbnails, self)
        self.view = GalleryView(self._model, self._thumbnails, theme, self)
        self.tree = FindingTree(theme, self)
        self._why = QLabel(self)
        self._summary = QLabel(self)
        self.label_search = LabelSearchBar(self)
        self._bar = QProgressBar(self)
        self._empty = EmptyState(theme, self)
        self.notice = Notice(theme, self)
        self.undo_bar = UndoBar(theme, self)
        self._fixes = QHBoxLayout()
        self._make_parts()
        self._lay_out()
        self._connect()
        self.set_progress(0, 0)

    @property
    def samples(self) -> Sequence[Sample]:
        """The images of the chosen finding."""
        return self._model.samples

    @property
    def is_finished(self) -> bool:
        """Whether no checkup is under way."""
        return self._bar.isHidden()

    def set_progress(self, done: int, total: int) -> None:
        """Say how far the checkup is."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._bar.show()
        if self.tree.finding is None:
            self._summary.setText(self.tr("Looking at every image …"))
            self._empty.set_content("checkup", "", self.tr("You can go on working meanwhile."))
            self._pages.setCurrentWidget(self._empty)

    def set_checkup(self, checkup: Checkup) -> None:
        """Show what was found; the finding that was chosen stays chosen, if it is still there."""
        self._bar.hide()
        count, images = len(checkup.findings), f"{checkup.images:,}"
        if not count:
            text = self.tr("{images} images looked at")
        elif count == 1:
            text = self.tr("1 finding in {images} images")
        else:
            text = self.tr("{count} findings in {images} images")
        self._summary.setText(text.format(count=f"{count:,}", images=images))
        if not count:
            self._empty.set_content(
                "check",
                self.tr("Nothing to put right"),
                self.tr("No copies, no unreadable or flawed images, no unequal classes."),
                self.tr("Close"),
            )
        is_first = self._pages.currentWidget() is not self._split
        self._pages.setCurrentWidget(self._split if count else self._empty)
        self.tree.set_findings(checkup.findings)
        if count and is_first:
            self.tree.setFocus()

    def say(self, sentence: str, kind: Kind, *, undoable: bool = False) -> None:
        """Show a sentence in the window; with an offer to undo it has a place of its own."""
        if undoable:
            self.undo_bar.offer(sentence)
            self.notice.hide()
        else:
            self.notice.show_message(sentence, kind, until=Until.REPLACED)

    def done(self, result: int) -> None:
        """The window closes."""
        self.closed.emit()
        self._thumbnails.shutdown()
        super().done(result)

    def _make_parts(self) -> None:
        self.view.setAcceptDrops(False)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._model.set_notes(self._note)
        self.tree.setFixedWidth(_LIST_WIDTH)
        self._why.setObjectName("findingReason")
        self._why.setWordWrap(True)
        self._why.setTextFormat(Qt.TextFormat.PlainText)
        self._summary.setObjectName("checkupSummary")
        self._summary.setProperty("role", "title")
        self._bar.setObjectName("checkupProgress")
        self._bar.setAccessibleName(self.tr("Progress of the checkup"))
        self._bar.setTextVisible(False)

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(16)
        right.addWidget(self._why)
        right.addWidget(self.view, 1)
        right.addLayout(self._fixes)
        right.addStretch(0)
        self._split = QWidget(self)
        row = QHBoxLayout(self._split)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.tree)
        row.addLayout(right, 1)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        head = QHBoxLayout()
        head.addWidget(self._summary, 1)
        head.addWidget(self.label_search)
        layout.addLayout(head)
        layout.addWidget(self._bar)
        layout.addWidget(self.notice)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.undo_bar)

    def _connect(self) -> None:
        self.tree.chosen.connect(self._on_tree_chosen)
        self.view.selectionModel().selectionChanged.connect(self._on_view_selection_changed)
        self._empty.action_requested.connect(self.reject)
        self.undo_bar.undo_requested.connect(self.undo_requested)

    def _note(self, sample: Sample) -> str:
        """What a thumbnail says: that it is the one of a set that stays, or where it is."""
        finding = self.tree.finding
        if finding is None:
            return ""
        if finding.kind in COPIES and not finding.across_classes:
            return "" if sample.path in self._surplus else self.tr("stays")
        return sample.class_name if len(finding.classes) > 1 else ""

    @Slot(object)
    def _on_tree_chosen(self, finding: Finding | None) -> None:
        self._why.setText(finding.why if finding else "")
        self._surplus = frozenset(finding.surplus if finding else ())
        self._model.set_samples(samples_of(finding) if finding else [])
        self.view.setVisible(bool(finding and finding.images))
        self._offer_fixes()

    @Slot()
    def _on_view_selection_changed(self) -> None:
        self._offer_fixes()

    def _offer_fixes(self) -> None:
        while (item := self._fixes.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        finding = self.tree.finding
        if finding is None:
            return
        for place, offer in enumerate(offers(finding, self.view.selected_samples())):
            button = self._button(offer)
            if place == 0:
                button.setProperty("kind", "primary")
            self._fixes.addWidget(button)
            button.show()
        self._fixes.addStretch(1)

    def _button(self, offer: Offer) -> QPushButton:
        text = self._text(offer)
        button = QPushButton(text.replace("&", "&&"), self)
        button.setObjectName(f"{offer.fix}-button")
        button.setAccessibleName(text)
        button.setToolTip(self.tr("It can be undone"))
        if offer.fix is Fix.RELABEL:
            menu = QMenu(button)
            for name in self._classes:
                action = menu.addAction(name.replace("&", "&&"))
                action.triggered.connect(partial(self._ask, offer, name))
            button.setMenu(menu)
        else:
            button.clicked.connect(partial(self._ask, offer, ""))
        return button

    def _text(self, offer: Offer) -> str:
        count = f"{len(offer.samples):,}"
        name = offer.finding.classes[0]
        one = len(offer.samples) == 1
        return {
            Fix.DELETE: self.tr("Delete {count}"),
            Fix.RELABEL: self.tr("Move {count} to"),
            Fix.EXCLUDE: self.tr("Leave {count} out of training"),
            Fix.MERGE_SESSIONS: self.tr("Treat as one recording"),
            Fix.DISABLE_CLASS: self.tr("Do not train {name}"),
            Fix.CAPTURE: self.tr("Record more of {name}"),
            Fix.ACCEPT_SUGGESTION: self.tr("Move {count} to {suggested}"),
            Fix.CONFIRM_LABEL: self.tr("It is right") if one else self.tr("{count} are right"),
        }[offer.fix].format(count=count, name=name, suggested=offer.finding.classes[-1])

    def _ask(self, offer: Offer, class_name: str, *_checked: bool) -> None:
        self.fix_requested.emit(offer, class_name)
