"""What judges reports: rules at hand, or a model over the network, and what goes around that."""
