# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""XSRF cookie, then HTTP Basic, then a bearer token: the habits of ANTAI's public API for editors, as third-party code shows them.

`init` sets a cookie; its value is repeated in a header by every call; `login` sends HTTP Basic and answers with the token in its
response header `Authorization: Bearer`.
"""

from __future__ import annotations

import base64

from ...errors import UnexpectedAnswer
from ..profile.schema import Key
from .base import Authentication, call_of
from .names import HEADER, SESSION_CALL


class XsrfBasicBearer(Authentication):
    text = "A cookie against XSRF, then HTTP Basic, then a bearer token."
    keys = {
        "init": Key(SESSION_CALL, "The call that sets the cookie.", required=True),
        "login": Key(SESSION_CALL, "The call that takes HTTP Basic and answers with the token.", required=True),
        "cookie": Key(HEADER, "Name of the cookie.", required=True),
        "header": Key(HEADER, "Name of the header that repeats its value.", required=True),
    }
    needs = {"username": "username", "password": "password"}
    _token: str | None = None

    def headers(self, *, anonymous: bool) -> dict[str, str]:
        headers = self._xsrf_headers()
        if not anonymous:
            headers["Authorization"] = f"Bearer {self._token or self._login()}"
        return headers

    def forget(self) -> bool:
        had_token = self._token is not None
        self._token = None
        with self.xsrf_session.attempt.lock:
            self.xsrf_session.value = None
        return had_token

    def _xsrf_headers(self) -> dict[str, str]:
        with self.xsrf_session.attempt.turn(self.credentials.username or ""):
            xsrf = self.xsrf_session.value = self.xsrf_session.value or self._init()
        self.credentials.redactor.learn_session(xsrf)
        return {self.settings["header"]: xsrf, "Cookie": f"{self.settings['cookie']}={xsrf}"}

    def _init(self) -> str:
        response = self.send(call_of(self.settings["init"]))
        value = response.cookies.get(self.settings["cookie"])
        if not value:
            raise UnexpectedAnswer(
                f"the session does not begin: no cookie {self.settings['cookie']} (HTTP {response.status})",
                "check portal_url and the profile",
            )
        return value

    def _login(self) -> str:
        basic = base64.b64encode(f"{self.credential('username')}:{self.credential('password')}".encode()).decode()
        self.credentials.redactor.learn(basic)
        request = call_of(self.settings["login"])
        request.headers.update(self._xsrf_headers() | {"Authorization": f"Basic {basic}"})
        response = self.send(request)
        scheme, _space, token = response.headers.get("authorization", "").partition(" ")
        if response.status != 200 or scheme.lower() != "bearer" or not token:
            raise self.refused(response)
        self.credentials.redactor.learn_session(token)
        self._token = token
        return token
