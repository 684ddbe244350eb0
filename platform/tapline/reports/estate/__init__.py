"""Sites and their devices as they are now: what needs somebody, and what runs."""
