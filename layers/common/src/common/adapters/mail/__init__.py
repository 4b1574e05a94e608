"""Mail: rendering from templates, and sending through Amazon SES."""
