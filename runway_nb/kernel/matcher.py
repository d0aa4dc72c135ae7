"""Connect `Completion` to IPython's completer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .completion import Completion


def matcher_for(completion: Callable[[], Completion], shell: InteractiveShell) -> Callable[[Any], Any]:
    """Return a matcher for ``shell.Completer.custom_matchers``.

    From IPython 8.6 on, it also says what each word is, and leaves out what IPython's own matchers offer: names of
    Python, and files. Older versions add these.
    """
    try:
        from IPython.core.completer import SimpleCompletion, context_matcher
    except ImportError:
        return _simple(completion, shell)

    @context_matcher()
    def complete_with_kinds(context: Any) -> dict[str, Any]:
        from .completion import last_word

        line = context.text_until_cursor
        lines_before = context.full_text.split("\n")[: context.cursor_line]
        offers = completion().offers("\n".join([*lines_before, line]), line) or []
        return {
            "completions": [SimpleCompletion(offer.text, type=offer.kind) for offer in offers],
            "matched_fragment": last_word(line),
            "suppress": bool(offers),
            "ordered": True,
        }

    matcher: Callable[[Any], Any] = complete_with_kinds
    return matcher


def _simple(completion: Callable[[], Completion], shell: InteractiveShell) -> Callable[[str], list[str]]:
    def complete_runway(_: str) -> list[str]:
        return [offer.text for offer in completion().offers("", shell.Completer.text_until_cursor) or ()]

    return complete_runway
