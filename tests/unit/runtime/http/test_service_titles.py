"""Titles of services."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from functions.providers.schemas import Title

TITLES: TypeAdapter[str] = TypeAdapter(Title)


@pytest.mark.parametrize(
    "title", ["Cleaning, see evil.example.com", "Evil.Com", "Call 021 123 4567", "tom@example.org", "https://x.example"]
)
def test_a_title_is_no_way_to_send_links_to_strangers(title: str) -> None:
    """Mails about bookings name the service, also to people who booked nothing."""
    with pytest.raises(ValidationError, match="Leave out links"):
        TITLES.validate_python(title)


@pytest.mark.parametrize("title", ["House cleaning", "2.5 h garden care, 24/7", "ASP.NET lessons", "Lawn & hedge: $40"])
def test_a_title_is_taken_as_it_is_written(title: str) -> None:
    assert TITLES.validate_python(title) == title
