"""导入 from the screen: a file of the 收件夹, asked about, looked at, and written by a process of its own."""

from __future__ import annotations

import pytest

from dutydesk.models import ImportSource, Issue
from dutydesk.settings import load
from dutydesk.vocabulary import Role, Source, State
from tests.screens.conftest import press, settle, text

HEADS = "工单编号,诉求标题,居民区,问题类型,事由"


def put(name="热线.csv", *lines, heads=HEADS):
    load().inbox.mkdir(parents=True, exist_ok=True)
    (load().inbox / name).write_text("\n".join([heads, *lines]), encoding="utf-8-sig")


async def until(app, pilot, words):
    """Let the desk go on until these words stand on the screen; the work of a process counts as well."""
    for _ in range(600):
        await settle(pilot)
        if words in text(app).replace("\n", ""):
            return
        await pilot.pause(0.05)
    pytest.fail(f"{words} is not to be seen:\n{text(app)}")


async def choose(app, pilot, words):
    """Press the digit before these words."""
    await until(app, pilot, words)
    line = next(line for line in text(app).splitlines() if words in line)
    await pilot.press(next(character for character in line if character.isdigit()))


async def test_a_file_of_the_inbox_becomes_cases_by_digits_alone(district, open_desk):
    app = open_desk(Role.DUTY_OFFICER)
    put("热线.csv", "GD-1,楼道堆物,康健新村,楼道堆物,旧家具", "GD-2,楼道堆物,火星,楼道堆物,不知道")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("8")
        await choose(app, pilot, "导入清单")
        await choose(app, pilot, "热线.csv")
        await choose(app, pilot, "12345热线")
        await until(app, pilot, "“事由”这一列是什么？（例：旧家具）")
        await choose(app, pilot, "详情")
        await until(app, pilot, "热线.csv：还没有导入")
        assert "新增1件" in text(app)
        assert "第3行" in text(app)
        await pilot.press("escape")
        await choose(app, pilot, "导入没有错的行")
        await until(app, pilot, "导入完毕")
        assert [path.suffix for path in load().outbox.iterdir()] == [".xlsx"]
    district.connect()
    issue = Issue.get()
    assert (issue.source_number, issue.detail, issue.source) == ("GD-1", "旧家具", Source.HOTLINE)
    assert ImportSource.get().name == "12345热线"


async def test_what_only_points_elsewhere_is_not_listed(district, open_desk, tmp_path):
    app = open_desk(Role.DUTY_OFFICER)
    put("热线.csv", "GD-1,楼道堆物,康健新村,楼道堆物,旧家具")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.csv").write_text("工单编号\nGD-9\n", encoding="utf-8")
    inbox = load().inbox
    (inbox / "别处.csv").symlink_to(elsewhere / "secret.csv")
    (inbox / "夹.csv").symlink_to(elsewhere)
    (inbox / "里面").mkdir()
    (inbox / "里面" / "深处.csv").write_text("工单编号\n", encoding="utf-8")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("8")
        await choose(app, pilot, "导入清单")
        await until(app, pilot, "热线.csv")
        assert "共1个" in text(app)


async def test_the_folders_are_the_areas_own_where_the_operator_says_so(
    district, open_desk, tmp_path, monkeypatch
):
    for role, code in (
        (Role.DUTY_OFFICER, "KJ01"),
        (Role.COORDINATOR, "310104012"),
        (Role.AUDITOR, "district"),
    ):
        monkeypatch.setenv("DUTYDESK_INBOX_FOLDER", f"{tmp_path}/in/{{area}}")
        monkeypatch.setenv("DUTYDESK_OUTBOX_FOLDER", f"{tmp_path}/out/{{area}}")
        load.cache_clear()
        async with open_desk(role).run_test(size=(80, 24)) as pilot:
            await settle(pilot)
            assert (load().inbox, load().outbox) == (tmp_path / "in" / code, tmp_path / "out" / code)


async def test_what_rows_do_not_say_is_filled_in_and_looked_at_again(district, open_desk):
    app = open_desk(Role.DUTY_OFFICER)
    put("热线.csv", "GD-1,楼道堆物,,楼道堆物", heads="工单编号,诉求标题,居民区,问题类型")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("8")
        await choose(app, pilot, "导入清单")
        await choose(app, pilot, "热线.csv")
        await choose(app, pilot, "12345热线")
        await until(app, pilot, "有错1行")
        await pilot.press("escape")
        await choose(app, pilot, "没写明地点的归到一处")
        await choose(app, pilot, "长桥二村")
        await until(app, pilot, "新增1件")
        await pilot.press("escape")
        await until(app, pilot, "导入没有错的行")
        await press(pilot, "escape")
    district.connect()
    assert not Issue.select().exists()


ANSWERED = "工单编号,诉求标题,居民区,问题类型,受理时间,答复意见,答复时间"


@pytest.mark.parametrize(("choice", "state"), [("接续办理", State.REVIEW), ("旧案入档", State.CLOSED)])
async def test_what_was_answered_already_is_asked_about_once(district, open_desk, choice, state):
    app = open_desk(Role.DUTY_OFFICER)
    line = "GD-1,楼道堆物,康健新村,楼道堆物,2025-03-01,已清理,2025-03-04"
    put("热线.csv", line, heads=ANSWERED)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("8")
        await choose(app, pilot, "导入清单")
        await choose(app, pilot, "热线.csv")
        await choose(app, pilot, "12345热线")
        await until(app, pilot, "热线.csv：还没有导入")
        await pilot.press("escape")
        await until(app, pilot, "来源已答复的1件，怎么办")
        await choose(app, pilot, choice)
        await choose(app, pilot, "导入没有错的行")
        await until(app, pilot, "导入完毕")
    district.connect()
    assert Issue.get().state is state


async def test_where_nothing_can_come_in_the_rows_and_why_go_out(district, open_desk):
    app = open_desk(Role.DUTY_OFFICER)
    lines = [f"GD-{n},楼道堆物,,楼道堆物" for n in range(1, 8)]
    put("热线.csv", *lines, heads="工单编号,诉求标题,居民区,问题类型")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("8")
        await choose(app, pilot, "导入清单")
        await choose(app, pilot, "热线.csv")
        await choose(app, pilot, "12345热线")
        await until(app, pilot, "第2、3、4、5、6行等7行　居民区：没有写")
        await pilot.press("escape")
        await choose(app, pilot, "只把有错的行写到发件夹")
        await until(app, pilot, "有错的行在发件夹的“未导入-热线.xlsx”")
    district.connect()
    assert not Issue.select().exists()


async def test_an_empty_inbox_says_where_it_is(district, open_desk):
    app = open_desk(Role.DUTY_OFFICER)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("8")
        await choose(app, pilot, "导入清单")
        await until(app, pilot, "收件夹里没有")


async def test_who_may_not_import_is_not_offered_it(district, open_desk):
    app = open_desk(Role.HANDLER)
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await pilot.press("8")
        await until(app, pilot, "退出")
        assert "导入清单" not in text(app)
