"""Chooses a recipe by name: those of the program, the person's own, or one in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.cards import Orientation
from cnn_studio.errors import UsageError
from cnn_studio.gui.jobs import Task
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.training import wording
from cnn_studio.gui.training.recipe.recipe_delegate import ABOUT_ROLE, RecipeDelegate
from cnn_studio.gui.widgets.elided_chooser import ElidedChooser
from cnn_studio.gui.widgets.popover import Popover
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel
from cnn_studio.paths import Workspace
from cnn_studio.training.presets import (
    BEST,
    PRESETS,
    RECIPES_FOLDER,
    Preset,
    own_presets,
    read_preset,
    write_preset,
)
from cnn_studio.training.recipe import Recipe

_Loaded = tuple[list[Preset], Preset | None]
_LONGEST_NAME = 40


class RecipeChooser(QWidget):
    """Reads and writes recipes beside the window.

    Signals:
        preset_chosen(Preset): This recipe shall be taken over.
        save_requested(str): The recipe in the fields shall be kept under this title.
        opened: The list is shown, with how long each will take where that is known.
        offered: There are others to choose from.
        failed(str): A recipe could not be read or kept; the sentence that says why.
    """

    preset_chosen = Signal(object)
    save_requested = Signal(str)
    opened = Signal()
    offered = Signal()
    failed = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._presets: list[Preset] = []
        self._is_own_choice = False
        self._orientation = Orientation.UP
        self._times: dict[str, float] = {}
        self._field = _Field(self)
        self._field.view().setItemDelegate(RecipeDelegate(studio.theme, self._field))
        self._field.setObjectName("recipeField")
        self._field.setAccessibleName(self.tr("Recipe"))
        self._field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._more = QToolButton(self)
        self._more.setObjectName("recipeMoreButton")
        self._more.setToolTip(self.tr("Save this recipe or open another one"))
        self._more.setAccessibleName(self._more.toolTip())
        self._more.setIconSize(QSize(18, 18))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self._more)
        for name, text, slot in (
            ("saveRecipe", self.tr("Keep as my recipe …"), self._on_save_requested),
            ("openRecipe", self.tr("Open a recipe file …"), self._on_open_requested),
            ("showRecipes", self.tr("Show my recipe files"), self._on_folder_requested),
        ):
            action = QAction(text, menu)
            action.setObjectName(name)
            action.triggered.connect(slot)
            menu.addAction(action)
        self._more.setMenu(menu)
        self._purpose = WrappedLabel(self)
        self._purpose.setObjectName("recipePurpose")
        self._purpose.setProperty("role", "quiet")
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self._field, 1)
        row.addWidget(self._more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._purpose)
        self._offer([], None)
        self._field.activated.connect(self._on_field_activated)
        self._field.opened.connect(self.opened)
        studio.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def preset(self) -> Preset:
        """The recipe that is chosen."""
        return self._presets[self._field.currentIndex()]

    @property
    def presets(self) -> tuple[Preset, ...]:
        """The recipes that can be chosen."""
        return tuple(self._presets)

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self._field.view().isVisible()

    def set_times(self, times: Mapping[str, float]) -> None:
        """Say how long recipes will take here, in seconds by their names, where that is known."""
        self._times = dict(times)
        self._show_abouts()

    def set_orientation(self, orientation: Orientation) -> None:
        """Say whether the images have an up for which the recipe in the fields is made."""
        self._orientation = orientation

    @Slot()
    def refresh(self) -> None:
        """Read the person's own recipes again."""
        self._load(partial(_own, self._studio.workspace))

    def open(self, path: Path) -> None:
        """Choose the recipe in a file, or a run's; `preset_chosen` or `failed` follows."""
        self._load(partial(_opened, self._studio.workspace, path))

    def suggest(self, preset: Preset) -> None:
        """Choose what suits the dataset, unless the person has chosen for themselves.

        `preset_chosen` follows if that is another one.
        """
        if not self._is_own_choice and preset != self.preset:
            with QSignalBlocker(self._field):
                self._field.setCurrentIndex(self._presets.index(preset))
            self._show_summary()
            self.preset_chosen.emit(preset)

    def save(self, recipe: Recipe, title: str) -> None:
        """Keep a recipe as the person's own; it is the chosen one then."""
        self._load(partial(_saved, self._studio.workspace, recipe, title, self._orientation))

    def _load(self, work: partial[_Loaded]) -> None:
        job = self._studio.jobs.create(work)
        job.succeeded.connect(self._on_job_succeeded)
        job.failed.connect(self.failed)
        job.start()

    def _offer(self, own: list[Preset], chosen: Preset | None) -> None:
        wanted = chosen or (self.preset if self._presets else BEST)
        self._presets = [*PRESETS, *own]
        if wanted not in self._presets:
            self._presets.append(wanted)  # from a file elsewhere
        with QSignalBlocker(self._field):
            self._field.clear()
            for place, preset in enumerate(self._presets):
                self._field.addItem(self.tr(preset.title))
                self._field.setItemData(place, preset.summary, Qt.ItemDataRole.ToolTipRole)
            self._field.setCurrentIndex(self._presets.index(wanted))
        self._show_abouts()
        self._show_summary()
        self.offered.emit()

    def _show_abouts(self) -> None:
        for place, preset in enumerate(self._presets):
            purpose, title = self.tr(preset.purpose) if preset.purpose else "", preset.title
            about = wording.recipe_about(purpose, self._times.get(preset.name))
            self._field.setItemData(place, about, ABOUT_ROLE)
            spoken = ". ".join(filter(None, (self.tr(title), about)))
            self._field.setItemData(place, spoken, Qt.ItemDataRole.AccessibleTextRole)

    def _show_summary(self) -> None:
        self._field.setToolTip(self.preset.summary or self.tr("How the network is trained"))
        self._purpose.setText(f"{self.tr(self.preset.purpose)}." if self.preset.purpose else "")
        self._purpose.setVisible(bool(self.preset.purpose))

    def _ask_to_save(self, title: str) -> str:
        if not title or len(title) > _LONGEST_NAME:
            return self.tr("Type a name of up to {count} letters.").format(count=_LONGEST_NAME)
        self.save_requested.emit(title)
        return ""

    @Slot(object)
    def _on_job_succeeded(self, loaded: _Loaded) -> None:
        own, chosen = loaded
        self._offer(own, chosen)
        if chosen is not None:
            self._is_own_choice = True
            self.preset_chosen.emit(chosen)

    @Slot()
    def _on_field_activated(self) -> None:
        self._is_own_choice = True
        self._show_summary()
        self.preset_chosen.emit(self.preset)

    @Slot()
    def _on_save_requested(self) -> None:
        Popover(
            self.tr("Keep this recipe as"),
            self.tr("for example: Photos of the garden"),
            self.tr("Keep"),
            self._ask_to_save,
            self,
        ).open_below(self._more)

    @Slot()
    def _on_open_requested(self) -> None:
        dialog = QFileDialog(self, self.tr("Open a recipe file"))
        dialog.setObjectName("recipeFileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Recipes (*.toml *.json)"))
        dialog.setDirectory(str(self._studio.workspace.root))
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _on_file_selected(self, name: str) -> None:
        self.open(Path(name))

    @Slot()
    def _on_folder_requested(self) -> None:
        folder = self._studio.workspace.root / RECIPES_FOLDER
        if not folder.is_dir():
            self.failed.emit(self.tr("There are none yet. Keep a recipe first."))
        else:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    @Slot()
    def _on_theme_changed(self) -> None:
        self._more.setIcon(self._studio.theme.icon("more", "text_quiet"))


class _Field(ElidedChooser):
    """Says when its list is shown."""

    opened = Signal()

    def showPopup(self) -> None:  # noqa: N802 - Qt's name
        super().showPopup()
        self.opened.emit()


def _own(workspace: Workspace, _task: Task) -> _Loaded:
    return own_presets(workspace), None


def _opened(workspace: Workspace, path: Path, _task: Task) -> _Loaded:
    return own_presets(workspace), read_preset(path)


def _saved(
    workspace: Workspace, recipe: Recipe, title: str, orientation: Orientation, _task: Task
) -> _Loaded:
    name = re.sub(r"[^\w-]+", "-", title).strip("-").lower()
    path = workspace.root / RECIPES_FOLDER / f"{name or 'recipe'}.toml"
    try:
        write_preset(path, recipe, title, orientation=orientation)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror or error}).") from error
    return own_presets(workspace), read_preset(path)
