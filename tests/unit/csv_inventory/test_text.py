# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes to records: encodings, delimiters, physical lines; whatever cannot be read is said with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.problems import UnusableFiles
from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.text import ENCODINGS, decode, records

ACCENTS = "Nom;Évry — l’été, 12 €\r\n"


def rows(text: str, delimiter: str = "auto", known: tuple[str, ...] = ("SIRET", "Nom")) -> list[tuple[int, list[str]]]:
    found = records("f.csv", text, delimiter, lambda titles: sum(title in known for title in titles))
    return [(each.line, each.cells) for each in found]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_what_is_detected(codec: str) -> None:
    assert decode("f.csv", ACCENTS.encode(codec)) == ACCENTS


@pytest.mark.parametrize(("codec", "encoding"), [("mac-roman", "mac-roman"), ("latin-1", "latin-1"), ("utf-8-sig", "utf-8")])
def test_what_is_told(codec: str, encoding: str) -> None:
    text = "Nom;Évry\n"
    assert decode("f.csv", text.encode(codec), encoding) == text


def test_a_latin_1_pair_that_happens_to_be_utf_8_does_not_mislead() -> None:
    text = "MARCHÉ»;évité;à côté\n"
    assert decode("f.csv", text.encode("cp1252")) == text


MACS = ["Évreux", "Orléans Cité", "Créée", "Voilà", "Hôtel de Ville", "Bâtiment", "Nîmes", "Haïti", "Noël", "dû"]


@pytest.mark.parametrize("name", MACS)
def test_what_a_mac_has_written_is_no_cp1252(name: str) -> None:
    """Each has become something else there that is text as well: SIRET and titles may be plain."""
    content = f"SIRET;Nom\n1;Lyon\n2;{name}\n".encode("mac-roman")
    with pytest.raises(UnusableFiles) as caught:
        decode("f.csv", content)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("f.csv", 3)
    assert f"may be {name.split(' ')[0] if name != 'Orléans Cité' else 'Orléans'!r}, written by a Mac" in problem.why
    assert "encoding: mac-roman" in problem.todo
    assert decode("f.csv", content, "mac-roman").endswith(f"2;{name}\n")
    assert decode("f.csv", content, "cp1252")


@pytest.mark.parametrize(
    "text",
    [
        "Évry — l’été, 12 €",
        "Parking™ du Centre",
        "« L’Haÿ-les-Roses »",
        "à 5‰ près",
        "• un point",
        "“Le Port”",
        "le ‘Vieux’ Port",
        "Œuvre, cœur, Šibenik",
        "Île-d’Yeu…",
    ],
)
def test_what_windows_has_written_is_not_taken_for_a_mac_s(text: str) -> None:
    assert decode("f.csv", f"Nom\n{text}\n".encode("cp1252")) == f"Nom\n{text}\n"


BAD_BYTES = [
    ("Évry;Orléans\r\nNîmes;".encode() + b"\xe9\r\n", "auto", 2, "bytes 0xE9 are no utf-8"),
    (b"a\rb\rn\xe9t\xe9\x81", "auto", 3, "bytes 0x81 are no cp1252"),
    (b"a\n\xe9\n", "utf-8", 2, "bytes 0xE9 are no utf-8"),
    (b"a;b\n1;\0\n", "auto", 2, "null character"),
    (b"PK\x03\x04", "auto", None, "workbook"),
    (b"\xd0\xcf\x11\xe0", "auto", None, "workbook"),
    (b"%PDF-1.4", "auto", None, "is a PDF"),
    (b"\xff\xfea", "auto", None, "UTF-16"),
]


@pytest.mark.parametrize(("content", "encoding", "line", "why"), BAD_BYTES, ids=[each[3] for each in BAD_BYTES])
def test_bytes_that_are_no_text_are_told_with_their_line(content: bytes, encoding: str, line: int | None, why: str) -> None:
    with pytest.raises(UnusableFiles) as caught:
        decode("f.csv", content, encoding)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == ("f.csv", line)
    assert why in problem.why
    assert problem.todo


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_ends_of_line(sign: str, end: str) -> None:
    text = f'SIRET{sign}Nom{sign}Note{end}1{sign}"Évry{sign} ""ville""{end}nouvelle"{sign}{end}{end}{sign}{sign}{end}2{sign}Lyon{sign}{end}'
    assert rows(text) == [(1, ["SIRET", "Nom", "Note"]), (2, ["1", f'Évry{sign} "ville"{end}nouvelle', ""]), (6, ["2", "Lyon", ""])]


def test_the_delimiter_is_the_one_that_makes_titles_known() -> None:
    assert rows("a,b,c,d;Nom\n1;2\n") == [(1, ["a,b,c,d", "Nom"]), (2, ["1", "2"])]
    assert rows("SIRET\n1\n") == [(1, ["SIRET"]), (2, ["1"])]


def test_the_delimiter_may_be_told() -> None:
    assert rows("a;b\n", "comma") == [(1, ["a;b"])]
    assert rows("sep=,\na;b,c\n") == [(2, ["a;b", "c"])]
    assert rows('"sep=;"\r\nSIRET;Nom\r\n1;"2\n"\r\n3;4') == [(2, ["SIRET", "Nom"]), (3, ["1", "2\n"]), (5, ["3", "4"])]


def test_a_cell_knows_its_physical_line() -> None:
    first, second = records("f.csv", 'a;b;c\n"1\n2";"3\r\n4\r5";6\n', "semicolon", len)
    assert [second.line_of(column) for column in range(3)] == [2, 3, 5]
    assert first.line_of(2) == 1


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('a;b\n1;2\n3;"4\n5;6\n', 3, "never ends"),
        ('a;b\n\n"1"2;3\n', 3, "not CSV"),
        ("a;b\n1;" + "x" * 140_000 + "\n", 2, "over 128 KiB"),
    ],
)
def test_rows_that_are_no_csv_are_told_with_their_line(text: str, line: int, why: str) -> None:
    with pytest.raises(UnusableFiles) as caught:
        rows(text, "semicolon")
    (problem,) = caught.value.problems
    assert problem.line == line
    assert why in problem.why


def test_other_signs_are_no_ends_of_line() -> None:
    assert rows("SIRET;Nom\n1;a\x0bb\x85c\u2028d\n2;e\n")[2][0] == 3


@given(content=st.binary(max_size=200), encoding=st.sampled_from(ENCODINGS))
def test_any_bytes_are_text_or_told(content: bytes, encoding: str) -> None:
    try:
        decode("f.csv", content, encoding)
    except UnusableFiles as error:
        assert error.problems
