"""The demonstration: a booking's life, played by real people through the public address."""
