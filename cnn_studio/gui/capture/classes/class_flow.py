"""Keeps the list of classes in step with the dataset, and turns what it asks for into edits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from cnn_studio.data.cards import MAX_STEPS, MAX_TARGET
from cnn_studio.gui.capture.classes.class_panel import ClassPanel
from cnn_studio.gui.capture.classes.coach import advice
from cnn_studio.gui.capture.contents import Contents
from cnn_studio.gui.capture.editing.edit_flow import EditFlow
from cnn_studio.gui.figures import whole
from cnn_studio.gui.instant_work import InstantWork
from cnn_studio.gui.widgets.popover import Popover
from cnn_studio.gui.widgets.question import Question

if TYPE_CHECKING:  # the window is there sooner without it
    from cnn_studio.instant.instant_model import HeldBack

_LONGEST_NUMBER = 9  # digits; more are too many images anyway


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
        instant: InstantWork,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._contents = contents
        self._edits = edits
        self._panel = panel
        self._instant = instant
        instant.model_changed.connect(self._on_contents_classes_changed)
        panel.add_requested.connect(edits.add_class)
        actions = panel.class_actions
        actions.remove_requested.connect(self._on_actions_remove_requested)
        actions.merge_requested.connect(self._on_actions_merge_requested)
        actions.colour_requested.connect(edits.colour_class)
        actions.switch_requested.connect(edits.switch_class)
        actions.background_requested.connect(edits.choose_background)
        actions.targets_requested.connect(self._on_actions_targets_requested)
        actions.orientation_requested.connect(edits.orient_images)
        panel.model.rename_requested.connect(edits.rename_class)
        panel.model.order_requested.connect(edits.order_classes)
        panel.view.class_chosen.connect(self.class_chosen)
        edits.classes_ordered.connect(panel.model.confirm_order)
        edits.class_added.connect(self._on_edits_class_added)
        edits.failed.connect(self._on_edits_failed)
        contents.dataset_changed.connect(panel.model.end_order)
        contents.classes_changed.connect(self._on_contents_classes_changed)
        contents.listed.connect(self._on_contents_listed)

    @Slot()
    def _on_contents_classes_changed(self) -> None:
        contents = self._contents
        writable = contents.folders is not None
        held_back = self._held_back()
        enough = held_back.enough if held_back is not None else frozenset()
        self._panel.set_classes(contents.counts, contents.card, contents.is_known, writable, enough)
        self._panel.set_chosen(contents.chosen)
        disabled = contents.card.disabled if contents.card else ()
        trained = {name: n for name, n in contents.counts.items() if name not in disabled}
        is_advised = writable and contents.is_known
        wants = []
        if is_advised:
            wants = advice(trained, contents.targets, contents.recordings, held_back)
        self._panel.set_coach(wants)

    def _held_back(self) -> HeldBack | None:
        """How well the classes are told apart, as far as that is known."""
        dataset, model = self._instant.dataset, self._instant.model
        is_here = dataset is not None and self._contents.shows(dataset)
        return model.held_back if is_here and model is not None else None

    @Slot()
    def _on_contents_listed(self) -> None:
        if self._panel.model.is_order_saved:
            self._panel.model.end_order()
            self._on_contents_classes_changed()

    @Slot()
    def _on_edits_class_added(self) -> None:
        self._panel.forget_name()

    @Slot(str)
    def _on_actions_remove_requested(self, name: str) -> None:
        count = self._images_of(name)
        if not count:
            self._edits.remove_class(name, 0)
            return
        images = self._edits.images(count)
        question = Question(
            "removeClassQuestion",
            self.tr("Delete the class {name} with its {images}?").format(name=name, images=images),
            self.tr("They go to the trash. Undo brings the class back as it was."),
            self.tr("&Delete class and {images}").format(images=images),
            self.tr("&Keep it"),
            self._panel.window(),
        )
        question.confirmed.connect(partial(self._edits.remove_class, name, count))
        question.open()

    @Slot(str, str)
    def _on_actions_merge_requested(self, source: str, target: str) -> None:
        count = self._images_of(source)
        if not count:
            self._edits.merge_class(source, target)
            return
        images = self._edits.images(count)
        question = Question(
            "mergeClassQuestion",
            self.tr("Merge the class {source} into {target}?").format(source=source, target=target),
            self.tr("{images} of {source} become images of {target}. It can be undone.").format(
                images=images, source=source, target=target
            ),
            self.tr("&Merge {images}").format(images=images),
            self.tr("&Keep both"),
            self._panel.window(),
        )
        question.confirmed.connect(partial(self._edits.merge_class, source, target))
        question.open()

    @Slot()
    def _on_actions_targets_requested(self) -> None:
        if self._contents.folders is None:
            return
        popover = Popover(
            self.tr("Images of each class to aim at, step by step"),
            self.tr("Such as: 10, 40, 200"),
            self.tr("Set"),
            self._set_targets,
            self._panel,
            text=", ".join(map(str, self._contents.targets)),
        )
        popover.open_below(self._panel.targets_anchor)

    def _set_targets(self, text: str) -> str:
        """Take the steps; return what is wrong with them, or nothing."""
        words = text.replace(",", " ").replace(";", " ").split()
        if not words or not all(word.isdecimal() for word in words):
            return self.tr("Write whole numbers, such as: 10, 40, 200")
        targets = sorted({int(word[:_LONGEST_NUMBER]) for word in words})
        if targets[0] < 1 or targets[-1] > MAX_TARGET or len(targets) > MAX_STEPS + 1:
            most = self.tr("Up to {count} numbers from 1 to {largest}, such as: 10, 40, 200")
            return most.format(count=MAX_STEPS + 1, largest=whole(MAX_TARGET))
        if tuple(targets) != self._contents.targets:
            self._edits.set_targets(targets)
        return ""

    def _images_of(self, name: str) -> int:
        """How many images a class holds; on the disk where that is not known yet."""
        contents = self._contents
        if contents.is_known or contents.folders is None:
            return contents.counts.get(name, 0)
        return contents.folders.counts().get(name, 0)

    @Slot()
    def _on_edits_failed(self) -> None:
        self._panel.give_name_back()
        self._panel.model.end_order()  # the list may show one that was not to be
        self._on_contents_classes_changed()
