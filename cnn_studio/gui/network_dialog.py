"""Asks for a network camera's address, and tries it before it is used."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from cnn_studio.camera.network_address import NetworkAddress, parse_address
from cnn_studio.camera.network_check import without_secrets
from cnn_studio.camera.network_trial import StreamTrial, try_stream
from cnn_studio.camera.spec import CameraKind
from cnn_studio.errors import UsageError
from cnn_studio.gui.jobs import Job, JobCancelledError, Task
from cnn_studio.gui.recent_addresses import recent_addresses, remember_address
from cnn_studio.gui.studio import Studio
from cnn_studio.gui.widgets.buttons import dialog_button
from cnn_studio.gui.widgets.trial_view import TrialView
from cnn_studio.gui.widgets.turned_guard import TurnedGuard

_WIDTH = 520
_TEST_KEYS, _STOP_KEYS = "Ctrl+T", "Ctrl+."


class NetworkDialog(QDialog):
    """A window of its own, so that looking for the camera's address elsewhere does not close it.

    Testing runs beside the window; what is closed or changed meanwhile gets no answer any more.
    """

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("networkDialog")
        self.setWindowTitle(self.tr("Network camera"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._studio = studio
        self._job: Job | None = None
        self._address = self._field("addressField", self.tr("Address of the camera"))
        self._address.setPlaceholderText("http://192.168.1.20:8080/video")
        self._user = self._field("userField", self.tr("User name, if the camera asks for one"))
        self._user.setPlaceholderText(self.tr("User name"))
        self._password = self._field("passwordField", self.tr("Password; it is not stored"))
        self._password.setPlaceholderText(self.tr("Password (not stored)"))
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._trial = TrialView(studio.theme, self)
        self._test = dialog_button(
            self,
            "testButton",
            self.tr("Test"),
            self.tr("Look for a picture at this address (Ctrl+T)"),
        )
        self._test.setShortcut(QKeySequence(_TEST_KEYS))
        self._turned = TurnedGuard(self._test)
        self._connect_button = dialog_button(
            self,
            "connectButton",
            self.tr("Connect"),
            self.tr("Use the camera at this address (Enter)"),
        )
        self._connect_button.setProperty("kind", "primary")
        self._connect_button.setDefault(True)
        self._offer_recent()
        self._lay_out()
        self._address.textChanged.connect(self._on_changed)
        self._address.editingFinished.connect(self._on_address_finished)
        self._user.textChanged.connect(self._on_changed)
        self._password.textChanged.connect(self._on_changed)
        self._test.clicked.connect(self._on_test_clicked)
        self._connect_button.clicked.connect(self._on_connect_clicked)
        self._show_present()

    def done(self, result: int) -> None:
        """The window closes, whatever is under way."""
        self._end_test()
        super().done(result)

    def _field(self, name: str, tip: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setObjectName(name)
        field.setAccessibleName(tip)
        field.setToolTip(tip)
        return field

    def _offer_recent(self) -> None:
        recent = recent_addresses(self._studio.settings)
        if not recent:
            return
        self._menu = QMenu(self)
        for address in recent:
            self._menu.addAction(address.replace("&", "&&")).setData(address)
        self._menu.triggered.connect(self._on_recent_chosen)
        icon = self._studio.theme.icon("history", "text_quiet")
        opener = self._address.addAction(icon, QLineEdit.ActionPosition.TrailingPosition)
        opener.setObjectName("recentAddresses")
        opener.setText(self.tr("Addresses used before"))
        opener.setToolTip(self.tr("Addresses used before (Alt+Down)"))
        opener.setShortcut(QKeySequence("Alt+Down"))
        opener.setAutoRepeat(False)
        opener.triggered.connect(self._on_recent_requested)

    def _lay_out(self) -> None:
        examples = QLabel(
            self.tr(
                "A phone with a webcam app: http://192.168.1.20:8080/video\n"
                "A surveillance camera: rtsp://192.168.1.30/stream\n"
                "A board with snapshots: http://192.168.1.40/capture"
            ),
            self,
        )
        examples.setProperty("role", "quiet")
        login = QHBoxLayout()
        login.setSpacing(8)
        login.addWidget(self._user)
        login.addWidget(self._password)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(16)
        form.addRow(self._label(self.tr("Address")), self._address)
        form.addRow("", examples)
        form.addRow(self._label(self.tr("Login")), login)
        cancel = dialog_button(
            self, "cancelButton", self.tr("Cancel"), self.tr("Keep the camera (Esc)")
        )
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._test)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self._connect_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(self._trial)
        layout.addLayout(foot)

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setMinimumHeight(self._address.sizeHint().height())  # level with the field's text
        return label

    def _show_present(self) -> None:
        """Begin with the network camera that is chosen now."""
        spec = self._studio.camera.spec
        if spec is not None and spec.kind is CameraKind.NETWORK:
            self._fill(parse_address(spec.target))
        self._on_changed()

    def _fill(self, address: NetworkAddress) -> None:
        self._address.setText(address.url)
        self._user.setText(address.user)
        self._password.setText(address.password)

    def _wanted(self) -> NetworkAddress | None:
        """What is asked for; None, with a sentence on show, if it cannot be an address."""
        try:
            written = parse_address(self._address.text())
            user = self._user.text().strip() or written.user
            return NetworkAddress(written.url, user, self._password.text() or written.password)
        except UsageError as error:
            self._trial.show_problem(self.tr("This is no address"), str(error))
            return None

    def _end_test(self) -> None:
        self._name_test(self.tr("Test"))
        if self._job is not None:
            job, self._job = self._job, None
            job.succeeded.disconnect(self._on_job_succeeded)
            job.failed.disconnect(self._on_job_failed)
            job.cancel()

    def _name_test(self, text: str) -> None:
        if text == self._test.text():
            return
        is_stop = text == self.tr("Stop")
        self._test.setText(text)  # which takes the button's shortcut away
        self._test.setShortcut(QKeySequence(_STOP_KEYS if is_stop else _TEST_KEYS))
        tip = self.tr("Look for a picture at this address (Ctrl+T)")
        self._test.setToolTip(self.tr("Look no longer (Ctrl+.)") if is_stop else tip)
        self._test.setAccessibleName(text)
        self._turned.turn()

    @Slot()
    def _on_changed(self) -> None:
        self._end_test()
        is_written = bool(self._address.text().strip())
        self._test.setEnabled(is_written)
        self._connect_button.setEnabled(is_written)
        self._trial.show_hint(self.tr("Test shows the camera's picture here before it is used."))

    @Slot()
    def _on_address_finished(self) -> None:
        # A password written into the address goes where it is not seen.
        try:
            address = parse_address(self._address.text())
        except UsageError:
            return
        if address.user or address.password:
            self._fill(address)

    @Slot()
    def _on_recent_requested(self) -> None:
        self._menu.popup(self._address.mapToGlobal(self._address.rect().bottomLeft()))

    @Slot(QAction)
    def _on_recent_chosen(self, action: QAction) -> None:
        self._fill(parse_address(action.data()))

    @Slot()
    def _on_test_clicked(self) -> None:
        if self._job is not None:
            self._on_changed()
            return
        address = self._wanted()
        if address is None:
            return
        self._fill(address)
        camera = self._studio.camera
        frame = camera.latest() if address.spec == camera.spec else None
        if frame is not None:  # some cameras serve one at a time: a second call would be refused
            self._on_job_succeeded(StreamTrial(frame.image_rgb, camera.frames_per_second))
            return
        self._job = self._studio.jobs.create(partial(_try, address.spec.target))
        self._job.succeeded.connect(self._on_job_succeeded)
        self._job.failed.connect(self._on_job_failed)
        self._job.start()
        self._name_test(self.tr("Stop"))
        shown = without_secrets(address.url)
        self._trial.show_waiting(self.tr("Connecting to {url} …").format(url=shown))

    @Slot()
    def _on_connect_clicked(self) -> None:
        address = self._wanted()
        if address is not None:
            remember_address(self._studio.settings, address)
            self._studio.camera.open(address.spec)
            self.accept()

    @Slot(object)
    def _on_job_succeeded(self, trial: StreamTrial) -> None:
        self._end_test()
        height, width = trial.image_rgb.shape[:2]
        text = self.tr("{width} × {height} pixels").format(width=width, height=height)  # noqa: RUF001
        if trial.frames_per_second >= 1:
            rate = self.tr("{rate} pictures a second").format(rate=round(trial.frames_per_second))
            text = f"{text}\n{rate}"
        self._trial.show_picture(trial.image_rgb, self.tr("The camera answers"), text)

    @Slot(str)
    def _on_job_failed(self, sentence: str) -> None:
        self._end_test()
        self._trial.show_problem(self.tr("No picture"), sentence)


def _try(url: str, task: Task) -> StreamTrial:
    trial = try_stream(url, task.cancelled)
    if trial is None:
        raise JobCancelledError
    return trial
