"""A simulated telephone exchange, a process of its own: nobody's telephone rings, all else does.

It plays callers who press keys and lose patience, agents' telephones, and a network that tells
what happened late, twice and in another order. Its clock is virtual: it moves when it is told to.
"""
