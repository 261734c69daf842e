# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second maker of the proof's certificates, CRLs and OCSP responses: certomancer and asn1crypto, which share no code with ours (psce.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import certomancer.default_plugins  # noqa: F401  (registers its extension plugins)
from asn1crypto import core
from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from asn1crypto.keys import PrivateKeyInfo, PublicKeyInfo
from certomancer.registry.common import ArchLabel, CertLabel, EntityLabel
from certomancer.registry.entities import EntityRegistry
from certomancer.registry.pki_arch import PKIArchitecture
from certomancer.services import CRLBuilder, RevocationInfoInterface, SimpleOCSPResponder, choose_signed_digest
from cryptography.hazmat.primitives import serialization

from tests.support.malformed import make_malformed
from tests.support.psce import EKUS, USAGES, CrlSpec, Maker, Names, OcspSpec, Ours, Spec, key_der, made_once, make_key

# Names of asn1crypto.
NAMES = {
    "C": "country_name",
    "O": "organization_name",
    "OU": "organizational_unit_name",
    "OI": "organization_identifier",
    "CN": "common_name",
}


class Certomancer:
    """With certomancer; extensions that its configuration cannot say are asn1crypto's."""

    name = "certomancer"

    @made_once
    def certificate(self, spec: Spec, issuer: Spec) -> bytes:
        return make_malformed(bytes(self._certificate(spec, issuer).dump()), spec.oddity, make_key(issuer.key))

    def _certificate(self, spec: Spec, issuer: Spec) -> Any:
        entities = EntityRegistry({})
        entities._dict |= {EntityLabel("subject"): _asn1_name(spec.subject), EntityLabel("issuer"): _asn1_name(issuer.subject)}
        config = {
            "subject": "subject",
            "subject-key": spec.key,
            "issuer": "issuer",
            "authority-key": issuer.key,
            "issuer-cert": "none",
            "serial": spec.serial,
            "digest-algo": spec.hash,
            "validity": {"valid-from": spec.not_before.isoformat(), "valid-to": spec.not_after.isoformat()},
            "extensions": self._extensions(spec),
        }
        keys: Any = _Keys()
        return PKIArchitecture(ArchLabel("proof"), keys, entities, {"made": config}, {}, "http://psce.example").get_cert(CertLabel("made"))

    @staticmethod
    def _extensions(spec: Spec) -> list[dict[str, Any]]:
        extensions: list[dict[str, Any]] = []

        def add(name: str, value: Any, critical: bool = False) -> None:
            extensions.append({"id": name, "critical": critical, "value": value})

        for oid, critical, der in spec.extra:
            add(oid, core.ParsableOctetString(der), critical)
        if spec.ca is not None:
            add(
                "basic_constraints",
                {"ca": spec.ca} | ({"path_len_constraint": spec.path_length} if spec.path_length is not None else {}),
                True,
            )
        if spec.key_usage is not None:
            smart = {"schema": "key-usage", "params": [USAGES[usage] for usage in spec.key_usage]}
            extensions.append({"id": "key_usage", "critical": spec.key_usage_critical, "smart-value": smart})
        if spec.eku is not None:
            add("extended_key_usage", [EKUS[purpose][1] for purpose in spec.eku], spec.eku_critical)
        if spec.policies:
            add("certificate_policies", [{"policy_identifier": policy} for policy in spec.policies])
        if spec.san:
            add("subject_alt_name", [_asn1_general(alternative_name) for alternative_name in spec.san])
        if spec.crl_point:
            names = [asn1_x509.GeneralName("uniform_resource_identifier", spec.crl_point)]
            add("crl_distribution_points", [{"distribution_point": asn1_x509.DistributionPointName("full_name", names)}])
        if spec.ocsp_url:
            where = asn1_x509.GeneralName("uniform_resource_identifier", spec.ocsp_url)
            add("authority_information_access", [{"access_method": "ocsp", "access_location": where}])
        if spec.nocheck:
            add("ocsp_no_check", core.Null())
        return extensions

    @made_once
    def crl(self, spec: CrlSpec) -> bytes:
        extra = []
        if spec.delta:
            extra.append(asn1_crl.TBSCertListExtension({"extn_id": "delta_crl_indicator", "critical": True, "extn_value": core.Integer(3)}))
        if spec.unknown:
            content = core.ParsableOctetString(b"\x05\x00")
            extra.append(asn1_crl.TBSCertListExtension({"extn_id": "1.3.6.1.4.1.55555.1", "critical": True, "extn_value": content}))
        keys, issuer = _pair(spec.key), _pair(spec.issuer.key)
        algorithm = choose_signed_digest(spec.hash, keys.public_key_info)
        identifier = core.OctetString(issuer.public_key_info.sha1)
        builder = CRLBuilder(_asn1_name(spec.issuer.subject), keys.private_key_info, algorithm, identifier, extra)
        revoked = [CRLBuilder.format_revoked_cert(serial, asn1_crl.CRLReason("superseded"), date) for serial, date in spec.revoked]
        tbs = builder.format_tbs_crl(7, spec.this, revoked, spec.next, _asn1_point(spec.point))
        for name, date in (("this_update", spec.this), ("next_update", spec.next)):
            tbs[name] = asn1_x509.Time({"utc_time": date})  # as RFC 5280 demands before 2050
        for entry, (_serial, date) in zip(tbs["revoked_certificates"] if revoked else (), spec.revoked, strict=True):
            entry["revocation_date"] = asn1_x509.Time({"utc_time": date})
        if not revoked:
            tbs["revoked_certificates"] = None
        return bytes(builder.sign_crl(tbs).dump())

    @made_once
    def ocsp(self, spec: OcspSpec) -> bytes:
        issuer = self._certificate(spec.issuer, spec.issuer)
        signer = self._certificate(spec.signer, spec.signer_issuer or spec.issuer) if spec.signer else issuer
        keys = _pair(spec.key or (spec.signer or spec.issuer).key)
        validity = spec.next - spec.this if spec.next else None
        algorithm = choose_signed_digest(spec.hash, keys.public_key_info)
        responder = SimpleOCSPResponder(signer, keys.private_key_info, algorithm, spec.this, _Status(spec, issuer), validity)
        identity = {
            "hash_algorithm": {"algorithm": spec.id_hash},
            "issuer_name_hash": getattr(issuer.subject, spec.id_hash),
            "issuer_key_hash": getattr(issuer.public_key, spec.id_hash),
            "serial_number": spec.serial,
        }
        request = asn1_ocsp.OCSPRequest(
            {"tbs_request": {"request_list": [{"req_cert": asn1_ocsp.CertId(identity)}] * (2 if spec.also else 1)}}
        )
        return bytes(responder.build_ocsp_response(request).dump())


MAKERS: tuple[Maker, ...] = (Ours(), Certomancer())


class _Keys:
    def __getitem__(self, name: Any) -> Any:
        return _pair(str(name))


@dataclass(frozen=True)
class _Pair:
    private_key_info: Any
    public_key_info: Any


@cache
def _pair(name: str) -> _Pair:
    key, form = make_key(name), serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.DER, form)
    return _Pair(PrivateKeyInfo.load(key_der(key)), PublicKeyInfo.load(public))


@dataclass(frozen=True)
class _Status(RevocationInfoInterface):
    spec: OcspSpec
    issuer: Any
    asked: list[Any] = field(default_factory=list)

    def get_issuer_cert(self) -> Any:
        return self.issuer

    def check_revocation_status(self, cid: Any, at_time: datetime) -> Any:
        status = self.spec.also if self.asked else self.spec.status
        self.asked.append(cid)
        if status == "revoked":
            info = asn1_ocsp.RevokedInfo({"revocation_time": self.spec.revoked_at, "revocation_reason": "key_compromise"})
            return asn1_ocsp.CertStatus("revoked", info), []
        return asn1_ocsp.CertStatus(status), []


def _asn1_name(names: Names) -> Any:
    parts = []
    for kind, value in names:
        text = core.PrintableString(value) if kind == "C" else core.UTF8String(value)
        content = asn1_x509.DirectoryString(name="printable_string" if kind == "C" else "utf8_string", value=text)
        name = NAMES[kind]
        parts.append(asn1_x509.RelativeDistinguishedName([asn1_x509.NameTypeAndValue({"type": name, "value": content})]))
    return asn1_x509.Name(name="", value=asn1_x509.RDNSequence(parts))


def _asn1_general(text: str) -> Any:
    kind, _, value = text.partition(":")
    return asn1_x509.GeneralName("dns_name" if kind == "dns" else "ip_address", value)


def _asn1_point(point: dict[str, Any] | None) -> dict[str, Any] | None:
    if point is None:
        return None
    reasons: dict[str, Any] = {name: True for name, value in point.items() if value is True and name != "only_some_reasons"}
    if point.get("only_some_reasons"):
        reasons["only_some_reasons"] = asn1_crl.ReasonFlags({"key_compromise"})
    if point.get("url"):
        names = [asn1_x509.GeneralName("uniform_resource_identifier", point["url"])]
        reasons["distribution_point"] = asn1_x509.DistributionPointName("full_name", names)
    return reasons
