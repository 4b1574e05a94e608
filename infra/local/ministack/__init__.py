"""MiniStack, the local AWS: started, shaped, kept."""
