"""Telling people: mails and the inbox in the app."""
