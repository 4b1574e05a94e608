"""A small set of building blocks for pages; every value is escaped."""

import datetime as dt
from collections.abc import Iterable
from html import escape

from starlette.responses import HTMLResponse

_STYLE = """
:root{color-scheme:light dark;--ink:light-dark(#13211c,#eaf1ed);--soft:light-dark(#5b6a63,#98a8a0);
--line:light-dark(#e6e2d8,#24332d);--page:light-dark(#fbfaf6,#0e1613);--card:light-dark(#fff,#15201c);
--brand:light-dark(#0e5a4b,#53b79e);--on-brand:light-dark(#fff,#06231c)}
body{font:15px/1.5 Figtree,system-ui,sans-serif;margin:0 auto;max-width:72rem;padding:1.5rem;color:var(--ink);
background:var(--page)}
h1{font-size:28px;line-height:1.2;letter-spacing:-.02em}h2{font-size:18px;margin-top:2rem}a{color:var(--brand)}
table{border-collapse:collapse;width:100%}td{overflow-wrap:anywhere}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid var(--line)}th,.note{color:var(--soft)}
pre{background:var(--card);padding:1rem;overflow:auto;font-size:13px;border-radius:11px}
button{font:inherit;padding:.5rem 1rem;margin:.25rem .5rem .25rem 0;border:1px solid var(--brand);border-radius:11px;
background:var(--brand);color:var(--on-brand);cursor:pointer}button.plain{background:none;color:var(--brand)}
input{font:inherit;padding:.4rem;margin-right:.5rem;border:1px solid var(--line);border-radius:11px;
color:var(--ink);background:var(--card)}
@media(max-width:40rem){table{display:block;overflow-x:auto}}
"""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: object) -> str:
    """HTML for a value: markup as it is, anything else escaped."""
    return value if isinstance(value, Markup) else escape("" if value is None else str(value))


def link(target: str, label: object) -> Markup:
    """A link."""
    return Markup(f'<a href="{escape(target)}">{text(label)}</a>')


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> Markup:
    """A table."""
    head = "".join(f"<th>{text(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return Markup(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def form(target: str, buttons: Iterable[tuple[str, str]], inside: str = "") -> Markup:
    """A form whose buttons send `outcome`."""
    parts = "".join(
        f'<button name="outcome" value="{escape(value)}"{" class=plain" if position else ""}>{text(label)}</button>'
        for position, (value, label) in enumerate(buttons)
    )
    return Markup(f'<form method="post" action="{escape(target)}">{inside}{parts}</form>')


def moment(seconds: float) -> str:
    """A moment for people, in UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


def page(title: str, *parts: str, status: int = 200) -> HTMLResponse:
    """A whole page."""
    body = "\n".join(parts)
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{text(title)}</title>'
        f'<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head>"
        f"<body><main><h1>{text(title)}</h1>{body}</main></body></html>",
        status,
    )
