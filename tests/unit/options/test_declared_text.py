# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that people declare: what nobody sees is refused by name and place, whichever module takes it; accents have one form."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.module_utils._options.checks import check_fingerprint
from ansible_collections.collectivites.antai.plugins.module_utils._options.declared_text import check_text, check_texts, look, same_text
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.tasks import declaring, informing, run_task
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.kinds import DECLARING, INFORMING
from tests.support.observed import SIRET

SIGNS = {
    "\x00": "U+0000 NUL",
    "\x1b": "U+001B ESCAPE",
    "\x85": "U+0085 a control character",
    "\u00ad": "U+00AD SOFT HYPHEN",
    "\u034f": "U+034F COMBINING GRAPHEME JOINER",
    "\u061c": "U+061C ARABIC LETTER MARK",
    "\u200b": "U+200B ZERO WIDTH SPACE",
    "\u200d": "U+200D ZERO WIDTH JOINER",
    "\u200f": "U+200F RIGHT-TO-LEFT MARK",
    "\u2028": "U+2028 LINE SEPARATOR",
    "\u202e": "U+202E RIGHT-TO-LEFT OVERRIDE",
    "\u2060": "U+2060 WORD JOINER",
    "\u2067": "U+2067 RIGHT-TO-LEFT ISOLATE",
    "\u2800": "U+2800 BRAILLE PATTERN BLANK",
    "\u3164": "U+3164 HANGUL FILLER",
    "\ufe0f": "U+FE0F VARIATION SELECTOR-16",
    "\ufeff": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    "\ud800": "U+D800 a control character",
    "\U000e0041": "U+E0041 TAG LATIN CAPITAL LETTER A",
}


@pytest.mark.parametrize("sign", SIGNS)
def test_what_nobody_sees(sign: str) -> None:
    for text, place in ((f"Al{sign}bi", 3), (f"{sign}Albi", 1), (f"Albi{sign}", 5), (f"Évry{sign}", 5)):
        with pytest.raises(InvalidInput) as refused:
            check_text(text, "name")
        assert f"has {SIGNS[sign]} at position {place}" in refused.value.message
        assert refused.value.message.startswith("name: ")
        assert "by hand" in refused.value.hint


@pytest.mark.parametrize(
    "text", ["Albi", "L'Haÿ-les-Roses", "Œuilly", "Saint\u00a0Étienne", "Plœuc\u202f: n\u2019est", "Mairie - 1 €", "Ποτάμι", "日本", "☂"]
)
def test_what_is_seen_stays(text: str) -> None:
    assert check_text(text, "name") == text


def test_accents_have_one_form() -> None:
    assert check_text(unicodedata.normalize("NFD", "Évry-Grégy-sur-Yerre"), "name") == "Évry-Grégy-sur-Yerre"
    assert same_text(unicodedata.normalize("NFD", "Évry"), "Évry")
    assert not same_text("Evry", "Évry")
    assert same_text(None, None)


def test_lines() -> None:
    assert check_text("1 rue\nde la Paix", "address.street", several_lines=True) == "1 rue\nde la Paix"
    with pytest.raises(InvalidInput, match=r"U\+000A LINE FEED at position 5, and is to be one line"):
        check_text("Albi\n", "name")


@given(st.text())
def test_twice_is_once(text: str) -> None:
    try:
        first = check_text(text, "x", several_lines=True)
    except InvalidInput:
        return
    assert check_text(first, "x", several_lines=True) == first
    assert same_text(first, text)


@given(st.text())
def test_a_title_looks_like_itself(text: str) -> None:
    assert look(look(text)) == look(text)


HIDING = {"type": "str", "no_log": True}
SPEC: dict[str, dict[str, Any]] = {
    "name": {"type": "str"},
    "password": HIDING,
    "certificate_content": {"type": "str"},
    "document": {"type": "path"},
    "profile": {"type": "raw"},
    "sirets": {"type": "list", "elements": "str"},
    "address": {"type": "dict", "options": {"street": {"type": "str"}, "city": {"type": "str"}}},
    "certificates": {"type": "list", "elements": "dict", "options": {"common_name": {"type": "str"}, "passphrase": HIDING}},
}
HIDDEN, DECOMPOSED = "A\u200bb", unicodedata.normalize("NFD", "Évry")


@pytest.mark.parametrize(
    ("declared", "field"),
    [
        ({"name": HIDDEN}, "name"),
        ({"document": f"/srv/{HIDDEN}.pdf"}, "document"),
        ({"sirets": ["x", HIDDEN]}, "sirets"),
        ({"address": {"city": HIDDEN}}, "address.city"),
        ({"address": {"city": "a\nb"}}, "address.city"),
        ({"certificates": [{"common_name": HIDDEN}]}, "certificates.common_name"),
    ],
)
def test_wherever_it_is_declared(declared: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_texts(declared, SPEC)
    assert refused.value.details["field"] == field


def test_secrets_contents_and_data_stay_as_they_are() -> None:
    untouched = {
        "password": HIDDEN,
        "certificate_content": "-----BEGIN\n" + HIDDEN,
        "profile": {"name": HIDDEN},
        "document": f"/srv/{DECOMPOSED}.pdf",
        "certificates": [{"passphrase": DECOMPOSED}],
        "address": {"street": "1 rue\nde la Paix"},
        "name": None,
    }
    assert check_texts(untouched, SPEC) == untouched
    assert check_texts({"name": DECOMPOSED, "address": {"city": DECOMPOSED}}, SPEC) == {"name": "Évry", "address": {"city": "Évry"}}


@pytest.mark.parametrize("kind", sorted(set(DECLARING) | set(INFORMING)))
def test_every_module_refuses_it(kind: str) -> None:
    task = declaring(DECLARING[kind]) if kind in DECLARING else informing(INFORMING[kind])
    parameters = {name: option.get("default") for name, option in task.spec.items()} | {
        "siret": SIRET,
        "portal_url": "https://\u200bportail.example",
    }
    result = run_task(task, parameters, True)
    assert (result["failed"], result["error"]["details"]["field"]) == (True, "portal_url")
    assert "U+200B ZERO WIDTH SPACE at position 9" in result["msg"]


SHA256 = "0f" * 32


@pytest.mark.parametrize(
    "text",
    [
        SHA256.upper(),
        ":".join(["0F"] * 32),
        " ".join(["0f"] * 32),
        "\u00a0".join(["0f"] * 32),
        "-".join(["0F"] * 32),
        f"  {' '.join(['0f0f'] * 16)}\n",
    ],
)
def test_a_fingerprint_as_windows_show_it(text: str) -> None:
    assert check_fingerprint(text, "fingerprint") == SHA256


def test_a_sha1_is_named() -> None:
    with pytest.raises(InvalidInput, match="40 digits of a SHA-1") as refused:
        check_fingerprint(":".join(["0F"] * 20), "fingerprint")
    assert "-sha256" in refused.value.hint
