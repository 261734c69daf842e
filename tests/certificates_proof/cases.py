# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For every rule certificates that just pass and certificates that just fail, next to each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.certificates_proof.scene import POLICY, SIRET, Change, Check, Scene, Trusted, authority
from tests.support.psce import NOW, SECOND, CrlSpec, Spec

SIREN = SIRET[:9]
OTHER = "21310555400017"
URL = "http://psce.example/ac.crl"
NV, FAIL, WARN, PASS = "not_verifiable", "fail", "warn", "pass"
UNTRUSTED = {"trusted_ca": NV, "policy": NV, "revocation": NV, "ca_lifetime": "absent"} | {
    f"{kind}_{rule}": "absent"
    for kind, rules in (
        ("crl", ("issuer", "signature", "freshness", "scope", "status")),
        ("ocsp", ("certid", "signature", "freshness", "status")),
    )
    for rule in rules
}
RSA, EC = ("rsa",), ("ec",)
# What cryptography refuses to make: signatures with SHA-1, or with a key that is not the responder's.
MANCER = ("certomancer",)
# What certomancer does not: entries of CRLs with other extensions than a known reason.
OURS = ("ours",)


def same(scene: Scene) -> Scene:
    return scene


def leaf(**changes: Any) -> Change:
    return lambda scene: replace(scene, leaf=replace(scene.leaf, **changes))


def key(name: str) -> Change:
    return lambda scene: replace(scene, leaf=replace(scene.leaf, key=name), key=name)


def ask(**changes: Any) -> Change:
    return lambda scene: replace(scene, **changes)


def server(*names: str, host: str | None = "sifps.example", **changes: Any) -> Change:
    given: dict[str, Any] = {"eku": ("server",), "san": names} | changes
    return lambda scene: replace(scene, usage="server", host=host, leaf=replace(scene.leaf, **given))


def subject(*changed: tuple[str, str], without: tuple[str, ...] = ()) -> Change:
    """The usual subject, without some attributes, and with others at its end."""

    def change(scene: Scene) -> Scene:
        kept = tuple(each for each in scene.leaf.subject if each[0] not in without)
        return replace(scene, leaf=replace(scene.leaf, subject=(*kept, *changed)))

    return change


def trust(**changes: Any) -> Change:
    return lambda scene: replace(scene, trusted=(replace(scene.trusted[0], **changes),))


def issuing(**changes: Any) -> Change:
    """The CA that issues, is trusted, and signs CRL and OCSP responses."""

    def change(scene: Scene) -> Scene:
        ca = replace(scene.issuer, **changes)
        crl = replace(scene.crl, issuer=ca) if scene.crl else None
        ocsp = replace(scene.ocsp, issuer=ca) if scene.ocsp else None
        return replace(scene, issuer=ca, trusted=(replace(scene.trusted[0], spec=ca),), crl=crl, ocsp=ocsp)

    return change


def root_only(middle: Spec | None = None, **changes: Any) -> Change:
    """The root is trusted, the issuing CA travels with the leaf, for which the store has no entry of its own."""

    def change(scene: Scene) -> Scene:
        root = replace(scene.trusted[0].issuer, **changes)
        return replace(scene, trusted=(Trusted(root, root, name="root"),), others=((middle or scene.issuer, root),))

    return change


def crl(**changes: Any) -> Change:
    return lambda scene: replace(scene, crl=replace(scene.crl, **changes))  # type: ignore[type-var]


def ocsp(**changes: Any) -> Change:
    return lambda scene: replace(scene, ocsp=replace(scene.ocsp, **changes))  # type: ignore[type-var]


def both(*changes: Change) -> Change:
    def change(scene: Scene) -> Scene:
        for change in changes:
            scene = change(scene)
        return scene

    return change


def delegate(scene: Scene, **changes: Any) -> Scene:
    given: dict[str, Any] = {"eku": ("ocsp",), "nocheck": True, "serial": 99, "not_after": NOW + timedelta(days=30)}
    given["key"] = "rsa-2048-delegate" if scene.leaf.key.startswith("rsa") else "ec-p256-delegate"
    signer = Spec((("C", "FR"), ("O", "PSCE"), ("CN", "OCSP")), **(given | changes))
    return replace(scene, ocsp=replace(scene.ocsp, signer=signer))  # type: ignore[type-var]


def delegated(**changes: Any) -> Change:
    return lambda scene: delegate(scene, **changes)


def strange_issuer(scene: Scene) -> Scene:
    """The responder's certificate comes from a CA of the same name with another key."""
    scene = delegate(scene)
    stranger = replace(scene.issuer, key=scene.issuer.key.replace("issuing", "stranger"))
    return replace(scene, ocsp=replace(scene.ocsp, signer_issuer=stranger))  # type: ignore[type-var]


def odd_and_strange(scene: Scene) -> Scene:
    """What was delivered is not what the CA signed, nor is the copy."""
    return both(leaf(crl_point=URL, oddity="critical FALSE"), ask(issuer=replace(scene.issuer, key=scene.issuer.key + "-x")))(scene)


def renewed_in_store(*, ended_first: bool, living: bool = True) -> Change:
    """The issuing CA has two certificates of one name and key."""

    def change(scene: Scene) -> Scene:
        known = scene.trusted[0]
        ended = replace(known, spec=replace(known.spec, not_after=NOW - SECOND, serial=78), name="ended")
        both_of = (ended, known) if ended_first else (known, ended)
        return replace(scene, trusted=both_of if living else (ended,))

    return change


def cross_signed(scene: Scene) -> Scene:
    """Two roots are trusted, and two certificates of the issuing CA travel with the leaf: the one that the first root issued has ended."""
    root = scene.trusted[0].issuer
    first = replace(root, subject=OTHER_CA.subject, key=OTHER_CA.key, not_after=NOW - SECOND)
    ended = replace(scene.issuer, not_after=NOW - SECOND, serial=78)
    return replace(
        scene,
        trusted=(Trusted(first, first, name="first"), Trusted(root, root, name="root")),
        others=((ended, first), (scene.issuer, root)),
    )


def year(number: int, month: int = 1, day: int = 1, **more: int) -> datetime:
    return datetime(number, month, day, tzinfo=UTC, **more)  # type: ignore[misc,arg-type]


OTHER_CA = authority("Autre AC", "ec-p384-other")

CHAIN = [
    Check("chain", PASS, "the issuing CA is the anchor, its root is nowhere", same),
    Check("chain", PASS, "by an intermediate to a trusted root", root_only(), {"trusted_ca": FAIL, "policy": NV, "ca_revocation": NV}),
    Check(
        "chain",
        FAIL,
        "the CA of the same name has another key",
        lambda s: replace(s, issuer=replace(s.issuer, key=s.issuer.key + "-x")),
        UNTRUSTED,
    ),
    Check("chain", FAIL, "nothing is trusted", ask(trusted=()), UNTRUSTED),
    Check("chain", FAIL, "the intermediate is missing", lambda s: replace(root_only()(s), others=()), UNTRUSTED),
    Check("chain", FAIL, "the issuer is no CA", issuing(ca=False, path_length=None), UNTRUSTED),
    Check("chain", FAIL, "the issuer may not sign certificates", issuing(key_usage=("crl_sign",)), UNTRUSTED),
    Check("chain", FAIL, "the root allows no CA below", root_only(path_length=0), UNTRUSTED),
    Check("chain", FAIL, "an unknown critical extension", leaf(extra=(("1.3.6.1.4.1.55555.1", True, b"\x05\x00"),)), UNTRUSTED),
    Check("chain", PASS, "an unknown extension that is not critical", leaf(extra=(("1.3.6.1.4.1.55555.1", False, b"\x05\x00"),))),
    Check(
        "chain",
        FAIL,
        "leaf and CA were never valid together",
        leaf(not_before=year(2030, 2), not_after=year(2031)),
        UNTRUSTED | {"valid_now": FAIL},
    ),
]

ODD_NAMES = ("Latin-1 in a UTF8String", "Latin-1 in a T61String", "Latin-1 in a PrintableString", "a star in a PrintableString")
ENCODING = [
    Check("encoding", PASS, "as DER wants it", same),
    Check("encoding", WARN, "critical FALSE written out", leaf(crl_point=URL, oddity="critical FALSE")),
    Check("encoding", WARN, "critical FALSE written out, of the policies", leaf(oddity="critical FALSE of policies")),
    Check("encoding", WARN, "cA FALSE written out", leaf(oddity="cA FALSE")),
    *(Check("encoding", WARN, odd_name, leaf(oddity=odd_name)) for odd_name in ODD_NAMES),
    Check("encoding", WARN, "a notice that is none", leaf(oddity="a notice")),
    Check("encoding", WARN, "CRL points that are none", leaf(crl_point=URL, oddity="CRL points that are none")),
    Check("encoding", WARN, "an address of OCSP that is none", leaf(ocsp_url=URL, oddity="access that is none")),
    Check("encoding", WARN, "the trusted CA's own", issuing(policies=(POLICY,), oddity="critical FALSE of policies")),
    Check("chain", FAIL, "written in an odd way, and signed by another", odd_and_strange, UNTRUSTED | {"encoding": WARN}),
    Check(
        "chain",
        FAIL,
        "written in an odd way, with an unknown critical extension",
        leaf(crl_point=URL, oddity="critical FALSE", extra=(("1.3.6.1.4.1.55555.1", True, b"\x05\x00"),)),
        UNTRUSTED | {"encoding": WARN},
    ),
    Check(
        "chain",
        PASS,
        "written in an odd way, by an intermediate to a trusted root",
        both(leaf(crl_point=URL, oddity="critical FALSE"), root_only()),
        {"trusted_ca": FAIL, "policy": NV, "encoding": WARN, "ca_revocation": NV},
    ),
    Check(
        "chain",
        FAIL,
        "written in an odd way, the root allows no CA below",
        both(leaf(crl_point=URL, oddity="critical FALSE"), root_only(path_length=0)),
        UNTRUSTED | {"encoding": WARN},
    ),
    Check(
        "chain",
        FAIL,
        "written in an odd way, the issuer is no CA",
        both(leaf(crl_point=URL, oddity="critical FALSE"), issuing(ca=False, path_length=None)),
        UNTRUSTED | {"encoding": WARN},
    ),
    Check(
        "chain",
        FAIL,
        "written in an odd way, the issuer may not sign certificates",
        both(leaf(crl_point=URL, oddity="critical FALSE"), issuing(key_usage=("crl_sign",))),
        UNTRUSTED | {"encoding": WARN},
    ),
]

TRUST = [
    Check("trusted_ca", PASS, "the last day of the entry", trust(valid_to=date(2026, 6, 1))),
    Check("trusted_ca", FAIL, "the day after", trust(valid_to=date(2026, 5, 31)), {"policy": NV}),
    Check("trusted_ca", PASS, "the first day of the entry", trust(valid_from=date(2026, 6, 1))),
    Check("trusted_ca", FAIL, "the day before", trust(valid_from=date(2026, 6, 2)), {"policy": NV}),
    Check("trusted_ca", FAIL, "for servers only", trust(usage=("server",)), {"policy": NV}),
    Check(
        "trusted_ca",
        FAIL,
        "ended now, in force at the time asked about",
        both(trust(valid_to=date(2026, 5, 20)), ask(at=NOW - timedelta(days=12))),
        {"policy": NV},
    ),
    Check(
        "trusted_ca",
        FAIL,
        "in force now, ended at the time asked about",
        both(trust(valid_to=date(2026, 6, 10)), ask(at=NOW + timedelta(days=12))),
        {"policy": NV},
    ),
    Check(
        "trusted_ca",
        PASS,
        "by one entry now and by another at the time asked about",
        lambda s: replace(
            s,
            at=NOW + timedelta(days=12),
            trusted=(replace(s.trusted[0], valid_to=date(2026, 6, 5)), replace(s.trusted[0], valid_from=date(2026, 6, 6), name="next")),
        ),
    ),
    Check("policy", PASS, "one of several", leaf(policies=("2.23.140.1.2.2", POLICY))),
    Check("policy", FAIL, "another one", leaf(policies=(POLICY + ".1",))),
    Check("policy", FAIL, "none", leaf(policies=())),
    Check("policy", NV, "the store does not know the CA's", trust(policies=())),
    Check("policy", FAIL, "anyPolicy", leaf(policies=("2.5.29.32.0",))),
]

DATES = [
    Check("valid_now", PASS, "the last second", leaf(not_after=NOW)),
    Check("valid_now", FAIL, "a second after the end", leaf(not_after=NOW - SECOND)),
    Check("valid_now", PASS, "the first second", leaf(not_before=NOW)),
    Check("valid_now", FAIL, "a second before the beginning", leaf(not_before=NOW + SECOND)),
    Check("valid_now", FAIL, "the CA has ended", issuing(not_after=NOW - SECOND)),
    Check("valid_at", PASS, "the last second", both(leaf(not_after=NOW + timedelta(days=5)), ask(at=NOW + timedelta(days=5)))),
    Check("valid_at", FAIL, "a second later", both(leaf(not_after=NOW + timedelta(days=5)), ask(at=NOW + timedelta(days=5, seconds=1)))),
    Check("valid_at", PASS, "ended now, valid then", both(leaf(not_after=NOW - SECOND), ask(at=NOW - SECOND)), {"valid_now": FAIL}),
    Check("valid_at", FAIL, "the CA has ended by then", both(issuing(not_after=NOW + timedelta(days=5)), ask(at=NOW + timedelta(days=6)))),
    Check("valid_at", "absent", "nobody asked", same),
    Check("lifetime", PASS, "three years", leaf(not_before=year(2025, 6), not_after=year(2028, 6))),
    Check("lifetime", FAIL, "a second more", leaf(not_before=year(2025, 6), not_after=year(2028, 6) + SECOND)),
    Check(
        "lifetime",
        PASS,
        "three years from 29 February",
        leaf(not_before=year(2024, 2, 29), not_after=year(2027, 3)),
    ),
    Check("ca_lifetime", PASS, "ten years", issuing(not_before=year(2020), not_after=year(2030))),
    Check("ca_lifetime", WARN, "a second more", issuing(not_before=year(2020), not_after=year(2030) + SECOND)),
]

SUBJECT = [
    Check("subject_country", PASS, "FR", same),
    Check("subject_country", FAIL, "lower case", subject(("C", "fr"), without=("C",))),
    Check("subject_country", FAIL, "none", subject(without=("C",))),
    Check("subject_country", FAIL, "two", subject(("C", "FR"))),
    Check("subject_organization", PASS, "one letter", subject(("O", "Y"), without=("O",))),
    Check("subject_organization", FAIL, "blank", subject(("O", " "), without=("O",))),
    Check("subject_organization", FAIL, "none", subject(without=("O",))),
    Check("subject_common_name", PASS, "one letter", subject(("CN", "x"), without=("CN",))),
    Check("subject_common_name", FAIL, "none", subject(without=("CN",))),
    Check("subject_common_name", FAIL, "two", subject(("CN", "x"))),
    Check("subject_identifier", PASS, "an OU alone", subject(without=("OI",))),
    Check("subject_identifier", WARN, "an organizationIdentifier alone", subject(without=("OU",))),
    Check("subject_identifier", FAIL, "neither", subject(without=("OU", "OI")), {"owner": FAIL}),
    Check("subject_identifier", FAIL, "two OUs, of two organisations", subject(("OU", f"0002 {OTHER}")), {"owner": FAIL}),
    Check("subject_other_units", PASS, "three digits", subject(("OU", "123 rue"))),
    Check("subject_other_units", FAIL, "four digits", subject(("OU", "1234 rue"))),
    Check("subject_other_units", FAIL, "0002 and no SIREN", subject(("OU", "0002 12345678"))),
    Check("owner", PASS, "SIRET in the OU, SIREN in the organizationIdentifier", subject(("OI", f"SI:FR-{SIREN}"), without=("OI",))),
    Check("owner", WARN, "SIREN only", subject(("OU", f"0002 {SIREN}"), without=("OU", "OI"))),
    Check("owner", FAIL, "another establishment", subject(("OU", f"0002 {SIREN}00029"), without=("OU", "OI"))),
    Check("owner", FAIL, "another in the organizationIdentifier", subject(("OI", f"NTRFR-{OTHER}"), without=("OI",))),
    Check("owner", PASS, "VATEU-FR and the SIREN", subject(("OI", f"VATEU-FR{SIREN}"), without=("OI",))),
    Check("owner", FAIL, "VATFR of another", subject(("OI", f"VATFR-12{OTHER[:9]}"), without=("OI",))),
    Check("owner", PASS, "bare in the organizationIdentifier", subject(("OI", f"0002 {SIRET}"), without=("OI",))),
    Check("owner", "absent", "nobody asked", ask(siret=None)),
]

USAGE = [
    Check("key_usage", PASS, "keyEncipherment too, as hybrid ones have it", leaf(key_usage=("digital_signature", "key_encipherment"))),
    Check("key_usage", PASS, "keyAgreement alone", leaf(key_usage=("key_agreement",))),
    Check("key_usage", FAIL, "keyEncipherment alone", leaf(key_usage=("key_encipherment",))),
    Check("key_usage", FAIL, "keyAgreement with keyEncipherment", leaf(key_usage=("key_agreement", "key_encipherment"))),
    Check("key_usage", FAIL, "nonRepudiation too", leaf(key_usage=("digital_signature", "content_commitment"))),
    Check("key_usage", FAIL, "none at all", leaf(key_usage=None), {"key_usage_critical": "absent"}),
    Check("key_usage", PASS, "a server may encipher keys only", server("dns:sifps.example", key_usage=("key_encipherment",))),
    Check("key_usage_critical", PASS, "critical", same),
    Check("key_usage_critical", FAIL, "not critical", leaf(key_usage_critical=False)),
    Check("extended_key_usage", PASS, "client and server", leaf(eku=("server", "client"))),
    Check("extended_key_usage", FAIL, "server only", leaf(eku=("server",))),
    Check("extended_key_usage", FAIL, "any", leaf(eku=("any",))),
    Check("extended_key_usage", FAIL, "none at all", leaf(eku=None), {"extended_key_usage_critical": "absent"}),
    Check("extended_key_usage", WARN, "e-mail too", leaf(eku=("client", "email"))),
    Check("extended_key_usage", PASS, "a server's", server("dns:sifps.example")),
    Check("extended_key_usage", FAIL, "a server with a client's", server("dns:sifps.example", eku=("client",))),
    Check("extended_key_usage_critical", PASS, "not critical", same),
    Check("extended_key_usage_critical", FAIL, "critical", leaf(eku_critical=True)),
    Check("basic_constraints", PASS, "left out", leaf(ca=None)),
    Check("basic_constraints", PASS, "cA false", leaf(ca=False)),
    Check("basic_constraints", FAIL, "cA true", leaf(ca=True)),
    Check("alternative_name", PASS, "a DNS name", server("dns:sifps.example")),
    Check("alternative_name", FAIL, "none", server(), {"host_name": FAIL}),
    Check("alternative_name", "absent", "a client needs none", same),
    Check("host_name", PASS, "a wildcard for the first label", server("dns:*.antai.example", host="sifps.antai.example")),
    Check("host_name", FAIL, "a wildcard for two labels", server("dns:*.antai.example", host="a.sifps.antai.example")),
    Check("host_name", FAIL, "another name", server("dns:sifps.example", host="sifps2.example")),
    Check("host_name", PASS, "an address", server("ip:192.0.2.1", host="192.0.2.1")),
    Check("host_name", FAIL, "another address", server("ip:192.0.2.1", host="192.0.2.2")),
    Check("host_name", "absent", "nobody asked", server("dns:sifps.example", host=None)),
]

KEYS = [
    Check("key_type", PASS, "RSA or EC", same),
    Check("key_type", FAIL, "Ed25519", key("ed25519-leaf"), {"key_size": "absent", "key_exponent": "absent", "key_curve": "absent"}),
    Check("key_size", PASS, "2048 bits", key("rsa-2048-leaf"), {"key_curve": "absent", "key_exponent": PASS}, RSA),
    Check("key_size", FAIL, "2040 bits", key("rsa-2040-leaf"), families=RSA),
    Check("key_size", FAIL, "1024 bits", key("rsa-1024-leaf"), families=RSA),
    Check(
        "key_size",
        PASS,
        "2048 bits to the last second of 2030",
        both(key("rsa-2048-leaf"), leaf(not_before=year(2028), not_after=year(2030, 12, 31, hour=23, minute=59, second=59)), ask(now=NOW)),
        {"valid_now": FAIL},
        RSA,
    ),
    Check(
        "key_size",
        WARN,
        "2048 bits outliving 2030",
        both(key("rsa-2048-leaf"), leaf(not_before=year(2028), not_after=year(2031))),
        {"valid_now": FAIL},
        RSA,
    ),
    Check("key_size", PASS, "3072 bits outliving 2030", leaf(not_before=year(2028), not_after=year(2031)), {"valid_now": FAIL}, RSA),
    Check("key_exponent", PASS, "65537", same, families=RSA),
    Check("key_exponent", FAIL, "below 65536", key("rsa-2048-e65535"), families=RSA),
    Check("key_exponent", FAIL, "3", key("rsa-2048-e3"), families=RSA),
    Check("key_curve", PASS, "P-256", key("ec-p256-leaf"), families=EC),
    Check("key_curve", PASS, "P-384", key("ec-p384-leaf"), families=EC),
    Check("key_curve", PASS, "P-521", key("ec-p521-leaf"), families=EC),
    Check("key_curve", FAIL, "P-224", key("ec-p224-leaf"), families=EC),
    Check("key_curve", FAIL, "secp256k1", key("ec-k256-leaf"), families=EC),
    Check("key_curve", FAIL, "brainpoolP256r1", key("ec-bp256-leaf"), families=EC),
    Check("key_match", PASS, "the leaf's", same),
    Check("key_match", FAIL, "another's", lambda s: replace(s, key=s.issuer.key)),
    Check("key_match", "absent", "nobody asked", ask(key=None)),
    Check("signature_hash", PASS, "SHA-256", same),
    Check("signature_hash", PASS, "SHA-512", leaf(hash="sha512")),
    Check("signature_hash", FAIL, "SHA-1", leaf(hash="sha1"), UNTRUSTED | {"chain": FAIL}, makers=MANCER),
    Check("signature_hash", FAIL, "SHA-224", leaf(hash="sha224"), UNTRUSTED | {"chain": FAIL}),
]

UNUSABLE = {"crl_status": NV}
ASIDE = {f"crl_{rule}": "absent" for rule in ("signature", "freshness", "scope", "status")}
LISTED = {"crl_status": FAIL, "revocation": FAIL, "revoked": FAIL}
# A revocation counts, whatever is strange about the CRL that tells it.
LISTING: dict[str, Any] = {"revoked": ((4096, NOW),)}
PROOFS = [
    Check(
        "crl_status",
        FAIL,
        "revoked, says another part",
        both(leaf(crl_point=URL), crl(point={"url": URL + "?2"}, **LISTING)),
        LISTED | {"crl_scope": NV},
    ),
    Check(
        "crl_status",
        FAIL,
        "revoked, says a CRL of some reasons",
        crl(point={"only_some_reasons": True}, **LISTING),
        LISTED | {"crl_scope": NV},
    ),
    Check(
        "crl_status", FAIL, "revoked, says a CRL of CAs", crl(point={"only_contains_ca_certs": True}, **LISTING), LISTED | {"crl_scope": NV}
    ),
    Check(
        "crl_status", FAIL, "revoked, says one with an unknown critical extension", crl(unknown=True, **LISTING), LISTED | {"crl_scope": NV}
    ),
    Check("crl_status", FAIL, "revoked, says a delta CRL", crl(delta=True, **LISTING), LISTED | {"crl_scope": NV}),
    Check("crl_status", FAIL, "revoked, says an indirect CRL", crl(point={"indirect_crl": True}, **LISTING), LISTED | {"crl_scope": NV}),
    Check(
        "crl_status",
        NV,
        "another CA's number in an indirect CRL",
        crl(point={"indirect_crl": True}, entry_issuer=OTHER_CA, **LISTING),
        {"crl_scope": NV},
        makers=OURS,
    ),
    Check("crl_status", FAIL, "revoked, signed with SHA-1", crl(hash="sha1", **LISTING), LISTED | {"crl_signature": FAIL}, makers=MANCER),
    Check(
        "crl_status",
        FAIL,
        "revoked, by a CA that may not sign CRLs",
        both(issuing(key_usage=("key_cert_sign",)), crl(**LISTING)),
        LISTED | {"crl_signature": FAIL},
    ),
    Check("crl_status", FAIL, "revoked, for a reason that nobody knows", crl(reason="unknown", **LISTING), LISTED, makers=OURS),
    Check("crl_status", FAIL, "revoked, for a damaged reason", crl(reason="damaged", **LISTING), LISTED, makers=OURS),
    Check("crl_status", FAIL, "on hold", crl(reason="certificate_hold", **LISTING), LISTED, makers=OURS),
    Check(
        "crl_status",
        NV,
        "a delta CRL takes it off hold",
        crl(delta=True, reason="remove_from_crl", **LISTING),
        {"crl_scope": NV},
        makers=OURS,
    ),
    Check(
        "crl_status",
        FAIL,
        "revoked by the delta beside the complete CRL",
        lambda s: replace(crl(delta=True, **LISTING)(s), more_crls=(s.crl,)),  # type: ignore[arg-type]
        LISTED | {"crl_scope": NV},
    ),
]
CRL = [
    Check("crl_issuer", PASS, "the CA's", same),
    Check("crl_issuer", WARN, "another CA's", crl(issuer=OTHER_CA, key=OTHER_CA.key), ASIDE),
    Check(
        "crl_issuer",
        WARN,
        "of the CA's name and another key",
        lambda s: crl(issuer=replace(s.issuer, key="ec-p384-other"), key="ec-p384-other", revoked=((4096, NOW),))(s),
        ASIDE,
    ),
    Check("crl_issuer", FAIL, "the CA's, naming another key", lambda s: crl(issuer=replace(s.issuer, key="ec-p384-other"))(s), UNUSABLE),
    Check("crl_signature", PASS, "the CA's", same),
    Check("crl_signature", FAIL, "another's", crl(key="ec-p384-other"), UNUSABLE),
    Check("crl_signature", FAIL, "SHA-1", crl(hash="sha1"), UNUSABLE, makers=MANCER),
    Check("crl_signature", FAIL, "a CA that may not sign CRLs", issuing(key_usage=("key_cert_sign",)), UNUSABLE),
    Check("crl_freshness", PASS, "nextUpdate is now", crl(next=NOW)),
    Check("crl_freshness", FAIL, "nextUpdate was a second ago", crl(next=NOW - SECOND), UNUSABLE),
    Check("crl_freshness", PASS, "a window of a year refuses nothing", crl(this=NOW - timedelta(days=1), next=NOW + timedelta(days=364))),
    Check("crl_freshness", PASS, "five minutes ahead", crl(this=NOW + timedelta(minutes=5))),
    Check("crl_freshness", FAIL, "five minutes and a second ahead", crl(this=NOW + timedelta(minutes=5, seconds=1)), UNUSABLE),
    Check("crl_scope", PASS, "no issuingDistributionPoint", same),
    Check("crl_scope", PASS, "users' certificates only", crl(point={"only_contains_user_certs": True})),
    Check("crl_scope", NV, "CAs' certificates only", crl(point={"only_contains_ca_certs": True}), UNUSABLE),
    Check("crl_scope", NV, "attribute certificates only", crl(point={"only_contains_attribute_certs": True}), UNUSABLE),
    Check("crl_scope", NV, "indirect", crl(point={"indirect_crl": True}), UNUSABLE),
    Check("crl_scope", NV, "some reasons only", crl(point={"only_some_reasons": True}), UNUSABLE),
    Check("crl_scope", PASS, "the part that the certificate names", both(leaf(crl_point=URL), crl(point={"url": URL}))),
    Check("crl_scope", NV, "another part", both(leaf(crl_point=URL), crl(point={"url": URL + "?2"})), UNUSABLE),
    Check("crl_scope", NV, "a delta CRL", crl(delta=True), UNUSABLE),
    Check("crl_scope", NV, "an unknown critical extension", crl(unknown=True), UNUSABLE),
    Check("crl_status", PASS, "the number before is revoked", crl(revoked=((4095, NOW - SECOND),))),
    Check("crl_status", FAIL, "revoked now", crl(revoked=((4096, NOW),)), LISTED),
    Check(
        "crl_status",
        FAIL,
        "revoked, says a CRL past its end",
        crl(revoked=((4096, NOW - timedelta(days=9)),), next=NOW - SECOND),
        LISTED | {"crl_freshness": FAIL},
    ),
    Check(
        "crl_status", FAIL, "revoked after the time asked about", both(ask(at=NOW - timedelta(days=5)), crl(revoked=((4096, NOW),))), LISTED
    ),
    Check("crl_status", FAIL, "revoked by a date ahead", crl(revoked=((4096, NOW + timedelta(days=30)),)), LISTED),
    *PROOFS,
]

DISTRUSTED = {"ocsp_status": NV}
ANSWERED_REVOKED = {"ocsp_status": FAIL, "revocation": FAIL, "revoked": FAIL}
OCSP = [
    Check("ocsp_certid", PASS, "SHA-1", same),
    Check("ocsp_certid", PASS, "SHA-256", ocsp(id_hash="sha256")),
    Check("ocsp_certid", FAIL, "another number", ocsp(serial=4097), DISTRUSTED | {"ocsp_freshness": NV}),
    Check(
        "ocsp_certid",
        FAIL,
        "the same number of another CA",
        lambda s: ocsp(issuer=replace(s.issuer, subject=OTHER_CA.subject), signer=replace(s.issuer), signer_issuer=s.trusted[0].issuer)(s),
        DISTRUSTED | {"ocsp_freshness": NV},
    ),
    Check("ocsp_signature", PASS, "the CA's", same),
    Check("ocsp_signature", FAIL, "another's", ocsp(key="ec-p384-other"), DISTRUSTED | {"ocsp_delegation": NV}, EC, MANCER),
    Check("ocsp_signature", FAIL, "another's", ocsp(key="rsa-2048-other"), DISTRUSTED | {"ocsp_delegation": NV}, RSA, MANCER),
    Check("ocsp_signature", FAIL, "SHA-224", ocsp(hash="sha224"), DISTRUSTED | {"ocsp_delegation": NV}),
    Check("ocsp_delegation", PASS, "to a certificate for OCSP", delegated()),
    Check("ocsp_delegation", FAIL, "to a certificate for clients", delegated(eku=("client",)), DISTRUSTED),
    Check("ocsp_delegation", FAIL, "to a certificate for any use", delegated(eku=("any",)), DISTRUSTED),
    Check("ocsp_delegation", FAIL, "to one without EKU", delegated(eku=None), DISTRUSTED),
    Check("ocsp_delegation", WARN, "without nocheck", delegated(nocheck=False)),
    Check("ocsp_delegation", FAIL, "from another CA", strange_issuer, DISTRUSTED),
    Check("ocsp_delegation", FAIL, "to a key of 1024 bits", delegated(key="rsa-1024-delegate"), DISTRUSTED),
    Check("ocsp_delegation", FAIL, "to a key with exponent 3", delegated(key="rsa-2048-e3"), DISTRUSTED),
    Check("ocsp_delegation", PASS, "to a key of 2048 bits", delegated(key="rsa-2048-delegate")),
    Check("ocsp_delegation", FAIL, "to a key on P-224", delegated(key="ec-p224-delegate"), DISTRUSTED),
    Check("ocsp_delegation", FAIL, "by a signature with SHA-224", delegated(hash="sha224"), DISTRUSTED),
    Check("ocsp_delegation", PASS, "that ends now", delegated(not_after=NOW)),
    Check("ocsp_delegation", FAIL, "that ended a second ago", delegated(not_after=NOW - SECOND), DISTRUSTED),
    Check("ocsp_delegation", "absent", "the CA signs itself", same),
    Check("ocsp_freshness", PASS, "nextUpdate is now", ocsp(next=NOW)),
    Check("ocsp_freshness", FAIL, "nextUpdate was a second ago", ocsp(next=NOW - SECOND), DISTRUSTED),
    Check("ocsp_freshness", PASS, "five minutes ahead", ocsp(this=NOW + timedelta(minutes=5))),
    Check("ocsp_freshness", FAIL, "five minutes and a second ahead", ocsp(this=NOW + timedelta(minutes=5, seconds=1)), DISTRUSTED),
    Check("ocsp_freshness", WARN, "no nextUpdate, a day old", ocsp(this=NOW - timedelta(days=1), next=None)),
    Check(
        "ocsp_freshness",
        FAIL,
        "no nextUpdate, a day and a second old",
        ocsp(this=NOW - timedelta(days=1, seconds=1), next=None),
        DISTRUSTED,
    ),
    Check("ocsp_status", PASS, "good", same),
    Check("ocsp_status", FAIL, "unknown", ocsp(status="unknown"), {"revocation": FAIL}),
    Check("ocsp_status", FAIL, "revoked now", ocsp(status="revoked", revoked_at=NOW), ANSWERED_REVOKED),
    Check(
        "ocsp_status",
        FAIL,
        "revoked later",
        both(ask(at=NOW - timedelta(days=5)), ocsp(status="revoked", revoked_at=NOW)),
        ANSWERED_REVOKED,
    ),
    Check("ocsp_status", FAIL, "revoked by a date ahead", ocsp(status="revoked", revoked_at=NOW + timedelta(days=30)), ANSWERED_REVOKED),
    Check("ocsp_status", FAIL, "good and revoked in one response", ocsp(also="revoked"), ANSWERED_REVOKED, makers=MANCER),
    Check("ocsp_status", FAIL, "revoked and good in one response", ocsp(status="revoked", also="good"), ANSWERED_REVOKED, makers=MANCER),
    Check("ocsp_status", FAIL, "good and unknown in one response", ocsp(also="unknown"), {"revocation": FAIL}, makers=MANCER),
    Check(
        "ocsp_status",
        FAIL,
        "revoked, says a response past its end",
        ocsp(status="revoked", next=NOW - SECOND),
        ANSWERED_REVOKED | {"ocsp_freshness": FAIL},
    ),
    Check(
        "ocsp_status",
        FAIL,
        "revoked, says a delegate whose certificate has ended",
        lambda s: ocsp(status="revoked")(delegate(s, not_after=NOW - SECOND)),
        ANSWERED_REVOKED | {"ocsp_delegation": FAIL},
    ),
]

NO_CRL = {f"crl_{rule}": "absent" for rule in ("issuer", "signature", "freshness", "scope", "status")}
NO_OCSP = {f"ocsp_{rule}": "absent" for rule in ("certid", "signature", "freshness", "status")}
REVOCATION = [
    Check("revocation", PASS, "the CRL alone", ask(ocsp=None), NO_OCSP),
    Check("revocation", PASS, "the OCSP response alone, the CRL out of reach", ask(crl=None, missed=("http://psce.example: no",)), NO_CRL),
    Check("revocation", FAIL, "nothing in reach, which is to fail", ask(crl=None, ocsp=None, missed=("no",)), NO_CRL | NO_OCSP),
    Check(
        "revocation",
        WARN,
        "nothing in reach, which is to warn",
        ask(crl=None, ocsp=None, missed=("no",), unreachable="warn"),
        NO_CRL | NO_OCSP,
    ),
    Check("revocation", NV, "nothing given", ask(crl=None, ocsp=None), NO_CRL | NO_OCSP),
    Check("revocation", NV, "only a stale CRL", both(ask(ocsp=None), crl(next=NOW - SECOND)), NO_OCSP | UNUSABLE | {"crl_freshness": FAIL}),
    Check("revocation", FAIL, "good by OCSP, revoked by CRL", crl(revoked=((4096, NOW),)), LISTED),
]


def crl_of_root(**changes: Any) -> Change:
    """The root is here, not trusted, and its CRL lists CAs."""

    def change(scene: Scene) -> Scene:
        root = scene.trusted[0].issuer
        return replace(scene, others=((root, root),), more_crls=(*scene.more_crls, replace(CrlSpec(root, root.key), **changes)))

    return change


BELOW_ROOT = {"trusted_ca": FAIL, "policy": NV}
AUTHORITIES = [
    Check("ca_revocation", PASS, "the trusted CA is not listed by its root", crl_of_root(), {"ca_revocation": PASS}),
    Check("ca_revocation", FAIL, "the trusted CA is listed by its root", crl_of_root(revoked=((77, NOW),)), {"revoked": FAIL}),
    Check("ca_revocation", "absent", "its root lists another", same),
    Check("ca_revocation", "absent", "only a stale list of the root", crl_of_root(next=NOW - SECOND)),
    Check(
        "ca_revocation",
        FAIL,
        "an intermediate is listed by the trusted root",
        both(crl_of_root(revoked=((77, NOW),)), root_only()),
        BELOW_ROOT | {"revoked": FAIL},
    ),
    Check("ca_revocation", PASS, "an intermediate is not listed by the trusted root", both(crl_of_root(), root_only()), BELOW_ROOT),
    Check(
        "ca_revocation", WARN, "the list of the root was not had", both(crl_of_root(next=NOW - SECOND), ask(missed_of_authorities=("no",)))
    ),
    Check("ca_revocation", NV, "nothing is had of an intermediate", root_only(), BELOW_ROOT),
    Check("revoked", "absent", "nothing lists it", same),
    Check("revoked", FAIL, "one source lists it", crl(revoked=((4096, NOW),)), LISTED),
    Check("revoked", FAIL, "the CA above is listed", crl_of_root(revoked=((77, NOW),)), {"ca_revocation": FAIL}),
    Check(
        "revoked",
        "absent",
        "another's CRL lists its number",
        crl(issuer=OTHER_CA, key=OTHER_CA.key, revoked=((4096, NOW),)),
        ASIDE | {"crl_issuer": WARN},
    ),
    Check(
        "revoked", "absent", "a forged CRL lists it", crl(key="ec-p384-other", revoked=((4096, NOW),)), UNUSABLE | {"crl_signature": FAIL}
    ),
]

RENEWED = [
    Check("chain", PASS, "the CA was renewed, the store has the ended one first", renewed_in_store(ended_first=True)),
    Check("chain", PASS, "the CA was renewed, the store has the living one first", renewed_in_store(ended_first=False)),
    Check("valid_now", FAIL, "the CA was renewed, the store has the ended one only", renewed_in_store(ended_first=True, living=False)),
    Check("chain", PASS, "cross-signed, the path over the ended CA is met first", cross_signed, BELOW_ROOT | {"ca_revocation": NV}),
    Check("chain", FAIL, "the CA may issue for servers only", issuing(eku=("server",)), UNTRUSTED),
    Check("chain", PASS, "the CA may issue for clients only", issuing(eku=("client",))),
    Check("chain", PASS, "the CA may issue for any use", issuing(eku=("any",))),
    Check("chain", PASS, "a server, and the CA may issue for servers only", both(server("dns:sifps.example"), issuing(eku=("server",)))),
    Check(
        "chain",
        FAIL,
        "a server, and the CA may issue for clients only",
        both(server("dns:sifps.example"), issuing(eku=("client",))),
        UNTRUSTED,
    ),
]

CHECKS: tuple[Check, ...] = (*CHAIN, *ENCODING, *RENEWED, *TRUST, *DATES, *SUBJECT, *USAGE, *KEYS, *CRL, *OCSP, *REVOCATION, *AUTHORITIES)
