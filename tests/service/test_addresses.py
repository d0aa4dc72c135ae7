# ruff: noqa: S104  # 0.0.0.0 is asked for, not listened on
"""Which addresses media may come from."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runway_nb.service.addresses import LOOPBACK, may_connect, read_networks

PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "11.0.0.1"]
PUBLIC_IPV6 = ["2606:4700::1111", "2a00:1450:4001::200e", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
NOT_PUBLIC = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254"),
    *("172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.127.255.255", "192.0.0.192", "192.0.2.1"),
    *("192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250"),
    *("240.0.0.1", "255.255.255.255"),
]
NOT_PUBLIC_IPV6 = [
    *("::", "::1", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1"),
    *("2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:20::1", "2001:db8::1", "3fff::1"),
    *("2002:7f00:1::", "2002:a00:1::1", "2002:808:808::", "100::1", "5f00::1", "64:ff9b:1::8.8.8.8", "4000::1"),
    *(f"{prefix}{address}" for prefix in ("::ffff:", "64:ff9b::") for address in NOT_PUBLIC),
]
UNREADABLE = ["", "example.com", "127.1", "0x7f.1", "2130706433", "1.2.3", "[::1]", "8.8.8.8/32", "\x00"]


@pytest.mark.parametrize("address", [*PUBLIC, *PUBLIC_IPV6])
def test_public_addresses_may_connect(address: str):
    assert may_connect(address)


@pytest.mark.parametrize("address", [*NOT_PUBLIC, *NOT_PUBLIC_IPV6, *UNREADABLE])
def test_all_others_may_not(address: str):
    assert not may_connect(address)


@given(st.ip_addresses())
def test_no_address_that_python_calls_local_may_connect(address: ipaddress.IPv4Address | ipaddress.IPv6Address):
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        inner = getattr(address, "ipv4_mapped", None)
        assert not may_connect(str(address)) or (inner is not None and may_connect(str(inner)))


def test_admitted_networks():
    networks = read_networks(["10.0.0.0/8", " fd00::/8", "192.168.1.7"])

    for admitted in ("10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd00::1", "192.168.1.7", "8.8.8.8"):
        assert may_connect(admitted, networks)
    for refused in ("192.168.1.8", "127.0.0.1", "::1", "fe80::1", "169.254.169.254"):
        assert not may_connect(refused, networks)
    assert all(may_connect(address, LOOPBACK) for address in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"))
    assert not may_connect("10.0.0.1", LOOPBACK)


@pytest.mark.parametrize("text", ["", "10.0.0", "10.0.0.0/33", "everything", "10.0.0.0/8, fd00::/8", "::/129", "*"])
def test_what_is_not_a_network(text: str):
    with pytest.raises(ValueError, match=r"is not a network. Use one such as 10\.0\.0\.0/8 or fd00::/8\."):
        read_networks([text])
