"""A line to a device on the network, made in time, and where such a device may send the studio."""

from __future__ import annotations

import socket
from collections.abc import Callable
from urllib.parse import SplitResult, urljoin, urlsplit

from cnn_studio.camera.network_check import SCHEMES, sent_elsewhere, without_secrets
from cnn_studio.errors import CameraError

Watch = Callable[[socket.socket], None]

MOST_REDIRECTS = 5


def line_to(
    parts: SplitResult, left_s: Callable[[], float], watch: Watch = lambda _line: None
) -> socket.socket:
    """A line to the first address of the device that answers, with TLS where its scheme wants it.

    Args:
        parts: The address of the camera, whose scheme is one of `SCHEMES`.
        left_s: How long all of it may still take, in seconds; raises TimeoutError after that.
        watch: Called with each socket before it waits, so that another thread can break that off;
            what it raises ends the attempt.

    Raises:
        OSError: No device has this name, none answers, or not in time.
        ValueError: The name is none that TLS or the network can look up.
    """
    host, port = parts.hostname or "", parts.port or SCHEMES[parts.scheme]
    line = _dialled(host, port, left_s, watch)
    return _secured(line, host, left_s, watch) if parts.scheme in ("https", "rtsps") else line


def redirected(url: str, location: str) -> SplitResult:
    """Where a device sends the studio: on the same device only, and never from TLS to none.

    What stands in the address of a camera, a password among it, goes nowhere else.

    Args:
        url: What was asked for.
        location: What the device answers, relative or whole; empty if it does not say.

    Raises:
        CameraError: It is elsewhere; the text says where, without any password.
    """
    asked = urlsplit(url)
    try:
        target = urlsplit(urljoin(url, location))
        is_there = bool(location) and target.hostname == asked.hostname and target.port != 0
        shown = without_secrets(target.geturl())
    except ValueError:  # a port that is no number, or an address in brackets that is none
        target, is_there, shown = asked, False, "an address that is none"
    plain = asked.scheme.removesuffix("s")
    if not is_there or target.scheme not in {asked.scheme, f"{plain}s"}:
        raise CameraError(sent_elsewhere(url, shown))
    return target


def _dialled(host: str, port: int, left_s: Callable[[], float], watch: Watch) -> socket.socket:
    failure = OSError("no address")
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for tried, (family, kind, protocol, _name, address) in enumerate(found):
        line = socket.socket(family, kind, protocol)
        try:
            watch(line)
            line.settimeout(left_s() / (len(found) - tried))  # a dead address leaves time to others
            line.connect(address)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            line.close()
            failure = error
        else:
            return line
    raise failure


def _secured(
    line: socket.socket, host: str, left_s: Callable[[], float], watch: Watch
) -> socket.socket:
    import ssl  # some ms that the window would wait for, and most never need

    # Cameras sign their certificates themselves; FFmpeg does not look at them either.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with line:  # TLS takes its socket over
        secured = context.wrap_socket(line, server_hostname=host, do_handshake_on_connect=False)
    try:
        watch(secured)
        secured.settimeout(left_s())  # it holds for the handshake as a whole
        secured.do_handshake()
    except BaseException:
        secured.close()
        raise
    return secured
