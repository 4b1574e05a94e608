"""The web app says before a booking what cancelling will cost: by the same policies as the domain."""

import json
from pathlib import Path

from common.domain.bookings.policies import POLICIES

_OF_THE_WEB = Path(__file__).parents[4] / "web" / "src" / "bookings" / "policies.json"


def test_the_web_app_knows_the_policies_of_the_domain() -> None:
    told = json.loads(_OF_THE_WEB.read_text(encoding="utf-8"))

    assert told == {name.value: [list(step) for step in policy.steps] for name, policy in POLICIES.items()}
