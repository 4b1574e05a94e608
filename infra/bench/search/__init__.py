"""Searching in marketplaces of growing size: what a request costs, beside the bare driver, and what it examines."""
