"""The core: contexts named by business nouns. It knows no HTTP, MQTT, task queue or terminal."""
