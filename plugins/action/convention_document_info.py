# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action of convention_document_info: see plugins/modules/convention_document_info.py."""

from __future__ import annotations

from ..module_utils.work import judging_documents
from ..plugin_utils.action import AntaiAction


class ActionModule(AntaiAction):
    work = judging_documents()
