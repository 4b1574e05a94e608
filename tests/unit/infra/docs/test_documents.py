"""Documents for people who write a frontend: every page that mails lead to is described."""

from __future__ import annotations

import re

import pytest
from common.application.identity import mail_links

from infra.build.builder import COMMON
from infra.build.targets import ROOT

GUIDE = (ROOT / "docs" / "frontend.md").read_text(encoding="utf-8")
TEMPLATES = sorted((COMMON / "adapters" / "mail" / "templates").glob("*.j2"))
LINKED = sorted({path for each in TEMPLATES for path in re.findall(r'frontend ~ "(/[^"?]*)"', each.read_text("utf-8"))})


@pytest.mark.parametrize("path", [*LINKED, *(f"/{page}?token=…" for page in mail_links._PATHS.values())])
def test_every_page_that_a_mail_leads_to_is_described(path: str) -> None:
    assert f"`{path}`" in GUIDE
