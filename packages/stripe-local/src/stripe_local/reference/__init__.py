"""Facts and settings: test cards, countries, currencies, what differs between accounts."""
