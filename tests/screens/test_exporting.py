"""导出 from the screen: a file in the 发件夹, written by a process of its own."""

from __future__ import annotations

from python_calamine import CalamineWorkbook
from textual import work

from dutydesk.models import AuditEntry
from dutydesk.rules.questions import Question
from dutydesk.screens.base import DeskScreen
from dutydesk.screens.exporting import export_list, outbox
from dutydesk.vocabulary import Role
from tests.screens.conftest import press, settle, text
from tests.screens.test_today import registered


class Asking(DeskScreen):
    """A screen that exports a list as the ledger does."""

    NAME = "导出"

    @work
    async def begin(self, question: Question) -> None:
        with self.desk_app.holding_keys():
            self.began = await export_list(self, question)


async def open_over(app, pilot) -> Asking:
    await settle(pilot)
    screen = Asking()
    await app.push_screen(screen)
    await settle(pilot)
    return screen


async def test_the_list_on_screen_becomes_a_file_by_a_digit(district, open_desk):
    registered(district)
    app = open_desk(Role.DUTY_OFFICER)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_over(app, pilot)
        screen.begin(Question("reported"))
        await pilot.pause()
        await settle(pilot)
        assert "导出“待立案”" in text(app)
        await pilot.press("1")
        await app.workers.wait_for_complete()
        await settle(pilot)
        [path] = outbox().glob("*.xlsx")
        assert screen.began
        assert "已导出到发件夹" in text(app)
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        assert len(rows) == 2
    district.connect()
    assert AuditEntry.get(AuditEntry.name == "issues.export").staff_number == "D00"


async def test_esc_exports_nothing(district, open_desk):
    app = open_desk(Role.DUTY_OFFICER)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_over(app, pilot)
        screen.begin(Question("all"))
        await pilot.pause()
        await settle(pilot)
        await pilot.press("escape")
        await app.workers.wait_for_complete()
        assert not screen.began
        assert not outbox().exists()


async def test_who_may_not_export_is_told_and_gets_no_file(district, open_desk):
    app = open_desk(Role.HANDLER)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await open_over(app, pilot)
        screen.begin(Question("all"))
        await pilot.pause()
        await settle(pilot)
        assert not screen.began
        assert "您在这里不能导出" in text(app)


async def test_the_answer_to_a_hotline_case_is_a_digit_away_from_the_case(district, open_desk):
    registered(district, source="hotline", source_number="XH-7")
    app = open_desk(Role.DUTY_OFFICER, "issues")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        app.action_duty("issues", "all")
        await settle(pilot)
        await press(pilot, "enter")
        assert "里面可看给来源的答复" in text(app)
        await press(pilot, "8")
        assert "2 看给来源的答复" in text(app)
        assert "1 看反映人" not in text(app), "nobody is named"
        await press(pilot, "2")
        assert "来源编号XH-7" in text(app).replace("\n", "")
