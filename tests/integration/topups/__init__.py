"""Money onto cards: paid, given, allotted, undone, given back."""
