"""Card statements shared with other operators: signed, provable, and only with consent.

`keys` has who may receive and who may send, `consents` what customers allowed, `exports` what was
given to whom, `received` what others gave to us, `revocations` what was taken back.
"""

from tapline.sharing import consents, exports, keys, received, revocations

__all__ = ["consents", "exports", "keys", "received", "revocations"]
