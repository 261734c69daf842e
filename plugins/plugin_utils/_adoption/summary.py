# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an adoption comes to, for each collectivité and in total, and what is missing to rotate from here. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...module_utils._resources.certificate.options import LONGEST_IN_SUBJECT
from ...module_utils._texts.adoption import COLUMNS, KEYS, MISSING, REMARKS, STATES, TEXTS
from ...module_utils._texts.report import COUNTED
from .._csv_inventory.entries import InventoryEntry
from .._report.layout import aligned, by_text, files_written, fitted
from .._report.spreadsheet import safe, sheet, siret_cell
from .spaces import ACCOUNT_PATHS, ELSEWHERE, STORE, AdoptedSpace, LeftOutSpace, Remark

# Of its JSON form: docs/adoption.schema.json.
SCHEMA = 1
# What an order sheet tells the PSCE of whom to speak with; no space shows the agent.
CONTACT = ("contact_email", "agent_name", "agent_email")
# Columns of the terminal that may go, and whose cells may be cut.
DISPENSABLE, CUTTABLE = (4, 2), (0, 2, 5, 6)


@dataclass(frozen=True)
class Adoption:
    """The whole of it. entries: as the inventory reads them back, one for each of `spaces`. steps: see store_entry.steps_left; None: not counted.

    not_shown: names of hosts whose SIRET no agent sees. lonely, unmatched, unreadable: files of the keys folder.
    """

    spaces: Sequence[AdoptedSpace]
    entries: Sequence[InventoryEntry]
    left_out: Sequence[LeftOutSpace]
    parameters: dict[str, dict[str, Any]] = field(repr=False)
    steps: Sequence[dict[str, str]] | None = None
    not_shown: Sequence[str] = ()
    lonely: Sequence[str] = ()
    unmatched: Sequence[str] = ()
    unreadable: Sequence[str] = ()


def missing_to_rotate(space: AdoptedSpace, parameters: dict[str, Any]) -> list[Remark]:
    """parameters: of its agent's host, connection and ordering."""
    elsewhere = [entry.provider for entry in space.certificates if entry.keys == ELSEWHERE]
    has_channel = parameters["est_url"] or (parameters["drop_folder"] and parameters["pickup_folder"])
    undeclared = [f"antai_{name}" for name in CONTACT if not space.fields.get(name)]
    gaps = (
        (space.state != "active", Remark("account", space.state)),
        (not space.certificates, Remark("certificate")),
        (space.convention != "in_force", Remark("convention")),
        *((True, Remark("key", provider)) for provider in elsewhere),
        (not parameters["store"], Remark("store")),
        (not has_channel, Remark("channel")),
        (undeclared, Remark("contact", ", ".join(undeclared))),
        (len(space.name) > LONGEST_IN_SUBJECT, Remark("organisation")),
    )
    return [remark for applies, remark in gaps if applies]


def not_shown(space: AdoptedSpace) -> list[Remark]:
    """The fields that are empty because the space shows nothing there."""
    account = space.listed["account"]
    paths = [path for name, path in ACCOUNT_PATHS.items() if not account.get(name)]
    return [Remark("not_shown", ", ".join(paths))] if paths else []


def contents(adoption: Adoption, language: str) -> dict[str, Any]:
    """{schema, language, totals, collectivites, left_out, not_shown, keys, steps}: the JSON form, and what the task returns."""
    lines = [
        _line(space, entry, adoption.parameters[space.agent], language)
        for space, entry in zip(adoption.spaces, adoption.entries, strict=True)
    ]
    left_out = [
        {"name": space.name, "siret": space.siret, "agent": space.agent, "why": _remark_text(REMARKS, space.remark, language)}
        for space in adoption.left_out
    ]
    keys = {"lonely": list(adoption.lonely), "unmatched": list(adoption.unmatched), "unreadable": list(adoption.unreadable)}
    return {
        "schema": SCHEMA,
        "language": language,
        "totals": _totals(adoption, lines),
        "collectivites": lines,
        "left_out": left_out,
        "not_shown": list(adoption.not_shown),
        "keys": keys,
        "steps": None if adoption.steps is None else list(adoption.steps),
    }


def _line(space: AdoptedSpace, entry: InventoryEntry, parameters: dict[str, Any], language: str) -> dict[str, Any]:
    missing, remarks = missing_to_rotate(space, parameters), (*space.remarks, *not_shown(space))
    return {
        "host": entry.host,
        "name": space.name,
        "siret": space.siret,
        "agent": space.agent,
        "account": space.state,
        "cycle": space.fields.get("cycle"),
        "certificates": [
            {
                "provider": entry.provider,
                "keys": entry.keys,
                "declared_fingerprint": entry.fingerprint,
                "active": [{"fingerprint": record["fingerprint"], "not_after": record.get("not_after")} for record in entry.listed],
            }
            for entry in space.certificates
        ],
        "missing": [_as_dict(MISSING, remark, language) for remark in missing],
        "remarks": [_as_dict(REMARKS, remark, language) for remark in remarks],
    }


def _totals(adoption: Adoption, lines: list[dict[str, Any]]) -> dict[str, Any]:
    entries = [entry for line in lines for entry in line["certificates"]]
    in_store = sum(entry["keys"] == STORE for entry in entries)
    active = sum(len(entry["active"]) for entry in entries)
    codes = [gap["code"] for line in lines for gap in line["missing"]]
    return {
        "adopted": len(lines),
        "left_out": len(adoption.left_out),
        "certificates": active,
        "here": in_store,
        "elsewhere": active - in_store,
        "ready": sum(not line["missing"] for line in lines),
        "missing": {code: codes.count(code) for code in MISSING if code in codes},
        "steps": None if adoption.steps is None else len(adoption.steps),
    }


def csv_bytes(summary: dict[str, Any]) -> bytes:
    """One line for each collectivité, those with something missing first, and those left out at the end. summary: see contents."""
    language = summary["language"]
    rows = [_row(line, language) for line in _ordered(summary["collectivites"])]
    rows += [[space["name"], space["siret"], space["agent"], "", "", "", "", space["why"]] for space in summary["left_out"]]
    cells = [[safe(row[0]), siret_cell(row[1]), *(safe(cell) for cell in row[2:])] for row in rows]
    return sheet([[COLUMNS[name].text(language) for name in COLUMNS], *cells])


def text(summary: dict[str, Any], most: int, width: int | None, files: Iterable[str], *, check_mode: bool) -> str:
    """For the terminal. summary: see contents. most: rows of the table. files: that are written, or in check mode would be."""
    language, lines = summary["language"], summary["collectivites"]
    rows = [[COLUMNS[name].text(language) for name in COLUMNS][:-1]]
    rows += [[*row[:-2], str(len(line["missing"]))] for line in _ordered(lines)[:most] for row in (_row(line, language),)]
    more = [COUNTED["and_more"].text(language, len(lines) - most)] if len(lines) > most else []
    parts = [*aligned(fitted(rows, width, DISPENSABLE, CUTTABLE)), *more] if lines else []
    for kind in ("missing", "remarks"):
        parts += _section(kind, [(line["name"], remark["text"]) for line in lines for remark in line[kind]], language)
    parts += _section("left_out", [(space["name"] or space["siret"], space["why"]) for space in summary["left_out"]], language)
    if summary["not_shown"]:
        parts += ["", TEXTS["not_shown_sirets"].text(language, names=", ".join(summary["not_shown"]))]
    parts += [TEXTS[kind].text(language, files=", ".join(paths)) for kind, paths in summary["keys"].items() if paths]
    return "\n".join([*parts, "", *_endings(summary["totals"], language), *_files(files, language, check_mode)])


def _endings(totals: dict[str, Any], language: str) -> list[str]:
    steps = TEXTS["steps_unknown"].text(language) if totals["steps"] is None else TEXTS["steps"].text(language, count=totals["steps"])
    return [TEXTS["totals"].text(language, **totals), TEXTS["can_rotate"].text(language, **totals), steps]


def _files(files: Iterable[str], language: str, check_mode: bool) -> list[str]:
    return ["", TEXTS["would"].text(language, files=", ".join(files))] if check_mode else files_written(files, language)


def _section(kind: str, messages: list[tuple[str, str]], language: str) -> list[str]:
    """What concerns whom, the same words once, with how many they are about."""
    if not messages:
        return []
    counts = Counter(text for _name, text in messages)
    lines = by_text(sorted(messages, key=lambda pair: -counts[pair[1]]), language)
    counted_lines = zip(sorted(counts.values(), reverse=True), lines, strict=True)
    return ["", TEXTS[kind].text(language), *(f"{count} x {line}" for count, line in counted_lines)]


def _ordered(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(lines, key=lambda line: -len(line["missing"]))


def _row(line: dict[str, Any], language: str) -> list[str]:
    certificates = ", ".join(f"{entry['provider']} ({KEYS[entry['keys']].text(language)})" for entry in line["certificates"])
    account = STATES[line["account"]].text(language) if line["account"] in STATES else line["account"]
    texts = [" | ".join(remark["text"] for remark in line[kind]) for kind in ("missing", "remarks")]
    return [line["name"], line["siret"], line["agent"], account, line["cycle"] or "-", certificates or "-", *texts]


def _as_dict(words: dict[str, Any], remark: Remark, language: str) -> dict[str, str]:
    return {"code": remark.code, "detail": remark.detail, "text": _remark_text(words, remark, language)}


def _remark_text(words: dict[str, Any], remark: Remark, language: str) -> str:
    return str(words[remark.code].text(language, detail=remark.detail))
