from tapline.people.codes import service as codes
from tapline.people.sessions import service as sessions
from tapline.uow import UnitOfWork


def forget_ended(uow: UnitOfWork) -> None:
    """Drop sessions and codes that ended long ago; for the schedule."""
    sessions.forget_ended(uow)
    codes.forget_ended(uow)
