"""The HTTP server: Stripe's API, the control endpoints and the pages for people."""
