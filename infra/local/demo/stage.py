"""What surrounds the people of the story: their mail, the card form, Stripe's onboarding page, the clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

import httpx
from common.adapters.identity.one_time_codes import codes_of

from infra.local.demo.people import Person, wait_for

if TYPE_CHECKING:
    from infra.local.handle import RunningCloud

#: Publishable keys are what a browser holds; the local Stripe lets them confirm with a client secret, as Stripe does.
_PUBLISHABLE_KEY = "pk_test_local"
_TIMEOUT_SECONDS = 20.0
_OK = 200


class Stage:
    """A running local cloud, seen from outside.

    Args:
        cloud: the running cloud.
    """

    def __init__(self, cloud: RunningCloud) -> None:
        self._cloud = cloud
        self._browser = httpx.Client(timeout=_TIMEOUT_SECONDS, follow_redirects=True)
        self._people: list[Person] = []

    def __enter__(self) -> Self:
        """Nothing to open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close everybody's connections."""
        for person in self._people:
            person.close()
        self._browser.close()

    def person(self, name: str, email: str, from_address: str = "") -> Person:
        """Somebody at a keyboard, not signed in yet."""
        person = Person(name, email, self.base_url, from_address)
        self._people.append(person)
        return person

    @property
    def base_url(self) -> str:
        """The public address."""
        return self._cloud.base_url

    def now(self) -> datetime:
        """The marketplace's present instant, the clock's offset included."""
        return datetime.now(UTC) + timedelta(seconds=self._cloud.clock_offset())

    def advance(self, by: timedelta) -> None:
        """Move the clock of functions and of the local Stripe forward."""
        self._cloud.set_clock_offset(self._cloud.clock_offset() + by.total_seconds(), run_schedules=False)

    def run_schedule(self, function: str) -> None:
        """Run a scheduled function now instead of waiting for its minute."""
        self._cloud.run_function(function)

    def wait_for_mail(self, to: str, subject_part: str) -> str:
        """Wait for a mail to an address; returns its text.

        Args:
            to: the recipient.
            subject_part: words of the subject, in any case of letters.

        Raises:
            TimeoutError: none came.
        """
        wanted = subject_part.casefold()

        def look() -> str | None:
            mails = self._cloud.mails(to)
            return next((mail.text for mail in mails if wanted in mail.subject.casefold()), None)

        return wait_for(f"a mail to {to} about “{subject_part}”", look)

    def pay(self, client_secret: str, payment_method: str) -> None:
        """Confirm an intent with a test card, as Stripe's form in a browser would.

        Args:
            client_secret: of a PaymentIntent or a SetupIntent.
            payment_method: one of Stripe's test tokens, such as ``pm_card_visa``.

        Raises:
            RuntimeError: Stripe refused.
        """
        intent = client_secret.split("_secret_", maxsplit=1)[0]
        kind = "setup_intents" if intent.startswith("seti_") else "payment_intents"
        answer = self._browser.post(
            f"{self._cloud.stripe_url}/v1/{kind}/{intent}/confirm",
            data={"client_secret": client_secret, "payment_method": payment_method},
            headers={"Authorization": f"Bearer {_PUBLISHABLE_KEY}"},
        )
        if answer.status_code != _OK:
            raise RuntimeError(f"Stripe refused: {answer.text[:400]}")

    def complete_stripe_onboarding(self, link: str) -> None:
        """Open Stripe's onboarding page and press its button.

        Raises:
            RuntimeError: the page is not there or holds no form.
        """
        page = self._browser.get(link)
        form = re.search(r'<form[^>]*action="([^"]*)"', page.text)
        if page.status_code != _OK or form is None:
            raise RuntimeError(f"Stripe's onboarding page answered {page.status_code} without a form")
        target = httpx.URL(link).join(form.group(1))
        answer = httpx.post(target, data={"outcome": "complete"}, timeout=_TIMEOUT_SECONDS)
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise RuntimeError(f"Stripe's onboarding answered {answer.status_code}")

    def seeded_person(self, role: str) -> Person:
        """Somebody who was seeded with a role, signed in.

        Raises:
            RuntimeError: nobody was.
        """
        found = next((person for person in self._cloud.info.sign_ins if role in person["who"].casefold()), None)
        if found is None:
            raise RuntimeError(f"no {role} was seeded")
        person = self.person(f"Mia ({role})", found["email"])
        secret = found.get("totp_secret")
        person.sign_in(found["password"], [code for _, code in codes_of(secret, self.now())] if secret else [])
        return person
