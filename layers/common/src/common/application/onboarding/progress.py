"""What of onboarding is still to be done."""

from common.domain.users import OnboardingStatus, ProviderStatus, User


def next_steps(user: User) -> list[str]:
    """Open steps of an account in order: ``path``, ``profile``, ``provider``, ``billing``, ``approval``."""
    if user.onboarding_path is None:
        return ["path"]
    if user.onboarding_path == "seeker":
        return ["profile"] if user.onboarding_status is OnboardingStatus.NOT_STARTED else []
    steps = []
    if user.provider_status in {ProviderStatus.NOT_APPLIED, ProviderStatus.REJECTED}:
        steps.append("provider")
    if user.onboarding_status is not OnboardingStatus.BILLING_SETUP_COMPLETE:
        steps.append("billing")
    if user.provider_status is not ProviderStatus.APPROVED:
        steps.append("approval")
    return steps
