"""What an import would bring in, in a window: to be looked at, changed, and begun."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.data.import_plan import ImportPlan, Skipped
from cnn_studio.errors import DatasetError
from cnn_studio.gui.capture.messages import Messages
from cnn_studio.gui.capture.transfer.import_group_delegate import GroupDelegate
from cnn_studio.gui.capture.transfer.import_groups import GroupModel, GroupView
from cnn_studio.gui.capture.transfer.import_pixels import PixelRow
from cnn_studio.gui.capture.transfer.label_choice_row import LabelChoiceRow
from cnn_studio.gui.capture.transfer.names_row import NamesRow
from cnn_studio.gui.endings import Until
from cnn_studio.gui.figures import whole
from cnn_studio.gui.pictures.thumbnails import Thumbnails
from cnn_studio.gui.theme import Theme
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.notice import Kind

_WIDTH, _HEIGHT = 800, 560
_PICTURE_SIDE = 72  # twice what is shown, for screens of scale 2


class ImportDialog(QDialog):
    """Shows a plan and changes it; closing it leaves the plan to whoever opened it.

    Args:
        plan: What goes where.
        class_name: The class that all of it was brought to; empty if there was none.
        is_for_class: Whether everything goes to that class until it is said otherwise.

    Signals:
        sort_requested: The photos shall be sorted by what they show, and not by their folders.
        names_encoding_chosen(str): The names in the archives are written in this code page.
    """

    sort_requested = Signal()
    names_encoding_chosen = Signal(str)

    def __init__(
        self, plan: ImportPlan, class_name: str, is_for_class: bool, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setObjectName("importPreview")
        dataset = plan.folders.dataset.title
        self.setWindowTitle(self.tr("Import into {title}").format(title=dataset))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(_WIDTH, _HEIGHT)
        self._plan = plan
        self._class_name = class_name
        self._proposed = list(plan.groups)
        self._thumbnails = Thumbnails(_PICTURE_SIDE, self)
        self._model = GroupModel(plan, self._thumbnails, self)
        self._delegate = GroupDelegate(self._model, theme, self)
        self.view = GroupView(self._model, self._thumbnails, self)
        self.view.setItemDelegate(self._delegate)
        self.messages = Messages(theme, self)
        self._title = QLabel(self)
        self._title.setObjectName("importTotals")
        self._title.setProperty("role", "title")
        self._names = NamesRow(plan.readings, plan.names_encoding, self)
        self._hint = QLabel(self)
        self._hint.setObjectName("importHint")
        self._told_left_out: list[Skipped] | None = None
        self._labels = LabelChoiceRow(plan, self)
        self._pixels = PixelRow(plan, self)
        self._make_controls(is_for_class)
        self._lay_out()
        self._delegate.typed.connect(self._on_delegate_typed)
        self._delegate.chosen.connect(self._on_delegate_chosen)
        self._delegate.given_up.connect(self._say_hint)
        self.view.left_out.connect(self._on_view_left_out)
        self._each.toggled.connect(self._on_each_toggled)
        self._labels.changed.connect(self._on_labels_changed)
        self._pixels.changed.connect(self._model.read_again)
        self._names.chosen.connect(self._on_names_chosen)
        if is_for_class:
            self._take_whole()
            plan.choose_class(range(len(plan.groups)), class_name)
            self._labels.set_of_one_class(True)
        self.view.selectRow(0)
        self.view.setFocus()
        self._show_plan()

    @property
    def moves(self) -> bool:
        """Whether the files shall go away from where they are."""
        return self._move.isChecked() and self._plan.can_move

    def done(self, result: int) -> None:
        """The window closes; the pictures are let go of first: they read from the archives."""
        self._thumbnails.shutdown()
        super().done(result)

    def _make_controls(self, is_for_class: bool) -> None:
        self._each, self._all = self._pair(
            ("eachFolderButton", self.tr("A class for each folder"), ""),
            (
                "allIntoButton",
                self.tr("All into {name}").format(name=_short(self._class_name)),
                self._class_name,
            ),
            second=is_for_class,
        )
        for button in (self._each, self._all):
            button.setVisible(bool(self._class_name))
        self._copy, self._move = self._pair(
            ("copyButton", self.tr("Copy"), self.tr("The files stay where they are, too")),
            (
                "moveButton",
                self.tr("Move"),
                self.tr("The files go away from where they are, once they are in the dataset"),
            ),
        )
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._cancel.setObjectName("cancelPreviewButton")
        self._cancel.setToolTip(self.tr("Import nothing (Esc)"))
        self._cancel.setAutoDefault(False)
        self._import = QPushButton(self)
        self._import.setObjectName("startImportButton")
        self._import.setProperty("kind", "primary")
        self._import.setToolTip(self.tr("Bring the images in (Enter)"))
        self._import.setDefault(True)
        self._sort = dialog_button(
            self,
            "sortInsteadButton",
            self.tr("Sort these for me"),
            self.tr("Find out what each photo shows, whatever folder it lies in (Alt+S)"),
        )
        self._sort.setShortcut("Alt+S")
        self._sort.setVisible(self._are_loose)
        self._sort.clicked.connect(self._on_sort_clicked)
        self._cancel.clicked.connect(self.reject)
        self._import.clicked.connect(self.accept)

    def _pair(
        self, *choices: tuple[str, str, str], second: bool = False
    ) -> tuple[QToolButton, QToolButton]:
        group = QButtonGroup(self)
        buttons = []
        for name, text, tip in choices:
            button = QToolButton(self)
            button.setObjectName(name)
            button.setText(text.replace("&", "&&"))
            button.setToolTip(tip or text)
            button.setAccessibleName(text)
            button.setProperty("kind", "segment")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            group.addButton(button)
            buttons.append(button)
        buttons[second].setChecked(True)
        return buttons[0], buttons[1]

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._title, 1)
        head.addWidget(self._each)
        head.addWidget(self._all)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self._copy)
        foot.addWidget(self._move)
        foot.addSpacing(4)
        foot.addWidget(self._sort)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addSpacing(4)
        foot.addWidget(self._import)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._labels)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._names)
        layout.addWidget(self._pixels)
        layout.addWidget(self._hint)
        layout.addWidget(self.messages)
        layout.addLayout(foot)

    @property
    def _are_loose(self) -> bool:
        """Whether the photos lie in no class folders, and nobody has said what they show."""
        groups = self._plan.groups
        are_loose = not any(group.folders for group in groups)
        return are_loose and bool(groups) and not self._class_name

    def _choose(self, rows: Sequence[int], name: str) -> None:
        try:
            self._plan.choose_class(rows, name)
        except DatasetError as error:
            self._say(str(error), "error")
            return
        self._show_plan()

    def _take_whole(self) -> None:
        """What all goes to one class is taken as it is: nothing is cut out of it."""
        plan = self._plan
        if plan.source.is_by_file and (whole := [s for s in plan.sources if not s.is_by_file]):
            plan.choose_source(plan.sources.index(whole[0]))
            self._proposed = list(plan.groups)
            self._model.renew()

    def _show_plan(self) -> None:
        plan = self._plan
        count, classes = len(plan.files), plan.classes
        self._title.setText(self._totals(count, len(classes), sum(classes.values())))
        import_text = self.tr("Import {images}").format(images=self._images(count))
        self._import.setText(self.tr("Import") if plan.doubt else import_text)
        self._import.setAccessibleName(self._import.text())
        self._import.setEnabled(count > 0 and not plan.doubt)
        self._labels.show_plan()
        for button in (self._copy, self._move):
            button.setVisible(plan.can_move)
        self._say_hint()
        self._model.refresh()
        self._tell_left_out()

    def _totals(self, count: int, classes: int, new: int) -> str:
        if self._plan.doubt:
            return self.tr("Which are the classes?")
        if not count:
            return self.tr("Nothing will be imported")
        images = self._images(count)
        if classes == 1:
            text = self.tr("{images} into 1 class").format(images=images)
        else:
            text = self.tr("{images} into {count} classes").format(images=images, count=classes)
        if not new:
            return text
        if new == classes:
            fresh = self.tr("which is new") if new == 1 else self.tr("all of them new")
        else:
            fresh = self.tr("{count} of them new").format(count=new)
        return f"{text}, {fresh}"

    def _tell_left_out(self) -> None:
        left_out = self._plan.left_out
        if left_out == self._told_left_out:
            return
        self._told_left_out = left_out
        if not left_out:
            self.messages.clear()
            return
        skipped, homeless = len(self._plan.skipped), len(left_out) - len(self._plan.skipped)
        words = []
        if skipped == 1:
            words.append(self.tr("1 file cannot be imported."))
        elif skipped:
            words.append(self.tr("{count} files cannot be imported.").format(count=whole(skipped)))
        if homeless:
            images = self._images(homeless)
            words.append(self.tr("{images} without a class are left out.").format(images=images))
        lines = [f"{path}: {reason}" for path, reason in left_out]
        self.messages.report(" ".join(words), Kind.WARN, lines, until=Until.REPLACED)

    @Slot()
    def _say_hint(self) -> None:
        text = self.tr("Choose or type a class; a choice is for all folders that are selected.")
        self._say(text, "quiet")

    def _say(self, text: str, role: str) -> None:
        """Show a sentence below the table."""
        self._hint.setText(text)
        self._hint.setProperty("role", role)
        self._hint.style().unpolish(self._hint)
        self._hint.style().polish(self._hint)

    def _images(self, count: int) -> str:
        if count == 1:
            return self.tr("1 image")
        return self.tr("{count} images").format(count=whole(count))

    @Slot(int, str)
    def _on_delegate_typed(self, row: int, text: str) -> None:
        try:
            name, is_new = self._plan.find_class(text, self.view.rows_meant(row))
        except DatasetError as error:
            self._say(str(error), "error")
            return
        template = self.tr("{name} will be a new class.") if is_new else self.tr("Into {name}.")
        self._say(template.format(name=name), "quiet")

    @Slot(int, str)
    def _on_delegate_chosen(self, row: int, text: str) -> None:
        self._choose(self.view.rows_meant(row), text)

    @Slot(list)
    def _on_view_left_out(self, rows: list[int]) -> None:
        self._choose(rows, "")

    @Slot()
    def _on_sort_clicked(self) -> None:
        self.reject()
        self.sort_requested.emit()

    @Slot()
    def _on_labels_changed(self) -> None:
        self._proposed = list(self._plan.groups)
        self._model.renew()
        self.view.selectRow(0)
        self._show_plan()

    @Slot(str)
    def _on_names_chosen(self, encoding: str) -> None:
        self.reject()
        self.names_encoding_chosen.emit(encoding)

    @Slot(bool)
    def _on_each_toggled(self, is_each: bool) -> None:
        if is_each:
            self._plan.groups[:] = self._proposed
            self._labels.set_of_one_class(False)
            self._show_plan()
        else:
            self._labels.set_of_one_class(True)
            self._take_whole()
            self._choose(range(len(self._plan.groups)), self._class_name)


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
