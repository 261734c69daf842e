# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of an exchange, as a table: by the SI FPS where the key is here, by the space where it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import ObservedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.dialogue import dialogue
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space
from ansible_collections.collectivites.antai.plugins.module_utils._store.proofs import ProofRecord
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError
from tests.support import observed
from tests.support.fake_operations import FakeOperations
from tests.support.observed import SINCE, SIRET, item, listed, space

A, LATER = "a" * 64, "2026-03-01T08:00:00Z"
LISTED = space(certificates=(listed("b" * 64, "active", last_exchange_at=LATER), listed(A, "active", last_exchange_at=SINCE)))
NOT_LISTED = space(certificates=(listed("b" * 64, "active", last_exchange_at=LATER),))
HERE, ELSEWHERE = item(A, "active", key=True), item(A, "active")
REFUSED = observed.dialogue(A, "refused", rule="R7", message="SIRET", last_exchange_at=LATER)
SAID = {name: REFUSED[name] for name in ("state", "rule", "message", "last_exchange_at")} | {"source": "query"}
ITS_END, LISTED_END = "2027-03-02T10:00:00Z", "2028-01-01T00:00:00Z"
NOTHING = {
    "provider": "acme",
    "fingerprint": A,
    "state": "not_asked",
    "rule": None,
    "message": None,
    "last_exchange_at": None,
    "not_after": None,
    "source": "none",
    "proved_at": None,
    "verifiable": None,
}
NO_KEY, ACTIVE = {"verifiable": False}, {"verifiable": True}


@pytest.mark.parametrize(
    ("found", "seen", "how", "told", "asked"),
    [
        pytest.param(ELSEWHERE, NOT_LISTED, {}, {}, False, id="nothing"),
        pytest.param(
            ELSEWHERE,
            LISTED,
            {},
            NO_KEY | {"last_exchange_at": SINCE, "not_after": LISTED_END, "source": "space"},
            False,
            id="the space alone",
        ),
        pytest.param(HERE, LISTED, {}, ACTIVE | SAID | {"not_after": ITS_END}, True, id="asked"),
        pytest.param(HERE, NOT_LISTED, {}, ACTIVE | SAID | {"not_after": ITS_END}, True, id="asked, not listed"),
        pytest.param(
            HERE,
            LISTED,
            {"ask": False},
            ACTIVE | {"last_exchange_at": SINCE, "not_after": ITS_END, "source": "space"},
            False,
            id="not to be asked",
        ),
        pytest.param(
            replace(HERE, dialogue=REFUSED),
            LISTED,
            {"ask": False},
            ACTIVE | SAID | {"not_after": ITS_END},
            False,
            id="it has answered already",
        ),
        pytest.param(HERE, NOT_LISTED, {"absent": ("exchange_query",)}, {"not_after": ITS_END}, False, id="nothing to ask with"),
    ],
)
def test_what_is_known(found: ObservedCertificate, seen: Space, how: dict[str, Any], told: dict[str, Any], asked: bool) -> None:
    operations = FakeOperations({"exchange_query": REFUSED}, absent=how.get("absent", ()))
    context = Context(cast(Operations, operations))
    kept = {name: value for name, value in how.items() if name == "ask"}
    assert dialogue(context, SIRET, found, seen, **kept) == NOTHING | told
    assert operations.calls == ([("exchange_query", SIRET, found.client)] if asked else [])


AUTHORISED = observed.dialogue(A, "authorised")
NOW, BEFORE = datetime(2027, 1, 2, 12, tzinfo=UTC), "2027-01-01T09:00:00Z"
LAST: ProofRecord = {"at": BEFORE, "state": "authorised", "rule": None, "message": "m", "last_exchange_at": None, "proved_at": BEFORE}
LAST_REFUSED: ProofRecord = {**LAST, "at": "2027-01-02T09:00:00Z", "state": "refused"}


@pytest.mark.parametrize(
    ("answer", "how", "expected"),
    [
        pytest.param(AUTHORISED, {}, ("authorised", "query", "2027-01-02T12:00:00Z"), id="authorised now"),
        pytest.param(REFUSED, {"last": LAST}, ("refused", "query", BEFORE), id="refused now, authorised then"),
        pytest.param(REFUSED, {}, ("refused", "query", None), id="refused, and never proved"),
        pytest.param(None, {"ask": False, "last": LAST}, ("authorised", "store", BEFORE), id="remembered"),
        pytest.param(None, {"ask": False, "last": LAST_REFUSED}, ("refused", "store", BEFORE), id="a refusal is remembered"),
        pytest.param(None, {"ask": False, "last": {"failed_at": BEFORE, "failures": 1}}, ("not_asked", "space", None), id="never answered"),
        pytest.param(None, {"ask": False}, ("not_asked", "space", None), id="nothing remembered"),
    ],
)
def test_when_it_was_proved(answer: Any, how: dict[str, Any], expected: tuple[Any, ...]) -> None:
    context = Context(cast(Operations, FakeOperations({"exchange_query": answer})))
    found = dialogue(context, SIRET, HERE, LISTED, now=NOW, **how)
    assert (found["state"], found["source"], found["proved_at"]) == expected


BLIND = replace(space(), access="no_mandate", state="unknown")


@pytest.mark.parametrize(
    ("found", "seen", "absent", "verifiable"),
    [
        pytest.param(HERE, LISTED, (), True, id="active, key here"),
        pytest.param(ELSEWHERE, LISTED, (), False, id="active, key elsewhere"),
        pytest.param(HERE, LISTED, ("exchange_query",), False, id="active, no query"),
        pytest.param(HERE, space(certificates=(listed(A, "inactive"),)), (), None, id="inactive"),
        pytest.param(HERE, NOT_LISTED, (), None, id="not installed"),
        pytest.param(replace(HERE, fingerprint=None), LISTED, (), None, id="not issued"),
        pytest.param(replace(HERE, state="unknown"), BLIND, (), True, id="nobody sees, key here"),
        pytest.param(replace(ELSEWHERE, state="unknown"), BLIND, (), False, id="nobody sees, key elsewhere"),
        pytest.param(replace(HERE, state="not_installed"), BLIND, (), None, id="known not to be installed"),
        pytest.param(replace(HERE, state="unknown", dialogue=REFUSED), BLIND, (), True, id="nobody sees, and it is refused"),
        pytest.param(
            replace(HERE, dialogue=REFUSED), replace(BLIND, state="under_control"), (), None, id="refused, for the account was never active"
        ),
    ],
)
def test_what_is_to_be_proved(found: ObservedCertificate, seen: Space, absent: tuple[str, ...], verifiable: bool | None) -> None:
    context = Context(cast(Operations, FakeOperations({}, absent=absent)))
    assert dialogue(context, SIRET, found, seen, ask=False)["verifiable"] is verifiable


@pytest.mark.parametrize(("refused", "subject", "state"), [(True, True, "refused"), (False, True, None), (True, False, None)])
def test_a_refusal_in_the_tls_handshake_is_an_answer(refused: bool, subject: bool, state: str | None) -> None:
    """Where the connection shows the certificate that it is about; any other broken connection says nothing of it."""
    error = TransportError("no", client_refused=refused)
    context = Context(cast(Operations, FakeOperations({"exchange_query": error, "presents_subject": subject})))
    if state is None:
        with pytest.raises(TransportError):
            dialogue(context, SIRET, HERE, LISTED)
    else:
        assert dialogue(context, SIRET, HERE, LISTED)["state"] == state
