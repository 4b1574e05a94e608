"""Lists as CSV (RFC 4180): the same rows by the same rights, page by page, up to what one answer takes.

Use it as ``APIRouter(route_class=CsvListRoute)``: every route of the router that answers ``GET`` with a ``Page``
answers ``Accept: text/csv``, or ``?format=csv``, with a file. Its columns are the fields of an item, with a dot into
what is nested; lists are JSON. Of more rows the header ``Link`` (RFC 8288) names the part that follows.
"""

import csv
import io
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, get_args
from urllib.parse import urlencode

from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from common.application.shared.deadline import seconds_left
from common.domain.shared.csv_cells import cell
from common.domain.shared.errors import InvalidInput
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.http.paging import MAX_LIMIT
from common.runtime.http.schemas import Page

RouteHandler = Callable[[Request], Coroutine[Any, Any, Response]]

#: Rows of a part, and its size: Lambda answers with at most 6 MB
#: (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), and JSON adds to what it wraps.
MOST_ROWS, _MOST_BYTES = 2_000, 4_500_000
#: So much time a page may take and its answer be written; with less left the part ends.
_PAGE_SECONDS = 3.0
_FORMATS = ("json", "csv")
_CSV = "text/csv"
_FORMAT_PARAMETER = {
    "name": "format",
    "in": "query",
    "required": False,
    "description": "`csv`, as `Accept: text/csv`: a file of up to 2 000 rows, whose `Link` names the next part",
    "schema": {"type": "string", "enum": list(_FORMATS)},
}
_FILE: dict[str, Any] = {
    "content": {_CSV: {"schema": {"type": "string"}}},
    "headers": {"Link": {"description": "The part of a file that follows, if one does", "schema": {"type": "string"}}},
}


class CsvListRoute(APIRoute):
    """A route whose list can be had as CSV."""

    #: None where the route has no list; the handler, which is made first, reads them with each request.
    _columns: tuple[str, ...] = ()

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if (item := _item_of(self.response_model)) is not None and "GET" in (self.methods or ()):
            self._columns = tuple(_columns(item))
            extra = self.openapi_extra or {}
            self.openapi_extra = {**extra, "parameters": [*extra.get("parameters", []), _FORMAT_PARAMETER]}
            self.responses = {**self.responses, 200: _FILE}

    def get_route_handler(self) -> RouteHandler:
        """The route's handler, behind the question which form is wanted."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if not self._columns or not _wants_csv(request):
                return await inner(request)
            return await _file(request, inner, self._columns)

        return handle


class IdempotentCsvListRoute(CsvListRoute, IdempotentRoute):
    """The same for a router whose writes honour ``Idempotency-Key``."""


async def _file(request: Request, inner: RouteHandler, columns: tuple[str, ...]) -> Response:
    """A part of a list: as many pages as one answer takes; what refuses a page refuses the part."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    cursor, rows = request.query_params.get("cursor"), 0
    while True:
        answer = await inner(_page_request(request, cursor))
        if answer.status_code != 200:  # noqa: PLR2004 - a refusal that the route answers itself
            return answer
        page = json.loads(bytes(answer.body))
        for item in page["items"]:
            flat = dict(_flat(item, frozenset(columns)))
            writer.writerow([flat.get(column, "") for column in columns])
        cursor, rows = page["next_cursor"], rows + len(page["items"])
        is_full = rows + MAX_LIMIT > MOST_ROWS or text.tell() > _MOST_BYTES or seconds_left() < _PAGE_SECONDS
        if cursor is None or is_full:
            break
    name = request.url.path.rstrip("/").rpartition("/")[2]
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    if cursor is not None:
        headers["Link"] = f'<{request.url.path}?{_query(request, cursor=cursor, format="csv")}>; rel="next"'
    return Response(text.getvalue(), media_type=f"{_CSV}; charset=utf-8", headers=headers)


def _wants_csv(request: Request) -> bool:
    """Which form is asked for; the parameter goes before the header.

    Raises:
        InvalidInput: there is no such form.
    """
    wanted = request.query_params.get("format")
    if wanted is None:
        first = request.headers.get("Accept", "").partition(",")[0]
        return first.partition(";")[0].strip().lower() == _CSV
    if wanted not in _FORMATS:
        raise InvalidInput.of("format", f"Ask for {' or '.join(_FORMATS)}.", "unknown_format")
    return wanted == "csv"


def _page_request(request: Request, cursor: str | None) -> Request:
    """The request for one page, of the same caller."""
    query = _query(request, limit=str(MAX_LIMIT), **({"cursor": cursor} if cursor else {}))
    return Request({**request.scope, "query_string": query.encode()}, request.receive)


def _query(request: Request, **changed: str) -> str:
    left_out = {"format", "cursor", "limit"}
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in left_out]
    return urlencode([*kept, *changed.items()])


def _item_of(model: Any) -> type[BaseModel] | None:
    """What a page has items of; ``None`` where the answer is no page."""
    if not isinstance(model, type) or not issubclass(model, Page):
        return None
    (item,) = get_args(model.model_fields["items"].annotation)
    return item if isinstance(item, type) and issubclass(item, BaseModel) else None


def _columns(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """The fields of an item in their order, with those of what is nested."""
    for name, field in model.model_fields.items():
        path = f"{before}{field.serialization_alias or field.alias or name}"
        nested = _nested(field.annotation)
        if nested is None:
            yield path
        else:
            yield from _columns(nested, f"{path}.")


def _nested(annotation: Any) -> type[BaseModel] | None:
    """The model that a field is, or may be instead of nothing."""
    kinds = [each for each in (get_args(annotation) or (annotation,)) if each is not type(None)]
    if len(kinds) == 1 and isinstance(kinds[0], type) and issubclass(kinds[0], BaseModel):
        is_list = getattr(annotation, "__origin__", None) in {list, tuple, dict}
        return None if is_list else kinds[0]
    return None


def _flat(value: Mapping[str, Any], columns: frozenset[str], before: str = "") -> Iterator[tuple[str, str]]:
    for name, each in value.items():
        path = f"{before}{name}"
        if path in columns:
            yield path, _text(each)
        elif isinstance(each, dict):
            yield from _flat(each, columns, f"{path}.")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return cell(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
