"""Types of the native half. What each function does, raises and by which standard is in its docstring (`help`)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias, final

from ._data import (
    Advice,
    CallValues,
    Costly,
    CustomPlaceholder,
    Finished,
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
    "Segments",
    "Template",
    "advice",
    "classify_reply",
    "finish",
    "links",
    "opt_out",
    "parse_number",
    "recipient",
    "segments",
    "split",
    "transliterate",
    "vocative",
    "withheld",
]

_Diacritics: TypeAlias = Diacritics | Literal["plain", "polish", "when_free"]
_Keep: TypeAlias = Literal["ignore", "keep"]

@final
class Segments:
    """What a text costs: its coding, its length and its parts. Made by `segments`."""

    @property
    def encoding(self) -> Encoding: ...
    @property
    def units(self) -> int: ...
    @property
    def count(self) -> int: ...
    @property
    def remaining(self) -> int: ...
    @property
    def parts(self) -> tuple[str, ...]: ...
    @property
    def costly(self) -> tuple[Costly, ...]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __copy__(self) -> Segments: ...
    def __deepcopy__(self, _memo: object) -> Segments: ...

@final
class Template:
    """A body that was checked and is ready to be rendered any number of times."""

    def __new__(
        cls,
        body: str,
        *,
        subject: TemplateSubject | Literal["visits", "calls", "people"] = "visits",
        links: dict[str, str] | None = None,
        custom: Iterable[str | CustomPlaceholder] | None = None,
    ) -> Template: ...
    @property
    def body(self) -> str: ...
    @property
    def subject(self) -> TemplateSubject: ...
    @property
    def placeholders(self) -> tuple[Placeholder, ...]: ...
    @property
    def keys(self) -> tuple[str, ...]: ...
    def render(self, values: Mapping[str, str | None] | VisitValues | CallValues) -> str: ...
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
    ) -> Preview: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]: ...

def segments(text: str, reference_bits: int = 8) -> Segments: ...
def split(text: str, *, reference_bits: int = 8, clusters: _Keep = "ignore", links: _Keep = "ignore") -> list[str]: ...
def links(text: str) -> list[str]: ...
def transliterate(
    text: str,
    missing: Literal["keep", "drop"] | str = "keep",
    *,
    overrides: dict[str, str | None] | None = None,
    reference_bits: int = 8,
) -> Transliteration: ...
def finish(text: str, diacritics: _Diacritics = "plain", reference_bits: int = 8) -> Finished: ...
def advice(text: str, reference_bits: int = 8) -> Advice: ...
def parse_number(text: str, default_prefix: str = "+48") -> Number: ...
def recipient(text: str, default_prefix: str = "+48", allowed_prefixes: Sequence[str] = ()) -> str: ...
def withheld(caller: str) -> bool: ...
def classify_reply(
    text: str,
    policy: ReplyGrammar | Literal["strict", "tolerant"] = "strict",
    languages: Sequence[ReplyLanguage | Literal["ukrainian"]] = (),
) -> Reply: ...
def opt_out(text: str) -> OptOut: ...
def vocative(first_name: str) -> str: ...
