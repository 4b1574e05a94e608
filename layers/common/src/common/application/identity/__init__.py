"""Identity: registration, sign-in, sessions, recovery, external identities."""
