"""Getting in, staying in, getting out: registration, sign-in, sessions, recovery, external sign-in."""
