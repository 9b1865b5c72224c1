r"""The help texts of all commands of a program as a page for ``man``.

``make docs`` writes ``docs/protocol-inspect.1`` from the same texts as ``docs/cli.md``,
and ``docs/protocol-call.1`` and ``docs/protocol-serve.1`` from those of these programs.

Source: man(7) and groff_char(7): ``\-`` is a hyphen that can be copied, ``\[u00E9]`` a
character by its code point.
"""

from __future__ import annotations

from importlib.metadata import version
from inspect import cleandoc
from typing import TYPE_CHECKING

import click

from inspector import errors
from protocol.named_tuple import NamedTuple
from protocol.native import PURE

from .shared_options import described, documented, option_names
from .speech import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .shared_options import Described, Documented, Group

_PACKAGE = PROGRAM


class Page(NamedTuple):
    """What a page says besides the help texts.

    Attributes:
        program: What it is about.
        arguments: What may stand after that: ``CAPTURE...``.
        codes: A text with a table of exit codes, each with its meaning on its line.
        environment: Variables that are read, and what each does.
        see_also: Pages, each as ``tcpdump (8)``.
    """

    program: str
    arguments: Sequence[str]
    codes: str
    environment: Sequence[tuple[str, str]]
    see_also: Sequence[str]


INSPECT = Page(
    PROGRAM,
    ("CAPTURE...", "COMMAND ..."),
    errors.__doc__ or "",
    (
        (
            "COLUMNS",
            "The width of tables, also in a pipe, where they are else not cut.",
        ),
        ("NO_COLOR", "If it is set to anything, output has no colours."),
        (
            PURE,
            "If it is set to anything, what is written in C is not used, but Python.",
        ),
    ),
    ("protocol-call (1)", "protocol-serve (1)", "tcpdump (8)", "tshark (1)"),
)
"""The page of this program."""
_SETTING = (".nh", ".ad l")
"""No word is hyphenated, for options are to be copied; and no gaps between words."""
_VERBATIM = "\b\n"


def man_page(root: click.Command, page: Page = INSPECT) -> str:
    """Return the page: the program, each command, and the options that they share."""
    summary, *text = cleandoc(root.help or "").split("\n\n")
    name = _roff(page.program)
    lines = [
        f'.TH {name.upper()} 1 "" "{_PACKAGE} {version(_PACKAGE)}"',
        *_SETTING,
        ".SH NAME",
        f"{name} \\- {_roff(_phrase(summary))}",
        ".SH SYNOPSIS",
        *_synopsis(page),
        ".SH DESCRIPTION",
        *_paragraphs(text),
        *_options(root, page),
        ".SH EXIT STATUS",
        *_tagged(_exit_codes(page.codes)),
        *_environment(page),
        ".SH SEE ALSO",
        *_references(page.see_also),
    ]
    return "\n".join(lines) + "\n"


def _options(root: click.Command, page: Page) -> Iterator[str]:
    """Yield the commands with the options of each; or the options of the only one."""
    if not isinstance(root, click.Group):
        context = click.Context(root, info_name=page.program)
        yield ".SH OPTIONS"
        yield from _tagged(described(root, context))
        return
    commands, groups = documented(root, page.program)
    yield ".SH COMMANDS"
    yield from (line for each in commands for line in _command(each))
    yield ".SH OPTIONS OF SEVERAL COMMANDS"
    yield from (line for each in groups for line in _group(each))


def _synopsis(page: Page) -> Iterator[str]:
    for index, arguments in enumerate(page.arguments):
        if index:
            yield ".br"
        yield f".B {_roff(page.program)}"
        word, dots, _ = arguments.partition("...")
        yield rf"\fI{_roff(word.rstrip())}\fR{' ' * word.endswith(' ')}{dots}"


def _environment(page: Page) -> Iterator[str]:
    if page.environment:
        yield ".SH ENVIRONMENT"
        yield from _tagged(page.environment)


def _references(pages: Sequence[str]) -> Iterator[str]:
    for index, each in enumerate(pages, start=1):
        yield f".BR {_roff(each)}{',' * (index < len(pages))}"


def _phrase(sentence: str) -> str:
    """Return a sentence as whatis(1) lists it: on one line, without its stop."""
    words = " ".join(sentence.split()).rstrip(".")
    return words[:1].lower() + words[1:]


def _command(of: Documented) -> Iterator[str]:
    usage = " ".join(of.command.collect_usage_pieces(of.context))
    yield f".SS {_roff(of.name)} {_roff(usage)}"
    yield from _paragraphs(cleandoc(of.command.help or "").split("\n\n"))
    yield from _tagged(of.own)
    if of.shared:
        yield ".PP"
        yield f"Also: {_roff(option_names(of.shared))}."
    yield from _paragraphs(cleandoc(of.command.epilog or "").split("\n\n"))


def _group(group: Group) -> Iterator[str]:
    yield ".PP"
    yield f"Of {_roff(', '.join(group.commands))}:"
    yield from _tagged(group.options)


def _exit_codes(text: str) -> list[tuple[str, str]]:
    """Return code and meaning of each row of a table in a docstring."""
    rows: list[tuple[str, str]] = []
    for line in text.replace("``", "").splitlines():
        code, _, text = line.partition(" ")
        if code.isdigit():
            rows.append((code, text))
        elif rows and not code:  # a row goes on, indented
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {text}")
    return rows


def _tagged(rows: Sequence[Described | tuple[str, str]]) -> Iterator[str]:
    for names, text in rows:
        yield ".TP"
        yield rf"\fB{_roff(names)}\fR"
        yield _line(" ".join(text.split()))


def _paragraphs(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        if not text:
            continue
        yield ".PP"
        if text.startswith(_VERBATIM):
            yield ".nf"
            yield from map(_line, text.removeprefix(_VERBATIM).splitlines())
            yield ".fi"
        else:
            yield _line(" ".join(text.split()))


def _line(text: str) -> str:
    """Return a line of text that roff does not take for a request."""
    return rf"\&{_roff(text)}" if text[:1] in {".", "'"} else _roff(text)


def _roff(text: str) -> str:
    r"""Return text as roff writes it: ``\``, ``-``, quotes and what is not ASCII."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "".join(
        each if each.isascii() else f"\\[u{ord(each):04X}]" for each in escaped
    )
