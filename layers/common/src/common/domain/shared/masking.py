"""Hiding contact details in what people write, so that nobody is led past the marketplace before an acceptance.

What counts as one is said by ``common.domain.shared.contact_details``; names under which people are found elsewhere are
added here. A number that goes on from one text to the next is found where the writer's earlier ones are given; what is
spread in other ways, or drawn in a picture, is not.
"""

import re
from collections.abc import Iterator

from common.domain.shared.contact_details import DIGIT_NAMES, REPETITIONS, has_contact_details
from common.domain.shared.texts import plain_form

#: What stands in the place of contact details. No rule finds anything in it, and it joins no digits.
HIDDEN = "[hidden]"

_PIECES = re.compile(r"\s+|\S+")
_SERVICES = (
    r"instagram|insta|ig|snapchat|snap|telegram|tg|whats\s?app|wechat|viber|skype|discord|messenger|facebook|fb|tiktok"
    r"|twitter|signal"
)
#: A name behind an at sign, or one that is said to be somebody's at a service.
_HANDLE = re.compile(
    r"(?<![\w@])@[^\W\d_][\w.]{2,29}"
    rf"|\b(?:{_SERVICES})\b(?:\s+(?:id|handle|name|user\s?name|account))?\s*[:=]\s*@?[\w.]{{3,30}}"
    rf"|\bmy\s+(?:{_SERVICES})\b(?:\s+(?:id|handle|name|user\s?name|account))?\s+is\s+@?[\w.]{{3,30}}",
    re.IGNORECASE,
)
_AT = re.compile(r"\W*(?:at|@)\W*", re.IGNORECASE)
_DOT = re.compile(r"\W*dot\W*|\.", re.IGNORECASE)
#: What belongs to a number that is hidden beside it: digits, their names, signs alone.
_DIGITS_IN_WORDS = "|".join([*DIGIT_NAMES, "o", *REPETITIONS])
_OF_A_NUMBER = re.compile(rf"[\W_]*(?:\d[\d\W_]*|(?:{_DIGITS_IN_WORDS})[\W_]*)", re.IGNORECASE)
_GOES_ON = re.compile(rf"[\W_]*(?:\d|(?:{_DIGITS_IN_WORDS})\b)", re.IGNORECASE)
#: Characters of a text in which a number goes on, if it does.
_BEGINNING = 80


def mask_contact_details(text: str, *, before: str = "") -> str:
    """The text with ``[hidden]`` in the place of mail addresses, sites, telephone numbers and names elsewhere.

    Whole words are hidden, as few of them as leave nothing to be found; where that cannot be told, all of it is. A text
    without any is returned as it is.

    Args:
        text: of at most some thousands of characters.
        before: what is shown of what the same person wrote right before: the text may go on with it.
    """
    known = f"{before.replace(HIDDEN, '')}\n" if before else ""
    if not _is_found(known + text):
        return text
    pieces, begin = _PIECES.findall(known + text), len(_PIECES.findall(known))
    shown, place = list[str](), begin
    for hidden_from, hidden_to in _stretches(pieces):
        if hidden_to > place:
            shown += [*pieces[place:hidden_from], HIDDEN]
            place = hidden_to
    masked = "".join([*shown, *pieces[place:]])
    return HIDDEN if _is_found(masked) else masked


def may_go_on(text: str) -> bool:
    """Whether a text begins like the rest of a number, so that what was written before it matters."""
    return _GOES_ON.match(plain_form(text[:_BEGINNING])) is not None


def shown_text(text: str, *, is_disclosed: bool, before: str = "") -> tuple[str, str | None]:
    """What both parties see of a text, and what was written where that is something else.

    Args:
        text: as it was sent.
        is_disclosed: whether the parties may know how to reach each other.
        before: what the same person wrote right before.
    """
    masked = text if is_disclosed else mask_contact_details(text, before=before)
    return masked, (text if masked != text else None)


def _stretches(pieces: list[str]) -> Iterator[tuple[int, int]]:
    """From where to where the pieces are that have to be hidden, in their order."""
    place = 0
    while place < len(pieces):
        rest = pieces[place:]
        end = _first_end(rest)
        if end is None:
            return
        begin, end = _widened(rest, _last_begin(rest, end), end)
        yield place + begin, place + end
        place += end


def _is_found(text: str) -> bool:
    return has_contact_details(text) or _HANDLE.search(plain_form(text)) is not None


def _first_end(pieces: list[str]) -> int | None:
    """How many pieces there are to the end of the first detail; ``None`` where there is none.

    Ever longer beginnings are looked at, so that what this costs follows from where the detail is.
    """
    low, high = 0, 1
    while not _is_found("".join(pieces[:high])):
        if high >= len(pieces):
            return None
        low, high = high, high * 2
    high = min(high, len(pieces))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _is_found("".join(pieces[:middle])) else (middle, high)
    return high


def _last_begin(pieces: list[str], end: int) -> int:
    """Where the shortest stretch begins that ends there and is still found."""
    step, low = 1, end
    while low > 0 and not _is_found("".join(pieces[low:end])):
        low, step = max(0, end - step), step * 2
    high = end
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _is_found("".join(pieces[middle:end])) else (low, middle)
    return low


def _widened(pieces: list[str], begin: int, end: int) -> tuple[int, int]:
    """The stretch with what is left of a number, or of an address in words, on both sides of it."""
    if begin > 1 and _AT.fullmatch(pieces[begin]):
        begin -= 2
    while end + 3 < len(pieces) and _DOT.fullmatch(pieces[end + 1]):
        end += 4
    if any(_OF_A_NUMBER.fullmatch(piece) for piece in pieces[begin:end]):
        while begin > 1 and _OF_A_NUMBER.fullmatch(pieces[begin - 2]):
            begin -= 2
        while end + 1 < len(pieces) and _OF_A_NUMBER.fullmatch(pieces[end + 1]):
            end += 2
    return begin, end
