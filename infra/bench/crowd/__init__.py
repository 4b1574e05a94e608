"""Eight environments at once, with the mixed traffic of the whole story, beside as many of the bare driver."""
