"""``%runway`` and its siblings: parse the line, hand it on, and nothing else."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from traitlets import Bool, Float, Int, TraitError, Unicode, observe, validate

from .errors import MAKE_A_KEY
from .line import found_in, parsed, resolved
from .publish import publish
from .settings import (
    DEFAULT_INTERVAL,
    DEFAULT_MAX_RATE,
    DEFAULT_TIMEOUT,
    DEFAULT_WIDTH,
    KEY_VARIABLE,
    LONGEST_INTERVAL,
    Secret,
    keep_key,
    resolve_base_url,
)

if TYPE_CHECKING:
    from argparse import Namespace

    from .presenter import Presenter, ShowOptions
    from .session import Session
    from .sighting import Sighting

_RECENT = 20  # tasks that a bare %runway lists
_QUICKEST = 1.0  # seconds between two looks at one task, at least
_NARROWEST = 200  # pixels
_NO_KEY_HERE = (
    f"A key does not go into a cell: it would be saved with the notebook. Set the environment variable {KEY_VARIABLE}, "
    "or run %runway_login, which asks for it without showing it."
)

_NOTHING_SEEN = "No task was seen yet. %runway TASK shows one; %runway_demo lists some to try without a key."


@magics_class
class RunwayMagics(Magics):
    """Defaults of ``%runway``'s options, and where and how fast tasks are looked up."""

    watch = Bool(False, help="Auto-refresh cards until their task ends.").tag(config=True)
    interval = Float(
        DEFAULT_INTERVAL, min=_QUICKEST, max=LONGEST_INTERVAL, help="Seconds between two looks at a task."
    ).tag(config=True)
    timeout = Float(DEFAULT_TIMEOUT, min=1.0, help="Seconds after which a watch stops; the task goes on.").tag(
        config=True
    )
    static = Bool(False, help="Show plain HTML instead of widgets.").tag(config=True)
    width = Int(DEFAULT_WIDTH, min=_NARROWEST, help="Pixels of a card at most.").tag(config=True)
    base_url = Unicode("", help="Where tasks are looked up; empty for APIKLEY_BASE_URL or the service.").tag(
        config=True
    )
    max_rate = Float(DEFAULT_MAX_RATE, min=0.1, help="Look-ups per second, all cards together.").tag(config=True)
    freeze = Bool(False, help="Turn a card into plain HTML as soon as its task has ended.").tag(config=True)
    history = Bool(True, help="Keep a local record of the tasks seen.").tag(config=True)
    api_key = Unicode("", help="Refused here: set APIKLEY_API_KEY or run %runway_login.").tag(config=True)

    @property
    def session(self) -> Session:
        """The kernel's session, going by the settings."""
        return self._configured_session()

    @magic_arguments("%runway")
    @argument(
        "task", nargs="*", metavar="TASK", help="a task id, or the name of a variable holding one, many, or Tasks"
    )
    @argument("-w", "--watch", action="store_true", help="auto-refresh until the task ends, in the background")
    @argument("--wait", action="store_true", help="the same in the foreground: the cell ends when every task has")
    @argument("-i", "--interval", type=float, metavar="SECONDS", help="between two looks (default 5)")
    @argument("-t", "--timeout", type=float, metavar="SECONDS", help="of either (default 1200); the task goes on")
    @argument("--embed", action="store_true", help="put the video itself into the output, so that it outlives its link")
    @argument("--lineage", action="store_true", help="follow parentTaskId back and show the chain")
    @argument("--json", action="store_true", help="the raw response, as a collapsible tree")
    @argument("--static", action="store_true", help="the card as plain HTML, no widget")
    @argument("-o", "--out", metavar="NAME", help="bind the Task (a list of Tasks for several) to NAME")
    @argument("--width", type=int, metavar="PIXELS", help="of the card (default 560)")
    @line_cell_magic
    def runway(self, line: str, cell: str | None = None) -> None:
        """Show what became of an AI video task.

        ::

            %runway ee603959-debb-48d1-98c4-a6d1c717eba6
            %runway my_ids --watch
            %runway {response["data"]["taskId"]} -o task

        ``%%runway`` finds the task ids in the cell's text: a log, a JSON dump, a traceback. Nothing else of it
        is sent anywhere. Without a TASK it lists the tasks seen so far. ``%runway_demo`` plays the service
        locally, so that all of this can be tried without a key.
        """
        args = parsed(self.runway, line)
        if not args.task and cell is None:
            self._show_seen()
            return
        options = self._options(args)
        follow = args.watch or args.wait or self.watch
        named = resolved(args.task, self.shell.user_ns) + (found_in(cell) if cell is not None else [])
        task_ids = list(dict.fromkeys(named))
        if args.json or args.lineage:
            sightings = self.session.look_up(task_ids)
            self._bind(args.out, sightings)
            _show_json(sightings) if args.json else self._show_lineages(sightings)
            return
        presenter = self.session.present(task_ids, options, follow=follow)
        self._bind(args.out, presenter.sightings)
        if args.wait:
            self._wait(presenter, args.out)
        elif follow:
            from .following import watch

            watch(presenter)

    @line_magic
    def runway_demo(self, line: str) -> None:
        """Play the API locally from now on, and list the demo tasks by what they show; ``off`` goes back.

        No key and no network are needed: the simulator runs in this kernel and brings clips of its own.
        """
        switch = line.strip().lower() or "on"
        if switch not in ("on", "off"):
            raise UsageError("Say %runway_demo, or %runway_demo off to go back to the service.")
        if switch == "off":
            self.session.stop_demo()
            print(f"Tasks are looked up at {resolve_base_url(self.base_url or None)} again.")  # noqa: T201  # an answer
            return
        self.session.start_demo()
        from .simulator import DEMO_TASKS
        from .view.demo import bundle

        publish(bundle(DEMO_TASKS))

    @line_magic
    def runway_login(self, line: str) -> None:
        """Ask for the API key without showing it, and keep it.

        It goes into the system's keyring where the ``keyring`` package is installed, else it is kept for this
        session only. It is never written into the notebook.
        """
        if line.strip():
            raise UsageError(_NO_KEY_HERE)
        key = Secret(getpass.getpass(f"API key (made at {MAKE_A_KEY}): "))
        if not key:
            print("No key was given; nothing has changed.")  # noqa: T201  # an answer
            return
        kept = keep_key(key, resolve_base_url(self.base_url or None))
        self.session.connection.close()  # so that the next look uses it
        where = "in the system's keyring" if kept else "for this session"
        print(f"The key is kept {where}.")  # noqa: T201  # an answer

    @observe("base_url", "max_rate", "history")
    def _go_by_it_at_once(self, _: object) -> None:
        """What is followed in the background, and `show` and `watch`, do not wait for the next magic."""
        self._configured_session()

    def _configured_session(self) -> Session:
        from .session import current_session  # when first needed, so that loading stays quick

        session = current_session()
        session.connection.configure(self.base_url or None, self.max_rate)
        session.memory.keeps_history = self.history
        return session

    @validate("api_key")
    def _refuse_key(self, proposal: dict[str, Any]) -> str:
        if proposal["value"]:
            raise TraitError(_NO_KEY_HERE)
        return ""

    def known_ids(self, prefix: str) -> Iterable[str]:
        """The ids of tasks seen, for completion."""
        return self.session.memory.ids(prefix)

    def _show_lineages(self, sightings: list[Sighting]) -> None:
        from .lineage import trace
        from .sighting import Sighting
        from .view.bundle import metadata
        from .view.lineage import bundle

        for sighting in sightings:
            if sighting.task is None:
                raise sighting.error or UsageError(f"Task {sighting.task_id} could not be seen.")
            lineage = trace(sighting.task, self.session.get)
            media = self.session.media(Sighting(link.task_id, link.task) for link in lineage.chain)
            publish(bundle(lineage, datetime.now(timezone.utc), embedded=media), metadata([sighting]))

    def _show_seen(self) -> None:
        from .view.history import bundle

        seen = [self.session.memory.known(task_id) for task_id in self.session.memory.ids()[:_RECENT]]
        publish(bundle(seen, datetime.now(timezone.utc)) if seen else {"text/plain": _NOTHING_SEEN})

    def _wait(self, presenter: Presenter, out: str | None) -> None:
        from .following import raise_for, wait

        try:
            wait(presenter)
        finally:
            self._bind(out, presenter.sightings)
        raise_for(presenter.sightings)

    def _bind(self, out: str | None, sightings: list[Sighting]) -> None:
        if out:
            tasks = [sighting.task for sighting in sightings]
            self.shell.user_ns[out] = tasks[0] if len(tasks) == 1 else tasks

    def _options(self, args: Namespace) -> ShowOptions:
        from .presenter import ShowOptions

        if args.out and not args.out.isidentifier():
            raise UsageError(f"-o {args.out}: that is no name for a variable.")
        if (args.json or args.lineage) and (args.watch or args.wait):
            raise UsageError("--json and --lineage show how a task stands now. Leave --watch and --wait out.")
        interval = self.interval if args.interval is None else args.interval
        timeout = self.timeout if args.timeout is None else args.timeout
        width = self.width if args.width is None else args.width
        if not _QUICKEST <= interval <= LONGEST_INTERVAL or not timeout > 0 or width < _NARROWEST:
            raise UsageError(
                f"An interval is at least {_QUICKEST:g} s and at most a day, a timeout above 0 s, "
                f"a width at least {_NARROWEST} pixels."
            )
        embed = args.embed or self.session.carries_media
        static = args.static or self.static
        return ShowOptions(interval, timeout, width, static=static, embed=embed, freeze=self.freeze)


def session_if_any() -> Session | None:
    """The session, without importing its module (and the client's) before a cell needs it."""
    module = sys.modules.get(f"{__package__}.session")
    return module.session_if_any() if module else None


def _show_json(sightings: list[Sighting]) -> None:
    from .view.bundle import metadata
    from .view.markup import printable

    for each in sightings:
        if each.error is not None:
            print(printable(f"{each.task_id}: {each.error}"))  # noqa: T201  # what no response can tell
    raw = {each.task_id: dict(each.task.raw) for each in sightings if each.task is not None}
    shown: Any = next(iter(raw.values())) if len(sightings) == 1 else raw
    text = json.dumps(shown, indent=2, ensure_ascii=False, default=str)
    publish({"application/json": shown, "text/plain": text}, metadata(sightings))
