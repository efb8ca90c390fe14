"""Lists as they really come: odd shapes, many rows, several sheets, long cells, news of what is known."""

from __future__ import annotations

from datetime import datetime

import pytest
import xlsxwriter

from dutydesk.documents import reading
from dutydesk.models import AuditEntry, Counter, ImportedRow, Issue, IssueStep, Reporter
from dutydesk.rules import import_files, importing
from dutydesk.rules.errors import Refused
from dutydesk.rules.import_files import Wanted
from dutydesk.rules.search import problems
from dutydesk.rules.workcalendar import CHINA
from dutydesk.vocabulary import Role, State, Urgency
from tests.rules.conftest import NOW

R, S = Role, State
HEADS = ("工单编号", "诉求标题", "诉求内容", "小区", "受理时间", "办理期限", "来电人", "来电号码")


def line(number="GD-1", **changes):
    """A row of a hotline's list as it should be, with changes by header."""
    row = {
        "工单编号": number,
        "诉求标题": "楼道堆物影响通行",
        "诉求内容": "3号楼底层楼道堆物，多次反映",
        "小区": "康健新村",
        "受理时间": "2026-11-23 9:05",
        "办理期限": "2026-11-30 17:00",
        "来电人": "王小明",
        "来电号码": "13800001234",
    }
    return row | changes


def rows_of(*lines, heads=HEADS, above=0):
    """Lines as reading a file gives them, with rows above the headers."""
    heads = [*heads, *dict.fromkeys(head for each in lines for head in each if head not in heads)]
    rows = [(n + 1, ["十一月工单汇总"]) for n in range(above)]
    rows.append((above + 1, heads))
    return rows + [
        (above + 2 + n, [str(each.get(head, "")) for head in heads]) for n, each in enumerate(lines)
    ]


@pytest.fixture
def desk(cases):
    """Lists as a coordinator of the subdistrict takes them in."""
    return Desk(cases)


class Desk:
    """Looks at lists and brings them in; what has no category goes to one."""

    def __init__(self, cases):
        self.cases = cases
        self.session = cases[R.COORDINATOR]
        self.given = {"category": str(cases.fire)}

    def look(self, *lines, mapping=None, defaults=None, source="热线", **shape):
        given = self.given if defaults is None else defaults
        return importing.look(
            self.session, importing.source_named(source), rows_of(*lines, **shape), mapping, given
        )

    def bring(self, *lines, **how):
        plan = self.look(*lines, **how)
        importing.run(self.session, plan)
        return plan.report

    def file(self, path, out, dry=False, **how):
        said = []
        wanted = Wanted(path, "热线", defaults=self.given, **how)
        return import_files.bring_in(self.session, wanted, out, said.append, dry), said


def test_a_batch_is_one_act_with_one_entry_in_the_audit(desk):
    before = AuditEntry.select().count()
    desk.bring(*(line(f"GD-{n}") for n in range(1, 31)))
    assert AuditEntry.select().count() == before + 1
    assert Counter.get_by_id("issue:2026").value == 30
    assert [issue.serial for issue in Issue.select().order_by(Issue.id)] == list(range(1, 31))
    assert {(step.name, step.recorded_at) for step in IssueStep.select()} == {("register", NOW)}
    assert problems() == []


def test_rows_that_take_longer_are_fewer_to_an_act(desk):
    before = AuditEntry.select().count()
    answered = {"答复意见": "已清理", "答复时间": "2026-11-23 16:00"}
    desk.bring(*(line(f"GD-{n}", **answered) for n in range(1, 121)))
    assert AuditEntry.select().count() == before + 3
    assert Issue.select().where(Issue.state == S.REVIEW).count() == 120


def test_the_next_case_follows_in_number(desk):
    desk.bring(line("GD-1"), line("GD-2"))
    assert Issue.get_by_id(desk.cases.new()).serial == 3


def test_the_same_list_twice_writes_nothing_at_all(desk):
    lines = [line("GD-1"), line("", 诉求标题="没有编号的一条")]
    desk.bring(*lines)
    before = desk.cases.written()
    assert desk.bring(*lines).same == 2
    assert desk.cases.written() == before


def test_what_another_desk_brought_in_meanwhile_is_not_made_again(desk):
    plan = desk.look(line("GD-1"), line("GD-2"))
    desk.bring(line("GD-1"))
    plan.source = importing.source_named("热线")
    importing.run(desk.session, plan)
    assert Issue.select().count() == 2


def test_a_number_stored_as_a_number_is_damaged_in_any_column(desk):
    [row] = desk.look(line(来电号码=f"{reading.DAMAGED}2026112400001234560")).report.refused
    assert "超过15位" in row.wrong["reporter_phone"]


def test_a_cell_that_is_too_long_is_refused_and_says_how_long_it_may_be(desk):
    [row] = desk.look(line(诉求内容="很长" * 2500)).report.refused
    assert "4000" in row.wrong["detail"]


def test_a_long_headline_begins_the_detail_and_is_cut_in_the_list_only(desk):
    desk.bring(line(诉求标题="很长的标题" * 40))
    issue = Issue.get()
    assert len(issue.summary) == 100
    assert issue.detail.startswith("很长的标题" * 40 + "\n3号楼")


def test_a_detail_alone_gives_the_headline(desk):
    desk.bring(line(诉求标题=""))
    assert Issue.get().summary == "3号楼底层楼道堆物，多次反映"


@pytest.mark.parametrize("above", [0, 3])
def test_titles_above_the_headers_and_columns_in_any_order_do_not_matter(desk, above):
    assert desk.bring(line(), heads=tuple(reversed(HEADS)), above=above).new == 1
    assert Issue.get().source_number == "GD-1"


def test_headers_with_blanks_brackets_and_full_width_are_known(desk):
    odd = {"来源 编号（必填）": "GD-9", "诉求标题＊": "楼道堆物影响通行", "小区：": "康健新村"}
    assert desk.bring(odd, heads=()).new == 1
    assert Issue.get().source_number == "GD-9"


def test_a_row_shorter_than_the_headers_is_read_as_far_as_it_goes(desk):
    rows = [(1, list(HEADS)), (2, ["GD-1", "楼道堆物影响通行", "", "康健新村"])]
    plan = importing.look(desk.session, importing.source_named("热线"), rows, None, desk.given)
    assert plan.report.new == 1


def test_a_column_that_is_left_out_is_not_asked_about_again(desk):
    desk.bring(line(闲话="无"), mapping={"闲话": "-"})
    assert desk.look(line(闲话="有")).report.unknown == []
    assert desk.look(line(闲话="有"), source="别的来源").report.unknown == ["闲话"]


def test_a_place_is_found_in_the_text_and_else_by_default(desk):
    units = desk.cases.district.units
    lines = (
        line("GD-1", 小区="", 诉求内容="桂林苑门口"),
        line("GD-2", 小区=""),
        line("GD-3", 小区="寿昌坊居民区"),
    )
    desk.bring(*lines, defaults=desk.given | {"unit": str(units[1])})
    assert [issue.unit_id for issue in Issue.select().order_by(Issue.id)] == [units[3], units[1], units[2]]


@pytest.mark.parametrize(
    "said",
    ["2026-11-20 9:05", "2026/11/20 09:05:00", "2026年11月20日9时5分", "2026.11.20 9点05分", "11月20日 9:05"],
)
def test_the_usual_ways_to_write_a_moment(desk, said):
    desk.bring(line(受理时间=said))
    assert Issue.get().reported_at == datetime(2026, 11, 20, 9, 5, tzinfo=CHINA)


@pytest.mark.parametrize("said", ["20261120", "2026-11-20", "2026年11月20日", "11月20日"])
def test_a_day_alone_is_taken_as_its_beginning(desk, said):
    desk.bring(line(受理时间=said))
    assert Issue.get().reported_at == datetime(2026, 11, 20, tzinfo=CHINA)


def test_text_of_strangers_stays_text(desk):
    desk.bring(line(诉求标题="=HYPERLINK(1)[red]\x1b[31m堆物\u202e", 紧急程度="紧急"))
    issue = Issue.get()
    assert issue.summary == "=HYPERLINK(1)[red][31m堆物"
    assert issue.urgency is Urgency.URGENT


def test_two_sources_may_use_the_same_number(desk):
    desk.bring(line("7"), source="热线")
    desk.bring(line("7"), source="网格")
    assert Issue.select().count() == 2


def test_what_is_kept_of_a_row_is_no_personal_data(desk):
    desk.bring(line())
    kept = ImportedRow.get().content
    assert "13800001234" not in kept
    assert "王小明" not in kept


# -- news of what is known ---------------------------------------------------------------------------------------


def test_what_staff_corrected_stays_and_the_rest_is_updated(desk):
    desk.bring(line())
    issue_id = Issue.get().id
    fields = {"summary": "3号楼堆物", "detail": line()["诉求内容"], "spot": "", "reason": "核实过"}
    desk.cases.do("amend", issue_id, R.DUTY_OFFICER, **fields)
    newer = line(诉求标题="标题改了", 诉求内容="内容改了")
    assert desk.bring(newer).changed == 1
    assert (Issue.get().summary, Issue.get().detail) == ("3号楼堆物", "内容改了")
    assert desk.bring(newer).same == 1
    assert problems() == []


@pytest.mark.parametrize("acts", [(), ("open",), ("open", "assign", "take_up")])
def test_only_its_source_extends_a_hotline_case(desk, acts):
    desk.bring(line())
    issue_id = Issue.get().id
    for act in acts:
        desk.cases.do(act, issue_id)
    before, due = Issue.get().state, datetime(2026, 12, 4, 17, 0, tzinfo=CHINA)
    desk.bring(line(办理期限="2026-12-04 17:00"))
    issue = Issue.get()
    assert (issue.source_due_at, issue.state) == (due, before)
    assert issue.due_at == (due if acts else None)


def test_who_raised_it_is_updated_and_the_story_does_not_tell_the_number(desk):
    desk.bring(line())
    desk.bring(line(来电号码="13900005678"))
    assert Reporter.get().phone == "13900005678"
    assert not any("13900005678" in step.text for step in IssueStep.select())


def test_an_answer_that_comes_later_is_taken_in_once(desk):
    desk.bring(line())
    newer = line(答复意见="已清理", 答复时间="2026-11-24 9:00")
    desk.bring(newer)
    assert (Issue.get().outcome, Issue.get().state) == ("已清理", S.REVIEW)
    assert desk.bring(newer).same == 1


def test_a_case_that_was_rejected_stays_so_and_the_other_rows_come_in(desk):
    desk.bring(line("GD-1"), line("GD-2"))
    desk.cases.do("reject", Issue.get(Issue.source_number == "GD-1").id)
    desk.bring(line("GD-1", 诉求标题="又改了标题"), line("GD-2", 诉求标题="也改了标题"), line("GD-3"))
    states = {issue.source_number: (issue.state, issue.summary) for issue in Issue.select()}
    assert states["GD-1"][0] is S.VOID
    assert states["GD-2"] == (S.REPORTED, "也改了标题")
    assert states["GD-3"][0] is S.REPORTED


# -- files ---------------------------------------------------------------------------------------------------------


def write_xlsx(path, *lines, sheets=("清单",), notes=False):
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        if notes:
            book.add_worksheet("说明").write(0, 0, "本表由热线办导出")
        for name in sheets:
            page = book.add_worksheet(name)
            for n, (_, cells) in enumerate(rows_of(*lines)):
                page.write_row(n, 0, cells)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_refused_rows_come_back_and_may_be_brought_in_again_as_they_are(desk, tmp_path, encoding):
    lines = [line("GD-1"), line("GD-2", 受理时间="不详"), line("GD-3", 小区="火星", 诉求内容="")]
    path = tmp_path / "十一月.csv"
    path.write_bytes("\r\n".join(",".join(cells) for _, cells in rows_of(*lines)).encode(encoding))
    refused, said = desk.file(path, tmp_path / "out")
    assert refused == 2
    assert any("第3行" in words and "发现时间" in words for words in said)
    [bad] = (tmp_path / "out").iterdir()
    rows = [list(cells) for _, cells in reading.read(bad).rows]
    assert rows[0] == [*HEADS, importing.WHY]
    assert [row[0] for row in rows[1:]] == ["GD-2", "GD-3"]
    refused, said = desk.file(bad, tmp_path / "more", dry=True)
    assert refused == 2
    assert not any(importing.WHY in words for words in said)
    assert not (tmp_path / "more").exists()


def test_the_sheet_that_holds_the_list_is_found(desk, tmp_path):
    path = write_xlsx(tmp_path / "多张.xlsx", line(), notes=True)
    assert desk.file(path, tmp_path)[0] == 0
    assert Issue.get().source_number == "GD-1"


def test_of_several_lists_one_must_be_named(desk, tmp_path):
    path = write_xlsx(tmp_path / "多张.xlsx", line(), sheets=("一", "二"), notes=True)
    with pytest.raises(Refused, match=r"一、二.*--sheet"):
        desk.file(path, tmp_path)
    assert desk.file(path, tmp_path, sheet="二")[0] == 0
    with pytest.raises(Refused, match="没有工作表"):
        desk.file(path, tmp_path, sheet="三")


def test_an_empty_file_says_so(desk, tmp_path):
    path = tmp_path / "空.csv"
    path.write_bytes(b"\r\n,,\r\n")
    with pytest.raises(Refused, match="没有内容"):
        desk.file(path, tmp_path)


def test_a_long_answer_is_kept_whole(desk, tmp_path):
    long = "已经办理。" * 1500
    path = write_xlsx(tmp_path / "长.xlsx", line(答复意见=long, 答复时间="2026-11-23 16:00"))
    assert desk.file(path, tmp_path)[0] == 0
    assert Issue.get().outcome == long
