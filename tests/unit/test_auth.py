# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authentication that a profile names: found, and complete, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.auth import Credentials, authentication
from ansible_collections.collectivites.antai.plugins.module_utils.errors import ProfileError
from ansible_collections.collectivites.antai.plugins.module_utils.https import Request, Response

XSRF = {
    "method": "xsrf_basic_bearer",
    "init": {"method": "GET", "path": "/init"},
    "login": {"method": "POST", "path": "/login"},
    "cookie": "XSRF",
    "header": "X-Xsrf",
}


def never_sent(request: Request) -> Response:
    raise AssertionError(f"{request.path} was sent")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"method": "kerberos"}, "auth.method: 'kerberos' is none of client_certificate, xsrf_basic_bearer"),
        (XSRF | {"init": None}, "auth.init.method: is missing (method xsrf_basic_bearer)"),
        (XSRF | {"login": {"method": "POST"}}, "auth.login.path: is missing (method xsrf_basic_bearer)"),
        (XSRF | {"cookie": ""}, "auth.cookie: is missing (method xsrf_basic_bearer)"),
        ({key: value for key, value in XSRF.items() if key != "header"}, "auth.header: is missing (method xsrf_basic_bearer)"),
    ],
)
def test_what_the_profile_lacks_is_said_before_anything_is_sent(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(ProfileError) as raised:
        authentication(settings, Credentials(), never_sent)
    assert problem in raised.value.details["problems"]


def test_an_editor_is_named_where_it_is_declared() -> None:
    settings = {"method": "client_certificate", "headers": {"X-Editor": "editor_id", "X-Key": "editor_key"}}
    assert authentication(settings, Credentials(editor_id="e", editor_key="k"), never_sent).headers(anonymous=False) == {
        "X-Editor": "e",
        "X-Key": "k",
    }
    assert authentication(settings, Credentials(), never_sent).headers(anonymous=False) == {}
