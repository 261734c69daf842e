# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes that several methods use."""

from __future__ import annotations

from ..profile.schema import Key, Mapping, Text

HEADER = Text(description="the name of a header", pattern=r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
SESSION_PATH = Text(description="a path that begins with one /", pattern=r"/[^\s/?#][^\s?#]*")
SESSION_CALL = Mapping(
    "session",
    {
        "method": Key(Text(choices=("GET", "POST", "PUT")), "HTTP method.", required=True),
        "path": Key(SESSION_PATH, "Path on this face.", required=True),
    },
)
