"""Reads the files of a clinic: a practice with its campaigns from TOML, patients and visits from CSV. The sample's are in `../data`."""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from depesza.model import (
    CampaignSpec,
    Consent,
    Consents,
    Doctor,
    Guardian,
    Patient,
    PatientStatus,
    Practice,
    Room,
    Visit,
    VisitState,
)

STATUSES = {
    "aktywny": PatientStatus.ACTIVE,
    "nieaktywny": PatientStatus.INACTIVE,
    "zmarły": PatientStatus.DECEASED,
}
STATES = {
    "umówiona": VisitState.BOOKED,
    "przybył": VisitState.ARRIVED,
    "odbyła się": VisitState.TOOK_PLACE,
    "nie przyszedł": VisitState.NO_SHOW,
    "odwołana": VisitState.CANCELLED,
    "usunięta": VisitState.DELETED,
}


def practice(path: Path) -> tuple[Practice, dict[str, CampaignSpec]]:
    """The practice and its campaigns by id: the engine's wire form in TOML."""
    with path.open("rb") as file:
        tables = tomllib.load(file)
    practice = Practice.from_wire({**tables["practice"], "settings": tables["settings"]})
    campaigns = {table.pop("id"): CampaignSpec.from_wire(table) for table in tables["campaigns"]}
    return practice, campaigns


def patients(path: Path, zone: ZoneInfo) -> Iterator[Patient]:
    """Cards; times in the file are the practice's own."""
    for row in _rows(path):
        asked = _instant(row["zgody_kiedy"], zone)
        given = {"visits": _yes_no(row["zgoda_wizyty"]), "marketing": _yes_no(row["zgoda_marketing"])}
        consents = {
            purpose: Consent(given=said, at=asked)
            for purpose, said in given.items()
            if said is not None and asked is not None
        }
        guardian = Guardian(phone=row["telefon_opiekuna"], name=row["opiekun"] or None)
        yield Patient(
            id=row["id"],
            revision=int(row["rewizja"]),
            first_name=row["imię"],
            last_name=row["nazwisko"],
            vocative=row["wołacz"] or None,
            phone=row["telefon"] or None,
            guardian=guardian if guardian.phone else None,
            birth_date=dt.date.fromisoformat(row["data_urodzenia"]) if row["data_urodzenia"] else None,
            consents=Consents(**consents),
            status=STATUSES[row["status"]],
            created_at=_instant(row["utworzono"], zone),
        )


def visits(path: Path, zone: ZoneInfo) -> Iterator[Visit]:
    """Visits; their own time is what the clock on the wall shows."""
    for row in _rows(path):
        yield Visit(
            id=row["id"],
            revision=int(row["rewizja"]),
            patient=row["pacjent"],
            start=dt.datetime.fromisoformat(f"{row['data']}T{row['godzina']}"),
            duration_min=int(row["czas_min"]),
            state=STATES[row["stan"]],
            visit_type=row["rodzaj"] or None,
            doctor=Doctor(id=row["lekarz_id"], name=row["lekarz"]) if row["lekarz_id"] else None,
            room=Room(id=row["gabinet_id"], name=row["gabinet"]) if row["gabinet_id"] else None,
            booked_at=_instant(row["umówiono"], zone),
            series=row["seria"] or None,
            first_visit=_yes_no(row["pierwsza"]),
        )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")


def _instant(text: str, zone: ZoneInfo) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone) if text else None


def _yes_no(text: str) -> bool | None:
    return {"tak": True, "nie": False}.get(text)
