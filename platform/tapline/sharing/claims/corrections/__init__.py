"""What an operator asks less, or more again, for pours that it claimed before."""

from tapline.sharing.claims.corrections.service import judge, look_again, of_pours, of_statement

__all__ = ["judge", "look_again", "of_pours", "of_statement"]
