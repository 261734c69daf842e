# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks of the roles have registered for one host."""

from __future__ import annotations

from typing import Any

from ...module_utils._plan.foreseen import PlannedStep, planned_steps

# Results that the playbooks (of what they assert) and the roles register, in their order: the first that failed is why a collectivité stopped.
RESULTS = (
    "antai_confirmation_result",
    "antai_account_result",
    "antai_certificate_request_result",
    "antai_convention_result",
    "antai_certificate_result",
    "antai_rotation_proved_result",
    "antai_rotation_swapped_result",
    "antai_rotation_result",
    "antai_switch_result",
    "antai_onboarding_result",
    "antai_siret_change_result",
)


def registered_results(variables: Any, name: str) -> list[dict[str, Any]]:
    """The results of one of RESULTS, of a loop each. variables: of one host."""
    if name not in variables:
        return []
    result = variables[name]
    return list(result.get("results") or [result])


def foreseen_steps(variables: Any) -> list[PlannedStep]:
    """What the tasks of this run have planned in check mode so far, in their order; as the option `foreseen` takes it."""
    return [step for name in RESULTS for result in registered_results(variables, name) for step in planned_steps(result)]
