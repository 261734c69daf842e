# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to declarations: the argument specs of the modules, and the resources that their parameters describe.

Everything that can be refused by looking at it is refused here, before any request.
"""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from ._store.layout import check_label
from .agent import Endpoints
from .auth import NAMES, Credentials
from .checks import check_server, check_timeout
from .dates import parse_date, parse_duration
from .declaration import BEHAVIOUR, CERTIFICATE, CONNECTION, FIELDS, KEYS, ORDERING
from .documents import MOST_MIB, Document
from .errors import InvalidInput
from .est import EstService
from .https import ClientCertificate
from .order_sheet import Contact
from .pdf.checks import RULE_NAMES
from .pdf.judging import Expected
from .pdf.mapping import SOURCES, FormMap, read_form_map
from .pki.blocking import FINAL
from .pki.judging import Judging
from .pki.parsing import MAX_AUTHORITIES, load_bundle
from .pki.renewal import Policy
from .pki.request import DEFAULT_KEY_TYPE, KEY_TYPES, Subject
from .pki.rgs import ALL_RULES
from .pki.trust import TrustStore, read_store
from .pki.verdict import Override, check_overrides
from .proxy import declared as declared_proxy
from .redact import Redactor
from .resources.account import Account
from .resources.base import Resource
from .resources.certificate import STATES as CERTIFICATE_STATES
from .resources.certificate import Certificates, Declared
from .resources.certificate_request import CertificateRequest
from .resources.convention import Convention
from .resources.key_pair import Source
from .resources.ordering import Order
from .resources.prefill import Prefill
from .resources.provider_switch import ProviderSwitch, Switch
from .resources.rotation import Rotation
from .resources.rotation_plan import UNTIL, Wish
from .resources.siret_change import SiretChange
from .siret import check_siret

# ub-organization-name and ub-common-name (RFC 5280, appendix A.1; ITU-T X.520).
LONGEST_IN_SUBJECT = 64
PEM_MARK = "-----BEGIN CERTIFICATE-----"
REQUIRED = ("siret", "certificates")
PRESENCE = ("present", "absent")
MADE_ELSEWHERE = ("certificate", "private_key", "certificate_content", "private_key_content", "passphrase")
ORDERING_NAMES = tuple(each.name for each in ORDERING)

Spec = dict[str, dict[str, Any]]

# What a convention is filled with, besides its cycle and the SIRET, and what a signed one is checked against.
FOR_THE_FORM = (
    "name",
    "address",
    "contact_email",
    "signatory_name",
    "signatory_function",
    "deliberation_number",
    "deliberation_date",
    "form",
)
# The signed convention, and the one that is to follow it; their contents, where the action has read them.
DOCUMENTS = ("convention_document", "convention_next_document")
CONTENTS: Spec = {"document_content": {"type": "str"}, "next_document_content": {"type": "str"}}
CHECKS = ("document_overrides", "document_max_mib", "signature_anchors")


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


def endpoints(parameters: dict[str, Any]) -> Endpoints:
    """Raises InvalidInput for what is no URL, half a client certificate, no proxy, or no time."""
    return Endpoints(
        _server(parameters, "portal_url"),
        _server(parameters, "sifps_url"),
        parameters["portal_ca_file"],
        parameters["sifps_ca_file"],
        check_timeout(parameters["timeout"], "timeout"),
        _client_certificate(parameters),
        declared_proxy(parameters),
    )


def credentials(parameters: dict[str, Any], redactor: Redactor) -> Credentials:
    """redactor: learns the credentials of the proxies too, those of the environment as well. Raises InvalidInput for what is no URL."""
    for secret in declared_proxy(parameters).secrets():
        redactor.learn(secret)
    if not (parameters["token_url"] or "").startswith("/"):  # it may be a path on the portal itself
        _server(parameters, "token_url")
    return Credentials(redactor=redactor, **{name: parameters[name] for name in (*NAMES, "token_url")})


def _server(parameters: dict[str, Any], option: str) -> str | None:
    """Raises InvalidInput."""
    return check_server(parameters[option], option) if parameters[option] else None


def _client_certificate(parameters: dict[str, Any]) -> ClientCertificate | None:
    given = (parameters["client_certificate"], parameters["client_key"])
    if not any(given):
        return None
    if not all(given):
        missing = "client_key" if given[0] else "client_certificate"
        raise InvalidInput(missing, "is not set", "declare both, the certificate and its key, or neither")
    return ClientCertificate(*given)


JUDGING_SPEC = _options("trust_store", "unreachable_revocation", "rule_overrides")


def behaviour_spec() -> Spec:
    """Options of the modules that change something."""
    step = {"code": {"type": "str", "required": True}, "target": {"type": "str", "default": ""}}
    step |= {"path": {"type": "path"}, "fingerprint": {"type": "str"}}
    return {each.option_name: each.spec() for each in BEHAVIOUR} | {"foreseen": {"type": "list", "elements": "dict", "options": step}}


def _state(choices: tuple[str, ...], default: str) -> Spec:
    return {"state": {"type": "str", "choices": list(choices), "default": default}}


CERTIFICATE_STATE = _state(CERTIFICATE_STATES, "active")


def account(parameters: dict[str, Any]) -> Account:
    address = parameters["address"] or {}
    declared = {
        "name": parameters["name"],
        "departement": _checked(parameters, "departement"),
        "street": address.get("street"),
        "postal_code": FIELDS["address"].element("postal_code").checked(address.get("postal_code"), "address.postal_code"),
        "city": address.get("city"),
        "contact_email": _checked(parameters, "contact_email"),
        "agent_name": parameters["agent_name"],
        "agent_email": _checked(parameters, "agent_email"),
    }
    return Account(check_siret(parameters["siret"]), declared, present=parameters["state"] == "present", reopen=parameters["reopen"])


def convention(parameters: dict[str, Any]) -> Convention:
    siret, email = check_siret(parameters["siret"]), _checked(parameters, "agent_email")
    return Convention(
        siret,
        parameters["cycle"],
        _document(parameters),
        expected=parameters["document"],
        following=_document(parameters, "next_document"),
        expected_following=parameters["next_document"],
        policy=Policy(tuple(parameters["convention_renewal_days"]), "convention_renewal_days"),
        agent_email=email,
        judge=expected_document(parameters).judge,
    )


def prefill(parameters: dict[str, Any]) -> Prefill:
    siret, form = check_siret(parameters["siret"]), read_form_map(parameters["form"])
    return Prefill(siret, parameters["cycle"], form_values(parameters), form, following=parameters["next_period"])


def expected_document(parameters: dict[str, Any]) -> Expected:
    """What a signed convention is held against. Raises InvalidInput for what would be ignored or unexplained."""
    overrides = [Override(each["rule"], each["outcome"], each["reason"]) for each in parameters["document_overrides"] or ()]
    check_overrides(overrides, RULE_NAMES, "document_overrides")
    if not 0 < parameters["document_max_mib"] <= MOST_MIB:
        raise InvalidInput("document_max_mib", f"must be above 0 and at most {MOST_MIB}", "a convention of a few pages is below 5")
    return Expected(
        cycle=parameters["cycle"],
        siret=check_siret(parameters["siret"]) if parameters["siret"] else None,
        name=parameters["name"],
        values=form_values(parameters),
        form=read_form_map(parameters["form"]) if parameters["form"] is not None else FormMap(),
        overrides=tuple(overrides),
        anchors=_anchors(parameters["signature_anchors"]),
        max_mib=parameters["document_max_mib"],
    )


# Of what a form can be filled with: what is declared as it is.
DECLARED_SOURCES = tuple(source for source in SOURCES if "." not in source and source not in ("siren", "address"))


def form_values(parameters: dict[str, Any]) -> dict[str, str | None]:
    """What a form can be filled with, by the sources of pdf/mapping.py; None where it is not declared. Raises InvalidInput."""
    address = parameters.get("address") or {}
    parts = {field: (address.get(field) or "").strip() for field in ("street", "postal_code", "city")}
    siret = parameters["siret"]
    FIELDS["address"].element("postal_code").checked(parts["postal_code"] or None, "address.postal_code")
    values = {field: FIELDS[field].checked(parameters.get(field) or None) for field in DECLARED_SOURCES}
    town = " ".join(filter(None, (parts["postal_code"], parts["city"])))
    return values | {
        "siren": siret[:9] if siret else None,
        "address": ", ".join(filter(None, (parts["street"], town))) or None,
        **{f"address.{field}": value or None for field, value in parts.items()},
    }


def _anchors(given: list[str] | None) -> tuple[str, ...]:
    """PEM, as the action read it. Raises InvalidInput."""
    for rank, each in enumerate(given or (), 1):
        if PEM_MARK not in each:  # it is not shown: it may be a key
            raise InvalidInput(
                "signature_anchors", f"number {rank} is no certificate in PEM", "give the path of a PEM file on the controller"
            )
        load_bundle(each.encode(), "signature_anchors", most=MAX_AUTHORITIES)
    return tuple(given or ())


def siret_change(parameters: dict[str, Any]) -> SiretChange:
    new, former, on = check_siret(parameters["siret"]), _checked(parameters, "former_siret"), _checked(parameters, "change_siret_on")
    if former == new:
        raise InvalidInput("former_siret", f"{former} is the SIRET itself", "declare the SIRET that the collectivité had before")
    declared = [declared_certificate(each, "active") for each in parameters["certificates"]]
    kept = [each for each in declared if each.state in ("present", "active")]
    back, email = parameters["rollback"], _checked(parameters, "agent_email")
    siret, leaving = (former, new) if back else (new, former)
    return SiretChange(str(siret), str(leaving), date.fromisoformat(str(on)), kept, back=back, agent_email=email)


def certificate_request(parameters: dict[str, Any]) -> CertificateRequest:
    return CertificateRequest(_order(parameters), present=parameters["state"] == "present")


def _order(parameters: dict[str, Any]) -> Order:
    siret, provider = check_siret(parameters["siret"]), check_label(parameters["provider"])
    common_name = _subject_text(parameters["common_name"] or f"FPS {provider}", "common_name")
    return Order(
        Subject(siret, _organisation(parameters), common_name),
        provider,
        parameters["key_type"],
        parameters["drop_folder"],
        parameters["pickup_folder"],
        psce_ca_file=parameters["psce_ca_file"],
        est=_est(parameters),
        source=source(parameters),
        passphrase=parameters["passphrase"],
        contact=Contact(parameters["agent_name"], parameters["agent_email"], parameters["contact_email"]),
        language=parameters["language"],
        limit=_order_limit(parameters["order_limit"]),
        adopted=tuple(check_siret(each, "store_adopt") for each in parameters["store_adopt"] or ()),
    )


def _order_limit(number: int) -> int:
    """Raises InvalidInput."""
    if number < 0:
        raise InvalidInput(
            "order_limit", f"{number} is out of range", "antai_order_limit must be a whole number, 0 or more; nothing was ordered"
        )
    return number


def _est(parameters: dict[str, Any]) -> EstService | None:
    """The PSCE's service, where one is declared."""
    url = _server(parameters, "est_url")
    if not url:
        return None
    certificate, key = parameters["est_certificate"], parameters["est_private_key"]
    if bool(certificate) != bool(key):
        raise InvalidInput(
            "est_certificate", "is declared without its key, or the key without it", "declare est_certificate and est_private_key"
        )
    client = ClientCertificate(certificate, key) if certificate else None
    return EstService(
        url,
        parameters["est_ca_file"],
        parameters["est_username"],
        parameters["est_password"],
        client,
        check_timeout(parameters["timeout"], "timeout"),
        declared_proxy(parameters),
    )


def source(item: dict[str, Any], prefix: str = "") -> Source | None:
    """A certificate that is declared itself, as a file or as content, with its key or without."""
    path, content = item.get("certificate"), item.get("certificate_content")
    key_path, key_content = item.get("private_key"), item.get("private_key_content")
    if (path and content) or (key_path and key_content):
        raise InvalidInput(
            f"{prefix}{'certificate' if path and content else 'private_key'}", "is declared as a file and as content", "declare one of both"
        )
    if not path and not content:
        if key_path or key_content:
            name = "private_key" if key_path else "private_key_content"
            raise InvalidInput(
                f"{prefix}{name}", "is declared without its certificate", "declare both, or neither (the store's own are used)"
            )
        return None
    return Source(path, key_path, _content(content, prefix) if content else None, key_content, item.get("passphrase"))


def _content(content: str, prefix: str) -> bytes:
    if "-----BEGIN " in content:
        return content.encode()
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except binascii.Error as error:
        raise InvalidInput(
            f"{prefix}certificate_content",
            "is neither PEM nor base64",
            "give PEM as text, and PKCS#12 or DER in base64, as ansible.builtin.slurp does",
        ) from error


def certificates(parameters: dict[str, Any]) -> Certificates:
    siret, email = check_siret(parameters["siret"]), _checked(parameters, "agent_email")
    declared = [declared_certificate(each, parameters["state"]) for each in parameters["certificates"]]
    identities = [each.fingerprint or each.certificate or each.provider for each in declared]
    for identity in identities:
        if identities.count(identity) > 1:
            raise InvalidInput("certificates", f"{identity} is declared twice", "declare each certificate once")
    moving = _switch(parameters)
    switched = frozenset({moving.giving, moving.taking}) if moving else frozenset()
    return Certificates(
        siret,
        declared,
        exclusive=parameters["exclusive"],
        agent_email=email,
        switched=switched,
        judging=judging_if_declared(parameters),
    )


def provider_switch(parameters: dict[str, Any]) -> ProviderSwitch:
    siret, email = check_siret(parameters["siret"]), _checked(parameters, "agent_email")
    moving = _switch(parameters)
    if moving is None:
        raise InvalidInput("switch", "is not set", "declare from, to and date")
    entries = [each for each in parameters["certificates"] if each["provider"] in (moving.giving, moving.taking)]
    named = {each["provider"] for each in entries}
    entries += [
        {"provider": label} for label in (moving.giving, moving.taking) if label not in named
    ]  # the store's or, by its label, the space's
    declared = [declared_certificate(each | {"state": "active"}, "active") for each in entries]
    return ProviderSwitch(siret, declared, moving, agent_email=email, judging=judging_if_declared(parameters))


def _switch(parameters: dict[str, Any]) -> Switch | None:
    given = parameters.get("switch")
    if given is None:
        return None
    for name in ("from", "to", "date"):
        FIELDS["switch"].element(name).checked(given[name], f"switch.{name}")
    if given["from"] == given["to"]:
        raise InvalidInput("switch", f"from and to are both {given['from']}", "name two providers")
    return Switch(given["from"], given["to"], parse_date(given["date"]), bool(given["rollback"]))


def rotation(parameters: dict[str, Any]) -> Rotation:
    """What is ordered is never what is declared itself: that is elsewhere."""
    declared = declared_certificate(parameters, "active")
    order = _order(parameters | {"certificate": None, "certificate_content": None})
    email, judging = _checked(parameters, "agent_email"), judging_if_declared(parameters)
    return Rotation(order, declared, rotation_wish(parameters), agent_email=email, judging=judging)


def rotation_wish(parameters: dict[str, Any]) -> Wish:
    """Raises InvalidInput."""
    replace, policy = FIELDS["rotation_replace"].checked(parameters["replace"]), Policy(tuple(parameters["renewal_days"]))
    if parameters["compromised"] and replace is None:
        raise InvalidInput("compromised", "does not say which certificate", "name its fingerprint with `replace` (antai_rotation_replace)")
    grace = parse_duration(FIELDS["rotation_grace"].checked(parameters["grace"]) or "")
    return Wish(grace, policy, parameters["until"], replace, parameters["compromised"], parameters["rollback"], parameters["reloaded"])


def judging_if_declared(parameters: dict[str, Any]) -> Judging | None:
    """None where no trust store is declared: nothing is judged."""
    return None if parameters.get("trust_store") is None else judging(parameters)


def judging(parameters: dict[str, Any]) -> Judging:
    """Raises InvalidInput for a store or an override that cannot be used."""
    overrides = [Override(each["rule"], each["outcome"], each["reason"]) for each in parameters["overrides"]]
    check_overrides(overrides, ALL_RULES, final=FINAL)
    given = parameters["trust_store"]
    store = given if isinstance(given, TrustStore) else read_store(given)  # a fleet reads it once for all
    return Judging(store, parameters["unreachable"], tuple(overrides))


def declared_certificate(item: dict[str, Any], state: str) -> Declared:
    """One entry of the list `certificates`; state: what it is to be where the entry does not say so itself."""
    fingerprint = FIELDS["certificates"].element("fingerprint").checked(item.get("fingerprint"), "certificates.fingerprint")
    declared = source(item, "certificates.")
    if item.get("keep") and not declared:
        raise InvalidInput(
            "certificates.keep", "is declared without a certificate to be kept", "declare certificate or certificate_content"
        )
    label, wanted, elsewhere = check_label(item["provider"], "certificates.provider"), item.get("state") or state, keys_elsewhere(item)
    if not declared or item.get("keep"):  # one that is kept is the store's from then on
        return Declared(label, wanted, fingerprint, elsewhere=elsewhere)
    given = (declared.certificate, declared.private_key, declared.certificate_content, declared.private_key_content, declared.passphrase)
    return Declared(label, wanted, fingerprint, *given, elsewhere=elsewhere)


def keys_elsewhere(item: dict[str, Any]) -> bool:
    """Whether this entry's keys are somebody else's, who installs his own. Raises InvalidInput where it declares a key all the same."""
    if item.get("keys") != KEYS[1]:
        return False
    key = next((name for name in ("keep", "private_key", "private_key_content") if item.get(name)), None)
    if key:
        raise InvalidInput("certificates.keys", f"says {KEYS[1]}, and {key} is declared, too", "declare one of both")
    return True


def order_of(item: dict[str, Any]) -> dict[str, Any]:
    """The parameters of one entry's order."""
    names = (
        "provider",
        "key_type",
        "common_name",
        "passphrase",
        "certificate",
        "private_key",
        "certificate_content",
        "private_key_content",
    )
    return {name: item.get(name) for name in names}


def is_ordered(item: dict[str, Any]) -> bool:
    """Whether the store is to hold this entry's certificate: from the PSCE, or declared and kept. Raises InvalidInput as keys_elsewhere does."""
    if keys_elsewhere(item):
        return False
    return bool(item.get("keep")) or not any(item.get(name) for name in ("fingerprint", "certificate", "certificate_content"))


def onboarding(parameters: dict[str, Any]) -> list[Resource]:
    """Every resource of one collectivité, in the order of the road: whatever can advance advances, whoever else is waited for."""
    requests = [
        certificate_request(parameters | order_of(item) | {"state": "present"}) for item in to_be_there(parameters) if is_ordered(item)
    ]
    return [account(parameters | {"state": "present"}), *requests, convention(parameters), certificates(parameters)]


def to_be_there(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of `certificates` that are to be installed; `state` stands for those that do not say it themselves."""
    return [item for item in parameters["certificates"] if (item.get("state") or parameters["state"]) in ("present", "active")]


# What an order is made from.
PROVIDER: Spec = {
    "provider": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "certificate_organisation": FIELDS["certificate_organisation"].spec(),
    "common_name": {"type": "str"},
    "key_type": {"type": "str", "choices": list(KEY_TYPES), "default": DEFAULT_KEY_TYPE, "no_log": False},
}
# A certificate whose key or files are not the store's; the passphrase opens a PKCS#12 that the PSCE delivers, too.
ELSEWHERE: Spec = {
    each.name: each.spec()
    for each in CERTIFICATE
    if each.name in ("fingerprint", "keys", "certificate", "certificate_content", "passphrase")
}
CONTACT = ("contact_email", "agent_name", "agent_email")
# What the rotation and its read-only twin take.
ROTATION_SPEC: Spec = _options("siret", "rotation_grace", "renewal_days", *CONTACT, *ORDERING_NAMES) | PROVIDER | ELSEWHERE | JUDGING_SPEC

DECLARING: dict[str, Kind] = {
    "account": Kind(
        _options("siret", "name", "departement", "address", "contact_email", "agent_name", "agent_email", "reopen")
        | _state(PRESENCE, "present"),
        account,
    ),
    "convention": Kind(
        _options("siret", "cycle", *DOCUMENTS, "convention_renewal_days", "agent_email", *FOR_THE_FORM, *CHECKS) | CONTENTS,
        convention,
    ),
    "convention_prefill": Kind(
        _options("siret", "cycle", "departement", "agent_name", "agent_email", *FOR_THE_FORM)
        | {"form": FIELDS["form"].spec(required=True), "next_period": {"type": "bool", "default": False}},
        prefill,
    ),
    "siret_change": Kind(
        _options("siret", "certificates", "agent_email")
        | {name: FIELDS[name].spec(required=True) for name in ("former_siret", "change_siret_on")}
        | {"rollback": {"type": "bool", "default": False}},
        siret_change,
    ),
    "certificate_request": Kind(
        _options("siret")
        | PROVIDER
        | {each.name: each.spec() for each in CERTIFICATE if each.name in MADE_ELSEWHERE}
        | _options(*CONTACT, *ORDERING_NAMES)
        | _state(PRESENCE, "present"),
        certificate_request,
    ),
    "certificates": Kind(
        _options("siret", "certificates", "exclusive", "switch", "agent_email") | CERTIFICATE_STATE | JUDGING_SPEC,
        certificates,
    ),
    "certificate_rotation": Kind(
        ROTATION_SPEC
        | _options("rotation_replace", "rotation_compromised", "rotation_rollback")
        | {"until": {"type": "str", "choices": list(UNTIL), "default": "retired"}, "reloaded": {"type": "bool", "default": True}},
        rotation,
    ),
    "provider_switch": Kind(
        _options("siret", "certificates", "agent_email") | {"switch": FIELDS["switch"].spec(required=True)} | JUDGING_SPEC,
        provider_switch,
    ),
}


def _document(parameters: dict[str, Any], option: str = "document") -> Document | None:
    """The content that the action read on the controller; None where the document is not there (yet)."""
    content = parameters[f"{option}_content"]
    if content is None:
        return None
    name = PurePath(parameters[option] or "convention.pdf").name
    try:
        return Document(name, base64.b64decode(content, validate=True))
    except binascii.Error as error:
        raise InvalidInput(
            f"{option}_content", "is not base64", f"give the file with `{option}`, or its content with the filter b64encode"
        ) from error


def _checked(parameters: dict[str, Any], name: str) -> str | None:
    return FIELDS[name].checked(parameters.get(name))


class OrganisationTooLong(InvalidInput):
    """The official name does not go into a certificate, and nothing shorter is declared. Of one collectivité; no other is concerned."""


def _organisation(parameters: dict[str, Any]) -> str:
    """What stands in the certificate's O: an organisation of its own, else the official name, which the account keeps whatever it is."""
    if parameters.get("certificate_organisation"):
        return _subject_text(str(_checked(parameters, "certificate_organisation")), "certificate_organisation")
    name = parameters["name"].strip()
    if len(name) > LONGEST_IN_SUBJECT:
        raise OrganisationTooLong(
            "name",
            f"{parameters['name']!r} has {len(name)} characters; the organisation (O) of a certificate has at most {LONGEST_IN_SUBJECT}",
            "declare a shorter form for certificates alone, which the PSCE accepts: certificate_organisation (antai_certificate_organisation)",
        )
    return _subject_text(name, "name")


def _subject_text(value: str, field: str) -> str:
    """Bounds count characters, not bytes (X.520: ub-organization-name and ub-common-name are those of a DirectoryString)."""
    text = unicodedata.normalize("NFC", value.strip())
    if not text or len(text) > LONGEST_IN_SUBJECT:
        raise InvalidInput(
            field, f"{value!r} must have 1 to {LONGEST_IN_SUBJECT} characters", "shorten it: it stands in the certificate's subject"
        )
    return text
