# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every declaring module by one written recipe: check and diff, real, check again, idempotent; for each thing that can be declared.

What check mode predicts is what the real run does: same steps, same fields, but for those that only the server can assign.
No person acts by policy here, so that nobody acts between a prediction and what it predicts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from tests.integration.conftest import OpenBench
from tests.support.bench import ACCOUNT, Bench, codes, encoded
from tests.support.certificates import Family
from tests.support.interfaces import EITHER_INTERFACE
from tests.support.pdfs import Sheet
from tests.support.run_module import Result
from tests.support.values import AGENT, EST, SIRET, existing, policy

NEVER = {"control": "never", "countersign": "never", "issue": "never", "sign": "never"}
ORDER = {"siret": SIRET, "name": "Lyon", "key_type": "ec-p256"}
LIST = {"siret": SIRET, "certificates": [{"provider": "essai"}]}

pytestmark = EITHER_INTERFACE
Arguments = Callable[[Bench], dict[str, Any]]


@dataclass(frozen=True)
class Move:
    """One declaration. steps: the codes that it must lead to, none where it must change nothing. people: who acts before it."""

    what: str
    arguments: dict[str, Any] | Arguments
    steps: tuple[str, ...]
    people: Callable[[Bench], None] | None = None

    def given(self, bench: Bench) -> dict[str, Any]:
        return self.arguments(bench) if callable(self.arguments) else self.arguments


@dataclass(frozen=True)
class Recipe:
    """not_there: moves of the recipe that this module cannot have, and why."""

    module: str
    resource: str
    server_assigned: frozenset[str]
    policy: dict[str, Any]
    moves: tuple[Move, ...]
    not_there: dict[str, str] = field(default_factory=dict)


def approve(bench: Bench) -> None:
    bench.people("approve")


def signed(cycle: str) -> Arguments:
    """The convention of this cycle, with the signature as one who signs on paper sends it."""
    return lambda bench: {"siret": SIRET, "cycle": cycle, "document_content": DOCUMENTS[cycle]}


def issue(bench: Bench) -> None:
    bench.people("issue")


def order(bench: Bench) -> dict[str, Any]:
    return ORDER | {"provider": "essai"} | {f"{name}_folder": bench.endpoints["psce"][f"{name}_folder"] for name in ("drop", "pickup")}


def hold_certificate(bench: Bench) -> None:
    bench.done("antai_certificate_request", **order(bench))
    bench.people("issue")
    bench.done("antai_certificate_request", **order(bench))


def by_est(bench: Bench, **changes: Any) -> dict[str, Any]:
    psce = bench.endpoints["psce"]
    service = {"est_url": psce["est_url"], "est_ca_file": psce["est_ca_file"], "est_username": EST[0], "est_password": EST[1]}
    return ORDER | {"provider": "essai", "psce_ca_file": psce["ca_file"]} | service | changes


def lose_link(bench: Bench) -> None:
    (bench.store / SIRET / "certificates" / "essai" / "pending").unlink()


def deliver_est(bench: Bench) -> None:
    """The PSCE issues, and somebody lays it in the store: EST would have to be waited for."""
    bench.people("issue")
    for issued in Path(bench.endpoints["psce"]["pickup_folder"]).glob("est-*.pem"):  # the discarded request's too
        issued.rename(bench.store / SIRET / "certificates" / "essai" / "dropped" / issued.name)


def made_elsewhere(rank: int) -> Arguments:
    """A PKCS#12 of a key that was never here, as content."""

    def given(bench: Bench) -> dict[str, Any]:
        content = PAIRS[rank]
        return ORDER | {"provider": "essai", "certificate_content": encoded(content), "passphrase": "canari"}

    return given


def make_pair() -> bytes:
    family = Family(SIRET)
    locked = serialization.BestAvailableEncryption(b"canari")
    return pkcs12.serialize_key_and_certificates(None, family.key, family.leaf, [family.issuing], locked)


PAIRS = (make_pair(), make_pair())


# A page of text, and an image where the signature is.
DOCUMENTS = {cycle: encoded(Sheet(lines=(f"convention, cycle {cycle}, signed",), image=True).pdf()) for cycle in ("complet", "partiel")}

RECIPES = (
    Recipe(
        "antai_account",
        "account",
        frozenset({"since"}),
        policy(**NEVER),
        (
            Move("first", ACCOUNT, ("request_account",)),
            Move("accepted", ACCOUNT, (), approve),
            Move("change", ACCOUNT | {"contact_email": "autre@lyon.example", "name": "Lyon"}, ("update_account",)),
            Move("back", ACCOUNT, ("update_account",)),
            Move("absent", {"siret": SIRET, "state": "absent"}, ("close_account",)),
            Move("closed stays closed", ACCOUNT, ()),
            Move("anew", ACCOUNT | {"reopen": True}, ("request_account",)),
        ),
    ),
    Recipe(
        "antai_convention",
        "convention",
        frozenset({"id", "since"}),
        existing(None, **NEVER),
        (
            Move("blank", {"siret": SIRET, "cycle": "partiel"}, ("fetch_blank",)),
            Move("first", signed("partiel"), ("upload_convention",)),
            Move("countersigned", signed("partiel"), ("fetch_countersigned",), lambda bench: bench.people("countersign")),
            Move("change", signed("complet"), ("upload_convention",)),
            Move("in force", signed("complet"), ("fetch_countersigned",), lambda bench: bench.people("countersign")),
        ),
        not_there={
            "back": "complet replaces partiel and excludes it (R5): the way back waits for a date",
            "absent": "a convention is signed by two: it ends with its wave (R6), nobody withdraws it by a declaration",
        },
    ),
    Recipe(
        "antai_certificate_request",
        "certificate_request",
        frozenset({"requested_at"}),
        policy(**NEVER),
        (
            Move("first", ORDER | {"provider": "essai"}, ("make_request",)),
            Move("change", order, ("hand_out",)),
            Move("picked up", order, ("pick_up",), issue),
            Move("absent, though issued", lambda bench: order(bench) | {"state": "absent"}, ()),
            Move("another", lambda bench: order(bench) | {"provider": "autre"}, ("make_request", "hand_out")),
            Move("absent", lambda bench: order(bench) | {"provider": "autre", "state": "absent"}, ("discard_request",)),
            Move("back", lambda bench: order(bench) | {"provider": "autre"}, ("make_request", "hand_out")),
        ),
    ),
    Recipe(
        "antai_certificate_request",
        "certificate_request",
        frozenset({"requested_at", "retry_at"}),
        policy(est_retry_after_seconds=86400, **NEVER),
        (
            Move("by EST", by_est, ("make_request", "enroll")),
            Move("change of mind: absent", lambda bench: by_est(bench, state="absent"), ("discard_request",)),
            Move("back", by_est, ("make_request", "enroll")),
            Move("the link is gone", by_est, ("repair_link",), lose_link),
            Move("delivered another way", by_est, ("pick_up",), deliver_est),
        ),
        not_there={"absent": "above: an issued certificate is left alone"},
    ),
    Recipe(
        "antai_certificate_request",
        "certificate_request",
        frozenset({"requested_at"}),
        policy(**NEVER),
        (
            Move("made elsewhere", made_elsewhere(0), ("import_key",)),
            Move("change", made_elsewhere(1), ("import_key",)),
            Move("back", made_elsewhere(0), ("import_key",)),
            Move("absent, though kept", ORDER | {"provider": "essai", "state": "absent"}, ()),
        ),
    ),
    Recipe(
        "antai_certificate",
        "certificates",
        frozenset({"since"}),
        existing("in_force", **NEVER),
        (
            Move("first", LIST | {"state": "present"}, ("install_certificate",), hold_certificate),
            Move("change", LIST, ("activate_certificate",)),
            Move("back", LIST | {"state": "inactive"}, ("deactivate_certificate",)),
            Move("present, though inactive", LIST | {"state": "present"}, ()),
            Move("active again", LIST | {"state": "active"}, ("activate_certificate",)),
            Move("absent: inactive, as the interface removes nothing", LIST | {"state": "absent"}, ("deactivate_certificate",)),
        ),
    ),
    Recipe(
        "antai_certificate",
        "certificates",
        frozenset({"since"}),
        existing("in_force", **NEVER),
        (
            Move(
                "installed and active at once",
                lambda bench: LIST | {"certificates": [{"provider": "essai", "state": "active"}], "exclusive": True},
                ("install_certificate", "activate_certificate"),
                hold_certificate,
            ),
        ),
        not_there={"change": "above", "back": "above", "absent": "above"},
    ),
)
WRITTEN = ("change", "back", "absent")


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: f"{recipe.module}-{recipe.moves[0].what}")
def test_recipe(bench: OpenBench, recipe: Recipe) -> None:
    here = bench(recipe.policy)
    here.login = AGENT
    for what in WRITTEN:
        assert any(move.what.startswith(what) for move in recipe.moves) or recipe.not_there[what]
    for move in recipe.moves:
        if move.people:
            move.people(here)
        predicted = unwritten(here, recipe, move)
        if move.steps:
            real(here, recipe, move, predicted)
        unwritten(here, recipe, move, settled=True)
        idempotent(here, recipe, move)


def unwritten(here: Bench, recipe: Recipe, move: Move, settled: bool = False) -> Result:
    """In check mode: what it says, and that nothing was written at ANTAI or on disk."""
    writes, store = here.writes(), here.listing()
    result = here.done(recipe.module, check=True, **move.given(here))
    wanted = () if settled else move.steps
    assert (result["changed"], codes(result)) == (bool(wanted), list(wanted)), move.what
    assert {step["outcome"] for step in result["steps"]} <= {"planned"}
    assert (here.writes(), here.listing()) == (writes, store), f"{move.what}: check mode has written"
    assert result["operations"]["write"] == 0
    assert result["diff"]["after"] == result[recipe.resource]
    assert (result["diff"]["before"] == result["diff"]["after"]) is not bool(wanted) or without(recipe, result["diff"]["after"]) == without(
        recipe, result["diff"]["before"]
    )
    return result


def real(here: Bench, recipe: Recipe, move: Move, predicted: Result) -> None:
    result = here.done(recipe.module, **move.given(here))
    assert result["changed"]
    assert [told(step) for step in result["steps"]] == [told(step) for step in predicted["steps"]], move.what
    assert [step["outcome"] for step in result["steps"]] == ["done"] * len(move.steps)
    assert without(recipe, result[recipe.resource]) == without(recipe, predicted[recipe.resource]), move.what
    known = assigned(recipe, result["diff"]["before"]) if move.what != "the link is gone" else assigned(recipe, result[recipe.resource])
    assert assigned(recipe, predicted[recipe.resource]) <= {None} | known
    assert (result["diff"]["before"], result["diff"]["after"]) == (predicted["diff"]["before"], result[recipe.resource])
    assert [each["next_action"]["code"] for each in result["waiting"]] == [each["next_action"]["code"] for each in predicted["waiting"]]


def idempotent(here: Bench, recipe: Recipe, move: Move) -> None:
    writes, store = here.writes(), here.listing()
    result = here.done(recipe.module, **move.given(here))
    assert (result["changed"], result["steps"]) == (False, []), move.what
    assert (here.writes(), here.listing()) == (writes, store), f"{move.what}: written again"
    assert result["diff"]["before"] == result["diff"]["after"] == result[recipe.resource]


def told(step: dict[str, Any]) -> tuple[str, str, str]:
    return step["code"], step["target"], step["reason"]


def without(recipe: Recipe, value: Any) -> Any:
    """What is shown, without the fields that only the server can assign."""
    if isinstance(value, dict):
        return {name: without(recipe, each) for name, each in value.items() if name not in recipe.server_assigned}
    return [without(recipe, each) for each in value] if isinstance(value, list) else value


def assigned(recipe: Recipe, value: Any) -> set[Any]:
    """The values of those fields."""
    if isinstance(value, dict):
        own = {each for name, each in value.items() if name in recipe.server_assigned}
        return own.union(*(assigned(recipe, each) for each in value.values()))
    return set().union(*(assigned(recipe, each) for each in value)) if isinstance(value, list) else set()


def test_nothing_but_the_store(bench: OpenBench, tmp_path: Path) -> None:
    """The store is made by the first write, by nothing else, and its modes let nobody else in."""
    here = bench(policy(**NEVER))
    here.done("antai_certificate_request", check=True, **order(here), wait=True, wait_timeout=1)
    assert not here.store.exists()
    here.done("antai_certificate_request", **order(here))
    modes = {path: mode & 0o777 for path, (mode, _content) in here.listing().items() if not (here.store / path).is_symlink()}
    assert {mode for path, mode in modes.items() if (here.store / path).is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if (here.store / path).is_file()} == {0o600}
