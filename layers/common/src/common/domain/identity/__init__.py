"""Accounts and the proofs of who somebody is."""
