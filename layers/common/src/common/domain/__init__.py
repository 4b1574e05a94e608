"""Pure rules of the marketplace: standard library and pydantic only."""
