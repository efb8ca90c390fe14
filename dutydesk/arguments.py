"""What can be typed after `dutydesk`: every subcommand and option, with argparse's own words in Chinese."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from datetime import date

DUTIES = (
    "today",
    "patrol",
    "intake",
    "issues",
    "triage",
    "decisions",
    "meetings",
    "letters",
    "shift",
    "contact",
    "people",
    "audit",
)


class _Parser(argparse.ArgumentParser):
    """argparse in Chinese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("add_help", False)
        super().__init__(*args, **kwargs)
        self._positionals.title, self._optionals.title = "命令", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这页帮助")

    def format_usage(self) -> str:
        return super().format_usage().replace("usage:", "用法：", 1)

    def format_help(self) -> str:
        return super().format_help().replace("usage:", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """Wrong usage: what is expected, and 2."""
        self.exit(
            2, f"用法不对：{_in_chinese(message)}\n{self.format_usage()}请用 {self.prog} --help 查看。\n"
        )


def _in_chinese(message: str) -> str:
    for english, chinese in (
        ("the following arguments are required:", "还缺"),
        ("unrecognized arguments:", "不认识"),
        ("invalid choice:", "没有这个"),
        ("expected one argument", "后面要跟一个值"),
        ("invalid int value:", "要填整数，而不是"),
        ("(choose from", "（可选"),
        ("argument ", ""),
    ):
        message = message.replace(english, chinese)
    return message


def parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The whole command; or only the part that these arguments name first, since a desk starts through here too."""
    whole = _Parser(prog="dutydesk", description="片区长值班台。不带命令时打开值班台。")
    commands = whole.add_subparsers(dest="command", metavar="命令", parser_class=_Parser)
    parts = {
        "desk": _desk,
        "demo": _desk,
        "db": _database,
        "staff": _staff,
        "ssh-keys": _ssh_keys,
        "export": _export,
        "import": _import,
        "doctor": _doctor,
        "retention": _retention,
    }
    named = parts.get(arguments[0]) if arguments else None
    for add in [named] if named else dict.fromkeys(parts.values()):
        add(commands)
    return whole


def _desk(commands: Any) -> None:
    desk = commands.add_parser("desk", help="打开值班台", description="打开值班台。")
    _desk_options(desk)
    demo = commands.add_parser(
        "demo", help="打开演示区（没有时先建立）", description="建立并打开一个演示用的区。"
    )
    _desk_options(demo)
    demo.add_argument("--issues", type=int, default=30_000, metavar="数目", help="问题件数，默认三万")
    demo.add_argument("--seed", type=int, default=1, metavar="种子", help="同样的种子得到同样的数据")
    demo.add_argument("--fill-only", action="store_true", help="只建立数据，不打开")


def _doctor(commands: Any) -> None:
    doctor = commands.add_parser(
        "doctor",
        help="检查这个终端，或这台服务器",
        description="检查这个终端：窗口、编码、字符宽度，画线随之调整。",
    )
    doctor.add_argument(
        "--server", action="store_true", help="检查服务器：备份、磁盘、时钟、数据库、sshd、节假日"
    )
    doctor.add_argument(
        "--backups", default="/var/lib/dutydesk/backups", metavar="文件夹", help="备份放在哪里"
    )


def _retention(commands: Any) -> None:
    what = "办结的问题过了保存期限，清除反映人的个人信息"
    retention = commands.add_parser("retention", help=what, description=f"{what}；清除记入审计。")
    retention.add_argument("--dry-run", action="store_true", help="只看有多少件，不清除")


def _database(commands: Any) -> None:
    db = commands.add_parser("db", help="数据库：建立、升级、检查", description="建立、升级和检查数据库。")
    what = db.add_subparsers(dest="what", metavar="命令", required=True, parser_class=_Parser)
    init = what.add_parser("init", help="建立数据库，装入徐汇区的单元和默认设置")
    init.add_argument("--empty", action="store_true", help="只建表，不装入单元")
    what.add_parser("upgrade", help="升级到本版本的结构")
    what.add_parser("check", help="检查结构、数据、查找索引和审计链")
    what.add_parser("reindex", help="重建查找索引")
    backup = what.add_parser("backup", help="备份成一个文件，大家照常使用")
    backup.add_argument("file", metavar="文件", help="还没有的文件；写已有的文件夹，则在里面按时间起名")
    backup.add_argument("--keep", type=int, metavar="天数", help="删去文件夹里更早的备份")
    restore = what.add_parser("restore", help="从备份恢复成一个新的数据库")
    restore.add_argument("file", metavar="备份")
    restore.add_argument("target", metavar="到", help="还没有的文件，或空库的 postgresql://…")
    copy = what.add_parser("copy", help="把整个区搬到另一个数据库（SQLite、PostgreSQL 均可）")
    copy.add_argument("source", metavar="从", help="sqlite:////… 或 postgresql://…")
    copy.add_argument("target", metavar="到", help="还没有的文件，或空的库")


def _staff(commands: Any) -> None:
    staff = commands.add_parser("staff", help="人员", description="人员。")
    what = staff.add_subparsers(dest="what", metavar="命令", required=True, parser_class=_Parser)
    listing = what.add_parser("list", help="在岗人员及其岗位")
    listing.add_argument("--role", metavar="岗位", help="只列这一岗位，如 duty_officer")
    listing.add_argument("--json", action="store_true", help="输出 JSON")
    add = what.add_parser("add", help="添加一个人，可以同时安排岗位")
    add.add_argument("staff", metavar="工号")
    add.add_argument("name", metavar="姓名")
    edit = what.add_parser("edit", help="更正一个人的资料，或安排岗位")
    edit.add_argument("staff", metavar="工号")
    edit.add_argument("--name", metavar="姓名")
    for each in (add, edit):
        each.add_argument("--phone", metavar="电话")
        each.add_argument("--title", metavar="职务")
        each.add_argument("--department", metavar="部门", help="全称或代码")
        each.add_argument("--role", default="", metavar="岗位", help="如 管理员，或 administrator")
        each.add_argument("--scope", default="", metavar="范围", help="片区、居民区、部门或街镇的名称或代码")
        each.add_argument("--force", default="", metavar="力量", help="处置人员属于哪一方力量")
        each.add_argument("--from", dest="since", default="", metavar="日期", help="从哪天起；不写是今天")
        each.add_argument("--until", default="", metavar="日期", help="到哪天止；不写是长期")
    disable = what.add_parser("disable", help="停用：不能再登录，打开着的值班台随即退出")
    enable = what.add_parser("enable", help="恢复停用或离岗的人")
    for each in (disable, enable):
        each.add_argument("staff", metavar="工号")
    key = what.add_parser("key", help="SSH 公钥", description="登录用的 SSH 公钥。")
    keys = key.add_subparsers(dest="key", metavar="命令", required=True, parser_class=_Parser)
    key_add = keys.add_parser("add", help="登记一个人的公钥")
    key_add.add_argument("staff", metavar="工号")
    key_add.add_argument("file", nargs="?", default="-", metavar="文件", help=".pub 文件；不写是标准输入")
    key_list = keys.add_parser("list", help="一个人的公钥，或所有人的")
    key_list.add_argument("staff", nargs="?", metavar="工号")
    key_list.add_argument("--json", action="store_true", help="输出 JSON")
    key_remove = keys.add_parser("remove", help="删去一个公钥")
    key_remove.add_argument("fingerprint", metavar="指纹", help="SHA256:…，可以只写开头")
    password = what.add_parser("password", help="给没有公钥的人设一次性密码，首次登录时自己改")
    password.add_argument("staff", metavar="工号")
    password.add_argument("--remove", action="store_true", help="删去密码，不再能凭密码登录")
    for each in (add, edit, disable, enable, key_add, key_list, key_remove, password):
        each.add_argument("--as", dest="number", metavar="工号", help="以谁的身份；不写是本机的管理员")


def _ssh_keys(commands: Any) -> None:
    keys = commands.add_parser("ssh-keys", help="给 sshd 的公钥", description="sshd 在有人登录时调用。")
    keys.add_argument("fingerprint", nargs="?", default="", metavar="指纹", help="只要这一个；不写是全部")


def _export(commands: Any) -> None:
    export = commands.add_parser("export", help="导出", description="导出数据（不含个人信息）。")
    what = export.add_subparsers(dest="what", metavar="命令", required=True, parser_class=_Parser)
    issues = what.add_parser("issues", help="问题清单，可在 Excel 里改好再导入")
    issues.add_argument("--json", action="store_true", help="把 JSON 写到标准输出")
    issues.add_argument("--view", default="all", metavar="清单", help="如 待核查；不写是全部")
    issues.add_argument("--question", metavar="条件", help=argparse.SUPPRESS)
    issues.add_argument(
        "--personal",
        default="",
        metavar="事由",
        help="连反映人的姓名、电话、住址（片区长、值班员），事由记入审计",
    )
    _file_options(issues, ("xlsx", "csv", "json"))
    answers = what.add_parser("answers", help="给来源的办理答复")
    answers.add_argument(
        "--source", default="hotline", metavar="来源", help="如 12345，或导入过的清单的名称；不写是12345热线"
    )
    answers.add_argument("--since", metavar="日期", help="这一天起有变动的，如 2026-11-01；不写是今天起")
    answers.add_argument(
        "--heads",
        metavar="空表",
        help="来源给的表（xlsx、csv），照它的表头写，以后都照它；不写是上次的，没有过是值班台的",
    )
    answers.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="列=部分",
        help="指明空表里认不出的一列，可写多次；= 后面不写是留空",
    )
    _file_options(answers, ("xlsx", "csv", "txt"))
    duties = what.add_parser("duties", help="权责清单")
    _file_options(duties, ("xlsx", "csv"))
    for name, help_text in (
        ("staff", "名册：人员、岗位、下沉"),
        ("postings", "下沉力量"),
        ("tree", "区划：片区和单元"),
    ):
        people = what.add_parser(name, help=help_text)
        people.add_argument("--json", action="store_true", help="把 JSON 写到标准输出")
        people.add_argument("--day", metavar="日期", help="哪一天的，如 2026-11-01；不写是今天")
        _file_options(people, ("xlsx", "csv"))
    audit = what.add_parser("audit", help="审计：谁、何时、从哪里、做了什么；审计员连前后值")
    audit.add_argument("--json", action="store_true", help="把 JSON 写到标准输出")
    audit.add_argument("--person", default="", metavar="工号", help="谁做的；工号或姓名")
    audit.add_argument("--period", default="", metavar="时间", help="如 近7天、11-1到11-24；不写是全部")
    audit.add_argument("--act", default="", metavar="操作", help="如 问题·派单")
    audit.add_argument("--case", default="", metavar="编号", help="哪件问题，如 2026-000123")
    _file_options(audit, ("xlsx", "csv", "json"))
    shifts = what.add_parser("shifts", help="值班表：一个月里谁值哪一班")
    shifts.add_argument("--json", action="store_true", required=True, help="把 JSON 写到标准输出")
    shifts.add_argument("--as", dest="number", metavar="工号", help="按谁的范围；不写是全区")
    shifts.add_argument("--month", type=_month, default="", metavar="月份", help="如 2026-12；不写是本月")
    letters = what.add_parser("letters", help="条块约请：每封的部门、答复、商定和经过")
    letters.add_argument("--json", action="store_true", required=True, help="把 JSON 写到标准输出")
    letters.add_argument("--as", dest="number", metavar="工号", help="按谁的范围；不写是全区")
    letters.add_argument("--since", type=_day, metavar="日期", help="哪天以后拟的，如 2026-11-01；不写是全部")
    meetings = what.add_parser("meetings", help="双周例会等会议：日期、议程、到会、决定")
    meetings.add_argument("--json", action="store_true", required=True, help="把 JSON 写到标准输出")
    meetings.add_argument("--as", dest="number", metavar="工号", help="按谁的范围；不写是全区")
    meetings.add_argument(
        "--month", type=_month, default="", metavar="月份", help="如 2026-12；不写是近一年和今后三个月"
    )


def _day(text: str) -> date:
    """A day as it is written. Raises what argparse tells of."""
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期 {text} 看不懂，请写成 2026-11-01") from None


def _month(text: str) -> str:
    """A month as it is written; the default, which argparse reads too, is none. Raises what argparse tells of."""
    from datetime import date

    if not text:
        return ""
    try:
        return f"{date.fromisoformat(f'{text}-01'):%Y-%m}"
    except ValueError:
        raise argparse.ArgumentTypeError(f"月份 {text} 看不懂，请写成 2026-12") from None


def _import(commands: Any) -> None:
    bring = commands.add_parser("import", help="导入", description="导入清单，或读回改过的导出清单。")
    what = bring.add_subparsers(dest="what", metavar="命令", required=True, parser_class=_Parser)
    issues = what.add_parser("issues", help="来源的问题清单（xlsx、csv），或改过的导出清单")
    issues.add_argument("file", metavar="文件")
    issues.add_argument("--as", dest="number", metavar="工号", help="以谁的身份导入")
    issues.add_argument(
        "--source", default="", metavar="名称", help="这份清单叫什么，列的对应按它记住；不写是文件名"
    )
    issues.add_argument(
        "--kind", default="hotline", metavar="来源", help="hotline 12345热线、grid 网格上报等"
    )
    issues.add_argument("--sheet", default="", metavar="工作表", help="有几张清单时指明一张")
    issues.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="列=字段",
        help="指明一列，可写多次；字段写 - 是不要这一列",
    )
    issues.add_argument("--unit", default="", metavar="居民区", help="没写明地点的归到一处")
    issues.add_argument("--category", default="", metavar="类别", help="看不出类别的归到一类")
    issues.add_argument(
        "--answered",
        default="待核查",
        choices=("待核查", "旧案入档"),
        metavar="去向",
        help="来源已答复的怎么办：待核查，接续办理，到现场核查后销项；旧案入档，按答复日期销项，不计逾期，不再核查。"
        "不写是待核查：没有人核查过的，不该因为少写一个选项就销了项；当作旧案的要说出来",
    )
    issues.add_argument("--dry-run", action="store_true", help="只核对，不写入")
    for name, help_text in (
        ("duties", "权责清单（部门、类别、编号、依据），替换表里各部门的旧清单"),
        (
            "staff",
            "名册（工号、姓名、电话、部门、职务、岗位、范围、力量、条线、起、止），一岗一行，只添加和更正",
        ),
        ("postings", "下沉力量（工号、姓名、派出部门、片区、条线、起、止），一条一行，只添加和更正"),
        ("tree", "本单位的区划（街镇、片区、片区代码、单元、单元代码、类别、相邻），一个单元一行"),
    ):
        dated = what.add_parser(name, help=help_text)
        dated.add_argument("file", metavar="文件")
        dated.add_argument("--as", dest="number", metavar="工号", help="以谁的身份导入")
        dated.add_argument("--from", dest="since", metavar="日期", help="从哪天起，如 2026-12-01；不写是今天")
        dated.add_argument("--sheet", default="", metavar="工作表", help="不写是第一张")
        dated.add_argument("--dry-run", action="store_true", help="只核对，不写入")
        if name == "tree":
            dated.add_argument(
                "--end-neighbours", action="store_true", help="表里没写的相邻，从那天起不再相邻"
            )


def _desk_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="number", metavar="工号", help="以谁的身份打开")
    parser.add_argument(
        "--open", dest="duty", choices=DUTIES, default="today", metavar="页", help="、".join(DUTIES)
    )
    parser.add_argument("--key", default="", help=argparse.SUPPRESS)  # of whom sshd let in


def _file_options(parser: argparse.ArgumentParser, forms: tuple[str, ...]) -> None:
    parser.add_argument("--as", dest="number", metavar="工号", help="按谁的范围；不写是全区")
    parser.add_argument("--format", choices=forms, metavar="格式", help="、".join(forms) + "；不写看文件名")
    parser.add_argument("--output", metavar="文件", help="写到哪里")
