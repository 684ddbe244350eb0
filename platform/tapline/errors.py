"""Errors the business can name. Entry points turn them into a status, a NACK or a retry."""


class TaplineError(Exception):
    """Something the caller may be told about, with a stable code to branch on."""

    code = "error"


class NotFoundError(TaplineError):
    code = "not_found"


class ConflictError(TaplineError):
    """The request is well formed, but the present state forbids it."""

    code = "conflict"


class StaleError(ConflictError):
    """Somebody changed it since the asker looked: nothing was overwritten."""


class InvalidError(TaplineError):
    """The request itself is wrong: the message says what and how to mend it."""

    code = "invalid"


class DeniedError(TaplineError):
    """The caller is known and may not do this."""

    code = "denied"


class TooManyError(TaplineError):
    """A limit was reached; `retry_s` says when to try again, in seconds."""

    code = "too_many"

    def __init__(self, message: str, *, retry_s: int) -> None:
        super().__init__(message)
        self.retry_s = retry_s
