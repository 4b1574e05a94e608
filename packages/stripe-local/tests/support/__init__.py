"""Short ways into what the tests are about."""
