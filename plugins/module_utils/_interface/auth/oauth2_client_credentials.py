# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth 2.0 client credentials (RFC 6749, 4.4), as PISTE and other gateways of the State want it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from ..._http.messages import Request, Response
from ...errors import UnexpectedAnswer
from ..profile.schema import Key, Number, Table, Text
from .base import Authentication, Credentials, Send, XsrfSession

# A token is asked for anew this long before its end (seconds), and after half its life at the latest where it lives shortly.
MARGIN = 30.0


class OAuth2ClientCredentials(Authentication):
    text = "OAuth 2.0 client credentials (RFC 6749, 4.4)."
    keys = {
        "token_url": Key(
            Text(description="an https:// URL or a path that begins with /", pattern=r"(https://[^\s/]+)?/\S*"),
            "Where tokens are given: a whole URL, or a path on this face. The option `token_url` stands before it.",
            required=True,
        ),
        "scope": Key(Text(description="a text"), "Scope to ask for."),
        "client_auth": Key(Text(choices=("basic", "body")), "Whether the client is named by HTTP Basic (default) or in the form."),
        "form": Key(Table(Text(description="a text")), "More fields of the form, for instance `audience`."),
        "margin": Key(Number(0, 3600, whole=False), f"Seconds before its end at which a token is renewed; default: {MARGIN:g}."),
    }
    needs = {"client_id": "client_id", "client_secret": "client_secret"}

    def __init__(
        self,
        settings: dict[str, Any],
        credentials: Credentials,
        send: Send,
        xsrf_session: XsrfSession | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(settings, credentials, send, xsrf_session)
        self._clock = clock
        self._token: str | None = None
        self._until = 0.0

    @classmethod
    def elsewhere(cls, settings: dict[str, Any], credentials: Credentials) -> str | None:
        url = str(credentials.token_url or settings["token_url"])
        return url if url.startswith("https://") else None

    def headers(self, *, anonymous: bool) -> dict[str, str]:
        if anonymous:
            return {}
        token = self._token if self._token and self._clock() < self._until else self._ask()
        return {"Authorization": f"Bearer {token}"}

    def forget(self) -> bool:
        had_token = self._token is not None
        self._token = None
        return had_token

    def _ask(self) -> str:
        form = {"grant_type": "client_credentials"} | self.settings.get("form", {})
        if self.settings.get("scope"):
            form["scope"] = self.settings["scope"]
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        client, secret = self.credential("client_id"), self.credential("client_secret")
        if self.settings.get("client_auth", "basic") == "basic":  # RFC 6749, 2.3.1: both are form-encoded first
            value = base64.b64encode(f"{quote(client, safe='')}:{quote(secret, safe='')}".encode()).decode()
            self.credentials.redactor.learn(value)
            headers["Authorization"] = f"Basic {value}"
        else:
            form |= {"client_id": client, "client_secret": secret}
        begun = self._clock()
        response = self._send(headers, urlencode(form).encode())
        if response.status != 200:
            raise self.refused(response)
        return self._read_token(response, begun)

    def _send(self, headers: dict[str, str], form: bytes) -> Response:
        url = self.credentials.token_url or self.settings["token_url"]
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        request = Request("POST", path, headers=headers, content=form)
        return self.send(request, f"{parts.scheme}://{parts.netloc}") if parts.scheme else self.send(request)

    def _read_token(self, response: Response, begun: float) -> str:
        try:
            answer = json.loads(response.body)
            token, lasts = str(answer["access_token"]), float(answer.get("expires_in") or 3600)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UnexpectedAnswer("the answer of the token service holds no access_token", "check token_url and the profile") from error
        if str(answer.get("token_type", "bearer")).lower() != "bearer":
            raise UnexpectedAnswer(f"the token service gives a token of type {answer['token_type']!r}, not bearer", "check the profile")
        self.credentials.redactor.learn_session(token)
        self._token = token
        self._until = begun + max(lasts - self.settings.get("margin", MARGIN), lasts / 2)
        return token
