"""The images behind a figure in a window: what the model said of them, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QItemSelectionModel, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.samples import Sample
from cnn_studio.gui.endings import Until
from cnn_studio.gui.figures import whole
from cnn_studio.gui.jobs import Jobs
from cnn_studio.gui.pictures.gallery_model import GalleryModel
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.pictures.large_view import LargeView
from cnn_studio.gui.pictures.thumbnail_view import PICTURE_SIDE
from cnn_studio.gui.pictures.thumbnails import Reader, Thumbnails
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.results.images_look import ImagesLook
from cnn_studio.gui.widgets.button_key import ButtonKey
from cnn_studio.gui.widgets.empty_state import EmptyState
from cnn_studio.gui.widgets.notice import Kind, Notice
from cnn_studio.gui.widgets.undo_bar import UndoBar
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel

_WIDTH, _HEIGHT = 860, 600
_NUMBER_KEYS = 9
_LONGEST_NAME = 24  # in the line of keys; the menu has the whole name


class ImagesDialog(QDialog):
    """Shows images and asks for what shall be done to those that are selected.

    A number key moves them to the class of this number, and the next image is selected.

    Args:
        classes: Where images can be moved to.
        read: How images are read.
        theme: The colours.
        jobs: Where images are read.
        writable: Whether images can be moved and deleted.

    Signals:
        delete_requested(list), exclude_requested(list): These samples shall go to the trash, or be
            left out of trainings (or taken in again, if all of them are left out).
        move_requested(list, str): These samples shall go to the class.
        gallery_requested(list): These samples shall be shown in the gallery.
        train_requested: A training shall be started.
        undo_requested: The last step shall be taken back.
        closed: The window is gone.
    """

    delete_requested = Signal(list)
    move_requested = Signal(list, str)
    exclude_requested = Signal(list)
    gallery_requested = Signal(list)
    train_requested = Signal()
    undo_requested = Signal()
    closed = Signal()

    def __init__(
        self,
        classes: Sequence[str],
        read: Reader,
        theme: Theme,
        jobs: Jobs,
        *,
        writable: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("imagesDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_WIDTH, _HEIGHT)
        self._writable = writable
        self._notes: Mapping[Sample, str] = {}
        self._thumbnails = Thumbnails(PICTURE_SIDE, self)
        self._thumbnails.set_reader(read)
        self._model = GalleryModel(self._thumbnails, self)
        self._model.set_notes(self._note)
        self.view = GalleryView(self._model, self._thumbnails, theme, self)
        self.notice = Notice(theme, self)
        self.undo_bar = UndoBar(theme, self)
        self._title = QLabel(self)
        self._why = QLabel(self)
        self._classes = list(classes) if writable else []
        self._class_keys = WrappedLabel(self)
        self._next: Sample | None = None  # is selected once the present ones are moved
        self._moved: list[Sample] = []
        self._told = QLabel(self)
        self._tell: Callable[[Sample], str] = lambda _sample: ""
        self._empty = EmptyState(theme, self)
        self._pages = QStackedWidget(self)
        self._large = LargeView(theme, self._pages)
        self._look = ImagesLook(self._large, classes if writable else (), read, jobs, self)
        self._move, self._delete, self._exclude, self._gallery, self._train, self._close = (
            QPushButton(self) for _ in range(6)
        )
        self._make_parts(classes)
        self._lay_out()
        self._connect()

    @property
    def samples(self) -> Sequence[Sample]:
        """What is shown."""
        return self._model.samples

    def set_title(self, title: str) -> None:
        """Say which images these are."""
        self.setWindowTitle(title)
        self._title.setText(title)

    def set_samples(self, samples: Sequence[Sample], notes: Mapping[Sample, str], why: str) -> None:
        """Show these, each with a note; what stays keeps its selection.

        Args:
            samples: In the order to show them.
            notes: What stands on each thumbnail.
            why: A line about them, such as how many are not there any more.
        """
        self._notes = notes
        known = {sample: sample for sample in self._model.samples}
        taken_back = [each for each in samples if each in self._moved and each not in known]
        self._model.set_samples([known.get(sample, sample) for sample in samples])
        self._why.setText(why)
        self._pages.setCurrentWidget(self.view if samples else self._empty)
        self.view.viewport().update()
        self._look.follow(self._model.samples)
        self._go_on(taken_back)
        self._update_buttons()

    def key_hints(self) -> list[tuple[str, str]]:
        """The keys that it takes itself, and what they do."""
        if not self._classes:
            return []
        return [(self.tr("1 to 9"), self.tr("Move to the class of this number, then the next"))]

    def set_details(self, tell: Callable[[Sample], str]) -> None:
        """Say what is told of an image that is selected alone."""
        self._tell = tell

    @Slot(object)
    def select(self, sample: Sample) -> None:
        """Select one and scroll to it, if it is shown."""
        row = next((n for n, each in enumerate(self.samples) if each == sample), None)
        if row is not None:
            # By the view itself, Ctrl that is still held down would add it to the others.
            how = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.view.selectionModel().setCurrentIndex(self._model.index(row, 0), how)
            self.view.scrollTo(self._model.index(row, 0))

    def set_training(self, is_training: bool) -> None:
        """While a training runs no other one can be started."""
        self._train.setEnabled(not is_training)

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

    def _make_parts(self, classes: Sequence[str]) -> None:
        self.view.setObjectName("answerImages")
        self.view.setAccessibleName(self.tr("Images"))
        self.view.setAcceptDrops(False)
        self.view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._title.setObjectName("imagesTitle")
        self._title.setProperty("role", "title")
        names = (_shortened(name) for name in self._classes[:_NUMBER_KEYS])
        keys = " · ".join(f"{number} {name}" for number, name in enumerate(names, 1))
        self._class_keys.setObjectName("classKeys")
        self._class_keys.setProperty("role", "quiet")
        self._class_keys.setText(self.tr("Keys: {keys}").format(keys=keys))
        self._class_keys.setVisible(bool(self._classes))
        self._why.setObjectName("imagesReason")
        self._why.setProperty("role", "quiet")
        self._told.setObjectName("imageDetails")
        self._told.setProperty("role", "quiet")
        for label in (self._title, self._why, self._told):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self._empty.set_content(
            "images",
            self.tr("These images are not here any more"),
            self.tr("They were moved or deleted since the model was asked about them."),
        )
        menu = QMenu(self._move)
        for number, name in enumerate(classes, 1):
            key = f"\t{number}" if number <= _NUMBER_KEYS else ""
            action = menu.addAction(f"{name.replace('&', '&&')}{key}")
            action.triggered.connect(partial(self._on_move_action_triggered, name))
        self._move.setMenu(menu)
        self._name(self._move, "moveImages", self.tr("Move to"), self.tr("Change their class"))
        ButtonKey(self._move, "Alt+M")
        self._name(
            self._delete, "deleteImages", self.tr("Delete"), self.tr("Move them to the trash (Del)")
        )
        self._name(
            self._exclude,
            "excludeImages",
            self.tr("Leave out"),
            self.tr("Leave them out of trainings, or take them in again (X)"),
        )
        self._name(
            self._gallery,
            "showInGallery",
            self.tr("Show in gallery"),
            self.tr("Open the Capture tab and select them there (G)"),
        )
        self._name(
            self._train,
            "trainAgain",
            self.tr("Train again"),
            self.tr("Start a training by this run's own recipe"),
        )
        ButtonKey(self._train, "Alt+T")
        self._name(self._close, "closeImages", self.tr("Close"), self.tr("Close (Esc)"))
        for button in (self._move, self._delete, self._exclude):
            button.setVisible(self._writable)

    def _name(self, button: QPushButton, name: str, text: str, tip: str) -> None:
        button.setObjectName(name)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setAutoDefault(False)

    def _lay_out(self) -> None:
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._empty)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._move, self._delete, self._exclude, self._gallery):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self._train)
        buttons.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._why)
        layout.addWidget(self.notice)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._told)
        layout.addWidget(self._class_keys)
        layout.addWidget(self.undo_bar)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self._delete.clicked.connect(self._on_delete_clicked)
        self._exclude.clicked.connect(self._on_exclude_clicked)
        self._gallery.clicked.connect(self._on_gallery_clicked)
        self._train.clicked.connect(self.train_requested)
        self._close.clicked.connect(self.reject)
        self.undo_bar.undo_requested.connect(self.undo_requested)
        self.view.look_requested.connect(self._on_view_look_requested)
        self._look.stepped.connect(self.select)
        self._look.class_chosen.connect(self._on_look_class_chosen)
        self._large.delete_requested.connect(self._delete.click)
        self._large.exclude_requested.connect(self._exclude.click)
        self._large.closed.connect(self.view.setFocus)
        self.view.selectionModel().selectionChanged.connect(self._update_buttons)
        self._model.modelReset.connect(self._update_buttons)
        for keys, button in (("Del", self._delete), ("X", self._exclude), ("G", self._gallery)):
            QShortcut(QKeySequence(keys), self, button.click, autoRepeat=False)
        for number, name in enumerate(self._classes[:_NUMBER_KEYS], 1):
            key = QShortcut(QKeySequence(str(number)), self, autoRepeat=False)
            key.setWhatsThis(self.tr("Move to the class of this number, then the next"))
            key.activated.connect(partial(self._on_number_activated, name))
        standard = QKeySequence.StandardKey
        undo = QShortcut(QKeySequence(standard.Undo), self, autoRepeat=False)
        undo.activated.connect(self.undo_requested)
        # The view takes these itself, but the focus may be on a button.
        select_all = QShortcut(QKeySequence(standard.SelectAll), self, autoRepeat=False)
        select_all.activated.connect(self.view.selectAll)

    def _note(self, sample: Sample) -> str:
        return self._notes.get(sample, "")

    @Slot()
    def _update_buttons(self) -> None:
        count = self.view.selected_count
        if count == 1:
            self._told.setText(self._tell(self.view.selected_samples()[0]))
        elif count:
            self._told.setText(self.tr("{count} selected").format(count=whole(count)))
        else:
            self._told.setText(self.tr("Select images to move or delete; Space shows one large"))
        for button, text in (
            (self._move, self.tr("Move to")),
            (self._delete, self.tr("Delete")),
            (self._exclude, self.tr("Leave out")),
            (self._gallery, self.tr("Show in gallery")),
        ):
            # A hidden button can still be reached by its key.
            button.setEnabled(count > 0 and (self._writable or button is self._gallery))
            counted = f"{text} ({whole(count)})" if count > 1 and button is self._delete else text
            button.setText(counted)

    def _on_move_action_triggered(self, class_name: str, *_checked: bool) -> None:
        self._move_selected(class_name)

    def _on_number_activated(self, class_name: str) -> None:
        self._move_selected(class_name)

    def _move_selected(self, class_name: str) -> None:
        """Move them, and select what comes after them once they are gone."""
        chosen = self.view.selected_samples()
        if not chosen:
            return
        shown = list(self.samples)
        last = max(place for place, each in enumerate(shown) if each in chosen)
        after = (*shown[last + 1 :], *reversed(shown[:last]))
        self._next = next((each for each in after if each not in chosen), None)
        others = [each for each in chosen if each.class_name != class_name]
        if others:
            self._moved = [*self._moved, *others]
            self.move_requested.emit(others, class_name)
        elif self._next is not None:  # they are rightly where they are
            self.select(self._next)
            self._next = None

    def _go_on(self, taken_back: Sequence[Sample]) -> None:
        """Select what was taken back, or what comes after images that were moved."""
        if taken_back:
            self._moved = [each for each in self._moved if each not in taken_back]
            self._next = None
            self.select(taken_back[0])
        elif self._next is not None and not self.view.selected_count:
            wanted, self._next = self._next, None
            self.select(wanted)

    @Slot(int)
    def _on_view_look_requested(self, row: int) -> None:
        self._look.look(self.samples, row)

    @Slot(object, str)
    def _on_look_class_chosen(self, sample: Sample, class_name: str) -> None:
        self._moved = [*self._moved, sample]
        self.move_requested.emit([sample], class_name)

    @Slot()
    def _on_delete_clicked(self) -> None:
        self.delete_requested.emit(self.view.selected_samples())

    @Slot()
    def _on_exclude_clicked(self) -> None:
        self.exclude_requested.emit(self.view.selected_samples())

    @Slot()
    def _on_gallery_clicked(self) -> None:
        self.gallery_requested.emit(self.view.selected_samples())


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"
