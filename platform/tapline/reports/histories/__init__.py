"""All that happened to a card, in one line of time: water, money, and what was done to it."""
