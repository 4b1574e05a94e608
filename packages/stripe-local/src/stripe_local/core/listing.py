"""Lists with Stripe's pagination (https://docs.stripe.com/api/pagination)."""

from collections.abc import Mapping

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, StripeError, invalid, not_found

_DEFAULT, _MOST = 10, 100
_OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_PAGING = {"limit", "starting_after", "ending_before", "expand"}


def page(unit: Unit, kind: str, url: str, params: Mapping[str, object], **fixed: object) -> Json:
    """One page of the objects of a kind, newest first.

    Args:
        unit: The unit of work.
        kind: Stripe's `object`.
        url: The list's own path.
        params: Checked list parameters; those that are not for paging must equal the member of that name.
        fixed: Further members that must equal a value.
    """
    conditions, values = _filters(kind, {**params, **fixed})
    limit = _limit(params)
    backwards = "ending_before" in params
    for name, operator in (("starting_after", "<"), ("ending_before", ">")):
        if name in params:
            position = unit.tx.position(unit.account, str(params[name]))
            if position is None:
                raise not_found(kind, str(params[name]), param=name, status=400)
            conditions.append(f"seq {operator} ?")
            values.append(position)
    where = " AND ".join(["account = ?", *conditions])
    tail = f"ORDER BY seq {'ASC' if backwards else 'DESC'} LIMIT {limit + 1}"
    found = unit.tx.select(where, (unit.account, *values), tail)
    shown = found[:limit]
    return as_list(shown[::-1] if backwards else shown, url, more=len(found) > limit)


def as_list(items: list[Json], url: str, *, more: bool = False) -> Json:
    """Stripe's list object."""
    return {"object": "list", "data": items, "has_more": more, "url": url}


def _limit(params: Mapping[str, object]) -> int:
    limit = params.get("limit", _DEFAULT)
    if not isinstance(limit, int) or not 1 <= limit <= _MOST:
        bound = "less than or equal to 100" if isinstance(limit, int) and limit > _MOST else "greater than 0"
        raise invalid(f"Invalid integer: limit must be {bound}", param="limit", code="parameter_invalid_integer")
    return limit


def _filters(kind: str, wanted: Mapping[str, object]) -> tuple[list[str], list[object]]:
    conditions, values = ["kind = ?", "json_extract(body, '$._deleted') IS NULL"], list[object]([kind])
    for name, value in wanted.items():
        if name in _PAGING:
            continue
        if isinstance(value, dict):
            for operator, bound in value.items():
                if operator not in _OPERATORS:
                    raise _unsupported(name)
                conditions.append(f"json_extract(body, '$.{name}') {_OPERATORS[operator]} ?")
                values.append(bound)
        elif isinstance(value, list):
            raise _unsupported(name)
        else:
            conditions.append(f"json_extract(body, '$.{name}') IS ?")
            values.append(value)
    return conditions, values


def _unsupported(name: str) -> StripeError:
    return invalid(f"stripe-local does not filter by '{name}'.", param=name, code="not_supported")
