"""Identity and onboarding: who somebody is, and how they become a customer or a provider."""
