# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The RETURN sections are true: documented fields are returned, returned fields are documented, and samples have their shape."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import OpenBench
from tests.support.bench import ACCOUNT, FORM
from tests.support.collection import ADOPTS, ALL_AT_ONCE, CHECKS_ONLY, JUDGES_ONLY, MODULES, PRINTS_ONLY, returns
from tests.support.run_module import Result
from tests.support.shape import same_shape
from tests.support.values import SIRET, THIRD, existing, policy

# What Ansible itself adds, and the harness.
ANSIBLES_OWN = {"changed", "diff", "invocation", "warnings", "exit_code", "deprecations"}
PROVIDER = {"provider": "essai"}
ONE = {"siret": SIRET}
MOVING = {"from": "ancien", "to": "essai", "date": "2999-01-01"}
CALLS: dict[str, dict[str, Any]] = {
    "antai_account": ONE | ACCOUNT,
    "antai_account_info": ONE,
    "antai_convention": ONE,
    "antai_convention_info": ONE,
    "antai_convention_prefill": ONE | {"name": "Lyon", "form": FORM},
    "antai_certificate_request": ONE | PROVIDER | {"name": "Lyon", "key_type": "ec-p256"},
    "antai_certificate_request_info": ONE,
    "antai_certificate": ONE | {"certificates": [PROVIDER]},
    "antai_certificate_info": ONE,
    "antai_siret_change": ONE | {"certificates": [PROVIDER], "former_siret": THIRD, "change_siret_on": "2020-01-01"},
    "antai_certificate_rotation": ONE | PROVIDER | {"name": "Lyon"},
    "antai_certificate_rotation_info": ONE | PROVIDER | {"name": "Lyon"},
    "antai_provider_switch": ONE | {"certificates": [PROVIDER], "switch": MOVING},
    "antai_provider_switch_info": ONE | {"certificates": [PROVIDER], "switch": MOVING},
    "antai_exchange_info": ONE | {"certificates": [PROVIDER]},
    "antai_doctor": ONE | {"certificates": [PROVIDER]},
    "antai_onboarding_info": ONE | ACCOUNT | {"certificates": [PROVIDER]},
}


@pytest.fixture
def results(bench: OpenBench) -> dict[str, Result]:
    """Each module's result where there is something of everything: an account, a convention, a certificate that is in use."""
    opened = bench(existing())
    opened.certificate()
    return {module: opened.done(module, **arguments) for module, arguments in CALLS.items()}


def test_every_module_is_called() -> None:
    assert set(CALLS) == set(MODULES) - {*PRINTS_ONLY, *JUDGES_ONLY, CHECKS_ONLY, ALL_AT_ONCE, ADOPTS}, (
        "those that judge, antai_inventory_check, antai_fleet: in their own files"
    )


def test_what_is_documented_is_returned_and_the_reverse(results: dict[str, Result]) -> None:
    for module, result in results.items():
        documented = {name for name, entry in returns(module).items() if "success" in entry["returned"]}
        assert set(result) - ANSIBLES_OWN == documented, module


def test_samples_have_the_shape_of_what_is_returned(results: dict[str, Result]) -> None:
    for module, result in results.items():
        for name, entry in returns(module).items():
            if name in result:
                same_shape(entry["sample"], result[name], f"{module}.{name}")


def test_an_error_has_the_documented_shape(bench: OpenBench) -> None:
    failed = bench(existing()).run("antai_account", siret="213105554")
    same_shape(returns("antai_account")["error"]["sample"], failed["error"], "error")


def test_who_is_waited_for_has_the_documented_shape(bench: OpenBench) -> None:
    result = bench(policy(control="never")).done("antai_account", **ACCOUNT)
    assert result["waiting"]
    assert result["steps"]
    for name in ("waiting", "steps"):
        same_shape(returns("antai_account")[name]["sample"], result[name], name)
