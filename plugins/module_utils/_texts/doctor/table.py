# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the doctor's table: outcomes as labels and as totals, who is looked at, where a proxy comes from."""

from __future__ import annotations

from ..text import Bilingual

LABELS: dict[str, Bilingual] = {
    "ok": Bilingual("ok", "ok"),
    "warn": Bilingual("attention", "warn"),
    "fail": Bilingual("ÉCHEC", "FAIL"),
    "skipped": Bilingual("-", "-"),
    "not_verifiable": Bilingual("?", "?"),
}
FACES: dict[str, Bilingual] = {
    "local": Bilingual("Ici", "Here"),
    "portal": Bilingual("Portail", "Portal"),
    "sifps": Bilingual("SI FPS", "SI FPS"),
    "token": Bilingual("Service de jetons", "Token service"),
}
TOTALS: dict[str, Bilingual] = {
    "ok": Bilingual("ok", "ok"),
    "warn": Bilingual("attention", "warn"),
    "fail": Bilingual("échec", "fail"),
    "skipped": Bilingual("non vérifié", "skipped"),
    "not_verifiable": Bilingual("non vérifiable", "not verifiable"),
}
PROXY_SOURCES: dict[str, Bilingual] = {
    "declared": Bilingual("antai_proxy", "antai_proxy"),
    "environment": Bilingual("environnement", "environment"),
    "no_proxy": Bilingual("NO_PROXY nomme cet hôte", "NO_PROXY names this host"),
    "turned_off": Bilingual("antai_use_proxy: false", "antai_use_proxy: false"),
    "none": Bilingual("aucun n'est déclaré", "none is declared"),
}

TO_DO = Bilingual("à faire", "to do")
NOT_REACHED = Bilingual("le docteur n'est pas allé jusque-là", "the doctor did not come this far")
