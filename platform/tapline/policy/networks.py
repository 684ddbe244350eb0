"""From where people may work with customers and money. Pure."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network


def unreadable_networks(networks: Sequence[str]) -> list[str]:
    """Those that are none, each with what to do."""
    return [
        f"{network!r} is no network: write it like 10.1.0.0/16"
        for network in networks
        if not _is_network(network)
    ]


def admitted(networks: Sequence[str], address: str) -> bool:
    """Whether an address lies in one of `networks`; where none is named, every one does."""
    if not networks:
        return True
    try:
        came_from = ip_address(address)
    except ValueError:
        return False
    # A server that listens on both families hears IPv4 as ::ffff:10.1.2.3.
    came_from = getattr(came_from, "ipv4_mapped", None) or came_from
    return any(came_from in ip_network(network) for network in networks)


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True
