"""The TypeScript client, run by Node against the cloud's public address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.web import client
from tests.e2e.test_main_job import Market

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud
    from infra.local.demo.stage import Stage

_SECONDS = 240
_ROLES = ("customer", "provider")


def test_the_typed_client_renews_reads_refusals_and_pages_and_hears_what_happens_over_a_killed_socket(
    cloud: LocalCloud, stage: Stage
) -> None:
    node = client.generate()
    market = Market(cloud, stage)
    booking = market.book(11)
    stage.pay(booking["payment"]["client_secret"], "pm_card_visa")
    market.customer.call("POST", f"/v1/bookings/{booking['id']}/payment/confirm")
    people = [next(each for each in cloud.info.sign_ins if role in each["who"].casefold()) for role in _ROLES]
    secrets = [each[name] for each in people for name in ("email", "password")]
    script = client.FOLDER / "test" / "cloud.ts"
    node.run([script, cloud.base_url, booking["conversation_id"], *secrets], seconds=_SECONDS)
