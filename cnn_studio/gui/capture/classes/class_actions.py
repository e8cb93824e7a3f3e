"""What can be done with the chosen class, and with all: the actions of a menu and their keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from cnn_studio.data.cards import Orientation
from cnn_studio.gui.capture.classes.class_model import ClassRow
from cnn_studio.gui.capture.classes.colour_choice import ColourChoice, swatch_icon
from cnn_studio.gui.theme import Theme


class ClassActions(QObject):
    """Keeps the actions in step with the chosen class; they ask and do nothing themselves.

    Args:
        view: Where the keys of the actions are taken.
        theme: Where the icons come from.

    Signals:
        edit_requested: The name shall be edited in its row.
        step_requested(int): The class shall go up (-1) or down (1) in the list.
        merge_requested(str, str): The first class shall go into the second.
        colour_requested(str, str): The class shall have this colour; the usual one if empty.
        switch_requested(str, bool): Trainings shall use the class, or leave it out.
        background_requested(str): This shall be the background class; none if empty.
        remove_requested(str): The class shall go to the trash.
        targets_requested: How many images to aim at shall be said.
        orientation_requested(bool): The images of all classes have an up, or have none.
    """

    edit_requested = Signal()
    step_requested = Signal(int)
    merge_requested = Signal(str, str)
    colour_requested = Signal(str, str)
    switch_requested = Signal(str, bool)
    background_requested = Signal(str)
    remove_requested = Signal(str)
    orientation_requested = Signal(bool)
    targets_requested = Signal()

    def __init__(self, view: QWidget, theme: Theme) -> None:
        super().__init__(view)
        self._view = view
        self._theme = theme
        self._rows: Sequence[ClassRow] = ()
        self._chosen: ClassRow | None = None
        keys = Qt.Key
        control = Qt.KeyboardModifier.ControlModifier
        self._rename = self._action("renameClass", self.tr("Rename"), QKeySequence(keys.Key_F2))
        self._up = self._action("classUp", self.tr("Move up"), QKeySequence(control | keys.Key_Up))
        self._down = self._action(
            "classDown", self.tr("Move down"), QKeySequence(control | keys.Key_Down)
        )
        self._trained = self._action("trainClass", self.tr("Train with this class"))
        self._background = self._action(
            "backgroundClass", self.tr("This is the class for “nothing of these”")
        )
        self._remove = self._action(
            "removeClass", self.tr("Delete class"), QKeySequence(keys.Key_Delete)
        )
        self._has_no_up = self._action(
            "noUp", self.tr("Images of all classes have no up (seen from above)")
        )
        self._targets = self._action("targets", self.tr("Images to aim at …"))
        self._targets.setShortcut(QKeySequence("Alt+T"))
        self._targets.setAutoRepeat(False)
        self._targets.setWhatsThis(self.tr("Choose how many images to aim at"))
        self._has_no_up.setToolTip(
            self.tr("Trainings may turn them by quarter turns, since any way round is right")
        )
        for action in (self._trained, self._background, self._has_no_up):
            action.setCheckable(True)
        self._merge = QMenu(self.tr("Merge into"), view)
        self._merge.setObjectName("mergeMenu")
        self._colour = ColourChoice(theme, view)
        self._colour.setTitle(self.tr("Colour"))
        self._connect()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.show_class((), "")

    def show_class(self, rows: Sequence[ClassRow], name: str) -> None:
        """Say which class is the chosen one.

        Args:
            rows: All classes, in order; none where they cannot be changed.
            name: The chosen class.
        """
        self._rows = rows
        self._chosen = next((row for row in rows if row.name == name), None)
        row = self._chosen
        place = rows.index(row) if row is not None else -1
        for action in (self._rename, self._remove, self._trained, self._background):
            action.setEnabled(row is not None)
        self._up.setEnabled(place > 0)
        self._down.setEnabled(0 <= place < len(rows) - 1)
        self._merge.setEnabled(row is not None and len(rows) > 1)
        self._colour.setEnabled(row is not None)
        if row is not None:
            self._trained.setChecked(row.is_trained)
            self._background.setChecked(row.is_background)
            self._colour.show_colour(row.colour, is_own=row.has_own_colour)

    def show_orientation(self, orientation: Orientation, *, is_editable: bool) -> None:
        """Say whether the images of the dataset have an up, and whether that can be changed."""
        self._has_no_up.setChecked(orientation is Orientation.ANY)
        self._has_no_up.setEnabled(is_editable)
        self._targets.setEnabled(is_editable)

    @property
    def targets(self) -> QAction:
        """Says how many images to aim at."""
        return self._targets

    @Slot()
    def refresh(self) -> None:
        """The menu opens: list the other classes in it."""
        self._merge.clear()
        for row in self._rows:
            if row is not self._chosen:
                action = self._merge.addAction(swatch_icon(row.colour), row.name.replace("&", "&&"))
                action.triggered.connect(partial(self._on_merge_triggered, row.name))

    def fill(self, menu: QMenu, more: Sequence[QAction]) -> None:
        """Put the actions into a menu, with others of the chosen class among them."""
        menu.addActions([self._rename, *more])
        menu.addSeparator()
        menu.addActions([self._trained, self._background])
        menu.addMenu(self._colour)
        menu.addSeparator()
        menu.addActions([self._up, self._down])
        menu.addMenu(self._merge)
        menu.addSeparator()
        menu.addAction(self._remove)
        menu.addSeparator()
        menu.addActions([self._targets, self._has_no_up])

    def _action(self, name: str, text: str, key: QKeySequence | None = None) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        if key is not None:
            action.setShortcut(key)
            action.setAutoRepeat(False)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self._view.addAction(action)
        return action

    def _connect(self) -> None:
        self._rename.triggered.connect(self.edit_requested)
        self._up.triggered.connect(self._on_up_triggered)
        self._down.triggered.connect(self._on_down_triggered)
        self._trained.triggered.connect(self._on_trained_triggered)
        self._background.triggered.connect(self._on_background_triggered)
        self._colour.chosen.connect(self._on_colour_chosen)
        self._remove.triggered.connect(self._on_remove_triggered)
        self._targets.triggered.connect(self.targets_requested)
        self._has_no_up.triggered.connect(self._on_has_no_up_triggered)

    def _on_merge_triggered(self, target: str) -> None:
        if self._chosen is not None:
            self.merge_requested.emit(self._chosen.name, target)

    @Slot()
    def _on_up_triggered(self) -> None:
        self.step_requested.emit(-1)

    @Slot()
    def _on_down_triggered(self) -> None:
        self.step_requested.emit(1)

    @Slot(bool)
    def _on_has_no_up_triggered(self, checked: bool) -> None:
        self.orientation_requested.emit(not checked)

    @Slot(bool)
    def _on_trained_triggered(self, checked: bool) -> None:
        if self._chosen is not None:
            self.switch_requested.emit(self._chosen.name, checked)

    @Slot(bool)
    def _on_background_triggered(self, checked: bool) -> None:
        if self._chosen is not None:
            self.background_requested.emit(self._chosen.name if checked else "")

    @Slot(str)
    def _on_colour_chosen(self, colour: str) -> None:
        if self._chosen is not None:
            self.colour_requested.emit(self._chosen.name, colour)

    @Slot()
    def _on_remove_triggered(self) -> None:
        if self._chosen is not None:
            self.remove_requested.emit(self._chosen.name)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._rename.setIcon(self._theme.icon("rename"))
        self._remove.setIcon(self._theme.icon("delete"))
