"""Keeps the list of classes in step with the dataset, and turns what it asks for into edits."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.gui.capture.classes.class_panel import ClassPanel
from cnn_studio.gui.capture.classes.coach import advice
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.widgets.notice import Kind


class ClassFlow(QObject):
    """Shows the classes and what is still missing, and has edits made of them.

    Signals:
        class_chosen(str): A person has chosen this class.
    """

    class_chosen = Signal(str)

    def __init__(
        self,
        contents: Contents,
        edits: EditFlow,
        panel: ClassPanel,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._contents = contents
        self._edits = edits
        self._panel = panel
        self._messages = messages
        self._offer_to_undo = ""
        panel.add_requested.connect(edits.add_class)
        actions = panel.class_actions
        actions.remove_requested.connect(edits.remove_class)
        actions.merge_requested.connect(edits.merge_class)
        actions.colour_requested.connect(edits.colour_class)
        actions.switch_requested.connect(edits.switch_class)
        actions.background_requested.connect(edits.choose_background)
        panel.model.rename_requested.connect(edits.rename_class)
        panel.model.order_requested.connect(edits.order_classes)
        panel.view.class_chosen.connect(self.class_chosen)
        edits.classes_ordered.connect(panel.model.confirm_order)
        edits.class_added.connect(self._on_edits_class_added)
        edits.class_removed.connect(self._on_edits_class_removed)
        edits.class_merged.connect(self._on_edits_class_merged)
        edits.failed.connect(self._on_edits_failed)
        edits.history_changed.connect(self._on_edits_history_changed)
        contents.dataset_changed.connect(panel.model.end_order)
        contents.classes_changed.connect(self._on_contents_classes_changed)
        contents.listed.connect(self._on_contents_listed)

    @Slot()
    def _on_contents_classes_changed(self) -> None:
        contents = self._contents
        writable = contents.folders is not None
        self._panel.set_classes(contents.counts, contents.card, contents.is_known, writable)
        self._panel.set_chosen(contents.chosen)
        disabled = contents.card.disabled if contents.card else ()
        trained = {name: n for name, n in contents.counts.items() if name not in disabled}
        is_advised = writable and contents.is_known
        wants = advice(trained, contents.target, contents.recordings) if is_advised else []
        self._panel.set_coach(wants)

    @Slot()
    def _on_contents_listed(self) -> None:
        if self._panel.model.is_order_saved:
            self._panel.model.end_order()
            self._on_contents_classes_changed()

    @Slot(str)
    def _on_edits_class_added(self, name: str) -> None:
        self._panel.clear_field()
        self._contents.expect(name)

    @Slot(str)
    def _on_edits_class_removed(self, name: str) -> None:
        text = self.tr("{name} was moved to the trash with its images.").format(name=name)
        self._offer_undo(text)

    @Slot(str, str)
    def _on_edits_class_merged(self, source: str, target: str) -> None:
        text = self.tr("{source} was merged into {target}.").format(source=source, target=target)
        self._offer_undo(text)

    def _offer_undo(self, text: str) -> None:
        self._offer_to_undo = text
        self._messages.say(text, Kind.INFO, self.tr("Undo"), self._edits.undo)

    @Slot()
    def _on_edits_history_changed(self) -> None:
        # What the message offers to undo is no longer the newest edit.
        if self._offer_to_undo and self._messages.text == self._offer_to_undo:
            self._messages.clear()
        self._offer_to_undo = ""

    @Slot()
    def _on_edits_failed(self) -> None:
        self._panel.model.end_order()  # the list may show one that was not to be
        self._on_contents_classes_changed()
