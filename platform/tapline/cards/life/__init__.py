"""The life of a card: who did what to it, and what it became by that."""
