"""Telling people: the inbox in the app, and the worker that sends mails."""
