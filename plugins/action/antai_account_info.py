# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of antai_account_info: see plugins/modules/antai_account_info.py."""

from __future__ import annotations

from ..module_utils._reconcile.tasks import informing
from ..module_utils._resources.account_info import ACCOUNT_INFO
from ..plugin_utils._controller.action import AntaiAction


class ActionModule(AntaiAction):
    task = informing(ACCOUNT_INFO)
