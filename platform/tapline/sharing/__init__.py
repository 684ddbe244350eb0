"""Card statements shared with other operators: signed, provable, and only with consent.

`keys` has who may receive and who may send, `consents` what customers allowed, `exports` what was
given to whom, `received` what others gave to us, `revocations` what was taken back, `claims` what
others ask for water that our cards drew at their machines, `demands` what we ask of them.
"""

from tapline.sharing import claims, consents, demands, exports, keys, received, revocations

__all__ = ["claims", "consents", "demands", "exports", "keys", "received", "revocations"]
