"""A network camera's address: what opens it, and what of it may be kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from cnn_studio.camera.spec import CameraKind, CameraSpec

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# Some cameras take a password or a key behind the question mark.
_SECRET_VALUE = re.compile(
    r"([?&][^=&#]*(?:pass|pwd|token|key|secret|auth)[^=&#]*=)[^&#]*", re.IGNORECASE
)


@dataclass(frozen=True)
class NetworkAddress:
    """An address and who asks there.

    Attributes:
        url: Without user and password.
        user: Empty for none.
        password: Empty for none.

    Raises:
        UsageError: The URL is none of a network camera.
    """

    url: str
    user: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        CameraSpec(CameraKind.NETWORK, self.url)

    @property
    def spec(self) -> CameraSpec:
        """The camera at this address."""
        password = f":{quote(self.password, safe='')}" if self.password else ""
        return CameraSpec(CameraKind.NETWORK, self._with(f"{quote(self.user, safe='')}{password}"))

    @property
    def kept(self) -> str:
        """The address as it may be written to a file: without the password, and without keys."""
        return _SECRET_VALUE.sub(r"\1", self._with(quote(self.user, safe="")))

    def _with(self, login: str) -> str:
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{login}@{rest}" if login else self.url


def parse_address(text: str) -> NetworkAddress:
    """Understand an address, with or without user and password; http is meant where none is said.

    Raises:
        UsageError: The text is no address of a network camera.
    """
    text = text.strip()
    url = text if _SCHEME.match(text) else f"http://{text}"
    CameraSpec(CameraKind.NETWORK, url)
    parts = urlsplit(url)
    login, _, host = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    return NetworkAddress(parts._replace(netloc=host).geturl(), unquote(user), unquote(password))


def kept_form(spec: CameraSpec) -> str:
    """A camera as it may be written to the settings; `parse_spec` reads it back."""
    if spec.kind is not CameraKind.NETWORK:
        return str(spec)
    return str(CameraSpec(spec.kind, parse_address(spec.target).kept))
