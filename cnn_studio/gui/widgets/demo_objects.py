"""What the demo camera shows, chosen beside the preview."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
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


class DemoObjects(QWidget):
    """A row of buttons: the objects, nothing, something strange. Only the demo camera has it."""

    def __init__(self, camera: CameraService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("demoObjects")
        self._camera = camera
        self._group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        label = QLabel(self.tr("Demo camera shows"), self)
        label.setProperty("role", "quiet")
        layout.addWidget(label)
        for name in DemoCamera.SHOWN:
            layout.addWidget(self._button(name))
        layout.addStretch(1)
        camera.spec_changed.connect(self._on_camera_spec_changed)
        camera.demo_object_changed.connect(self._on_camera_demo_object_changed)
        self._on_camera_spec_changed()

    def _button(self, name: str) -> QToolButton:
        button = QToolButton(self)
        texts = {DemoCamera.STRANGE: self.tr("something strange")}
        button.setText(texts.get(name, name))
        button.setCheckable(True)
        button.setProperty("kind", "segment")
        button.setObjectName(f"demo-{name}")
        tips = {
            DemoCamera.NOTHING: self.tr(
                "Show the empty table, as a class for nothing in view learns it"
            ),
            DemoCamera.STRANGE: self.tr(
                "Show something that is none of the objects: a trained model calls it unknown"
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
