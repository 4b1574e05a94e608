"""The tree of categories, and the words that mean them."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from pydantic import Field

from common.domain.search.text import stem, stems, words
from common.domain.shared.model import Model

#: The path that every listing is under.
EVERYTHING = "all"


class Category(Model):
    """One category. ``path`` leads from the root to the category itself; ``synonyms`` are other words for it."""

    id: str
    name: str
    parent: str | None = None
    path: list[str]
    synonyms: list[str] = Field(default_factory=list)
    position: int = 0

    @property
    def tag(self) -> str:
        """The search token of listings in this category or below it."""
        return category_tag(self.id)


def category_tag(slug: str) -> str:
    """The search token of a category; no word contains a ``#``."""
    return f"#{slug}"


def place_tag(slug: str, place_kind: str) -> str:
    """The search token of listings in a category that can be done at a kind of place; no word contains an ``@``."""
    return f"{category_tag(slug)}@{place_kind}"


class CategoryTree:
    """All categories, by slug and by the words that mean them.

    Args:
        categories: every category, parents included.
    """

    def __init__(self, categories: Iterable[Category]) -> None:
        self.by_slug = {item.id: item for item in sorted(categories, key=lambda item: item.position)}

    def children(self, parent: str | None) -> list[Category]:
        """Direct children in order; of ``None`` the roots."""
        return [item for item in self.by_slug.values() if item.parent == parent]

    def is_leaf(self, slug: str) -> bool:
        """Whether services may be filed under it: it exists and has no children."""
        return slug in self.by_slug and slug not in self._parents

    def leaves(self, slug: str) -> list[str]:
        """Slugs of the leaves in a subtree."""
        return [item.id for item in self.by_slug.values() if slug in item.path and item.id not in self._parents]

    def meaning(self, word_stem: str) -> list[str]:
        """Tags of the categories whose name or one-word synonym has this stem."""
        return self._by_stem.get(word_stem, [])

    def phrases(self, query_stems: Sequence[str]) -> list[tuple[int, int, str]]:
        """Synonyms of several words found in a query: index of the first word, of the last one, and the tag."""
        found = []
        for first in range(len(query_stems)):
            for length in range(2, self._longest + 1):
                phrase = tuple(query_stems[first : first + length])
                if len(phrase) == length:
                    found += [(first, first + length - 1, tag) for tag in self._by_phrase.get(phrase, [])]
        return found

    def vocabulary(self) -> list[str]:
        """Every word of names and synonyms, for typing errors to be measured against."""
        texts = (text for item in self.by_slug.values() for text in (item.name, *item.synonyms))
        return sorted({word for text in texts for word in words(text)})

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of every word of names and synonyms."""
        return frozenset(stem(word) for word in self.vocabulary())

    @cached_property
    def _parents(self) -> frozenset[str]:
        return frozenset(item.parent for item in self.by_slug.values() if item.parent)

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for item in self.by_slug.values():
            single = [part for text in item.synonyms if len(part := stems(text)) == 1]
            for word in {*stems(item.name), *(part[0] for part in single)}:
                index.setdefault(word, []).append(item.tag)
        return index

    @cached_property
    def _by_phrase(self) -> dict[tuple[str, ...], list[str]]:
        index: dict[tuple[str, ...], list[str]] = {}
        for item in self.by_slug.values():
            for phrase in {stems(text) for text in item.synonyms}:
                if len(phrase) > 1:
                    index.setdefault(phrase, []).append(item.tag)
        return index

    @cached_property
    def _longest(self) -> int:
        return max((len(phrase) for phrase in self._by_phrase), default=1)


def category_path(tree: CategoryTree, slug: str) -> list[str]:
    """Slugs from everything down to a category; one that has been removed keeps its own name."""
    category = tree.by_slug.get(slug)
    return [EVERYTHING, *(category.path if category else [slug])]
