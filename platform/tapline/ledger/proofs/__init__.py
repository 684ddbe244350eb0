"""Proof that a card's statement is what was sealed, for somebody without our database."""
