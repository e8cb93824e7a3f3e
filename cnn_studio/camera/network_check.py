"""Why a network camera's address gives no stream, as far as can be found out, in a sentence."""

from __future__ import annotations

import re
import socket
from urllib.parse import SplitResult, unquote, urlsplit

SCHEMES = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
"""The kinds of address that are understood, and their ports where none is named."""

_TIMEOUT_S = 2.0
_AFTER = re.compile(r"[?#]")  # what a place on the device ends at
_HOST = re.compile(r"(?:\[[\da-f:.%]+\]|\w[\w.-]*)(?::\d+)?(?![\w.-]|:\S)", re.IGNORECASE)
# Colon and slashes may be written as %3A and %2F, once or several times, or with a backslash.
_ADDRESS = re.compile(
    r"\b([a-z][a-z\d+.-]*)(?::|%(?:25)*3a)(?:\\?/|%(?:25)*2f){2}(\S*)", re.IGNORECASE
)
_NO_SCHEME = re.compile(r"\S+@(?=[\w\[])(\S*)")
_QUERY = re.compile(r"(?<=\S)\?[^\s=]*=\S*")
_SECRET = re.compile(r"((?:passw\w*|pwd|token|secret|api_?key)\W?\s*[=:]\s*)\S+", re.IGNORECASE)


def without_secrets(url: str) -> str:
    """An address to show: no user and password, and no query, where some cameras want a key."""
    scheme, _, rest = url.partition("://")
    place = _AFTER.split(rest, maxsplit=1)[0]
    host, slash, path = place.partition("/")
    if not _HOST.fullmatch(host):  # a password may have any sign in it, a slash and an @ as well
        last = (place if "@" in place else rest).rpartition("@")[2]
        host, slash, path = _AFTER.split(last, maxsplit=1)[0].partition("/")
    return f"{scheme.lower()}://{host if _HOST.fullmatch(host) else ''}{slash}{path}"


def only_hosts(text: str) -> str:
    """Any text, with each address in it cut to scheme and host, since all else may be a secret.

    An @ may stand in a password, too: the host is what comes after the last one of a word.
    """
    text = _ADDRESS.sub(lambda found: f"{found[1]}://{_host(found[2])}", text)
    text = _NO_SCHEME.sub(lambda found: f"~@{_host(found[1])}", text)
    return _SECRET.sub(r"\1~", _QUERY.sub("?~", text))


def _host(rest: str) -> str:
    """The host and port of what follows the slashes of an address; ~ if there is none."""
    while (plain := unquote(rest)) != rest:
        rest = plain
    found = _HOST.match(rest.rpartition("@")[2])
    return found[0] if found else "~"


def why_no_stream(url: str, *, is_late: bool = False) -> str:
    """Look at an address that could not be opened, and say what is the matter.

    Only after a failure, never before: some cameras serve one connection at a time.

    Args:
        url: What was tried.
        is_late: Whether it was given up after its time.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or SCHEMES.get(parts.scheme.lower(), 80)
    try:
        socket.create_connection((host, port), _TIMEOUT_S).close()
    except (socket.gaierror, UnicodeError):
        return f"No device is found under this name: {host}."
    except OSError:
        return f"No camera answers at {host}, port {port}. Is it on, and on the same network?"
    return no_answer(url) if is_late else no_video(url)


def no_answer(url: str) -> str:
    """The sentence for a device that does not answer, or not in time."""
    return f"The network camera does not answer: {without_secrets(url)}."


def sent_elsewhere(url: str, shown: str) -> str:
    """The sentence for a redirect that is not followed.

    Args:
        url: The address of the camera.
        shown: Where the device would have it, without any password.
    """
    return (
        f"The device at {urlsplit(url).hostname or ''} sends the studio elsewhere, which is not "
        f"followed: {shown}. If that is the camera, use this address."
    )


def a_playlist(url: str) -> str:
    """The sentence for a device that names other addresses to play."""
    return (
        f"The device answers with a playlist, which is not followed: {without_secrets(url)}. "
        "Use the address of the stream itself."
    )


def no_video(url: str) -> str:
    """The sentence for a device that answers with something else."""
    return f"The device answers, but sends no video here: {without_secrets(url)}."


def why_refused(parts: SplitResult, status: int) -> str:
    """Why an http answer of this status gives no stream."""
    host = parts.hostname or ""
    if status in (401, 403):
        if parts.password:
            return f"The camera at {host} does not accept this user name and password."
        return f"The camera at {host} wants a user name and password: http://user:password@{host}"
    if status == 404:
        return f"The device at {host} has nothing at {parts.path or '/'}."
    return no_video(parts.geturl())
