# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to declarations: the argument specs of the modules, and the resources that their parameters describe.

Everything that can be refused by looking at it is refused here, before any request.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from .dates import parse_date, parse_duration
from .declaration import BEHAVIOUR, CONNECTION, FIELDS
from .documents import Document, check_pdf
from .errors import InvalidInput
from .pki.request import DEFAULT_KEY_TYPE, KEY_TYPES, Subject
from .resources.account import Account
from .resources.base import Resource
from .resources.certificate import STATES as CERTIFICATE_STATES
from .resources.certificate import Certificates, Declared
from .resources.certificate_request import CertificateRequest, Order
from .resources.convention import Convention
from .resources.provider_switch import ProviderSwitch, Switch
from .resources.rotation import Rotation
from .resources.rotation_plan import UNTIL, Wish
from .siret import check_siret
from .store import check_label

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
POSTAL_CODE = re.compile(r"[0-9]{5}")
DEPARTEMENT = re.compile(r"[0-9]{2}|2[AB]|97[0-9]|98[0-9]")
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
REQUIRED = ("siret", "certificates")
PRESENCE = ("present", "absent")

Spec = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """One declaring module: its options, and the resource that its parameters make."""

    spec: Spec
    build: Callable[[dict[str, Any]], Resource]


def _options(*names: str) -> Spec:
    return {FIELDS[name].option_name: FIELDS[name].spec(required=True) if name in REQUIRED else FIELDS[name].spec() for name in names}


def connection_spec() -> Spec:
    """Options that every module takes: how to speak with ANTAI, as whom, and where to keep things."""
    return {each.option_name: each.spec() for each in CONNECTION}


def behaviour_spec() -> Spec:
    """Options of the modules that change something."""
    return {each.option_name: each.spec() for each in BEHAVIOUR}


def _state(choices: tuple[str, ...], default: str) -> Spec:
    return {"state": {"type": "str", "choices": list(choices), "default": default}}


CERTIFICATE_STATE = _state(CERTIFICATE_STATES, "active")


def account(parameters: dict[str, Any]) -> Account:
    address = parameters["address"] or {}
    declared = {
        "name": parameters["name"],
        "departement": _matching(parameters, "departement", DEPARTEMENT, "two digits, 2A, 2B, 97x or 98x"),
        "street": address.get("street"),
        "postal_code": _checked("address.postal_code", address.get("postal_code"), POSTAL_CODE, "five digits, quoted"),
        "city": address.get("city"),
        "contact_email": _matching(parameters, "contact_email", EMAIL, "an e-mail address"),
        "agent_name": parameters["agent_name"],
        "agent_email": _matching(parameters, "agent_email", EMAIL, "an e-mail address"),
    }
    return Account(check_siret(parameters["siret"]), declared, present=parameters["state"] == "present", reopen=parameters["reopen"])


def convention(parameters: dict[str, Any]) -> Convention:
    siret, email = check_siret(parameters["siret"]), _matching(parameters, "agent_email", EMAIL, "an e-mail address")
    return Convention(siret, parameters["cycle"], _document(parameters), expected=parameters["document"], agent_email=email)


def certificate_request(parameters: dict[str, Any]) -> CertificateRequest:
    return CertificateRequest(_order(parameters), present=parameters["state"] == "present")


def _order(parameters: dict[str, Any]) -> Order:
    siret, provider = check_siret(parameters["siret"]), check_label(parameters["provider"])
    name = _text(parameters, "name", 64)  # ub-organization-name of RFC 5280
    common_name = _text({"common_name": parameters["common_name"] or f"FPS {provider}"}, "common_name", 64)
    return Order(
        Subject(siret, name, common_name), provider, parameters["key_type"], parameters["drop_folder"], parameters["pickup_folder"]
    )


def certificates(parameters: dict[str, Any]) -> Certificates:
    siret, email = check_siret(parameters["siret"]), _matching(parameters, "agent_email", EMAIL, "an e-mail address")
    declared = [declared_certificate(each, parameters["state"]) for each in parameters["certificates"]]
    identities = [each.fingerprint or each.certificate or each.provider for each in declared]
    for identity in identities:
        if identities.count(identity) > 1:
            raise InvalidInput("certificates", f"{identity} is declared twice", "declare each certificate once")
    moving = _switch(parameters)
    switched = frozenset({moving.giving, moving.taking}) if moving else frozenset()
    return Certificates(siret, declared, exclusive=parameters["exclusive"], agent_email=email, switched=switched)


def provider_switch(parameters: dict[str, Any]) -> ProviderSwitch:
    siret, email = check_siret(parameters["siret"]), _matching(parameters, "agent_email", EMAIL, "an e-mail address")
    moving = _switch(parameters)
    if moving is None:
        raise InvalidInput("switch", "is not set", "declare from, to and date")
    entries = [each for each in parameters["certificates"] if each["provider"] in (moving.giving, moving.taking)]
    named = {each["provider"] for each in entries}
    entries += [
        {"provider": label} for label in (moving.giving, moving.taking) if label not in named
    ]  # the store's or, by its label, the space's
    declared = [declared_certificate(each | {"state": "active"}, "active") for each in entries]
    return ProviderSwitch(siret, declared, moving, agent_email=email)


def _switch(parameters: dict[str, Any]) -> Switch | None:
    given = parameters.get("switch")
    if given is None:
        return None
    giving, taking = (check_label(given[side], f"switch.{side}") for side in ("from", "to"))
    if giving == taking:
        raise InvalidInput("switch", f"from and to are both {giving}", "name two providers")
    try:
        date = parse_date(given["date"])
    except ValueError as error:
        wanted = "give a day (2027-01-31: from its beginning on, UTC) or an instant (2027-01-31T08:00:00+01:00)"
        raise InvalidInput("switch.date", f"{given['date']!r} is no date", wanted) from error
    return Switch(giving, taking, date, bool(given["rollback"]))


def rotation(parameters: dict[str, Any]) -> Rotation:
    email = _matching(parameters, "agent_email", EMAIL, "an e-mail address")
    declared = declared_certificate(parameters | {"private_key": None, "state": "active"}, "active")
    return Rotation(_order(parameters), declared, _wish(parameters), agent_email=email)


def _wish(parameters: dict[str, Any]) -> Wish:
    replace = parameters["replace"]
    if replace is not None:
        replace = replace.replace(":", "").lower()
        _checked("replace", replace, FINGERPRINT, "a SHA-256: 64 hexadecimal digits")
    if parameters["compromised"] and replace is None:
        raise InvalidInput("compromised", "does not say which certificate", "name its fingerprint with `replace`")
    if parameters["due_days"] < 1:
        raise InvalidInput("due_days", "must be greater than 0", "the certificate in use is replaced at once with `replace`")
    try:
        grace = parse_duration(parameters["grace"])
    except ValueError as error:
        raise InvalidInput(
            "grace", f"{parameters['grace']!r} is no duration", "write a whole number of d, h, m or s: 7d, 36h, 0"
        ) from error
    return Wish(grace, parameters["due_days"], parameters["until"], replace, parameters["compromised"], parameters["rollback"])


def declared_certificate(item: dict[str, Any], state: str) -> Declared:
    """One entry of the list `certificates`; state: what it is to be where the entry does not say so itself."""
    fingerprint = item.get("fingerprint")
    if fingerprint is not None:
        fingerprint = fingerprint.replace(":", "").lower()
        _checked("certificates.fingerprint", fingerprint, FINGERPRINT, "a SHA-256: 64 hexadecimal digits")
    if item.get("private_key") and not item.get("certificate"):
        raise InvalidInput(
            "certificates.private_key", "is declared without its certificate", "declare both files, or neither (the store's own are used)"
        )
    return Declared(
        check_label(item["provider"], "certificates.provider"),
        item.get("state") or state,
        fingerprint,
        item.get("certificate"),
        item.get("private_key"),
    )


def onboarding(parameters: dict[str, Any]) -> list[Resource]:
    """Every resource of one collectivité, in the order of the road: whatever can advance advances, whoever else is waited for."""
    requests = [
        certificate_request(
            parameters
            | {"common_name": item.get("common_name"), "provider": item["provider"], "key_type": item["key_type"], "state": "present"}
        )
        for item in to_be_there(parameters)
        if not item.get("fingerprint") and not item.get("certificate")
    ]
    return [account(parameters | {"state": "present"}), *requests, convention(parameters), certificates(parameters)]


def to_be_there(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of `certificates` that are to be installed; `state` stands for those that do not say it themselves."""
    return [item for item in parameters["certificates"] if (item.get("state") or parameters["state"]) in ("present", "active")]


# What an order is made from.
PROVIDER: Spec = {
    "provider": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "common_name": {"type": "str"},
    "key_type": {"type": "str", "choices": list(KEY_TYPES), "default": DEFAULT_KEY_TYPE, "no_log": False},
}
# A certificate whose key or files are not the store's.
ELSEWHERE: Spec = {"fingerprint": {"type": "str"}, "certificate": {"type": "path"}}
ROTATING = ("rotation_grace", "rotation_due_days", "rotation_replace", "rotation_compromised", "rotation_rollback")

DECLARING: dict[str, Kind] = {
    "account": Kind(
        _options("siret", "name", "departement", "address", "contact_email", "agent_name", "agent_email", "reopen")
        | _state(PRESENCE, "present"),
        account,
    ),
    "convention": Kind(
        _options("siret", "cycle", "convention_document", "agent_email") | {"document_content": {"type": "str"}},
        convention,
    ),
    "certificate_request": Kind(
        _options("siret") | PROVIDER | _options("drop_folder", "pickup_folder") | _state(PRESENCE, "present"),
        certificate_request,
    ),
    "certificates": Kind(
        _options("siret", "certificates", "exclusive", "switch", "agent_email") | CERTIFICATE_STATE,
        certificates,
    ),
    "certificate_rotation": Kind(
        _options("siret")
        | PROVIDER
        | ELSEWHERE
        | _options(*ROTATING, "drop_folder", "pickup_folder", "agent_email")
        | {"until": {"type": "str", "choices": list(UNTIL), "default": "retired"}},
        rotation,
    ),
    "provider_switch": Kind(
        _options("siret", "certificates", "agent_email") | {"switch": FIELDS["switch"].spec(required=True)},
        provider_switch,
    ),
}


def _document(parameters: dict[str, Any]) -> Document | None:
    """The content that the action read on the controller; None where the document is not there (yet)."""
    content = parameters["document_content"]
    if content is None:
        return None
    name = PurePath(parameters["document"] or "convention.pdf").name
    try:
        return check_pdf(name, base64.b64decode(content, validate=True))
    except binascii.Error as error:
        raise InvalidInput(
            "document_content", "is not base64", "give the file with `document`, or its content with the filter b64encode"
        ) from error


def _matching(parameters: dict[str, Any], field: str, pattern: re.Pattern[str], wanted: str) -> str | None:
    return _checked(field, parameters.get(field), pattern, wanted)


def _checked(field: str, value: str | None, pattern: re.Pattern[str], wanted: str) -> str | None:
    if value is not None and not pattern.fullmatch(value):
        raise InvalidInput(field, f"{value!r} is not {wanted}", "correct the declaration", value=value)
    return value


def _text(parameters: dict[str, Any], field: str, longest: int) -> str:
    value = parameters[field].strip()
    if not value or len(value.encode()) > longest:  # the library that makes the request counts bytes
        raise InvalidInput(
            field,
            f"{parameters[field]!r} must have 1 to {longest} characters (an accented one counts double)",
            "shorten it: it stands in the certificate's subject",
        )
    return value
