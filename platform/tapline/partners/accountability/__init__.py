"""Who answers for what was found: proposed on evidence, objected to, decided by a person."""
