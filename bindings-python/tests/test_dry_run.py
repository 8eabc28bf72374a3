"""`depesza dry-run` over files and over a store."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import depesza
import pytest
from depesza._cli import main
from test_engine import MONDAY, Practice

CAMPAIGNS = """
[practice]
id = "kowalska"
name = "Dentica"
secret = "sixteen bytes or more"

[settings]
senders = [{ id = "48500100200", receives = true }]

[[campaigns]]
id = "przypomnienie"
name = "Przypomnienie"
timing = { kind = "reminder", steps = [{ days_before = 1, at = "10:00" }] }
bodies = { default = "(imie), czekamy (data) o (godzina)." }
"""
PATIENT = {
    "fact": "patient", "id": "7", "revision": 1, "first_name": "Łucja", "last_name": "Żak", "phone": "501 234 567",
    "consents": {"visits": {"given": True, "at": "2026-01-02T10:00:00Z"}},
}  # fmt: skip
SILENT = {"fact": "patient", "id": "8", "revision": 1, "first_name": "Jan", "last_name": "Nowak"}


def visit(id: str, patient: str) -> dict[str, Any]:
    return {"fact": "visit", "id": id, "revision": 1, "patient": patient, "start": "2026-11-20T12:30:00"}


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    campaigns, facts = tmp_path / "campaigns.toml", tmp_path / "facts.jsonl"
    campaigns.write_text(CAMPAIGNS, encoding="utf-8")
    told = [PATIENT, SILENT, visit("120", "7"), {"at": "2026-11-15T08:00:00Z", "fact": visit("121", "8")}]
    told.append({"at": "2026-11-30T08:00:00Z", "fact": visit("122", "7")})
    facts.write_text("\n\n".join(map(json.dumps, told)), encoding="utf-8")
    return [str(campaigns), str(facts), "--now", MONDAY.isoformat()]


def test_it_says_what_would_go_and_what_not(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dry-run", *files]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines() == [
        "2026-11-16  przypomnienie       0 to go       1 skipped       0 parts      0.00 PLN",
        "2026-11-19  przypomnienie       1 to go       0 skipped       1 parts      0.00 PLN",
        "skipped for no_consent: 1",
    ]


def test_messages_are_shown_when_asked_for(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dry-run", *files, "--messages"]) == 0
    assert "2026-11-19 10:00  przypomnienie  Łucja Żak: Lucja, czekamy 20.11.2026 o 12:30." in capsys.readouterr().out


def test_json_is_the_engine_s_own(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dry-run", *files, "--json"]) == 0
    rehearsed = depesza.model.DryRun.from_wire(json.loads(capsys.readouterr().out))
    assert [message.patient for message in rehearsed.messages if message.reason is None] == ["7"]


def test_nothing_to_go_has_a_code_of_its_own(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dry-run", *files, "--from", "2026-11-16", "--to", "2026-11-17"]) == 1
    assert "0 to go" in capsys.readouterr().out


def test_facts_come_from_standard_input(
    files: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(PATIENT) + "\n" + json.dumps(visit("1", "7"))))
    assert main(["dry-run", files[0], "-", *files[2:]]) == 0
    assert "1 to go" in capsys.readouterr().out


def test_a_store_is_asked_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"sqlite:{tmp_path / 'practice.db'}"
    practice = Practice(url)
    practice.remind()
    practice.tell()
    events = practice.clinic.events()
    given = ["dry-run", "--store", url, "--practice", "kowalska", "--now", MONDAY.isoformat()]
    assert main(given) == 0
    assert "1 to go" in capsys.readouterr().out
    assert practice.clinic.events() == events
    assert main([*given, "--campaign", "nothing"]) == 2
    assert "campaign nothing is not known" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda files: files[:1] + files[2:], "campaigns: expected CAMPAIGNS.toml and FACTS.jsonl, or --store and --practice"),
        (lambda files: ["--store", "memory:"], "practice: expected --practice, and no files, with --store"),
        (lambda files: ["--store", "memory:", "--practice", "kowalska"], "practice kowalska is not known"),
    ],
)
def test_wrong_use_is_named(change: Any, says: str, files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dry-run", *change(files)]) == 2
    assert capsys.readouterr().err == f"depesza: {says}\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 1: expected a JSON object"),
        (json.dumps(PATIENT | {"phone": 501}), "line 1.phone: expected a str"),
        (json.dumps({"at": "yesterday", "fact": PATIENT}), "line 1: expected an instant in RFC 3339"),
        (json.dumps({"fact": "gossip"}), "line 1.fact: expected one of patient"),
    ],
)
def test_a_faulty_line_is_named_and_not_quoted(
    line: str, says: str, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path(files[1]).write_text(line, encoding="utf-8")
    assert main(["dry-run", *files]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"depesza: {says}")
    assert "501" not in err
    assert "gossip" not in err


def test_a_faulty_campaign_file_is_named(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path(files[0]).write_text("[practice]\nid = lipowa", encoding="utf-8")
    assert main(["dry-run", *files]) == 2
    assert "campaigns: expected TOML, which it is not at line 2" in capsys.readouterr().err
