"""The line at the top: the three tabs, and the dataset and camera that hold for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QUrl, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QDesktopServices,
    QFont,
    QFontMetrics,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from cnn_studio.camera.spec import CameraKind, CameraSpec, parse_spec
from cnn_studio.gui.datasets.dataset_button import DatasetButton
from cnn_studio.gui.datasets.dataset_flow import DatasetFlow
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.theme import Mode
from cnn_studio.gui.widgets.elided_chooser import ElidedChooser
from cnn_studio.untrusted_text import shown

_ICON = QSize(18, 18)
_ROUND = 40  # what stands round a page button's icon and text: border, padding, the gap between
_MORE_KEY, _CAMERA_KEY = "F10", "Alt+C"
_VIDEO, _NETWORK, _LOOK_AGAIN = "video", "network", "look-again"


class Header(QWidget):
    """Shows the state of the Studio and asks it to change.

    Attributes:
        datasets: What is behind the dataset button.

    Signals:
        page_chosen(str): A tab's button was pressed.
    """

    page_chosen = Signal(str)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(56)
        self._studio = studio
        self._pages = QButtonGroup(self)
        product = QLabel("CNN Studio", self)
        product.setObjectName("product")
        self._dataset = DatasetButton(studio.theme, self)
        self.datasets = DatasetFlow(studio, self._dataset)
        self._cameras = self._chooser(
            "cameraChooser", self.tr("Choose the camera of all three tabs")
        )
        self._cameras.setToolTip(f"{self._cameras.toolTip()} ({_native(_CAMERA_KEY)})")
        camera_key = QShortcut(QKeySequence(_CAMERA_KEY), self, autoRepeat=False)
        camera_key.activated.connect(self._on_camera_key_activated)
        self._cameras.setMinimumWidth(184)
        self._more = QToolButton(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 0, 16, 0)
        layout.setSpacing(8)
        layout.addWidget(product)
        layout.addSpacing(16)
        for name, text, number in (
            ("capture", self.tr("Capture"), 1),
            ("training", self.tr("Train"), 2),
            ("prediction", self.tr("Predict"), 3),
        ):
            layout.addWidget(self._page_button(name, text, number))
        layout.addStretch(1)
        layout.addWidget(self._dataset)
        layout.addWidget(self._cameras)
        layout.addWidget(self._more)
        self._make_menu()
        studio.camera.cameras_changed.connect(self._on_camera_list_changed)
        studio.camera.spec_changed.connect(self._on_camera_list_changed)
        studio.theme.changed.connect(self._on_theme_changed)
        self._cameras.activated.connect(self._on_cameras_activated)
        self._on_camera_list_changed()

    def set_page(self, name: str) -> None:
        """Show which tab is open."""
        for button in self._pages.buttons():
            button.setChecked(button.property("page") == name)
        self._on_theme_changed()

    def _page_button(self, name: str, text: str, number: int) -> QPushButton:
        button = QPushButton(f" {text}", self)  # a little room after the icon
        button.setObjectName(f"{name}Page")
        button.setProperty("kind", "page")
        button.setProperty("page", name)
        button.setCheckable(True)
        button.setIconSize(_ICON)
        keys = QKeySequence(f"Ctrl+{number}")
        button.setShortcut(keys)
        shortcut = keys.toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(self.tr("Go to {tab} ({keys})").format(tab=text, keys=shortcut))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take Space from a tab
        button.setAccessibleName(text)
        button.clicked.connect(self._on_page_clicked)
        self._pages.addButton(button)
        return button

    def _chooser(self, name: str, tip: str) -> QComboBox:
        chooser = ElidedChooser(self)
        chooser.setObjectName(name)
        chooser.setToolTip(tip)
        chooser.setAccessibleName(tip)
        chooser.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click must not take Space from a tab
        chooser.setIconSize(QSize(16, 16))
        chooser.setMinimumWidth(160)
        chooser.setMaximumWidth(260)
        chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return chooser

    def _make_menu(self) -> None:
        menu = QMenu(self._more)
        new = menu.addAction(self.tr("New dataset …"), self.datasets.ask_for_new)
        new.setShortcut(QKeySequence(QKeySequence.StandardKey.New))
        new.setAutoRepeat(False)
        menu.addAction(self.tr("Open the workspace's folder"), self._on_folder_requested)
        menu.addSeparator()
        looks = QActionGroup(menu)
        for mode, text in (
            (Mode.SYSTEM, self.tr("Same look as the system")),
            (Mode.LIGHT, self.tr("Light look")),
            (Mode.DARK, self.tr("Dark look")),
        ):
            action = menu.addAction(text)
            action.setData(str(mode))
            action.setCheckable(True)
            action.setChecked(mode is self._studio.theme.mode)
            looks.addAction(action)
        looks.triggered.connect(self._on_look_chosen)
        menu.addSeparator()
        self._quit = menu.addAction(self.tr("Quit"), self.window().close)
        keys = QKeySequence.keyBindings(QKeySequence.StandardKey.Quit)
        self._quit.setShortcuts(keys or [QKeySequence("Ctrl+Q")])  # some systems know none
        self._quit.setAutoRepeat(False)
        self._more.setMenu(menu)
        self._more.setObjectName("moreButton")
        self._more.setIconSize(_ICON)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setShortcut(QKeySequence(_MORE_KEY))
        self._more.setToolTip(
            self.tr("Open the menu: help, keys, light or dark look, quit ({key})").format(
                key=_native(_MORE_KEY)
            )
        )
        self._more.setAccessibleName(self.tr("More"))

    def add_help(self, actions: Sequence[QAction]) -> None:
        """Put the actions of the help into the menu, above the end of it."""
        menu = self._more.menu()
        menu.insertActions(self._quit, actions)
        menu.insertSeparator(self._quit)

    @Slot()
    def _on_page_clicked(self) -> None:
        button = self._pages.checkedButton()
        if button is not None:
            self.page_chosen.emit(button.property("page"))

    @Slot()
    def _on_camera_key_activated(self) -> None:
        self._cameras.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._cameras.showPopup()

    @Slot(QAction)
    def _on_look_chosen(self, action: QAction) -> None:
        self._studio.theme.set_mode(Mode(action.data()))

    @Slot()
    def _on_theme_changed(self) -> None:
        theme = self._studio.theme
        icons = {"capture": "capture", "training": "train", "prediction": "predict"}
        for button in self._pages.buttons():
            token = "accent" if button.isChecked() else "text_quiet"
            button.setIcon(theme.icon(icons[button.property("page")], token))
            button.setMinimumWidth(_width_when_chosen(button))
        self._more.setIcon(theme.icon("more"))
        self._on_camera_list_changed()

    @Slot()
    def _on_camera_list_changed(self) -> None:
        camera, theme = self._studio.camera, self._studio.theme
        with QSignalBlocker(self._cameras):
            self._cameras.clear()
            for info in camera.cameras:
                self._cameras.addItem(
                    theme.icon("capture", "text_quiet"), shown(info.name), str(info.spec)
                )
            chosen = _entry(camera.spec)
            if camera.spec is not None and self._cameras.findData(chosen) < 0:
                icons = {CameraKind.NETWORK: "network", CameraKind.WEBCAM: "capture"}
                icon = theme.icon(icons.get(camera.spec.kind, "video"), "text_quiet")
                self._cameras.addItem(icon, shown(camera.description), chosen)
            self._cameras.setCurrentIndex(self._cameras.findData(chosen))
            self._cameras.insertSeparator(self._cameras.count())
            for key, icon_name, text in (
                (_VIDEO, "video", self.tr("Video file …")),
                (_NETWORK, "network", self.tr("Network camera …")),
                (_LOOK_AGAIN, "retry", self.tr("Look for cameras again")),
            ):
                self._cameras.addItem(theme.icon(icon_name), text, key)

    @Slot(int)
    def _on_cameras_activated(self, index: int) -> None:
        choice = self._cameras.itemData(index)
        self._on_camera_list_changed()
        if choice == _VIDEO:
            self._ask_for_video()
        elif choice == _NETWORK:
            self._ask_for_address()
        elif choice == _LOOK_AGAIN:
            self._studio.camera.look_for_cameras()
        elif choice != _entry(self._studio.camera.spec):
            self._studio.camera.open(parse_spec(choice))

    @Slot()
    def _on_folder_requested(self) -> None:
        self._studio.workspace.datasets.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._studio.workspace.root)))

    def _ask_for_video(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Use a video as the camera"),
            "",
            self.tr("Videos (*.avi *.mp4 *.mov *.mkv *.webm *.m4v);;All files (*)"),
        )
        if name:
            self._studio.camera.open(parse_spec(name))

    def _ask_for_address(self) -> None:
        # The window's start need not wait for it.
        from cnn_studio.gui.network_dialog import NetworkDialog

        NetworkDialog(self._studio, self).open()


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _width_when_chosen(button: QAbstractButton) -> int:
    """What a page's button needs for its bold text, so that choosing it moves nothing."""
    button.ensurePolished()
    bold = QFont(button.font())
    bold.setWeight(QFont.Weight.DemiBold)
    return button.iconSize().width() + QFontMetrics(bold).horizontalAdvance(button.text()) + _ROUND


def _entry(spec: CameraSpec | None) -> str | None:
    """The chooser's entry of a camera; the demo camera is one entry whatever it holds up."""
    if spec is None:
        return None
    return str(CameraSpec(CameraKind.DEMO, "") if spec.kind is CameraKind.DEMO else spec)
