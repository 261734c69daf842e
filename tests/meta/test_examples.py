# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every role shows a playbook that may be copied; `make lint-ansible` lints them."""

from __future__ import annotations

from tests.support.collection import ROLES
from tests.support.readme_examples import playbooks


def test_every_role_with_tasks_shows_a_playbook() -> None:
    assert {role for role in ROLES if playbooks(role)} == set(ROLES) - {"connection"}
