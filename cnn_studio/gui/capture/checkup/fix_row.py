"""The buttons for what can be done about a finding."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from cnn_studio.gui.capture.checkup.fix_offers import Offer
from cnn_studio.gui.capture.checkup.wording import offer_text
from cnn_studio.gui.figures import whole
from cnn_studio.gui.widgets.buttons import dialog_button

_MOST_TEXT_PX = 200  # the name of a class may have 40 letters, and four buttons stand in a row


class FixRow(QWidget):
    """A button for each offer, the first one emphasized; a menu where a class must be named.

    Signals:
        chosen(Offer, str): Do this; with the class, where one was to be named.
        pointed_at(Offer | None): The button of this offer is pointed at, or has the keyboard.
        select_all_requested: Select all images.
    """

    chosen = Signal(object, str)
    pointed_at = Signal(object)
    select_all_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fixRow")
        self._offers: dict[QPushButton, Offer] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)

    def show_offers(self, found: Sequence[Offer], selectable: int) -> None:
        """Show these offers.

        Args:
            found: What can be done, the best first.
            selectable: How many images a person can select for more; 0 if that makes no difference.
        """
        self._clear()
        for place, offer in enumerate(found):
            button = self._button(offer)
            if place == 0:
                button.setProperty("kind", "primary")
            button.installEventFilter(self)
            self._offers[button] = offer
            self._add(button)
        if selectable:
            text = self.tr("Select all {count}").format(count=whole(selectable))
            button = dialog_button(
                self, "selectAllButton", text, self.tr("Then choose what is done with them")
            )
            button.clicked.connect(self.select_all_requested)
            self._add(button)
        self._row.addStretch(1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QPushButton) and watched in self._offers:
            kind = event.type()
            if kind in (QEvent.Type.Enter, QEvent.Type.FocusIn):
                self.pointed_at.emit(self._offers[watched])
            elif kind in (QEvent.Type.Leave, QEvent.Type.FocusOut):
                self.pointed_at.emit(None)
        return False

    def _add(self, button: QPushButton) -> None:
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys where they are
        self._row.addWidget(button)
        button.show()  # else only once the event loop comes to it

    def _clear(self) -> None:
        self._offers.clear()
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def _button(self, offer: Offer) -> QPushButton:
        only = offer.classes[0] if len(offer.classes) == 1 else ""
        text = offer_text(offer, only)
        tip = self.tr("{text}; it can be undone").format(text=text)
        button = dialog_button(self, f"{offer.fix}-button", text, tip)
        metrics = button.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, _MOST_TEXT_PX)
        button.setText(shown.replace("&", "&&"))
        if len(offer.classes) > 1:
            menu = QMenu(button)
            for name in offer.classes:
                action = menu.addAction(name.replace("&", "&&"))
                action.triggered.connect(partial(self._choose, offer, name))
            button.setMenu(menu)
        else:
            button.clicked.connect(partial(self._choose, offer, only))
        return button

    def _choose(self, offer: Offer, class_name: str, *_checked: bool) -> None:
        self.chosen.emit(offer, class_name)
