"""The runtime kit: settings, event loop, composition root, HTTP, queue and schedule wrappers."""

from common.runtime import cold_start

cold_start.begin()
