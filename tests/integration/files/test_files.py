"""Evidence stays what it was, for as long as it must, and no longer."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tapline import clock, files
from tapline.errors import InvalidError, NotFoundError
from tapline.files import FILE_BYTES_MAX, StoredFile
from tapline.uow import UnitOfWork
from tests import factories

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)


@pytest.fixture
def filing(uow: UnitOfWork) -> UnitOfWork:
    factories.tenant(uow)
    return uow


def keep(
    uow: UnitOfWork, content: bytes, media_type: str = "", *, days: int | None = None
) -> StoredFile:
    kept_until = None if days is None else clock.now() + timedelta(days=days)
    return files.keep(
        uow,
        tenant_id="demo",
        name="leak.png",
        media_type=media_type,
        content=content,
        kept_until=kept_until,
    )


def test_a_file_is_read_as_it_was_kept(filing: UnitOfWork) -> None:
    kept = keep(filing, PNG, "image/png")
    filing.session.expire_all()

    file, content = files.read(filing, tenant_id="demo", file_id=kept.file_id)

    assert content == PNG
    assert file.sha256 == hashlib.sha256(PNG).digest()
    assert (file.name, file.media_type, file.size_bytes) == ("leak.png", "image/png", len(PNG))


def test_another_operator_has_no_such_file(filing: UnitOfWork) -> None:
    factories.tenant(filing, "other")
    kept = keep(filing, PNG)
    for look in (files.read, files.get):
        with pytest.raises(NotFoundError):
            look(filing, tenant_id="other", file_id=kept.file_id)
    assert files.listed(filing, tenant_id="other", file_ids=[kept.file_id]) == []


def test_the_same_content_is_the_same_file_kept_for_the_longest_time(filing: UnitOfWork) -> None:
    first = keep(filing, PNG, days=10)
    again = keep(filing, PNG, days=90)
    assert first.file_id == again.file_id
    assert again.kept_until is not None
    assert again.kept_until > clock.now() + timedelta(days=80)
    assert keep(filing, PNG, days=10).kept_until == again.kept_until
    assert keep(filing, PNG).kept_until is None
    assert keep(filing, JPEG).file_id != first.file_id


def test_what_has_served_its_time_is_erased_and_its_hash_remains(filing: UnitOfWork) -> None:
    short, long = keep(filing, PNG, days=1), keep(filing, JPEG, days=9)
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert files.erase_ended(filing) == 1
        assert files.erase_ended(filing) == 0
    filing.session.expire_all()

    with pytest.raises(NotFoundError, match="erased"):
        files.read(filing, tenant_id="demo", file_id=short.file_id)
    (left,) = files.listed(filing, tenant_id="demo", file_ids=[short.file_id])
    assert left.sha256 == hashlib.sha256(PNG).digest()
    assert files.read(filing, tenant_id="demo", file_id=long.file_id)[1] == JPEG
    assert files.read(filing, tenant_id="demo", file_id=keep(filing, PNG).file_id)[1] == PNG


@pytest.mark.parametrize(
    "forgery",
    [
        "update stored_file set content = 'another'",
        "update stored_file set content = 'another', sha256 = sha256('another')",
        "update stored_file set content = null",
        "delete from stored_file",
        "truncate stored_file cascade",
    ],
)
def test_a_kept_content_cannot_be_exchanged_even_by_sql(filing: UnitOfWork, forgery: str) -> None:
    kept = keep(filing, PNG)
    with pytest.raises(DBAPIError), filing.session.begin_nested():
        filing.session.execute(text(forgery))
    assert files.read(filing, tenant_id="demo", file_id=kept.file_id)[1] == PNG


@pytest.mark.parametrize(
    ("content", "said", "why"),
    [
        (b"", "text/plain", "empty"),
        (bytes(FILE_BYTES_MAX + 1), "", "smaller"),
        (b"MZ\x90\x00" + bytes(64), "", "not kept"),
        (b"\x00\x01", "text/plain", "not kept"),
        (PNG, "image/jpeg", "image/png"),
        (b"<script>alert(1)</script>", "text/html", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "text/plain"),
    ],
)
def test_what_is_not_kept_is_refused_with_what_to_do(
    filing: UnitOfWork, content: bytes, said: str, why: str
) -> None:
    with pytest.raises(InvalidError, match=why):
        keep(filing, content, said)
