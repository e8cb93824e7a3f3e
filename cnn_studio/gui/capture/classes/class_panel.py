"""The left side of the tab: the classes, a new one, and what is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.cards import DatasetCard, Orientation
from cnn_studio.data.class_names import MAX_LENGTH
from cnn_studio.gui.capture.classes.background_offer import BackgroundOffer
from cnn_studio.gui.capture.classes.class_actions import ClassActions
from cnn_studio.gui.capture.classes.class_model import ClassModel
from cnn_studio.gui.capture.classes.class_view import ClassView
from cnn_studio.gui.capture.transfer.import_strip import ImportStrip
from cnn_studio.gui.figures import whole
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.elided_label import ElidedLabel
from cnn_studio.untrusted_text import shown

_WIDTH = 264
_HEADER_HEIGHT = 32
_ICON = QSize(18, 18)


class ClassPanel(QFrame):
    """Shows the classes and asks for what shall be done with them.

    Signals:
        add_requested(str): A class of this name shall be added.
        files_requested(str), folder_requested(str): Images, or a folder of them, shall be chosen
            and brought into this class.
        video_requested(str): A video shall be chosen whose frames go into this class.
        tree_requested, zip_requested: A folder or a zip of class folders shall be chosen.
        sort_files_requested, sort_folder_requested: Photos, or a folder of them, shall be chosen
            and sorted into the classes.
        export_requested: The dataset shall be written into a zip.
    """

    add_requested = Signal(str)
    files_requested = Signal(str)
    folder_requested = Signal(str)
    video_requested = Signal(str)
    tree_requested = Signal()
    zip_requested = Signal()
    sort_files_requested = Signal()
    sort_folder_requested = Signal()
    export_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("classPanel")
        self.setProperty("panel", "true")
        self.setFixedWidth(_WIDTH)
        self._theme = theme
        self._chosen = ""
        self._asked_for = ""  # the class that is being added
        self.model = ClassModel(self)
        self.view = ClassView(self.model, theme, self)
        self.class_actions = ClassActions(self.view, theme)
        self.background_offer = BackgroundOffer(theme, self)
        self.import_strip = ImportStrip(theme, self)
        self._import_button = QToolButton(self)
        self._menu_button = QToolButton(self)
        self._field = QLineEdit(self)
        self._add = QPushButton(self.tr("Add"), self)
        self._digits = ElidedLabel(self)
        self._targets = QToolButton(self)
        self._coach = QLabel(self)
        self._make_actions()
        self._make_import_button()
        self._make_menu_button()
        self._make_targets_button()
        self._make_field()
        self._lay_out()
        self.view.customContextMenuRequested.connect(self._on_view_menu_requested)
        self.class_actions.edit_requested.connect(self._on_edit_requested)
        self.class_actions.step_requested.connect(self.view.step_class)
        self.model.rowsMoved.connect(self._on_model_rows_moved)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_classes(
        self,
        counts: Mapping[str, int],
        card: DatasetCard | None,
        known: bool,
        writable: bool,
        enough: Set[str] = frozenset(),
    ) -> None:
        """Show the classes; see ClassModel.set_classes."""
        self.model.set_classes(counts, card, known, writable, enough)
        orientation = card.orientation if card is not None else Orientation.UP
        self.class_actions.show_orientation(
            orientation, is_editable=card is not None and self.model.is_editable
        )
        self.view.show_class(self._chosen)
        self._add_row.setVisible(writable)
        self._import_button.setVisible(writable)
        self._menu_button.setVisible(writable)
        self._targets.setVisible(writable)

    @property
    def targets_anchor(self) -> QWidget:
        """Under which the editor of the targets opens."""
        return self._menu_button

    def set_chosen(self, name: str) -> None:
        """Mark a class as the chosen one; empty for none."""
        self._chosen = name
        self.view.show_class(name)
        exists = self.model.index_of(name).isValid()
        elided = self.view.fontMetrics().elidedText(shown(name), Qt.TextElideMode.ElideMiddle, 160)
        elided = elided.replace("&", "&&")
        self._files.setText(self.tr("Images into {name} …").format(name=elided))
        self._folder.setText(self.tr("A folder into {name} …").format(name=elided))
        self._video.setText(self.tr("Frames of a video into {name} …").format(name=elided))
        self._show_actions()
        for action in self._into_chosen:
            action.setVisible(exists)

    def set_coach(self, sentences: Sequence[str]) -> None:
        """Say what is still missing."""
        self._coach.setText("\n".join(map(shown, sentences)))
        self._coach.setVisible(bool(sentences))

    def forget_name(self) -> None:
        """The class that was asked for last is there."""
        self._asked_for = ""

    def give_name_back(self) -> None:
        """The class that was asked for could not be added: its name can be put right."""
        if not self._field.text():
            self._field.setText(self._asked_for)
        self._asked_for = ""

    def clear_field(self) -> None:
        """Nothing is typed there any more."""
        self._field.clear()

    def set_digits(self, number: int, *, moving: int, are_idle: bool = False) -> None:
        """Say what a digit does.

        Args:
            number: How many classes have one.
            moving: How many images it would move to the class; 0 where it chooses the class.
            are_idle: Whether it does neither: it goes into a text, or the header has the keys.
        """
        keys = "1" if number == 1 else f"1–{number}"  # noqa: RUF001
        if not number or are_idle:
            texts = [""]
        elif not moving:
            texts = [self.tr("{keys} choose the class"), self.tr("{keys}: choose")]
        elif moving == 1:
            texts = [self.tr("{keys} move the one selected"), self.tr("{keys} move 1 image")]
        else:
            texts = [self.tr("{keys} move the {count} selected"), self.tr("{keys} move {count}")]
        count = whole(moving)
        self._digits.set_texts(*(text.format(keys=keys, count=count) for text in texts))
        self._digits.setVisible(bool(number))
        self.view.mark_digits(is_moving=moving > 0 and not are_idle, are_idle=are_idle)

    def focus_field(self) -> None:
        """Let a person type the name of a class."""
        self._field.setFocus()

    def _make_actions(self) -> None:
        self._files = QAction(self)
        self._files.triggered.connect(lambda: self.files_requested.emit(self._chosen))
        self._folder = QAction(self)
        self._folder.triggered.connect(lambda: self.folder_requested.emit(self._chosen))
        self._video = QAction(self)
        self._video.setObjectName("importVideo")
        self._video.triggered.connect(lambda: self.video_requested.emit(self._chosen))
        self._sort_files = QAction(self.tr("Sort photos into classes …"), self)
        self._sort_files.setObjectName("sortFiles")
        self._sort_files.triggered.connect(self.sort_files_requested)
        self._sort_folder = QAction(self.tr("Sort a folder of photos into classes …"), self)
        self._sort_folder.setObjectName("sortFolder")
        self._sort_folder.triggered.connect(self.sort_folder_requested)
        self._into_chosen = (self._files, self._folder, self._video)

    def _make_import_button(self) -> None:
        menu = QMenu(self)
        menu.addActions(self._into_chosen)
        menu.addSeparator()
        menu.addAction(self.tr("A folder of class folders …"), self.tree_requested.emit)
        menu.addAction(self.tr("A zip, tar or .tm project …"), self.zip_requested.emit)
        menu.addSeparator()
        menu.addActions([self._sort_files, self._sort_folder])
        menu.addSeparator()
        menu.addAction(self.tr("Export the dataset as a zip …"), self.export_requested.emit)
        button = self._import_button
        button.setObjectName("importButton")
        button.setText(self.tr("Import"))
        button.setProperty("menu", "true")
        button.setToolTip(
            self.tr(
                "Bring in images, folders, a zip, tar or video; sort photos; export the dataset"
            )
        )
        button.setAccessibleName(button.toolTip())
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(_ICON)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setMenu(menu)

    def _make_menu_button(self) -> None:
        menu = QMenu(self)
        self.class_actions.fill(menu, self._into_chosen)
        menu.aboutToShow.connect(self.class_actions.refresh)
        button = self._menu_button
        button.setObjectName("classMenuButton")
        button.setToolTip(self.tr("Open the menu of the chosen class and of all classes"))
        button.setAccessibleName(button.toolTip())
        button.setIconSize(_ICON)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setMenu(menu)

    def _make_targets_button(self) -> None:
        action = self.class_actions.targets
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.addAction(action)  # its key holds on the whole tab
        button = self._targets
        button.setObjectName("targetsButton")
        button.setText(self.tr("Targets"))
        tip = self.tr("How many images of each class to aim at, step by step ({key})")
        button.setToolTip(tip.format(key=key))
        button.setAccessibleName(button.toolTip())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(action.trigger)

    def _make_field(self) -> None:
        self._field.setObjectName("newClassField")
        self._field.setPlaceholderText(self.tr("New class"))
        self._field.setMaxLength(MAX_LENGTH)
        self._field.setToolTip(self.tr("The name of a new class; Enter adds it"))
        self._field.setAccessibleName(self.tr("Name of a new class"))
        self._field.returnPressed.connect(self._on_add_requested)
        self._field.textChanged.connect(lambda text: self._add.setEnabled(bool(text.strip())))
        self._add.setObjectName("addClassButton")
        self._add.setToolTip(self.tr("Add the class (Enter)"))
        self._add.setAccessibleName(self.tr("Add the class"))
        self._add.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._add.setEnabled(False)
        self._add.clicked.connect(self._on_add_requested)
        self._digits.setObjectName("digitLine")
        self._digits.setProperty("role", "quiet")
        self._coach.setObjectName("coach")
        self._coach.setProperty("role", "quiet")
        self._coach.setWordWrap(True)
        self._coach.setTextFormat(Qt.TextFormat.PlainText)

    def _lay_out(self) -> None:
        heading = QLabel(self.tr("CLASSES"), self)
        heading.setProperty("role", "section")
        heading.setMinimumHeight(_HEADER_HEIGHT)
        header = QHBoxLayout()
        header.setContentsMargins(12, 0, 4, 0)
        header.addWidget(heading, 1)
        header.addWidget(self._import_button)
        header.addWidget(self._menu_button)
        self._add_row = QWidget(self)
        row = QHBoxLayout(self._add_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._field, 1)
        row.addWidget(self._add)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 0, 12, 4)
        foot.setSpacing(8)
        keys = QHBoxLayout()
        keys.setSpacing(8)
        keys.addWidget(self._digits)
        keys.addStretch(1)
        keys.addWidget(self._targets)
        foot.addLayout(keys)
        foot.addWidget(self._add_row)
        foot.addWidget(self.background_offer)
        foot.addWidget(self._coach)
        foot.addWidget(self.import_strip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 8, 1, 8)
        layout.setSpacing(8)
        layout.addLayout(header)
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)

    @Slot()
    def _on_add_requested(self) -> None:
        if self._field.text().strip():
            self._asked_for = self._field.text()
            self._field.clear()  # the next name may be typed before the class is there
            self.add_requested.emit(self._asked_for)

    def _show_actions(self) -> None:
        rows = self.model.rows if self.model.is_editable else ()
        self.class_actions.show_class(rows, self._chosen)

    @Slot()
    def _on_edit_requested(self) -> None:
        self.view.edit(self.model.index_of(self._chosen))

    @Slot()
    def _on_model_rows_moved(self) -> None:
        self._show_actions()

    @Slot(QPoint)
    def _on_view_menu_requested(self, where: QPoint) -> None:
        if self.view.class_at(where) and self.model.is_editable:
            self._menu_button.menu().popup(self.view.viewport().mapToGlobal(where))

    @Slot()
    def _on_theme_changed(self) -> None:
        self._import_button.setIcon(self._theme.icon("import"))
        self._menu_button.setIcon(self._theme.icon("more"))
        self._files.setIcon(self._theme.icon("images"))
        self._folder.setIcon(self._theme.icon("folder"))
        self._video.setIcon(self._theme.icon("video"))
