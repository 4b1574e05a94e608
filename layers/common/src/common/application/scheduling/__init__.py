"""Use cases of time: free slots, and whether a time can be taken."""
