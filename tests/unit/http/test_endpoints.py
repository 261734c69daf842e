# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no value may be, by tables: times, and the addresses of servers, where no password shows."""

from __future__ import annotations

import math

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.endpoints import check_server, check_timeout
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput


@pytest.mark.parametrize("seconds", [0.001, 1.0, 30.0, 86_400.0])
def test_a_time(seconds: float) -> None:
    assert check_timeout(seconds, "timeout") == seconds


@pytest.mark.parametrize("seconds", [0.0, -5.0, -0.001, 86_400.1, math.inf, -math.inf, math.nan])
def test_no_time(seconds: float) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_timeout(seconds, "timeout")
    assert caught.value.details["field"] == "timeout"
    assert "antai_timeout" in caught.value.hint


@pytest.mark.parametrize(
    "url",
    ["https://portal.example", "https://127.0.0.1:8443/a/b", "https://[::1]:9", "https://portal.example/@home", "https://portal/?x=a@b"],
)
def test_a_server(url: str) -> None:
    assert check_server(url, "portal_url") == url


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://lyon:canari@portal.example", "before the @"),
        ("https://canari@portal.example:9/x", "before the @"),
        ("https://@portal.example", "before the @"),
        ("http://lyon:canari@portal.example", "begin with https://"),
        ("lyon:canari@portal.example", "begin with https://"),
        ("https://lyon:can/ari@portal.example", "not the URL of a server"),
        ("https://:canari/@", "not the URL of a server"),
        ("http://portal.example", "'http://portal.example' does not begin with https://"),
        ("portal.example", "begin with https://"),
        ("https://", "'https://' is not the URL of a server"),
        ("https:///path", "not the URL of a server"),
        ("https://portal.example:0", "not the URL of a server"),
        ("https://portal.example:x", "not the URL of a server"),
        ("https://[::1", "not the URL of a server"),
    ],
)
def test_no_server(url: str, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_server(url, "portal_url")
    assert caught.value.details["field"] == "portal_url"
    assert text in caught.value.message
    assert "antai_portal_url" in caught.value.hint
    assert "can" not in caught.value.message.replace("cannot", "")
