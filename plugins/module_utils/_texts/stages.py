# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the stages of a collectivité."""

from __future__ import annotations

from .text import Bilingual

# By the first resource that is not as declared.
STAGES: dict[str, Bilingual] = {
    "account": Bilingual("espace numérique", "space"),
    "certificate_request": Bilingual("certificat à délivrer", "certificate to be issued"),
    "convention": Bilingual("convention", "convention"),
    "certificates": Bilingual("activation", "activation"),
    "switch": Bilingual("changement de prestataire", "switch of provider"),
    "rotation": Bilingual("rotation", "rotation"),
    "dialogue": Bilingual("dialogue refusé", "dialogue refused"),
    "onboarded": Bilingual("en service", "in service"),
}
