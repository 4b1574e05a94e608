"""Words for searching: what a text is found by, and which words a mistyped one may have meant."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

import Stemmer
from anyascii import anyascii
from jellyfish import damerau_levenshtein_distance

from common.domain.shared.texts import without_unseen

#: Thai, Lao, Burmese, Khmer, Chinese, Japanese and Korean: written without spaces, or with few.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u109f\u1780-\u17d3\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029"
    "\u3031-\u3035\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_STRETCH = re.compile(f"([{_UNSPACED}]+)|([^{_UNSPACED}]+)")
#: A word in plain letters, or a picture.
_WORD = re.compile("[a-z0-9]+|[^\x00-\x7f]")
#: Join what they stand between; the letter-like ones (okina, modifier apostrophes) become the first two when folded.
_APOSTROPHES = str.maketrans("", "", "'`\u00b4\u2018\u2019\u201b\u2032\u05f3")
_FIRST_PICTURE = "\u2190"
_STOP_WORDS = frozenset(
    {"a", "an", "and", "any", "are", "as", "at", "be", "best", "by", "for", "from", "have", "i", "in", "is", "it"}
    | {"me", "my", "near", "of", "on", "or", "our", "the", "to", "up", "us", "we", "with", "you", "your"}
)
MAX_WORD_LENGTH = 24
_SHORT_TEXT = 120
_SHORTEST_STEM = 3
#: From these lengths on a word forgives one and two mistakes; shorter ones have too many neighbours.
ONE_MISTAKE_LENGTH = 4
TWO_MISTAKES_LENGTH = 8
#: Plurals that the stemmer leaves apart from their words.
_IRREGULAR = {
    "buses": "bus", "calves": "calf", "children": "child", "feet": "foot", "gases": "gas", "geese": "goose",
    "halves": "half", "hooves": "hoof", "knives": "knife", "leaves": "leaf", "lens": "lens", "lenses": "lens",
    "lives": "life", "loaves": "loaf", "men": "man", "mice": "mouse", "people": "person", "scarves": "scarf",
    "selves": "self", "sheaves": "sheaf", "shelves": "shelf", "teeth": "tooth", "thieves": "thief", "wharves": "wharf",
    "wives": "wife", "wolves": "wolf", "women": "woman",
}  # fmt: skip
_KEPT = frozenset({"lens"})
_DOER, _DOING = "er", "ing"
#: End like who does it, but without the ending they are, or come close to, words for something else: letting, towing.
_NOT_DOERS = frozenset({
    "banner", "batter", "better", "bitter", "butter", "center", "charter", "copper", "corner", "counter", "cover",
    "dinner", "drawer", "fender", "flower", "former", "gutter", "hammer", "ladder", "letter", "litter", "liver",
    "locker", "manner", "master", "matter", "mother", "number", "offer", "pepper", "poster", "proper", "quarter",
    "rubber", "sewer", "shower", "shutter", "slipper", "summer", "supper", "tender", "tower", "trailer",
})  # fmt: skip


def words(text: str, limit: int = 64) -> list[str]:
    """The words that a text asks for or is about, folded, in order, without repeats.

    Letters of every alphabet become plain Latin ones, accents, macrons, apostrophes and okinas go. Of scripts without
    spaces each two neighbouring characters make a word, as those of a text and of a question then meet wherever a
    word begins (bigrams, as in https://lucene.apache.org/core/10_0_0/analysis/common/org/apache/lucene/analysis/cjk/).
    A picture is a word of its own. Stop words are left out, unless there is nothing else.

    Args:
        text: any text.
        limit: how many words at most.
    """
    every = _all_words(text)
    return ([word for word in every if word not in _STOP_WORDS] or every)[:limit]


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Fold plurals and the endings of who does it and the doing: cleaners, cleaner, cleaning → clean.

    Snowball's English stemmer (https://snowballstem.org/algorithms/english/stemmer.html), which keeps who does it apart
    from the doing (cleaner, cleaning), so the former is made the latter. Texts and queries both go through it, so a
    stem need not be a word.
    """
    if not word.isascii():
        return word
    word = _IRREGULAR.get(word, word)
    if word in _KEPT:
        return word
    found: str = _stemmer().stemWord(word)
    base = _what_is_done(found if found.endswith(_DOER) else word.removesuffix("s"))
    return _stemmer().stemWord(f"{base}{_DOING}") if base else found


def _what_is_done(word: str) -> str | None:
    """Clean of cleaner, babysitt of babysitter; nothing of things (sewer) and of what is none (career)."""
    base = word.removesuffix(_DOER)
    is_one = base != word and len(base) >= _SHORTEST_STEM and not base.endswith("e") and word not in _NOT_DOERS
    return base if is_one else None


def stems(text: str, limit: int = 64) -> tuple[str, ...]:
    """Stems of what a text asks for or is about, in order, without repeats."""
    return tuple(dict.fromkeys([stem(word) for word in words(text, limit)]))


def title_stems(text: str, limit: int = 64) -> tuple[str, ...]:
    """Stems of all that a title or name is found by: stop words too, and single characters of scripts without spaces.

    Those of titles and names are remembered for a while.
    """
    return _remembered_stems(text, limit) if len(text) <= _SHORT_TEXT else _title_stems(text, limit)


def _title_stems(text: str, limit: int) -> tuple[str, ...]:
    singles = [character for run, _ in _STRETCH.findall(_plain(text)) if len(run) > 1 for character in run]
    return tuple(dict.fromkeys([*(stem(word) for word in _all_words(text)[:limit]), *singles[:limit]]))


_remembered_stems = lru_cache(maxsize=8192)(_title_stems)


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


def nearest(word: str, candidates: Iterable[tuple[str, int]], limit: int = 4) -> list[str]:
    """Candidates within the forgiven mistakes, the fewest mistakes first, then the most used.

    A mistake is a letter added, dropped, changed or swapped with its neighbour (Damerau-Levenshtein distance).

    Args:
        word: as typed.
        candidates: known words with how often they are used.
        limit: how many at most.
    """
    allowed = allowed_mistakes(word)
    ranked = sorted((damerau_levenshtein_distance(word, known), -used, known) for known, used in candidates)
    return [known for distance, _, known in ranked if distance <= allowed][:limit]


def folded(text: str) -> list[str]:
    """All words of a text, folded, in order, repeats and stop words included."""
    plain = _plain(text)
    if plain.isascii():
        return _WORD.findall(plain)
    found: list[str] = []
    for run, spaced in _STRETCH.findall(plain):
        if run:
            found += [run[at : at + 2] for at in range(max(1, len(run) - 1))]
        else:
            found += _WORD.findall("".join(map(_folded, spaced)).translate(_APOSTROPHES))
    return found


def _all_words(text: str) -> list[str]:
    return list(dict.fromkeys([word[:MAX_WORD_LENGTH] for word in folded(text)]))


def _plain(text: str) -> str:
    """Lower case, one width, nothing unseen, no apostrophes."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", without_unseen(text))
    return text.lower().translate(_APOSTROPHES)


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """A letter, mark or digit in plain Latin letters and digits; a picture as a word; a space for the rest."""
    if character.isascii():
        return character
    if unicodedata.combining(character):
        return ""
    kind = unicodedata.category(character)
    if kind[0] in "LMN":
        return anyascii(character).lower()
    return f" {character} " if kind == "So" and character >= _FIRST_PICTURE else " "


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")
