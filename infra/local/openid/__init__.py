"""A small OpenID provider on loopback: it stands in for Google and Facebook, so that signing in needs no internet."""
