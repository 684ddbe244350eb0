"""What a visitor of the demonstration is told."""

from collections.abc import Sequence

from tapline_ops.demo.fleet import Fleet


def logins(fleet: Fleet, *, origin: str) -> Sequence[str]:
    """The front doors with their logins; customers sign in with a code sent to their phone."""
    lines = [
        f"  {one.door:<16} {origin}{one.path}  {one.login} {one.secret}".rstrip()
        for one in fleet.logins
    ]
    phone = next((card.phone for card in fleet.cards if card.phone), None)
    if phone is not None:
        lines.append(f"  {'顾客 customer':<16} {origin}/portal  {phone} (the code is in sms.jsonl)")
    return lines
