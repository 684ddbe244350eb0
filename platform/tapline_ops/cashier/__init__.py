"""A simulated payment provider, a process of its own: no money moves, everything else does.

It keeps its own books, shows its customers a cashier page, notifies late, twice or never, accepts
refunds before it makes them, and sometimes cannot make one.
"""
