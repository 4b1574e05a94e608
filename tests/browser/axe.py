"""What axe finds on a page: https://github.com/dequelabs/axe-core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.build.targets import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
#: WCAG 2.2 AA: https://www.deque.com/axe/core-documentation/api-documentation/#axecore-tags.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
SETTLED = "() => document.getAnimations().map(each => each.finish()).length === 0"
#: What differs in the dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}


def broken_rules(page: Page, address: str) -> dict[str, object]:
    """What axe finds in light, and what of it differs in the dark."""
    found: dict[str, object] = {}
    # A script of the driver: the page's own policy allows none.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for scheme, rules in (("light", RULES), ("dark", COLOURS)):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        # Colours that are on their way to others are neither; what inherits them sets out once they are there.
        page.evaluate(TWO_FRAMES)
        page.wait_for_function(SETTLED)
        report = page.evaluate("rules => axe.run(document, rules)", rules)
        for each in report["violations"]:
            found[f"{address}, {scheme}: {each['id']}"] = [node["html"][:160] for node in each["nodes"]]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found
