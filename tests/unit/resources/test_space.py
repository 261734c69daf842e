# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The space as credentials can see it, and why nothing can be done in it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space, account_waiting, observe_space
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AuthenticationFailed, Forbidden
from tests.support.fake_operations import FakeOperations
from tests.support.observed import EMAIL, SINCE, SIRET, account, convention, listed, request, space

FORBIDDEN = Forbidden("non", status=403)
CALL = ("account_request_get", SIRET, EMAIL)
A = listed("a" * 64)


@pytest.mark.parametrize(
    ("login", "answers", "email", "expected", "calls"),
    [
        pytest.param(False, {}, None, Space("no_credentials", "unknown"), [], id="no credentials, no e-mail"),
        pytest.param(False, {}, EMAIL, Space("no_credentials", "absent"), [CALL], id="no credentials, no request"),
        pytest.param(
            False,
            {"account_request_get": request("refused")},
            EMAIL,
            Space("no_credentials", "refused", request("refused")),
            [CALL],
            id="no credentials, refused",
        ),
        pytest.param(
            True, {"account_get": FORBIDDEN}, None, Space("no_mandate", "unknown"), [("account_get", SIRET)], id="no mandate, no e-mail"
        ),
        pytest.param(
            True,
            {"account_get": FORBIDDEN, "account_request_get": request("accepted")},
            EMAIL,
            Space("no_mandate", "accepted", request("accepted")),
            [("account_get", SIRET), CALL],
            id="no mandate, accepted",
        ),
        pytest.param(True, {}, EMAIL, Space("open", "absent"), [("account_get", SIRET)], id="open, absent"),
        pytest.param(
            True,
            {"account_get": account(), "convention_list": [convention("ended")], "certificate_list": [A]},
            EMAIL,
            Space("open", "active", account(), (convention("ended"),), (A,)),
            [("account_get", SIRET), ("convention_list", SIRET), ("certificate_list", SIRET)],
            id="open, active",
        ),
    ],
)
def test_observe(login: bool, answers: dict[str, Any], email: str | None, expected: Space, calls: list[Any]) -> None:
    operations = FakeOperations(answers, login=login)
    assert observe_space(operations, SIRET, email) == expected
    assert operations.calls == calls


def test_wrong_credentials_are_an_error_and_no_state() -> None:
    with pytest.raises(AuthenticationFailed):
        observe_space(FakeOperations({"account_get": AuthenticationFailed("non", status=401)}), SIRET, EMAIL)


@pytest.mark.parametrize(
    ("state", "access", "code"),
    [
        ("absent", "open", "account_missing"),
        ("absent", "no_credentials", "account_missing"),
        ("under_control", "open", "account_control"),
        ("refused", "no_mandate", "account_refused"),
        ("accepted", "no_credentials", "credentials"),
        ("accepted", "no_mandate", "mandate"),
        ("closed", "open", "account_closed"),
        ("unknown", "no_credentials", "access"),
        ("unknown", "no_mandate", "mandate"),
    ],
)
def test_account_waiting(state: str, access: str, code: str) -> None:
    waiting = account_waiting(space(state, access), EMAIL)
    assert waiting is not None
    assert (waiting.code, waiting.since) == (code, None if state in ("absent", "unknown") else SINCE)


def test_an_active_account_waits_for_nobody() -> None:
    assert account_waiting(space(), EMAIL) is None


@pytest.mark.parametrize(("access", "visible"), [("open", True), ("no_credentials", False), ("no_mandate", False)])
def test_visible(access: str, visible: bool) -> None:
    assert space("absent", access).visible is visible


class Interface(FakeOperations):
    """It shows some fields of the account, and others of the request."""

    def shows(self, kind: str) -> Any:
        return frozenset({kind, "state"})


@pytest.mark.parametrize(
    ("absent", "login", "answers", "email", "shown"),
    [
        pytest.param((), True, {"account_get": account(), "convention_list": [], "certificate_list": []}, None, "account", id="open"),
        pytest.param((), True, {}, None, None, id="open, absent"),
        pytest.param((), False, {"account_request_get": request("accepted")}, EMAIL, "request", id="the request"),
        pytest.param((), False, {}, EMAIL, "request", id="no request"),
        pytest.param(("account_get",), True, {"account_request_get": request("accepted")}, EMAIL, "request", id="no interface"),
        pytest.param((), False, {}, None, None, id="no e-mail"),
    ],
)
def test_what_the_interface_is_like_is_told_with_the_space(
    absent: tuple[str, ...], login: bool, answers: dict[str, Any], email: str | None, shown: str | None
) -> None:
    operations = Interface(answers, login=login, absent=absent)
    found = observe_space(operations, SIRET, email)  # type: ignore[arg-type]
    assert (found.lacks, found.login) == (operations.absent, "antai_username, antai_password")
    assert found.shown == (frozenset({shown, "state"}) if shown else None)
    assert all(SIRET in call for call in operations.calls)
