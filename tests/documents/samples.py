"""What the tests of Word documents write: contents of usual length and of too much of everything."""

from __future__ import annotations

from datetime import date, datetime

from dutydesk.documents.internal_invitation import InternalInvitation
from dutydesk.documents.invitation_letter import InvitationLetter, Request
from dutydesk.documents.meeting_minutes import Addition, Decision, Item, MeetingMinutes, Present
from dutydesk.documents.meeting_notice import AgendaLine, MeetingNotice
from dutydesk.documents.saying import Contact, Matter
from dutydesk.documents.supervision_notice import SupervisionNotice

OFFICE = "上海市徐汇区人民政府康健新村街道办事处"
CONTACT = Contact("王建国", "021-54001234")
DAY = date(2026, 8, 3)
AT = datetime(2026, 8, 12, 14, 0)
MATTER = Matter(
    number="2026-000123",
    place="康健新村12号楼东侧",
    text="底层住户在公共绿地上搭建约20平方米彩钢棚并对外经营餐饮，油烟扰民，占用消防通道，群众反映强烈。",
    due=date(2026, 8, 20),
    tried="居委三次上门劝说，街道城管中队已发限期拆除告知书，当事人以已办理营业执照为由拒绝拆除",
    raised_by="张秀英",
    phone="13812345678",
    address="康健新村12号楼302室",
)
LONG = "该处位于两个街道交界，涉及房屋权属、经营许可、燃气安全和消防通道等多个方面，居委、物业和街道多次协调未果。"


def many_matters(count: int) -> list[Matter]:
    """Matters of different lengths, numbered."""
    return [
        MATTER._replace(number=f"2026-{place:06d}", place=f"康健新村{place}号楼", text=LONG * (1 + place % 4))
        for place in range(1, count + 1)
    ]


LETTER = InvitationLetter(
    office=OFFICE,
    number="徐康办约〔2026〕3号",
    day=DAY,
    to=("区住房保障和房屋管理局", "区市场监督管理局"),
    subject="康健新村12号楼东侧违法搭建问题",
    area="康健一片区",
    reasons=("跨领域", "跨部门"),
    matters=(MATTER,),
    requests=(
        Request("区住房保障和房屋管理局", "明确该处房屋和绿地的权属，认定搭建性质，提出拆除意见"),
        Request("区市场监督管理局", "核查营业执照登记地址与实际经营地址是否一致，依法处置"),
    ),
    tried="7月以来片区两次召开双周例会研究，街道城管、市场所、派出所开展联合巡查一次，物业封闭了私接的排烟管道。",
    meeting_at=AT,
    place="康健街道党群服务中心三楼会议室（桂林西街1号）",
    answer_by=date(2026, 8, 7),
    contact=CONTACT,
    copied_to=("区委政法委", "区信访办"),
)
LONG_LETTER = LETTER._replace(
    to=tuple(f"区第{place}协作职能管理服务局" for place in range(1, 25)),
    subject="康健新村、长桥二村、寿昌坊、桂林苑等六个居民区违法搭建、违规经营和消防通道长期占用问题",
    matters=many_matters(60),
    requests=tuple(Request(f"区第{place}协作职能管理服务局", LONG * 2) for place in range(1, 25)),
    tried="\n".join([LONG * 3] * 12),
    copied_to=tuple(f"区抄送单位第{place}号" for place in range(1, 20)),
    attachments=("现场照片", "历次协调会议记录" * 6),
)
SLIP = InternalInvitation(
    title="康健新村街道约请单",
    number="康约单〔2026〕12号",
    day=DAY,
    area="康健一片区",
    to=("社区管理办公室", "市场监督管理所"),
    reasons=("跨部门",),
    matters=(MATTER,),
    asked="到现场认定搭建性质，一周内提出处置意见。",
    tried=LETTER.tried,
    meeting_at=AT,
    place="康健新村居委会会议室",
    answer_by=date(2026, 8, 7),
    proposed_by="李志明",
    contact=CONTACT,
)
LONG_SLIP = SLIP._replace(
    to=LONG_LETTER.to, matters=many_matters(9), asked=LONG * 12, tried=LONG_LETTER.tried
)
NOTICE = MeetingNotice(
    title="关于召开康健一片区第12次双周例会的通知",
    to=("片区1+4+N各席位", "社区管理办公室"),
    opening="康健一片区定于近日召开双周例会，现将有关事项通知如下：",
    begins=AT,
    place="康健街道党群服务中心三楼会议室",
    chair="片区长李志明",
    attending=("康健新村居委", "长桥二村居委", "公共安全力量", "康健物业"),
    agenda=(
        AgendaLine("康健新村12号楼东侧违法搭建", "超过时限12个工作日", 10, "公共管理力量"),
        AgendaLine("寿昌坊楼道堆物5件", "同一地点两周内多发", 15, "公共安全力量"),
        AgendaLine("加装电梯推进情况", "重点项目", 10),
    ),
    asked=("请各居委带问题参会，每单元发言不超过3分钟", "不能参加的请提前一天说明原因"),
    contact=CONTACT,
    signed_by="康健一片区",
    day=DAY,
)
LONG_NOTICE = NOTICE._replace(
    head=OFFICE,
    number="徐康办〔2026〕31号",
    to=LONG_LETTER.to,
    attending=tuple(f"第{place}居民区党总支书记" for place in range(1, 60)),
    agenda=tuple(
        AgendaLine(f"第{place}项：{LONG[: 20 + place]}", "退单两次以上", 5, "公共管理力量")
        for place in range(1, 61)
    ),
    asked=tuple([LONG] * 8),
)
MINUTES = MeetingMinutes(
    head="康健新村街道片区工作会议纪要",
    number="第12期",
    office="康健新村街道办事处",
    day=DAY,
    title="康健一片区第12次双周例会纪要",
    held=AT,
    place="康健街道党群服务中心三楼会议室",
    chair="片区长李志明",
    items=(
        Item(
            "康健新村12号楼东侧违法搭建",
            ("会议听取了公共管理力量的汇报。", "会议认为，该处搭建占用消防通道，应当限期拆除。" + LONG),
            (
                Decision(
                    "发函约请区房管局、区市场监管局到场会商",
                    "公共管理力量",
                    date(2026, 8, 20),
                    ("2026-000123",),
                ),
                Decision(
                    "清理12号楼前占道堆物", "康健物业", date(2026, 8, 15), ("2026-000130", "2026-000131")
                ),
            ),
        ),
        Item("加装电梯推进情况", ("会议听取了3台电梯的进展，要求8月底前完成管线移位。",)),
    ),
    present=(
        Present("出席", ("李志明", "王建国", "陈芳", "赵卫东")),
        Present("列席", ("区房管局周明",)),
        Present("请假", ("孙丽（公出）",)),
    ),
    recorder="王建国",
    signed_by="李志明",
    copied_to=("区委政法委", "街道各科室"),
    printed_by="康健新村街道党政办公室",
)
LONG_MINUTES = MINUTES._replace(
    items=tuple(
        Item(
            f"第{place}项议题",
            (LONG * 3, LONG * 2),
            tuple(
                Decision(LONG, f"第{n}居委", date(2026, 9, n), (f"2026-{place:03d}{n:03d}",))
                for n in (1, 2, 3)
            ),
        )
        for place in range(1, 26)
    ),
    present=(
        Present("出席", tuple(f"出席人{n}" for n in range(80))),
        Present("请假", tuple(f"请假人{n}（公出）" for n in range(30))),
    ),
    additions=(Addition(date(2026, 8, 6), "李志明", "第2项完成时限改为8月25日。"),),
    copied_to=LONG_LETTER.copied_to,
)
SUPERVISION = SupervisionNotice(
    title="康健新村街道督办单",
    number="徐康督〔2026〕7号",
    day=DAY,
    to=("社区管理办公室",),
    matters=(MATTER,),
    reason="超过时限12个工作日，两次催办未回复。",
    wanted="立即到场处置，消防通道当日恢复；彩钢棚拆除方案5个工作日内报街道。",
    answer_by=date(2026, 8, 10),
    office="康健新村街道办事处",
    signed_by="李志明",
    contact=CONTACT,
)
LONG_SUPERVISION = SUPERVISION._replace(
    to=LONG_LETTER.to, matters=many_matters(80), reason=LONG * 4, wanted=LONG * 8
)
