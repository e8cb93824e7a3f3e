"""What the window needs from the system, asked before Qt is loaded.

Qt aborts the whole program, or fails with an ImportError, where a system library or the screen is
missing. This asks first and answers with one sentence that names the packages to install.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable, Mapping

# Library -> the package that brings it on Debian, and on Fedora.
_ALWAYS = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libX11.so.6": ("libx11-6", "libX11"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig"),
    "libfreetype.so.6": ("libfreetype6", "freetype"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
}
_FOR_X11 = {
    "libX11-xcb.so.1": ("libx11-xcb1", "libX11-xcb"),
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm"),
    "libxcb-image.so.0": ("libxcb-image0", "xcb-util-image"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms"),
    "libxcb-randr.so.0": ("libxcb-randr0", "libxcb"),
    "libxcb-render-util.so.0": ("libxcb-render-util0", "xcb-util-renderutil"),
    "libxcb-render.so.0": ("libxcb-render0", "libxcb"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb"),
    "libxcb-shm.so.0": ("libxcb-shm0", "libxcb"),
    "libxcb-sync.so.1": ("libxcb-sync1", "libxcb"),
    "libxcb-util.so.1": ("libxcb-util1", "xcb-util"),
    "libxcb-xfixes.so.0": ("libxcb-xfixes0", "libxcb"),
    "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11"),
}
_ON_A_SCREEN = ("xcb", "wayland")


def window_obstacle(environment: Mapping[str, str] | None = None) -> str | None:
    """What keeps a window from opening on this machine.

    Args:
        environment: Environment variables; None for those of this process.

    Returns:
        One sentence for the person, or None where nothing stands in the way.
    """
    if sys.platform != "linux":  # the wheels for Windows and macOS bring everything along
        return None
    variables = os.environ if environment is None else environment
    platforms = [
        choice.partition(":")[0]
        for choice in (variables.get("QT_QPA_PLATFORM") or "xcb").split(";")
    ]
    wants_screen = any(platform.startswith(_ON_A_SCREEN) for platform in platforms)
    on_wayland = bool(variables.get("WAYLAND_DISPLAY"))
    wants_x11 = "xcb" in platforms and not on_wayland
    sentence = _missing_packages_sentence(_ALWAYS | (_FOR_X11 if wants_x11 else {}))
    if sentence or not wants_screen or on_wayland:
        return sentence
    return _screen_sentence(variables.get("DISPLAY", ""))


def _missing_packages_sentence(packages: Mapping[str, tuple[str, str]]) -> str | None:
    missing = [names for library, names in packages.items() if not _can_load(library)]
    if not missing:
        return None
    debian = _listed(names[0] for names in missing)
    fedora = _listed(names[1] for names in missing)
    return (
        "The window needs system libraries that are missing here; install them with "
        f"`apt install {debian}` (Debian, Ubuntu) or `dnf install {fedora}` (Fedora)."
    )


def _listed(names: Iterable[str]) -> str:
    return " ".join(sorted(set(names)))


def _can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _screen_sentence(display: str) -> str | None:
    if display and _x11_answers(display):
        return None
    found = f"The screen {display} does not answer" if display else "There is no screen here"
    return (
        f"{found}: open the studio from a desktop session, or run `cnn-studio --help` for "
        "what it does without a window."
    )


def _x11_answers(display: str) -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    answers: bool = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return answers
