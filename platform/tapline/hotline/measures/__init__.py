"""How the hotline did, by fixed definitions."""
