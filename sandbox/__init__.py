# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for ANTAI's portal, its SI FPS and a PSCE. Everything here is ours, nothing is an interface of ANTAI."""

from __future__ import annotations
