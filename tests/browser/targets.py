"""What can be pressed on a page, and how much room a finger has for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Names and sizes of what is pressed and smaller than asked for. A size is how far one can go from the middle before
#: something else is hit, so that areas beyond an edge count, and what others cover does not. A link within a sentence
#: is as high as its line (WCAG 2.2, 2.5.8). Pins stand where their places are: of one that others cover, they count.
_SMALL = """least => {
  const PRESSED = 'button, a[href], input, select, textarea, summary, [role=option], .map-pin-host[tabindex]'
  const isInSentence = each => getComputedStyle(each).display === 'inline'
    && each.parentElement.textContent.trim() !== each.textContent.trim()
  const isHit = (target, x, y) => {
    const hit = document.elementFromPoint(x, y)
    return Boolean(hit) && (target.contains(hit)
      || target.matches('.map-pin-host') && Boolean(hit.closest('.map-pin-host')))
  }
  const reach = (target, x, y, dx, dy) => {
    let far = 0
    while (far < least && isHit(target, x + dx * (far + 1), y + dy * (far + 1))) far += 1
    return far
  }
  const found = []
  for (const each of document.querySelectorAll(PRESSED)) {
    const target = each.matches('input') ? each.closest('label, .input') ?? each : each
    if (!target.checkVisibility({ visibilityProperty: true }) || isInSentence(target)) continue
    const map = target.closest('.map')
    if (!map) target.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' })
    const pin = target.matches('.map-pin-host') ? target.firstElementChild : target
    const [{ left, top, width, height }] = pin.getClientRects()
    const [x, y] = [left + width / 2, top + height / 2]
    // Comes when it has the focus, or is beyond the map's edge.
    if (target.matches('.sr-only') || map && !isHit(target, x, y)) continue
    const across = width >= least ? width : reach(target, x, y, -1, 0) + reach(target, x, y, 1, 0) + 1
    const down = height >= least ? height : reach(target, x, y, 0, -1) + reach(target, x, y, 0, 1) + 1
    if (across < least || down < least)
      found.push(`${target.outerHTML.replace(/\\s+/g, ' ').slice(0, 160)}: ${Math.round(across)} x ${Math.round(down)}`)
  }
  return found
}"""


#: https://chromedevtools.github.io/devtools-protocol/tot/Emulation/#method-setTouchEmulationEnabled.
_TOUCH = "Emulation.setTouchEmulationEnabled"


def too_small(page: Page, least: int) -> list[str]:
    """What a finger has less room for than asked.

    Args:
        page: The tab, which has a touch screen meanwhile.
        least: Pixels across and down.
    """
    driver = page.context.new_cdp_session(page)
    driver.send(_TOUCH, {"enabled": True})
    found: list[str] = page.evaluate(_SMALL, least)
    driver.send(_TOUCH, {"enabled": False})
    driver.detach()
    return found
