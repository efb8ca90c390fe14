"""给来源的答复 from the screen: by digits to the text to paste, and to the sheet that the source wants."""

from __future__ import annotations

from uuid import uuid4

from dutydesk.documents import reading
from dutydesk.models import Issue
from dutydesk.rules import answer_sheets, intake, issue_acts
from dutydesk.settings import load
from dutydesk.vocabulary import Role
from tests.screens.conftest import settle, text
from tests.screens.test_importing import choose, until


def answered(district):
    """A hotline's case that was found to be none of this office's."""
    fields = {"unit": str(district.units[0]), "category": str(district.categories[0]), "summary": "楼道堆物"}
    session = district.sign_on(Role.DUTY_OFFICER)
    fields |= {"source": "hotline", "source_number": "XH-7"}
    done = intake.register(session, fields, str(uuid4()))
    reason = {"reason": "已引导人民调解"}
    issue_acts.perform(session, done.issue_id, done.version, "reject", reason, str(uuid4()))
    district.close()


async def to_the_answers(app, pilot):
    await settle(pilot)
    await pilot.press("8")
    await choose(app, pilot, "给来源的答复")
    await choose(app, pilot, "12345热线")
    await choose(app, pilot, "今天起")


async def test_each_answer_is_text_to_paste(district, open_desk):
    answered(district)
    app = open_desk(Role.DUTY_OFFICER)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_answers(app, pilot)
        await choose(app, pilot, "逐件看")
        await until(app, pilot, "【XH-7】")
        assert "不予立案。已引导人民调解" in text(app).replace("\n", "")


async def test_the_sheet_that_the_source_wants_is_asked_once(district, open_desk):
    answered(district)
    app = open_desk(Role.DUTY_OFFICER)
    load().inbox.mkdir(parents=True)
    (load().inbox / "空表.csv").write_text("工单编号,处理结果,处理人手机\n", encoding="gb18030")
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_answers(app, pilot)
        await choose(app, pilot, "做成 Excel 表")
        await choose(app, pilot, "照来源给的空表")
        await choose(app, pilot, "空表.csv")
        await until(app, pilot, "“处理人手机”这一列填什么")
        await choose(app, pilot, "留空")
        await until(app, pilot, "已导出到发件夹")
        [first] = load().outbox.iterdir()
        await to_the_answers(app, pilot)
        await until(app, pilot, "表头照来源的")
        await choose(app, pilot, "做成 CSV 表")
        await until(app, pilot, ".csv")
        await app.workers.wait_for_complete()
        [second] = set(load().outbox.iterdir()) - {first}
    for path in (first, second):
        rows = [list(cells) for _, cells in reading.read(path).rows]
        assert rows == [["工单编号", "处理结果", "处理人手机"], ["XH-7", "已引导人民调解", ""]]
    district.connect()
    assert Issue.get().source_number == "XH-7"
    assert answer_sheets.shape_of(None, "12345热线")[1] == ("处理结果", "outcome")


async def test_where_nothing_can_be_answered_it_says_so(district, open_desk):
    app = open_desk(Role.DUTY_OFFICER)
    async with app.run_test(size=(80, 24)) as pilot:
        await to_the_answers(app, pilot)
        await choose(app, pilot, "逐件看")
        await until(app, pilot, "没有可以答复的")


async def test_who_may_not_export_is_not_offered_it(district, open_desk):
    app = open_desk(Role.HANDLER)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("8")
        await until(app, pilot, "退出")
        assert "给来源的答复" not in text(app)
