"""A small Gemini on loopback: it answers by the documented schema, and can be slow, wrong, refusing or down."""
