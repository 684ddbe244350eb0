from collections.abc import Collection

from tapline.refunds import goodwill
from tapline.uow import UnitOfWork
from tapline.water.traces.settled.repository import Key, SettledRepository


def follow(uow: UnitOfWork, *, tenant_id: str, keys: Collection[Key]) -> None:
    """Pours are charged otherwise, or what was given for them was taken back: where a card bears
    some of what was given back, its money waits again, to be given as it was decided. One that
    nobody's card bears by now comes to a person in the same way.

    Depends on what stands now alone, so it may be called at any time and any number of times.
    """
    settled = SettledRepository(uow, tenant_id)
    known = settled.among(keys)
    if not known:
        return
    owed = goodwill.owed(uow, tenant_id=tenant_id, keys=known)
    if again := [key for key in known if owed.get(key) != 0]:
        settled.wait_again(again)
