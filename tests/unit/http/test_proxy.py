# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which proxy stands before an address, as a table; and what of it may show."""

from __future__ import annotations

import os

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.proxy import ProxySettings, check_proxy
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("declared", "environment", "url", "expected"),
    [
        (None, {}, "https://a.example", ("", "none")),
        ("http://p:1", {}, "https://a.example", ("p:1", "declared")),
        (None, {"https_proxy": "http://p:1"}, "https://a.example", ("p:1", "environment")),
        (None, {"https_proxy": "p:1"}, "https://a.example", ("p:1", "environment")),
        (None, {"http_proxy": "http://p:1"}, "https://a.example", ("", "none")),
        (None, {"all_proxy": "http://p:1"}, "https://a.example", ("p:1", "environment")),
        ("http://p:1", {"https_proxy": "http://q:1"}, "https://a.example", ("p:1", "declared")),
        ("http://p:1", {"no_proxy": ".example"}, "https://a.example", ("", "no_proxy")),
        ("http://p:1", {"no_proxy": "a.example:8443"}, "https://a.example:8443/x", ("", "no_proxy")),
        ("http://p:1", {"no_proxy": "a.example:8443"}, "https://a.example", ("p:1", "declared")),
        ("http://p:1", {"no_proxy": "b.example"}, "https://a.example", ("p:1", "declared")),
        ("http://p", {}, "https://a.example", ("p:3128", "declared")),
        ("https://p", {}, "https://a.example", ("p:443", "declared")),
    ],
)
def test_way(
    monkeypatch: pytest.MonkeyPatch, declared: str | None, environment: dict[str, str], url: str, expected: tuple[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    way = ProxySettings(declared).route_to(url)
    assert (way.shown, way.source) == expected
    assert ProxySettings(declared, use=False).route_to(url).proxies == {}


def test_what_is_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ProxySettings("http://us%65r:p%40ss@p:1")
    assert found.route_to("https://a.example").credentials == ("user", "p@ss")
    assert {"p@ss", "p%40ss", "us%65r:p%40ss"} <= set(found.secrets())
    assert "p%40ss" not in repr(found) + repr(found.route_to("https://a.example"))
    assert ProxySettings("http://p:1").secrets() == []
    monkeypatch.setenv("HTTPS_PROXY", "http://u:canari@p:1")
    assert "canari" in ProxySettings().secrets()


@pytest.mark.parametrize("url", ["http://p", "http://p:3128/", "https://u:p@p:1"])
def test_a_proxy(url: str) -> None:
    assert check_proxy(url) == url


@pytest.mark.parametrize(
    "url", ["p:1", "socks5://p:1", "http://p:secret", "http://", "http://p/secret", "http://p?secret", "http://[secret"]
)
def test_no_proxy(url: str) -> None:
    with pytest.raises(InvalidInput) as error:
        check_proxy(url)
    assert "secret" not in str(error.value.as_dict())
