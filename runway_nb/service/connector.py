"""Opens the connections of one download: only to allowed addresses, of limited size, and closed at once by `cut`."""

from __future__ import annotations

import http.client
import io
import socket
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

from .addresses import Network, may_connect


class RefusedAddressError(Exception):
    """No address of a host is allowed."""


class TooLargeError(Exception):
    """More bytes arrived than the limit."""


class Connector:
    """Opens the connections of one download. Safe to share between threads.

    Args:
        networks: The networks that are admitted besides all public addresses.
        limit: Maximum number of bytes to receive, with headers.
    """

    def __init__(self, networks: Sequence[Network], limit: int) -> None:
        self.limit = limit
        self._networks = networks
        self._lock = threading.Lock()
        self._held: list[socket.socket] = []
        self._is_cut = False

    def adapter(self) -> HTTPAdapter:
        """Return what sends a session's requests over this connector."""
        return _Adapter(self)

    def connect(
        self, host: str, port: int, timeout: float | None, options: Iterable[tuple[int, int, int | bytes]]
    ) -> socket.socket:
        """Connect to the first address of a host that is allowed and answers.

        The name is resolved once, and the connection goes to the address that was checked.

        Raises:
            RefusedAddressError: If no address of the host is allowed.
            OSError: If there is no connection.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        admitted = [each for each in found if may_connect(str(each[4][0]), self._networks)]
        if not admitted:
            raise RefusedAddressError
        failure: OSError | None = None
        for family, kind, protocol, _, address in admitted:
            opened = socket.socket(family, kind, protocol)
            try:
                opened.settimeout(timeout)
                for option in options:
                    opened.setsockopt(*option)
                opened.connect(address)
            except OSError as error:
                opened.close()
                failure = error
            else:
                return opened
        raise failure or OSError

    def hold(self, opened: socket.socket) -> socket.socket:
        """Register a connection, so that `cut` can end it even if something wraps its socket later.

        Raises:
            OSError: If `cut` came first.
        """
        with self._lock:
            if not self._is_cut:
                self._held.append(opened.dup())
                return opened
        opened.close()
        raise OSError("cut")

    def cut(self) -> None:
        """End all connections, also in the middle of a read in another thread, and allow no further ones."""
        with self._lock:
            self._is_cut = True
            held, self._held = self._held, []
        for each in held:
            with suppress(OSError):  # the other side may have ended it
                each.shutdown(socket.SHUT_RDWR)
            each.close()


class _Received(io.RawIOBase):
    """Limits the bytes that arrive: a header, a chunk or its length may be endless."""

    def __init__(self, raw: io.RawIOBase, limit: int) -> None:
        self._raw = raw
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count: int | None = self._raw.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise TooLargeError
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Connection(HTTPConnection):
    """A connection through a `Connector`. Behind a proxy, the proxy decides which addresses are allowed."""

    connector: Connector
    to_proxy: bool

    def _new_conn(self) -> socket.socket:
        if self.to_proxy:
            return self.connector.hold(super()._new_conn())
        options = self.socket_options or ()
        return self.connector.hold(self.connector.connect(self.host, int(self.port or 0), self.timeout, options))


class _Response(http.client.HTTPResponse):
    """A response of limited size."""

    limit: int

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        raw: Any = self.fp.detach()
        self.fp = io.BufferedReader(_Received(raw, self.limit))


class _Adapter(HTTPAdapter):
    """Sends requests over the connections of a `Connector`."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self._connect(self.poolmanager, to_proxy=False)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        self._connect(manager, to_proxy=True)
        return manager

    def _connect(self, manager: Any, *, to_proxy: bool) -> None:
        response = type("Response", (_Response,), {"limit": self._connector.limit})
        own = {"connector": self._connector, "to_proxy": to_proxy, "response_class": response}
        pools = {}
        for scheme, pool in manager.pool_classes_by_scheme.items():
            connection = type("Connection", (_Connection, pool.ConnectionCls), own)
            pools[scheme] = type("Pool", (pool,), {"ConnectionCls": connection})
        manager.pool_classes_by_scheme = pools
