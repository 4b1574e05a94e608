"""The key under which the secrets of authenticator apps rest (https://github.com/fernet/spec)."""

from __future__ import annotations

from cryptography.fernet import Fernet


def generate() -> str:
    """A fresh key, as the identity function takes it; to change keys, put the new one before the old and a comma."""
    return Fernet.generate_key().decode()
