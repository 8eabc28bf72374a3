"""The engine from Python: a practice's day, what is refused and how, and who may do what."""

from __future__ import annotations

import datetime as dt
import pickle
import re
import socket
import threading
from pathlib import Path
from typing import Any, cast

import depesza
import pytest
from depesza import _refusals, model
from depesza.testing import Simulator

WARSAW = dt.timezone(dt.timedelta(hours=1))
MONDAY = dt.datetime(2026, 11, 16, 9, 0, tzinfo=WARSAW)
ROOT = Path(__file__).resolve().parents[2]

REMINDER = model.CampaignSpec(
    name="Przypomnienie",
    timing=model.TimingReminder(steps=[model.ReminderStepDaysBefore(days_before=1, at="10:00")]),
    bodies=model.Bodies(default="(imie), czekamy (data) o (godzina). Odpisz TAK lub NIE."),
)
CLINIC = (model.Permission.COMMUNICATION_CENTER, model.Permission.MANAGE_CAMPAIGNS)


class Practice:
    """An open practice with a reminder campaign."""

    def __init__(self, url: str = "memory:") -> None:
        self.gateway = Simulator("sim")
        self.engine = depesza.Engine.open(url, gateways={"sim": self.gateway})
        senders = [model.Sender(id="48500100200", receives=True)]
        practice = model.Practice(
            id="kowalska", name="Dentica", secret="sixteen bytes or more", settings=model.Settings(senders=senders)
        )
        self.engine.open_practice(practice, MONDAY)
        self.clinic = self.engine.practice("kowalska")
        self.desk = self.clinic.as_user(depesza.User("recepcja", CLINIC))

    def remind(self) -> None:
        self.desk.create_campaign("przypomnienie", REMINDER, MONDAY)
        self.desk.activate("przypomnienie", MONDAY)

    def tell(self) -> None:
        consent = model.Consent(given=True, at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
        told = self.clinic.patient(
            id="7",
            revision=1,
            first_name="Łucja",
            last_name="Żak",
            phone="501 234 567",
            consents=model.Consents(visits=consent),
            now=MONDAY,
        )
        assert told == model.OutcomeApplied()
        told = self.clinic.visit(
            id="120", revision=1, patient="7", start=dt.datetime(2026, 11, 20, 12, 30), now=MONDAY
        )
        assert told == model.OutcomeApplied()


@pytest.fixture
def practice() -> Practice:
    return Practice()


def test_a_practice_s_day(practice: Practice) -> None:
    engine, clinic, desk = practice.engine, practice.clinic, practice.desk
    practice.remind()
    practice.tell()
    engine.work(MONDAY, 100)
    due = engine.next_due()
    assert due is not None
    assert due == dt.datetime(2026, 11, 19, 10, 0, tzinfo=WARSAW)
    sent = engine.dispatch(due)
    assert sent == model.Dispatched(submitted=1, accepted=1, unknown=0, more=False)
    (taken,) = practice.gateway.taken()
    assert taken.body == "Lucja, czekamy 20.11.2026 o 12:30. Odpisz TAK lub NIE."
    assert taken.at == due
    for report in practice.gateway.reports(due + dt.timedelta(hours=2)):
        assert isinstance(engine.delivery_report(report, due + dt.timedelta(hours=2)), model.RoutedTo)

    answered_at = due + dt.timedelta(hours=3)
    received = clinic.sms_received(
        gateway="sim", from_="+48501234567", to="48500100200", body="tak", received_at=answered_at, now=answered_at
    )
    assert isinstance(received, model.OutcomeReceived)
    file = clinic.visit_file("120")
    assert file is not None
    assert file == desk.visit("120")
    assert file.confirmation is not None
    assert file.confirmation.reply == depesza.Reply.YES
    assert file.visit.start == dt.datetime(2026, 11, 20, 12, 30)
    assert file.starts_at == dt.datetime(2026, 11, 20, 12, 30, tzinfo=WARSAW)

    events = clinic.events(after=0)
    assert [event.no for event in events] == list(range(1, len(events) + 1))
    answers = [event.what for event in events if isinstance(event.what, model.EventWhatVisitAnswered)]
    assert [(answer.visit, answer.reply) for answer in answers] == [("120", depesza.Reply.YES)]
    assert clinic.events(after=len(events)) == []

    chat = desk.conversation("7")
    assert [row.message.body for row in chat.rows] == ["tak", taken.body]
    assert chat == desk.chat("7", model.ChatShows.EXCHANGED)
    number = desk.send("Zapraszamy.", patient="7", key="click-1", now=answered_at)
    assert desk.send("Zapraszamy.", patient="7", key="click-1", now=answered_at) == number
    message = desk.message(number)
    assert message is not None
    assert isinstance(message.origin, model.MessageOriginChat)
    assert message.origin.by == "recepcja"
    page = desk.messages(model.MessageFilter(direction=model.Direction.OUTGOING), limit=1)
    assert len(page.rows) == 1
    assert page.next is not None
    assert len(desk.messages(model.MessageFilter(direction=model.Direction.OUTGOING), page.next).rows) == 1
    assert [campaign.id for campaign in desk.campaigns()] == ["przypomnienie"]


def test_a_reminder_by_hand(practice: Practice) -> None:
    practice.remind()
    practice.tell()
    number = practice.desk.remind("120", now=MONDAY)
    practice.engine.dispatch(MONDAY)
    message = practice.desk.message(number)
    assert message is not None
    assert message.status in (model.Status.SUBMITTED, model.Status.PLANNED)
    assert message.origin == model.MessageOriginManualReminder(by="recepcja", campaign="przypomnienie")


def test_what_is_stored_is_there_again(tmp_path: Path) -> None:
    url = f"sqlite:{tmp_path / 'practice.db'}"
    first = Practice(url)
    first.remind()
    first.tell()
    kept = first.clinic.campaigns()
    del first
    again = depesza.Engine.open(url).practice("kowalska")
    assert again.campaigns() == kept
    assert again.practice().settings.senders == (model.Sender(id="48500100200", receives=True),)


def test_time_is_the_clock_s_where_none_is_given(practice: Practice) -> None:
    practice.remind()
    before = dt.datetime.now(dt.UTC).replace(microsecond=0)
    practice.clinic.patient(id="9", revision=1, first_name="Jan", last_name="Nowak")
    practice.desk.pause("przypomnienie")
    last = practice.clinic.audit(limit=1).entries[0]
    assert last.at >= before


def test_refusals_have_a_class_a_code_and_the_field(practice: Practice) -> None:
    clinic, desk, engine = practice.clinic, practice.desk, practice.engine
    practice.remind()
    nobody = clinic.as_user(depesza.User("jan", []))
    naive = dt.datetime(2026, 11, 16, 9, 0)
    visit: dict[str, Any] = {"id": "120", "revision": 1, "patient": "7", "start": naive}
    cases: list[tuple[Any, type[depesza.EngineError], str, str | None]] = [
        (lambda: engine.practice("nowak").campaigns(), depesza.UnknownError, "unknown_practice", None),
        (lambda: desk.pause("nothing", MONDAY), depesza.UnknownError, "unknown_campaign", None),
        (lambda: nobody.campaigns(), depesza.NotPermittedError, "not_permitted", None),
        (lambda: desk.create_campaign("przypomnienie", REMINDER, MONDAY), depesza.NotNowError, "campaign_exists", None),
        (lambda: desk.messages(from_="x"), depesza.BadArgumentsError, "bad_cursor", "from"),
        (lambda: engine.dispatch(naive), depesza.BadArgumentsError, "bad_arguments", "now"),
        (lambda: engine.dispatch(cast(Any, "now")), depesza.BadArgumentsError, "bad_arguments", "now"),
        (lambda: engine.dispatch(MONDAY, -1), depesza.BadArgumentsError, "bad_arguments", "limit"),
        (lambda: clinic.visit(**cast(Any, visit | {"start": MONDAY}), now=MONDAY), depesza.BadArgumentsError, "bad_arguments", "start"),
        (lambda: clinic.visit(**visit, booked_at=naive, now=MONDAY), depesza.BadArgumentsError, "bad_arguments", "booked_at"),
        (lambda: clinic.visit(**visit, duration_min=0, now=MONDAY), depesza.BadArgumentsError, "faulty_fact", "duration_min"),
        (
            lambda: clinic.apply([model.Visit(**visit, booked_at=naive)], MONDAY),
            depesza.BadArgumentsError,
            "bad_arguments",
            "facts[0].booked_at",
        ),
        (
            lambda: clinic.apply([cast(Any, {"fact": "visit", "id": 5})], MONDAY),
            depesza.BadArgumentsError,
            "bad_arguments",
            "facts[0].id",
        ),
        (lambda: depesza.Engine.open("nonsense:"), depesza.StoreError, "store_unavailable", "store"),
        (lambda: engine.callback("sim", "a=b", MONDAY), depesza.BadArgumentsError, "bad_arguments", "gateway"),
    ]
    for call, kind, code, field in cases:
        with pytest.raises(depesza.EngineError) as caught:
            call()
        assert (type(caught.value), caught.value.code, caught.value.field) == (kind, code, field), str(caught.value)
        again = pickle.loads(pickle.dumps(caught.value))
        assert (type(again), str(again), again.code, again.field) == (kind, str(caught.value), code, field)
    assert issubclass(depesza.UnknownError, LookupError)
    assert issubclass(depesza.BadArgumentsError, ValueError)


def test_every_fault_is_listed(practice: Practice) -> None:
    spec = model.CampaignSpec(name="", timing=REMINDER.timing, bodies=model.Bodies(default="(niewiadoma), czekamy"))
    with pytest.raises(depesza.FaultyError) as caught:
        practice.desk.create_campaign("p", spec, MONDAY)
    faults = caught.value.faults
    assert [fault.field for fault in faults] == ["name", "bodies.default"]
    assert caught.value.field == "name"
    assert list(faults) == practice.clinic.check_campaign(spec)
    assert pickle.loads(pickle.dumps(caught.value)).faults == faults


def test_every_code_of_the_core_has_its_class() -> None:
    source = (ROOT / "core/src/engine/error.rs").read_text(encoding="utf-8")
    codes = set(re.findall(r'=> "([a-z_]+)",', source)) | {"bad_arguments", "unknown_method"}
    assert len(codes) > 30
    known = {code: kind for kind, codes in _refusals.KINDS.items() for code in codes}
    assert codes == set(known)
    for code, kind in known.items():
        assert _refusals.of_code(code) is kind
        assert f"`{code}`" in (kind.__doc__ or ""), code
    assert _refusals.of_code("of_a_later_release") is depesza.EngineError


def test_places_are_counted_in_characters(practice: Practice) -> None:
    preview = practice.clinic.preview_body("Żółć 日本 (imie) 日", model.CampaignKind.REMINDER)
    text = preview.typical.text
    assert preview.advice.characters
    for character in preview.advice.characters:
        for at in character.at:
            assert text[at : at + len(character.character)] == character.character
    chat = practice.desk.chat_preview("Żółć 日本 i 日")
    assert "日" in [character.character for character in chat.advice.characters]
    for character in chat.advice.characters:
        assert all(chat.text[at : at + len(character.character)] == character.character for at in character.at)


def test_threads_work_side_by_side(practice: Practice) -> None:
    practice.remind()
    failed: list[BaseException] = []

    def tell(thread: int) -> None:
        try:
            for number in range(25):
                practice.clinic.patient(
                    id=f"{thread}-{number}", revision=1, first_name="Jan", last_name="Nowak", now=MONDAY
                )
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=tell, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(practice.clinic.find_patients("nowak", 100)) == 100


def test_the_engine_prints_nobody(practice: Practice) -> None:
    practice.tell()
    assert repr(practice.engine) == "<depesza.Engine>"
    assert repr(practice.clinic) == "<depesza.Clinic 'kowalska'>"
    assert repr(practice.desk) == "<depesza.Desk 'kowalska' of 'recepcja'>"
    found = practice.clinic.find_patients("zak", 10)
    assert found
    shown = repr(found) + repr(practice.desk.export_patient("7", MONDAY)) + repr(practice.clinic.practice())
    assert not [secret for secret in ("Łucja", "Żak", "501", "sixteen") if secret in shown.replace("48500100200", "")]


def test_a_connection_that_is_not_there_brings_nothing_in() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        smpp = depesza.Smpp(
            host="127.0.0.1", port=port, system_id="clinic", password="Poufne", connect_wait_ms=1, close_timeout_ms=1
        )
        engine = depesza.Engine.open("memory:", gateways={"smpp": smpp})
        assert engine.receive(wait_s=0) == depesza.gateway.Received(told=0, unrouted=0)
        with pytest.raises(depesza.BadArgumentsError):
            engine.callback("smpp", "MsgId=1&status=403")


def test_options_of_gateways_are_checked_and_kept_quiet() -> None:
    smsapi = depesza.Smsapi(token="Poufne", notify_url="https://u:Poufne@example.pl/", sender="Dentica")
    smpp = depesza.Smpp(host="127.0.0.1", system_id="clinic", password="Poufne")
    assert "Poufne" not in repr(smsapi) + repr(smpp)
    assert pickle.loads(pickle.dumps(smsapi)) == smsapi
    engine = depesza.Engine.open("memory:", gateway=smsapi)
    assert engine.receive(MONDAY, wait_s=0) == depesza.gateway.Received(0, 0)
    with pytest.raises(depesza.BadArgumentsError) as caught:
        depesza.Engine.open("memory:", gateway=depesza.Smsapi(token="Poufne", max_parts=cast(Any, "Poufne")))
    assert caught.value.field == "max_parts"
    assert "Poufne" not in str(caught.value)
    with pytest.raises(TypeError, match="gateway"):
        depesza.Engine.open("memory:", gateway=cast(Any, object()))
    with pytest.raises(TypeError, match="store"):
        depesza.Engine.open(cast(Any, object()))
    with pytest.raises(TypeError, match="either"):
        depesza.Engine.open("memory:", gateway=smsapi, gateways={})
