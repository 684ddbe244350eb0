"""What the pages need to know of their surroundings; the entry point reads it from settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    """`origin` is how browsers reach us; with https, cookies are secure."""

    origin: str
    hotline: str = ""
    """The number that customers are told to call; empty: none is shown."""
    limits_uri: str | None = None
    """Where attempts are counted together (Valkey); None: each process for itself."""
    mqtt_hook_secret: str = ""
    """What a broker sends along that asks us who may log in; empty: none is told."""
    firmware_keys: str = ""
    """Whose firmware is taken in: Ed25519 public keys, hexadecimal, separated by commas."""
    requests_per_minute: int = 600
    """From one address; a campus behind one address is many people."""

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over TLS."""
        return self.origin.startswith("https://")
