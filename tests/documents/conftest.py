"""All samples of Word documents, written and converted once for each worker."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

import pytest

from dutydesk.documents import (
    internal_invitation,
    invitation_letter,
    meeting_minutes,
    meeting_notice,
    supervision_notice,
)
from dutydesk.documents.gbt9704 import Paper
from tests.documents import samples
from tests.documents.hostile import STRANGE, everywhere
from tests.documents.pages import Page, to_pages

HAN = "国"


class Sample(NamedTuple):
    """A content and what writes it."""

    write: Callable[[Any, BinaryIO], None]
    content: Any

    def bytes(self) -> bytes:
        """The Word file."""
        stream = io.BytesIO()
        self.write(self.content, stream)
        return stream.getvalue()


SAMPLES = {
    "letter": Sample(invitation_letter.write, samples.LETTER),
    "long_letter": Sample(invitation_letter.write, samples.LONG_LETTER),
    "slip": Sample(internal_invitation.write, samples.SLIP),
    "long_slip": Sample(internal_invitation.write, samples.LONG_SLIP),
    "notice": Sample(meeting_notice.write, samples.NOTICE),
    "long_notice": Sample(meeting_notice.write, samples.LONG_NOTICE),
    "minutes": Sample(meeting_minutes.write, samples.MINUTES),
    "long_minutes": Sample(meeting_minutes.write, samples.LONG_MINUTES),
    "supervision": Sample(supervision_notice.write, samples.SUPERVISION),
    "long_supervision": Sample(supervision_notice.write, samples.LONG_SUPERVISION),
}


def _plain_han(paper: Paper, stream: BinaryIO) -> None:
    paper.text(HAN * (26 + 28 * 65))
    paper.save(stream)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Page]]:
    """Each sample's pages; `han` is running text of Han characters alone, `strange_…` the samples with hostile texts."""
    folder = tmp_path_factory.mktemp("word")
    files = []
    for name, sample in SAMPLES.items():
        files.append(folder / f"{name}.docx")
        files[-1].write_bytes(sample.bytes())
        if not name.startswith("long_"):
            files.append(folder / f"strange_{name}.docx")
            files[-1].write_bytes(sample._replace(content=everywhere(sample.content, STRANGE)).bytes())
    files.append(folder / "han.docx")
    with files[-1].open("wb") as stream:
        _plain_han(Paper("国", "国"), stream)
    return to_pages(files, folder)
