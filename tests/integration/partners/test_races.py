"""Two people of finance at the same line in the same moment."""

from tapline import clock
from tapline.errors import ConflictError
from tapline.partners import Answer
from tapline.uow import Database, UnitOfWork
from tests.integration.partners.cast import MONDAY, gather, prepare
from tests.integration.partners.months import agreed_to, issued, month_over, read, said
from tests.rivals import beside


def test_an_objection_is_decided_once(fresh_database: Database) -> None:
    with clock.frozen(MONDAY):
        with fresh_database.transaction() as uow:
            prepare(uow)
            cast = gather(uow)
            cast.agreed(share_per_mille=0)
            agreed_to(cast)
            month_over()
            statement_id = issued(cast).statement.statement_id
            said(cast, read(cast, statement_id), Answer.OBJECTED, "wu", "金额不对")

        def decides(who: str, answer: Answer, uow: UnitOfWork) -> None:
            cast = gather(uow)
            said(cast, read(cast, statement_id), answer, who, "已核对")

        failure = beside(
            fresh_database,
            lambda uow: decides("qian", Answer.WAIVED, uow),
            lambda uow: decides("cai", Answer.KEPT, uow),
        )

        assert isinstance(failure, ConflictError)
        with fresh_database.transaction() as uow:
            found = read(gather(uow), statement_id)
            assert found.last_words == {1: Answer.WAIVED}
