"""Identity on a real database: accounts, sign-ins, tokens, onboarding."""
