"""Electricity and water that machines use: meters read with a photo, paid for by agreement."""
