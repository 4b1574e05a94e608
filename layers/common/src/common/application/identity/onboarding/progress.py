"""What of onboarding is still to be done."""

from common.domain.identity.users import OnboardingStatus, ProviderStatus, User


def next_steps(user: User) -> list[str]:
    """Open steps of an account in order: ``path``, ``profile``, ``provider``, ``address``, ``billing``, ``approval``.

    ``address`` is open while nobody can locate the address that was given: distances, the area that a provider serves
    and its time zone are unknown then, and nobody near finds it.
    """
    if user.onboarding_path is None:
        return ["path"]
    address = ["address"] if user.address is not None and not user.address.is_located else []
    if user.onboarding_path == "seeker":
        return ["profile"] if user.onboarding_status is OnboardingStatus.NOT_STARTED else address
    steps = []
    if user.provider_status in {ProviderStatus.NOT_APPLIED, ProviderStatus.REJECTED}:
        steps.append("provider")
    steps += address
    if user.onboarding_status is not OnboardingStatus.BILLING_SETUP_COMPLETE:
        steps.append("billing")
    if user.provider_status is not ProviderStatus.APPROVED:
        steps.append("approval")
    return steps
