"""What requests and jobs cost as a marketplace's bookings grow from ten thousand to a million."""
