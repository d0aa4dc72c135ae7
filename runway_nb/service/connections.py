"""Pooled connections on which an answer must end in time, and that a forked process does not share with its parent.

A socket has a timeout for each wait, but none for their sum.
"""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPResponse
from socket import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError
from urllib3.poolmanager import pool_classes_by_scheme

from ..model.forking import renew_in_child
from .deadline import run_within

_here = threading.local()  # when the exchange of this thread must end
_inherited: list[object] = []  # kept, because dropping them would need locks that a thread of the parent may hold


@contextmanager
def ending_at(ends: float) -> Iterator[None]:
    """Make everything that this thread receives through `Connections` time out at a moment.

    Args:
        ends: The moment, on the monotonic clock.
    """
    _here.ends = ends
    try:
        yield
    finally:
        _here.ends = None


def _seconds_left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class Connections(HTTPAdapter):
    """Keeps connections open that obey `ending_at`; those through a SOCKS proxy do not."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """Create the connections to servers."""
        super().init_poolmanager(*arguments, **named)
        _use_our_connections(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        """Return the connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **named)
        if manager.pool_classes_by_scheme is pool_classes_by_scheme:  # SOCKS has its own
            _use_our_connections(manager)
        return manager


def renew_session(session: requests.Session) -> None:
    """Let a caller's session make connections of its own in a forked child. Those of its parent stay open there."""
    for adapter in session.adapters.values():
        if isinstance(adapter, HTTPAdapter):
            _inherited.extend((adapter.poolmanager, adapter.proxy_manager))
            state = adapter.__getstate__()  # type: ignore[attr-defined]  # not in the type stubs
            adapter.__setstate__(state)  # type: ignore[attr-defined]  # as after unpickling, on the same object
    vars(session.cookies)["_cookies_lock"] = threading.RLock()


class _TimedReader(io.RawIOBase):
    """Reads from a socket until a moment. The socket's own timeout limits each read too."""

    def __init__(self, source: io.RawIOBase, connection: socket, ends: float) -> None:
        self._source = source
        self._connection = connection
        self._ends = ends
        self._timeout = connection.gettimeout()

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._source.fileno()

    def readinto(self, buffer: Any) -> int | None:
        left = _seconds_left(self._ends)
        self._connection.settimeout(left if self._timeout is None else min(left, self._timeout))
        return self._source.readinto(buffer)

    def close(self) -> None:
        self._source.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, sock: socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        ends: float | None = getattr(_here, "ends", None)
        if ends is not None:
            self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock, ends))

    def _read_next_chunk_size(self) -> int:
        size: int = super()._read_next_chunk_size()  # type: ignore[misc]  # not in the type stubs
        if size < 0:  # http.client would read everything up to the end of the connection
            raise ValueError("negative chunk size")
        return size


class _Connection(HTTPConnection):
    response_class = _Response
    debuglevel = 0  # its own: if the user sets that of http.client, the headers and the key would be printed

    def connect(self) -> None:
        super().connect()
        renew_in_child(self)

    def renew(self) -> None:
        """Close this copy of the parent's socket: nothing is sent, and the parent's connection stays open."""
        with suppress(OSError, AttributeError):  # it was closed, or is TLS inside TLS
            os.close(self.sock.detach())
        self.sock = None

    def _new_conn(self) -> socket:
        ends: float | None = getattr(_here, "ends", None)
        if ends is None:
            return super()._new_conn()
        return self._opened_within(_seconds_left(ends))

    def _opened_within(self, seconds: float) -> socket:
        """Resolve the host and connect, in a thread of its own: a resolver that hangs can only be abandoned."""
        given_up = threading.Event()
        connections: list[socket] = []

        def opened() -> socket:
            connection = super(_Connection, self)._new_conn()
            connections.append(connection)  # before the check, so that one of the two closes it
            if given_up.is_set():
                connection.close()
            return connection

        def give_up() -> None:
            given_up.set()
            for connection in connections:
                connection.close()

        try:
            return run_within(seconds, opened, give_up)
        except TimeoutError:
            raise ConnectTimeoutError(self, "connecting took too long") from None


class _EncryptedConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _EncryptedConnection


def _use_our_connections(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _EncryptedPool}
