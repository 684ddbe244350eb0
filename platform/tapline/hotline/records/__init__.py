"""Call detail records: what became of each call, folded from its events."""
