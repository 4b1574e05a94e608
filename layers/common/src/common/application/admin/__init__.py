"""What staff do with accounts and providers."""
