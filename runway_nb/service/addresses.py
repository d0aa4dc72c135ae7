"""Which network addresses media may come from: public ones, and those of networks that the user admits. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
"""The addresses of this machine."""

# As in IANA's registries of special-purpose addresses. Python's own `is_global` differs between its versions.
_SPECIAL_IPV4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # unspecified
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by the customers of a provider
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, and the metadata of cloud machines
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_UNICAST_IPV6 = IPv6Network("2000::/3")  # all others are loopback, private, link-local, multicast or reserved
_SPECIAL_IPV6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments, and Teredo, which embeds an IPv4 address
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which embeds an IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)
_EMBEDDING = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))  # IPv4-mapped, and NAT64 of public addresses


def may_connect(address: str, networks: Iterable[Network] = ()) -> bool:
    """Whether media may be fetched from an address, so that a connection may go there.

    Args:
        address: A numeric IPv4 or IPv6 address.
        networks: The networks that are admitted besides all public addresses.
    """
    try:
        read = ip_address(address.partition("%")[0])  # without the interface of a link-local address
    except ValueError:
        return False
    reached = _embedded(read)
    return any(each in network for network in networks for each in (read, reached)) or _is_public(reached)


def read_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Read networks such as ``10.0.0.0/8``, ``fd00::/8`` or a single address.

    Raises:
        ValueError: With the one that is not a network.
    """
    return tuple(_network(text) for text in texts)


def _network(text: str) -> Network:
    try:
        return ip_network(text.strip(), strict=False)  # 10.1.2.3/8 is taken as 10.0.0.0/8
    except ValueError:
        raise ValueError(f"{text!r} is not a network. Use one such as 10.0.0.0/8 or fd00::/8.") from None


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address leads to, or else the address itself."""
    if any(address in network for network in _EMBEDDING):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_IPV4)
    return address in _UNICAST_IPV6 and not any(address in network for network in _SPECIAL_IPV6)
