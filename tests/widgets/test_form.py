"""The form on the screen: going through it by keys, messages beside fields, drafts, and nothing typed lost."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Self

import time_machine
from pydantic import Field, model_validator
from textual import events
from textual.screen import Screen
from textual.widget import Widget

from dutydesk.forms.base import Entry, FieldError, Form
from dutydesk.vocabulary import Urgency
from dutydesk.widgets.editors import LineEditor, ProseEditor
from dutydesk.widgets.form import FormView
from dutydesk.widgets.picker import Choice

PLACES = [Choice(7, "康健新村", "康健新村街道"), Choice(8, "康健体育", "长桥街道")]


async def places(text: str) -> list[Choice]:
    return PLACES if text == "kj" else []


class Intake(Form):
    place: Annotated[int, Entry(label="地点", kind="pick", search="places")]
    what: Annotated[str, Entry(label="问题", max_length=20), Field(min_length=2)]
    urgency: Annotated[Urgency, Entry(label="紧急程度", kind="choice")] = Urgency.NORMAL
    story: Annotated[str, Entry(label="经过", kind="prose", max_length=50)] = ""
    until: Annotated[date | None, Entry(label="到期", kind="date")] = None
    solved: Annotated[bool, Entry(label="当场解决", kind="yesno")] = False
    done: Annotated[str, Entry(label="办理情况")] = ""
    act_id: str = ""

    @model_validator(mode="after")
    def _told_what_was_done(self) -> Self:
        if self.solved and not self.done:
            raise FieldError("done", "当场解决的，请写明怎么解决的。")
        return self


def form(**options) -> FormView:
    return FormView(Intake, searches={"places": places}, **options)


async def press(pilot, *keys):
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


def view(app) -> FormView:
    return app.query_one(FormView)


@time_machine.travel(datetime.fromisoformat("2026-11-24T10:00+08:00"), tick=False)
async def test_a_whole_form_by_keys_alone(stage):
    app = stage(lambda: form(values={"act_id": "a-1"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "k", "j", "enter", "电", "梯", "enter", "２", "一", "enter", "二", "down")
        await press(pilot, "+", "３", "down", "２", "down", "enter")
        saved = app.of(FormView.Submitted)[0].form
        assert saved == Intake(
            place=7,
            what="电梯",
            urgency=Urgency.URGENT,
            story="一\n二",
            until=date(2026, 11, 27),
            act_id="a-1",
        )


async def test_the_first_wrong_field_gets_the_caret_and_nothing_typed_is_lost(stage):
    app = stage(form)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "z", "z", "down", "梯", "f10")
        text = app.text()
        assert "✗ “zz”还没有选定" in text
        assert "✗ 至少写 2 个字。" in text
        assert app.focused is view(app).rows["place"].editor.target
        assert "zz" in text and "梯" in text
        assert not app.of(FormView.Submitted)
        await press(pilot, "backspace", "backspace", "k", "j", "1", "梯", "f10")
        assert app.of(FormView.Submitted)[0].form.what == "梯梯"
        assert "✗" not in app.text()


async def test_a_rule_of_the_whole_form_speaks_beside_its_field(stage):
    app = stage(lambda: form(values={"place": PLACES[0], "what": "电梯停运"}))
    async with app.run_test(size=(80, 24)) as pilot:
        view(app).focus_field("solved")
        await press(pilot, "1", "f10")
        assert "✗ 当场解决的，请写明怎么解决的。" in app.text()
        assert app.focused is view(app).rows["done"].editor.target


async def test_a_rules_refusal_beside_its_field_and_for_the_whole(stage):
    app = stage(form)
    async with app.run_test(size=(80, 24)) as pilot:
        view(app).set_error("what", "[/b]这里已有同样的问题。")
        view(app).set_error("", "数据库没有应答。")
        await pilot.pause()
        assert "✗ [/b]这里已有同样的问题。" in app.text()
        assert "✗ 数据库没有应答。" in app.text()


@time_machine.travel(datetime.fromisoformat("2026-11-24T10:00+08:00"), tick=False)
async def test_a_day_says_its_weekday_when_left_and_is_kept_as_that_day(stage):
    app = stage(form)
    async with app.run_test(size=(80, 24)) as pilot:
        view(app).focus_field("until")
        await press(pilot, "明", "天", "enter")
        assert "= 11月25日 周三" in app.text()
        assert view(app).values()["until"] == "2026-11-25"


@time_machine.travel(datetime.fromisoformat("2026-11-24T10:00+08:00"), tick=False)
async def test_a_day_that_stands_there_is_replaced_by_typing_and_a_wrong_one_is_said_when_left(stage):
    app = stage(lambda: form(values={"until": "今天"}))
    async with app.run_test(size=(80, 24)) as pilot:
        view(app).focus_field("until")
        await pilot.pause()
        await press(pilot, *"11-26", "enter")
        assert view(app).values()["until"] == "2026-11-26"
        await press(pilot, "up", *"13-45", "down")
        assert "✗ 没有这一天" in app.text()
        await press(pilot, "up", *"11-27")
        assert "✗" not in app.text()


async def test_a_draft_goes_through_json_and_comes_back_whole(stage):
    app = stage(form)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "k", "j", "2", "电", "梯")
        kept = json.dumps(view(app).values(), ensure_ascii=False)
        assert view(app).plain_copy["what"] == "电梯"
        while not any(message.values["what"] for message in app.of(FormView.Edited)):
            await pilot.pause(0.05)
    again = stage(lambda: form(values=json.loads(kept)))
    async with again.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert view(again).values() == json.loads(kept)
        assert "康健体育" in again.text() and "长桥街道" in again.text()
        assert not again.of(FormView.Edited)


async def test_typed_text_survives_a_resize(stage):
    app = stage(form)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "k", "j", "1", "电", "梯")
        before = view(app).values()
        for size in [(60, 15), (120, 36), (40, 10)]:
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert view(app).values() == before
        assert app.cursor_position == app.focused.cursor_screen_offset


async def test_the_caret_stands_in_the_field_from_the_first_frame_on(stage):
    app = stage(form)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.cursor_position == (16, 0)
        await press(pilot, "k", "j", "1", "电", "梯")
        assert app.cursor_position == (20, 1)


async def test_a_hidden_field_keeps_its_value_and_is_not_saved(stage):
    app = stage(lambda: form(values={"place": PLACES[0], "what": "电梯", "done": "修好了"}))
    async with app.run_test(size=(80, 24)) as pilot:
        view(app).show("done", False)
        await press(pilot, "f10")
        assert app.of(FormView.Submitted)[0].form.done == ""
        assert view(app).values()["done"] == "修好了"


async def test_the_focused_field_of_a_long_form_is_in_sight(stage):
    app = stage(form)
    async with app.run_test(size=(80, 8)) as pilot:
        view(app).focus_field("done")
        await pilot.pause()
        assert "▶ 办理情况" in app.text()
        await press(pilot, "down")
        assert "▶ 〔保存〕" in app.text()


async def test_prose_keeps_the_arrows_until_its_last_line(stage):
    app = stage(lambda: form(values={"story": "一\n二\n三"}))
    async with app.run_test(size=(80, 24)) as pilot:
        view(app).focus_field("story")
        await press(pilot, "up", "up")
        assert isinstance(app.focused, ProseEditor)
        await press(pilot, "up")
        assert app.focused is view(app).rows["urgency"].editor


async def test_a_paste_is_cleaned_and_capped(stage):
    app = stage(form)
    async with app.run_test(size=(80, 24)) as pilot:
        view(app).focus_field("what")
        await pilot.pause()
        app.post_message(events.Paste("第一行\n第二\x1b[31m行\u202e"))
        await pilot.pause()
        assert view(app).values()["what"] == "第一行 第二[31m行"
        view(app).focus_field("story")
        await pilot.pause()
        app.post_message(events.Paste("梯" * 1_000_000))
        await pilot.pause()
        assert len(view(app).values()["story"]) == 50
        assert "粘贴的内容太长，只收了前 50 个字。" in app.text()


async def test_going_to_the_next_field_does_not_repaint_the_screen(stage, monkeypatch):
    app = stage(lambda: form(values={"place": PLACES[0]}))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        repainted = set()
        refresh = Widget.refresh
        monkeypatch.setattr(
            Widget, "refresh", lambda self, *a, **o: (repainted.add(type(self)), refresh(self, *a, **o))[1]
        )
        await press(pilot, "down")
        assert app.focused is view(app).rows["what"].editor
        assert LineEditor in repainted
        assert not [kind for kind in repainted if issubclass(kind, Screen)]


async def test_text_wider_than_the_field_scrolls_with_the_caret_and_is_always_readable(stage):
    app = stage(form)
    async with app.run_test(size=(80, 24)) as pilot:
        view(app).focus_field("done")
        words = "三号楼东侧楼道里堆满了废旧纸箱和木板堵住了疏散通道居民多次反映请尽快派人来清理一下吧谢谢"
        await press(pilot, *words)
        line = next(line for line in app.lines() if "▶ 办理情况" in line)
        assert line.endswith(words[-25:])
        assert app.cursor_position.x < 80
        await press(pilot, "home")
        line = next(line for line in app.lines() if "▶ 办理情况" in line)
        assert words[:25] in line


async def test_a_long_paste_into_an_empty_line_ends_at_the_caret(stage):
    app = stage(form)
    async with app.run_test(size=(80, 24)) as pilot:
        view(app).focus_field("done")
        await pilot.pause()
        app.post_message(events.Paste("废" * 60 + "箱"))
        await pilot.pause()
        await pilot.pause()
        assert next(line for line in app.lines() if "▶ 办理情况" in line).endswith("废箱")


async def test_what_a_paste_had_no_room_for_is_said_next_to_the_field(stage):
    app = stage(lambda: form(values={"what": "东门"}))
    async with app.run_test(size=(80, 24)) as pilot:
        view(app).focus_field("what")
        await pilot.pause()
        app.post_message(events.Paste("坏" * 10_000))
        await pilot.pause()
        assert view(app).values()["what"] == "东门" + "坏" * 18
        assert "粘贴的内容太长，只收了前 18 个字。" in app.text()
        app.post_message(events.Paste("再来"))
        await pilot.pause()
        assert "这一栏已经写满，粘贴的没有收。" in app.text()
        await press(pilot, "backspace")
        assert "粘贴" not in app.text()


async def test_up_on_the_first_choice_goes_to_the_field_above_and_unpicked_text_is_said(stage):
    app = stage(lambda: form(values={"what": "电梯停运"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "down", "up", "k", "j")
        assert "1 康健新村" in app.text()
        await press(pilot, "tab")
        assert "✗ “kj”还没有选定" in app.text()
        await press(pilot, "up", "down", "up")
        assert app.focused is view(app).rows["place"].editor.target
        await press(pilot, "1")
        assert "✗" not in app.text()


class Second(Form):
    first: Annotated[str, Entry(label="先填")] = ""
    place: Annotated[str, Entry(label="地点", kind="pick", search="places")] = ""


async def test_an_open_list_of_an_optional_field_is_left_upwards_and_unpicked_text_is_not_saved_away(stage):
    app = stage(lambda: FormView(Second, searches={"places": places}))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "down", "k", "j", "up")
        assert app.focused is view(app).rows["first"].editor
        await press(pilot, "f10")
        assert not app.of(FormView.Submitted)
        assert "✗ “kj”还没有选定" in app.text()


async def test_a_long_text_without_the_caret_is_read_from_its_beginning(stage):
    words = "".join(chr(0x4E00 + number) for number in range(60))
    long = Choice(9, words, "权责清单")

    async def one(text: str) -> list[Choice]:
        return [long]

    app = stage(lambda: FormView(Second, searches={"places": one}, values={"first": words}))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "down", "一", "1", "up", "up")
        await pilot.pause()
        place = next(line for line in app.lines() if "地点" in line)
        assert words[:15] in place and "权责清单" in place
        assert "▶ 先填" in app.text()
        assert words[-20:] in app.text()
        await press(pilot, "down")
        await pilot.pause()
        assert words[:20] in next(line for line in app.lines() if "先填" in line)


class TestTextTypedWhereNoneCanStand:
    """At a choice it goes on in a text field, in sight; on the last line it goes nowhere, which is said."""

    async def test_at_a_choice_it_goes_on_in_the_next_text_field_and_that_is_said(self, stage):
        app = stage(lambda: form(values={"what": "电梯"}))
        async with app.run_test(size=(80, 24)) as pilot:
            view(app).focus_field("urgency")
            await press(pilot, *"昨晚abc3")
            assert view(app).values()["story"] == "昨晚abc3"
            assert view(app).values()["urgency"] == Urgency.NORMAL
            assert "打的字接在“经过”里了" in app.text()
            assert app.focused is view(app).rows["story"].editor.target

    async def test_what_stands_there_already_stays_before_it(self, stage):
        app = stage(lambda: form(values={"story": "先前写的。"}))
        async with app.run_test(size=(80, 24)) as pilot:
            view(app).focus_field("urgency")
            await press(pilot, "又", "来")
            assert view(app).values()["story"] == "先前写的。又来"

    async def test_below_the_last_text_field_it_goes_on_in_that(self, stage):
        app = stage(lambda: form(values={"solved": True}))
        async with app.run_test(size=(80, 24)) as pilot:
            view(app).show("done", False)
            view(app).focus_field("solved")
            await press(pilot, "清", "走")
            assert view(app).values()["story"] == "清走"

    async def test_on_the_line_that_saves_it_goes_nowhere_and_that_is_said(self, stage):
        app = stage(form)
        async with app.run_test(size=(80, 24)) as pilot:
            view(app).focus_field("done")
            await press(pilot, "tab")
            before = view(app).values()
            await press(pilot, "3", "号", "楼")
            assert view(app).values() == before
            assert "不能打字，刚才打的字没有留下" in app.text()
            assert not app.of(FormView.Submitted) and not app.of(FormView.Rejected)
            app.post_message(events.Paste("群里转来的"))
            await press(pilot, "up")
            assert view(app).values() == before
            assert "不能打字" not in app.text()

    async def test_enter_goes_on_from_empty_prose_and_begins_a_line_in_what_is_written(self, stage):
        app = stage(form)
        async with app.run_test(size=(80, 24)) as pilot:
            view(app).focus_field("story")
            await press(pilot, "enter")
            assert app.focused is not view(app).rows["story"].editor.target
            view(app).focus_field("story")
            await press(pilot, "水", "enter")
            assert view(app).values()["story"] == "水\n"
            assert "Enter 是换行；写完按 Tab 到下一项，F10 保存。" in app.text()

    async def test_a_digit_that_is_no_choice_says_how_many_there_are(self, stage):
        app = stage(form)
        async with app.run_test(size=(80, 24)) as pilot:
            view(app).focus_field("urgency")
            await press(pilot, "9")
            assert f"这一项只有 1 至 {len(Urgency)}" in app.text()
            assert app.focused is view(app).rows["urgency"].editor.target
            await press(pilot, "2")
            assert "这一项只有" not in app.text()

    async def test_a_paste_at_a_choice_goes_on_there_too(self, stage):
        app = stage(form)
        async with app.run_test(size=(80, 24)) as pilot:
            view(app).focus_field("urgency")
            await pilot.pause()
            app.post_message(events.Paste("群里转来的\n两行"))
            await pilot.pause()
            await pilot.pause()
            assert view(app).values()["story"] == "群里转来的\n两行"

    async def test_keys_of_a_choice_stay_its_own(self, stage):
        app = stage(form)
        async with app.run_test(size=(80, 24)) as pilot:
            view(app).focus_field("urgency")
            await press(pilot, "space", "left", "delete")
            assert view(app).values()["story"] is None
            assert app.focused is view(app).rows["urgency"].editor.target
