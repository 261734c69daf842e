# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxies as offices have them: with credentials, with exceptions, over TLS, inspecting TLS; and the errors of those that do not let through."""

from __future__ import annotations

import json
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.proxy import ProxySettings
from ansible_collections.collectivites.antai.plugins.module_utils._http.revocation_fetcher import RevocationFetcher
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError
from tests.integration.conftest import OpenBench
from tests.support.bench import Bench
from tests.support.front import Target, fronting
from tests.support.keys import key_pem
from tests.support.proxy import Proxy, proxy_settings
from tests.support.psce import Ours, Spec, make_key
from tests.support.responder import Responder
from tests.support.values import SIRET, existing

USER, PASSWORD = "agent", "s3cr:t@proxy"
ENCODED = "s3cr%3At%40proxy"
NOW = datetime.now(UTC)
INSPECTING = Spec(
    (("CN", "proxy"),), "ec-p256-inspecting", NOW - timedelta(days=1), NOW + timedelta(days=9), eku=("server",), san=("ip:127.0.0.1",)
)


def account(here: Bench, **options: Any) -> dict[str, Any]:
    return here.run("antai_account_info", siret=SIRET, **options)


def portal(here: Bench) -> str:
    return urlsplit(here.endpoints["portal"]["url"]).netloc


def test_a_declared_proxy_carries_every_request(bench: OpenBench) -> None:
    here = bench(existing())
    with proxy_settings(Proxy(credentials=(USER, PASSWORD))) as proxy:
        found = account(here, proxy=proxy.with_user(USER, ENCODED))
    assert found["accounts"][0]["state"] == "active", found
    assert set(proxy.let) == {portal(here)}


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "ALL_PROXY"])
def test_the_environment_s_proxy_is_honoured(bench: OpenBench, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    here = bench(existing())
    with proxy_settings(Proxy()) as proxy:
        monkeypatch.setenv(name, proxy.url)
        assert not account(here).get("failed")
    assert set(proxy.let) == {portal(here)}


@pytest.mark.parametrize(
    ("no_proxy", "options", "asked"),
    [
        pytest.param("127.0.0.1", {}, False, id="NO_PROXY names the host"),
        pytest.param("127.0.0.0/8", {}, False, id="NO_PROXY names its network"),
        pytest.param("*", {}, False, id="NO_PROXY names all"),
        pytest.param("example.org, 10.0.0.1", {}, True, id="NO_PROXY names others"),
        pytest.param("", {"use_proxy": False}, False, id="none is wanted"),
    ],
)
@pytest.mark.parametrize("how", ["declared", "environment"])
def test_exceptions(
    bench: OpenBench, monkeypatch: pytest.MonkeyPatch, no_proxy: str, options: dict[str, Any], asked: bool, how: str
) -> None:
    here = bench(existing())
    monkeypatch.setenv("NO_PROXY", no_proxy)
    with proxy_settings(Proxy()) as proxy:
        if how == "environment":
            monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert not account(here, **options, **({"proxy": proxy.url} if how == "declared" else {})).get("failed")
    assert bool(proxy.asked) is asked


def test_a_declared_proxy_stands_before_the_environment_s(bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    here = bench(existing())
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with proxy_settings(Proxy()) as proxy:
        assert not account(here, proxy=proxy.url).get("failed")
    assert proxy.let


@pytest.mark.parametrize(
    ("proxy", "user", "told"),
    [
        pytest.param(Proxy(credentials=(USER, PASSWORD)), "", "asks for credentials", id="asks"),
        pytest.param(Proxy(credentials=(USER, PASSWORD)), f"{USER}:wrong", "asks for credentials", id="wrong password"),
        pytest.param(Proxy(refuses=403), "", "does not let this through (HTTP 403)", id="refuses"),
        pytest.param(None, f"{USER}:{ENCODED}", "cannot be reached", id="down"),
    ],
)
def test_a_proxy_that_does_not_let_through(bench: OpenBench, proxy: Proxy | None, user: str, told: str) -> None:
    here = bench(existing())
    with proxy_settings(proxy or Proxy()) as running:
        url = running.url.replace("://", f"://{user}@") if user else running.url
        found = account(here, proxy=url) if proxy else None
    found = found or account(here, proxy=url)
    assert (found["failed"], found["error"]["code"]) == (True, "transport")
    assert f"the proxy {running.address} {told}" in found["msg"]
    assert here.requests() == []


@pytest.mark.parametrize("how", ["declared", "environment"])
def test_its_password_shows_nowhere(bench: OpenBench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str) -> None:
    here = bench(existing())
    record = tmp_path / "transcript.json"
    with proxy_settings(Proxy(refuses=403)) as proxy:
        url = proxy.with_user(USER, ENCODED)
        options = {"proxy": url} if how == "declared" else {}
        if how == "environment":
            monkeypatch.setenv("HTTPS_PROXY", url)
        told = [account(here, **options), here.run("antai_doctor", siret=SIRET, certificates=[], record=str(record), **options)]
    text = json.dumps([{name: value for name, value in each.items() if name != "invocation"} for each in told]) + record.read_text()
    assert proxy.address in text
    for secret in (PASSWORD, ENCODED, url):
        assert secret not in text
    assert all(secret not in json.dumps(each.get("invocation", {})) for each in told for secret in (PASSWORD, ENCODED))


@pytest.mark.parametrize("url", ["proxy:3128", "socks5://127.0.0.1:1080", "http://", "http://a:secret@host:port", "http://host/path"])
def test_what_is_no_proxy_is_refused_without_repeating_it(bench: OpenBench, url: str) -> None:
    here = bench(existing())
    found = account(here, proxy=url)
    assert (found["error"]["code"], found["error"]["details"]["field"]) == ("invalid_input", "proxy")
    assert "secret" not in found["msg"]
    assert here.requests() == []


# Certificates on the way


def files(folder: Path, spec: Spec = INSPECTING) -> tuple[Path, Path]:
    certificate, key = folder / "proxy.pem", folder / "proxy.key"
    certificate.write_text(ssl.DER_cert_to_PEM_cert(Ours().certificate(spec, spec)), encoding="utf-8")
    key.write_bytes(key_pem(make_key(spec.key)))
    return certificate, key


def test_a_proxy_that_inspects_tls_needs_its_ca_and_then_serves(bench: OpenBench, tmp_path: Path) -> None:
    here = bench(existing())
    certificate, key = files(tmp_path)
    target = Target(here.endpoints["portal"]["url"], here.endpoints["portal"]["ca_file"])
    with fronting(target, certificate, key) as inside, proxy_settings(Proxy(elsewhere=urlsplit(inside).netloc)) as proxy:
        refused = account(here, proxy=proxy.url)
        assert "not accepted" in refused["msg"]
        named = here.run("antai_doctor", siret=SIRET, certificates=[], proxy=proxy.url, sifps_url=None, language="en")
        assert {each["code"] for each in named["checks"] if each["outcome"] == "fail"} == {"unknown_ca"}
        bundle = tmp_path / "bundle.pem"
        bundle.write_text(Path(target.ca_file).read_text() + certificate.read_text(), encoding="utf-8")
        assert not account(here, proxy=proxy.url, portal_ca_file=str(bundle)).get("failed")
        found = here.run("antai_doctor", siret=SIRET, certificates=[], proxy=proxy.url, portal_ca_file=str(bundle), sifps_url=None)
    tls = next(each for each in found["checks"] if each["check"] == "tls")
    assert (tls["outcome"], "CN=proxy" in tls["what"]) == ("ok", True), "who signs is told: one sees that it is the proxy"


def test_a_proxy_that_is_spoken_to_over_tls(bench: OpenBench, tmp_path: Path) -> None:
    here = bench(existing())
    certificate, key = files(tmp_path)
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(Path(here.endpoints["portal"]["ca_file"]).read_text() + certificate.read_text(), encoding="utf-8")
    with proxy_settings(Proxy(credentials=(USER, PASSWORD)), certificate, key) as proxy:
        options = {"proxy": proxy.with_user(USER, ENCODED), "portal_ca_file": str(bundle), "sifps_url": None}
        assert not account(here, **options).get("failed")
        found = here.run("antai_doctor", siret=SIRET, certificates=[], **options)
    assert found["outcome"] == "ok", found["text"]
    assert proxy.let


def test_crls_come_through_the_proxy_too(responder: Responder) -> None:
    """They are fetched over plain HTTP, which a proxy is asked for without a tunnel."""
    responder.answers["/crl"] = (200, b"a CRL")
    through = RevocationFetcher(proxy_settings=ProxySettings(responder.url))
    with pytest.raises(TransportError):
        through("http://psce.example/unknown")
    assert "http://psce.example/unknown" in responder.asked
    through.close()
