"""Why a network camera's address gives no stream, as far as can be found out, in a sentence."""

from __future__ import annotations

import base64
import socket
from urllib.parse import SplitResult, unquote, urlsplit

SCHEMES = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
"""The kinds of address that are understood, and their ports where none is named."""

_TIMEOUT_S = 2.0


def without_secrets(url: str) -> str:
    """An address to show: no user and password, and no query, where some cameras want a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def why_no_stream(url: str) -> str:
    """Look at an address that could not be opened, and say what is the matter.

    Only after a failure, never before: some cameras serve one connection at a time.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or SCHEMES.get(parts.scheme.lower(), 80)
    try:
        socket.create_connection((host, port), _TIMEOUT_S).close()
        status = _status(parts, host, port) if parts.scheme.lower() in ("http", "https") else 200
    except (socket.gaierror, UnicodeError):
        return f"No device is found under this name: {host}."
    except OSError:
        return f"No camera answers at {host}, port {port}. Is it on, and on the same network?"
    if status in (401, 403):
        if parts.password:
            return f"The camera at {host} does not accept this user name and password."
        return f"The camera at {host} wants a user name and password: http://user:password@{host}"
    if status == 404:
        return f"The device at {host} has nothing at this address. Received: {parts.path or '/'}."
    return f"The device answers, but sends no video here: {without_secrets(url)}."


def _status(parts: SplitResult, host: str, port: int) -> int:
    """The status of an http answer; 0 if there is none in time or it cannot be understood."""
    import http.client  # 30 ms that the window would wait for, and most never need

    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(host, port, timeout=_TIMEOUT_S)
    headers = {}
    if parts.username:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
    query = f"?{parts.query}" if parts.query else ""
    try:
        connection.request("GET", (parts.path or "/") + query, headers=headers)
        return connection.getresponse().status
    except (OSError, UnicodeError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
