# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results as people read them."""

from __future__ import annotations

from tests.bench.running import Results

HEAD = ("case", "N", "way", "wall s", "CPU s", "RSS MiB", "requests", "req/s", "sandbox CPU", "loop s", "loop CPU s", "")


def table(results: Results) -> str:
    rows = [HEAD]
    for case, sizes in results.items():
        for size, ways in sizes.items():
            for way, figures in ways.items():
                loop = figures.get("loop", {})
                rows.append(
                    (
                        case,
                        size,
                        way,
                        f"{figures['wall_s']:.2f}",
                        f"{figures['cpu_s']:.2f}",
                        f"{figures['rss_mib']:.0f}",
                        str(figures["http_requests"]),
                        f"{figures['http_requests'] / figures['wall_s']:.0f}" if figures["wall_s"] else "",
                        f"{100 * figures['sandbox_cpu_s'] / figures['wall_s']:.0f} %" if figures["wall_s"] else "",
                        f"{loop['wall_s']:.2f}" if loop else "",
                        f"{loop['cpu_s']:.2f}" if loop else "",
                        f"measured on {figures['measured_on']}, scaled" if "measured_on" in figures else "",
                    )
                )
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["  ".join(_aligned(text, widths[column], column) for column, text in enumerate(row)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]]) + "\n"


def _aligned(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column in (0, 2) else text.rjust(width)
