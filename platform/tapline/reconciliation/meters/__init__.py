"""What a machine says of itself, held against itself: counters, meter, clock (D03 D18 D19 D20 D28).

Each rule is a function of the set of a machine's facts: order and number of arrivals play no part.
"""
