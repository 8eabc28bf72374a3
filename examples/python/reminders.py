"""Reminders from two CSV files, for a clinic whose program can export them: run it every few minutes, by cron or the like.

    python3 reminders.py --store sqlite:reminders.db            tells the engine what changed, and says what will go this week
    python3 reminders.py --store sqlite:reminders.db --send     and sends what is due, by SMSAPI (the token in SMSAPI_TOKEN)
    python3 reminders.py --simulate --now 2026-10-12T18:00+02:00     a rehearsal on the sample's files, in memory

Telling the same again changes nothing, and no message goes twice, so it may be stopped and started at any time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import clinic_files
import depesza
from depesza.model import DryRunRequest, Fact, OutcomeApplied, Permission
from depesza.testing import Simulator

DATA = Path(__file__).resolve().parents[1] / "data"
# facts of one commit
BATCH = 500


def main() -> None:
    parser = argparse.ArgumentParser(description="reminders from CSV files")
    parser.add_argument("--campaigns", type=Path, default=DATA / "campaigns.toml")
    parser.add_argument("--patients", type=Path, default=DATA / "patients.csv")
    parser.add_argument("--visits", type=Path, default=DATA / "visits.csv")
    parser.add_argument("--store", default="memory:", help="the store's URL")
    parser.add_argument("--now", type=dt.datetime.fromisoformat, help="an instant to rehearse at; the clock's when absent")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--send", action="store_true", help="send what is due by SMSAPI")
    how.add_argument("--simulate", action="store_true", help="send what is due to a simulated gateway")
    options = parser.parse_args()
    now = options.now or dt.datetime.now(dt.UTC)

    simulator = Simulator("sms")
    gateways: dict[str, depesza.gateway.Gateway | depesza.Smsapi | depesza.Smpp] = {}
    if options.send:
        gateways["sms"] = depesza.Smsapi(token=os.environ["SMSAPI_TOKEN"])
    elif options.simulate:
        gateways["sms"] = simulator
    engine = depesza.Engine.open(options.store, gateways=gateways)

    practice, campaigns = clinic_files.practice(options.campaigns)
    zone = ZoneInfo(practice.zone)
    engine.open_practice(practice, now)
    clinic = engine.practice(practice.id)
    activate(clinic, campaigns, now)
    facts: list[Fact] = [
        *clinic_files.patients(options.patients, zone),
        *clinic_files.visits(options.visits, zone),
    ]
    changed = 0
    for place in range(0, len(facts), BATCH):
        outcomes = clinic.apply(facts[place : place + BATCH], now)
        changed += sum(isinstance(outcome, OutcomeApplied) for outcome in outcomes)
    print(f"{len(facts)} facts told, {changed} of them new")

    while engine.work(now).more:
        pass
    while (sent := engine.dispatch(now)).submitted:
        print(f"{sent.submitted} submitted, {sent.accepted} accepted, {sent.unknown} without an answer")
    today = now.astimezone(zone).date()
    week = clinic.dry_run(DryRunRequest(from_=today, to=today + dt.timedelta(days=6)), now)
    for total in week.totals:
        print(f"{total.day}  {total.campaign or '':24} {total.messages:4} to go, {total.skipped:4} skipped, {total.parts:4} parts")
    reasons = Counter(message.reason.code for message in week.messages if message.reason)
    for reason, count in reasons.most_common():
        print(f"skipped for {reason}: {count}")


def activate(clinic: depesza.Clinic, campaigns: dict[str, depesza.model.CampaignSpec], now: dt.datetime) -> None:
    """Starts the campaigns that are not there yet."""
    desk = clinic.as_user(depesza.User("reminders.py", tuple(Permission)))
    there = {campaign.id for campaign in clinic.campaigns()}
    for id, spec in campaigns.items():
        if id not in there:
            desk.create_campaign(id, spec, now)
            desk.activate(id, now)


if __name__ == "__main__":
    main()
