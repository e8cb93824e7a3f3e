"""The gallery with its header: what is shown, how much is selected, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, QSettings, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.samples import Sample
from cnn_studio.gui.capture.gallery.chosen_line import ChosenLine
from cnn_studio.gui.capture.gallery.filter_bar import FilterBar
from cnn_studio.gui.capture.gallery.gallery_actions import GalleryActions
from cnn_studio.gui.figures import short, whole
from cnn_studio.gui.pictures.gallery_model import GalleryModel
from cnn_studio.gui.pictures.gallery_view import GalleryView
from cnn_studio.gui.pictures.thumbnail_slider import ThumbnailSlider
from cnn_studio.gui.pictures.thumbnail_view import PICTURE_SIDE
from cnn_studio.gui.pictures.thumbnails import Reader, Thumbnails
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.gui.widgets.empty_state import EmptyState

_ICON = QSize(18, 18)
_LEAST_HEIGHT = 72
_LEAST_FILTERED_HEIGHT = 12  # the undo bar may be there, too
_SLIDER_FROM_PX = 880  # in less, the keys and the wheel have to do
_ROOMY_PX = 760  # in less, the counts need the room of the button's word


class GalleryPanel(QWidget):
    """Shows the samples of the chosen class and asks for what shall be done with them.

    Attributes:
        chosen_line: Says which images are shown where they are not those of a class.

    Signals:
        delete_requested(list): These samples shall go to the trash.
        move_requested(list, str): These samples shall go to that class.
        exclude_requested: The selected samples shall be left out of trainings, or taken in again.
        test_requested: The selected samples are to be kept for the test, or learned from again.
        alike_requested: What is like the current sample is to be found.
        review_requested: The samples shall be gone through one by one.
        filter_toggled(bool): The filter bar was opened or closed.
        undo_requested, redo_requested
        files_dropped(list): Paths that were dropped on the gallery.
        keys_given_up: What had the keys here is no longer shown.
        selection_changed: Other thumbnails are selected now, or none.
    """

    delete_requested = Signal(list)
    move_requested = Signal(list, str)
    exclude_requested = Signal()
    test_requested = Signal()
    alike_requested = Signal()
    review_requested = Signal()
    filter_toggled = Signal(bool)
    undo_requested = Signal()
    redo_requested = Signal()
    files_dropped = Signal(list)
    selection_changed = Signal()
    keys_given_up = Signal()

    def __init__(self, theme: Theme, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("galleryPanel")
        self._theme = theme
        self._class_name = ""
        self._other_classes: tuple[str, ...] = ()
        self._writable = False
        self._thumbnails = Thumbnails(PICTURE_SIDE, self)
        self._model = GalleryModel(self._thumbnails, self)
        self.view = GalleryView(self._model, self._thumbnails, theme, self)
        self._size = ThumbnailSlider(settings, self)
        self.view.set_least_side(self._size.side)
        self.empty_state = EmptyState(theme, self)
        self.empty_state.setAcceptDrops(True)
        self.filter_bar = FilterBar(theme, self)
        self.filter_bar.hide()
        self.chosen_line = ChosenLine(theme, self)
        self._total = 0
        self._leaving: tuple[frozenset[Path], Sample | None] = (frozenset(), None)
        self._title = ElidedLabel(self)
        self._title.setObjectName("galleryTitle")
        self._title.setProperty("role", "title")
        self._count = ElidedLabel(self)
        self._count.setObjectName("galleryCount")
        self._count.setProperty("role", "quiet")
        self._move_menu = QMenu(self)
        self._actions = GalleryActions(self, self.view, theme)
        self._lay_out()
        self._connect()
        self._on_theme_changed()
        self._update_actions()

    def set_class(self, class_name: str, other_classes: Sequence[str], writable: bool) -> None:
        """Say whose samples are shown, and where they could be moved."""
        if class_name != self._class_name:
            self._leaving = (frozenset(), None)
        self._class_name = class_name
        self._other_classes = tuple(other_classes) if writable else ()
        self._writable = writable
        self._move_menu.clear()
        for name in self._other_classes:
            action = self._move_menu.addAction(name.replace("&", "&&"))
            action.triggered.connect(partial(self._on_move_action_triggered, name))
        self._update_header()

    @property
    def samples(self) -> Sequence[Sample]:
        """What is shown, in its order."""
        return self._model.samples

    @property
    def is_filter_visible(self) -> bool:
        """Whether the filter bar is open."""
        return not self.filter_bar.isHidden()

    def set_samples(self, samples: Sequence[Sample], total: int) -> None:
        """Show these in this order; `total` is how many there are with those left out."""
        self._model.set_samples(samples)
        self._total = total
        self._select_next()
        self._nothing.setVisible(total > 0 and not samples)
        self._update_header()

    def go_on_from(self, samples: Sequence[Sample]) -> None:
        """Select what stands after these, or else before them, once they have left."""
        leaving = {sample.path for sample in samples}
        rows = [row for row, sample in enumerate(self.samples) if sample.path in leaving]
        if not rows:
            return
        after = next((s for s in self.samples[rows[-1] + 1 :] if s.path not in leaving), None)
        before = next((s for s in self.samples[: rows[-1]][::-1] if s.path not in leaving), None)
        self._leaving = (frozenset(leaving), after or before)

    def _select_next(self) -> None:
        leaving, following = self._leaving
        if following is None or any(sample.path in leaving for sample in self.samples):
            return
        self._leaving = (frozenset(), None)
        if not self.view.selectionModel().hasSelection():
            self.show_sample(following)

    def set_notes(self, note: Callable[[Sample], str]) -> None:
        """Say what stands on a thumbnail, in a word or two; empty for nothing."""
        self._model.set_notes(note)

    def set_filter_visible(self, visible: bool) -> None:
        """Open the filter bar, or close it and show everything again."""
        if visible != self.is_filter_visible:
            self._actions.filter.setChecked(visible)

    @property
    def current_sample(self) -> Sample | None:
        """The sample that the keys act from; None if there is none."""
        row = self.view.currentIndex().row()
        return self.samples[row] if 0 <= row < len(self.samples) else None

    @property
    def has_selection(self) -> bool:
        """Whether thumbnails on the screen are selected."""
        is_shown = self._pages.currentWidget() is self.view
        return is_shown and self.view.selectionModel().hasSelection()

    def show_sample(self, sample: Sample) -> None:
        """Select a sample and scroll to it, if it is shown."""
        row = next((n for n, s in enumerate(self.samples) if s.path == sample.path), None)
        if row is not None:
            self.view.setCurrentIndex(self._model.index(row, 0))

    def add_samples(self, samples: Sequence[Sample]) -> None:
        """Show new ones in front, newest first."""
        self._model.add_in_front(samples)
        self._total += len(samples)
        self._update_header()

    def set_empty(self, empty: bool) -> None:
        """Show `empty_state` in place of the thumbnails."""
        wanted = self.empty_state if empty else self.view
        if wanted is self._pages.currentWidget():
            return
        focused = self.window().focusWidget()
        has_keys = focused is not None and self._pages.isAncestorOf(focused)
        self._pages.setCurrentWidget(wanted)
        if has_keys:
            self.keys_given_up.emit()
        self.selection_changed.emit()

    def set_reader(self, read: Reader) -> None:
        """Say how images are read, and forget those that were."""
        self._thumbnails.set_reader(read)

    def set_history(self, undo_text: str, redo_text: str) -> None:
        """Say what would be undone and redone; empty where nothing would."""
        self._actions.set_history(undo_text, redo_text)

    def add_tool(self, button: QToolButton) -> None:
        """Show a button in the header, after undo and redo, while the dataset can be changed."""
        self._buttons.append(button)
        self._tools.addWidget(button)
        self._update_actions()

    def refresh(self) -> None:
        """Files may have been changed by another program: look at them again."""
        self._thumbnails.refresh()
        self.view.viewport().update()

    def shutdown(self) -> None:
        """End the making of thumbnails."""
        self._thumbnails.shutdown()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        style = Qt.ToolButtonStyle
        has_room = event.size().width() >= _ROOMY_PX
        self._size.setVisible(event.size().width() >= _SLIDER_FROM_PX)
        look = style.ToolButtonTextBesideIcon if has_room else style.ToolButtonIconOnly
        if look != self._move_button.toolButtonStyle():
            self._move_button.setToolButtonStyle(look)
            self._move_button.setProperty("menu", "true" if has_room else "false")
            self._move_button.style().unpolish(self._move_button)
            self._move_button.style().polish(self._move_button)

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setContentsMargins(16, 8, 8, 0)
        header.setSpacing(4)
        header.addWidget(self._title)
        header.addWidget(self._count)
        header.addStretch(1)
        self._move_button = QToolButton(self)
        self._move_button.setObjectName("moveButton")
        self._move_button.setText(self.tr("Move to"))
        self._move_button.setProperty("menu", "true")
        self._move_button.setToolTip(self.tr("Move the selected images to another class"))
        self._move_button.setAccessibleName(self._move_button.toolTip())
        self._move_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._move_button.setMenu(self._move_menu)
        self._move_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._buttons = [self._move_button]
        header.addWidget(self._size)
        header.addSpacing(8)
        header.addWidget(self._tool_button(self._actions.filter))
        for action in (
            self._actions.review,
            self._actions.delete,
            self._actions.undo,
            self._actions.redo,
        ):
            self._buttons.append(self._tool_button(action))
        header.addWidget(self._buttons[1])
        for button in (self._move_button, *self._buttons[2:]):
            header.addWidget(button)
        self._move_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._move_button.setIconSize(_ICON)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(4)
        header.addLayout(self._tools)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self.empty_state)
        self._pages.setMinimumHeight(_LEAST_HEIGHT)  # else the empty page's, which is seldom shown
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self.chosen_line)
        layout.addWidget(self.filter_bar)
        self._nothing = QLabel(self.tr("No image fits the filter."), self)
        self._nothing.setObjectName("nothingFits")
        self._nothing.setProperty("role", "quiet")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()
        layout.addWidget(self._nothing)
        body = QHBoxLayout()
        body.setContentsMargins(12, 0, 4, 0)
        body.addWidget(self._pages)
        layout.addLayout(body, 1)

    def _tool_button(self, action: QAction) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setObjectName(f"{action.objectName()}Button")
        button.setAccessibleName(action.text())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(_ICON)
        return button

    def _connect(self) -> None:
        self._actions.undo.triggered.connect(self.undo_requested)
        self._actions.redo.triggered.connect(self.redo_requested)
        self._actions.select_all.triggered.connect(self.view.selectAll)
        self._actions.delete.triggered.connect(self._on_delete_triggered)
        self._actions.exclude.triggered.connect(self.exclude_requested)
        self._actions.test.triggered.connect(self.test_requested)
        self._actions.look.triggered.connect(self.view.look_at_current)
        self._actions.alike.triggered.connect(self.alike_requested)
        self._actions.review.triggered.connect(self.review_requested)
        self._actions.search.triggered.connect(self._on_search_triggered)
        self.filter_bar.found.connect(self._on_filter_bar_found)
        self._actions.filter.toggled.connect(self._on_filter_toggled)
        self._size.side_changed.connect(self.view.set_least_side)
        self.view.size_step_requested.connect(self._size.step)
        self.filter_bar.closed.connect(self._on_filter_bar_closed)
        self.view.files_dropped.connect(self.files_dropped)
        self.empty_state.files_dropped.connect(self.files_dropped)
        self.view.customContextMenuRequested.connect(self._on_view_menu_requested)
        self.view.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self._model.modelReset.connect(self._on_selection_changed)
        self._theme.changed.connect(self._on_theme_changed)

    def _update_header(self) -> None:
        self._title.setText(self._class_name or self.tr("Images"))
        one, many = self.tr("1 image"), self.tr("{count} images")
        words = (one if self._total == 1 else many, self.tr("{count} of {total} images"))
        without = ("{count}", self.tr("{count} of {total}"))
        self._count.set_texts(
            self._counts(whole, words), self._counts(short, words), self._counts(short, without)
        )
        self._update_actions()

    def _counts(self, say: Callable[[int], str], words: tuple[str, str]) -> str:
        """How many images are shown, of how many where these are more, and are selected."""
        count, total = len(self._model.samples), self._total
        shown = words[count != total].format(count=say(count), total=say(total))
        said = [shown] if self._class_name else []
        selected = self.view.selected_count
        if selected:
            said.append(self.tr("{count} selected").format(count=say(selected)))
        return " ".join(f"· {each}" for each in said)

    def _update_actions(self) -> None:
        selected = self.view.selectionModel().hasSelection()
        for button in self._buttons:
            button.setVisible(self._writable)
        self._actions.delete.setEnabled(self._writable and selected)
        self._actions.exclude.setEnabled(self._writable and selected)
        self._actions.test.setEnabled(self._writable and selected)
        self._actions.look.setEnabled(selected)
        self._actions.alike.setEnabled(self._writable and selected)
        self._actions.review.setEnabled(self._writable and bool(self._model.samples))
        self._move_button.setEnabled(self._writable and selected and bool(self._other_classes))
        self._actions.select_all.setEnabled(bool(self._model.samples))

    @Slot(bool)
    def _on_filter_toggled(self, shown: bool) -> None:
        self.filter_bar.setVisible(shown)
        self._pages.setMinimumHeight(_LEAST_FILTERED_HEIGHT if shown else _LEAST_HEIGHT)
        self.filter_toggled.emit(shown)

    @Slot()
    def _on_search_triggered(self) -> None:
        self.set_filter_visible(True)
        self.filter_bar.search()

    @Slot()
    def _on_filter_bar_found(self) -> None:
        if self._model.samples:
            self.view.setFocus()
            self.view.setCurrentIndex(self._model.index(0, 0))

    @Slot()
    def _on_filter_bar_closed(self) -> None:
        self._actions.filter.setChecked(False)

    @Slot()
    def _on_selection_changed(self) -> None:
        self._update_header()
        self.selection_changed.emit()

    @Slot()
    def _on_delete_triggered(self) -> None:
        selected = self.view.selected_samples()
        self.go_on_from(selected)
        self.delete_requested.emit(selected)

    def _on_move_action_triggered(self, class_name: str) -> None:
        self.move_requested.emit(self.view.selected_samples(), class_name)

    @Slot(QPoint)
    def _on_view_menu_requested(self, where: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._move_button.isEnabled():
            move = menu.addMenu(self._theme.icon("move"), self.tr("Move to"))
            move.addActions(self._move_menu.actions())
        menu.addActions(self._actions.of_selection)
        menu.addSeparator()
        menu.addActions([self._actions.undo, self._actions.redo])
        menu.popup(self.view.viewport().mapToGlobal(where))

    @Slot()
    def _on_theme_changed(self) -> None:
        self._move_button.setIcon(self._theme.icon("move"))
