"""Pours as people are told of them: where, what came, what was found, where the money is."""
