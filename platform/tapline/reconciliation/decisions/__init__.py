"""What a person decides where no chain can tell: which content of a record is true (D05), and which
operation at one count of a card is the card's own (D09)."""
