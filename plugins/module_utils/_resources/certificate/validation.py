# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validating a certificate file: from the options of rgs_certificate_info to the verdicts. The rules are pki/'s."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from ..._http.endpoints import check_timeout
from ..._http.revocation_fetcher import RevocationFetcher
from ..._pki.blocking_rules import blocking
from ..._pki.evaluation import ValidationPolicy, find_inputs, judge
from ..._pki.leaf import find_leaf
from ..._pki.parsed_certificate import ParsedCertificate
from ..._pki.parsing import MAX_AUTHORITIES, load_bundle, load_crl, load_key, load_ocsp
from ..._pki.revocation import Fetch, RevocationAnswers, fetch_revocation
from ..._pki.subject_identifiers import identifiers_of
from ..._pki.trust import USAGES
from ..._pki.validation_inputs import ValidationInputs
from ..._store.files import read_file
from ...dates import instant
from ...errors import InvalidInput
from ...siret import check_siret
from .evaluation_options import JUDGING_SPEC, judging

SPEC: dict[str, dict[str, Any]] = {
    "certificate": {"type": "path", "required": True},
    "chain": {"type": "path"},
    "private_key": {"type": "path", "no_log": False},
    "passphrase": {"type": "str", "no_log": True},
    "usage": {"type": "str", "choices": list(USAGES), "default": "client"},
    "siret": {"type": "str"},
    "host": {"type": "str"},
    "at": {"type": "str"},
    "crl": {"type": "list", "elements": "path", "default": []},
    "ocsp": {"type": "list", "elements": "path", "default": []},
    "fetch": {"type": "bool", "default": True},
    "timeout": {"type": "float", "default": 10.0},
    **JUDGING_SPEC,
    "trust_store": JUDGING_SPEC["trust_store"] | {"required": True},
}


def now() -> datetime:
    """The clock, in UTC."""
    return datetime.now(timezone.utc)


def validate(parameters: dict[str, Any], clock: Callable[[], datetime] = now) -> dict[str, Any]:
    """What the module answers. Raises InvalidInput for what cannot be read; what is wrong with a certificate is a verdict."""
    policy = judging(parameters)
    case = _case(parameters, policy, clock())
    judgement = judge(case, _evidence(parameters, case), policy.overrides)
    blocks = [verdict.rule for verdict in blocking(judgement)]
    return {
        "changed": False,
        **judgement.as_dict(),
        "blocking": blocks,
        "certificate": _described(case.leaf),
        "path": [certificate.named for certificate in case.path],
    }


def _case(parameters: dict[str, Any], policy: ValidationPolicy, moment: datetime) -> ValidationInputs:
    passphrase = parameters["passphrase"]
    bundle = load_bundle(read_file(parameters["certificate"], "certificate"), "certificate", passphrase)
    key = bundle.key
    if parameters["private_key"]:
        key = load_key(read_file(parameters["private_key"], "private_key"), "private_key", passphrase)
    siret = check_siret(parameters["siret"]) if parameters["siret"] else None
    leaf = find_leaf(bundle.certificates, "certificate", key, siret)
    chain = tuple(certificate for certificate in bundle.certificates if certificate != leaf)
    if parameters["chain"]:
        chain += load_bundle(read_file(parameters["chain"], "chain"), "chain", passphrase, MAX_AUTHORITIES).certificates
    details = {"at": moment_of(parameters["at"]), "siret": siret, "host": parameters["host"], "key": key}
    return find_inputs(leaf, chain, policy.store, parameters["usage"], moment, **details)


def _evidence(parameters: dict[str, Any], case: ValidationInputs) -> RevocationAnswers:
    """Files first; where there are none, the certificate's own addresses."""
    crls = [load_crl(read_file(path, "crl"), "crl") for path in parameters["crl"]]
    responses = [load_ocsp(read_file(path, "ocsp"), "ocsp") for path in parameters["ocsp"]]
    if crls or responses or not parameters["fetch"]:
        return RevocationAnswers(crls, responses, unreachable=parameters["unreachable"])
    fetcher = RevocationFetcher(check_timeout(parameters["timeout"], "timeout", "timeout"))
    try:
        fetch: Fetch = fetcher
        return fetch_revocation(case.path, fetch, parameters["unreachable"], authorities=(*case.intermediates, *case.store.anchors))
    finally:
        fetcher.close()


def moment_of(text: str | None) -> datetime | None:
    """A day or a time in ISO 8601; UTC where it names no zone."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise InvalidInput("at", f"{text!r} is no day or time", "write 2027-01-01 or 2027-01-01T08:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _described(leaf: ParsedCertificate) -> dict[str, Any]:
    return {
        "fingerprint": leaf.fingerprint,
        "subject": leaf.named,
        "issuer": leaf.named_issuer,
        "serial_number": f"{leaf.serial:x}",
        "not_before": instant(leaf.not_before),
        "not_after": instant(leaf.not_after),
        "identifiers": list(dict.fromkeys(identifier.number for identifier in identifiers_of(leaf.subject))),
    }
