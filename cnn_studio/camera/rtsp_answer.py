"""Where an rtsp camera sends the studio, asked before FFmpeg is, which goes wherever it is sent."""

from __future__ import annotations

import re
import socket
import ssl
import time
from urllib.parse import SplitResult, urljoin, urlsplit

from cnn_studio.camera.network_check import SCHEMES, sent_elsewhere, without_secrets
from cnn_studio.errors import CameraError

_MOST_REDIRECTS = 5
_MOST_HEAD_BYTES = 1 << 14
_STATUS = re.compile(rb"RTSP/\d\.\d (\d{3})")
_LOCATION = re.compile(rb"^location:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_QUESTIONS = (
    b"OPTIONS",
    b"DESCRIBE",
)  # what FFmpeg begins with, and what is answered by a redirect


def followed(url: str, patience_s: float) -> str:
    """The address of a stream after redirects, which are followed on the same device only.

    A device that does not answer, or with anything else, is for FFmpeg to say.

    Args:
        url: rtsp or rtsps; a user and password may stand in it and are not sent.
        patience_s: How long all of it may take.

    Raises:
        CameraError: The device sends the studio elsewhere.
    """
    deadline_s = time.monotonic() + patience_s
    for _redirect in range(_MOST_REDIRECTS):
        try:
            location = _redirect_of(urlsplit(url), deadline_s)
        except OSError:
            return url
        if not location:
            return url
        url = _on_same_device(url, location)
    raise CameraError(sent_elsewhere(url, without_secrets(url)))


def _redirect_of(parts: SplitResult, deadline_s: float) -> str:
    """Where the device sends who asks; empty if it does not."""
    host, scheme = parts.hostname or "", parts.scheme.lower()
    port = parts.port or SCHEMES[scheme]
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    with socket.create_connection((host, port), _left_s(deadline_s)) as line:
        asked = _secured(line, host, deadline_s) if scheme == "rtsps" else line
        with asked:
            for number, question in enumerate(_QUESTIONS, 1):
                head = b"%b %b RTSP/1.0\r\nCSeq: %d\r\n\r\n"
                asked.sendall(head % (question, bare.encode("ascii", "replace"), number))
                answer = _head(asked, deadline_s)
                status, place = _STATUS.match(answer), _LOCATION.search(answer)
                if status and status[1].startswith(b"3") and place:
                    return place[1].decode("latin-1")
                if not status or status[1] != b"200":
                    return ""
    return ""


def _head(line: socket.socket, deadline_s: float) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _MOST_HEAD_BYTES:
        line.settimeout(_left_s(deadline_s))
        more = line.recv(4096)
        if not more:
            break
        head += more
    return head


def _secured(line: socket.socket, host: str, deadline_s: float) -> socket.socket:
    # Cameras sign their certificates themselves; FFmpeg does not look at them either.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    line.settimeout(_left_s(deadline_s))
    return context.wrap_socket(line, server_hostname=host)


def _left_s(deadline_s: float) -> float:
    left_s = deadline_s - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


def _on_same_device(url: str, location: str) -> str:
    asked = urlsplit(url)
    try:
        target = urlsplit(urljoin(url, location))
        is_there = target.hostname == asked.hostname and target.port != 0
        shown = without_secrets(target.geturl())
    except ValueError:  # a port that is no number, or an address in brackets that is none
        raise CameraError(sent_elsewhere(url, "an address that is none")) from None
    is_rtsp = target.scheme.lower() in ("rtsp", "rtsps")
    is_weaker = asked.scheme.lower() == "rtsps" and target.scheme.lower() == "rtsp"
    if not is_there or not is_rtsp or is_weaker:
        raise CameraError(sent_elsewhere(url, shown))
    user, at, _host = asked.netloc.rpartition("@")
    return target._replace(netloc=f"{user}{at}{target.netloc.rpartition('@')[2]}").geturl()
