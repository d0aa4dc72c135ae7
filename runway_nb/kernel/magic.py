"""``%runway``, ``%runway_demo`` and ``%runway_login``: they parse the line and delegate."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from traitlets import Bool, Float, Int, TraitError, Unicode, observe, validate

from ..model.defaults import DEFAULT_INTERVAL, DEFAULT_MAX_RATE, DEFAULT_TIMEOUT, DEFAULT_WIDTH, LONGEST_INTERVAL
from ..model.errors import MAKE_A_KEY
from ..service.key import KEY_VARIABLE, Secret, keep_key
from ..service.settings import resolve_base_url
from .line import found_in, parsed, resolved

if TYPE_CHECKING:
    from argparse import Namespace

    from ..model.sighting import Sighting
    from ..screen.options import ShowOptions
    from ..screen.presenter import Presenter
    from .session import Session

_OFFERED = 1000  # ids that completion offers at most
_QUICKEST = 1.0  # seconds between two looks at one task, at least
_NARROWEST = 200  # pixels
_NO_KEY_HERE = (
    f"Do not put a key into a cell: it would be saved with the notebook. Set the environment variable {KEY_VARIABLE}, "
    "or run %runway_login, which asks for the key without showing it."
)


@magics_class
class RunwayMagics(Magics):
    """Defaults of ``%runway``'s options, and where and how fast tasks are looked up."""

    watch = Bool(False, help="Auto-refresh cards until their task ends.").tag(config=True)
    interval = Float(
        DEFAULT_INTERVAL, min=_QUICKEST, max=LONGEST_INTERVAL, help="Seconds between two checks of a task."
    ).tag(config=True)
    timeout = Float(DEFAULT_TIMEOUT, min=1.0, help="Seconds after which a watch stops; the task goes on.").tag(
        config=True
    )
    static = Bool(False, help="Show plain HTML instead of widgets.").tag(config=True)
    width = Int(DEFAULT_WIDTH, min=_NARROWEST, help="Maximum width of a card in pixels.").tag(config=True)
    base_url = Unicode("", help="Base URL of the API; empty for APIKLEY_BASE_URL or the service's.").tag(config=True)
    max_rate = Float(DEFAULT_MAX_RATE, min=0.1, help="Look-ups per second, for all cards together.").tag(config=True)
    freeze = Bool(False, help="Turn a card into plain HTML as soon as its task has ended.").tag(config=True)
    history = Bool(True, help="Keep a local record of the tasks seen.").tag(config=True)
    api_key = Unicode("", help="Refused here: set APIKLEY_API_KEY or run %runway_login.").tag(config=True)

    def session(self) -> Session:
        """Return the kernel's session, updated with the present settings. Each line calls it once."""
        from .session import current_session  # when first needed, so that loading stays quick

        session = current_session()
        session.connection.configure(self.base_url or None, self.max_rate)
        session.history.keep_file(self.history)
        return session

    @magic_arguments("%runway")
    @argument("task", nargs="*", metavar="TASK", help="a task id, or a variable that holds one, many, or Tasks")
    @argument("-w", "--watch", action="store_true", help="auto-refresh until every task has ended, in the background")
    @argument("--wait", action="store_true", help="the same, but the cell waits until every task has ended")
    @argument(
        "-i", "--interval", type=float, metavar="SECONDS", help=f"between two checks (default {DEFAULT_INTERVAL:g})"
    )
    @argument(
        "-t",
        "--timeout",
        type=float,
        metavar="SECONDS",
        help=f"until it stops (default {DEFAULT_TIMEOUT:g}); the tasks go on",
    )
    @argument(
        "--embed",
        action="store_true",
        help="save the video in the output, so that it still plays after its link expires",
    )
    @argument("--lineage", action="store_true", help="show the chain of tasks that this one extends")
    @argument("--json", action="store_true", help="show the raw response, as a collapsible tree")
    @argument("--static", action="store_true", help="show plain HTML instead of widgets")
    @argument("-o", "--out", metavar="NAME", help="store the Task, or a list of several, in the variable NAME")
    @argument("--width", type=int, metavar="PIXELS", help=f"of the card (default {DEFAULT_WIDTH})")
    @line_cell_magic
    def runway(self, line: str, cell: str | None = None) -> None:
        """Show what happened to an AI video task.

        ::

            %runway ee603959-debb-48d1-98c4-a6d1c717eba6
            %runway my_ids --watch
            %runway {response["data"]["taskId"]} -o task

        ``%%runway`` finds the task ids in the cell's text: a log, a JSON dump, a traceback. The rest of the text is
        not sent anywhere. Without a TASK, ``%runway`` lists the tasks seen recently. ``%runway_demo`` plays the service
        locally, so that you can try all of this without a key.
        """
        args = parsed(self.runway, line)
        session = self.session()
        if not args.task and cell is None:
            from . import answers

            answers.show_recent(session)
            return
        options = self._options(args, embed=session.carries_media)
        follow = args.watch or args.wait or self.watch
        named = resolved(args.task, self.shell.user_ns) + (found_in(cell) if cell is not None else [])
        task_ids = list(dict.fromkeys(named))
        if args.json or args.lineage:
            sightings = session.lookup.many(task_ids)
            self._bind(args.out, sightings)
            from . import answers

            answers.show_json(sightings) if args.json else answers.show_lineages(session, sightings)
            return
        at_once = follow and not (args.wait or args.out)
        presenter = session.present(task_ids, options, follow=follow, at_once=at_once)
        self._bind(args.out, presenter.sightings)
        if args.wait:
            self._wait(presenter, args.out)
        elif follow:
            presenter.watch()

    @line_magic
    def runway_demo(self, line: str) -> None:
        """Play the API locally, and list the demo tasks; ``%runway_demo off`` goes back to the service.

        You need no key and no network: the simulator runs in this kernel and brings its own clips.
        """
        switch = line.strip().lower() or "on"
        if switch not in ("on", "off"):
            raise UsageError("Use %runway_demo, or %runway_demo off to go back to the service.")
        if switch == "off":
            self.session().stop_demo()
            print(f"Tasks are now looked up at {resolve_base_url(self.base_url or None)}.")  # noqa: T201  # an answer
            return
        self.session().start_demo()
        from . import answers

        answers.show_demo()

    @line_magic
    def runway_login(self, line: str) -> None:
        """Ask for the API key without showing it, and keep it.

        The key goes into the system's keyring if the ``keyring`` package is installed; otherwise it is kept for this
        session only. It is never written into the notebook.
        """
        if line.strip():
            raise UsageError(_NO_KEY_HERE)
        import getpass

        key = Secret(getpass.getpass(f"API key (from {MAKE_A_KEY}): "))
        if not key:
            print("No key was entered; nothing has changed.")  # noqa: T201  # an answer
            return
        kept = keep_key(key, resolve_base_url(self.base_url or None))
        where = "in the system's keyring" if kept else "for this session only"
        print(f"The key is stored {where}.")  # noqa: T201  # an answer

    @observe("base_url", "max_rate", "history")
    def _apply_setting(self, _: object) -> None:
        """Apply a setting at once: what is followed in the background, `show` and `watch` use it too."""
        self.session()

    @validate("api_key")
    def _refuse_key(self, proposal: dict[str, Any]) -> str:
        if proposal["value"]:
            raise TraitError(_NO_KEY_HERE)
        return ""

    def known_ids(self, prefix: str) -> Iterable[str]:
        """Return the ids of tasks seen, for completion."""
        return self.session().history.ids(prefix, limit=_OFFERED)

    def _wait(self, presenter: Presenter, out: str | None) -> None:
        from ..screen.following import raise_for, wait

        try:
            wait(presenter)
        finally:
            self._bind(out, presenter.sightings)
        raise_for(presenter.sightings)

    def _bind(self, out: str | None, sightings: list[Sighting]) -> None:
        if out:
            tasks = [sighting.task for sighting in sightings]
            self.shell.user_ns[out] = tasks[0] if len(tasks) == 1 else tasks

    def _options(self, args: Namespace, *, embed: bool) -> ShowOptions:
        from ..screen.options import ShowOptions

        if args.out and not args.out.isidentifier():
            raise UsageError(f"-o {args.out} is not a valid variable name.")
        if (args.json or args.lineage) and (args.watch or args.wait):
            raise UsageError("--json and --lineage show a task as it is now. Leave out --watch and --wait.")
        interval = self.interval if args.interval is None else args.interval
        timeout = self.timeout if args.timeout is None else args.timeout
        width = self.width if args.width is None else args.width
        if not _QUICKEST <= interval <= LONGEST_INTERVAL:
            raise UsageError(f"--interval must be at least {_QUICKEST:g} s and at most a day, not {interval:g} s.")
        if not timeout > 0:
            raise UsageError(f"--timeout must be above 0 s, not {timeout:g} s.")
        if width < _NARROWEST:
            raise UsageError(f"--width must be at least {_NARROWEST} pixels, not {width}.")
        static = args.static or self.static
        return ShowOptions(interval, timeout, width, static=static, embed=args.embed or embed, freeze=self.freeze)


def session_if_any() -> Session | None:
    """Return the session, without importing its module before a cell needs it."""
    module = sys.modules.get(f"{__package__}.session")
    return module.session_if_any() if module else None
