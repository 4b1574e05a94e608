"""The runtime kit: settings, event loop, composition root, HTTP, queue and schedule wrappers."""
