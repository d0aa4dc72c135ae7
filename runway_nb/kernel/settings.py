"""The settings of the magics, ``%config RunwayMagics.…``. A refused value leaves the one before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics
from traitlets import Any as AnyTrait
from traitlets import Bool, Float, Int, TraitError, Unicode, observe, validate
from traitlets.config import Config

from ..model.defaults import DEFAULT_INTERVAL, DEFAULT_MAX_RATE, DEFAULT_TIMEOUT, DEFAULT_WIDTH
from ..model.errors import SettingError
from ..service.key import KEY_VARIABLE, without_keys
from ..service.overrides import use_media_networks
from ..service.settings import resolve_base_url
from ..view.say import say
from .limits import INTERVAL, MAX_RATE, TIMEOUT, WIDTH

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

NO_KEY_HERE = (
    f"Do not put a key into a cell: it would be saved with the notebook. Set the environment variable {KEY_VARIABLE}, "
    "or run %runway_login, which asks for the key without showing it."
)
_SECTION = "RunwayMagics"
_LIMITS = {"interval": INTERVAL, "timeout": TIMEOUT, "width": WIDTH, "max_rate": MAX_RATE}


class Settings(Magics):
    """Magics with the settings of this package, read from IPython's configuration."""

    watch = Bool(False, help="Auto-refresh cards until their task ends.").tag(config=True)
    interval = Float(DEFAULT_INTERVAL, help="Seconds between two checks of a task.").tag(config=True)
    timeout = Float(DEFAULT_TIMEOUT, help="Seconds after which a watch stops; the task goes on.").tag(config=True)
    static = Bool(False, help="Show plain HTML instead of widgets.").tag(config=True)
    width = Int(DEFAULT_WIDTH, help="Maximum width of a card in pixels.").tag(config=True)
    base_url = Unicode("", help="Base URL of the API; empty for APIKLEY_BASE_URL or the service's.").tag(config=True)
    max_rate = Float(DEFAULT_MAX_RATE, help="Look-ups per second, for all cards together.").tag(config=True)
    freeze = Bool(False, help="Turn a card into plain HTML as soon as its task has ended.").tag(config=True)
    history = Bool(True, help="Keep a local record of the tasks seen.").tag(config=True)
    # Of any type: a list, a tuple or a single network.
    media_networks = AnyTrait((), help="Networks, besides public ones, to embed media from.").tag(config=True)
    # Of any type: the error about a wrong type would quote the key.
    api_key = AnyTrait("", help="Refused here: set APIKLEY_API_KEY or run %runway_login.").tag(config=True)

    def __init__(self, shell: InteractiveShell) -> None:
        configured = shell.config.pop(_SECTION, Config())
        super().__init__(shell)
        for name, value in configured.items():
            error = self._refusal(name, value)
            if error is None:
                shell.config.merge(Config({_SECTION: {name: value}}))
            else:
                say(f"The configured {_SECTION}.{name} is not used: {error}", file=sys.stderr)

    def update_config(self, config: Config) -> None:
        """Apply new settings, those that are valid.

        Args:
            config: From ``%config`` or IPython's configuration. Values that are refused are removed from it, and from
                the configuration that the shell's other parts have taken over from it.

        Raises:
            TraitError: If a value was refused.
        """
        refused: list[TraitError] = []
        for name, value in list(config.get(_SECTION, {}).items()):
            error = self._refusal(name, value)
            if error is not None:
                refused.append(error)
                config[_SECTION].pop(name)
                self._restore(name)
        if refused:
            raise refused[0].with_traceback(None)

    def _refusal(self, name: str, value: object) -> TraitError | None:
        """Apply one setting; return the error if it is refused."""
        try:
            if name in _LIMITS and isinstance(value, int):  # traitlets takes True for 1, and cannot convert huge ones
                _check_number(name, value)
            super().update_config(Config({_SECTION: {name: value}}))
        except TraitError as error:
            return TraitError(without_keys(str(error), "[key]"))  # it quotes the value: a key in the wrong place
        return None

    def _restore(self, name: str) -> None:
        """Put the value before a refused one back into every configuration that has the refused one."""
        before = self.config.get(_SECTION, {})
        for part in (self.shell, *self.shell.configurables):
            section = part.config.get(_SECTION, {})
            if name not in section or section is before:
                continue
            section.pop(name)
            if name in before:
                section[name] = before[name]

    @validate("interval", "timeout", "width", "max_rate")
    def _check_proposed_number(self, proposal: dict[str, Any]) -> float:
        return _check_number(proposal["trait"].name, proposal["value"])

    @validate("base_url")
    def _check_url(self, proposal: dict[str, Any]) -> str:
        url: str = proposal["value"]
        try:
            resolve_base_url(url or None)
        except SettingError as error:
            if url:
                raise TraitError(str(error)) from None
        return url

    @validate("media_networks")
    def _check_networks(self, proposal: dict[str, Any]) -> tuple[str, ...]:
        from ..service.addresses import read_networks  # when first needed, so that loading stays quick

        given = proposal["value"]
        networks = [given] if isinstance(given, str) else given
        if not isinstance(networks, (list, tuple)) or not all(isinstance(each, str) for each in networks):
            raise TraitError('media_networks must be a list of networks, such as ["10.0.0.0/8"].')
        try:
            return tuple(map(str, read_networks(networks)))
        except ValueError as error:
            raise TraitError(f"media_networks: {error}") from None

    @observe("media_networks")
    def _admit_networks(self, _: object) -> None:
        use_media_networks(self.media_networks)

    @validate("api_key")
    def _refuse_key(self, proposal: dict[str, Any]) -> str:
        if proposal["value"]:
            raise TraitError(NO_KEY_HERE)
        return ""


def _check_number(name: str, value: float) -> float:
    """Return the value of a setting if it is a number within its limits.

    Raises:
        TraitError: If it is not.
    """
    if isinstance(value, bool):
        raise TraitError(f"{name} must be a number, not {value}.")
    try:
        return _LIMITS[name].checked(value)
    except ValueError as error:
        raise TraitError(f"{name} {error}") from None
