"""D07: numbers missing from a device's stream, asked for again until they come or are lost."""
