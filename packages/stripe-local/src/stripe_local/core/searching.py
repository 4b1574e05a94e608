"""A part of Stripe's search language (https://docs.stripe.com/search): clauses joined by AND."""

import re

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, invalid

_CLAUSE = re.compile(
    r"""\s*(?P<not>-)?(?P<field>[a-z_]+)(\[['"](?P<key>[^'"]+)['"]\])?\s*(?P<op>:|>=|<=|>|<)\s*"""
    r"""(?P<quote>['"]?)(?P<value>[^'"]*?)(?P=quote)\s*(?:\bAND\b|$)""",
    re.IGNORECASE,
)
_FIELDS = {"amount", "created", "currency", "customer", "email", "metadata", "payment_intent", "status"}
_DEFAULT_LIMIT = 10


def search(unit: Unit, kind: str, url: str, params: Json) -> Json:
    """Objects of a kind that match a query, newest first.

    Raises:
        StripeError: The query is outside the part of the language known here.
    """
    where, values = _translate(params["query"])
    limit = params.get("limit", _DEFAULT_LIMIT)
    offset = int(params.get("page", 0))
    tail = f"ORDER BY seq DESC LIMIT {limit + 1} OFFSET {offset}"
    found = unit.tx.select(f"account = ? AND kind = ? AND {where}", (unit.account, kind, *values), tail)
    more = len(found) > limit
    return {
        "object": "search_result", "url": url, "has_more": more, "data": found[:limit],
        "next_page": str(offset + limit) if more else None,
    }  # fmt: skip


def _translate(query: str) -> tuple[str, list[object]]:
    conditions: list[str] = []
    values: list[object] = []
    position = 0
    while position < len(query):
        clause = _CLAUSE.match(query, position)
        if clause is None or clause["field"] not in _FIELDS or clause.end() == position:
            raise invalid(f"We were unable to parse your search query: {query}", param="query")
        path = f"$.{clause['field']}" + (f'."{clause["key"]}"' if clause["key"] else "")
        operator = "=" if clause["op"] == ":" else clause["op"]
        number = clause["field"] in {"amount", "created"}
        values += [path, int(clause["value"]) if number else clause["value"]]
        conditions.append(f"{'NOT ' if clause['not'] else ''}coalesce(json_extract(body, ?) {operator} ?, 0)")
        position = clause.end()
    return " AND ".join(conditions) or "1", values
