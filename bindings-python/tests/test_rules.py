"""Rules for SMS after a call, from a file."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path

import depesza
import pytest
from depesza import model

FILE = Path(__file__).resolve().parents[2] / "examples" / "data" / "pbx" / "rules.toml"
MONDAY = dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def rules() -> depesza.CallRules:
    return depesza.CallRules.load(FILE)


def call(**changed: object) -> model.Call:
    said: dict[str, object] = {
        "system": "pbx",
        "id": "1",
        "direction": model.CallDirection.INCOMING,
        "caller": "501 234 567",
        "called": "22 123 45 01",
        "started_at": MONDAY,
        "ended_at": MONDAY + dt.timedelta(seconds=30),
        "ring_s": 30,
        "status": model.CallStatus.NO_ANSWER,
    }
    return model.Call(**{**said, **changed})  # type: ignore[arg-type]


def test_a_file_is_read(rules: depesza.CallRules) -> None:
    assert rules.practice.id == "lipowa-centrala"
    assert len(rules.rules) == 9
    assert rules == depesza.CallRules.parse(FILE.read_text(encoding="utf-8"))
    assert hash(rules) == hash(depesza.CallRules.load(str(FILE)))
    assert repr(rules) == "CallRules(practice='lipowa-centrala', rules=9)"


def test_what_matches_is_what_is_explained(rules: depesza.CallRules) -> None:
    matched = 0
    statuses = [*model.CallStatus]
    for number, status in enumerate(statuses * 3):
        for own in ("22 123 45 00", "22 123 45 01", "22 123 45 02", "22 123 45 03", "22 123 45 04"):
            one = call(
                id=f"{number}-{own}",
                status=status,
                called=own,
                talk_s=number * 20,
                started_at=MONDAY + dt.timedelta(hours=number),
                ended_at=MONDAY + dt.timedelta(hours=number, minutes=8),
            )
            explained = rules.explain(one)
            wanted = [it.rule for it in explained.rules if it.matches and it.state is model.RuleState.ON]
            assert [rule.id for rule in rules.match(one)] == wanted
            matched += len(wanted)
    assert matched > 20


def test_a_replay_sends_nothing_and_says_what_it_would(rules: depesza.CallRules) -> None:
    calls = [call(), call(id="2", caller="anonymous"), call()]
    replay = rules.replay(calls)
    assert [file.call.id for file in replay.calls] == ["1", "2"]
    assert any(isinstance(acted.outcome, model.RuleActedOutcomePlanned) for acted in replay.calls[0].acted)
    assert replay.parts > 0
    assert replay.cost_milli > 0
    assert rules.replay(iter(calls)) == replay
    assert rules.replay([]).calls == ()
    assert "501" not in repr(replay)


def test_faults_have_their_places() -> None:
    text = FILE.read_text(encoding="utf-8").replace("delay_s = 600", "delay_s = 700000").replace("[[rules]]", "[[rules]]\nx = 1", 1)
    with pytest.raises(depesza.CallRulesError) as raised:
        depesza.CallRules.parse(text, "r.toml")
    faults = raised.value.faults
    assert all(fault.file == "r.toml" and fault.line for fault in faults)
    assert str(faults[0]) in str(raised.value)
    assert pickle.loads(pickle.dumps(raised.value)).faults == faults
    polish = FILE.read_text(encoding="utf-8").replace("delay_s = 600", "delay_s = 700000")
    sentences = []
    for language in depesza.Language:
        with pytest.raises(depesza.CallRulesError) as raised:
            depesza.CallRules.parse(polish, language=language)
        sentences.append(raised.value.faults[0].what)
        assert ".delay_s: " in sentences[-1]
    assert sentences[0] != sentences[1]


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        depesza.CallRules.load(tmp_path / "gone.toml")
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(depesza.CallRulesError):
        depesza.CallRules.load(tmp_path / "bad.toml")


def test_a_faulty_call_is_refused_by_its_field(rules: depesza.CallRules) -> None:
    faulty = call(started_at=dt.datetime(2026, 11, 16, 9))
    for ask in (rules.match, rules.explain):
        with pytest.raises(depesza.BadArgumentsError, match="started_at") as raised:
            ask(faulty)
        assert "501" not in str(raised.value)
