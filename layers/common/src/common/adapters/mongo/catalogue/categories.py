"""Categories in the collection ``categories``."""

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.documents import from_document
from common.adapters.mongo.shared.holdings import Holdings, nobody
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.catalogue.categories import Category, CategoryTree
from common.domain.shared.freshness import is_fresh, now

HOLDINGS: Holdings = {
    "categories": nobody("the tree of categories"),
}

#: Categories change with a release; a process that lives longer sees a change within this time.
_KEPT_SECONDS = 300
_MAX_CATEGORIES = 2000


class MongoCategories:
    """Implements ``Categories``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._categories = mongo.collection("categories")
        self._kept: tuple[float, CategoryTree] | None = None

    async def tree(self) -> CategoryTree:
        """The whole tree, read again after some minutes."""
        if self._kept is not None and is_fresh(self._kept[0], _KEPT_SECONDS):
            return self._kept[1]
        rows = self._categories.find({}, session=current_session()).limit(_MAX_CATEGORIES)
        tree = CategoryTree([from_document(Category, row) async for row in rows])
        self._kept = (now(), tree)
        return tree
