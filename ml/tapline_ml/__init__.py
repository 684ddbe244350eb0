"""Fault foresight: from what the sensors of dispensers said to calibrated probabilities, each with
the residuals that explain it.

Pure functions of arrays: no clock, no database, no simulator. The same code makes the features
that a model learns from and those that it is asked about. In the order of use:

`history` -> `physics` -> `features` (with `detect`) -> `learn` / `predictor` -> `policy`,
`explain`; `artefact` keeps what was learnt, `evaluate` and `card` say how good it is.
"""

import os

# The house has other work for its cores, and on busy ones threads that wait for each other spin.
# OpenMP reads this once, when scikit-learn loads it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
