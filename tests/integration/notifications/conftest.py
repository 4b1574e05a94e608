from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from common.application.ports.notifications.mail import MailRefused, RenderedMail
from common.domain.shared.errors import Unavailable

from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support.money import MoneyBench

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock


@dataclass
class CollectingMailer:
    """Implements ``Mailer``; set ``is_unavailable`` or ``refuses`` for faults."""

    sent: list[tuple[str, RenderedMail]] = field(default_factory=list)
    is_unavailable: bool = False
    refuses: bool = False

    async def send(self, to: str, mail: RenderedMail) -> str:
        if self.is_unavailable:
            raise Unavailable
        if self.refuses:
            raise MailRefused
        self.sent.append((to, mail))
        return f"msg_{len(self.sent)}"


@pytest.fixture
def mailer() -> CollectingMailer:
    return CollectingMailer()


@pytest.fixture
def gateway(clock: FakeClock) -> FakePaymentGateway:
    return FakePaymentGateway(now=clock.now())


@pytest.fixture
async def bench(container: Container, gateway: FakePaymentGateway, mailer: CollectingMailer) -> MoneyBench:
    container.replace(gateway=gateway, mailer=mailer)
    return await MoneyBench(container).prepare()
