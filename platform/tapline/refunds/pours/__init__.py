"""Money back for pours that were charged wrongly: restated by machine, onto the card."""
