"""What is answered is data: equal, hashable, picklable, copied, and shows no text when it is printed."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import depesza
import pytest

# what a type checker would not let through
untyped: Any = depesza

SECRETS = ("Łucja", "Lucja", "Żak", "Zak", "501234567", "Wizyta")
TEXT = "Wizyta Łucji Żak, tel. 501234567"


def template(body: str = "Wizyta: (imie), (data:slownie|jutro), (saldo), (ankieta)") -> depesza.Template:
    return depesza.Template(body, links={"ankieta": "k.pl/a"}, custom=["saldo"])


MADE: dict[str, Callable[[], object]] = {
    "Segments": lambda: depesza.segments(TEXT, 16),
    "Transliteration": lambda: depesza.transliterate(TEXT),
    "Finished": lambda: depesza.finish(TEXT),
    "Advice": lambda: depesza.advice(TEXT),
    "Number": lambda: depesza.parse_number("501 234 567"),
    "Costly": lambda: depesza.segments(TEXT).costly,
    "Template": template,
    "Preview": lambda: template().preview(practice="Wizyta", part_milli=90),
    "Placeholder": lambda: template().placeholders,
    "VisitValues": lambda: depesza.VisitValues(first_name="Łucja", last_name="Żak", visits=()),
    "CallValues": lambda: depesza.CallValues(number="501234567"),
    "Encoding": lambda: depesza.segments(TEXT).encoding,
    "Reply": lambda: depesza.classify_reply("tak"),
}


@pytest.mark.parametrize("name", MADE)
def test_it_is_equal_picklable_and_copied(name: str) -> None:
    made = MADE[name]()
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(made, protocol)) == made
    assert copy.copy(made) == made
    assert copy.deepcopy(made) == made
    assert made == MADE[name]()
    assert made != object()
    if name != "VisitValues":
        assert hash(made) == hash(MADE[name]())


@pytest.mark.parametrize("name", MADE)
def test_it_prints_nobody(name: str) -> None:
    assert not [secret for secret in SECRETS if secret in repr(MADE[name]())]


def test_what_differs_is_not_equal() -> None:
    assert depesza.segments("a") != depesza.segments("b")
    assert depesza.segments("a", 8) != depesza.segments("a", 16)
    assert template() != template("Wizyta: (imie)")
    assert depesza.Template("x") != depesza.Template("x", subject="calls")
    assert depesza.Template("x") != depesza.Template("x", custom=["saldo"])


FAULTY: dict[str, Callable[[], object]] = {
    "TextTooLongError": lambda: depesza.split("Łucja Żak" * 3_000),
    "NotGsm7Error": lambda: depesza.transliterate("😀", "Łucja"),
    "NumberError": lambda: depesza.parse_number("501234567 Żak"),
    "TemplateError": lambda: depesza.Template("Wizyta (Lucja)"),
    "LinkError": lambda: depesza.Template("x", links={"Żak": "501234567"}),
    "MissingValueError": lambda: template().render({"saldo": "Żak"}),
}


@pytest.mark.parametrize("name", FAULTY)
def test_an_exception_names_code_and_field_and_prints_nobody(name: str) -> None:
    with pytest.raises(depesza.DepeszaError) as raised:
        FAULTY[name]()
    error = raised.value
    assert type(error) is getattr(depesza, name)
    assert isinstance(error, ValueError)
    assert error.code
    assert error.field
    assert not [secret for secret in SECRETS if secret in str(error) + repr(error)]
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (again.args, again.__dict__) == (error.args, error.__dict__)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: untyped.segments("a", 12), "reference_bits: expected 8 or 16"),
        (lambda: untyped.split("a", links="cut"), "links: expected ignore or keep"),
        (lambda: untyped.split("a", clusters="cut"), "clusters: expected ignore or keep"),
        (lambda: untyped.finish("a", "none"), "diacritics: expected plain, polish or when_free"),
        (lambda: untyped.classify_reply("a", "lax"), "policy: expected strict or tolerant"),
        (lambda: untyped.classify_reply("a", languages=["en"]), "languages: expected ukrainian"),
        (lambda: untyped.Template("a", subject="cats"), "subject: expected visits, calls or people"),
        (lambda: untyped.transliterate("ł", overrides={"łł": "l"}), "overrides: expected one character as a key"),
    ],
)
def test_a_word_of_no_set_is_refused_by_its_field(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        call()


def test_enums_are_taken_as_their_words() -> None:
    assert depesza.finish("ł", depesza.Diacritics.POLISH) == depesza.finish("ł", "polish")
    assert depesza.classify_reply("👍 tak", depesza.ReplyGrammar.TOLERANT) is depesza.Reply.YES
    assert depesza.Template("x", subject=depesza.TemplateSubject.CALLS).subject is depesza.TemplateSubject.CALLS
    assert depesza.segments("ł").encoding is depesza.Encoding.UCS_2


def test_places_are_counted_in_characters() -> None:
    text = "😀ą żó"
    assert [text[it.at] for it in depesza.segments(text).costly] == ["😀", "ą", "ż", "ó"]
    done = depesza.transliterate(text, "")
    assert [text[it.start : it.end] for it in done.replaced] == [it.original for it in done.replaced]
    body = "łó (imie), żż (data)"
    assert [body[it.start : it.end] for it in depesza.Template(body).placeholders] == ["(imie)", "(data)"]


def test_a_lone_surrogate_is_no_text() -> None:
    with pytest.raises(UnicodeEncodeError):
        depesza.segments("a\ud800")


def test_values_are_found_by_any_way_to_write_them() -> None:
    body = "(imie) (imie:wolacz) (data:slownie)"
    assert depesza.Template(body).keys == ("imie", "imie:wolacz", "data:slownie")
    values = {"Imię": "Anna", "IMIE:Wołacz": "Anno", "data : słownie": "1 maja", "other": None}
    assert depesza.Template(body).render(values) == "Anna Anno 1 maja"
    with pytest.raises(depesza.MissingValueError) as raised:
        depesza.Template(body).render({"imie": "Anna", "imie:wolacz": None})
    assert (raised.value.placeholder, raised.value.row) == ("imie", None)


def test_values_of_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match="expected str or None, got datetime"):
        depesza.Template("(data)").render({"data": datetime(2026, 11, 20)})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="expected a mapping, VisitValues or CallValues"):
        depesza.Template("(data)").render(7)  # type: ignore[arg-type]
    at = datetime(2026, 11, 20, tzinfo=timezone.utc)
    with pytest.raises(ValueError, match=r"visits\[0\].start: expected local time without a zone"):
        depesza.Template("(data)").render(depesza.VisitValues(visits=[depesza.VisitDetail(at)]))


def test_vocative() -> None:
    assert depesza.vocative("Anna") == "Anno"
