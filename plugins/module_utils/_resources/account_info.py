# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What antai_account_info answers."""

from __future__ import annotations

from typing import Any

from .._plan.results import Answer
from .._plan.settings import Settings
from .account import view as account_view
from .base import Context
from .kinds import InfoKind
from .listing import ONE_OR_ALL, read_spaces, visible


def account_info(parameters: dict[str, Any], context: Context, settings: Settings) -> Answer:
    return visible("accounts", read_spaces(parameters, context), lambda siret, space: [account_view(siret, space)])


ACCOUNT_INFO = InfoKind(ONE_OR_ALL, account_info)
