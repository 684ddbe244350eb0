"""What callers hear and press before somebody answers, as versioned data."""
