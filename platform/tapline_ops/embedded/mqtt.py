"""The MQTT broker of one machine: Mosquitto where it is installed, else a wheel's."""

from pathlib import Path

from tapline_ops.embedded.broker import Broker, BrokerPorts, mosquitto_program
from tapline_ops.embedded.iotcore import IotcoreBroker
from tapline_ops.embedded.mosquitto import MosquittoBroker


def embedded(folder: Path, ports: BrokerPorts | None = None) -> Broker:
    """The best broker that this machine has, its files in `folder`."""
    program = mosquitto_program()
    if program is None:
        return IotcoreBroker(folder, ports or BrokerPorts())
    return MosquittoBroker(folder, ports or BrokerPorts(), program)
