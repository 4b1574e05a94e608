"""Words for searching: what a text is found by, and which words a mistyped one may have meant."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+")
#: Apostrophes, typographic ones and the okina included, join what they stand between.
_APOSTROPHES = str.maketrans("", "", "'`\u2019\u02bb")
_STOP_WORDS = frozenset(
    {"a", "an", "and", "any", "are", "as", "at", "be", "best", "by", "for", "from", "have", "i", "in", "is", "it"}
    | {"me", "my", "near", "of", "on", "or", "our", "the", "to", "up", "us", "we", "with", "you", "your"}
)
MAX_WORD_LENGTH = 24
_SHORT_TEXT = 120
_SHORTEST_STEM = 4
_SHORTEST_PLURAL = 4
#: From these lengths on a word forgives one and two mistakes; shorter ones have too many neighbours.
ONE_MISTAKE_LENGTH = 4
TWO_MISTAKES_LENGTH = 8


def words(text: str, limit: int = 64) -> list[str]:
    """Lower-case words without accents, macrons, apostrophes and stop words, in order, without repeats.

    Args:
        text: any text.
        limit: how many words at most.
    """
    plain = text.lower()
    if plain.isascii():
        plain = plain.replace("'", "").replace("`", "")
    else:
        parts = unicodedata.normalize("NFKD", plain.translate(_APOSTROPHES))
        plain = "".join(character for character in parts if not unicodedata.combining(character))
    found = [word[:MAX_WORD_LENGTH] for word in _WORD.findall(plain) if word not in _STOP_WORDS]
    return list(dict.fromkeys(found))[:limit]


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Fold plurals and the endings of who does it and the doing: cleaners, cleaner, cleaning → clean.

    A light suffix stripper after Harman's S-stemmer (doi:10.1002/(SICI)1097-4571(199101)42:1<7::AID-ASI2>3.0.CO;2-P);
    both the texts and the queries go through it, so a stem need not be a word.
    """
    word = _singular(word)
    for ending in ("ing", "er"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= _SHORTEST_STEM:
            return base[:-1] if base[-1] == base[-2] and base[-1] not in "ls" else base
    return word


def stems(text: str, limit: int = 64) -> tuple[str, ...]:
    """Stems of a text's words, in order, without repeats; those of titles and names are remembered for a while."""
    return _remembered_stems(text, limit) if len(text) <= _SHORT_TEXT else _stems(text, limit)


def _stems(text: str, limit: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys([stem(word) for word in words(text, limit)]))


_remembered_stems = lru_cache(maxsize=8192)(_stems)


def deletions(word: str) -> list[str]:
    """The word and what is left of it without one letter, or up to two in long words.

    Two words within that many mistakes of each other share one of these (symmetric deletion spelling,
    https://github.com/wolfgarbe/SymSpell), so that an index over them finds neighbours without scanning.
    """
    found = {word}
    level = {word}
    for _ in range(allowed_mistakes(word)):
        level = {item[:at] + item[at + 1 :] for item in level for at in range(len(item))}
        found |= level
    return sorted(found)


def allowed_mistakes(word: str) -> int:
    """How many typing errors are forgiven in a word of this length."""
    if len(word) < ONE_MISTAKE_LENGTH:
        return 0
    return 1 if len(word) < TWO_MISTAKES_LENGTH else 2


def mistakes(left: str, right: str) -> int:
    """Letters added, dropped, changed or swapped with their neighbour between two words (optimal string alignment)."""
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]


def nearest(word: str, candidates: Iterable[tuple[str, int]], limit: int = 4) -> list[str]:
    """Candidates within the forgiven mistakes, the fewest mistakes first, then the most used.

    Args:
        word: as typed.
        candidates: known words with how often they are used.
        limit: how many at most.
    """
    allowed = allowed_mistakes(word)
    ranked = sorted((mistakes(word, known), -used, known) for known, used in candidates)
    return [known for distance, _, known in ranked if distance <= allowed][:limit]


def _singular(word: str) -> str:
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes")):
        return word[:-2]
    return word[:-1]
