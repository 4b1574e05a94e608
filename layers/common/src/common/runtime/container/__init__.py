"""The parts of the container, area by area; ``runtime.bootstrap`` puts them together."""
