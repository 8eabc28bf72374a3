"""Plots a month's messages and answers, day by day, to a PNG file.

    python3 month_chart.py --store sqlite:reminders.db --practice lipowa --month 2026-10 october.png

Needs matplotlib. What is counted is what the engine counts (`clinic.statistics`): nothing here knows a patient.
"""

from __future__ import annotations

import argparse
import calendar
import datetime as dt
from pathlib import Path

import depesza
import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot as plt  # noqa: E402


def statistics(clinic: depesza.Clinic, year: int, month: int) -> depesza.model.Statistics:
    """A calendar month's figures."""
    last = calendar.monthrange(year, month)[1]
    days = depesza.model.StatisticsFilter(from_=dt.date(year, month, 1), to=dt.date(year, month, last))
    return clinic.statistics(days)


def plot(statistics: depesza.model.Statistics, title: str, path: Path) -> None:
    """Draws messages as stacked bars and answers below them."""
    days = [day.day for day in statistics.by_day]
    figures = [day.figures for day in statistics.by_day]
    chart, (messages, answers) = plt.subplots(2, 1, sharex=True, figsize=(10, 6), layout="constrained")
    below = [0] * len(days)
    for name, colour in (("delivered", "#2e7d32"), ("sent", "#90caf9"), ("failed", "#c62828"), ("skipped", "#bdbdbd")):
        counts = [getattr(each, name) - (each.delivered if name == "sent" else 0) for each in figures]
        label = "sent, no report yet" if name == "sent" else name
        messages.bar(days, counts, bottom=below, label=label, color=colour)
        below = [base + count for base, count in zip(below, counts, strict=True)]
    below = [0] * len(days)
    for name, colour in (("yes", "#2e7d32"), ("no", "#c62828"), ("other", "#f9a825")):
        counts = [getattr(each, name) for each in figures]
        answers.bar(days, counts, bottom=below, label=name, color=colour)
        below = [base + count for base, count in zip(below, counts, strict=True)]
    rate = statistics.total.confirmed_per_mille
    confirmed = "" if rate is None else f", confirmed {rate / 10:.1f}% of those asked"
    messages.set_title(f"{title}: {statistics.total.sent} sent, {statistics.total.parts} parts{confirmed}")
    messages.set_ylabel("messages")
    answers.set_ylabel("answers")
    for axes in (messages, answers):
        axes.legend(loc="upper right", fontsize="small")
        axes.tick_params(axis="x", rotation=45)
    chart.savefig(path, dpi=120)
    plt.close(chart)


def main() -> None:
    parser = argparse.ArgumentParser(description="a month's statistics as a picture")
    parser.add_argument("--store", required=True, help="the store's URL")
    parser.add_argument("--practice", required=True)
    parser.add_argument("--month", required=True, type=lambda text: dt.datetime.strptime(text, "%Y-%m"))
    parser.add_argument("png", type=Path)
    options = parser.parse_args()
    clinic = depesza.Engine.open(options.store).practice(options.practice)
    month = options.month
    plot(statistics(clinic, month.year, month.month), f"{clinic.practice().name}, {month:%m.%Y}", options.png)


if __name__ == "__main__":
    main()
