"""People as pages call them."""

from collections.abc import Iterator, Mapping

from tapline import people
from tapline.uow import UnitOfWork


class Names(Mapping[str, str]):
    """The staff's names by their logins: what the macro `who` of `shared/parts.html` reads.

    Read when somebody is first named: most pages name nobody.
    """

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._uow = uow
        self._tenant_id = tenant_id
        self._names: dict[str, str] | None = None

    def __getitem__(self, login: str) -> str:
        return self._read()[login]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def _read(self) -> dict[str, str]:
        if self._names is None:
            staff = people.staff_of(self._uow, tenant_id=self._tenant_id)
            self._names = {one.login: one.name for one in staff}
        return self._names
