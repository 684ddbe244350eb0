"""Every knob, read once from `TAPLINE_*`; no other module touches the environment."""

from functools import cache
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a process needs to find its neighbours. Entry points read it and pass values in."""

    model_config = SettingsConfigDict(env_prefix="TAPLINE_", env_file=".env", extra="ignore")

    database_url: str = "postgresql+psycopg://tapline@localhost/tapline"
    mqtt_host: str = "localhost"
    mqtt_port: int = 1883
    mqtt_user: str = "gateway"
    mqtt_password: SecretStr = SecretStr("")
    mqtt_tells_apart: bool = True
    """Whether the broker holds each device to topics of its own, by its password."""
    mqtt_device_host: str = "127.0.0.1"
    """Where devices reach the broker, which is not where gateways do."""
    mqtt_device_port: int = 1883
    vendor_tcp_host: str = "127.0.0.1"
    vendor_tcp_port: int = 0
    """Where machines of other makers find us that speak over TCP; 0: nobody listens."""
    mqtt_folder: Path | None = None
    """The folder of a Mosquitto whose password file we write; unset: the broker asks us by HTTP, or
    nobody is let in or cut off before the next start."""
    mqtt_hook_secret: SecretStr = SecretStr("")
    """What a broker that asks us by HTTP who may log in must send along; empty: nobody is
    answered."""
    emqx_api_url: str = ""
    """Where an EMQX 5 takes orders, e.g. `http://127.0.0.1:18083`: whom we let in no more it cuts
    off; unset: another broker, or none that can."""
    emqx_api_key: str = ""
    emqx_api_secret: SecretStr = SecretStr("")
    firmware_keys: str = ""
    """Ed25519 public keys, hexadecimal, separated by commas: whose firmware is taken in."""
    firmware_origin: str = ""
    """Where machines fetch firmware; unset: where browsers reach us."""
    broker_url: SecretStr = SecretStr("redis://localhost:6379/0")
    key_file: Path = Path("tapline.key")
    """32 random bytes, hexadecimal: device keys rest encrypted under it."""
    identity_key_file: Path = Path("identity.key")
    """32 random bytes, hexadecimal: the numbers of customers' papers rest encrypted under it, and
    the key that shared statements are signed with."""
    web_origin: str = "http://127.0.0.1:8000"
    hotline: str = ""
    """What customers are told to call; unset: no number is shown."""
    cashier_url: str = ""
    """Where the simulated payment provider listens; unset: nothing is paid in or out."""
    cashier_key_file: Path = Path("cashier.key")
    """32 random bytes, hexadecimal: the simulated payment provider and we sign with them."""
    telephony_url: str = ""
    """Where the simulated telephone exchange listens; unset: no call is placed or answered."""
    telephony_key_file: Path = Path("telephony.key")
    """32 random bytes, hexadecimal: the simulated exchange and we sign with them."""
    sms_log: Path | None = None
    """Where the fake SMS provider writes what it would have sent; unset: nothing is sent."""


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
