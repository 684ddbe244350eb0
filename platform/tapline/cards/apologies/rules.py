"""What a machine says to whoever stands before it. Pure."""

from tapline.money import yuan_text


def sentence(amount_fen: int) -> str | None:
    """The text of a screen, or of a voice; None where nothing is left to say.

    What was given back, and neither balance nor name: others stand around.
    """
    if amount_fen <= 0:
        return None
    amount = yuan_text(amount_fen)
    return f"很抱歉,已退回本卡 {amount} 元。 Sorry: {amount} yuan was given back to this card."
