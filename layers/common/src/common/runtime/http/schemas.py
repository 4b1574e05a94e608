"""Shapes that requests and responses share."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from common.domain.shared.errors import FieldError
from common.domain.shared.instants import format_instant, written_out
from common.domain.shared.money import MAX_AMOUNT, CurrencyCode, Money

T = TypeVar("T")


class RequestModel(BaseModel):
    """Base of every request body: unknown fields are refused, strings are stripped, values are not guessed at."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class PatchModel(RequestModel):
    """Base of what changes some fields: one left out stays as it is; ``null`` empties those named in ``nullable``."""

    nullable: ClassVar[frozenset[str]] = frozenset()

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_null(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.field_name not in cls.nullable:
            raise PydanticCustomError("null", "Leave it out, or give a value.")
        return value


#: The version that a caller has read, to be refused if it is stale; within what every reader of JSON takes exactly
#: (RFC 8259 section 6), and so within the database's 64 bits.
Version = Annotated[int, Field(ge=1, lt=2**53, strict=True)]


class ResponseModel(BaseModel):
    """Base of every response body; reads attributes of domain objects."""

    model_config = ConfigDict(from_attributes=True)


#: The calendar ends with the years 1 and 9999; offsets, weeks and windows are added to instants within it.
_FIRST_YEAR, _LAST_YEAR = 2, 9998


def _to_utc_milliseconds(value: datetime) -> datetime:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        message = "Give an instant from the year {first} to {last}."
        raise PydanticCustomError("instant_range", message, {"first": _FIRST_YEAR, "last": _LAST_YEAR})
    utc = _in_utc(value)
    finer = utc.microsecond % 1000
    return utc.replace(microsecond=utc.microsecond - finer) if finer else utc


def _in_utc(value: datetime) -> datetime:
    """The instant in UTC; what the database gives is already."""
    return value if value.tzinfo is UTC else value.astimezone(UTC)


#: An instant: an aware date-time in, UTC with ``Z`` out. A naive one is refused; finer than milliseconds is cut.
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(written_out),
    AfterValidator(_to_utc_milliseconds),
    PlainSerializer(format_instant, return_type=str, when_used="json"),
    Field(json_schema_extra={"format": "date-time", "examples": ["2026-11-20T09:00:00Z"]}),
]


class MoneySchema(RequestModel):
    """Money on the wire: minor units and an ISO 4217 code."""

    model_config = ConfigDict(from_attributes=True)

    amount: Annotated[int, Field(ge=0, le=MAX_AMOUNT, strict=True, description="Minor units, e.g. cents")]
    currency: CurrencyCode

    def to_domain(self) -> Money:
        """The domain's value."""
        return Money(amount=self.amount, currency=self.currency)


class SignedMoneySchema(ResponseModel):
    """Money that may be negative, as in ledger lines and balances."""

    amount: Annotated[int, Field(description="Minor units, e.g. cents")]
    currency: CurrencyCode


class Page(BaseModel, Generic[T]):
    """One page of a list; ``next_cursor`` is ``null`` on the last one."""

    model_config = ConfigDict(from_attributes=True)

    items: list[T]
    next_cursor: str | None = None


class FieldProblem(BaseModel):
    """One wrong field."""

    field: str
    message: str
    code: str


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldProblem] | None = None


__all__ = [
    "FieldError",
    "FieldProblem",
    "Instant",
    "MoneySchema",
    "Page",
    "PatchModel",
    "Problem",
    "RequestModel",
    "ResponseModel",
    "SignedMoneySchema",
    "Version",
    "format_instant",
]
