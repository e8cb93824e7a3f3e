"""How the classes of an import are read: a choice where there are several ways, and its split."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QRadioButton, QVBoxLayout, QWidget

from cnn_studio.data.import_plan import ImportPlan
from cnn_studio.data.labels.label_source import missing_in_words
from cnn_studio.gui.figures import whole
from cnn_studio.gui.widgets.wrapped_label import WrappedLabel

_MOST_WAYS = 6
_LONGEST_WAY = 100  # letters; the tooltip has all of it


class LabelChoiceRow(QWidget):
    """Shows the ways to read what class each image is of, and changes the plan.

    While it is not plain which of them is right, none is chosen.

    Args:
        plan: The import.

    Signals:
        changed: The images of the plan have other classes now, or other parts.
    """

    changed = Signal()

    def __init__(self, plan: ImportPlan, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("labelChoice")
        self._plan = plan
        self._doubt = plan.doubt
        self._question = WrappedLabel(self)
        self._question.setObjectName("labelDoubt")
        self._group = QButtonGroup(self)
        self._is_of_one = False
        self._ways = [self._way(place) for place in range(len(plan.sources[:_MOST_WAYS]))]
        self._more = QComboBox(self)
        self._more.setObjectName("moreLabelWays")
        self._more.setAccessibleName(self.tr("Other ways to read the classes"))
        self._more.setToolTip(self._more.accessibleName())
        self._more.setPlaceholderText(self.tr("Other ways …"))
        self._more.setMinimumContentsLength(_LONGEST_WAY // 4)
        for place, source in list(enumerate(plan.sources))[_MOST_WAYS:]:
            self._more.addItem(_short(source.summary), place)
        self._more.setCurrentIndex(-1)
        self._more.activated.connect(self._on_more_activated)
        self._keep = QCheckBox(self)
        self._keep.setObjectName("keepSplitCheck")
        self._keep.setToolTip(
            self.tr("Without it all images are learned from, and each training draws its own split")
        )
        self._keep.setChecked(plan.keeps_parts)
        self._notes = WrappedLabel(self)
        self._notes.setObjectName("labelNotes")
        self._notes.setProperty("role", "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._question, *self._ways, self._more, self._notes, self._keep):
            column.addWidget(widget)
        self._keep.toggled.connect(self._on_keep_toggled)
        if not plan.doubt:
            self._ways[0].setChecked(True)
        self.show_plan()

    def set_of_one_class(self, is_of_one: bool) -> None:
        """Say whether all images go to one class, so that there is no choice for now."""
        self._is_of_one = is_of_one
        if not is_of_one and not self._is_chosen:
            self._plan.doubt = self._doubt
        self.show_plan()

    @property
    def _is_chosen(self) -> bool:
        return self._group.checkedButton() is not None or self._more.currentIndex() >= 0

    def show_plan(self) -> None:
        """Show what is chosen, and what comes with it."""
        plan = self._plan
        several = len(self._ways) > 1 or bool(plan.doubt)
        self._question.setText(plan.doubt or self.tr("The classes are:"))
        for widget in (self._question, *self._ways):
            widget.setVisible(several and not self._is_of_one)
        self._more.setVisible(self._more.count() > 0 and not self._is_of_one)
        parts = plan.parts if not plan.doubt else {}
        said = [*plan.source.notes, *missing_in_words(parts), *plan.left_unused]
        notes = [] if plan.doubt else said
        self._notes.setText(" ".join(notes))
        self._notes.setVisible(bool(notes))
        sizes = ", ".join(f"{part} {whole(counts.total())}" for part, counts in parts.items())
        text = self.tr("Keep the split that it comes with: {sizes}").format(sizes=sizes)
        self._keep.setText(text)
        self._keep.setAccessibleName(text)
        self._keep.setVisible(bool(parts))
        shown = (self._question, *self._ways, self._more, self._notes, self._keep)
        self.setVisible(any(not widget.isHidden() for widget in shown))

    def _way(self, place: int) -> QRadioButton:
        text = self._plan.sources[place].summary
        button = QRadioButton(_short(text).replace("&", "&&"), self)
        button.setObjectName(f"labelWay{place}")
        button.setAccessibleName(text)
        button.setToolTip(text)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._group.addButton(button, place)
        button.clicked.connect(partial(self._on_way_clicked, place))
        return button

    @Slot()
    def _on_more_activated(self) -> None:
        self._group.setExclusive(False)
        for button in self._ways:
            button.setChecked(False)
        self._group.setExclusive(True)
        self._choose(int(self._more.currentData()))

    def _on_way_clicked(self, place: int) -> None:
        self._more.setCurrentIndex(-1)
        self._choose(place)

    def _choose(self, place: int) -> None:
        self._plan.choose_source(place)
        self.show_plan()
        self.changed.emit()

    @Slot(bool)
    def _on_keep_toggled(self, keeps: bool) -> None:
        self._plan.keep_parts(keeps)
        self.changed.emit()


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_WAY else f"{text[: _LONGEST_WAY - 1]}…"
