# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What antai_certificate_info adds to the dates: whether the next certificate is due, in the space and in the store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.lifetimes import of_listed
from ansible_collections.collectivites.antai.plugins.module_utils._store.links import CERTIFICATE, KEY
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.certificates import certificate_files
from tests.support.evaluation import authority, leaf, scene
from tests.support.fake_operations import FakeOperations
from tests.support.keys import key_pem
from tests.support.kinds import INFORMING
from tests.support.observed import SIRET, listed
from tests.support.psce import make_key

NOW = datetime(2027, 11, 20, tzinfo=UTC)


def informed(parameters: dict[str, Any], operations: FakeOperations, store: Store | None = None) -> dict[str, Any]:
    given = {"siret": None, "agent_email": None, "trust_store": None, "renewal_days": [90, 60, 30, 14, 7]} | parameters
    context = Context(cast(Operations, operations), store)
    return INFORMING["certificate_info"].answer(given, context, Settings(now=lambda: NOW))


def test_the_space_s() -> None:
    soon = listed("a" * 64) | {"not_after": "2027-11-30T00:00:00Z"}
    unknown = listed("b" * 64) | {"not_after": None}
    account = {"siret": SIRET, "state": "active"}
    operations = FakeOperations({"space_list": [{"account": account, "conventions": [], "certificates": [soon, unknown]}]})
    found = informed({}, operations)
    assert [certificate["renewal"] and certificate["renewal"]["stage"] for certificate in found["certificates"]] == [14, None]
    assert found["held"] == []


def test_the_store_s(tmp_path: Path) -> None:
    certificate, key, fingerprint = certificate_files(tmp_path, SIRET)
    store = Store(str(tmp_path / "store"), SIRET)
    for name, path in ((CERTIFICATE, certificate), (KEY, key)):
        store.write(store.certificates("prestataire") / "versions" / "1" / name, path.read_bytes())
    (store.certificates("prestataire") / "current").symlink_to("versions/1")
    found = informed({"siret": SIRET}, FakeOperations(login=False), store)
    (held,) = found["held"]
    assert (held["provider"], held["fingerprint"], held["not_after"]) == ("prestataire", fingerprint, "2027-12-02T00:00:00Z")
    assert held["renewal"]["stage"] == 14
    assert found["access"] == "no_credentials"


@pytest.mark.parametrize(
    ("given", "day"),
    [("2027-11-30T00:00:00Z", 30), ("2027-11-30T01:00:00+01:00", 30), ("2027-11-30", 30), ("soon", None), ("", None), (None, None)],
)
def test_ends_as_interfaces_write_them(given: str | None, day: int | None) -> None:
    found = of_listed({"not_after": given, "issuer": None}, TrustStore(()), NOW)
    assert (found and found.end[0]) == (datetime(2027, 11, day, tzinfo=UTC) if day else None)


# With a trust store, the earliest end counts: of the CA, of its entry.
DAY = timedelta(days=1)
GOOD = scene()
CA_ENDS = GOOD.issuer.not_after


def trust(valid_to: date | None) -> dict[str, Any]:
    pem = authority(GOOD).x509.public_bytes(Encoding.PEM).decode()
    entry = {"name": "a", "certificate": pem, "usage": ["client"], "source": "a test"}
    return {"version": 1, "entries": [entry | ({"valid_to": valid_to.isoformat()} if valid_to else {})]}


def keep(folder: Path, made: Any) -> Store:
    store = Store(str(folder / "store"), SIRET)
    place = store.certificates("prestataire") / "versions" / "1"
    for name, content in ((CERTIFICATE, leaf(made).pem), (KEY, key_pem(make_key(made.leaf.key)))):
        store.write(place / name, content)
    (store.certificates("prestataire") / "current").symlink_to("versions/1")
    return store


LONG = scene(not_after=CA_ENDS + 400 * DAY)


@pytest.mark.parametrize(
    ("trust_store", "end", "why"),
    [
        pytest.param(None, LONG.leaf.not_after, "the certificate ends", id="no trust store"),
        pytest.param(trust(None), CA_ENDS, "the CA CN=AC", id="the CA ends first"),
        pytest.param(
            trust(date(2028, 1, 1)), datetime(2028, 1, 1, 23, 59, 59, tzinfo=UTC), "its CA leaves the trust store", id="the entry"
        ),
    ],
)
def test_what_ends_the_trust_is_the_deadline(tmp_path: Path, trust_store: Any, end: datetime, why: str) -> None:
    """The same for the one that is held and for those of which the space tells the issuer's name only."""
    held = leaf(LONG)
    shown = [
        listed(fingerprint, issuer=authority(GOOD).named, not_after=LONG.leaf.not_after.isoformat())
        for fingerprint in (held.fingerprint, "b" * 64)
    ]
    operations = FakeOperations({"account_get": {"siret": SIRET, "state": "active"}, "convention_list": [], "certificate_list": shown})
    found = informed({"siret": SIRET, "trust_store": trust_store}, operations, keep(tmp_path, LONG))
    told = [certificate["renewal"] for certificate in (*found["certificates"], *found["held"])]
    assert len(told) == 3
    for each in told:
        assert each["end"] == end.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert each["reason"].startswith(why)
    assert found["held"][0]["not_after"] == LONG.leaf.not_after.strftime("%Y-%m-%dT%H:%M:%SZ"), "its own end is told as well"


def test_the_stages_are_the_user_s() -> None:
    soon = listed("a" * 64) | {"not_after": "2027-11-30T00:00:00Z"}
    operations = FakeOperations(
        {"space_list": [{"account": {"siret": SIRET, "state": "active"}, "conventions": [], "certificates": [soon]}]}
    )
    assert informed({"renewal_days": [45, 12]}, operations)["certificates"][0]["renewal"]["stage"] == 12
    with pytest.raises(InvalidInput, match=r"^renewal_days: "):
        informed({"renewal_days": [7, 90]}, operations)
