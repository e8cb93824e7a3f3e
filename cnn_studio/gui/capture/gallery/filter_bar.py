"""The line under the gallery's header that says what is shown, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from cnn_studio.gui.capture.gallery.arrangement import Arrangement, Order, Show
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_chooser import SHORTER_ROLE, ElidedChooser

_CHOOSER_WIDTH = 120


class FilterBar(QWidget):
    """Asks for an arrangement of the gallery.

    Signals:
        arrangement_changed(Arrangement): Something else shall be shown, or in another order.
        model_chosen(Path | None): The run whose model classifies the images, or none.
        all_classes_toggled(bool): The images of all classes shall be shown, or of the chosen one.
        closed: The bar was closed: everything shall be shown again.
        found: Enter in the search: the keys go to what it has found.
    """

    arrangement_changed = Signal(object)
    model_chosen = Signal(object)
    all_classes_toggled = Signal(bool)
    closed = Signal()
    found = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterBar")
        self._theme = theme
        self._search = QLineEdit(self)
        self._make_search()
        self._scope = self._chooser("scopeChooser", self.tr("The images of which classes"))
        self._session = self._chooser("sessionChooser", self.tr("The images of which session"))
        self._show = self._chooser("showChooser", self.tr("Which images are shown"))
        self._order = self._chooser("orderChooser", self.tr("Which images come first"))
        self._model = self._chooser("galleryModelChooser", self.tr("Which model looks at them"))
        self._predicted = self._chooser(
            "predictedChooser", self.tr("Only images that the model takes for this class")
        )
        self._progress = QLabel(self)
        self._progress.setObjectName("insightProgress")
        self._progress.setProperty("role", "quiet")
        self._is_looking = False
        self._lack = ""
        self._close = QToolButton(self)
        self._close.setObjectName("closeFilterButton")
        self._close.setIconSize(QSize(16, 16))
        self._close.setToolTip(self.tr("Show everything again (Esc)"))
        self._close.setAccessibleName(self._close.toolTip())
        self._close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._close.clicked.connect(self.closed)
        self._grid = QGridLayout()
        self._places: list[tuple[QWidget, int, int]] = []
        self._fill()
        self._lay_out()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def arrangement(self) -> Arrangement:
        """What is asked for."""
        return Arrangement(
            str(self._session.currentData() or ""),
            Show(self._show.currentData()),
            str(self._predicted.currentData() or ""),
            Order(self._order.currentData()),
            self._search.text().strip(),
        )

    @property
    def has_keys(self) -> bool:
        """Whether the search, or a chooser or button here, has the keys."""
        focused = self.window().focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def search(self) -> None:
        """Put the cursor into the search by file name."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    @property
    def model(self) -> Path | None:
        """The folder of the chosen run."""
        chosen = self._model.currentData()
        return Path(chosen) if chosen else None

    def set_sessions(self, sessions: Sequence[tuple[str, ...]]) -> None:
        """Offer these sessions: their ids, and what they are called, at length and shorter."""
        _refill(self._session, [("", self.tr("All sessions")), *sessions])

    def set_models(self, runs: Sequence[tuple[str, str]]) -> None:
        """Offer the models of these runs: their folders and what they are called."""
        _refill(self._model, [("", self.tr("No model")), *runs])
        self._update_enabled()

    def set_model_classes(self, names: Sequence[str]) -> None:
        """Offer the classes that the model can tell apart."""
        _refill(self._predicted, [("", self.tr("Any prediction")), *((n, n) for n in names)])

    def set_progress(self, done: int, total: int) -> None:
        """Say whether images are still to be looked at; how many, the status line says."""
        self._is_looking = done < total
        self._update_progress()

    def set_lack(self, text: str, tip: str = "") -> None:
        """Say in two or three words that what is asked for is not known, and in a tip why."""
        self._lack = text
        self._progress.setToolTip(tip)
        self._update_progress()

    def set_ranking(self, text: str) -> None:
        """Offer the order in which the images are given, and choose it.

        Args:
            text: What is first in it; empty where they are given in no order.
        """
        with QSignalBlocker(self._order):
            place = self._order.findData(str(Order.GIVEN))
            if place >= 0:
                self._order.removeItem(place)
            if text:
                self._order.insertItem(0, text, str(Order.GIVEN))
            self._order.setCurrentIndex(0)

    def reset(self, *, all_classes: bool = False) -> None:
        """Ask for everything, newest first or as given.

        Args:
            all_classes: Of every class, or of the chosen one.
        """
        for chooser in (self._session, self._show, self._order, self._predicted, self._model):
            with QSignalBlocker(chooser):
                chooser.setCurrentIndex(0)
        with QSignalBlocker(self._search):
            self._search.clear()
        self._scope.setCurrentIndex(int(all_classes))
        self._is_looking = False
        self.set_lack("")
        self._update_enabled()

    def show_only(self, show: Show, all_classes: bool) -> None:
        """Ask for one kind of images."""
        self._scope.setCurrentIndex(int(all_classes))
        self._show.setCurrentIndex(self._show.findData(str(show)))

    def _fill(self) -> None:
        for value, text in (("", self.tr("This class")), ("all", self.tr("All classes"))):
            self._scope.addItem(text, value)
        for show, text in (
            (Show.ALL, self.tr("All images")),
            (Show.UNREVIEWED, self.tr("Not reviewed")),
            (Show.FLAWED, self.tr("With a problem")),
            (Show.BLURRED, self.tr("Blurred")),
            (Show.DARK, self.tr("Too dark")),
            (Show.BRIGHT, self.tr("Burnt out")),
            (Show.UNREADABLE, self.tr("Unreadable")),
            (Show.COPIES, self.tr("More than once")),
            (Show.EXCLUDED, self.tr("Left out of training")),
            (Show.VALIDATION, self.tr("Given for validation")),
            (Show.TESTED, self.tr("Kept for the test")),
            (Show.DISAGREES, self.tr("Model disagrees")),
            (Show.DOUBTED, self.tr("Likely wrong label")),
        ):
            self._show.addItem(text, str(show))
        for order, text in (
            (Order.NEWEST, self.tr("Newest")),
            (Order.OLDEST, self.tr("Oldest")),
            (Order.LEAST_SHARP, self.tr("Least sharp")),
            (Order.LEAST_PROBABLE, self.tr("Most doubted")),
            (Order.MOST_USEFUL, self.tr("Most useful first")),
        ):
            self._order.addItem(text, str(order))
        last = self._order.count() - 1
        self._order.setItemData(last, [self.tr("Most useful")], SHORTER_ROLE)
        self.set_sessions([])
        self.set_models([])
        self.set_model_classes([])

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange_choosers()

    def _lay_out(self) -> None:
        self._grid.setSpacing(8)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(8)
        row.addLayout(self._grid, 1)
        row.addWidget(self._progress)
        row.addWidget(self._close)
        self._arrange_choosers()
        self._scope.currentIndexChanged.connect(self._on_scope_changed)
        self._search.textChanged.connect(self._on_arrangement_changed)
        for chooser in (self._session, self._order, self._predicted):
            chooser.currentIndexChanged.connect(self._on_arrangement_changed)
        self._show.currentIndexChanged.connect(self._on_show_changed)
        self._model.currentIndexChanged.connect(self._on_model_changed)

    def _make_search(self) -> None:
        key = QKeySequence("Ctrl+F").toString(QKeySequence.SequenceFormat.NativeText)
        self._search.setObjectName("nameSearch")
        self._search.setPlaceholderText(self.tr("File name"))
        self._search.setAccessibleName(self.tr("Search by file name"))
        tip = self.tr("Only images in whose file name this stands ({key}); Enter goes to them")
        self._search.setToolTip(tip.format(key=key))
        self._search.setMinimumWidth(_CHOOSER_WIDTH // 2)
        policy = QSizePolicy.Policy
        self._search.setSizePolicy(policy.Preferred, policy.Fixed)  # as wide as a chooser
        self._search.setClearButtonEnabled(True)
        # Later, or the same press would go on to what gets the keys.
        self._search.returnPressed.connect(self.found, Qt.ConnectionType.QueuedConnection)

    def _chooser(self, name: str, tip: str) -> QComboBox:
        chooser = ElidedChooser(self)
        chooser.setObjectName(name)
        chooser.setToolTip(tip)
        chooser.setAccessibleName(tip)
        chooser.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chooser.setMinimumWidth(_CHOOSER_WIDTH // 2)
        chooser.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        return chooser

    def _arrange_choosers(self) -> None:
        """Set the choosers in one row, or in two where they would be too narrow to read."""
        choosers = (self._search, self._scope, self._session, self._show, self._order)
        by_model = (self._model, self._predicted)
        shown: list[QWidget] = [
            chooser for chooser in (*choosers, *by_model) if not chooser.isHidden()
        ]
        has_room = self.width() >= _CHOOSER_WIDTH * len(shown)
        columns = len(shown) if has_room else (len(shown) + 1) // 2
        places = [(chooser, *divmod(n, columns)) for n, chooser in enumerate(shown)]
        if places != self._places:
            self._places = places
            for chooser, row, column in places:
                self._grid.addWidget(chooser, row, column)
            for column in range(self._grid.columnCount()):
                self._grid.setColumnStretch(column, int(column < columns))

    def _update_enabled(self) -> None:
        has_model = self.model is not None
        self._predicted.setVisible(has_model)
        self._model.setVisible(self._model.count() > 1)
        self._arrange_choosers()

    def _update_progress(self) -> None:
        self._progress.setText(self.tr("Looking …") if self._is_looking else self._lack)

    @Slot()
    def _on_scope_changed(self) -> None:
        self.all_classes_toggled.emit(bool(self._scope.currentData()))

    def _put_doubted_first(self) -> None:
        """What is contradicted is what a person wants to see."""
        if self._order.currentData() == str(Order.NEWEST):
            with QSignalBlocker(self._order):
                self._order.setCurrentIndex(self._order.findData(str(Order.LEAST_PROBABLE)))

    @Slot()
    def _on_show_changed(self) -> None:
        if self._show.currentData() == str(Show.DOUBTED):
            self._put_doubted_first()
        self._on_arrangement_changed()

    @Slot()
    def _on_arrangement_changed(self) -> None:
        self.arrangement_changed.emit(self.arrangement)

    @Slot()
    def _on_model_changed(self) -> None:
        self._update_enabled()
        if self.model is None:
            with QSignalBlocker(self._predicted):
                self._predicted.setCurrentIndex(0)
        else:
            self._put_doubted_first()
        self.model_chosen.emit(self.model)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._close.setIcon(self._theme.icon("close", "text_quiet"))


def _refill(chooser: QComboBox, entries: Sequence[tuple[str, ...]]) -> None:
    """Offer other entries and keep the chosen one, if it is still there.

    Args:
        chooser: What they are offered in.
        entries: The value of each, its text, and shorter ones for where that has no room.
    """
    before = [(chooser.itemData(n), chooser.itemText(n)) for n in range(chooser.count())]
    if before == [entry[:2] for entry in entries]:
        return
    chosen = chooser.currentData()
    with QSignalBlocker(chooser):
        chooser.clear()
        for place, (value, text, *shorter) in enumerate(entries):
            chooser.addItem(text, value)
            chooser.setItemData(place, shorter, SHORTER_ROLE)
        chooser.setCurrentIndex(max(0, chooser.findData(chosen)))
    if chooser.currentData() != chosen and chosen:
        chooser.currentIndexChanged.emit(chooser.currentIndex())
