# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever people read is there in both languages, and names the same facts in each."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from string import Formatter

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._texts.text import Advice, Bilingual, CountedText, is_singular, with_colon
from ansible_collections.collectivites.antai.plugins.module_utils._texts.waiting.reason import Reason
from tests.support.collection import MODULE_UTILS

PACKAGE = "ansible_collections.collectivites.antai.plugins.module_utils"
FILES = sorted(path for path in (MODULE_UTILS / "_texts").rglob("*.py") if path.name != "__init__.py")


def texts_in(value: object, place: str) -> Iterator[tuple[str, Bilingual]]:
    """(where it stands, the text) of all that a value holds."""
    if isinstance(value, Bilingual):
        yield place, value
    elif isinstance(value, CountedText):
        yield from texts_in([value.singular, value.plural], place)
    elif isinstance(value, Advice):
        yield from texts_in(value.finding, place)
        if value.to_do != Bilingual("", ""):
            yield from texts_in(value.to_do, f"{place}, to do")
    elif isinstance(value, Reason):
        yield place, value.next_action
    elif isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts_in(member, f"{place}[{key}]")


ALL = {
    place: text
    for path in FILES
    for name, value in vars(import_module(".".join((PACKAGE, *path.relative_to(MODULE_UTILS).with_suffix("").parts)))).items()
    for place, text in texts_in(value, f"{path.stem}.{name}")
}


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _form, _conversion in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("place", ALL)
def test_a_text_is_there_in_both_languages(place: str) -> None:
    text = ALL[place]
    assert text.fr and text.en
    assert placeholders(text.fr) == placeholders(text.en)


def test_every_file_of_the_room_holds_texts() -> None:
    assert {place.split(".")[0] for place in ALL} == {path.stem for path in FILES if path.stem not in ("text", "reason")}


@pytest.mark.parametrize(("count", "french", "english"), [(0, True, False), (1, True, True), (2, False, False)])
def test_one_is_no_plural(count: int, french: bool, english: bool) -> None:
    assert (is_singular(count, "fr"), is_singular(count, "en")) == (french, english)
    host = CountedText(Bilingual("{count} hôte", "{count} host"), Bilingual("{count} hôtes", "{count} hosts"))
    assert host.text("fr", count) == f"{count} hôte{'' if french else 's'}"
    assert host.text("en", count) == f"{count} host{'' if english else 's'}"


def test_a_colon_has_a_space_before_it_in_french() -> None:
    assert (with_colon("Albi", "x", "fr"), with_colon("Albi", "x", "en")) == ("Albi : x", "Albi: x")
