"""What every GigSta function shares: domain, use cases, adapters and the runtime kit."""
