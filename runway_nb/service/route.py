"""`Route`: the transport to the service, with the settings as they are at each look."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import requests

from ..model.forking import renew_in_child
from . import key
from .connections import renew_session
from .key import Secret
from .network import CERTIFICATE_VARIABLES, PROXY_VARIABLES
from .overrides import demo_url
from .sealed import variables
from .settings import resolve_base_url
from .transport import Transport

_DEMO_KEY = Secret("the-demo-needs-no-key")  # the simulator accepts any
_inherited: list[Transport | None] = []  # kept in a child: to drop one needs locks that a parent's thread may hold
_VARIABLES = (*PROXY_VARIABLES, *CERTIFICATE_VARIABLES)


class Route:
    """Keeps what the caller gave, and finds everything else again when it has changed. Safe to share between threads.

    Args:
        given_key: The caller's key; None to find one.
        given_url: The caller's base URL; None for the demo's while it is on, or else the one of the settings.
        session: The caller's own session; None to create one.
        timeout: Seconds to connect, and between two bytes of an answer.
        on_move: Called when the looks go to another base URL.

    Raises:
        MissingKeyError: If there is no key.
        SettingError: If the base URL or the key cannot be used.
    """

    def __init__(
        self,
        given_key: Secret | None,
        given_url: str | None,
        session: requests.Session | None,
        timeout: tuple[float, float] | float,
        on_move: Callable[[], None],
    ) -> None:
        self._given_key = given_key
        if given_key:
            key.note_given(given_key)
        self._given_url = resolve_base_url(given_url) if given_url and given_url.strip() else None
        self._session = session
        self._timeout = timeout
        self._on_move = on_move
        self._made_for = 0  # the fingerprint of the settings
        self._refused_key: Secret | None = None  # the keyring has no other one
        self._start()
        renew_in_child(self)
        self.refresh()

    def _start(self) -> None:
        """Begin without a transport, and with locks that nothing holds."""
        self._lock = threading.RLock()  # never held while the keyring is asked: that may wait for the user
        self._one_asks = threading.Lock()  # of several looks with a refused key, while the others wait for the answer
        self._transport: Transport | None = None
        self._under_way: dict[Transport, int] = {}

    def renew(self) -> None:
        """Begin again in a forked child, with connections of its own."""
        _inherited.extend((self._transport, *self._under_way))
        if self._session is not None:
            renew_session(self._session)
        self._start()

    @property
    def base_url(self) -> str:
        """The base URL of the next look.

        Raises:
            SettingError: If it cannot be used.
        """
        return self._destination()[0]

    def refresh(self, *, keyring: bool = True) -> None:
        """Check that there is a key, for something that the user does now.

        Args:
            keyring: Whether to ask the keyring again if the key comes from there.

        Raises:
            MissingKeyError: If there is no key.
            SettingError: If the base URL or the key cannot be used.
        """
        base_url, given_key = self._destination()
        if keyring and not given_key:
            key.ask_keyring(base_url)
        self._find_key()
        with self._lock:
            self._refused_key = None
            self._up_to_date()

    def has_changed_since(self, refused: Transport) -> bool:
        """Return whether the next look has other settings than one that was refused.

        The keyring is asked for another key, once for each refused one until `refresh`.

        Raises:
            RunwayError: As for `refresh`.
        """
        with self._one_asks:
            base_url, given_key = self._find_key()
            with self._lock:
                asks = self._up_to_date() is refused and self._refused_key != refused.key and not given_key
                self._refused_key = refused.key if asks else self._refused_key
            if asks:
                key.ask_keyring(base_url)
                self._find_key()
            with self._lock:
                return self._up_to_date() is not refused

    @contextmanager
    def transport(self) -> Iterator[Transport]:
        """Return the transport for one look; it is closed when it is out of date and its last look is done."""
        self._find_key()
        with self._lock:
            transport = self._up_to_date()
            self._under_way[transport] = self._under_way.get(transport, 0) + 1
        try:
            yield transport
        finally:
            with self._lock:
                self._under_way[transport] -= 1
                self._close_unused(transport)

    def close(self) -> None:
        """Close the pooled connections; the caller's own session stays open. A later look opens new ones."""
        with self._lock:
            self._replace(None)

    def _destination(self) -> tuple[str, Secret | None]:
        """Return the base URL of the next look, and its key if that need not be found."""
        demo = None if self._given_url else demo_url()  # read once: it must not change between URL and key
        if demo:
            return demo, self._given_key or _DEMO_KEY
        return self._given_url or resolve_base_url(), self._given_key

    def _find_key(self) -> tuple[str, Secret | None]:
        """Find the key of the next look before the lock is taken, and return its destination."""
        base_url, given_key = self._destination()
        key.find_key(given_key, base_url)
        return base_url, given_key

    def _up_to_date(self) -> Transport:
        base_url, given_key = self._destination()
        settings = hash((base_url, given_key or key.fingerprint(base_url), *variables(*_VARIABLES)))
        transport = self._transport
        if transport is None or settings != self._made_for:
            transport = Transport(base_url, key.find_key(given_key, base_url), self._session, self._timeout)
            self._replace(transport)
            self._made_for = settings
        return transport

    def _replace(self, transport: Transport | None) -> None:
        before, self._transport = self._transport, transport
        if before is not None:
            self._close_unused(before)
            if transport is not None and transport.base_url != before.base_url:
                self._on_move()

    def _close_unused(self, transport: Transport) -> None:
        if transport is not self._transport and not self._under_way.get(transport):
            self._under_way.pop(transport, None)
            transport.close()
