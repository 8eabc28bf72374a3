"""Every case of `vectors/`, by id."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import depesza
import pytest
import vectors
from vectors import Case, character, full


def cost(of: depesza.Segments | depesza.Cost) -> dict[str, Any]:
    return {"encoding": of.encoding, "units": of.units, "count": of.count, "remaining": of.remaining}


def compare(got: dict[str, Any], expect: dict[str, Any], why: str) -> None:
    assert {key: got[key] for key in expect} == expect, why


# text


def segments(given: Case) -> dict[str, Any]:
    return cost(depesza.segments(full(given["text"]), given.get("reference_bits", 8)))


def costly(given: Case) -> dict[str, Any]:
    found = depesza.segments(full(given["text"])).costly
    return {"characters": [{"at": it.at, "character": it.character} for it in found]}


def split(given: Case) -> dict[str, Any]:
    text, options = full(given["text"]), given.get("options", {})
    parts = depesza.split(text, **options)
    if set(options) <= {"reference_bits"}:
        assert depesza.segments(text, **options).parts == tuple(parts)
    return {"parts": parts}


def links(given: Case) -> dict[str, Any]:
    return {"links": depesza.links(full(given["text"]))}


def transliterate(given: Case) -> dict[str, Any]:
    missing = given.get("missing", "keep")
    missing = missing if isinstance(missing, str) else missing["replace"]
    done = depesza.transliterate(full(given["text"]), missing, overrides=given.get("overrides"))
    replaced = [
        {
            "range": {"start": it.start, "end": it.end},
            "original": it.original,
            "replacement": it.replacement,
            "class": it.character_class,
        }
        for it in done.replaced
    ]
    return {"text": done.text, "replaced": replaced, "before": cost(done.before), "after": cost(done.after)}


def finish(given: Case) -> dict[str, Any]:
    done = depesza.finish(full(given["text"]), given["diacritics"], given.get("reference_bits", 8))
    return {"text": done.text, "segments": cost(done.segments)}


def advice(given: Case) -> dict[str, Any]:
    found = depesza.advice(full(given["text"]), given.get("reference_bits", 8))
    characters = [
        {
            "character": it.character,
            "at": list(it.at),
            "replacement": it.replacement,
            "class": it.character_class,
            "parts_saved": it.parts_saved,
        }
        for it in found.characters
    ]
    return {
        "before": cost(found.before),
        "after": cost(found.after),
        "parts_saved": found.parts_saved,
        "characters": characters,
    }


TEXT: dict[str, Callable[[Case], dict[str, Any]]] = {
    "segments": segments,
    "costly": costly,
    "split": split,
    "links": links,
    "transliterate": transliterate,
    "finish": finish,
    "advice": advice,
}


def in_characters(text: str, expect: Any) -> Any:
    """What is expected, with places in characters instead of bytes and texts in full."""
    if isinstance(expect, list):
        return [in_characters(text, item) for item in expect]
    if not isinstance(expect, dict):
        return expect
    if "repeat" in expect:
        return full(expect)
    there: dict[str, Any] = {}
    for key, value in expect.items():
        if key in ("at", "start", "end") and not isinstance(value, dict):
            places = [character(text, byte) for byte in (value if isinstance(value, list) else [value])]
            there[key] = places if isinstance(value, list) else places[0]
        elif key in ("text", "original", "replacement") and value is not None:
            there[key] = full(value)
        elif key == "parts" and isinstance(value, list):
            there[key] = [full(part) for part in value]
        else:
            there[key] = in_characters(text, value)
    return there


@pytest.mark.usefixtures("ran")
def test_text_vector(room: str, case: Case) -> None:
    run = TEXT[case["operation"]]
    if "expect" in case:
        compare(run(case["input"]), in_characters(full(case["input"]["text"]), case["expect"]), case["why"])
        return
    error = case["error"]
    if error["code"] == "too_long":
        with pytest.raises(depesza.TextTooLongError) as too_long:
            run(case["input"])
        assert (too_long.value.code, too_long.value.parts) == ("too_long", error["parts"]), case["why"]
        return
    with pytest.raises(depesza.NotGsm7Error) as not_gsm7:
        run(case["input"])
    # the replacements of these cases are ASCII before the place
    assert (not_gsm7.value.code, not_gsm7.value.at) == ("not_gsm7", error["at"]), case["why"]


# telephone numbers


def phone(given: Case) -> dict[str, Any] | bool:
    policy = given.get("policy", {})
    if given["op"] == "withheld":
        return depesza.withheld(given["text"])
    if given["op"] == "recipient":
        return {"e164": depesza.recipient(given["text"], **policy)}
    number = depesza.parse_number(given["text"], policy.get("default_prefix", "+48"))
    assert number.can_receive_sms == (number.kind in ("mobile", "mobile_or_landline"))
    return {"e164": number.e164, "calling_code": number.calling_code, "kind": number.kind}


@pytest.mark.usefixtures("ran")
def test_phone_vector(room: str, case: Case) -> None:
    if "expect" in case:
        assert phone(case["input"]) == case["expect"], case["why"]
        return
    with pytest.raises(depesza.NumberError) as raised:
        phone(case["input"])
    error = case["error"] if isinstance(case["error"], dict) else {"reason": case["error"]}
    assert (raised.value.code, raised.value.kind) == (error["reason"], error.get("kind")), case["why"]
    digits = "".join(character for character in case["input"]["text"] if character.isdigit())
    assert len(digits) < 4 or digits not in str(raised.value)


# replies


@pytest.mark.usefixtures("ran")
def test_reply_vector(room: str, case: Case) -> None:
    text, policy = case["input"]["text"], case["input"]["policy"]
    reply = depesza.classify_reply(text, policy.get("grammar", "strict"), policy.get("languages", []))
    assert isinstance(reply, depesza.Reply)
    assert {"reply": reply, "opt_out": depesza.opt_out(text)} == case["expect"], case["why"]


# templates


def template(given: Case) -> depesza.Template:
    custom = [
        depesza.CustomPlaceholder(it["name"], it["sample"], it["description"]["pl"], it["description"]["en"])
        for it in given.get("custom", [])
    ]
    marked = {link["name"]: link["url"] for link in given.get("links", [])}
    return depesza.Template(given["body"], subject=given["subject"], links=marked, custom=custom)


def values(given: Case) -> depesza.VisitValues | depesza.CallValues:
    wire = dict(given.get("values", {}))
    wire["language"] = depesza.Language(given.get("language", "pl"))
    if given["subject"] == "calls":
        if "start" in wire:
            wire["start"] = datetime.fromisoformat(wire["start"])
        return depesza.CallValues(**wire)
    wire["visits"] = [
        depesza.VisitDetail(datetime.fromisoformat(visit["start"]), visit.get("doctor", ""), visit.get("room", ""))
        for visit in wire.get("visits", [])
    ]
    return depesza.VisitValues(**wire)


def compile_body(given: Case) -> dict[str, Any]:
    return {
        "placeholders": [
            {
                "name": it.name,
                "fallback": it.fallback,
                "url": it.url,
                "at": {"start": it.start, "end": it.end, "line": it.line, "column": it.column},
            }
            for it in template(given).placeholders
        ]
    }


def render(given: Case) -> dict[str, Any]:
    return {"text": template(given).render(values(given))}


def finish_body(given: Case) -> dict[str, Any]:
    text = template(given).render(values(given))
    done = depesza.finish(text, given.get("diacritics", "plain"), given.get("reference_bits", 8))
    return {"text": done.text, "segments": cost(done.segments)}


def link(given: Case) -> dict[str, Any]:
    marked = {it["name"]: it["url"] for it in given.get("links", [])}
    added = given["link"]
    if added["name"] in marked:
        pytest.fail("two links of one name cannot stand in a dict")
    depesza.Template("x", subject=given["subject"], links=marked | {added["name"]: added["url"]})
    return {}


TEMPLATE: dict[str, Callable[[Case], dict[str, Any]]] = {
    "compile": compile_body,
    "render": render,
    "finish": finish_body,
    "link": link,
}


def fault(it: depesza.TemplateFault) -> dict[str, Any]:
    at = {"start": it.start, "end": it.end, "line": it.line, "column": it.column}
    return {"at": at, "code": it.code, **listed(it.details)}


def listed(details: Any) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in details.items()}


@pytest.mark.usefixtures("ran")
def test_template_vector(room: str, case: Case) -> None:
    given, run = case["input"], TEMPLATE[case["operation"]]
    body = given.get("body", "")
    if "expect" in case:
        compare(run(given), in_characters(body, case["expect"]), case["why"])
        return
    with pytest.raises(depesza.DepeszaError) as raised:
        run(given)
    error = raised.value
    got: Any
    if isinstance(error, depesza.TemplateError):
        got = [fault(it) for it in error.faults]
    elif isinstance(error, depesza.LinkError):
        got = [{"code": it.code, **listed(it.details)} for it in error.faults]
    else:
        assert isinstance(error, depesza.MissingValueError)
        got = [{"code": error.code, "placeholder": error.placeholder}]
    assert got == in_characters(body, case["error"]), case["why"]


@pytest.mark.parametrize("of", ["phone", "reply", "template", "text"])
def test_every_vector_ran(of: str, ran_ids: dict[str, set[str]], request: pytest.FixtureRequest) -> None:
    if request.config.option.keyword or any("::" in argument for argument in request.config.args):
        pytest.skip("only some were asked for")
    wanted = {case["id"] for case in vectors.cases(of)}
    assert ran_ids.get(of, set()) == wanted
