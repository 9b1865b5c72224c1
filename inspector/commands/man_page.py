r"""The help texts of all commands as a page for ``man protocol-inspect``.

``make docs`` writes ``docs/protocol-inspect.1`` from the same texts as ``docs/cli.md``.

Source: man(7) and groff_char(7): ``\-`` is a hyphen that can be copied, ``\[u00E9]`` a
character by its code point.
"""

from __future__ import annotations

from importlib.metadata import version
from inspect import cleandoc
from typing import TYPE_CHECKING

from inspector import errors

from .shared_options import documented, option_names
from .speech import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import click

    from .shared_options import Described, Documented, Group

_ENVIRONMENT = (
    (
        "COLUMNS",
        "The width of tables, also in a pipe, where they are else not cut.",
    ),
    ("NO_COLOR", "If it is set to anything, output has no colours."),
)
_SETTING = (".nh", ".ad l")
"""No word is hyphenated, for options are to be copied; and no gaps between words."""
_VERBATIM = "\b\n"


def man_page(root: click.Group) -> str:
    """Return the page: the program, each command, and the options that they share."""
    commands, groups = documented(root)
    summary, *text = cleandoc(root.help or "").split("\n\n")
    lines = [
        f'.TH PROTOCOL\\-INSPECT 1 "" "{PROGRAM} {version(PROGRAM)}"',
        *_SETTING,
        ".SH NAME",
        f"{_roff(PROGRAM)} \\- {_roff(_phrase(summary))}",
        ".SH SYNOPSIS",
        f".B {_roff(PROGRAM)}",
        r"\fICAPTURE\fR...",
        ".br",
        f".B {_roff(PROGRAM)}",
        r"\fICOMMAND\fR ...",
        ".SH DESCRIPTION",
        *_paragraphs(text),
        ".SH COMMANDS",
        *(line for each in commands for line in _command(each)),
        ".SH OPTIONS OF SEVERAL COMMANDS",
        *(line for each in groups for line in _group(each)),
        ".SH EXIT STATUS",
        *_tagged(_exit_codes()),
        ".SH ENVIRONMENT",
        *_tagged(_ENVIRONMENT),
        ".SH SEE ALSO",
        r".BR tcpdump (8),",
        r".BR tshark (1)",
    ]
    return "\n".join(lines) + "\n"


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


def _exit_codes() -> list[tuple[str, str]]:
    """Return code and meaning of each, as :mod:`inspector.errors` has them."""
    rows: list[tuple[str, str]] = []
    for line in (errors.__doc__ or "").replace("``", "").splitlines():
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
