"""The small district with the rules' cases and letters, for the screens: time goes on there, keys wait for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rules.conftest import Cases
from tests.rules.letters.conftest import Letters


@pytest.fixture
def letters(district: Any) -> Letters:
    """Letters of the small district."""
    return Letters(Cases(district, None))  # type: ignore[arg-type]
