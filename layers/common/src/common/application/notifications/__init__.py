"""Notifications: mails, and the inbox in the app."""
