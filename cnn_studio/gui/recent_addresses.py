"""The addresses of network cameras that were connected before, without their passwords."""

from __future__ import annotations

from PySide6.QtCore import QSettings

from cnn_studio.camera.network_address import NetworkAddress

MOST = 8
_RECENT = "camera/addresses"


def recent_addresses(settings: QSettings) -> list[str]:
    """The addresses, newest first, each as `NetworkAddress.kept` gave it."""
    kept = settings.value(_RECENT, [])
    # A list of one comes back from a file as its one text.
    return [str(each) for each in (kept if isinstance(kept, list) else [kept]) if each]


def remember_address(settings: QSettings, address: NetworkAddress) -> None:
    """Put an address first; the oldest is forgotten."""
    others = [each for each in recent_addresses(settings) if each != address.kept]
    settings.setValue(_RECENT, [address.kept, *others][:MOST])
