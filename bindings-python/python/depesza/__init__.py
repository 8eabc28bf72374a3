"""SMS for clinics and telephone exchanges: text, templates, replies, numbers, rules, and the engine.

Everything is asked of one Rust core; nothing is decided here. Start with `segments`, `Template`, `parse_number`,
`classify_reply`; for a practice's whole traffic with `Engine`. Places in texts are counted in characters (code points), as
Python counts; times that are a practice's own are `datetime` without a zone, all others with one; money is in thousandths of the
currency's unit (`_milli`).
"""

from typing import TYPE_CHECKING, Any

from . import _later
from ._data import (
    Advice,
    CallValues,
    CharacterAdvice,
    Cost,
    Costly,
    CustomPlaceholder,
    Finished,
    LinkFault,
    MissingRow,
    Number,
    Placeholder,
    Preview,
    PreviewText,
    Replacement,
    RulesFault,
    TemplateFault,
    Transliteration,
    VisitDetail,
    VisitValues,
)
from ._enums import (
    CharacterClass,
    Diacritics,
    Encoding,
    Language,
    NumberKind,
    OptOut,
    Reply,
    ReplyGrammar,
    ReplyLanguage,
    TemplateSubject,
)
from ._errors import (
    CallRulesError,
    ColumnError,
    DepeszaError,
    LinkError,
    MissingValueError,
    NotGsm7Error,
    NumberError,
    TemplateError,
    TextTooLongError,
)
from ._native import (
    Batch,
    Column,
    Segments,
    Template,
    advice,
    classify_reply,
    finish,
    links,
    opt_out,
    parse_number,
    recipient,
    segments,
    split,
    transliterate,
    vocative,
    withheld,
)
from ._refusals import (
    BadArgumentsError,
    EngineError,
    FaultyError,
    NotNowError,
    NotPermittedError,
    StoreError,
    UnknownError,
)

if TYPE_CHECKING:
    from . import gateway, model, store, testing
    from ._engine import Clinic, Desk, Engine
    from ._rules import CallRules
    from .gateway import Smpp, Smsapi
    from .model import Permission, User

__all__ = [
    "Advice",
    "BadArgumentsError",
    "Batch",
    "CallRules",
    "CallRulesError",
    "CallValues",
    "CharacterAdvice",
    "CharacterClass",
    "Clinic",
    "Column",
    "ColumnError",
    "Cost",
    "Costly",
    "CustomPlaceholder",
    "DepeszaError",
    "Desk",
    "Diacritics",
    "Encoding",
    "Engine",
    "EngineError",
    "FaultyError",
    "Finished",
    "Language",
    "LinkError",
    "LinkFault",
    "MissingRow",
    "MissingValueError",
    "NotGsm7Error",
    "NotNowError",
    "NotPermittedError",
    "Number",
    "NumberError",
    "NumberKind",
    "OptOut",
    "Permission",
    "Placeholder",
    "Preview",
    "PreviewText",
    "Replacement",
    "Reply",
    "ReplyGrammar",
    "ReplyLanguage",
    "RulesFault",
    "Segments",
    "Smpp",
    "Smsapi",
    "StoreError",
    "Template",
    "TemplateError",
    "TemplateFault",
    "TemplateSubject",
    "TextTooLongError",
    "Transliteration",
    "UnknownError",
    "User",
    "VisitDetail",
    "VisitValues",
    "advice",
    "classify_reply",
    "finish",
    "gateway",
    "links",
    "model",
    "opt_out",
    "parse_number",
    "recipient",
    "segments",
    "split",
    "store",
    "testing",
    "transliterate",
    "vocative",
    "withheld",
]


def __getattr__(name: str) -> Any:
    value = globals()[name] = _later.find(name)
    return value
