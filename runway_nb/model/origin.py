"""Which hosts a card may load from and link to: any on the web, but on the reader's own machine only the API itself.

A browser requests a thumbnail as soon as it is drawn, with the cookies of its host. On this machine that may be the
notebook server: a thumbnail at ``http://localhost:8888/logout`` would log the user out. The API is on this machine in
the demo and in tests, and serves its media at its own port.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

_LONGEST_HOST = 253  # characters; the limit of the domain name system
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOCAL_NAMES = ("localhost", "localhost.localdomain", "localhost6", "ip6-localhost", "ip6-loopback")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")

_api_ports: set[int] = set()


def admit_api(base_url: str) -> None:
    """Let cards load what the API at this URL serves, if it is on this machine. A demo's cards keep their media."""
    parts = urlsplit(base_url)
    if parts.hostname and _is_local(parts.hostname):
        _api_ports.add(_port(parts))


def is_admitted(parts: SplitResult) -> bool:
    """Whether cards may load from the host of an http(s) URL and link to it.

    Raises:
        ValueError: If the port is not a number up to 65535.
    """
    host = parts.hostname or ""
    port = _port(parts)
    # A browser decodes "%" in a host; a name and password before the host only disguise it.
    if not 0 < len(host) <= _LONGEST_HOST or "%" in host or "@" in parts.netloc:
        return False
    return not _is_local(host) or port in _api_ports


def _port(parts: SplitResult) -> int:
    return _DEFAULT_PORTS.get(parts.scheme, 0) if parts.port is None else parts.port


@lru_cache(256)  # the few hosts of the media; a card asks several times for each
def _is_local(host: str) -> bool:
    """Whether a browser may take a host for the reader's own machine, however it is written.

    Numbers that are not an address count too: no browser can load from them.
    """
    name = unicodedata.normalize("NFKC", host).casefold().replace("\u3002", ".")
    name = "".join(letter for letter in name if letter.isascii()).rstrip(".")  # browsers drop invisible letters
    if ":" in name:
        return _is_local_address(name)
    if name in _LOCAL_NAMES or name.endswith(".localhost"):
        return True
    *_, last = labels = name.split(".")
    return _NUMBER.fullmatch(last) is not None and _is_local_address(_ipv4(labels))


def _ipv4(labels: list[str]) -> int | str:
    """Read an IPv4 address as browsers do: of one to four numbers, in decimal, octal or hexadecimal notation.

    Returns:
        The address as a number; "" if there is none.
    """
    if len(labels) > 4 or not all(map(_NUMBER.fullmatch, labels)):
        return ""
    try:
        *first, last = (int(label[2:] or "0", 16) if label[:2] == "0x" else _decimal(label) for label in labels)
    except ValueError:
        return ""
    if any(number > 255 for number in first) or last >= 256 ** (4 - len(first)):
        return ""
    return last + sum(number << (24 - 8 * place) for place, number in enumerate(first))


def _decimal(label: str) -> int:
    return int(label, 8 if len(label) > 1 and label[0] == "0" else 10)


def _is_local_address(address: int | str) -> bool:
    try:
        found: IPv4Address | IPv6Address = IPv4Address(address) if isinstance(address, int) else ip_address(address)
    except ValueError:
        return True
    found = (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
    return found.is_loopback or found.is_unspecified or found.is_link_local
