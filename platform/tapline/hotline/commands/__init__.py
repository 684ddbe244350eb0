"""What the exchange shall do, kept until it has done it."""
