"""The examples are run as users run them, and the guide's first program too."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import depesza
import pytest
from depesza import model
from test_engine import CLINIC

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples/python"
SECRET = "sixteen characters"


def run(script: str, *arguments: str) -> str:
    """What a script prints; it must succeed."""
    command = [sys.executable, str(EXAMPLES / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with the sample's first evening in it."""
    url = f"sqlite:{tmp_path_factory.mktemp('examples') / 'reminders.db'}"
    said = run("reminders.py", "--store", url, "--simulate", "--now", "2026-10-12T10:00+02:00")
    assert re.search(r"^\d+ facts told, [1-9]\d* of them new$", said, re.M)
    assert re.search(r"^[1-9]\d* submitted, [1-9]\d* accepted, 0 without an answer$", said, re.M)
    return url


def test_telling_the_same_again_sends_nothing(store: str) -> None:
    again = run("reminders.py", "--store", store, "--simulate", "--now", "2026-10-12T10:01+02:00")
    assert re.search(r"^\d+ facts told, 0 of them new$", again, re.M)
    assert "submitted" not in again
    assert "przypomnienie" in again
    patients = (ROOT / "examples/data/patients.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    names = {patient.split(";")[3] for patient in patients}
    assert not [name for name in names if name in again]


def test_a_month_becomes_a_picture(store: str, tmp_path: Path) -> None:
    png = tmp_path / "october.png"
    run("month_chart.py", "--store", store, "--practice", "lipowa", "--month", "2026-10", str(png))
    head = png.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(head[16:20]) == 1200


def test_a_store_of_one_s_own_keeps_its_promises() -> None:
    assert "promises hold" in run("own_store.py")


@pytest.fixture
def receiver(store: str) -> Iterator[str]:
    """The address of a receiver that runs, and ends by a signal."""
    environment = os.environ | {"RECEIVER_SECRET": SECRET, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(EXAMPLES / "receiver.py"), "--store", store, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        try:
            yield f"http://127.0.0.1:{said.rsplit(maxsplit=1)[-1]}"
        finally:
            process.send_signal(signal.SIGTERM)
            _, logged = process.communicate(timeout=60)
        assert process.returncode == 0
        assert "501" not in logged
        assert "TAK" not in logged


def ask(url: str, document: object = None) -> tuple[int, str]:
    body = None if document is None else json.dumps(document).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_the_receiver_tells_the_engine(receiver: str, store: str) -> None:
    clinic = depesza.Engine.open(store).practice("lipowa")
    page = clinic.as_user(depesza.User("anna", CLINIC)).messages(
        model.MessageFilter(statuses=[model.Status.SUBMITTED], kind=model.CampaignKind.REMINDER), limit=1
    )
    message = page.rows[0].message
    assert message.number is not None
    secret = urlencode({"secret": SECRET})
    report = {"gateway": "sms", "provider_id": message.provider_ids[0], "state": "delivered", "at": "2026-10-12T09:00:00Z", "raw": ""}
    assert ask(f"{receiver}/report?{secret}", report) == (200, "OK")
    told = clinic.message(message.id)
    assert told is not None
    assert told.status == model.Status.DELIVERED
    assert ask(f"{receiver}/report?{secret}", report | {"provider_id": "another"}) == (200, "unrouted")

    now = dt.datetime.now(dt.UTC)
    sms = {"gateway": "sms", "from": message.number, "to": "48573000111", "body": "TAK", "received_at": now.isoformat()}
    before = len(clinic.events(limit=1_000))
    assert ask(f"{receiver}/sms?{secret}", sms) == (200, "OK")
    assert any(isinstance(event.what, model.EventWhatReceived) for event in clinic.events(before, 1_000))

    # as SMSAPI calls: an incoming message
    query = urlencode({"sms_to": "48573000111", "sms_from": message.number[1:], "sms_text": "TAK", "sms_date": "1760260000", "MsgId": "m-1"})
    status, said = ask(f"{receiver}/smsapi?{secret}&{query}")
    assert (status, said) == (200, "OK")


def test_the_receiver_refuses_what_it_must(receiver: str) -> None:
    secret = urlencode({"secret": SECRET})
    assert ask(f"{receiver}/report?secret=another", {}) == (403, "forbidden")
    assert ask(f"{receiver}/report", {})[0] == 403
    assert ask(f"{receiver}/elsewhere?{secret}", {})[0] == 404
    assert ask(f"{receiver}/report?{secret}", {"gateway": "sms"}) == (400, "state")
    assert ask(f"{receiver}/smsapi?{secret}&nothing=1")[0] == 400


def test_the_guide_s_program_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = (ROOT / "docs/PYTHON.md").read_text(encoding="utf-8")
    programs = re.findall(r"```python\n(.*?)```", guide, re.S)
    assert len(programs) >= 4
    monkeypatch.chdir(tmp_path)
    for program in programs:
        compile(program, "docs/PYTHON.md", "exec")
    exec(programs[0], {})
    (engine,) = [program for program in programs if "engine.open_practice" in program]
    exec(engine.replace("…", "token"), {})
    file = depesza.Engine.open("sqlite:practice.db").practice("kowalska").visit_file("120")
    assert file is not None
    assert file.visit.patient == "7"
