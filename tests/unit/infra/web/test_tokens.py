"""The colours of pages that the web app's build does not know are the web app's own."""

from __future__ import annotations

import re

import pytest

from infra.build.targets import ROOT
from infra.web import app

#: Where colours are written again: style sheets without a build, and mails, whose programs know no variables.
COPIES = (
    "infra/local/gateway/assets/style.css",
    "functions/system/docs_viewer/page.css",
    "packages/stripe-local/src/stripe_local/serving/pages/html.py",
    "layers/common/src/common/adapters/mail/templates/layout.html",
    "layers/common/src/common/adapters/mail/renderer.py",
    "web/public/mark.svg",
    "web/index.html",
)
COLOUR = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b", re.IGNORECASE)
TOKEN = re.compile(r"(--[\w-]+): (#[0-9a-f]{6});")
BOTH = re.compile(rf"light-dark\(({COLOUR.pattern}), ?({COLOUR.pattern})\)")


def six_digits(colour: str) -> str:
    """A colour as the tokens are written."""
    digits = colour.removeprefix("#").lower()
    return f"#{digits if len(digits) == 6 else ''.join(2 * each for each in digits)}"


def tokens() -> tuple[dict[str, str], dict[str, str]]:
    """The web app's colours, in light and dark."""
    text = (app.FOLDER / "src" / "styles" / "app.css").read_text(encoding="utf-8")
    light, dark = text.split('@plugin "daisyui/theme" {')[1:]
    return dict(TOKEN.findall(light)), dict(TOKEN.findall(dark))


@pytest.mark.parametrize("name", COPIES)
def test_a_copied_colour_is_one_of_the_web_app(name: str) -> None:
    light, dark = tokens()
    pairs = {(light[token], dark[token]) for token in light.keys() & dark.keys()}
    text = (ROOT / name).read_text(encoding="utf-8")
    copied = {six_digits(each) for each in COLOUR.findall(text)}
    assert copied
    assert copied <= {*light.values(), *dark.values()}
    assert {(six_digits(one), six_digits(other)) for one, other in BOTH.findall(text)} <= pairs
