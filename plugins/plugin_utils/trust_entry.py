# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds an entry to a trust store, from the CA's certificate in PEM: a command for the controller.

    python -m ansible_collections.collectivites.antai.plugins.plugin_utils.trust_entry trust/mine.yml ca.pem \\
        --name my-psce --usage client --policy 1.2.250.1.... --source "PC of the PSCE, version 1.2, page 10"

Or lists what a trusted list of the European Union (trusted_list.py) would bring, and adds it with --add:

    python -m ansible_collections.collectivites.antai.plugins.plugin_utils.trust_entry trust/mine.yml \\
        --trusted-list tl-fr.xml --signer signer.pem --service "certigna" --add

from the folder that holds `ansible_collections`. The store is made if it is not there. What is written there already, comments included,
stays as it is; the PEM goes into the new entry. Nothing is written unless the whole store can be used afterwards.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml

from ..module_utils._pki.trust import USAGES, TrustStore, read_store
from ..module_utils._store.files import write_named
from ..module_utils.dates import parse_date
from ..module_utils.errors import AntaiError
from ..module_utils.text import escape_controls
from ._controller.shipped_files import UnreadableFile
from ._controller.trust_store import certificate_text, load
from ._controller.trusted_list import read_trusted_list
from ._controller.words import plain

EMPTY = "---\nversion: 1\nentries:\n"


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parsed(arguments)
    try:
        entries = _from_list(given) if given.trusted_list else [_entry(given)]
        text = added(given.store, *entries) if entries else ""
    except (AntaiError, UnreadableFile, OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"{given.store}: nothing was added: {getattr(error, 'sentence', error)}\n")
        return 1
    names = [entry["name"] for entry in entries]
    if given.trusted_list and not given.add:
        sys.stdout.write(f"{given.store}: {len(names)} would be added, nothing was written; say which with --service, and --add\n")
        return 0
    if entries:
        write_named(given.store, text.encode(), 0o644)
    sys.stdout.write(f"{given.store}: {', '.join(names) or 'nothing'} added\n")
    return 0


def _from_list(given: argparse.Namespace) -> list[dict[str, Any]]:
    """The entries that a trusted list brings, and a line about each of its CAs. Raises AntaiError, UnreadableFile, OSError."""
    at = parse_date(given.as_of) if given.as_of else datetime.now(timezone.utc)
    listed = read_trusted_list(given.trusted_list, given.signer, at)
    store = read_store(load(given.store)) if given.store.exists() else TrustStore(())
    entries = []
    sys.stdout.write(
        f"{given.trusted_list}: {listed.territory}, sequence {listed.sequence}, issued {listed.issued:%Y-%m-%d}, signed by {listed.signer}\n"
    )
    for service in sorted(listed.services, key=lambda each: each.service):
        if given.service and not any(plain(wanted) in plain(service.service) for wanted in given.service):
            continue
        what = service.ca.named if service.ca else service.service
        state = service.reason or ("is in the store already" if service.ca in store.anchors else "")
        if service.ca and not state:
            entries.append(listed.entry(service, service.ca, given.usage or ["client"]))
        until = f", until {service.ca.not_after:%Y-%m-%d}, SHA-256 {service.ca.fingerprint}" if service.ca else ""
        sys.stdout.write(
            f"{'-' if state else '+'} {escape_controls(what)} ({escape_controls(service.service)}{until}){f': {state}' if state else ''}\n"
        )
    for problem in listed.unread:
        sys.stdout.write(f"? not read: {escape_controls(problem)}\n")
    return entries


def added(store: Path, *new: dict[str, Any]) -> str:
    """The store's text with the entries at its end. Raises AntaiError or UnreadableFile where it could not be used."""
    before = store.read_text(encoding="utf-8") if store.exists() else EMPTY
    known = load(store) if store.exists() else {"version": 1, "entries": []}
    entries = known.get("entries") if isinstance(known, dict) else None
    read_store({**known, "entries": [*(entries or []), *new]} if isinstance(known, dict) else known)
    if entries == []:
        before = before.replace("entries: []", "entries:")
    text = before.rstrip("\n") + "\n" + "".join(map(_written, new))
    _check_last(text, len(entries or []) + len(new))
    return text


def _check_last(text: str, wanted: int) -> None:
    """The entries were put at the end of the file: is that the end of the list?"""
    try:
        count = len(yaml.safe_load(text)["entries"])
    except (yaml.YAMLError, KeyError, TypeError):
        count = 0
    if count != wanted:
        raise UnreadableFile("the list `entries` must be the last thing in the file, its items indented by two")


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
    parser.add_argument("certificate", type=Path, nargs="?", help="certificate of the issuing CA, in PEM or DER")
    parser.add_argument("--name", help="name of the entry")
    parser.add_argument("--source", help="where the certificate and the OIDs were read")
    parser.add_argument("--policy", action="append", default=[], help="OID that this CA's leaves carry; may be repeated")
    parser.add_argument("--usage", action="append", choices=USAGES, help="what the leaves are for; may be repeated (default: client)")
    parser.add_argument("--level", help="for instance RGS*")
    parser.add_argument("--valid-from", help="first day that the entry counts, YYYY-MM-DD")
    parser.add_argument("--valid-to", help="last day that the entry counts, YYYY-MM-DD")
    parser.add_argument("--doubts", help="what is not certain")
    many = parser.add_argument_group(
        "from a trusted list", "A source of CA certificates, and never a proof of RGS*. Without --add, nothing is written."
    )
    many.add_argument("--trusted-list", type=Path, metavar="FILE", help="ETSI TS 119 612, XML; its signature is verified")
    many.add_argument("--signer", type=Path, metavar="FILE", help="certificate that signs the list, which you have from elsewhere")
    many.add_argument("--service", action="append", metavar="TEXT", help="only services with this in their name; may be repeated")
    many.add_argument("--as-of", metavar="DAY", help="when the list and its signer's certificate must be in force (default: now)")
    many.add_argument("--add", action="store_true", help="add what is listed with a +")
    return parser


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Either one entry, or a trusted list."""
    parser = _parser()
    given = parser.parse_args(arguments)
    one = {
        name for name in ("certificate", "name", "source", "level", "valid_from", "valid_to", "doubts", "policy") if getattr(given, name)
    }
    many = {name for name in ("signer", "service", "as_of", "add") if getattr(given, name)}
    if given.trusted_list:
        if one:
            parser.error(f"--trusted-list brings its own: leave out {', '.join(sorted(one))}")
        if not given.signer:
            parser.error("--trusted-list wants --signer: a list says nothing before its signature is verified")
    elif many or not {"certificate", "name", "source"} <= one:
        parser.error("give the CA's certificate with --name and --source, or --trusted-list with --signer")
    if given.as_of:
        try:
            parse_date(given.as_of)
        except ValueError:
            parser.error(f"--as-of: {given.as_of!r} is no day (YYYY-MM-DD)")
    return given


if __name__ == "__main__":
    sys.exit(main())
