"""Sessions: who is at the other end of a browser or an API client."""
