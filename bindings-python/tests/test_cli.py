"""The command `depesza`, as a shell runs it."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import depesza

COMMAND = Path(sys.executable).with_name("depesza")
PBX = Path(__file__).resolve().parents[2] / "examples" / "data" / "pbx"


def run(*arguments: str, given: str | bytes = b"") -> tuple[int, str, str]:
    """The exit code, what was printed, and what was said on the side."""
    given = given.encode() if isinstance(given, str) else given
    # a locale of ASCII: texts are UTF-8 all the same
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = subprocess.run([COMMAND, *arguments], input=given, capture_output=True, env=environment, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_segments_of_arguments() -> None:
    code, out, err = run("segments", "abc", "środa", "€")
    assert (code, err) == (0, "")
    assert out == "GSM-7\t3\t1\t157\nUCS-2\t5\t1\t65\nGSM-7\t2\t1\t158\n"


def test_segments_of_a_file_and_of_standard_input(tmp_path: Path) -> None:
    (tmp_path / "texts").write_bytes("\ufeffabc\r\nśroda\n".encode())
    code, out, _ = run("segments", "--json", "-f", str(tmp_path / "texts"), "-f", "-", given="ż\n\n")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [it["units"] for it in found] == [3, 5, 1, 0]
    assert found[1]["costly"] == [{"at": 0, "character": "ś"}]


def test_too_many_parts_is_an_exit_code() -> None:
    assert run("segments", "--max-parts", "1", "a" * 160)[0] == 0
    assert run("segments", "--max-parts", "1", "a" * 161)[0] == 1
    assert run("segments", "--max-parts", "1", "--reference-bits", "16", "ł" * 70)[0] == 0


def test_classify() -> None:
    assert run("classify", "tak", "NIE") == (0, "yes\nno\n", "")
    assert run("classify", "--policy", "tolerant", given="Tak, będę!\nile to kosztuje?\n") == (1, "yes\nother\n", "")
    code, out, _ = run("classify", "--json", "--language", "ukrainian", "так", "stop")
    assert code == 1
    assert [json.loads(line) for line in out.splitlines()] == [
        {"reply": "yes", "opt_out": "absent"},
        {"reply": "other", "opt_out": "alone"},
    ]


def test_lint(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("Dzień dobry (imie)\n", encoding="utf-8")
    bad.write_text("Dzień\ndobry (imei)", encoding="utf-8")
    assert run("lint", str(good)) == (0, "", "")
    code, out, _ = run("lint", str(good), str(bad))
    assert (code, out.count("\n")) == (1, 1)
    assert out.startswith(f"{bad}:2:7: ")
    assert "(imie)" in out
    code, out, _ = run("lint", "--json", "--language", "pl", "--subject", "calls", given="(imie)")
    assert code == 1
    assert json.loads(out)["code"] == "not_for_subject"
    assert run("lint", "--max-parts", "1", "--body", "(imie) " * 30)[0] == 1


def test_render_csv(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text('Imię;data;uwagi\nŁucja;20.11.2026;"a;\nb"\n;21.11.2026;\nJan;;\n', encoding="utf-8")
    body = "(imie), czekamy (data|jutro)."
    code, out, err = run("render", str(rows), "--body", body, "--part-milli", "90")
    assert code == 1
    assert list(csv.reader(io.StringIO(out))) == [
        ["row", "text", "encoding", "segments", "cost_milli"],
        ["1", "Lucja, czekamy 20.11.2026.", "GSM-7", "1", "90"],
        ["3", "Jan, czekamy jutro.", "GSM-7", "1", "90"],
    ]
    assert err == f"{rows}: row 2: no value for (imie)\n2 messages, 2 parts, cost 0.18, 1 rows without\n"


def test_render_many_rows_as_json(tmp_path: Path) -> None:
    (tmp_path / "body").write_text("(imie)\n", encoding="utf-8")
    given = "imie\n" + "".join(f"Zoë {row}\n" for row in range(25_000))
    code, out, err = run("render", "-t", str(tmp_path / "body"), "--json", "--threads", "2", given=given)
    made = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(it["row"], it["text"]) for it in made] == [(row + 1, f"Zoe {row}") for row in range(25_000)]
    assert err == "25000 messages, 25000 parts, cost 0.00, 0 rows without\n"


def test_what_cannot_be_read_is_named_and_not_quoted(tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(b"abc\nKowalska \xff\n")
    for arguments in (["segments", "-f", str(bad)], ["lint", str(bad)], ["render", str(bad), "--body", "x"]):
        assert run(*arguments)[::2] == (2, f"depesza: {bad}:2: not UTF-8\n")
    gone = str(tmp_path / "gone")
    assert run("classify", "-f", gone) == (2, "", f"depesza: {gone}: No such file or directory\n")
    assert run("render", "--body", "(imie)", given="data\nx\n")[::2] == (
        2,
        "depesza: column (imie): not there; give None to have the fallback in every row\n",
    )
    assert run("render", "--body", "(imie)", given="imie,data\nKowalska\n")[::2] == (
        2,
        "depesza: -: row 1: expected 2 columns, got 1\n",
    )
    assert run("render", "--body", "(imie)")[::2] == (2, "depesza: -:1: expected a header\n")
    assert run("render", "--body", "(Kowalska)", given="imie\n")[0] == 1


def test_wrong_use_is_an_exit_code() -> None:
    for arguments in ([], ["nothing"], ["segments", "--reference-bits", "9", "a"], ["render", "x.csv"]):
        assert run(*arguments)[0] == 2
    assert run("--help")[0] == 0
    for command in ("segments", "classify", "lint", "render", "replay", "dry-run"):
        code, out, _ = run(command, "--help")
        assert (code, f"usage: depesza {command}" in out) == (0, True)


def test_a_reader_that_goes_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "texts").write_text("a\n" * 200_000)
    with subprocess.Popen(
        [COMMAND, "segments", "-f", str(tmp_path / "texts")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"GSM-7\t1\t1\t159\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=120) == 0


def test_a_long_file_has_a_bar_on_a_terminal(tmp_path: Path) -> None:
    long, short = tmp_path / "long", tmp_path / "short"
    long.write_text("Wizyta\n" * 200_000)
    short.write_text("Wizyta\n")
    for path, shows in ((long, True), (short, False)):
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            [COMMAND, "segments", "-f", path], stdout=subprocess.DEVNULL, stderr=theirs
        ) as process:
            os.close(theirs)
            said = b""
            try:
                while piece := os.read(ours, 65_536):
                    said += piece
            except OSError:
                # the other end is closed
                pass
            assert process.wait(timeout=120) == 0
        os.close(ours)
        assert (b"100%" in said) == shows
        assert said.isascii()
    # not a terminal: nothing
    assert run("segments", "-f", str(long))[2] == ""


def call(number: int, caller: str) -> str:
    return json.dumps(
        {
            "system": "pbx",
            "id": str(number),
            "direction": "incoming",
            "caller": caller,
            "called": "22 123 45 01",
            "started_at": "2026-11-16T09:00:00Z",
            "ended_at": "2026-11-16T09:00:30Z",
            "ring_s": 30,
            "status": "no_answer",
        }
    )


def test_replay(tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    calls.write_text(call(1, "501 234 567") + "\n\n" + call(2, "502 234 567") + "\n")
    code, out, err = run("replay", str(PBX / "rules.toml"), str(calls))
    assert (code, err) == (0, "")
    assert out.startswith("rule\tplanned\tskipped\n")
    messages = depesza.CallRules.load(PBX / "rules.toml").replay(
        [depesza.model.Call.from_wire(json.loads(line)) for line in calls.read_text().splitlines() if line]
    )
    assert f"2 calls, {len(messages.messages)} messages, {messages.parts} parts, " in out
    code, out, _ = run("replay", "--json", str(PBX / "rules.toml"), given=calls.read_text())
    assert [json.loads(line)["call"]["id"] for line in out.splitlines()] == ["1", "2"]


def test_replay_names_what_is_wrong(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text((PBX / "rules.toml").read_text(encoding="utf-8").replace("delay_s = 600", "delay_s = 700000"), encoding="utf-8")
    code, _, err = run("replay", str(rules))
    assert code == 1
    assert ".delay_s: " in err
    assert err.startswith(f"{rules}:")
    for line, said in (("{", "expected a JSON object"), ('{"caller": "501234567"}', "expected")):
        code, _, err = run("replay", str(PBX / "rules.toml"), given=line)
        assert code == 2
        assert err.startswith("depesza: -:1: ")
        assert said in err
        assert "501234567" not in err


def test_it_runs_as_a_module_too() -> None:
    done = subprocess.run([sys.executable, "-m", "depesza", "segments", "abc"], capture_output=True, timeout=120)
    assert done.stdout == b"GSM-7\t3\t1\t157\n"
