"""``%runway``, ``%runway_demo`` and ``%runway_login``: they parse the line and delegate."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from IPython.core.error import UsageError
from IPython.core.magic import line_cell_magic, line_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments
from traitlets import observe

from ..model.defaults import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, DEFAULT_WIDTH
from ..model.errors import MAKE_A_KEY
from ..model.text import one_line
from ..service.key import Secret, keep_key
from ..service.sealed import sealed
from ..service.settings import resolve_base_url
from ..view.say import say
from .limits import INTERVAL, TIMEOUT, WIDTH
from .options import HELP, variable_name
from .settings import NO_KEY_HERE, Settings
from .usage import usage_error

if TYPE_CHECKING:
    from argparse import Namespace

    from ..model.task import Task
    from ..screen.options import ShowOptions
    from ..screen.presenter import Presenter
    from .completion import Offer
    from .session import Session

_OFFERED = 1000  # ids that completion offers at most
_DESCRIBED = 50  # of these, those offered with state and prompt: each is read from the record
_LONGEST_KIND = 60  # characters of state and prompt


@magics_class
class RunwayMagics(Settings):
    """Defaults of ``%runway``'s options, and where and how fast tasks are looked up."""

    def session(self) -> Session:
        """Return the kernel's session, updated with the present settings. Each line calls it once."""
        from .session import current_session  # when first needed, so that loading stays quick

        session = current_session()
        session.connection.configure(self.base_url or None, self.max_rate)
        session.history.keep_file(self.history)
        return session

    @magic_arguments()
    @argument("task", nargs="*", metavar="TASK", help="a task id, or a variable that holds one, many, or Tasks")
    @argument("-w", "--watch", action="store_true", help="auto-refresh until every task has ended, in the background")
    @argument("--wait", action="store_true", help="the same, but the cell waits until every task has ended")
    @argument(
        "-i",
        "--interval",
        type=INTERVAL,
        metavar="SECONDS",
        help=f"time between two checks (default {DEFAULT_INTERVAL:g})",
    )
    @argument(
        "-t",
        "--timeout",
        type=TIMEOUT,
        metavar="SECONDS",
        help=f"stop watching after this time (default {DEFAULT_TIMEOUT:g}); the tasks go on",
    )
    @argument(
        "--embed",
        action="store_true",
        help="save the video in the output, so that it still plays after its link expires",
    )
    @argument("--lineage", action="store_true", help="show the chain of tasks that this one extends")
    @argument("--json", action="store_true", help="show the raw response, as a collapsible tree")
    @argument("--static", action="store_true", help="show plain HTML instead of widgets")
    @argument(
        "-o",
        "--out",
        type=variable_name,
        metavar="NAME",
        help="store the Task, or a list of several, in the variable NAME",
    )
    @argument("--width", type=WIDTH, metavar="PIXELS", help=f"maximum width of the card (default {DEFAULT_WIDTH})")
    @HELP
    @no_var_expand
    @line_cell_magic
    def runway(self, line: str, cell: str | None = None) -> None:
        """Show what happened to an AI video task.

        ::

            %runway ee603959-debb-48d1-98c4-a6d1c717eba6
            %runway my_ids --watch
            %runway response["data"]["taskId"] -o task

        ``%%runway`` finds the task ids in the cell's text: a log, a JSON dump, a traceback. The rest of the text is
        not sent anywhere. Without a TASK, ``%runway`` lists the tasks seen recently. ``%runway_demo`` simulates the
        service locally, so that you can try all of this without a key.
        """
        from .line import read
        from .targets import found_in, resolved

        reading = read(self.runway, line, self.shell.user_ns)
        if reading is None:
            return
        args, scope = reading
        session = self.session()
        if not args.task and cell is None:
            from . import answers

            answers.show_recent(session)
            return
        options = self._options(args, embed=session.carries_media)
        follow = args.watch or args.wait or self.watch
        named = resolved(args.task, scope) + (found_in(cell) if cell is not None else [])
        task_ids = list(dict.fromkeys(named))
        if args.json or args.lineage:
            self._show_once(session, task_ids, args)
            return

        def go_on(presenter: Presenter) -> None:
            self._bind(args.out, presenter.tasks)
            if args.wait:
                self._wait(presenter, args.out)
            elif follow:
                presenter.watch()

        session.present(
            task_ids,
            options,
            follow=follow,
            at_once=follow and not args.wait,
            on_board=lambda board: self._bind(args.out, board.tasks),
            then=go_on,
        )

    @magic_arguments()
    @argument("switch", nargs="?", metavar="off", help="go back to the service")
    @HELP
    @no_var_expand
    @line_magic
    def runway_demo(self, line: str) -> None:
        """Simulate the API locally, and list the demo tasks; ``%runway_demo off`` goes back to the service.

        You need no key and no network: the simulator runs in this kernel and has its own clips.
        """
        from .line import read
        from .targets import expanded

        reading = read(self.runway_demo, line, self.shell.user_ns)
        if reading is None:
            return
        args, scope = reading
        switch = expanded(args.switch, scope) or ["on"]
        if switch not in (["on"], ["off"]):
            raise usage_error("Use %runway_demo, or %runway_demo off to go back to the service.")
        if switch == ["off"]:
            self.session().stop_demo()
            say(f"Tasks are now looked up at {resolve_base_url(self.base_url or None)}.")
            return
        self.session().start_demo()
        from . import answers

        answers.show_demo()

    @magic_arguments()
    @HELP
    @no_var_expand
    @line_magic
    def runway_login(self, line: str) -> None:
        """Ask for the API key without showing it, and store it.

        The key goes into the system's keyring if the ``keyring`` package is installed; otherwise it is kept for this
        session only. It is never written into the notebook.
        """
        from .line import parsed
        from .scope import Scope

        try:
            # Without variables, so that no error message can quote what may be a key.
            args = parsed(self.runway_login, line, Scope({}))
        except UsageError:
            raise usage_error(NO_KEY_HERE) from None
        if args is not None:
            self._log_in()

    def _log_in(self) -> None:
        key = sealed(_asked_key)
        if not key:
            say("No key was entered; nothing has changed.")
            return
        kept = keep_key(key, resolve_base_url(self.base_url or None))
        where = "in the system's keyring" if kept else "for this session only"
        say(f"The key is stored {where}.")

    @observe("base_url", "max_rate", "history")
    def _apply_setting(self, _: object) -> None:
        """Apply a setting at once: what is followed in the background, `show` and `watch` use it too."""
        self.session()

    def seen(self, prefix: str) -> Iterator[Offer]:
        """Yield the ids of tasks seen, for completion, the latest first; the first ones with state and prompt."""
        from .completion import Offer

        history = self.session().history
        for place, task_id in enumerate(history.ids(prefix, limit=_OFFERED)):
            task = history.known(task_id).task if place < _DESCRIBED else None
            kind = f"{task.state.value} {one_line(task.prompt)}" if task else ""
            yield Offer(task_id, kind[:_LONGEST_KIND].rstrip())

    def _show_once(self, session: Session, task_ids: list[str], args: Namespace) -> None:
        from . import answers

        sightings = session.lookup.many(task_ids)
        self._bind(args.out, [each.task for each in sightings])
        answers.show_json(sightings) if args.json else answers.show_lineages(session, sightings)

    def _wait(self, presenter: Presenter, out: str | None) -> None:
        from ..screen.following import raise_for, wait

        try:
            wait(presenter)
        finally:
            self._bind(out, presenter.tasks)
        raise_for(presenter.sightings)

    def _bind(self, out: str | None, tasks: list[Task | None]) -> None:
        if out:
            self.shell.user_ns[out] = tasks[0] if len(tasks) == 1 else tasks

    def _options(self, args: Namespace, *, embed: bool) -> ShowOptions:
        from ..screen.options import ShowOptions

        if (args.json or args.lineage) and (args.watch or args.wait):
            raise usage_error("--json and --lineage show a task as it is now. Leave out --watch and --wait.")
        interval = self.interval if args.interval is None else args.interval
        timeout = self.timeout if args.timeout is None else args.timeout
        width = self.width if args.width is None else args.width
        static = args.static or self.static
        return ShowOptions(interval, timeout, width, static=static, embed=args.embed or embed, freeze=self.freeze)


def _asked_key() -> Secret:
    import getpass

    return Secret(getpass.getpass(f"API key (from {MAKE_A_KEY}): "))


def session_if_any() -> Session | None:
    """Return the session, without importing its module before a cell needs it."""
    module = sys.modules.get(f"{__package__}.session")
    return module.session_if_any() if module else None
