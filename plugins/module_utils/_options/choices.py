# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The choices that a declaration has, where several rooms read them."""

from __future__ import annotations

CERTIFICATE_STATES = ("present", "active", "inactive", "absent")


# Ours: a municipal council meets every few weeks, ANTAI countersigns hundreds at once.
DAYS_AHEAD = (120, 90, 60, 30, 14, 7)


# What a form can be filled with: the declared fields, and what follows from them.
CYCLES = ("complet", "partiel")


RENEWAL_DAYS = (90, 60, 30, 14, 7)


UNREACHABLE = ("warn", "fail")


OVERRIDES = ("pass", "warn")


# RSA-2048 is not allowed after 2030 (RGS, annex B1).
DEFAULT_KEY_TYPE = "rsa-3072"
# Each is made by _pki/request.py.
KEY_TYPE_NAMES = ("rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384", "ec-p521")


# What a store may order in a day where nothing else is declared: an operator looks after ten to thirty collectivités, an editor after fifty and more.
ORDER_LIMIT = 50
