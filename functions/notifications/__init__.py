"""Telling people: the inbox in the app, and the worker that sends mails."""

import common.runtime  # noqa: F401 - what tunes the imports comes before them
