# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read: one text in French and English, side by side. The files of this room hold them, one for each subject. Pure."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class Bilingual:
    """fr, en: the same said twice, with the same {placeholders}."""

    fr: str
    en: str

    def text(self, language: str, /, **facts: object) -> str:
        """In this language ("fr" or "en"), its placeholders filled. Raises KeyError where one is left over."""
        return (self.fr if language == "fr" else self.en).format_map(facts)


@dataclass(frozen=True)
class CountedText:
    """What is said of {count}: singular and plural. French has no plural below two, English none for one alone."""

    singular: Bilingual
    plural: Bilingual

    def text(self, language: str, count: int, /, **facts: object) -> str:
        return (self.singular if is_singular(count, language) else self.plural).text(language, count=count, **facts)


def is_singular(count: int, language: str) -> bool:
    return count < 2 if language == "fr" else count == 1


def with_colon(subject: object, statement: object, language: str) -> str:
    """`subject: statement`, with the space before the colon that French has."""
    return f"{subject}{' : ' if language == 'fr' else ': '}{statement}"


@dataclass(frozen=True)
class Advice:
    """finding: what is the case. to_do: what to do about it; empty where there is nothing."""

    finding: Bilingual
    to_do: Bilingual = Bilingual("", "")
