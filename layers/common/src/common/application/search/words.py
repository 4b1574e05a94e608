"""From typed text to groups of tokens: stems, categories that the words mean, completions and corrections."""

from collections.abc import Mapping, Sequence

from common.application.ports.search.listings import Usage, Vocabulary, WordGroup
from common.domain.catalogue.categories import CategoryTree
from common.domain.search.text import ONE_MISTAKE_LENGTH, stem, words

MAX_WORDS = 10
_MAX_COMPLETIONS = 8
_MAX_CORRECTIONS = 4
_SHORTEST_PREFIX = 2
_UNKNOWN = Usage(0, is_named=False)


async def understand(vocabulary: Vocabulary, tree: CategoryTree, text: str) -> tuple[WordGroup, ...] | None:
    """The groups of tokens that a text asks for: a listing must have one of each group.

    A word stands for its stem, for the categories it means, for its completions while it is the last one being
    typed, and, if nothing is known of it, for words it may have been meant to be.

    Args:
        vocabulary: the known words.
        tree: the categories.
        text: as typed.

    Returns:
        ``None`` for a text without any word that could be searched for.
    """
    typed = words(text, MAX_WORDS)
    if not typed:
        return None
    stems = [stem(word) for word in typed]
    groups: list[set[str]] = [{item, *tree.meaning(item)} for item in stems]
    for first, last, tag in tree.phrases(stems):
        for at in range(first, last + 1):
            groups[at].add(tag)
    used = await vocabulary.used(stems)
    is_open = text[-1:].isalnum()
    for at, word in enumerate(typed):
        is_last = at == len(typed) - 1
        is_known = used.get(stems[at], _UNKNOWN).is_named
        await _widen(vocabulary, tree, word, groups[at], is_known=is_known, is_open=is_last and is_open)
    counts = {**used, **await vocabulary.used(sorted(set().union(*groups) - set(stems)))}
    return tuple(_group(tokens, counts) for tokens in groups)


async def _widen(
    vocabulary: Vocabulary, tree: CategoryTree, word: str, group: set[str], *, is_known: bool, is_open: bool
) -> None:
    """Add completions of a word that is still being typed, and corrections of an unknown one."""
    found: Sequence[str] = []
    if is_open and len(word) >= _SHORTEST_PREFIX:
        found = await vocabulary.completions(word, _MAX_COMPLETIONS)
    if not found and not is_known and len(word) >= ONE_MISTAKE_LENGTH:
        found = await vocabulary.corrections(word, _MAX_CORRECTIONS)
    for other in found:
        meant = stem(other)
        group |= {meant, *tree.meaning(meant)}


def _group(tokens: set[str], counts: Mapping[str, Usage]) -> WordGroup:
    return WordGroup(tuple(sorted(tokens)), sum(counts.get(token, _UNKNOWN).times for token in tokens))
