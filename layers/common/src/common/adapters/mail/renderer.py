"""Mails from jinja2 templates: one file per mail, rendered once as text and once as HTML.

A template extends ``layout``, which is the text or the HTML one, and fills the blocks ``subject``, ``lead`` (the first
paragraph, also shown in the app), ``body`` (further paragraphs, each through ``p``, and ``rows`` of what is named and
what it is) and ``action`` (``button``, and ``aside`` for what few people need).
"""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, TemplateNotFound, UndefinedError
from markupsafe import Markup, escape

from common.application.ports.notifications.mail import RenderedMail

_WIDTH = 78
#: Of links that stand out; mail programs read styles of single elements most surely.
_BUTTON = (
    "display:inline-block;padding:12px 20px;border-radius:11px;background:#0e5a4b;color:#fff;font-weight:600;"
    "text-decoration:none"
)
_LINK = "color:#0e5a4b;text-underline-offset:3px"
_ROW = "padding-top:9px;padding-bottom:9px;border-top:1px solid #e6e2d8;vertical-align:top"
#: The card breaks words anywhere, for links and what programs call themselves; a name is broken last of all.
_NAME, _VALUE = "overflow-wrap:break-word", "padding-left:16px;text-align:right"
#: An amount stays in one line.
_SHORT = len("NZD 1,234,567.00")
_BLANK_LINES = re.compile(r"\n{3,}")


class TemplateMailRenderer:
    """``MailRenderer`` over the templates of this package; a missing value is an error, never an empty space."""

    def render(self, template: str, data: Mapping[str, Any]) -> RenderedMail:
        """Fill a template.

        Raises:
            LookupError: there is no template of that name, or ``data`` lacks something it shows.
        """
        try:
            return RenderedMail(
                subject=_one_line(self._block(template, "subject", data)),
                summary=_one_line(self._block(template, "lead", data)),
                text=_BLANK_LINES.sub("\n\n", self._whole(self._texts, template, data, _TEXT_HELPERS)),
                html=self._whole(self._pages, template, data, _HTML_HELPERS),
            )
        except (TemplateNotFound, UndefinedError) as error:
            raise LookupError(f"The mail {template} cannot be rendered: {error}") from error

    @cached_property
    def _texts(self) -> Environment:
        return _environment(autoescape=False)

    @cached_property
    def _pages(self) -> Environment:
        return _environment(autoescape=True)

    def _block(self, template: str, block: str, data: Mapping[str, Any]) -> str:
        found = self._texts.get_template(f"{template}.j2")
        context = found.new_context({**data, **_TEXT_HELPERS, "layout": "layout.txt"})
        return "".join(found.blocks[block](context))

    @staticmethod
    def _whole(environment: Environment, template: str, data: Mapping[str, Any], helpers: Mapping[str, Any]) -> str:
        return environment.get_template(f"{template}.j2").render({**data, **helpers})


def _environment(*, autoescape: bool) -> Environment:
    return Environment(
        loader=PackageLoader("common.adapters.mail", "templates"),
        autoescape=autoescape,  # noqa: S701 - off for text/plain alone, where an entity would be shown as it is
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )


def _one_line(text: str) -> str:
    """A header or a summary must not carry a line break (RFC 5322 section 2.2)."""
    return " ".join(text.split())


def _text_paragraph(text: object) -> str:
    return textwrap.fill(_one_line(str(text)), _WIDTH, break_long_words=False, break_on_hyphens=False) + "\n\n"


def _html_paragraph(text: object) -> Markup:
    return Markup("<p>{}</p>\n").format(escape(text))


def _text_button(label: str, url: str) -> str:
    return f"{label}:\n{url}\n\n"


def _html_button(label: str, url: str) -> Markup:
    return Markup('<p><a class="button" href="{}" style="{}">{}</a></p>\n').format(url, _BUTTON, label)


def _text_aside(text: str, label: str, url: str) -> str:
    return f"{_text_paragraph(f'{text} {label}:').rstrip()}\n{url}\n\n"


def _html_aside(text: str, label: str, url: str) -> Markup:
    return Markup(
        '<p class="soft" style="color:#5b6a63;font-size:14px">{} <a class="link" href="{}" style="{}">{}</a></p>\n'
    ).format(text, url, _LINK, label)


def _text_rows(rows: Iterable[str | tuple[str, str]], total: str = "") -> str:
    del total  # what only looks
    return "\n".join(": ".join(filter(None, _pair(row))) for row in rows) + "\n\n"


def _html_rows(rows: Iterable[str | tuple[str, str]], total: str = "") -> Markup:
    return Markup('<table role="presentation" class="rows" style="{}">{}</table>\n').format(
        "width:100%;margin:0 0 16px;border-collapse:collapse;font-size:15px;font-variant-numeric:tabular-nums",
        Markup("").join(_html_row(*_pair(row), total) for row in rows),
    )


def _html_row(name: str, value: str, total: str) -> Markup:
    """What is named stands left and what it is right; without a name it has the row for itself."""
    if not name:
        return Markup('<tr><td colspan="2" style="{}">{}</td></tr>').format(_ROW, value)
    style = f"{_ROW};font-weight:{700 if name == total else 400}"
    wrap = ";white-space:nowrap" if len(value) <= _SHORT else ""
    cells = (f"{style};{_NAME}", name, f"{style};{_VALUE}{wrap}", value)
    return Markup('<tr><td style="{}">{}</td><td style="{}">{}</td></tr>').format(*cells)


def _whole(lines: Iterable[str]) -> list[tuple[str, str]]:
    """Rows of lines that are not to be parted."""
    return [("", line) for line in lines]


def _pair(row: str | tuple[str, str]) -> tuple[str, str]:
    """The two sides of a row; of a line such as ``Charged: NZD 90.00`` what stands before and after its last colon."""
    if not isinstance(row, str):
        return _one_line(str(row[0])), _one_line(str(row[1]))
    name, _, value = _one_line(row).rpartition(": ")
    return name, value


_TEXT_HELPERS: dict[str, str | Callable[..., Any]] = {
    "layout": "layout.txt",
    "p": _text_paragraph,
    "button": _text_button,
    "aside": _text_aside,
    "rows": _text_rows,
    "whole": _whole,
}
_HTML_HELPERS: dict[str, str | Callable[..., Any]] = {
    "layout": "layout.html",
    "p": _html_paragraph,
    "button": _html_button,
    "aside": _html_aside,
    "rows": _html_rows,
    "whole": _whole,
}
