"""Photographs of somebody without an account: they belong to a draft, which is known by a token alone."""

from common.domain.shared.opaque_tokens import digest


def draft_owner(draft_token: str) -> str:
    """Whose the photographs of a draft are: those of whoever has its token, of which only the digest is stored."""
    return f"draft:{digest(draft_token)}"
