"""What stands behind the core's ports: one module a kind of provider."""
