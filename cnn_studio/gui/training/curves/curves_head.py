"""Above the plots: whose curves they are, the names of the lines, and how they are shown."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from cnn_studio.gui.theme import Theme
from cnn_studio.gui.training.curves.curves_controls import CurvesControls
from cnn_studio.gui.training.curves.curves_legend import CurvesLegend
from cnn_studio.gui.widgets.buttons import icon_button
from cnn_studio.gui.widgets.elided_label import ElidedLabel

_WIDE_PX = 800  # from so wide a row on the controls stand in it
_TITLE_SHARE = 0.38  # of the row that a long title takes at most
_OPTIONS_KEY = "Ctrl+Shift+F"


class CurvesHead(QWidget):
    """A row that keeps its controls in a panel of their own where it is narrow.

    Signals:
        reset_requested: All of the curves are to be seen again.
    """

    reset_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("curvesHead")
        self._theme = theme
        self._is_wide: bool | None = None
        self._title = ElidedLabel(self)
        self._title.setObjectName("curvesTitle")
        self._title.setProperty("role", "strong")
        self.legend = CurvesLegend(theme, self)
        self._popup = QFrame(self, Qt.WindowType.Popup)
        self._popup.setObjectName("popover")
        inside = QVBoxLayout(self._popup)
        inside.setContentsMargins(16, 8, 16, 8)
        self._inside = inside
        self.controls = CurvesControls(self._popup)
        inside.addWidget(self.controls)
        self._reset = QToolButton(self)
        self._reset.setObjectName("resetZoomButton")
        self._reset.setProperty("kind", "segment")
        self._reset.setText(self.tr("Show all"))
        tip = self.tr("Show all of the curves again, as 0 or a double click does (Esc)")
        self._reset.setToolTip(tip)
        self._reset.setAccessibleName(tip)
        self._reset.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._reset.hide()
        tip = self.tr("Choose how the curves are shown ({key})").format(key=_OPTIONS_KEY)
        self._options = icon_button(self, "curvesOptionsButton", tip, side_px=16)
        self._options.setShortcut(QKeySequence(_OPTIONS_KEY))
        self.save = icon_button(self, "saveCurvesButton", self.tr("Save the curves"), side_px=16)
        self._lay_out()
        self.controls.add_shortcuts(self)
        self._reset.clicked.connect(self.reset_requested)
        self._options.clicked.connect(self._on_options_clicked)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self._place_controls(False)

    @property
    def title(self) -> str:
        """Whose curves are on show."""
        return self._title.text()

    def set_title(self, text: str, *shorter: str) -> None:
        """Say whose curves are on show."""
        self._title.set_texts(text, *shorter)

    @Slot(bool)
    def show_reset(self, is_zoomed: bool) -> None:
        """Offer the way back while only a part is shown."""
        self._reset.setVisible(is_zoomed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._title.setMaximumWidth(round(_TITLE_SHARE * self.width()))
        self._place_controls(self.width() >= _WIDE_PX)

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 2, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addWidget(self.legend, 1)
        row.addWidget(self._reset)
        row.addWidget(self._options)
        row.addWidget(self.save)

    def _place_controls(self, is_wide: bool) -> None:
        if is_wide == self._is_wide:
            return
        self._is_wide = is_wide
        if is_wide:
            self._popup.hide()
            self._row.insertWidget(self._row.indexOf(self._options), self.controls)
        else:
            self._inside.addWidget(self.controls)
        self.controls.show()
        self._options.setVisible(not is_wide)

    @Slot()
    def _on_options_clicked(self) -> None:
        self._popup.adjustSize()
        anchor = self._options
        width = self._popup.width()
        self._popup.move(anchor.mapToGlobal(QPoint(anchor.width() - width, anchor.height() + 4)))
        self._popup.show()
        self.controls.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._reset.setIcon(self._theme.icon("zoom-out", "text_quiet"))
        self._options.setIcon(self._theme.icon("options", "text_quiet"))
        self.save.setIcon(self._theme.icon("save", "text_quiet"))
