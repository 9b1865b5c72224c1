"""Screens in front of the list: help, a comparison, and where to write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from inspector.views.text import Text

from .bars import Bar, keys_line
from .desk import is_page
from .pane import Pane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType


class Sheet(ModalScreen[None]):
    """Lines to be read, over the whole screen.

    Args:
        lines: The lines.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", show=False)
    ]
    DEFAULT_CSS = """
    Sheet { background: ansi_default; }
    Sheet Pane { height: 1fr; margin: 1 2 0 2; }
    """

    def __init__(self, lines: Sequence[Text]) -> None:
        super().__init__()
        self._lines = lines

    def compose(self) -> ComposeResult:
        """Compose the lines and the keys."""
        yield Pane(id="sheet")
        yield Bar(id="sheet_keys")

    def on_mount(self) -> None:
        """Show the lines."""
        self.query_one(Pane).show(self._lines)
        self.query_one(Bar).say(keys_line([("↑ ↓", "scroll"), ("Esc", "back")]))
        self.query_one(Pane).focus()


class Saving(ModalScreen[tuple[str, bool] | None]):
    """Asks for the file to write to, and whether secrets are hidden.

    It becomes a capture or a page by its name. Of a page, which is made to be handed
    on, secrets are hidden unless a person says otherwise.

    Args:
        what: What is written, in words.
        name: The file that is proposed.
        hidden: Whether secrets are hidden in any case.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("ctrl+r", "redact", show=False, priority=True),
        Binding("ctrl+p", "page", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    Saving { background: ansi_default; }
    Saving Vertical { margin: 1 2; height: auto; }
    Saving Input, Saving Input:focus {
        border: none; height: 1; padding: 0; margin: 1 0; background: ansi_default; }
    """

    def __init__(self, what: str, name: str, *, hidden: bool) -> None:
        super().__init__()
        self._what, self._file = what, name
        self._always = hidden
        self._answered: bool | None = None  # whether secrets are hidden

    def compose(self) -> ComposeResult:
        """Compose the question."""
        with Vertical():
            yield Bar(id="what")
            yield Input(self._file, id="file", select_on_focus=False)
            yield Bar(id="redacted")
            yield Bar(id="replaces")
            yield Bar(id="saving_keys")

    def on_mount(self) -> None:
        """Ask."""
        self.query_one("#what", Bar).say(Text(f"Write {self._what} to", "title"))
        self.query_one(Input).focus()
        self._say()

    def action_redact(self) -> None:
        """Hide secrets, or do not."""
        self._answered = not self._redacted
        self._say()

    def action_page(self) -> None:
        """Write a page, or a capture: the name says which."""
        box = self.query_one(Input)
        stem = str(Path(box.value.strip() or "part").with_suffix(""))
        box.value = stem + (".pcapng" if is_page(box.value.strip()) else ".html")
        box.cursor_position = len(box.value)

    @property
    def _redacted(self) -> bool:
        if self._always:
            return True
        page = is_page(self.query_one(Input).value.strip())
        return page if self._answered is None else self._answered

    def _say(self) -> None:
        file, redacted = self.query_one(Input).value.strip(), self._redacted
        page = is_page(file)
        hidden, shown = "secrets are hidden", "with all that it carries, secrets, too"
        words = f"{'a page' if page else 'a capture'}; {hidden if redacted else shown}"
        role = "good" if redacted else "warning"
        self.query_one("#redacted", Bar).say(Text(words, role))
        there = Path(file or "/").is_file()
        replaces = "it replaces the file of that name" if there else ""
        self.query_one("#replaces", Bar).say(Text(replaces, "warning"))
        keys = [("Enter", "write"), ("Esc", "back")]
        keys.append(("Ctrl+P", "as a capture" if page else "as a page"))
        if not self._always:
            keys.append(("Ctrl+R", "show secrets" if redacted else "hide secrets"))
        self.query_one("#saving_keys", Bar).say(keys_line(keys))

    def on_input_changed(self) -> None:
        """Say whether the file is there."""
        self._say()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write to the file."""
        event.stop()
        name = event.value.strip()
        self.dismiss((name, self._redacted) if name else None)
