"""The data of a page as one file of HTML that loads nothing.

Its policy allows the one style and the one script, by their hashes, and nothing else:
no address, no other script, no attribute that is one. Data enter as JSON in which no
``<`` is left, so that nothing of a capture ends the element that they are in.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from inspector.installing import pip_command
from inspector.views.rendering import milliseconds, seconds
from protocol.lazy_regex import lazy_regex

from .embedding import embedded

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.runtime import Context
    from markupsafe import Markup

    from .tables import Json

SCRIPT = (
    "elements",
    "tables",
    "heading",
    "map",
    "charts",
    "search",
    "list",
    "payload",
    "ladder",
    "packets",
    "drawer",
    "keys",
    "render",
)
"""The files of the script, in their order."""
_NUMBER = lazy_regex(r"#([0-9]+)")


def check_engine() -> None:
    """Make sure that pages can be made.

    Raises:
        InspectorError: The extra ``html`` is not installed.
    """
    try:
        import jinja2  # noqa: F401, PLC0415 — an extra
    except ImportError:
        command = pip_command("install", "jinja2")
        raise InspectorError("--html", f"jinja2 is not installed; {command}") from None


# decision 176: A page is its data, which template and script lay out alike
def document(
    data: Json, updates: str = "", *, more_style: str = "", more_script: str = ""
) -> str:
    """Return a page.

    Args:
        data: What :func:`inspector.page.data.page_data` returns.
        updates: Where newer data come from, as server-sent events of the same origin;
            empty for a file, which asks nobody.
        more_style: What follows the style …
        more_script: … and the script, which takes in the newer data.
    """
    from markupsafe import Markup  # noqa: PLC0415 — comes with jinja2

    style, script = _text("style.css") + more_style, script_text() + more_script
    return _template().render(
        data=data,
        numbers={str(each["n"]) for each in data["exchanges"]},
        json=Markup(embedded(data)),  # noqa: S704 — nothing in it ends an element
        style=Markup(style),  # noqa: S704 — a file of ours
        script=Markup(script),  # noqa: S704 — the same
        policy=policy(style, script, updates=bool(updates)),
        updates=updates,
    )


def policy(style: str, script: str, *, updates: bool) -> str:
    """Return the content security policy of a page.

    Source: Content Security Policy Level 3, section 6.7.
    """
    rules = [
        "default-src 'none'",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(script)}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join([*rules, *["connect-src 'self'"] * updates])


@cache
def script_text() -> str:
    """Return the script of a page: all its files in one function."""
    parts = "\n".join(_text(f"script/{name}.js") for name in SCRIPT)
    return f'"use strict";\n(() => {{\n{parts}\n}})();\n'


@cache
def _template() -> Template:
    """Return the template; undefined names in it are errors."""
    from jinja2 import (  # noqa: PLC0415 — an extra
        Environment,
        FunctionLoader,
        StrictUndefined,
        pass_context,
    )

    made = Environment(
        autoescape=True, loader=FunctionLoader(_text), undefined=StrictUndefined
    )
    made.filters["linked"] = pass_context(_linked)
    made.filters["count"] = "{:,}".format
    made.filters["seconds"] = seconds
    made.filters["milliseconds"] = milliseconds
    return made.get_template("page.html")


def _linked(context: Context, text: str) -> Markup:
    """Return a text with links from numbers of exchanges to those of the page."""
    from markupsafe import Markup  # noqa: PLC0415 — comes with jinja2

    numbers, place, parts = context["numbers"], 0, [Markup("")]
    for match in _NUMBER.finditer(text):
        if match[1] in numbers:
            parts.append(Markup.escape(text[place : match.start()]))
            parts.append(Markup('<a class="n" href="#{0}">#{0}</a>').format(match[1]))
            place = match.end()
    return Markup("").join([*parts, Markup.escape(text[place:])])


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _text(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
