"""Decides whether a background class is offered, and adds it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Slot

from cnn_studio.data.class_names import is_same_name
from cnn_studio.gui.capture.classes.background_offer import BackgroundOffer
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow

_SETTING = "capture/background_declined"
_LEAST_CLASSES = 2  # with fewer it is too early to speak of it


class BackgroundFlow(QObject):
    """Offers the class once there are classes that it can be told from, until it is declined."""

    def __init__(
        self,
        contents: Contents,
        edits: EditFlow,
        offer: BackgroundOffer,
        settings: QSettings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._contents = contents
        self._edits = edits
        self._offer = offer
        self._settings = settings
        offer.accepted.connect(self._on_offer_accepted)
        offer.declined.connect(self._on_offer_declined)
        contents.classes_changed.connect(self._on_contents_classes_changed)

    @Slot()
    def _on_contents_classes_changed(self) -> None:
        contents, card = self._contents, self._contents.card
        wanted = (
            contents.folders is not None
            and contents.is_known
            and card is not None
            and not card.background
            and len(contents.classes) >= _LEAST_CLASSES
            and contents.dataset is not None
            and str(contents.dataset.folder) not in self._declined()
        )
        self._offer.setVisible(wanted)

    @Slot()
    def _on_offer_accepted(self) -> None:
        name = self.tr("nothing")
        there = next((each for each in self._contents.classes if is_same_name(each, name)), "")
        if there:
            self._edits.choose_background(there)
        else:
            self._edits.add_background(name)

    @Slot()
    def _on_offer_declined(self) -> None:
        if self._contents.dataset is not None:
            declined = {*self._declined(), str(self._contents.dataset.folder)}
            self._settings.setValue(_SETTING, sorted(declined))
        self._offer.hide()

    def _declined(self) -> list[str]:
        """The folders of the datasets for which the offer was declined."""
        kept = self._settings.value(_SETTING, [])
        # A settings file gives a list of one back as a text.
        return [kept] if isinstance(kept, str) else list(kept) if isinstance(kept, list) else []
