"""A key under which secrets of authenticator apps rest, or links in mails are sealed (https://github.com/fernet/spec)."""

from __future__ import annotations

from cryptography.fernet import Fernet


def generate() -> str:
    """A fresh key, as the functions take it; to change keys, put the new one before the old and a comma."""
    return Fernet.generate_key().decode()
