"""What the tables of calls are made of, and values that several of them use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from common.domain.shared.money import Money
from common.runtime.container.bootstrap import Container

from tests.fakes.clock import START

Calls: TypeAlias = Mapping[str, Callable[[Container], Awaitable[Any]]]

NOW = START
LATER = START + timedelta(days=1)
BEFORE = START - timedelta(days=1)
CUSTOMER, PROVIDER, SERVICE, BOOKING = "usr_1", "prv_1", "svc_1", "bkg_0001"
MONEY = Money(amount=12_000, currency="nzd")
