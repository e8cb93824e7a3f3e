"""What the demo camera shows, chosen beside the preview."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QWidget,
)

from cnn_studio.camera.demo import DemoCamera
from cnn_studio.gui.camera_service import CameraService

# Whether the row says what it is, has the long names, and room inside its buttons: widest first.
_FORMS = ((True, True, True), (False, True, True), (False, False, True), (False, False, False))


class DemoObjects(QWidget):
    """A row of buttons: the objects, nothing, something strange. Only the demo camera has it."""

    def __init__(self, camera: CameraService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("demoObjects")
        self._camera = camera
        self._group = QButtonGroup(self)
        self._form = _FORMS[0]
        self._widths: list[int] = []  # of the forms, once the style is known
        layout = QHBoxLayout(self)
        layout.setSizeConstraint(QHBoxLayout.SizeConstraint.SetNoConstraint)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self._label = QLabel(self.tr("Demo camera shows"), self)
        self._label.setProperty("role", "quiet")
        layout.addWidget(self._label)
        for name in DemoCamera.SHOWN:
            layout.addWidget(self._button(name))
        layout.addStretch(1)
        camera.spec_changed.connect(self._on_camera_spec_changed)
        camera.demo_object_changed.connect(self._on_camera_demo_object_changed)
        self._on_camera_spec_changed()

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(min(self._widths, default=0), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._widths:
            for form in _FORMS:
                self._take_form(form)
                self._widths.append(self.sizeHint().width())
            self.updateGeometry()
        self._fit()

    def _fit(self) -> None:
        """Say as much as there is room for; no name is ever cut."""
        room = self.width()
        fits = (form for form, width in zip(_FORMS, self._widths, strict=False) if width <= room)
        self._take_form(next(fits, _FORMS[-1]))

    def _take_form(self, form: tuple[bool, bool, bool]) -> None:
        if form == self._form:
            return
        has_label, has_long_names, is_roomy = self._form = form
        self._label.setVisible(has_label)
        for button in self._group.buttons():
            if _shown_by(button) == DemoCamera.STRANGE:
                button.setText(self._strange_text(is_long=has_long_names))
            button.setProperty("dense", "false" if is_roomy else "true")
            button.style().unpolish(button)
            button.style().polish(button)
        layout = self.layout()
        if layout is not None:
            layout.invalidate()

    def _strange_text(self, *, is_long: bool) -> str:
        return self.tr("something strange") if is_long else self.tr("strange")

    def _button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        is_strange = name == DemoCamera.STRANGE
        button.setText(self._strange_text(is_long=True) if is_strange else name)
        button.setCheckable(True)
        button.setProperty("kind", "segment")
        button.setObjectName(f"demo-{name}")
        tips = {
            DemoCamera.NOTHING: self.tr("Have the demo camera show the empty table"),
            DemoCamera.STRANGE: self.tr(
                "Have the demo camera show something unknown, none of the objects"
            ),
        }
        usual = self.tr("Have the demo camera hold up: {name}").format(name=name)
        button.setToolTip(tips.get(name, usual))
        button.setAccessibleName(button.toolTip())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self._on_button_clicked)
        self._group.addButton(button)
        return button

    @Slot()
    def _on_button_clicked(self) -> None:
        button = self._group.checkedButton()
        if button is not None:
            self._camera.show_demo_object(_shown_by(button))

    @Slot()
    def _on_camera_spec_changed(self) -> None:
        self.setVisible(self._camera.is_demo)
        self._on_camera_demo_object_changed(self._camera.demo_object)

    @Slot(str)
    def _on_camera_demo_object_changed(self, name: str) -> None:
        for button in self._group.buttons():
            button.setChecked(_shown_by(button) == name)


def _shown_by(button: QAbstractButton) -> str:
    """What the demo camera shows by this button."""
    return button.objectName().removeprefix("demo-")
