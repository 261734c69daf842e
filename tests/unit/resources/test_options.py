# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to declarations: every bad input is refused, its field named, before any I/O."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._enrolment.est import EstService
from ansible_collections.collectivites.antai.plugins.module_utils._enrolment.order_sheet import Contact
from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._interface import connection
from ansible_collections.collectivites.antai.plugins.module_utils._options.declaration import FIELDS
from ansible_collections.collectivites.antai.plugins.module_utils._options.spec import behaviour_spec, connection_spec
from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import Subject
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile import onboarding
from ansible_collections.collectivites.antai.plugins.module_utils._resources import account as account_resource
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate import options as certificate_options
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.key_pair import Source
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import DeclaredCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.request import CertificateRequest
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention import options as convention_options
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation import options as rotation_options
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from ansible_collections.collectivites.antai.plugins.module_utils.redact import SECRET_FIELDS, SECRET_OPTIONS, Redactor
from tests.support.kinds import DECLARING
from tests.support.observed import DECLARED, EMAIL, NOTHING_TO_CHECK, PDF, SIGNED, SIRET

A = "a" * 64
ADDRESS = {field: DECLARED[field] for field in ("street", "postal_code", "city")}
FORM = {"version": 1, "fields": {"nom": "name"}}
PARAMETERS: dict[str, Any] = {
    "siret": SIRET,
    "proxy": None,
    "use_proxy": True,
    "name": "Lyon",
    "departement": "69",
    "address": ADDRESS,
    "contact_email": DECLARED["contact_email"],
    "agent_name": DECLARED["agent_name"],
    "agent_email": EMAIL,
    "reopen": False,
    "state": "present",
    "cycle": "complet",
    "document": None,
    "document_content": None,
    "next_period": False,
    "former_siret": "21310555400017",
    "change_siret_on": "2026-12-01",
    "rollback": False,
    "acknowledge": None,
    "provider": "acme",
    "common_name": None,
    "key_type": "rsa-3072",
    "drop_folder": None,
    "pickup_folder": None,
    "order_limit": 50,
    "store_adopt": None,
    **dict.fromkeys(("psce_ca_file", "est_url", "est_ca_file", "est_username", "est_password", "est_certificate", "est_private_key")),
    "passphrase": None,
    "timeout": 30.0,
    "language": "fr",
    "certificates": [{"provider": "acme", "key_type": "rsa-3072"}],
    "exclusive": False,
    **NOTHING_TO_CHECK,
    "form": FORM,
}
BUILD = {name: kind.build for name, kind in DECLARING.items()}


def certificates(*items: dict[str, Any]) -> dict[str, Any]:
    return {"certificates": list(items)}


BAD: list[tuple[str, dict[str, Any], str]] = [
    *[(kind, {"siret": "213102554"}, "siret") for kind in BUILD],
    ("certificate_request", {"est_url": "http://psce.example"}, "est_url"),
    ("certificate_request", {"est_url": "https://psce.example", "est_certificate": "/c"}, "est_certificate"),
    ("certificate_request", {"est_url": "https://psce.example", "est_private_key": "/k"}, "est_certificate"),
    *[(kind, {"siret": "69001"}, "siret") for kind in BUILD],
    *[(kind, {"siret": "21690123100012"}, "siret") for kind in BUILD],
    *[
        (kind, {"agent_email": value}, "agent_email")
        for kind in ("account", "convention", "certificates")
        for value in ("x", "a@b", "a b@c.fr")
    ],
    *[("account", {"departement": value}, "departement") for value in ("", "6", "2C", "069", "Rhône", "2a", "990")],
    *[("account", {"address": {"postal_code": value}}, "address.postal_code") for value in ("", "6900", "690011", "2A000", "69 001")],
    *[("account", {"contact_email": value}, "contact_email") for value in ("", "mairie", "a@b", "@b.fr", "a@@b.fr", "a@b.fr\n")],
    ("convention", {"document_content": "***"}, "document_content"),
    ("convention", {"document_content": base64.b64encode(PDF).decode()[:-1]}, "document_content"),
    *[
        (kind, {"deliberation_date": value}, "deliberation_date")
        for kind in ("convention", "convention_prefill")
        for value in ("5/3/2026", "2026-02-30", "20260305", "hier")
    ],
    *[
        ("convention_prefill", {field: value}, field)
        for field in ("signatory_name", "signatory_function", "deliberation_number")
        for value in (" ", "a\nb", "a\x07")
    ],
    *[("convention_prefill", {"contact_email": value}, "contact_email") for value in ("mairie", "a@b")],
    ("convention_prefill", {"address": {"postal_code": "6900"}}, "address.postal_code"),
    ("convention_prefill", {"form": {"version": 1, "fields": {"nom": "mayor"}}}, "form"),
    ("convention", {"document_overrides": [{"rule": "none", "outcome": "warn", "reason": "x"}]}, "document_overrides"),
    ("convention", {"document_overrides": [{"rule": "siret", "outcome": "warn", "reason": " "}]}, "document_overrides"),
    *[("convention", {"document_max_mib": value}, "document_max_mib") for value in (0.0, -1.0, 65.0)],
    *[("convention", {"signature_anchors": [value]}, "signature_anchors") for value in ("/a.pem", "-----BEGIN CERTIFICATE-----\nAAAA")],
    *[("certificate_request", {"provider": value}, "provider") for value in ("", "a b", "../x", "é", "x" * 65)],
    *[("certificate_request", {"name": value}, "name") for value in ("", "  ", "x" * 65)],
    *[("certificate_request", {"common_name": value}, "common_name") for value in (" ", "x" * 65, "é" * 65)],
    *[("certificate_request", {"certificate_organisation": value}, "certificate_organisation") for value in (" ", "é" * 65)],
    *[("certificates", certificates({"provider": value}), "certificates.provider") for value in ("", "a/b", "-x")],
    *[
        ("certificates", certificates({"provider": "a", "fingerprint": value}), "certificates.fingerprint")
        for value in ("", "a" * 63, "a" * 65, "g" * 64, "a" * 40)
    ],
    ("certificates", certificates({"provider": "a", "private_key": "/k.pem"}), "certificates.private_key"),
    ("certificates", certificates({"provider": "a"}, {"provider": "a"}), "certificates"),
    ("certificates", certificates({"provider": "a", "fingerprint": A}, {"provider": "b", "fingerprint": "A" * 64}), "certificates"),
    ("certificates", certificates({"provider": "a", "certificate": "/c"}, {"provider": "b", "certificate": "/c"}), "certificates"),
]


@pytest.mark.parametrize(("kind", "change", "field"), BAD, ids=lambda value: value if isinstance(value, str) else repr(value)[:60])
def test_bad_input_names_its_field(kind: str, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        BUILD[kind]({**PARAMETERS, **change})
    assert caught.value.details["field"] == field
    assert caught.value.message.startswith(f"{field}: ")
    assert caught.value.hint


CONNECTED: dict[str, Any] = dict.fromkeys(connection_spec()) | {"use_proxy": True, "timeout": 30.0}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *[(url, value) for url in ("portal_url", "sifps_url") for value in ("http://a.example", "a.example", "https://a:b@a.example")],
        *[("timeout", value) for value in (0.0, -5.0, float("nan"), float("inf"))],
        ("proxy", "a.example"),
        ("client_key", "/key.pem"),
    ],
)
def test_no_way_to_speak(option: str, value: Any) -> None:
    """Refused where the connection is described, before anybody opens it."""
    with pytest.raises(InvalidInput) as caught:
        connection.endpoints(CONNECTED | {option: value})
    assert caught.value.details["field"] == {"client_key": "client_certificate"}.get(option, option)


def test_a_compromised_key_is_named_by_the_variable_of_its_fingerprint() -> None:
    wish = {
        "replace": None,
        "renewal_days": [30],
        "compromised": True,
        "grace": "7d",
        "until": "retired",
        "rollback": False,
        "acknowledge": None,
    }
    with pytest.raises(InvalidInput, match="does not say which certificate") as caught:
        rotation_options.rotation_wish(wish)
    assert "antai_rotation_replace" in caught.value.hint
    with pytest.raises(InvalidInput, match="names the certificate that `replace` names"):
        rotation_options.rotation_wish(wish | {"compromised": False, "replace": "a" * 64, "acknowledge": "A" * 64})


@pytest.mark.parametrize("url", ["", None, "/oauth/token", "https://tokens.example/oauth"])
def test_where_tokens_are_given(url: str | None) -> None:
    assert connection.credentials(CONNECTED | {"token_url": url}, Redactor()).token_url == url


@pytest.mark.parametrize("url", ["http://tokens.example", "https://a:b@tokens.example", "oauth/token"])
def test_where_no_tokens_are_given(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        connection.credentials(CONNECTED | {"token_url": url}, Redactor())
    assert caught.value.details["field"] == "token_url"


@pytest.mark.parametrize("departement", ["01", "2A", "2B", "69", "95", "971", "976", "987", "988", None])
def test_departement(departement: str | None) -> None:
    assert account_resource.account({**PARAMETERS, "departement": departement}).declared["departement"] == departement


def test_account() -> None:
    resource = account_resource.account(PARAMETERS)
    assert (resource.siret, resource.declared, resource.present) == (SIRET, DECLARED, True)
    assert account_resource.account({**PARAMETERS, "state": "absent", "address": None}).present is False


def test_account_of_a_siret_alone() -> None:
    empty = dict.fromkeys(PARAMETERS) | {"siret": SIRET, "state": "present"}
    assert account_resource.account(empty).declared == dict.fromkeys(DECLARED)


def test_convention() -> None:
    content = base64.b64encode(PDF).decode()
    parameters = PARAMETERS | {"cycle": "partiel", "document": "/a/signed.pdf", "document_content": content}
    declared = convention_options.convention(parameters).declared
    assert (declared.cycle, declared.document, declared.path, declared.agent_email) == ("partiel", SIGNED, "/a/signed.pdf", EMAIL)
    unnamed = convention_options.convention({**PARAMETERS, "document_content": content}).declared.document
    assert unnamed is not None
    assert unnamed.name == "convention.pdf"
    assert convention_options.convention({**PARAMETERS, "document": "/a/not-yet.pdf"}).declared.document is None


def test_what_a_convention_is_filled_with() -> None:
    declared = {
        "signatory_name": "Amélie Sénéchas",
        "deliberation_date": "2026-03-05",
        "deliberation_number": "",
        "address": {"city": "Lyon"},
    }
    resource = convention_options.prefill({**PARAMETERS, **declared})
    assert (resource.siret, resource.cycle, resource.form.name) == (SIRET, "complet", "unnamed")
    found = {source: resource.values[source] for source in ("siren", "name", "signatory_name", "deliberation_date", "deliberation_number")}
    assert found == {
        "siren": SIRET[:9],
        "name": "Lyon",
        "signatory_name": "Amélie Sénéchas",
        "deliberation_date": "2026-03-05",
        "deliberation_number": None,
    }
    assert (resource.values["address"], resource.values["address.city"], resource.values["address.street"]) == ("Lyon", "Lyon", None)
    whole = convention_options.prefill({**PARAMETERS, "address": {"street": "1 rue", "postal_code": "69001", "city": "Lyon"}}).values[
        "address"
    ]
    assert whole == "1 rue, 69001 Lyon"


def test_certificate_request() -> None:
    order = certificate_options.certificate_request({**PARAMETERS, "name": " Lyon ", "drop_folder": "/d", "pickup_folder": "/p"}).order
    assert order.subject == Subject(SIRET, "Lyon", "FPS acme")
    assert (order.provider, order.key_type, order.drop_folder, order.pickup_folder) == ("acme", "rsa-3072", "/d", "/p")
    assert order.stem == f"{SIRET}-acme"
    assert certificate_options.certificate_request({**PARAMETERS, "common_name": "fps.lyon.fr"}).order.subject.common_name == "fps.lyon.fr"


SERVICE = {"est_url": "https://psce.example/.well-known/est", "est_username": "lyon", "est_password": "canari"}


def test_a_service_of_the_psce() -> None:
    found = certificate_options.certificate_request(
        {**PARAMETERS, **SERVICE, "est_ca_file": "/ca", "est_certificate": "/c", "est_private_key": "/k"}
    ).order
    assert found.est == EstService(SERVICE["est_url"], "/ca", "lyon", "canari", ClientCertificate("/c", "/k"), 30.0)
    assert "canari" not in repr(found)
    assert certificate_options.certificate_request(PARAMETERS).order.est is None


def test_a_proxy_stands_before_the_psce_too() -> None:
    found = certificate_options.certificate_request({**PARAMETERS, **SERVICE, "proxy": "http://user:canari@proxy:3128"}).order.est
    assert found and found.proxy_settings.route_to(SERVICE["est_url"]).shown == "proxy:3128"
    assert "canari" not in repr(found.proxy_settings)


def test_who_may_be_called_about_an_order() -> None:
    contact = certificate_options.certificate_request(PARAMETERS).order.contact
    assert contact == Contact(PARAMETERS["agent_name"], PARAMETERS["agent_email"], PARAMETERS["contact_email"])


PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("item", "source"),
    [
        ({}, None),
        ({"passphrase": "p"}, None),
        ({"certificate": "/c.p12", "passphrase": "p"}, Source("/c.p12", passphrase="p")),
        ({"certificate": "/c", "private_key_content": "k"}, Source("/c", private_key_content="k")),
        ({"certificate_content": PEM, "private_key": "/k"}, Source(None, "/k", PEM.encode())),
        ({"certificate_content": "MA MC\nAQ=="}, Source(certificate_content=b"0\x03\x02\x01")),
    ],
)
def test_a_certificate_made_elsewhere(item: dict[str, str], source: Source | None) -> None:
    assert certificate_options.source(item) == source
    assert certificate_options.certificate_request({**PARAMETERS, "passphrase": None, **item}).order.source == source
    declared = certificate_options.declared_certificate({"provider": "a", **item}, "active")
    assert declared.source == source
    for secret in ("passphrase='p'", "content='k'", "AAAA"):
        assert secret not in repr(declared)


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"certificate": "/c", "certificate_content": PEM}, "certificate"),
        ({"certificate": "/c", "private_key": "/k", "private_key_content": "k"}, "private_key"),
        ({"private_key_content": "k"}, "private_key_content"),
        ({"certificate_content": "neither PEM nor base64"}, "certificate_content"),
        ({"keep": True}, "keep"),
    ],
)
def test_what_of_it_cannot_be_right(item: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        certificate_options.declared_certificate({"provider": "a", **item}, "active")
    assert caught.value.details["field"] == f"certificates.{field}"


def test_what_is_kept_is_ordered_from_nobody_and_used_from_the_store() -> None:
    kept = {"provider": "kept", "key_type": "ec-p256", "certificate": "/c.p12", "passphrase": "p", "keep": True}
    own = {"provider": "own", "key_type": "ec-p256", "certificate_content": PEM}
    resources = onboarding.onboarding({**PARAMETERS, "state": "active", "certificates": [kept, own]})
    requests = [each.order for each in resources if isinstance(each, CertificateRequest)]
    assert [(each.provider, each.source) for each in requests] == [("kept", Source("/c.p12", passphrase="p"))]
    assert [each.source for each in resources[-1].declared] == [None, Source(certificate_content=PEM.encode())]  # type: ignore[attr-defined]


def test_certificates() -> None:
    resource = certificate_options.certificates(
        {
            **PARAMETERS,
            "state": "active",
            "exclusive": True,
            "certificates": [
                {"provider": "a", "fingerprint": ":".join(["AB"] * 32)},
                {"provider": "b", "certificate": "/c", "private_key": "/k", "state": "absent"},
                {"provider": "b"},
            ],
        }
    )
    assert resource.declared == [
        DeclaredCertificate("a", "active", "ab" * 32),
        DeclaredCertificate("b", "absent", None, "/c", "/k"),
        DeclaredCertificate("b", "active"),
    ]
    assert (resource.scope.exclusive, resource.agent_email) == (True, EMAIL)


def test_onboarding_is_the_road_in_its_order() -> None:
    items = [
        {"provider": "own", "key_type": "ec-p256"},
        {"provider": "wanted", "key_type": "ec-p256", "state": "present"},
        {"provider": "going", "key_type": "ec-p256", "state": "inactive"},
        {"provider": "named", "key_type": "ec-p256", "fingerprint": A},
        {"provider": "filed", "key_type": "ec-p256", "certificate": "/c"},
    ]
    resources = onboarding.onboarding({**PARAMETERS, "state": "active", "certificates": items})
    assert [each.name for each in resources] == ["account", "certificate_request", "certificate_request", "convention", "certificates"]
    assert [each.order.provider for each in resources if each.name == "certificate_request"] == ["own", "wanted"]  # type: ignore[attr-defined]
    assert [each.state for each in resources[-1].declared] == ["active", "present", "inactive", "active", "active"]  # type: ignore[attr-defined]


# The specs, made from the one table


def test_secrets_are_never_logged() -> None:
    every = connection_spec() | behaviour_spec()
    for kind in DECLARING.values():
        every |= kind.spec
    for name in SECRET_FIELDS:
        assert every[name]["no_log"] is True
    assert {name for name, spec in every.items() if spec.get("no_log")} == {*SECRET_FIELDS, *SECRET_OPTIONS}


@pytest.mark.parametrize(("kind", "required"), [(kind, {"siret"}) for kind in ("account", "convention")])
def test_required(kind: str, required: set[str]) -> None:
    assert {name for name, spec in DECLARING[kind].spec.items() if spec.get("required")} == required


def test_nested_options() -> None:
    spec = DECLARING["certificates"].spec["certificates"]
    assert (spec["type"], spec["elements"], spec["required"]) == ("list", "dict", True)
    assert spec["options"]["provider"] == {"type": "str", "required": True}
    assert spec["options"]["private_key"] == {"type": "path", "no_log": False}
    assert spec["options"]["key_type"]["default"] == "rsa-3072"


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_has_a_label_in_both_languages(name: str) -> None:
    field = FIELDS[name]
    assert field.fr
    assert field.en
    assert field.variable == f"antai_{name}"
    assert field.secret is (name in SECRET_FIELDS)
    assert field.default is None or not field.choices or field.default in field.choices
