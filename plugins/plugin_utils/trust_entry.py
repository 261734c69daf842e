# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds an entry to a trust store, from the CA's certificate in PEM: a command for the controller.

    python -m ansible_collections.collectivites.antai.plugins.plugin_utils.trust_entry trust/mine.yml ca.pem \\
        --name my-psce --usage client --policy 1.2.250.1.... --source "PC of the PSCE, version 1.2, page 10"

from the folder that holds `ansible_collections`. The store is made if it is not there. What is written there already, comments included,
stays as it is; the PEM goes into the new entry. Nothing is written unless the whole store can be used afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from ..module_utils.errors import AntaiError
from ..module_utils.pki.trust import USAGES, read_store
from .trust_store import Unreadable, certificate_text, load

EMPTY = "---\nversion: 1\nentries:\n"


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        text = added(given.store, _entry(given))
    except (AntaiError, Unreadable, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{given.store}: nothing was added: {error}\n")
        return 1
    temporary = given.store.with_name(f".{given.store.name}.tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, given.store)
    sys.stdout.write(f"{given.store}: {given.name} added\n")
    return 0


def added(store: Path, entry: dict[str, Any]) -> str:
    """The store's text with the entry at its end. Raises AntaiError or Unreadable where it could not be used."""
    before = store.read_text(encoding="utf-8") if store.exists() else EMPTY
    known = load(store) if store.exists() else {"version": 1, "entries": []}
    entries = known.get("entries") if isinstance(known, dict) else None
    read_store({**known, "entries": [*(entries or []), entry]} if isinstance(known, dict) else known)
    if entries == []:
        before = before.replace("entries: []", "entries:")
    text = before.rstrip("\n") + "\n" + _written(entry)
    _check_last(text, len(entries or []) + 1)
    return text


def _check_last(text: str, wanted: int) -> None:
    """The entry was put at the end of the file: is that the end of the list?"""
    try:
        count = len(yaml.safe_load(text)["entries"])
    except (yaml.YAMLError, KeyError, TypeError):
        count = 0
    if count != wanted:
        raise Unreadable("the list `entries` must be the last thing in the file, its items indented by two")


def _written(entry: dict[str, Any]) -> str:
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in entry.items() if name != "certificate"]
    pem = "\n".join(f"      {line}" for line in entry["certificate"].strip().splitlines())
    return "  - " + "\n    ".join([*lines, f"certificate: |\n{pem}"]) + "\n"


def _entry(given: argparse.Namespace) -> dict[str, Any]:
    entry = {
        "name": given.name,
        "policies": given.policy,
        "level": given.level,
        "usage": given.usage or ["client"],
        "valid_from": given.valid_from,
        "valid_to": given.valid_to,
        "source": given.source,
        "doubts": given.doubts,
        "certificate": certificate_text(given.certificate),
    }
    return {name: value for name, value in entry.items() if value not in (None, "")}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="trust_entry", description="Add an entry to a trust store.")
    parser.add_argument("store", type=Path, help="YAML file of the trust store; made if it is not there")
    parser.add_argument("certificate", type=Path, help="certificate of the issuing CA, in PEM or DER")
    parser.add_argument("--name", required=True, help="name of the entry")
    parser.add_argument("--source", required=True, help="where the certificate and the OIDs were read")
    parser.add_argument("--policy", action="append", default=[], help="OID that this CA's leaves carry; may be repeated")
    parser.add_argument("--usage", action="append", choices=USAGES, help="what the leaves are for; may be repeated (default: client)")
    parser.add_argument("--level", help="for instance RGS*")
    parser.add_argument("--valid-from", help="first day that the entry counts, YYYY-MM-DD")
    parser.add_argument("--valid-to", help="last day that the entry counts, YYYY-MM-DD")
    parser.add_argument("--doubts", help="what is not certain")
    return parser


if __name__ == "__main__":
    sys.exit(main())
