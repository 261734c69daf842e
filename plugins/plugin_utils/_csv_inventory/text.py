# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the bytes of a CSV file to its records: encoding, delimiter, quotes and physical lines. Nothing is repaired."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .problems import FileProblem, UnusableFiles

ENCODINGS = ("auto", "utf-8", "cp1252", "latin-1", "mac-roman", "utf-16")
DELIMITERS = {"auto": "", "comma": ",", "semicolon": ";", "tab": "\t"}
# Beginnings of files that are no text; UTF-32 is nobody's export.
FOREIGN = (
    (b"PK\x03\x04", "is a workbook (.xlsx or .ods), no CSV", "export the sheet as CSV (UTF-8)"),
    (b"\xd0\xcf\x11\xe0", "is an old workbook (.xls), no CSV", "export the sheet as CSV (UTF-8)"),
    (b"%PDF-", "is a PDF, no CSV", "ask for the list as CSV"),
)
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
BYTES_TOLD = 8
END_OF_LINE = re.compile(r"\r\n|\r|\n")
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# Where a byte could not be decoded, Python's surrogateescape puts one of these.
UNDECODED = re.compile("[\udc80-\udcff]")
# What the accents of Mac Roman become in cp1252, where no French word has them: E acute, a grave, e acute and u circumflex, in or beside a word;
# o and a circumflex, i diaeresis, i circumflex and e diaeresis, which are signs of their own elsewhere, only within one.
MAC_ROMAN = re.compile(
    "[\u0192\u02c6\u017d\u017e](?=[A-Za-z])|(?<=[A-Za-z])[\u02c6\u017d\u017e]|(?<=[A-Za-z])[\u2122\u2030\u2022\u201d\u2018](?=[a-z])"
)
WORD = re.compile(r"[^\s;,\"]+")
BEYOND_ASCII = re.compile("[^\x00-\x7f]")


@dataclass(frozen=True)
class CsvRow:
    """One row. line: physical line of the file on which it begins, from 1; its quoted cells may go on for several."""

    line: int
    cells: list[str]

    def line_of(self, column: int) -> int:
        """Physical line on which this cell begins."""
        return self.line + sum(len(END_OF_LINE.findall(cell)) for cell in self.cells[:column])


def decode(file: str, content: bytes, encoding: str = "auto") -> str:
    """The text. `auto`: a byte order mark, else UTF-8, else cp1252 (Latin-1 as Windows writes it). Raises UnusableFiles."""
    for beginning, why, todo in FOREIGN:
        if content.startswith(beginning):
            raise UnusableFiles([FileProblem(file, why, todo)])
    guessed = encoding == "auto"
    if guessed:
        encoding = _detected(content)
    codec = {"utf-8": "utf-8-sig", "utf-16": "utf-16"}.get(encoding, encoding)
    try:
        text = content.decode(codec)
    except UnicodeDecodeError:
        raise UnusableFiles(_undecodable(file, content, encoding)) from None
    if guessed and encoding == "cp1252" and (match := MAC_ROMAN.search(text)):
        raise UnusableFiles([_of_a_mac(file, text, match.start())])
    if "\0" in text:
        line = line_at(text, text.index("\0"))
        raise UnusableFiles([FileProblem(file, "holds a null character: this is no text file", "export the list as CSV (UTF-8)", line)])
    return text


def _detected(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    text = content.decode("utf-8", "surrogateescape")
    wrong = len(UNDECODED.findall(text))
    # A UTF-8 file with a few bytes of something else must not turn to garbage as a whole.
    return "utf-8" if wrong <= len(BEYOND_ASCII.findall(text)) - wrong else "cp1252"


def _of_a_mac(file: str, text: str, position: int) -> FileProblem:
    """cp1252 takes nearly every byte: the file of a Mac becomes names that nobody has."""
    word = next(match[0] for match in WORD.finditer(text) if match.end() > position)
    meant = word.encode("cp1252", "replace").decode("mac-roman")
    todo = "say what it is: encoding: mac-roman (or encoding: cp1252, where it is right as it stands); or export it as UTF-8"
    return FileProblem(file, f"{word!r} may be {meant!r}, written by a Mac", todo, line_at(text, position))


def _undecodable(file: str, content: bytes, encoding: str) -> list[FileProblem]:
    if encoding == "utf-16":
        return [FileProblem(file, "is not whole UTF-16", "export it again, as CSV (UTF-8)")]
    lines = END_OF_LINE.split(content.decode(encoding, "surrogateescape"))
    wrong = [(number, [ord(character) - 0xDC00 for character in UNDECODED.findall(line)]) for number, line in enumerate(lines, 1)]
    todo = "export it as UTF-8, or say with the option encoding what it is"
    return [
        FileProblem(file, f"bytes {_hexadecimal(undecoded)} are no {encoding}", todo, number) for number, undecoded in wrong if undecoded
    ]


def _hexadecimal(wrong: list[int]) -> str:
    return " ".join(f"0x{byte:02X}" for byte in wrong[:BYTES_TOLD])


def records(file: str, text: str, delimiter: str, recognised: Callable[[list[str]], int]) -> Iterator[CsvRow]:
    """Every row that is not blank, the titles first. delimiter: a key of DELIMITERS.

    recognised: how many of these titles are known; of the delimiters, the one that makes the most of them known is the file's.
    Raises UnusableFiles.
    """
    named = SEPARATOR_LINE.match(text)
    body = text[named.end() :] if named else text
    sign = DELIMITERS[delimiter] or (named[1] if named else "") or _most_telling(body, recognised)
    yield from _rows(file, body, sign, lines_before=1 if named else 0)


def _most_telling(text: str, recognised: Callable[[list[str]], int]) -> str:
    def worth(sign: str) -> tuple[int, int]:
        try:
            titles = next((row for row in csv.reader(_lines(text), delimiter=sign) if any(map(str.strip, row))), [])
        except csv.Error:
            return (0, 0)
        return (recognised(titles), len(titles))

    return max(filter(None, DELIMITERS.values()), key=worth)


def _rows(file: str, text: str, sign: str, lines_before: int) -> Iterator[CsvRow]:
    reader = csv.reader(_lines(text), delimiter=sign, strict=True)
    line = lines_before + 1
    try:
        for row in reader:
            if any(row) and any(map(str.strip, row)):
                yield CsvRow(line, row)
            line = reader.line_num + lines_before + 1
    except csv.Error as error:
        raise UnusableFiles([_unreadable(file, str(error), line)]) from error


def _unreadable(file: str, error: str, line: int) -> FileProblem:
    if "unexpected end of data" in error:
        return FileProblem(file, "a quoted cell of this row never ends", "close the quote", line)
    if "field larger" in error:
        return FileProblem(file, "a cell of this row is over 128 KiB; a quote may never end", "close the quote, or shorten the cell", line)
    return FileProblem(
        file, f"this row is not CSV ({error})", "a quote inside a quoted cell is doubled; nothing follows the closing one", line
    )


def _lines(text: str) -> Iterator[str]:
    """With their ends; without a copy of the whole text. Other signs that Python splits lines at are none here."""
    return (match[0] for match in LINE.finditer(text))


def line_at(text: str, position: int) -> int:
    """The physical line of this place, from 1."""
    return len(END_OF_LINE.findall(text, 0, position)) + 1
