"""Types of the native half. What each function does, raises and by which standard is in its docstring (`help`)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import GenericAlias
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar, final, overload

from ._data import (
    Advice,
    CallValues,
    Costly,
    CustomPlaceholder,
    Finished,
    MissingRow,
    Number,
    Placeholder,
    Preview,
    Transliteration,
    VisitValues,
)
from ._enums import (
    Diacritics,
    Encoding,
    Language,
    OptOut,
    Reply,
    ReplyGrammar,
    ReplyLanguage,
    TemplateSubject,
)

__all__ = [
    "Batch",
    "Column",
    "Door",
    "Gate",
    "RuleBook",
    "Segments",
    "Template",
    "advice",
    "classify_reply",
    "finish",
    "indexes",
    "links",
    "opt_out",
    "parse_number",
    "recipient",
    "run_store_check",
    "segments",
    "split",
    "store_checks",
    "tables",
    "transliterate",
    "vocative",
    "withheld",
]

_Diacritics: TypeAlias = Diacritics | Literal["plain", "polish", "when_free"]
_Keep: TypeAlias = Literal["ignore", "keep"]

_Item = TypeVar("_Item", covariant=True)

class _ArrowArray(Protocol):
    """An array, by the Arrow PyCapsule interface."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

class _ArrowStream(Protocol):
    """Arrays one after another, by the Arrow PyCapsule interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

_Texts: TypeAlias = _ArrowArray | _ArrowStream | Iterable[str | None] | str | None
_Columns: TypeAlias = Mapping[str, _Texts] | _ArrowStream | _ArrowArray

@final
class Column(Generic[_Item]):
    """A column of a `Batch`: a sequence whose items are made when they are asked for.

    An array to anything that reads Arrow, without a copy (`polars.Series(column)`, `pyarrow.array(column)`,
    `pandas.Series.from_arrow(column)`). A slice is a column too. Equal to a column with the same items; `repr` shows none.
    """

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> _Item: ...
    @overload
    def __getitem__(self, index: slice, /) -> Column[_Item]: ...
    def __iter__(self) -> Iterator[_Item]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __class_getitem__(cls, item: object, /) -> GenericAlias: ...
    def to_list(self) -> list[_Item]:
        """All items as a list."""
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """The column as an Arrow array (the Arrow PyCapsule interface). `requested_schema` is not looked at."""
    def __arrow_c_schema__(self) -> object:
        """The type of the column (the Arrow PyCapsule interface)."""

@final
class Batch:
    """The messages of a batch, and what each costs. Made by `Template.render_batch`.

    `len` is the number of rows. It is a table to anything that reads Arrow (`polars.DataFrame(batch)`,
    `pyarrow.table(batch)`, `pandas.DataFrame.from_arrow(batch)`), with the columns `text`, `encoding`, `segments` and
    `cost_milli`. `repr` shows no text.
    """

    @property
    def texts(self) -> Column[str | None]:
        """The messages: a `Column` of texts, `None` for a row without."""
    @property
    def encodings(self) -> Column[Encoding | None]:
        """The coding of each message: a `Column` of `Encoding`, `None` for a row without message."""
    @property
    def segments(self) -> Column[int]:
        """The parts of each message: a `Column` of integers, 0 for a row without message."""
    @property
    def costs_milli(self) -> Column[int]:
        """What each message costs: a `Column` of integers, in thousandths of the currency's unit."""
    @property
    def parts(self) -> int:
        """Parts of all messages together."""
    @property
    def cost(self) -> Decimal:
        """What all messages cost together, in the currency's unit: an exact `decimal.Decimal`."""
    @property
    def missing(self) -> tuple[MissingRow, ...]:
        """The rows without a message, as `MissingRow`, in their order."""
    def __len__(self) -> int: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The table as an Arrow stream (the Arrow PyCapsule interface). `requested_schema` is not looked at."""

@final
class Segments:
    """What a text costs: its coding, its length and its parts. Made by `segments`.

    Equal when text and reference are; `repr` does not show the text.
    """

    @property
    def encoding(self) -> Encoding:
        """The coding of every part: `Encoding.GSM_7` (`"GSM-7"`) or `Encoding.UCS_2` (`"UCS-2"`)."""
    @property
    def units(self) -> int:
        """Units of the whole text, without headers: septets (an extension character is two) or UTF-16 units."""
    @property
    def count(self) -> int:
        """Parts that are sent and billed; at least 1. Above 255 the text cannot be sent."""
    @property
    def remaining(self) -> int:
        """Units still free in the last part."""
    @property
    def parts(self) -> tuple[str, ...]:
        """The texts of the parts. Raises `TextTooLongError` above 255 parts."""
    @property
    def costly(self) -> tuple[Costly, ...]:
        """The characters that force the text into UCS-2, in their order; none when it is GSM-7."""
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __copy__(self) -> Segments: ...
    def __deepcopy__(self, _memo: object) -> Segments: ...

@final
class Template:
    """A body that was checked and is ready to be rendered any number of times.

    `subject` says what it speaks about, and so which placeholders it may hold: `"visits"`, `"calls"` or `"people"`. `links`
    are the practice's link markers, name to URL; `custom` are placeholders of the host's, names or `CustomPlaceholder`.

    Raises `TemplateError` with every fault of the body, `LinkError` for a marker that is refused, `ValueError` for another
    subject. Equal when body and placeholders are; `repr` does not show the body.
    """

    def __new__(
        cls,
        body: str,
        *,
        subject: TemplateSubject | Literal["visits", "calls", "people"] = "visits",
        links: dict[str, str] | None = None,
        custom: Iterable[str | CustomPlaceholder] | None = None,
    ) -> Template: ...
    @property
    def body(self) -> str:
        """The body as it was typed."""
    @property
    def subject(self) -> TemplateSubject:
        """What it speaks about, one of `TemplateSubject`."""
    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """The placeholders of the body, links included, in their order; one that stands twice comes twice."""
    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the values that a message takes, each once: `imie`, `data:slownie`."""
    def render(self, values: Mapping[str, str | None] | VisitValues | CallValues) -> str:
        """Render one message as it is written; `finish` folds its letters and counts it.

        `values` is a mapping of ready-made texts by placeholder (`{"imie": "Anna", "data:slownie": "21 listopada 2026"}`;
        other keys do not matter), `VisitValues` or `CallValues`. White space around a value is dropped. A value that is
        absent, `None` or blank is replaced by the fallback.

        Raises `MissingValueError` for a placeholder that has neither, `TypeError` for a value that is no text.
        """
    def render_batch(
        self,
        columns: _Columns,
        *,
        diacritics: _Diacritics = "plain",
        reference_bits: int = 8,
        threads: int = 1,
        part_milli: int = 0,
    ) -> Batch:
        """Render a message for every row, bring it into the practice's letters and count it, all in one pass.

        `columns` has a column for each of `keys`: a mapping of lists, Arrow arrays, single texts (for all rows) or `None` (no
        value in any row); a dataframe of pandas or polars; a table of pyarrow; anything with `__arrow_c_stream__`. Columns are
        texts (also string views and dictionaries); null is no value. Arrow columns are read where they lie, and the
        interpreter's lock is not held while rows are rendered. `threads` is 1 to 256; `part_milli` the price of a part in
        thousandths of the currency's unit.

        A row that has neither a value nor a fallback for a placeholder has no message and is listed in `Batch.missing`.

        Raises `ColumnError` for a column that is not there, is not of texts, or has another length; `ValueError` for other
        words.
        """
    def preview(
        self,
        *,
        practice: str = "Estomed",
        address: str | None = None,
        phone: str | None = None,
        diacritics: _Diacritics = "plain",
        reference_bits: int = 8,
        part_milli: int = 0,
        language: Language | Literal["pl", "en"] = "pl",
    ) -> Preview:
        """The body with typical, shortest and longest values, as it would be sent, with what each costs.

        `practice`, `address` and `phone` are the practice's own; `part_milli` is the price of a part in thousandths of the
        currency's unit. Raises `ValueError` for other words.
        """
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]: ...

def segments(text: str, reference_bits: int = 8) -> Segments:
    """What a text costs: coding, units, parts (3GPP TS 23.038; TS 23.040, 9.2.3.24).

    One message holds 160 septets or 70 UTF-16 units; when the text is longer, all parts hold 153 or 67 with a reference of 8
    bits, 152 or 66 with 16. An escape pair or a surrogate pair is never cut. The count is not limited.

    Raises `ValueError` for other `reference_bits`.
    """
def split(text: str, *, reference_bits: int = 8, clusters: _Keep = "ignore", links: _Keep = "ignore") -> list[str]:
    """Cut a text into the parts of one message; put together again they are the text.

    With `clusters="keep"` no grapheme cluster (a letter and its marks, a flag, an emoji sequence) is cut, with
    `links="keep"` no link, unless it is longer than a part; there may then be more parts than `segments` counts.

    Raises `TextTooLongError` above 255 parts, `ValueError` for other words.
    """
def links(text: str) -> list[str]:
    """The links in a text, in their order: `http://`, `https://` or `www.` and what belongs to them."""
def transliterate(
    text: str,
    missing: Literal["keep", "drop"] | str = "keep",
    *,
    overrides: dict[str, str | None] | None = None,
    reference_bits: int = 8,
) -> Transliteration:
    """Bring a text into GSM-7, and say every character that was replaced or could not be.

    What GSM-7 has is never touched, and neither is a link. `missing` says what becomes of a character without a safe
    equivalent: `"keep"`, `"drop"`, or any other text (all of it GSM-7) that stands in its place. `overrides` says what
    stands for a character instead of the table's answer; `None` takes it off the table.

    Raises `NotGsm7Error` for a replacement that is not GSM-7, `ValueError` for an override of more than one character.
    """
def finish(text: str, diacritics: _Diacritics = "plain", reference_bits: int = 8) -> Finished:
    """A text as it is sent, by a clinic's choice about diacritics, and what it costs then.

    `"plain"` replaces letters that GSM-7 does not have, unless that takes more parts or gains nothing; `"polish"` keeps the
    text as it was written; `"when_free"` keeps it where that costs no part more.

    Raises `ValueError` for other words.
    """
def advice(text: str, reference_bits: int = 8) -> Advice:
    """What makes a message dearer, and what replacing it would save.

    Raises `ValueError` for other `reference_bits`.
    """
def parse_number(text: str, default_prefix: str = "+48") -> Number:
    """Read a text as one telephone number.

    `default_prefix` is the country of numbers typed without one: `+` and a calling code (ITU-T E.164). The answer says what
    the number is, not whether anybody may write to it; `recipient` does.

    Raises `NumberError` when the text is no number, with `.code`; `invalid` also for a number without a country when
    `default_prefix` is no calling code.
    """
def recipient(text: str, default_prefix: str = "+48", allowed_prefixes: Sequence[str] = ()) -> str:
    """The number to send to, in E.164, when the text is one that is written to and that takes an SMS.

    Numbers of `default_prefix` are written to, and those that begin with one of `allowed_prefixes` (`+380`, `+4915`).

    Raises `NumberError` otherwise: what is wrong with the number is `.code`, of one that takes no SMS `.kind` is what it is.
    """
def withheld(caller: str) -> bool:
    """Whether a caller's number, as an exchange tells it, is withheld: empty, a word for it (`anonymous`), `-1`, only zeros, or
    a word spelled on the keys (`266696687`). A SIP address counts by its user part.
    """
def classify_reply(
    text: str,
    policy: ReplyGrammar | Literal["strict", "tolerant"] = "strict",
    languages: Sequence[ReplyLanguage | Literal["ukrainian"]] = (),
) -> Reply:
    """What an answer says: `Reply.YES`, `Reply.NO`, or `Reply.OTHER` for people to read.

    `policy="strict"` takes TAK and NIE alone, `"tolerant"` also the words, phrases, typos and smileys of a closed list.
    `languages` are read beside Polish (`"ukrainian"`). A text with the word STOP is always `OTHER`: `opt_out` says more.
    It never fails: what is not understood is `OTHER`.
    """
def opt_out(text: str) -> OptOut:
    """Whether a text asks that no more be sent: the word STOP alone withdraws consent, among other words people decide."""
def vocative(first_name: str) -> str:
    """A Polish first name in the vocative (`Anna`, `Anno`), for `(imie:wolacz)`; as it is where the rules are not certain."""

# the engine's door, and what stands behind it: for _engine.py, gateway.py, store.py and testing.py alone

@final
class RuleBook:
    """A rules file that was read and checked; `depesza.CallRules` is made of it."""

    @staticmethod
    def read(name: str, content: bytes, language: str) -> RuleBook:
        """Read and check a rules file from its bytes. `name` is what faults call it, in the words of `language`."""
    def practice(self) -> str:
        """The account as JSON, with its secret."""
    def rules(self) -> str:
        """The rules as JSON, in the order of the file."""
    def matching(self, call: str) -> list[int]:
        """The places of the rules that are on and whose conditions a call (as JSON) meets, ascending."""

_Answer = tuple[bool, str, BaseException | None]

@final
class Door:
    """An engine over a store and its gateways."""

    def __new__(cls, store: object, gateways: Sequence[tuple[str, object]]) -> Door: ...
    def call(self, method: str, arguments: str) -> _Answer:
        """Calls an operation: whether it was done, its answer or the refusal as JSON, and the exception of the host's own store
        that is behind a refusal.
        """
    def receive(self, now_ms: int, wait_s: float) -> _Answer:
        """Takes what came in by the connections of gateways, waiting for the first as long as `wait_s` says."""
    def callback(self, gateway: str, form: str, now_ms: int) -> _Answer:
        """Takes what a gateway's provider called the host's web server with."""

@final
class Gate:
    """The simulated gateway."""

    def __new__(cls, id: str, seed: int) -> Gate: ...
    def script(self, answers: str) -> None:
        """Forces the next answers, a JSON list of `SubmitResult`."""
    def taken_from(self, place: int) -> list[tuple[str, str, str, str, int, int]]:
        """What went to handsets from a place on: reference, the simulator's identifier, number, text, instants of sending and of the
        end of validity in milliseconds since 1970.
        """
    def reports(self, now_ms: int) -> str:
        """Reports that are due, as a JSON list; each is given once."""

def store_checks() -> list[str]:
    """The names of the suite's checks."""
def run_store_check(name: str, store: object) -> None:
    """Puts an empty store to one check."""
def tables() -> list[str]:
    """The names of tables, in their order."""
def indexes() -> list[tuple[str, bool]]:
    """The names of indexes, in their order, each with whether it spans all practices."""
