"""A card's statement: what it was worth, every journal that touched it, what it is worth then."""
