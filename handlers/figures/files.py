"""A report as files: a page with every plot and table, a workbook, and each table and plot by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from conversations.text import t
from handlers.figures.kinds import Report
from handlers.figures.plots import page, svg
from handlers.figures.sheets import comma_separated, workbook
from handlers.figures.tables import TABLES, Table
from locales.voice import Voice

PAGE: Final = "figures.html"
BOOK: Final = "figures.xlsx"
NAMES: Final = {PAGE, BOOK, *(f"{name}.{kind}" for name in TABLES for kind in ("csv", "svg"))}


def files(report: Report, tables: Sequence[Table], voice: Voice) -> Mapping[str, bytes]:
    """By name. Of a table without rows there is no plot."""
    found = {PAGE: page(tables, voice, **heads(report, voice)).encode(), BOOK: workbook(tables, voice, report.made_at)}
    for table in tables:
        found[f"{table.name}.csv"] = comma_separated(table, voice)
        if table.rows:
            found[f"{table.name}.svg"] = svg(table, voice).encode()
    return found


def heads(report: Report, voice: Voice) -> Mapping[str, str]:
    """Whose figures these are, of when, and made when."""
    name = report.client.name if report.client else None
    last = report.period.end - timedelta(days=1)
    made_on = report.made_at.astimezone(report.period.zone).date()
    return {
        "title": voice(t("figures.title_of", client=name) if name else t("figures.title")),
        "period": voice(t("figures.period", first=voice.on_paper(report.period.first), last=voice.on_paper(last))),
        "made": voice(t("figures.made", day=voice.on_paper(made_on))),
    }
