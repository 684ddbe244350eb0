"""What pages refer to exists, is ours, and is translated."""

import re
from pathlib import Path

import pytest

from tapline_api import assets, translations

TEMPLATES = Path(assets.__file__).parent / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))


def test_every_file_that_a_page_loads_exists() -> None:
    names = {
        name
        for page in PAGES
        for name in re.findall(r"asset\('([^']+)'\)", page.read_text("utf-8"))
    }
    assert len(names) > 10

    missing = [name for name in names if not (assets.STATIC / name).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TEMPLATES).as_posix())
def test_a_page_holds_no_inline_script_or_style_and_nothing_from_elsewhere(page: Path) -> None:
    text = page.read_text("utf-8")

    assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", text)
    assert not re.search(r"\sstyle=\"|<style|\son\w+=\"", text)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", text)


def test_a_vendored_file_brings_its_licence() -> None:
    for package in (path for path in assets.VENDOR.iterdir() if path.is_dir()):
        assert (package / "LICENSE").exists(), package.name


def test_every_word_is_translated() -> None:
    assert translations.flaws() == []
