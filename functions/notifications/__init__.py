"""Telling people: the inbox in the app, and the worker that sends mails."""

import common.runtime  # noqa: F401 - the cold-start prelude comes before every other import
