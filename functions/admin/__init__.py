"""What staff do: accounts, providers, the security log."""
