"""MQTT in, facts and money out: the gateway between dispensers and the core."""
