"""Ports of moderation."""
