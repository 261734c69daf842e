# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PSCE for tests: certificates, CRLs and OCSP responses of any kind, right and wrong, described once and made by two independent programs.

`Ours` builds them with cryptography, `Certomancer` with certomancer and asn1crypto: a misreading of ours does not hide in both.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from ipaddress import ip_address
from typing import Any, Protocol

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
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from tests.support.odd import odd

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HASHES = {"sha1": hashes.SHA1(), "sha224": hashes.SHA224(), "sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
NAMES = {
    "C": (NameOID.COUNTRY_NAME, "country_name"),
    "O": (NameOID.ORGANIZATION_NAME, "organization_name"),
    "OU": (NameOID.ORGANIZATIONAL_UNIT_NAME, "organizational_unit_name"),
    "OI": (NameOID.ORGANIZATION_IDENTIFIER, "organization_identifier"),
    "CN": (NameOID.COMMON_NAME, "common_name"),
}
EKUS = {
    "client": (ExtendedKeyUsageOID.CLIENT_AUTH, "client_auth"),
    "server": (ExtendedKeyUsageOID.SERVER_AUTH, "server_auth"),
    "email": (ExtendedKeyUsageOID.EMAIL_PROTECTION, "email_protection"),
    "ocsp": (ExtendedKeyUsageOID.OCSP_SIGNING, "ocsp_signing"),
    "any": (ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE, "any_extended_key_usage"),
}
# Names of cryptography, then of asn1crypto.
USAGES = {
    "digital_signature": "digital_signature",
    "content_commitment": "non_repudiation",
    "key_encipherment": "key_encipherment",
    "data_encipherment": "data_encipherment",
    "key_agreement": "key_agreement",
    "key_cert_sign": "key_cert_sign",
    "crl_sign": "crl_sign",
}

Names = tuple[tuple[str, str], ...]
Key = Any


@dataclass(frozen=True)
class Spec:
    """A certificate to be made. key: name of a key (see make_key). None leaves an extension out. extra: (OID, critical, DER).

    oddity: one of odd.ODDITIES. authority_key: the DER of another AuthorityKeyIdentifier than the issuer's (cryptography only).
    """

    subject: Names
    key: str
    not_before: datetime = NOW - timedelta(days=30)
    not_after: datetime = NOW + timedelta(days=700)
    hash: str = "sha256"
    serial: int = 4096
    key_usage: tuple[str, ...] | None = ("digital_signature",)
    key_usage_critical: bool = True
    eku: tuple[str, ...] | None = ("client",)
    eku_critical: bool = False
    ca: bool | None = False
    path_length: int | None = None
    policies: tuple[str, ...] = ()
    san: tuple[str, ...] = ()
    crl_point: str | None = None
    ocsp_url: str | None = None
    nocheck: bool = False
    authority_key: bytes | None = None
    extra: tuple[tuple[str, bool, bytes], ...] = ()
    oddity: str = ""


@dataclass(frozen=True)
class CrlSpec:
    """A CRL of `issuer`, signed with the key named key. revoked: serial to date. point: fields of the issuingDistributionPoint.

    reason: of all entries, also `unknown` or `damaged`; entry_issuer: whom their certificateIssuer names.
    """

    issuer: Spec
    key: str
    this: datetime = NOW - timedelta(hours=1)
    next: datetime = NOW + timedelta(hours=1)
    revoked: tuple[tuple[int, datetime], ...] = ()
    point: dict[str, Any] | None = None
    delta: bool = False
    unknown: bool = False
    hash: str = "sha256"
    reason: str = "superseded"
    entry_issuer: Spec | None = None


@dataclass(frozen=True)
class OcspSpec:
    """A response about (serial, issuer), signed by `signer` whose certificate `signer_issuer` issued; no signer: by the issuer itself.
    key: what it is really signed with, where that is another's. also: the status in a second answer about the same certificate.
    """

    serial: int
    issuer: Spec
    status: str = "good"
    this: datetime = NOW - timedelta(hours=1)
    next: datetime | None = NOW + timedelta(hours=1)
    revoked_at: datetime = NOW - timedelta(days=1)
    id_hash: str = "sha1"
    hash: str = "sha256"
    signer: Spec | None = None
    signer_issuer: Spec | None = None
    key: str | None = None
    also: str | None = None


def _once(make: Callable[..., bytes]) -> Callable[..., bytes]:
    """What is described alike is made once: it takes longer than judging it, and an EC signature would be another one each time."""
    known: dict[str, bytes] = {}

    @wraps(make)
    def made(maker: Any, *described: Any) -> bytes:
        name = repr((maker.name, described))
        if name not in known:
            known[name] = make(maker, *described)
        return known[name]

    return made


class Maker(Protocol):
    """All answers are DER."""

    name: str

    def certificate(self, spec: Spec, issuer: Spec) -> bytes: ...

    def crl(self, spec: CrlSpec) -> bytes: ...

    def ocsp(self, spec: OcspSpec) -> bytes: ...


CURVES: dict[str, Any] = {
    "p192": ec.SECP192R1,
    "p224": ec.SECP224R1,
    "p256": ec.SECP256R1,
    "p384": ec.SECP384R1,
    "p521": ec.SECP521R1,
    "k256": ec.SECP256K1,
    "bp256": ec.BrainpoolP256R1,
}


@cache
def make_key(name: str) -> Key:
    """`kind-size[-anything]`: rsa-2048, rsa-2048-of-another, ec-p256, rsa-2048-e3, rsa-2048-even, ed25519."""
    kind, _, rest = name.partition("-")
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    size, _, more = rest.partition("-")
    if kind == "ec":
        return ec.generate_private_key(CURVES[size]())
    key = rsa.generate_private_key(3 if more == "e3" else 65537, int(size))
    return _with_exponent_below(key, 65536) if more == "e65535" else key


def _with_exponent_below(key: rsa.RSAPrivateKey, limit: int) -> rsa.RSAPrivateKey:
    """The greatest odd exponent below the limit that works with these primes."""
    numbers = key.private_numbers()
    order = math.lcm(numbers.p - 1, numbers.q - 1)
    exponent = next(each for each in range(limit - 1, 3, -2) if math.gcd(each, order) == 1)
    d = pow(exponent, -1, order)
    public = rsa.RSAPublicNumbers(exponent, numbers.public_numbers.n)
    parts = (rsa.rsa_crt_dmp1(d, numbers.p), rsa.rsa_crt_dmq1(d, numbers.q), rsa.rsa_crt_iqmp(numbers.p, numbers.q))
    return rsa.RSAPrivateNumbers(numbers.p, numbers.q, d, *parts, public).private_key()


def key_der(key: Key) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return bytes(key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption()))


@dataclass
class Ours:
    """With cryptography's builders."""

    name: str = "ours"

    @_once
    def certificate(self, spec: Spec, issuer: Spec) -> bytes:
        return odd(self._certificate(spec, issuer).public_bytes(serialization.Encoding.DER), spec.oddity, make_key(issuer.key))

    def _certificate(self, spec: Spec, issuer: Spec) -> x509.Certificate:
        public, signing = make_key(spec.key).public_key(), make_key(issuer.key)
        builder = x509.CertificateBuilder().subject_name(_name(spec.subject)).issuer_name(_name(issuer.subject)).public_key(public)
        builder = builder.serial_number(spec.serial).not_valid_before(spec.not_before).not_valid_after(spec.not_after)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        named = x509.UnrecognizedExtension(x509.AuthorityKeyIdentifier.oid, spec.authority_key) if spec.authority_key else None
        usual = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
        builder = builder.add_extension(named or usual, critical=False)
        for value, critical in self._extensions(spec):
            builder = builder.add_extension(value, critical=critical)
        return builder.sign(signing, None if spec.hash == "none" else HASHES[spec.hash])

    @staticmethod
    def _extensions(spec: Spec) -> list[tuple[Any, bool]]:
        found: list[tuple[Any, bool]] = [(x509.UnrecognizedExtension(ObjectIdentifier(oid), der), c) for oid, c, der in spec.extra]
        if spec.ca is not None:
            found.append((x509.BasicConstraints(spec.ca, spec.path_length), True))
        if spec.key_usage is not None:
            wanted = {name: name in spec.key_usage for name in USAGES}
            found.append((x509.KeyUsage(**wanted, encipher_only=False, decipher_only=False), spec.key_usage_critical))
        if spec.eku is not None:
            found.append((x509.ExtendedKeyUsage([EKUS[each][0] for each in spec.eku]), spec.eku_critical))
        if spec.policies:
            found.append(
                (x509.CertificatePolicies([x509.PolicyInformation(ObjectIdentifier(each), None) for each in spec.policies]), False)
            )
        if spec.san:
            found.append((x509.SubjectAlternativeName([_general(each) for each in spec.san]), False))
        if spec.crl_point:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(spec.crl_point)], None, None, None)
            found.append((x509.CRLDistributionPoints([point]), False))
        if spec.ocsp_url:
            where = x509.AccessDescription(x509.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(spec.ocsp_url))
            found.append((x509.AuthorityInformationAccess([where]), False))
        if spec.nocheck:
            found.append((x509.OCSPNoCheck(), False))
        return found

    @_once
    def crl(self, spec: CrlSpec) -> bytes:
        builder = x509.CertificateRevocationListBuilder().issuer_name(_name(spec.issuer.subject))
        builder = builder.last_update(spec.this).next_update(spec.next).add_extension(x509.CRLNumber(7), critical=False)
        known = make_key(spec.issuer.key).public_key()
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(known), critical=False)
        for serial, date in spec.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(date).add_extension(_reason(spec.reason), False)
            if spec.entry_issuer:
                entry = entry.add_extension(x509.CertificateIssuer([x509.DirectoryName(_name(spec.entry_issuer.subject))]), True)
            builder = builder.add_revoked_certificate(entry.build())
        if spec.delta:
            builder = builder.add_extension(x509.DeltaCRLIndicator(3), critical=True)
        if spec.unknown:
            builder = builder.add_extension(x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.55555.1"), b"\x05\x00"), critical=True)
        if spec.point is not None:
            builder = builder.add_extension(_issuing_point(**spec.point), critical=True)
        return builder.sign(make_key(spec.key), HASHES[spec.hash]).public_bytes(serialization.Encoding.DER)

    @_once
    def ocsp(self, spec: OcspSpec) -> bytes:
        subject = Spec((("CN", "x"),), spec.issuer.key, serial=spec.serial)
        statuses = {"good": ocsp.OCSPCertStatus.GOOD, "unknown": ocsp.OCSPCertStatus.UNKNOWN, "revoked": ocsp.OCSPCertStatus.REVOKED}
        revoked = spec.status == "revoked"
        issuer = self._certificate(replace(spec.issuer, hash="sha256"), spec.issuer)
        builder = ocsp.OCSPResponseBuilder().add_response(
            self._certificate(subject, spec.issuer),
            issuer,
            HASHES[spec.id_hash],
            statuses[spec.status],
            spec.this,
            spec.next,
            spec.revoked_at if revoked else None,
            x509.ReasonFlags.key_compromise if revoked else None,
        )
        signer = self._certificate(spec.signer, spec.signer_issuer or spec.issuer) if spec.signer else issuer
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, signer)
        if spec.signer:
            builder = builder.certificates([signer])
        own = spec.key or (spec.signer or spec.issuer).key
        return builder.sign(make_key(own), HASHES[spec.hash]).public_bytes(serialization.Encoding.DER)


class Certomancer:
    """With certomancer; extensions that its configuration cannot say are asn1crypto's."""

    name = "certomancer"

    @_once
    def certificate(self, spec: Spec, issuer: Spec) -> bytes:
        return odd(bytes(self._certificate(spec, issuer).dump()), spec.oddity, make_key(issuer.key))

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
        found: list[dict[str, Any]] = []

        def add(name: str, value: Any, critical: bool = False) -> None:
            found.append({"id": name, "critical": critical, "value": value})

        for oid, critical, der in spec.extra:
            add(oid, core.ParsableOctetString(der), critical)
        if spec.ca is not None:
            add(
                "basic_constraints",
                {"ca": spec.ca} | ({"path_len_constraint": spec.path_length} if spec.path_length is not None else {}),
                True,
            )
        if spec.key_usage is not None:
            smart = {"schema": "key-usage", "params": [USAGES[each] for each in spec.key_usage]}
            found.append({"id": "key_usage", "critical": spec.key_usage_critical, "smart-value": smart})
        if spec.eku is not None:
            add("extended_key_usage", [EKUS[each][1] for each in spec.eku], spec.eku_critical)
        if spec.policies:
            add("certificate_policies", [{"policy_identifier": each} for each in spec.policies])
        if spec.san:
            add("subject_alt_name", [_asn1_general(each) for each in spec.san])
        if spec.crl_point:
            names = [asn1_x509.GeneralName("uniform_resource_identifier", spec.crl_point)]
            add("crl_distribution_points", [{"distribution_point": asn1_x509.DistributionPointName("full_name", names)}])
        if spec.ocsp_url:
            where = asn1_x509.GeneralName("uniform_resource_identifier", spec.ocsp_url)
            add("authority_information_access", [{"access_method": "ocsp", "access_location": where}])
        if spec.nocheck:
            add("ocsp_no_check", core.Null())
        return found

    @_once
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

    @_once
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


def _name(names: Names) -> x509.Name:
    return x509.Name([x509.NameAttribute(NAMES[kind][0], value, _validate=False) for kind, value in names])


def _asn1_name(names: Names) -> Any:
    parts = []
    for kind, value in names:
        text = core.PrintableString(value) if kind == "C" else core.UTF8String(value)
        content = asn1_x509.DirectoryString(name="printable_string" if kind == "C" else "utf8_string", value=text)
        name = NAMES[kind][1]
        parts.append(asn1_x509.RelativeDistinguishedName([asn1_x509.NameTypeAndValue({"type": name, "value": content})]))
    return asn1_x509.Name(name="", value=asn1_x509.RDNSequence(parts))


def _reason(name: str) -> Any:
    contents = {"unknown": b"\x0a\x01\x63", "damaged": b"\x0a\x05\x01"}
    if name in contents:
        return x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.21"), contents[name])
    return x509.CRLReason(x509.ReasonFlags[name])


def _general(text: str) -> Any:
    kind, _, value = text.partition(":")
    return x509.DNSName(value) if kind == "dns" else x509.IPAddress(ip_address(value))


def _asn1_general(text: str) -> Any:
    kind, _, value = text.partition(":")
    return asn1_x509.GeneralName("dns_name" if kind == "dns" else "ip_address", value)


def _issuing_point(url: str | None = None, **flags: bool) -> x509.IssuingDistributionPoint:
    names = ("only_contains_user_certs", "only_contains_ca_certs", "indirect_crl", "only_contains_attribute_certs")
    wanted = {name: flags.get(name, False) for name in names}
    reasons = frozenset([x509.ReasonFlags.key_compromise]) if flags.get("only_some_reasons") else None
    where = [x509.UniformResourceIdentifier(url)] if url else None
    return x509.IssuingDistributionPoint(full_name=where, relative_name=None, only_some_reasons=reasons, **wanted)


def _asn1_point(point: dict[str, Any] | None) -> dict[str, Any] | None:
    if point is None:
        return None
    found: dict[str, Any] = {name: True for name, value in point.items() if value is True and name != "only_some_reasons"}
    if point.get("only_some_reasons"):
        found["only_some_reasons"] = asn1_crl.ReasonFlags({"key_compromise"})
    if point.get("url"):
        names = [asn1_x509.GeneralName("uniform_resource_identifier", point["url"])]
        found["distribution_point"] = asn1_x509.DistributionPointName("full_name", names)
    return found
