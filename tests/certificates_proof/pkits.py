# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NIST's PKITS: what our rules on paths, dates and revocation say of each of its cases. Its data: tests/data/pkits/README.md."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zipfile import ZipFile

import yaml

from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import find_inputs, judge
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import ParsedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import Crl, load_bundle, load_crl
from ansible_collections.collectivites.antai.plugins.module_utils._pki.revocation import RevocationAnswers
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustEntry, TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.collection import ROOT

ARCHIVE = ROOT / "tests/data/pkits/pkits.zip"
DIFFERENCES = ROOT / "tests/certificates_proof/differences.yml"
WHEN = datetime(2022, 5, 1, tzinfo=UTC)
PATH_RULES, REVOCATION_RULES = ("chain", "valid_now"), ("revocation", "ca_revocation", "revoked")


@dataclass(frozen=True)
class PkitsCase:
    """is_valid: what PKITS expects. is_revocation: whether it expects a refusal because something is revoked, or may be."""

    name: str
    is_valid: bool
    is_revocation: bool
    content: dict[str, Any]


@dataclass(frozen=True)
class PkitsAnswer:
    """accepted: whether no rule compared speaks against it; proved: whether a revocation is proved; reasons: of who does."""

    accepted: bool
    proved: bool
    reasons: str


def cases() -> tuple[PkitsCase, ...]:
    return tuple(_case(content) for content in json.loads(_read("pkits.json")))


def _case(content: dict[str, Any]) -> PkitsCase:
    error = content.get("error", {})
    says = f"{error.get('class', '')} {error.get('msg_regex', '')}".lower()
    return PkitsCase(content["name"], not error, "revo" in says or "crl" in says, content)


def answer(case: PkitsCase) -> PkitsAnswer:
    try:
        leaf = _certificate(case.content["cert"])
        others = tuple(_certificate(name) for name in (*case.content.get("other_certs", ()), *case.content.get("path_intermediates", ())))
    except InvalidInput as error:
        return PkitsAnswer(False, False, error.message)
    crls = [_crl(name) for name in ("TrustAnchorRootCRL.crl", *case.content.get("crls", ()))]
    judgement = judge(find_inputs(leaf, others, _store(), "client", WHEN), RevocationAnswers(crls))
    compared = PATH_RULES + (REVOCATION_RULES if case.content.get("revocation", True) else REVOCATION_RULES[2:])
    against = [verdict for verdict in judgement.verdicts if verdict.rule in compared and verdict.outcome != "pass"]
    proved = any(verdict.rule == "revoked" for verdict in against)
    return PkitsAnswer(not against, proved, "; ".join(f"{verdict.rule}: {verdict.reason}" for verdict in against))


def explained() -> dict[str, str]:
    """Name of a case to how ours differs: stricter or laxer."""
    listed = yaml.safe_load(DIFFERENCES.read_text())["pkits"]
    return {name: kind for line in listed for kind in ("stricter", "laxer") for name in line.get(kind, ())}


def difference(case: PkitsCase) -> str | None:
    """stricter, laxer, or None where ours says the same."""
    found = answer(case)
    return None if found.accepted is case.is_valid else "laxer" if found.accepted else "stricter"


def unexplained() -> list[str]:
    known = explained()
    return [
        f"{case.name}: {difference(case)}, explained as {known.get(case.name)}; {answer(case).reasons}"
        for case in cases()
        if difference(case) != known.get(case.name)
    ]


@cache
def _read(name: str) -> bytes:
    with ZipFile(ARCHIVE) as archive:
        return archive.read(name)


@cache
def _certificate(name: str) -> ParsedCertificate:
    return load_bundle(_read(f"certs/{name}"), name).certificates[0]


@cache
def _crl(name: str) -> Crl:
    return load_crl(_read(f"crls/{name}"), name)


@cache
def _store() -> TrustStore:
    anchor = _certificate("TrustAnchorRootCertificate.crt")
    return TrustStore((TrustEntry("pkits", anchor, (), "none", ("client",), None, None, "NIST PKITS", ""),))
