# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations that differ in their texts alone are checked once, and every one gets what Ansible's own check gives it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller import cached_validation as checked_once
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.cached_validation import CachedValidator, InvalidDeclaration
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.declared_hosts import SPEC

ALBI = {
    "siret": "21810004800014",
    "name": "Albi",
    "cycle": "complet",
    "address": {"street": "16 rue de l'Hôtel de Ville", "postal_code": "81000", "city": "ALBI"},
    "certificates": [{"provider": "acme", "keep": "yes"}],
    "renewal_days": ["90", 30],
    "document": "/srv/81.pdf",
}
# Each beside the one before: what one leaves behind must not reach the next.
DECLARED: list[dict[str, Any]] = [
    ALBI,
    ALBI | {"siret": "21880160300018", "name": "Épinal"},
    ALBI | {"name": ""},
    ALBI | {"address": {"city": "ÉPINAL"}},
    ALBI | {"address": {"city": "ALBI", "street": None}},
    ALBI | {"address": None},
    ALBI | {"address": "street=rue, city=ALBI"},
    ALBI | {"name": 81},
    ALBI | {"cycle": "partiel"},
    ALBI | {"cycle": "moitié"},
    ALBI | {"document": "~/81.pdf"},
    ALBI | {"document": "$HOME/81.pdf"},
    ALBI | {"document": "relative/81.pdf"},
    ALBI | {"certificates": [{"provider": "acme"}, {"provider": "zeta", "state": "inactive"}]},
    ALBI | {"certificates": [{"state": "inactive"}]},
    ALBI | {"reopen": "yes"},
    ALBI | {"reopen": 1},
    ALBI | {"reopen": True},
    ALBI | {"colour": "blue"},
    ALBI | {"address": {"city": "ALBI", "colour": "blue"}},
    {name: value for name, value in ALBI.items() if name != "name"},
    ALBI | {"name": None},
    ALBI,
]


def test_each_gets_what_ansible_gives_it() -> None:
    checking, ansible = CachedValidator(SPEC), ArgumentSpecValidator(SPEC)
    for declared in [*DECLARED, *reversed(DECLARED)]:
        expected = ansible.validate(declared)
        if expected.error_messages:
            with pytest.raises(InvalidDeclaration) as told:
                checking.validated(declared)
            assert [each.removeprefix("unknown option ") for each in told.value.messages] == expected.error_messages
        else:
            assert checking.validated(declared) == expected.validated_parameters


def test_texts_alone_are_no_reason_to_check_again(monkeypatch: pytest.MonkeyPatch) -> None:
    checking, asked = CachedValidator(SPEC), []
    validate = ArgumentSpecValidator.validate
    monkeypatch.setattr(ArgumentSpecValidator, "validate", lambda self, given: asked.append(given) or validate(self, given))
    for number in range(20):
        street = {"street": f"{number} rue", "postal_code": "81000", "city": "ALBI"}
        found = checking.validated(ALBI | {"name": f"Ville {number}", "address": street, "document": f"/srv/{number}.pdf"})
        assert (found["name"], found["address"], found["document"]) == (f"Ville {number}", street, f"/srv/{number}.pdf")
    assert len(asked) == 1
    checking.validated(ALBI | {"cycle": "partiel"})
    assert len(asked) == 2


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked_once, "REMEMBERED", 3)
    checking = CachedValidator(SPEC)
    for number in range(10):
        checking.validated(ALBI | {"document_max_mib": number})
        assert len(checking._known) <= 3


@pytest.mark.parametrize(
    ("change", "named"), [({"colour": "blue"}, "colour"), ({"address": {"colour": "blue"}}, "address.colour")], ids=["option", "suboption"]
)
def test_what_there_is_none_of_is_told_to_be_unknown(change: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidDeclaration, match=f"^unknown option {named}. Supported parameters include: "):
        CachedValidator(SPEC).validated(ALBI | change)
