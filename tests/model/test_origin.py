# ruff: noqa: RUF001, S104  # ambiguous letters and all interfaces are what is tested
"""Hosts on the reader's own machine, in every notation that a browser takes: only the API is admitted there."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from runway_nb.model import origin
from runway_nb.model.origin import admit_api, is_admitted

LOCAL = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost..",
    "jupyter.localhost",
    "a.b.localhost.",
    "localhost.localdomain",
    "ip6-localhost",
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.255.255.254",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0X7F.1",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0",
    "0x",
    "0.0.0.0",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[fe80::1]",
    "169.254.169.254",
    "localhost\u3002",
    "ｌｏｃａｌｈｏｓｔ",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "local\u034fhost",
    "local\ufe0fhost",
    "１２７．０．０．１",
    "127\u30020\u30020\uff611",
    "①②⑦.0.0.1",
]
ELSEWHERE = [
    "file.com",
    "10.0.0.3",
    "192.168.1.20",
    "8.8.8.8",
    "134744072",
    "[2001:db8::1]",
    "localhost.example",
    "notlocalhost",
    "127.0.0.1.example",
    "münchen.example",
    "例え.jp",
    "1e100.net",
    "h",
]
NO_HOST = ["256.1.1.1", "1.2.3.4.5", "09.1", "4294967296", "1.2.3.999", "file.0x7g.1", "a" * 254]


@pytest.fixture(autouse=True)
def no_api(monkeypatch: pytest.MonkeyPatch):
    """Start without an API on this machine."""
    monkeypatch.setattr(origin, "_api_ports", set())


@pytest.mark.parametrize("host", LOCAL)
def test_only_the_api_is_admitted_on_this_machine(host: str):
    assert not is_admitted(urlsplit(f"http://{host}:8888/logout"))
    assert not is_admitted(urlsplit(f"https://{host}/logout"))

    admit_api("http://127.0.0.1:8000")

    assert is_admitted(urlsplit(f"http://{host}:8000/clips/a.mp4"))
    assert not is_admitted(urlsplit(f"http://{host}:8888/logout"))


@pytest.mark.parametrize("host", ELSEWHERE)
def test_other_machines_are_admitted(host: str):
    admit_api("https://api.example:8443")  # is not on this machine and admits nothing there

    assert is_admitted(urlsplit(f"https://{host}:8888/clips/a.mp4"))
    assert not is_admitted(urlsplit("http://127.0.0.1:8443/logout"))


@pytest.mark.parametrize("host", NO_HOST)
def test_what_no_browser_can_load_is_not_admitted(host: str):
    assert not is_admitted(urlsplit(f"https://{host}/x"))


def test_default_ports_count():
    admit_api("http://localhost")

    assert is_admitted(urlsplit("http://127.0.0.1:80/x"))
    assert is_admitted(urlsplit("http://127.0.0.1/x"))
    assert not is_admitted(urlsplit("https://127.0.0.1/x"))
