"""Lines of a terminal, edited by prompt_toolkit: history, completion, several lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.patch_stdout import patch_stdout

from protocol import escape_controls

from .history import typed
from .statements import CALLS, COMMANDS, OFF, is_incomplete

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

    from .conversing import Conversation


class LineEditor:
    """Read statements.

    Args:
        conversation: Names the server, and has the patterns.
        source: The terminal to read from; None for that of the process.
        screen: The terminal to write to; likewise.
    """

    def __init__(
        self,
        conversation: Conversation,
        source: Input | None = None,
        screen: Output | None = None,
    ) -> None:
        self._conversation = conversation
        self._session: PromptSession[str] = PromptSession(
            history=InMemoryHistory(),
            completer=Statements(conversation),
            complete_while_typing=False,
            multiline=Condition(lambda: is_incomplete(get_app().current_buffer.text)),
            prompt_continuation=lambda width, *_: "… ".rjust(width),
            input=source,
            output=screen,
        )

    @property
    def text(self) -> str:
        """What is typed so far."""
        return self._session.default_buffer.text

    async def read(self) -> str:
        """Return a statement.

        Raises:
            KeyboardInterrupt: Ctrl-C was typed.
            EOFError: Ctrl-D was typed.
        """
        name = escape_controls(self._conversation.name)
        with patch_stdout(raw=True):
            return await self._session.prompt_async(f"{name}> ", handle_sigint=False)


class Statements(Completer):
    """Complete commands, patterns that were called, and names of servers.

    Args:
        conversation: Has the patterns and the names.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterator[Completion]:
        """Yield what the text before the cursor may go on with."""
        del complete_event
        text = document.text_before_cursor.lstrip()
        command, blank, rest = text.partition(" ")
        begun = rest.lstrip() if blank else command
        for each in self._words(command) if blank else COMMANDS:
            if each.startswith(begun) and escape_controls(each) == each:
                yield Completion(each, start_position=-len(begun))

    def _words(self, command: str) -> Iterable[str]:
        conversation = self._conversation
        if command in CALLS:
            return map(typed, conversation.history.patterns(conversation.server))
        if command == "use":
            return conversation.names()
        return [OFF] if command in {"metadata", "timeout"} else []
