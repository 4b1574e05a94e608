"""The parts of the container, of which each function names those that it uses: all that these reach is imported."""
