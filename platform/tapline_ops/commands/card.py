"""Cards: issue one, show what it holds."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder, show

app = typer.Typer(help="Cards.", no_args_is_help=True)

CardNo = Annotated[str, typer.Argument(metavar="NO", help="The number printed on the card.")]


@app.command()
def issue(  # noqa: PLR0917 (typer passes options by name)
    card_no: CardNo,
    tenant: TenantId,
    balance_fen: Annotated[int, typer.Option(help="What its purse holds, in fen.")] = 0,
    kind: Annotated[str, typer.Option(help="cpu, desfire, m1, id or qr.")] = "cpu",
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Put a card into circulation; its balance is posted against `equity:opening`."""
    from tapline import cards
    from tapline.errors import InvalidError
    from tapline.money import Fen
    from tapline_ops import access

    if kind not in set(cards.CardKind):
        raise InvalidError(f"card kind {kind!r}: use one of {', '.join(cards.CardKind)}")
    with access.transaction(folder(data_dir)) as uow:
        cards.issue(
            uow,
            tenant_id=tenant,
            card_no=card_no,
            kind=cards.CardKind(kind),
            balance_fen=Fen(balance_fen),
        )
        values = _balance(uow, tenant, card_no)
    show(values, as_json=as_json)


@app.command()
def key(
    card_no: CardNo, tenant: TenantId, as_json: AsJson = False, data_dir: DataDir = DATA_DIR
) -> None:
    """Make the key by which a chip card proves what it does, to be written to the card."""
    from tapline.cards import proofs
    from tapline.devices import Vault
    from tapline_ops import access, enrolment

    data = folder(data_dir)
    with access.transaction(data, existing=True) as uow:
        vault = Vault.at(enrolment.key_file(data))
        made = proofs.bind(uow, tenant_id=tenant, vault=vault, card_no=card_no)
    show({"card": card_no, "key_hex": made.hex()}, as_json=as_json)


@app.command("show")
def show_(
    card_no: CardNo, tenant: TenantId, as_json: AsJson = False, data_dir: DataDir = DATA_DIR
) -> None:
    """Show what the ledger holds for a card, in fen."""
    from tapline import cards
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        cards.get(uow, tenant_id=tenant, card_no=card_no)
        values = _balance(uow, tenant, card_no)
    show(values, as_json=as_json)


def _balance(uow: Any, tenant_id: str, card_no: str) -> dict[str, Any]:
    from tapline import ledger

    balance = ledger.card(uow, tenant_id=tenant_id, card_no=card_no)
    return {"card": card_no, "balance_fen": balance.balance_fen, **asdict(balance)}
