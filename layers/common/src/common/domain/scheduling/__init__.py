"""When a provider can be booked: availability, slots, limits."""
