/* depesza: the C++17 layer over the C ABI, header only.
 *
 * What it adds to depesza.h, and nothing else: handles that free themselves and only move, std::string_view in, results or exceptions, enum
 * classes, optional values, and a store or gateway of the host's as a class. No rule of SMS lives here.
 *
 * Failures. Every function that can fail gives a depesza::result<T>, and the caller chooses at each call:
 *
 *     auto done = depesza::finish(text, buffer).value();                 // an exception: depesza::error
 *     if (auto done = depesza::finish(text, buffer)) use(done->text);    // or a result, as std::expected has it
 *     else log(done.error().message());
 *
 * It compiles with -fno-exceptions and -fno-rtti too; value() of a failure then ends the process.
 *
 * Memory. Texts are UTF-8. They go in as std::string_view and are not copied on the way; they need not end with NUL, and may hold NUL. On
 * the hot path (finish, transliterate, render, split, segments) the answer goes into the caller's memory, and nothing is allocated once a
 * thread has done it for a text as long. A text that is finished must not lie in the memory that it is finished into.
 *
 * Threads. message_template, rules and engine may be used by any number of threads at once. catalogue, batch and engine_options by one at a
 * time. Who destroys an object sees to it that nobody uses it.
 *
 * A handle that was moved from is empty: a call on it gives status::null_pointer.
 *
 * Instants are milliseconds since 1970-01-01T00:00:00Z (depesza::instant); the library has no clock of its own. What a function says beyond
 * this stands with its C name in depesza.h.
 *
 * It is one file so that a host can copy it beside depesza.h.
 *
 * Licence: MIT or Apache-2.0.
 */

#ifndef DEPESZA_HPP
#define DEPESZA_HPP

#include "depesza.h"

#if defined(_MSVC_LANG) ? _MSVC_LANG < 201703L : __cplusplus < 201703L
#error "depesza.hpp needs C++17"
#endif

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define DEPESZA_HPP_EXCEPTIONS 1
#else
#define DEPESZA_HPP_EXCEPTIONS 0
#endif

namespace depesza {

// ---------------------------------------------------------------------------------------------------------------------------------- codes

/// How a call ended. What a host's store and gateway answer with, too.
enum class status : depesza_status_t {
    ok = DEPESZA_OK,
    null_pointer = DEPESZA_NULL_POINTER,
    bad_utf8 = DEPESZA_BAD_UTF8,
    bad_length = DEPESZA_BAD_LENGTH,
    bad_value = DEPESZA_BAD_VALUE,
    bad_handle = DEPESZA_BAD_HANDLE,
    too_small = DEPESZA_TOO_SMALL,
    refused = DEPESZA_REFUSED,
    missing_value = DEPESZA_MISSING_VALUE,
    unavailable = DEPESZA_UNAVAILABLE,
    conflict = DEPESZA_CONFLICT,
    corrupt = DEPESZA_CORRUPT,
    panic = DEPESZA_PANIC,
};

/// How a message is coded, for all its parts (3GPP TS 23.038).
enum class encoding : depesza_encoding_t { gsm7 = DEPESZA_GSM7, ucs2 = DEPESZA_UCS2 };

/// The length of the reference number of a message in parts (3GPP TS 23.040, 9.2.3.24).
enum class reference_bits : std::uint32_t { eight = 8, sixteen = 16 };

/// What becomes of letters that GSM-7 does not have.
enum class diacritics : depesza_diacritics_t {
    plain = DEPESZA_DIACRITICS_PLAIN,         ///< They are folded (ż becomes z), unless that gains nothing.
    polish = DEPESZA_DIACRITICS_POLISH,       ///< They stay.
    when_free = DEPESZA_DIACRITICS_WHEN_FREE, ///< They stay where that takes no more parts.
};

/// What a template is about, and by that which placeholders it may have.
enum class subject : depesza_subject_t {
    visits = DEPESZA_SUBJECT_VISITS, ///< A patient and their visits.
    calls = DEPESZA_SUBJECT_CALLS,   ///< A telephone call.
    people = DEPESZA_SUBJECT_PEOPLE, ///< A patient, and no visit.
};

/// The language of dates and lists in a text.
enum class language : depesza_language_t { pl = DEPESZA_LANGUAGE_PL, en = DEPESZA_LANGUAGE_EN };

/// How much beside the bare word may stand in an answer.
enum class grammar : depesza_grammar_t {
    strict = DEPESZA_GRAMMAR_STRICT,     ///< Exactly TAK or NIE.
    tolerant = DEPESZA_GRAMMAR_TOLERANT, ///< Also the words, phrases, typos and smileys of a closed list.
};

/// Languages of answers beside Polish.
enum class reply_languages : depesza_reply_languages_t { polish = 0, ukrainian = DEPESZA_REPLY_UKRAINIAN };

/// What an answer says.
enum class answer : depesza_answer_t {
    other = DEPESZA_ANSWER_OTHER, ///< For people to read.
    yes = DEPESZA_ANSWER_YES,     ///< TAK: the visit is confirmed.
    no = DEPESZA_ANSWER_NO,       ///< NIE: the patient does not come.
};

/// Whether a text asks that no more be sent.
enum class opt_out : depesza_opt_out_t {
    absent = DEPESZA_OPT_OUT_ABSENT,       ///< STOP is no word of the text.
    alone = DEPESZA_OPT_OUT_ALONE,         ///< STOP is the whole text: consent is withdrawn.
    mentioned = DEPESZA_OPT_OUT_MENTIONED, ///< STOP is one word among others: people decide.
};

/// What a telephone number is for.
enum class number_kind : depesza_number_kind_t {
    unknown = DEPESZA_NUMBER_UNKNOWN,
    mobile = DEPESZA_NUMBER_MOBILE,
    landline = DEPESZA_NUMBER_LANDLINE,
    mobile_or_landline = DEPESZA_NUMBER_MOBILE_OR_LANDLINE,
    voip = DEPESZA_NUMBER_VOIP,
    premium = DEPESZA_NUMBER_PREMIUM,
    toll_free = DEPESZA_NUMBER_TOLL_FREE,
    shared_cost = DEPESZA_NUMBER_SHARED_COST,
    personal = DEPESZA_NUMBER_PERSONAL,
    pager = DEPESZA_NUMBER_PAGER,
    universal_access = DEPESZA_NUMBER_UNIVERSAL_ACCESS,
    voicemail = DEPESZA_NUMBER_VOICEMAIL,
};

/// Which way a call went, as the account sees it.
enum class direction : depesza_direction_t {
    incoming = DEPESZA_CALL_INCOMING,
    outgoing = DEPESZA_CALL_OUTGOING,
    internal = DEPESZA_CALL_INTERNAL, ///< Between two extensions: no rule is for it.
};

/// How a call ended.
enum class call_status : depesza_call_status_t {
    answered = DEPESZA_CALL_ANSWERED,
    no_answer = DEPESZA_CALL_NO_ANSWER,
    busy = DEPESZA_CALL_BUSY,
    failed = DEPESZA_CALL_FAILED,
    congestion = DEPESZA_CALL_CONGESTION,
    cancelled = DEPESZA_CALL_CANCELLED,
    voicemail = DEPESZA_CALL_VOICEMAIL,
};

/// How a rules file is written.
enum class rules_format : depesza_rules_format_t {
    toml = DEPESZA_RULES_TOML,
    json = DEPESZA_RULES_JSON, ///< The same tables as objects (schemas/rules_file.json).
};

/// An instant: milliseconds since 1970-01-01T00:00:00Z. `std::chrono::time_point_cast<std::chrono::milliseconds>(system_clock::now())`
/// gives one.
using instant = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

/// A local time, without a zone: year 1 to 9999, month, day, hour, minute, second.
using local_time = depesza_local_time_t;

// --------------------------------------------------------------------------------------------------------------------------------- results

/// What went wrong. Copies share what they hold. `what()` is the message.
class error : public std::exception {
public:
    /// An error of the host's own: what a store or gateway of the host's throws to answer with a status.
    explicit error(depesza::status status, std::string message = {})
        : told_(std::make_shared<const told>(told{status, {}, std::move(message), {}, {}})) {}
    // copied where it could be moved, which costs as little: there is no error without its words
    error(const error&) = default;
    error& operator=(const error&) = default;

    /// The last failure of this thread, as depesza_last_error tells it.
    static error last(depesza_status_t status) {
        depesza_error_t last{};
        if (depesza_last_error(&last) != DEPESZA_OK || last.status != status) {
            return error(static_cast<depesza::status>(status));
        }
        return error(told{static_cast<depesza::status>(status), copied(last.code), copied(last.message), copied(last.field),
                          copied(last.faults)});
    }

    /// What is no error: of status::ok.
    static const error& none() {
        static const error ok(depesza::status::ok);
        return ok;
    }

    /// How the call ended.
    depesza::status status() const noexcept { return told_->status; }
    /// A stable name for programs: `bad_utf8`, `unknown_campaign`, `too_short` …
    std::string_view code() const noexcept { return told_->code; }
    /// For people, in English: names the argument or field, and what was expected. It quotes no patient's data.
    std::string_view message() const noexcept { return told_->message; }
    /// The argument or field; empty where nothing is at fault by itself.
    std::string_view field() const noexcept { return told_->field; }
    /// All faults as a JSON array where there can be several; otherwise empty.
    std::string_view faults() const noexcept { return told_->faults; }
    /// The message, ended by NUL.
    const char* what() const noexcept override { return told_->message.c_str(); }

private:
    struct told {
        depesza::status status;
        std::string code, message, field, faults;
    };
    explicit error(told of) : told_(std::make_shared<const told>(std::move(of))) {}
    static std::string copied(depesza_str_t of) { return of.data == nullptr ? std::string() : std::string(of.data, of.len); }

    std::shared_ptr<const told> told_;
};

namespace detail {
[[noreturn]] inline void raise(const error& error) {
#if DEPESZA_HPP_EXCEPTIONS
    throw error;
#else
    (void)error;
    std::terminate();
#endif
}
} // namespace detail

/// A value, or the error instead of it; as std::expected has it. `value()` throws the error.
template <class T>
class result {
public:
    using value_type = T;

    result(T&& value) : held_(std::in_place_index<0>, std::move(value)) {}
    result(const T& value) : held_(std::in_place_index<0>, value) {}
    result(depesza::error error) : held_(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const noexcept { return held_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// The value. Throws the error where there is none.
    T& value() & { return check(), *std::get_if<0>(&held_); }
    const T& value() const& { return check(), *std::get_if<0>(&held_); }
    /// The value itself, so that it may be bound to a reference: `for (const auto& field : made.fields().value())`.
    T value() && { return check(), std::move(*std::get_if<0>(&held_)); }

    /// The value, where `has_value()`; otherwise undefined.
    T& operator*() & noexcept { return *std::get_if<0>(&held_); }
    const T& operator*() const& noexcept { return *std::get_if<0>(&held_); }
    T&& operator*() && noexcept { return std::move(*std::get_if<0>(&held_)); }
    T* operator->() noexcept { return std::get_if<0>(&held_); }
    const T* operator->() const noexcept { return std::get_if<0>(&held_); }

    /// The error; one of status::ok where there is a value.
    const depesza::error& error() const {
        const auto* failed = std::get_if<1>(&held_);
        return failed != nullptr ? *failed : depesza::error::none();
    }

private:
    void check() const {
        if (!has_value()) detail::raise(error());
    }
    std::variant<T, depesza::error> held_;
};

/// Done, or the error instead.
template <>
class result<void> {
public:
    using value_type = void;

    result() noexcept = default;
    result(depesza::error error) : error_(std::move(error)) {}

    bool has_value() const noexcept { return !error_; }
    explicit operator bool() const noexcept { return has_value(); }
    /// Throws the error where there is one.
    void value() const {
        if (error_) detail::raise(*error_);
    }
    /// The error; one of status::ok where there is none.
    const depesza::error& error() const { return error_ ? *error_ : depesza::error::none(); }

private:
    std::optional<depesza::error> error_;
};

// ----------------------------------------------------------------------------------------------------------------------------------- texts

/// A text for the C ABI, which does not copy it: `text` has to live as long as the answer is used.
inline depesza_str_t str(std::string_view text) noexcept { return {text.data() == nullptr ? "" : text.data(), text.size()}; }

/// No text: in a row, a value that is missing.
inline constexpr depesza_str_t no_text = {nullptr, 0};

/// The C ABI's text. It lives as long as what it came from.
inline std::string_view view(depesza_str_t text) noexcept {
    return text.data == nullptr ? std::string_view() : std::string_view(text.data, text.len);
}

namespace detail {

inline depesza_str_t str(const std::optional<std::string_view>& text) noexcept {
    return text ? depesza::str(*text) : no_text;
}

inline std::optional<std::string_view> maybe(depesza_str_t text) noexcept {
    return text.data == nullptr ? std::nullopt : std::optional(view(text));
}

inline std::int64_t ms(instant at) noexcept { return at.time_since_epoch().count(); }
inline instant at(std::int64_t ms) noexcept { return instant(std::chrono::milliseconds(ms)); }

/// The ABI writes an absent instant as 0.
inline std::int64_t ms(const std::optional<instant>& at) noexcept { return at ? ms(*at) : 0; }

inline result<void> done(depesza_status_t status) {
    if (status == DEPESZA_OK) return {};
    return error::last(status);
}

/// A handle of the C ABI that frees itself and only moves.
template <class T, depesza_status_t (*Free)(T**)>
class handle {
public:
    handle() noexcept = default;
    handle(handle&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
    handle& operator=(handle&& other) noexcept {
        if (this != &other) {
            reset();
            pointer_ = std::exchange(other.pointer_, nullptr);
        }
        return *this;
    }
    ~handle() { reset(); }

    T* get() const noexcept { return pointer_; }
    /// Where a function of the ABI writes a new handle.
    T** out() noexcept {
        reset();
        return &pointer_;
    }

private:
    void reset() noexcept {
        if (pointer_ != nullptr) (void)Free(&pointer_);
    }
    T* pointer_ = nullptr;
};

} // namespace detail

/// Where an answer is written: an array of the caller's, or a string of the caller's that is filled anew and enlarged where that is needed.
class buffer {
public:
    constexpr buffer(char* data, std::size_t size) noexcept : data_(data), size_(size) {}
    template <std::size_t N>
    constexpr buffer(char (&array)[N]) noexcept : data_(array), size_(N) {}
    template <std::size_t N>
    constexpr buffer(std::array<char, N>& array) noexcept : data_(array.data()), size_(N) {}
    buffer(std::string& grows) noexcept : data_(nullptr), size_(0), grows_(&grows) {}

    /// Calls with the room that there is, and with as much as is needed where it may be enlarged; gives the text that was written.
    template <class Call>
    result<std::string_view> fill(Call&& call) const {
        std::size_t len = 0;
        if (grows_ == nullptr) {
            if (auto status = call(data_, size_, &len); status != DEPESZA_OK) return error::last(status);
            return std::string_view(data_, len);
        }
        grows_->resize(grows_->capacity());
        auto status = call(grows_->data(), grows_->size(), &len);
        if (status == DEPESZA_TOO_SMALL) {
            grows_->resize(len);
            status = call(grows_->data(), grows_->size(), &len);
        }
        grows_->resize(status == DEPESZA_OK ? len : 0);
        if (status != DEPESZA_OK) return error::last(status);
        return std::string_view(*grows_);
    }

private:
    char* data_;
    std::size_t size_;
    std::string* grows_ = nullptr;
};

/// A text that the library made, mostly JSON.
class owned_text {
public:
    owned_text() noexcept = default;
    owned_text(owned_text&& other) noexcept : raw_(std::exchange(other.raw_, depesza_string_t{nullptr, 0})) {}
    owned_text& operator=(owned_text&& other) noexcept {
        std::swap(raw_, other.raw_);
        return *this;
    }
    ~owned_text() { (void)depesza_string_free(&raw_); }

    /// The text; it lives as long as this object.
    std::string_view view() const noexcept { return raw_.data == nullptr ? std::string_view() : std::string_view(raw_.data, raw_.len); }
    operator std::string_view() const& noexcept { return view(); }
    operator std::string_view() const&& = delete; // of a temporary one it would be read too late; view() says so aloud
    /// The same, ended by NUL.
    const char* c_str() const noexcept { return raw_.data == nullptr ? "" : raw_.data; }

    /// Where a function of the ABI writes; empty before.
    depesza_string_t* out() noexcept {
        (void)depesza_string_free(&raw_);
        return &raw_;
    }

private:
    depesza_string_t raw_{nullptr, 0};
};

/// What a text costs.
struct cost {
    depesza::encoding encoding; ///< The coding of every part.
    std::uint32_t units;        ///< Units of the whole text: septets (an extension character is two) or UTF-16 units.
    std::uint32_t count;        ///< Parts, at least 1. Above DEPESZA_MAX_PARTS the text cannot be sent.
    std::uint32_t remaining;    ///< Units that still fit into the last part.
};

/// A finished text, in the caller's memory, and its cost.
struct message {
    std::string_view text;
    depesza::cost cost;
};

namespace detail {

inline depesza::cost cost_of(const depesza_segments_t& raw) noexcept {
    return {static_cast<encoding>(raw.encoding), raw.units, raw.count, raw.remaining};
}

/// Writes a text and its cost.
template <class Call>
result<message> message_into(buffer out, Call&& call) {
    depesza_segments_t segments{};
    auto text = out.fill([&](char* data, std::size_t size, std::size_t* len) { return call(data, size, len, &segments); });
    if (!text) return text.error();
    return message{*text, cost_of(segments)};
}

} // namespace detail

/// Counts what a text costs, by 3GPP TS 23.038 and TS 23.040. Allocates nothing. Fails on bad UTF-8.
[[nodiscard]] inline result<cost> segments(std::string_view text, reference_bits bits = reference_bits::eight) {
    depesza_segments_t raw{};
    auto status = depesza_segments(text.data(), text.size(), static_cast<std::uint32_t>(bits), &raw);
    if (status != DEPESZA_OK) return error::last(status);
    return detail::cost_of(raw);
}

/// Brings a text into the form in which it is sent, and counts it. The result never takes more parts than `text`, and three times its bytes
/// are always enough room; status::too_small otherwise.
[[nodiscard]] inline result<message> finish(std::string_view text, buffer out, depesza::diacritics letters = diacritics::plain,
                                            reference_bits bits = reference_bits::eight) {
    return detail::message_into(out, [&](char* data, std::size_t size, std::size_t* len, depesza_segments_t* cost) {
        return depesza_finish(text.data(), text.size(), static_cast<depesza_diacritics_t>(letters), static_cast<std::uint32_t>(bits), data,
                              size, len, cost);
    });
}

/// Brings a text into GSM-7 as far as it goes, whatever that costs; what has no equivalent and what is a link stays.
[[nodiscard]] inline result<std::string_view> transliterate(std::string_view text, buffer out) {
    return out.fill([&](char* data, std::size_t size, std::size_t* len) {
        return depesza_transliterate(text.data(), text.size(), data, size, len);
    });
}

/// What is kept whole when a text is cut.
struct split_options {
    depesza::reference_bits reference_bits = reference_bits::eight;
    bool keep_clusters = false; ///< A letter with its marks, a flag, an emoji sequence; the message may take more parts.
    bool keep_links = false;    ///< A link; the message may take more parts.
};

/// The parts of a message, as places in its text, which has to live as long.
class parts {
public:
    std::size_t size() const noexcept { return count_; }
    bool empty() const noexcept { return count_ == 0; }
    /// The part at a place, from 0, below `size()`.
    std::string_view operator[](std::size_t place) const noexcept {
        auto begin = place == 0 ? 0 : ends_[place - 1];
        return text_.substr(begin, ends_[place] - begin);
    }

private:
    friend result<parts> split(std::string_view text, const split_options& options);
    std::string_view text_;
    std::size_t count_ = 0;
    std::array<std::size_t, DEPESZA_MAX_PARTS> ends_;
};

/// Cuts a text into the parts of one message, without copying or allocating. Refused as `too_long` above DEPESZA_MAX_PARTS.
[[nodiscard]] inline result<parts> split(std::string_view text, const split_options& options = {}) {
    depesza_split_options_t raw{static_cast<std::uint32_t>(options.reference_bits), options.keep_clusters, options.keep_links};
    parts cut;
    cut.text_ = text;
    auto status = depesza_split(text.data(), text.size(), &raw, cut.ends_.data(), cut.ends_.size(), &cut.count_);
    if (status != DEPESZA_OK) return error::last(status);
    return cut;
}

/// The rest of what is known about texts, as JSON: `operation` is `costly`, `links`, `transliterate` or `advice`; `input` and the answer
/// are as vectors/README.md writes them.
[[nodiscard]] inline result<owned_text> text_as_json(std::string_view operation, std::string_view input) {
    owned_text answer;
    auto status = depesza_text(operation.data(), operation.size(), input.data(), input.size(), answer.out());
    if (status != DEPESZA_OK) return error::last(status);
    return answer;
}

// --------------------------------------------------------------------------------------------------------------------- answers and numbers

/// How an incoming text was read.
struct reply {
    depesza::answer answer;   ///< answer::other whenever `opt_out` is not opt_out::absent.
    depesza::opt_out opt_out; ///< The wish to receive no more.
};

/// Reads the text of an incoming message.
[[nodiscard]] inline result<reply> classify(std::string_view text, depesza::grammar grammar = grammar::strict,
                                            reply_languages languages = reply_languages::polish) {
    depesza_reply_t raw{};
    auto status = depesza_classify(text.data(), text.size(), static_cast<depesza_grammar_t>(grammar),
                                   static_cast<depesza_reply_languages_t>(languages), &raw);
    if (status != DEPESZA_OK) return error::last(status);
    return reply{static_cast<answer>(raw.answer), static_cast<opt_out>(raw.opt_out)};
}

/// Which numbers are read and written to; by default Poland alone.
struct phone_policy {
    /// The country of numbers typed without one: `+` and its calling code; `+48` when absent.
    std::optional<std::string_view> default_prefix;
    /// Further prefixes whose numbers may be written to (`+380`, `+4915`).
    std::vector<std::string_view> allowed_prefixes;
};

/// A number that was understood.
class number {
public:
    explicit number(const depesza_number_t& raw) noexcept : raw_(raw) {}
    /// In E.164, ended by NUL; it lives as long as this object, which must not be a temporary one.
    std::string_view e164() const& noexcept { return raw_.e164; }
    std::string_view e164() const&& = delete;
    /// The country calling code, 1 to 999.
    std::uint16_t calling_code() const noexcept { return raw_.calling_code; }
    number_kind kind() const noexcept { return static_cast<number_kind>(raw_.kind); }

private:
    depesza_number_t raw_;
};

namespace detail {
/// A policy for the C ABI, and what it points at.
class raw_policy {
public:
    explicit raw_policy(const phone_policy& policy) {
        prefixes_.reserve(policy.allowed_prefixes.size());
        for (auto prefix : policy.allowed_prefixes) prefixes_.push_back(depesza::str(prefix));
        raw_ = {str(policy.default_prefix), prefixes_.data(), prefixes_.size()};
    }
    raw_policy(const raw_policy&) = delete;
    raw_policy& operator=(const raw_policy&) = delete;
    const depesza_phone_policy_t* get() const noexcept { return &raw_; }

private:
    std::vector<depesza_str_t> prefixes_;
    depesza_phone_policy_t raw_{};
};
} // namespace detail

/// Reads one telephone number as people type them, strictly. Refused as `empty`, `withheld`, `short_code`, `too_short`, `too_long`,
/// `malformed` or `invalid`.
[[nodiscard]] inline result<number> parse_number(std::string_view text, const phone_policy& policy = {}) {
    depesza_number_t raw{};
    auto status = depesza_phone_parse(text.data(), text.size(), detail::raw_policy(policy).get(), &raw);
    if (status != DEPESZA_OK) return error::last(status);
    return number(raw);
}

/// The number to send to in E.164, when the policy allows it and it takes an SMS. Refused as by parse_number (`missing` for `empty`), or as
/// `outside_prefixes` or `cannot_receive_sms`.
[[nodiscard]] inline result<std::string> recipient(std::string_view text, const phone_policy& policy = {}) {
    char e164[DEPESZA_E164_SIZE] = {};
    auto status = depesza_phone_recipient(text.data(), text.size(), detail::raw_policy(policy).get(), e164);
    if (status != DEPESZA_OK) return error::last(status);
    return std::string(e164);
}

/// Whether a caller's number is withheld (`anonymous`, `Restricted`, the codes of exchanges …).
[[nodiscard]] inline result<bool> withheld(std::string_view caller) {
    std::uint8_t is = 0;
    auto status = depesza_phone_withheld(caller.data(), caller.size(), &is);
    if (status != DEPESZA_OK) return error::last(status);
    return is != 0;
}

// ------------------------------------------------------------------------------------------------------------------------------- templates

/// A placeholder of the host's.
struct placeholder {
    std::string_view name;           ///< Written in round brackets: at most 32 letters, digits, `_`, `-` and spaces, a letter first.
    std::string_view description_pl; ///< What it stands for, in Polish.
    std::string_view description_en; ///< What it stands for, in English.
    std::string_view sample;         ///< What it may look like when filled in.
};

/// Which placeholders a body may hold.
class catalogue {
public:
    /// The built-in placeholders of a subject.
    [[nodiscard]] static result<catalogue> create(depesza::subject subject) {
        catalogue made;
        auto status = depesza_catalogue_new(static_cast<depesza_subject_t>(subject), made.handle_.out());
        if (status != DEPESZA_OK) return error::last(status);
        return made;
    }

    /// Adds a link marker: its name stands for the URL. Refused as `marker` with every fault; the catalogue is then as it was.
    [[nodiscard]] result<void> add_link(std::string_view name, std::string_view url) {
        return detail::done(depesza_catalogue_add_link(handle_.get(), name.data(), name.size(), url.data(), url.size()));
    }

    /// Adds a placeholder of the host's. Refused as `marker` with every fault; the catalogue is then as it was.
    [[nodiscard]] result<void> add(const placeholder& of) {
        depesza_placeholder_t raw{str(of.name), str(of.description_pl), str(of.description_en), str(of.sample)};
        return detail::done(depesza_catalogue_add_placeholder(handle_.get(), &raw));
    }

    /// The place of a host's placeholder among those that were added, from 0, by its name in any spelling that matches: where its value
    /// stands in `extra`.
    [[nodiscard]] result<std::size_t> find(std::string_view name) const {
        std::size_t place = 0;
        auto status = depesza_catalogue_find(handle_.get(), name.data(), name.size(), &place);
        if (status != DEPESZA_OK) return error::last(status);
        return place;
    }

    /// The handle, for functions of the C ABI; still owned by this object.
    depesza_catalogue_t* get() const noexcept { return handle_.get(); }

private:
    catalogue() = default;
    detail::handle<depesza_catalogue_t, depesza_catalogue_free> handle_;
};

/// A value that a row brings. The texts are the template's memory.
struct field {
    std::string_view name;   ///< The placeholder's name.
    std::string_view format; ///< The format that the body asks for (`slownie` of `(data:slownie)`); empty for the usual one.
};

/// What a message may say of one visit.
struct visit_detail {
    local_time start{};          ///< When it starts.
    std::string_view doctor{};   ///< As patients should read it.
    std::string_view room{};     ///< As patients should read it.
};

/// A patient and the visits that a message is about. An empty text is no value.
struct visit_values {
    depesza::language language = language::pl;
    std::string_view first_name{};          ///< In the nominative.
    std::string_view first_name_vocative{}; ///< Where empty, the nominative stands for it.
    std::string_view last_name{};
    std::vector<visit_detail> visits{};     ///< In the order in which they are to be read.
    std::string_view practice{};            ///< The practice's name.
    std::string_view address{};             ///< Its address.
    std::string_view phone{};               ///< Its telephone, as patients should read it.
    /// Values of the host's placeholders, in the order in which they were added to the catalogue; all or none.
    std::vector<std::optional<std::string_view>> extra{};
};

/// A telephone call that a message is about. An empty text is no value.
struct call_values {
    depesza::language language = language::pl;
    std::string_view number{};                       ///< The other party's, as people should read it.
    std::string_view dialled_number{};               ///< As people should read it.
    local_time start{};                              ///< When the call began; none when zeroed.
    std::optional<std::chrono::seconds> talk{};      ///< Talk time, 0 to 2^32 - 1 seconds; absent where nobody answered.
    /// Values of the host's placeholders, in the order in which they were added to the catalogue; all or none.
    std::vector<std::optional<std::string_view>> extra{};
};

/// How a column of a batch holds its texts; made by the `column_…` functions, which copy nothing.
using column = depesza_column_t;

/// A text a row; `no_text` is no value.
inline column column_of(const depesza_str_t* texts, std::size_t rows) noexcept {
    return {DEPESZA_COLUMN_TEXTS, rows, texts, no_text, nullptr, nullptr};
}
/// A text a row; `no_text` is no value.
inline column column_of(const std::vector<depesza_str_t>& texts) noexcept { return column_of(texts.data(), texts.size()); }
/// One text for all rows.
inline column column_same(std::string_view text) noexcept { return {DEPESZA_COLUMN_SAME, 0, nullptr, str(text), nullptr, nullptr}; }
/// Apache Arrow's `Utf8`: the bytes, and `rows + 1` offsets.
inline column column_utf8(std::string_view bytes, const std::int32_t* offsets, std::size_t rows) noexcept {
    return {DEPESZA_COLUMN_UTF8, rows, nullptr, str(bytes), offsets, nullptr};
}
/// Apache Arrow's `LargeUtf8`: the bytes, and `rows + 1` offsets.
inline column column_large_utf8(std::string_view bytes, const std::int64_t* offsets, std::size_t rows) noexcept {
    return {DEPESZA_COLUMN_LARGE_UTF8, rows, nullptr, str(bytes), nullptr, offsets};
}

/// A message of a batch. The texts are the batch's, until it is filled again.
struct batch_message {
    std::optional<std::string_view> text; ///< Absent for a row that has no message.
    depesza::encoding encoding;           ///< How it is coded.
    std::uint32_t parts;                  ///< 0 for a row that has no message.
    std::string_view missing;             ///< The placeholder that had no value, where there is no message.
};

/// Messages of many rows, kept and filled again without allocating.
class batch {
public:
    [[nodiscard]] static result<batch> create() {
        batch made;
        if (auto status = depesza_batch_new(made.handle_.out()); status != DEPESZA_OK) return error::last(status);
        return made;
    }

    /// The message of a row, from 0.
    [[nodiscard]] result<batch_message> at(std::size_t row) const {
        depesza_message_t raw{};
        if (auto status = depesza_batch_message(handle_.get(), row, &raw); status != DEPESZA_OK) return error::last(status);
        return batch_message{detail::maybe(raw.text), static_cast<encoding>(raw.encoding), raw.parts, depesza::view(raw.missing)};
    }

    /// All messages at once, without a call for each: the memory is the batch's, until it is filled again.
    [[nodiscard]] result<depesza_batch_view_t> view() const {
        depesza_batch_view_t all{};
        if (auto status = depesza_batch_view(handle_.get(), &all); status != DEPESZA_OK) return error::last(status);
        return all;
    }

    /// The handle, for functions of the C ABI; still owned by this object.
    depesza_batch_t* get() const noexcept { return handle_.get(); }

private:
    batch() = default;
    detail::handle<depesza_batch_t, depesza_batch_free> handle_;
};

/// A body that was checked, and is rendered any number of times by any number of threads.
class message_template {
public:
    /// Checks a body: `letters` and `bits` say how its messages are finished and counted. Refused as `template` with every fault and its
    /// place in `error::faults()`.
    [[nodiscard]] static result<message_template> compile(std::string_view body, const catalogue& names,
                                                          depesza::diacritics letters = diacritics::plain,
                                                          reference_bits bits = reference_bits::eight) {
        message_template made;
        auto status = depesza_template_compile(body.data(), body.size(), names.get(), static_cast<depesza_diacritics_t>(letters),
                                               static_cast<std::uint32_t>(bits), made.handle_.out());
        if (status != DEPESZA_OK) return error::last(status);
        return made;
    }

    /// The values of a row, each once, in the order in which `render` takes them.
    [[nodiscard]] result<std::vector<field>> fields() const {
        std::size_t count = 0;
        auto status = depesza_template_fields(handle_.get(), nullptr, 0, &count);
        std::vector<depesza_field_t> raw(status == DEPESZA_TOO_SMALL ? count : 0);
        if (status == DEPESZA_TOO_SMALL) status = depesza_template_fields(handle_.get(), raw.data(), raw.size(), &count);
        if (status != DEPESZA_OK) return error::last(status);
        std::vector<field> all;
        all.reserve(raw.size());
        for (const auto& one : raw) all.push_back({depesza::view(one.name), depesza::view(one.format)});
        return all;
    }

    /// The placeholders of the body as a JSON array, in their order: `name`, `fallback`, `url` of a link, `at`.
    [[nodiscard]] result<owned_text> placeholders() const {
        owned_text answer;
        if (auto status = depesza_template_placeholders(handle_.get(), answer.out()); status != DEPESZA_OK) return error::last(status);
        return answer;
    }

    /// Renders the message of one row, finished and counted: `values` are as many as `fields()`, `no_text` being no
    /// value. status::missing_value names the placeholder in the error's field.
    [[nodiscard]] result<message> render_row(buffer out, const depesza_str_t* values, std::size_t count) const {
        return detail::message_into(out, [&](char* data, std::size_t size, std::size_t* len, depesza_segments_t* cost) {
            return depesza_render_row(handle_.get(), values, count, data, size, len, cost);
        });
    }

    /// The same with the values one by one: `reminder.render(buffer, "Łucja", "jutro")`. Nothing is copied.
    template <class... Values, class = std::enable_if_t<(std::is_convertible_v<const Values&, std::string_view> && ...)>>
    [[nodiscard]] result<message> render(buffer out, const Values&... values) const {
        const std::array<depesza_str_t, sizeof...(Values)> row{str(values)...};
        return render_row(out, row.data(), row.size());
    }

    /// Renders the message about a patient and their visits.
    [[nodiscard]] result<message> render(buffer out, const visit_values& values) const {
        std::vector<depesza_visit_detail_t> visits;
        visits.reserve(values.visits.size());
        for (const auto& visit : values.visits) visits.push_back({visit.start, str(visit.doctor), str(visit.room)});
        const auto extra = extra_of(values.extra);
        const depesza_visit_values_t raw{static_cast<depesza_language_t>(values.language), str(values.first_name),
                                         str(values.first_name_vocative), str(values.last_name), visits.data(), visits.size(),
                                         str(values.practice), str(values.address), str(values.phone), extra.data(), extra.size()};
        return detail::message_into(out, [&](char* data, std::size_t size, std::size_t* len, depesza_segments_t* cost) {
            return depesza_render_visit(handle_.get(), &raw, data, size, len, cost);
        });
    }

    /// Renders the message about a call.
    [[nodiscard]] result<message> render(buffer out, const call_values& values) const {
        const auto extra = extra_of(values.extra);
        const auto talk = values.talk.value_or(std::chrono::seconds(0)).count();
        const depesza_call_values_t raw{static_cast<depesza_language_t>(values.language), str(values.number), str(values.dialled_number),
                                        values.start, values.talk.has_value(), static_cast<std::uint32_t>(talk), extra.data(), extra.size()};
        return detail::message_into(out, [&](char* data, std::size_t size, std::size_t* len, depesza_segments_t* cost) {
            return depesza_render_call(handle_.get(), &raw, data, size, len, cost);
        });
    }

    /// Renders all rows into a batch, instead of what it held: a column for each of `fields()`, in their order. A row without a value and
    /// fallback has no message, and the others have theirs. Refused as `columns` when the columns do not fit; the batch is then as it was.
    [[nodiscard]] result<void> render_batch(std::size_t rows, const column* columns, std::size_t columns_count, batch& into) const {
        return detail::done(depesza_render_batch(handle_.get(), rows, columns, columns_count, into.get()));
    }
    [[nodiscard]] result<void> render_batch(std::size_t rows, std::initializer_list<column> columns, batch& into) const {
        return render_batch(rows, columns.begin(), columns.size(), into);
    }

    /// The handle, for functions of the C ABI; still owned by this object.
    depesza_template_t* get() const noexcept { return handle_.get(); }

private:
    message_template() = default;

    static std::vector<depesza_str_t> extra_of(const std::vector<std::optional<std::string_view>>& extra) {
        std::vector<depesza_str_t> raw;
        raw.reserve(extra.size());
        for (const auto& value : extra) raw.push_back(detail::str(value));
        return raw;
    }

    detail::handle<depesza_template_t, depesza_template_free> handle_;
};

// ----------------------------------------------------------------------------------------------------------------------- calls and their rules

/// A call that has ended: all its legs as one.
struct call {
    std::string_view system{};                       ///< The exchange it comes from, 1 to 100 bytes.
    std::string_view id{};                           ///< Its identifier there, 1 to 200 bytes. Told again under both it changes nothing.
    depesza::direction direction = direction::incoming;
    call_status status = call_status::answered;
    std::string_view caller{};                       ///< Who called, as the exchange has it; empty, a word or a code where it is withheld.
    std::string_view called{};                       ///< The number that was dialled.
    std::optional<std::string_view> own_number{};    ///< The account's own number or extension; absent: `called` of an incoming call, else `caller`.
    std::optional<std::string_view> answered_by{};   ///< The extension or agent that answered.
    instant started_at{};
    instant ended_at{};                              ///< Not before it began.
    std::chrono::seconds ring{0};                    ///< How long it rang, 0 to 2^32 - 1.
    std::chrono::seconds talk{0};                    ///< How long people talked; 0 where nobody answered.
    std::optional<std::string_view> raw_status{};    ///< The exchange's own word for how it ended.
    std::optional<std::string_view> raw_cause{};     ///< The exchange's own code for the cause (Q.850).

    /// The same for the C ABI; it lives as long as the texts.
    depesza_call_t raw() const noexcept {
        return {str(system), str(id), static_cast<depesza_direction_t>(direction), static_cast<depesza_call_status_t>(status), str(caller),
                str(called), detail::str(own_number), detail::str(answered_by), detail::ms(started_at), detail::ms(ended_at),
                static_cast<std::uint32_t>(ring.count()), static_cast<std::uint32_t>(talk.count()), detail::str(raw_status),
                detail::str(raw_cause)};
    }
};

/// A rule of a file. The texts are the memory of the rules.
struct rule {
    std::string_view id;
    std::string_view name;
    std::string_view body;                  ///< With placeholders for calls.
    std::optional<std::string_view> sender; ///< Absent for the account's default.
    std::chrono::seconds delay;             ///< From the end of the call to the message.
    std::chrono::seconds min_gap;           ///< The least time between two messages to one number.
    bool on;                                ///< Whether it acts.
    bool stops;                             ///< Whether rules after it are not asked.
    bool to_other_party;                    ///< Whether the other party of the call gets the message.
    std::uint32_t fixed_recipients;         ///< Fixed numbers that get it too.
};

class engine;

/// A rules file that was read and checked. It does not change.
class rules {
public:
    /// Reads a file from its text; `name` is what faults call it. Refused as `rules_file`: the message has a line for each fault
    /// (`rules.toml:12:9: rules[2].delay_s: …`), and `error::faults()` the same by `file`, `line`, `column` and `what`.
    [[nodiscard]] static result<rules> load(std::string_view name, std::string_view content, rules_format format = rules_format::toml) {
        rules made;
        auto status = depesza_rules_load(name.data(), name.size(), content.data(), content.size(), static_cast<depesza_rules_format_t>(format),
                                         made.handle_.out());
        if (status != DEPESZA_OK) return error::last(status);
        return made;
    }

    /// How many there are.
    [[nodiscard]] result<std::size_t> size() const {
        std::size_t count = 0;
        if (auto status = depesza_rules_count(handle_.get(), &count); status != DEPESZA_OK) return error::last(status);
        return count;
    }

    /// The rule at a place of the file, from 0.
    [[nodiscard]] result<rule> at(std::uint32_t place) const {
        depesza_rule_t raw{};
        if (auto status = depesza_rules_at(handle_.get(), place, &raw); status != DEPESZA_OK) return error::last(status);
        return rule{view(raw.id), view(raw.name), view(raw.body), detail::maybe(raw.sender), std::chrono::seconds(raw.delay_s),
                    std::chrono::seconds(raw.min_gap_s), raw.on != 0, raw.stops != 0, raw.to_other_party != 0, raw.fixed_recipients};
    }

    /// The account of the file as JSON (schemas/practice.json), as the operation `open_practice` takes it. It holds the account's secret.
    [[nodiscard]] result<owned_text> practice() const {
        owned_text answer;
        if (auto status = depesza_rules_practice(handle_.get(), answer.out()); status != DEPESZA_OK) return error::last(status);
        return answer;
    }

    /// Makes an account what the file says: opens it, or changes its settings, then saves, switches and orders its rules, and deletes those
    /// that the file does not have. `user` is named in the audit trail. What was saved before a failure stays, and saving again goes on
    /// from there.
    [[nodiscard]] result<void> save(const engine& into, std::string_view user, instant now) const;

    /// The rules that are on and whose conditions a call meets: writes their places, ascending, to `places`, and gives their number. Room
    /// for `size()` is always enough.
    [[nodiscard]] result<std::size_t> match(const call& of, std::uint32_t* places, std::size_t capacity) const {
        const auto raw = of.raw();
        std::size_t count = 0;
        auto status = depesza_rules_match(handle_.get(), &raw, places, capacity, &count);
        if (status != DEPESZA_OK) return error::last(status);
        return count;
    }

    /// The same, into a vector instead of what it held.
    [[nodiscard]] result<void> match(const call& of, std::vector<std::uint32_t>& places) const {
        auto most = size();
        if (!most) return most.error();
        places.resize(*most);
        auto count = match(of, places.data(), places.size());
        places.resize(count ? *count : 0);
        if (!count) return count.error();
        return {};
    }

    /// What each rule wanted of a call and what it saw, condition by condition (schemas/call_explained.json).
    [[nodiscard]] result<owned_text> explain(const call& of) const {
        const auto raw = of.raw();
        owned_text answer;
        if (auto status = depesza_rules_explain(handle_.get(), &raw, answer.out()); status != DEPESZA_OK) return error::last(status);
        return answer;
    }

    /// The handle, for functions of the C ABI; still owned by this object.
    depesza_rules_t* get() const noexcept { return handle_.get(); }

private:
    rules() = default;
    detail::handle<depesza_rules_t, depesza_rules_free> handle_;
};

// ----------------------------------------------------------------------------------------------------------------------------------- facts

/// What became of a visit.
enum class visit_state : depesza_visit_state_t {
    booked = DEPESZA_VISIT_BOOKED, ///< Still to come, or not yet closed by the practice.
    arrived = DEPESZA_VISIT_ARRIVED,
    took_place = DEPESZA_VISIT_TOOK_PLACE,
    no_show = DEPESZA_VISIT_NO_SHOW,
    cancelled = DEPESZA_VISIT_CANCELLED,
    deleted = DEPESZA_VISIT_DELETED, ///< From the host's calendar: the same as called off.
};

/// Whether a card is in use.
enum class patient_status : depesza_patient_status_t {
    active = DEPESZA_PATIENT_ACTIVE,
    inactive = DEPESZA_PATIENT_INACTIVE, ///< Put away: nothing more is sent.
    deceased = DEPESZA_PATIENT_DECEASED, ///< Nothing more is sent.
};

/// Where a consent or its refusal comes from.
enum class consent_source : depesza_consent_source_t {
    person = DEPESZA_CONSENT_PERSON,          ///< The patient said so.
    by_default = DEPESZA_CONSENT_DEFAULT,     ///< The practice's default for new cards.
    import = DEPESZA_CONSENT_IMPORT,          ///< Taken over from another system.
};

/// What a gateway says of a message.
enum class delivery_state : depesza_delivery_state_t {
    accepted = DEPESZA_DELIVERY_ACCEPTED,       ///< The gateway has it.
    sent = DEPESZA_DELIVERY_SENT,               ///< The operator has it.
    delivered = DEPESZA_DELIVERY_DELIVERED,     ///< It reached the handset.
    undelivered = DEPESZA_DELIVERY_UNDELIVERED, ///< The operator gave up.
    expired = DEPESZA_DELIVERY_EXPIRED,         ///< Its validity ended.
    rejected = DEPESZA_DELIVERY_REJECTED,
    unknown = DEPESZA_DELIVERY_UNKNOWN,         ///< The gateway does not know.
};

/// What became of a fact.
enum class outcome_kind : depesza_outcome_kind_t {
    applied = DEPESZA_APPLIED,     ///< It was new, and was decided on.
    known = DEPESZA_KNOWN,         ///< An older or equal revision, or seen before.
    received = DEPESZA_RECEIVED,   ///< An incoming message was taken in.
    unmatched = DEPESZA_UNMATCHED, ///< No message is what the report is about (yet): tell it again later.
};

/// What became of a fact, and the number of the message that was taken in (0 otherwise).
struct outcome {
    outcome_kind kind;
    std::uint64_t message;
};

namespace detail {
inline depesza_tristate_t tristate(const std::optional<bool>& told) noexcept {
    return !told ? DEPESZA_NOT_TOLD : *told ? DEPESZA_YES : DEPESZA_NO;
}
} // namespace detail

/// A visit as the host has it.
struct visit {
    std::string_view id{};                        ///< 1 to 200 bytes.
    std::uint64_t revision = 0;                   ///< Grows with every change; an older or equal one changes nothing.
    std::string_view patient{};                   ///< Whose visit.
    local_time start{};                           ///< In the local time of `zone`.
    std::optional<std::string_view> zone{};       ///< IANA name; absent: the practice's.
    std::chrono::minutes duration{30};            ///< 1 to 1440.
    visit_state state = visit_state::booked;
    std::optional<std::string_view> visit_type{}; ///< The host's type of visit, which filters use.
    std::optional<std::string_view> doctor_id{};  ///< Absent: nobody is named.
    std::string_view doctor_name{};               ///< As patients read it.
    std::optional<std::string_view> room_id{};    ///< Absent: none is named.
    std::string_view room_name{};                 ///< As patients read it.
    std::optional<instant> booked_at{};           ///< Absent: when the engine first hears of it.
    std::optional<std::string_view> series{};     ///< Visits booked together share this name.
    std::optional<bool> first_visit{};            ///< Whether it is the patient's first, where the host knows.

    /// The same for the C ABI; it lives as long as the texts.
    depesza_visit_t raw() const noexcept {
        return {str(id), revision, str(patient), start, detail::str(zone), static_cast<std::uint32_t>(duration.count()),
                static_cast<depesza_visit_state_t>(state), detail::str(visit_type), detail::str(doctor_id), str(doctor_name),
                detail::str(room_id), str(room_name), detail::ms(booked_at), detail::str(series), detail::tristate(first_visit)};
    }
};

/// An answer to the question of consent.
struct consent {
    std::optional<bool> given{}; ///< Absent when nobody ever asked.
    consent_source source = consent_source::person;
    instant at{};                ///< When it was said.

    /// The same for the C ABI.
    depesza_consent_t raw() const noexcept {
        return {detail::tristate(given), static_cast<depesza_consent_source_t>(source), detail::ms(at)};
    }
};

/// A patient's card.
struct patient {
    std::string_view id{};                            ///< 1 to 200 bytes.
    std::uint64_t revision = 0;                       ///< Grows with every change; an older or equal one changes nothing.
    std::string_view first_name{};                    ///< Nominative.
    std::string_view last_name{};
    std::optional<std::string_view> vocative{};       ///< Of the first name, where the host knows better than the rules.
    std::optional<std::string_view> phone{};          ///< As typed on the card.
    std::optional<std::string_view> guardian_phone{}; ///< Used when the card has none; absent: there is no guardian.
    std::optional<std::string_view> guardian_name{};
    local_time birth_date{};                          ///< Its hours being 0; none when zeroed.
    consent consent_visits{};                         ///< Information on the patient's visits.
    consent consent_marketing{};                      ///< Commercial information.
    consent consent_other{};                          ///< Anything else.
    patient_status status = patient_status::active;
    std::optional<instant> created_at{};              ///< Absent: unknown, and no default consent applies.

    /// The same for the C ABI; it lives as long as the texts.
    depesza_patient_t raw() const noexcept {
        return {str(id), revision, str(first_name), str(last_name), detail::str(vocative), detail::str(phone), detail::str(guardian_phone),
                detail::str(guardian_name), birth_date, consent_visits.raw(), consent_marketing.raw(), consent_other.raw(),
                static_cast<depesza_patient_status_t>(status), detail::ms(created_at)};
    }
};

/// An SMS that came in.
struct sms {
    std::string_view gateway{};                     ///< Which gateway was authenticated.
    std::optional<std::string_view> provider_id{};  ///< The gateway's identifier: the same twice is one message.
    std::string_view from{};                        ///< Who wrote, as the gateway gives it.
    std::optional<std::string_view> to{};           ///< The number or sender it came to.
    std::string_view body{};
    instant received_at{};                          ///< By the gateway.
    std::optional<std::string_view> in_reply_to{};  ///< The gateway's identifier, or our reference, of the message that is answered.
    std::uint16_t part_reference = 0;               ///< Of the long message that this is a part of.
    std::uint8_t part = 0;                          ///< This part, from 1.
    std::uint8_t parts = 0;                         ///< Parts in all; 0 when it is whole.
    bool opt_out = false;                           ///< Whether the gateway itself took it for an opt-out.

    /// The same for the C ABI; it lives as long as the texts.
    depesza_sms_t raw() const noexcept {
        return {str(gateway), detail::str(provider_id), str(from), detail::str(to), str(body), detail::ms(received_at),
                detail::str(in_reply_to), part_reference, part, parts, opt_out};
    }
};

/// What a gateway says of a message after it took it.
struct report {
    std::string_view gateway{};                    ///< Which gateway was authenticated.
    std::optional<std::string_view> provider_id{}; ///< The gateway's identifier of the message or part.
    std::optional<std::string_view> reference{};   ///< Ours; one of both is needed.
    std::uint32_t part = 0;                        ///< From 1; 0 when it is about the whole.
    delivery_state state = delivery_state::unknown;
    instant at{};                                  ///< When it happened, by the gateway.
    std::string_view raw_state{};                  ///< The gateway's own words, for the record.
    std::optional<std::int64_t> cost_milli{};      ///< In thousandths of the currency's unit.

    /// The same for the C ABI; it lives as long as the texts.
    depesza_report_t raw() const noexcept {
        return {str(gateway), detail::str(provider_id), detail::str(reference), part, static_cast<depesza_delivery_state_t>(state),
                detail::ms(at), str(raw_state), cost_milli.has_value(), cost_milli.value_or(0)};
    }
};

// ------------------------------------------------------------------------------------------------------------- a gateway or store of the host's

/// What the engine shows to a host's gateway or store, for the time of the call: a row of items that are not copied.
template <class T, class Raw>
class list {
public:
    class iterator {
    public:
        explicit iterator(const Raw* at) noexcept : at_(at) {}
        T operator*() const { return T::of(*at_); }
        iterator& operator++() noexcept { return ++at_, *this; }
        bool operator!=(const iterator& other) const noexcept { return at_ != other.at_; }

    private:
        const Raw* at_;
    };

    list(const Raw* data, std::size_t size) noexcept : data_(data), size_(size) {}
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    /// The item at a place, from 0, below `size()`.
    T operator[](std::size_t place) const { return T::of(data_[place]); }
    iterator begin() const noexcept { return iterator(data_); }
    iterator end() const noexcept { return iterator(data_ + size_); }

private:
    const Raw* data_;
    std::size_t size_;
};

namespace detail {

/// Runs a host's function for the C ABI: what it throws becomes a status, because no exception may pass through the engine.
template <class Work>
depesza_status_t guarded(Work&& work) noexcept {
#if DEPESZA_HPP_EXCEPTIONS
    try {
        return static_cast<depesza_status_t>(work());
    } catch (const error& thrown) {
        return thrown.status() == status::ok ? DEPESZA_UNAVAILABLE : static_cast<depesza_status_t>(thrown.status());
    } catch (...) {
        return DEPESZA_UNAVAILABLE;
    }
#else
    return static_cast<depesza_status_t>(work());
#endif
}

inline std::vector<depesza_str_t> strs(const std::vector<std::string_view>& texts) {
    std::vector<depesza_str_t> raw;
    raw.reserve(texts.size());
    for (auto text : texts) raw.push_back(depesza::str(text));
    return raw;
}

} // namespace detail

/// How far a gateway keeps our own reference.
enum class own_reference : depesza_own_reference_t {
    none = DEPESZA_REFERENCE_NONE,
    stored = DEPESZA_REFERENCE_STORED, ///< Shown in reports and look-ups.
    unique = DEPESZA_REFERENCE_UNIQUE, ///< Enforced: within the window the same reference is never sent twice.
};

/// A kind of refusal, and by that what to do next.
enum class reject_class : depesza_reject_class_t {
    recipient_invalid = DEPESZA_REJECT_RECIPIENT_INVALID,   ///< Final; the number is marked.
    recipient_opted_out = DEPESZA_REJECT_RECIPIENT_OPTED_OUT, ///< Final; the opt-out is kept.
    content = DEPESZA_REJECT_CONTENT,                       ///< The text was refused: final.
    too_long = DEPESZA_REJECT_TOO_LONG,                     ///< Final.
    sender_not_allowed = DEPESZA_REJECT_SENDER_NOT_ALLOWED, ///< Final.
    account_no_credit = DEPESZA_REJECT_ACCOUNT_NO_CREDIT,   ///< The gateway pauses, no attempt is used.
    account_auth = DEPESZA_REJECT_ACCOUNT_AUTH,             ///< The gateway pauses, no attempt is used.
    account_blocked = DEPESZA_REJECT_ACCOUNT_BLOCKED,       ///< The gateway pauses, no attempt is used.
    transient = DEPESZA_REJECT_TRANSIENT,                   ///< Tried again, an attempt is used.
    unreachable = DEPESZA_REJECT_UNREACHABLE,               ///< Tried again once after a long while, an attempt is used.
    expired = DEPESZA_REJECT_EXPIRED,                       ///< Final.
};

/// What a message is for.
enum class purpose : depesza_purpose_t { visits = DEPESZA_PURPOSE_VISITS, marketing = DEPESZA_PURPOSE_MARKETING, other = DEPESZA_PURPOSE_OTHER };

/// What a gateway can do, constant for its life. Say it honestly: whether a patient is texted twice hangs on `own_reference`.
struct capabilities {
    depesza::own_reference own_reference = own_reference::none;
    std::chrono::milliseconds window{0}; ///< Of own_reference::unique, from the first submission.
    std::uint32_t batch = 1;             ///< The most messages of one call, at least 1.
    bool reports = false;                ///< It sends delivery reports.
    bool looks_up = false;               ///< `look_up` is implemented.
    bool cancels = false;                ///< `cancel` is implemented.
    bool has_balance = false;            ///< `balance_milli` is implemented.
};

/// One message for a gateway.
struct submission {
    std::string_view reference;             ///< At most 36 of `0-9a-z-`, the same over all attempts of this message.
    std::string_view to;                    ///< In E.164.
    std::optional<std::string_view> sender; ///< Absent for the account's default.
    std::string_view body;                  ///< The finished text.
    depesza::encoding encoding;
    std::uint32_t parts;                    ///< By our count.
    depesza::purpose purpose;
    instant at;                             ///< The engine's time of this attempt.
    instant not_after;                      ///< After this it must not arrive any more.

    static submission of(const depesza_submission_t& raw) noexcept {
        return {view(raw.reference), view(raw.to), detail::maybe(raw.sender), view(raw.body), static_cast<depesza::encoding>(raw.encoding),
                raw.parts, static_cast<depesza::purpose>(raw.purpose), detail::at(raw.at_ms), detail::at(raw.not_after_ms)};
    }
};
using submissions = list<submission, depesza_submission_t>;

/// Where a gateway puts its answers. A message without an answer counts as unknown, and so does one with an answer that cannot be
/// understood. By one thread at a time, and never after `submit` has returned.
class answers {
public:
    explicit answers(depesza_answers_t* raw) noexcept : raw_(raw) {}

    /// The message at `place` of the batch was taken: the gateway's identifier, its parts by the gateway's count, its cost in thousandths.
    void accepted(std::size_t place, std::string_view provider_id, std::optional<std::uint32_t> parts = {},
                  std::optional<std::int64_t> cost_milli = {}) {
        const auto id = str(provider_id);
        (void)depesza_answer_accepted(raw_, place, &id, 1, parts.value_or(0), cost_milli.value_or(-1));
    }
    /// The same with an identifier a part.
    void accepted(std::size_t place, const std::vector<std::string_view>& provider_ids, std::optional<std::uint32_t> parts = {},
                  std::optional<std::int64_t> cost_milli = {}) {
        const auto ids = detail::strs(provider_ids);
        (void)depesza_answer_accepted(raw_, place, ids.data(), ids.size(), parts.value_or(0), cost_milli.value_or(-1));
    }
    /// It was refused and certainly not sent; `code` is the gateway's own word, without patient data.
    void rejected(std::size_t place, reject_class kind, std::string_view code) {
        (void)depesza_answer_rejected(raw_, place, static_cast<depesza_reject_class_t>(kind), str(code));
    }
    /// It was certainly not sent, and may go after so long.
    void try_later(std::size_t place, std::chrono::milliseconds after) { (void)depesza_answer_try_later(raw_, place, after.count()); }
    /// Nobody knows what became of it; `why` is without patient data.
    void unknown(std::size_t place, std::string_view why) { (void)depesza_answer_unknown(raw_, place, str(why)); }

private:
    depesza_answers_t* raw_;
};

/// Where a gateway puts what a look-up found. Without an answer it cannot tell. By one thread at a time, and never after `look_up` has returned.
class lookup {
public:
    explicit lookup(depesza_lookup_t* raw) noexcept : raw_(raw) {}
    /// The gateway has the message.
    void known(const std::vector<std::string_view>& provider_ids, delivery_state state) {
        const auto ids = detail::strs(provider_ids);
        (void)depesza_lookup_known(raw_, ids.data(), ids.size(), static_cast<depesza_delivery_state_t>(state));
    }
    /// The gateway certainly never got the message: it may go again.
    void not_found() { (void)depesza_lookup_not_found(raw_); }

private:
    depesza_lookup_t* raw_;
};

/// A gateway of the host's. Its functions may be called from several threads at once. What they throw never passes the engine: after an
/// exception in `submit` the messages without an answer are in doubt, and nothing is lost.
class gateway {
public:
    virtual ~gateway() = default;
    /// Asked once, when it is added.
    virtual depesza::capabilities capabilities() const = 0;
    /// Hands over the batch and answers for each message. A time-out after the request was written is no refusal: leave it without an
    /// answer.
    virtual status submit(const submissions& batch, answers& answers) = 0;
    /// What became of the message with our reference.
    virtual status look_up(std::string_view reference, lookup& found) { return (void)reference, (void)found, status::ok; }
    /// Takes a submitted message back; true only when it certainly will not arrive.
    virtual bool cancel(std::string_view reference) { return (void)reference, false; }
    /// What is left on the account, in thousandths of its currency's unit.
    virtual std::optional<std::int64_t> balance_milli() { return std::nullopt; }

protected:
    gateway() = default;
    gateway(const gateway&) = default;
    gateway& operator=(const gateway&) = default;
};

/// A row's name in its practice. The numbers of tables are stable.
struct row_key {
    std::uint16_t table;
    std::string_view id;
    static row_key of(const depesza_row_key_t& raw) noexcept { return {raw.table, view(raw.id)}; }
};
using row_keys = list<row_key, depesza_row_key_t>;

/// An entry of an index. Keys can hold telephone numbers: they belong into no log.
struct entry {
    std::uint16_t index;
    std::string_view key;
    static entry of(const depesza_entry_t& raw) noexcept { return {raw.index, view(raw.key)}; }
};
using entries = list<entry, depesza_entry_t>;

/// One row's change.
struct write {
    row_key row;
    std::optional<std::string_view> doc; ///< The new document; absent: the row goes, with all its entries, whether `remove` names them or not.
    entries remove;                      ///< Taken away before those of `add` are added; taking one that is not there is no error.
    entries add;                         ///< Adding one that stands is no error.
    static write of(const depesza_write_t& raw) noexcept {
        return {row_key::of(raw.row), detail::maybe(raw.doc), {raw.remove, raw.remove_count}, {raw.add, raw.add_count}};
    }
};
using writes = list<depesza::write, depesza_write_t>;

/// A set of changes that is stored whole or not at all.
struct commit {
    std::string_view practice;
    std::uint64_t version; ///< What the practice must be at; 0 creates it. Afterwards it is at the next one.
    depesza::writes writes; ///< No row twice.
};

/// A part of an index: the keys with `from <= key < to`, byte by byte.
struct scan {
    std::uint16_t index;
    std::string_view from;
    std::string_view to;
    std::uint32_t limit; ///< The most rows.
    bool descending;     ///< Highest key first, and under one key the highest row.
    static scan of(const depesza_scan_t& raw) noexcept {
        return {raw.index, view(raw.from), view(raw.to), raw.limit, raw.descending != 0};
    }
};
using scans = list<depesza::scan, depesza_scan_t>;

/// Where a store puts what it found. What cannot be taken (a text that is not UTF-8, a place that was not asked for) makes the call answer
/// status::corrupt. By one thread at a time, and never after the store's function has returned.
class found {
public:
    explicit found(depesza_found_t* raw) noexcept : raw_(raw) {}

    /// The document of the row at `place` of a `read`.
    void doc(std::size_t place, std::string_view doc) { note(depesza_found_doc(raw_, place, str(doc))); }
    /// A row of a `list`.
    void row(std::uint16_t table, std::string_view id, std::string_view doc) { row({}, table, id, doc); }
    /// A row of a `scan`, or of one of `scans`.
    void row(std::string_view key, std::uint16_t table, std::string_view id, std::string_view doc) {
        note(depesza_found_row(raw_, str(key), table, str(id), str(doc)));
    }
    /// Ends the rows of one of `scans`.
    void next() { note(depesza_found_next(raw_)); }
    /// A row of a `find`.
    void shared(std::string_view practice, std::uint16_t table, std::string_view id) {
        note(depesza_found_shared(raw_, str(practice), table, str(id)));
    }
    /// A practice of a `due`, with its earliest instant.
    void practice(std::string_view practice, instant at) { note(depesza_found_practice(raw_, str(practice), detail::ms(at))); }

    /// What the call answers when its function said `said`.
    status answer(status said) const noexcept { return said == status::ok && failed_ ? status::corrupt : said; }

private:
    void note(depesza_status_t status) noexcept { failed_ = failed_ || status != DEPESZA_OK; }
    depesza_found_t* raw_;
    bool failed_ = false;
};

/// A store of the host's: anything with ordered keys and an atomic compare-and-set. Its functions may be called from several threads at
/// once, see whole commits only, and answer status::ok, status::unavailable or status::corrupt; an exception counts as unavailable, a
/// thrown depesza::error as its status. `check_store` says whether it keeps what is promised here.
class store {
public:
    virtual ~store() = default;
    /// The practice's version; 0 when there is no such practice.
    virtual status version(std::string_view practice, std::uint64_t& version) = 0;
    /// The documents of rows: `found.doc` by their places, nothing for one that is not there.
    virtual status read(std::string_view practice, const row_keys& rows, found& found) = 0;
    /// The rows of a table with `from <= id < to`, in the order of their ids byte by byte, at most `limit`.
    virtual status list(std::string_view practice, std::uint16_t table, std::string_view from, std::string_view to, std::uint32_t limit,
                        found& found) = 0;
    /// The rows of a part of an index, in the order of key, table and id.
    virtual status scan(std::string_view practice, const depesza::scan& scan, found& found) = 0;
    /// Stores all of a commit or nothing, and sets the new version. status::conflict, with the version that there is, when it is another
    /// than the commit's.
    virtual status commit(const depesza::commit& commit, std::uint64_t& version) = 0;
    /// The rows under a key of an index over all practices, in the order of practice, table and id: `found.shared`.
    virtual status find(std::uint16_t index, std::string_view key, found& found) = 0;
    /// The practices with an entry of the index `queue` whose key begins with an instant of at most `until` (15 digits, milliseconds), each
    /// with the earliest, earliest first and those of one instant by their ids, at most `limit`: `found.practice`.
    virtual status due(std::uint16_t queue, instant until, std::uint32_t limit, found& found) = 0;
    /// Drops what deleted rows left behind in files, logs and free room.
    virtual status scrub() { return status::ok; }
    /// Several parts of indexes in one call, for a store that is far away: the rows of each as `scan` adds them, `found.next()` after those of each,
    /// the last too. Not necessarily all of one moment.
    virtual status scans(std::string_view practice, const depesza::scans& scans, found& found) {
        for (const auto& part : scans) {
            const auto told = scan(practice, part, found);
            if (told != status::ok) return told;
            found.next();
        }
        return status::ok;
    }
    /// Takes a practice's turn at the index `queue`, so that dispatchers on one database work side by side; it ends as `turn` is destroyed, and when its process
    /// dies. Leaves `turn` NULL when another dispatcher has it, or nothing stands in the queue at or before `until` any more. It spares work and
    /// promises nothing; a store that does not know of others gives every turn.
    virtual status turn(std::string_view practice, std::uint16_t queue, instant until, std::shared_ptr<void>& turn) {
        (void)practice, (void)queue, (void)until;
        turn = std::shared_ptr<void>(std::shared_ptr<void>(), this);
        return status::ok;
    }

protected:
    store() = default;
    store(const store&) = default;
    store& operator=(const store&) = default;
};

namespace detail {

inline store& store_of(void* userdata) noexcept { return **static_cast<std::shared_ptr<store>*>(userdata); }
inline gateway& gateway_of(void* userdata) noexcept { return **static_cast<std::shared_ptr<gateway>*>(userdata); }

/// Calls a host's function that finds something.
template <class Work>
depesza_status_t finding(depesza_found_t* raw, Work&& work) noexcept {
    return guarded([&] {
        found into(raw);
        return into.answer(work(into));
    });
}

inline depesza_store_table_t store_table() noexcept {
    depesza_store_table_t table{};
    table.size = sizeof table;
    table.version = [](void* userdata, depesza_str_t practice, std::uint64_t* version) {
        return guarded([&] { return store_of(userdata).version(view(practice), *version); });
    };
    table.read = [](void* userdata, depesza_str_t practice, const depesza_row_key_t* rows, std::size_t count, depesza_found_t* raw) {
        return finding(raw, [&](found& into) { return store_of(userdata).read(view(practice), {rows, count}, into); });
    };
    table.list = [](void* userdata, depesza_str_t practice, std::uint16_t of, depesza_str_t from, depesza_str_t to, std::uint32_t limit,
                    depesza_found_t* raw) {
        return finding(raw, [&](found& into) { return store_of(userdata).list(view(practice), of, view(from), view(to), limit, into); });
    };
    table.scan = [](void* userdata, depesza_str_t practice, const depesza_scan_t* asked, depesza_found_t* raw) {
        return finding(raw, [&](found& into) { return store_of(userdata).scan(view(practice), scan::of(*asked), into); });
    };
    table.commit = [](void* userdata, const depesza_commit_t* told, std::uint64_t* version) {
        return guarded([&] {
            const commit all{view(told->practice), told->version, {told->writes, told->writes_count}};
            return store_of(userdata).commit(all, *version);
        });
    };
    table.find = [](void* userdata, std::uint16_t index, depesza_str_t key, depesza_found_t* raw) {
        return finding(raw, [&](found& into) { return store_of(userdata).find(index, view(key), into); });
    };
    table.due = [](void* userdata, std::uint16_t queue, std::int64_t until_ms, std::uint32_t limit, depesza_found_t* raw) {
        return finding(raw, [&](found& into) { return store_of(userdata).due(queue, at(until_ms), limit, into); });
    };
    table.scrub = [](void* userdata) { return guarded([&] { return store_of(userdata).scrub(); }); };
    table.free = [](void* userdata) { delete static_cast<std::shared_ptr<store>*>(userdata); };
    table.scans = [](void* userdata, depesza_str_t practice, const depesza_scan_t* asked, std::size_t count, depesza_found_t* raw) {
        return finding(raw, [&](found& into) { return store_of(userdata).scans(view(practice), {asked, count}, into); });
    };
    table.turn = [](void* userdata, depesza_str_t practice, std::uint16_t queue, std::int64_t until_ms, void** given) {
        return guarded([&] {
            auto held = std::make_unique<std::shared_ptr<void>>();
            const auto told = store_of(userdata).turn(view(practice), queue, at(until_ms), *held);
            if (told == status::ok && *held) *given = held.release();
            return told;
        });
    };
    table.end_turn = [](void*, void* turn) {
        (void)guarded([&] {
            delete static_cast<std::shared_ptr<void>*>(turn);
            return status::ok;
        });
    };
    return table;
}

inline depesza_gateway_table_t gateway_table(const capabilities& can) noexcept {
    depesza_gateway_table_t table{};
    table.size = sizeof table;
    table.submit = [](void* userdata, const depesza_submission_t* batch, std::size_t count, depesza_answers_t* raw) {
        return guarded([&] {
            answers into(raw);
            return gateway_of(userdata).submit({batch, count}, into);
        });
    };
    if (can.looks_up) {
        table.look_up = [](void* userdata, depesza_str_t reference, depesza_lookup_t* raw) {
            return guarded([&] {
                lookup into(raw);
                return gateway_of(userdata).look_up(view(reference), into);
            });
        };
    }
    if (can.cancels) {
        table.cancel = [](void* userdata, depesza_str_t reference) {
            return guarded([&] { return gateway_of(userdata).cancel(view(reference)) ? status::ok : status::refused; });
        };
    }
    if (can.has_balance) {
        table.balance = [](void* userdata, std::int64_t* milli) {
            return guarded([&] {
                const auto left = gateway_of(userdata).balance_milli();
                if (left) *milli = *left;
                return left ? status::ok : status::unavailable;
            });
        };
    }
    table.free = [](void* userdata) { delete static_cast<std::shared_ptr<gateway>*>(userdata); };
    return table;
}

} // namespace detail

/// How many promises of a store were checked, and how many it does not keep.
struct store_checks {
    std::uint32_t ran;
    std::uint32_t failed;
};

/// Puts a host's store through all checks of what the engine relies on, each on an empty store of its own that `open` gives. `told`, which
/// may be empty, hears of each check: the promise, whether it is kept, and why not. Not for a store with data in it.
[[nodiscard]] inline result<store_checks> check_store(const std::function<std::shared_ptr<store>()>& open,
                                                      const std::function<void(std::string_view, bool, std::string_view)>& told = {}) {
    struct given {
        const std::function<std::shared_ptr<store>()>& open;
        const std::function<void(std::string_view, bool, std::string_view)>& told;
    } host{open, told};
    store_checks checks{0, 0};
    auto status = depesza_store_checks(
        [](void* userdata, depesza_store_table_t* table, void** opened) {
            return detail::guarded([&] {
                auto made = std::make_unique<std::shared_ptr<store>>(static_cast<given*>(userdata)->open());
                if (!*made) return depesza::status::unavailable;
                *table = detail::store_table();
                *opened = made.release();
                return depesza::status::ok;
            });
        },
        [](void* userdata, depesza_str_t promise, std::uint8_t held, depesza_str_t why) {
            (void)detail::guarded([&] {
                if (const auto& hears = static_cast<given*>(userdata)->told) hears(view(promise), held != 0, view(why));
                return depesza::status::ok;
            });
        },
        &host, &checks.ran, &checks.failed);
    if (status != DEPESZA_OK) return error::last(status);
    return checks;
}

// ---------------------------------------------------------------------------------------------------------------------------------- engine

/// What an engine is made of: one store, and gateways under ids of their own.
class engine_options {
public:
    [[nodiscard]] static result<engine_options> create() {
        engine_options made;
        if (auto status = depesza_engine_options_new(made.handle_.out()); status != DEPESZA_OK) return error::last(status);
        return made;
    }

    /// Opens the store of a URL: `memory:`, `sqlite:PATH`, `postgresql://USER@HOST/DATABASE`. No error quotes the URL.
    [[nodiscard]] result<void> use_url(std::string_view url) {
        return detail::done(depesza_engine_options_store_url(handle_.get(), url.data(), url.size()));
    }

    /// Takes a store of the host's. It lives at least as long as the options and the engines that use it.
    [[nodiscard]] result<void> use_store(std::shared_ptr<store> of) {
        if (!of) return error(status::null_pointer, "store: expected a store");
        const auto table = detail::store_table();
        auto held = std::make_unique<std::shared_ptr<store>>(std::move(of));
        auto done = detail::done(depesza_engine_options_store(handle_.get(), &table, held.get()));
        if (done) (void)held.release();
        return done;
    }

    /// Takes a gateway of the host's under an id that no other has. It lives at least as long as the options and the engines that use it.
    [[nodiscard]] result<void> add_gateway(std::string_view id, std::shared_ptr<gateway> of) {
        if (!of) return error(status::null_pointer, "gateway: expected a gateway");
        const auto can = of->capabilities();
        const auto table = detail::gateway_table(can);
        const depesza_capabilities_t raw{static_cast<depesza_own_reference_t>(can.own_reference), can.window.count(), can.batch, can.reports};
        auto held = std::make_unique<std::shared_ptr<gateway>>(std::move(of));
        auto done = detail::done(depesza_engine_options_gateway(handle_.get(), id.data(), id.size(), &raw, &table, held.get()));
        if (done) (void)held.release();
        return done;
    }

    /// Adds a gateway that the library brings, from a JSON object: `id`, its name for the engine that no other gateway has; `kind`, `smsapi` or `smpp`;
    /// and the options of that kind, which stand in bindings-c/README.md. No error quotes a value.
    [[nodiscard]] result<void> add_gateway_json(std::string_view json) {
        return detail::done(depesza_engine_options_gateway_json(handle_.get(), json.data(), json.size()));
    }

    /// The handle, for functions of the C ABI; still owned by this object.
    depesza_engine_options_t* get() const noexcept { return handle_.get(); }

private:
    engine_options() = default;
    detail::handle<depesza_engine_options_t, depesza_engine_options_free> handle_;
};

/// What a dispatch did.
struct dispatched {
    std::uint64_t submitted; ///< Messages handed to a gateway.
    std::uint64_t accepted;  ///< Of these, taken.
    std::uint64_t unknown;   ///< Of these, with an outcome that nobody knows.
    bool more;               ///< Something is still due: call again.
};

/// What a round of work did.
struct worked {
    std::uint64_t commits;
    std::uint64_t finished; ///< Jobs finished.
    bool more;              ///< Something is left: call again.
};

/// What came in by gateways that the library brings.
struct received {
    std::uint64_t told;     ///< Reports and messages that the engine has now.
    std::uint64_t unrouted; ///< Those of no practice or message of this store; a provider that calls should come again with one, for a minute or two.
};

/// Events, oldest first.
struct event_page {
    owned_text json;    ///< An array (schemas/event.json).
    std::uint64_t last; ///< The number of the last one: keep it with what you did about them, and ask after it next.
};

namespace detail {
inline depesza_status_t tell(const depesza_engine_t* engine, std::string_view practice, const depesza_visit_t* facts, std::size_t count,
                             std::int64_t now_ms, depesza_outcome_t* outcomes) {
    return depesza_tell_visits(engine, practice.data(), practice.size(), facts, count, now_ms, outcomes);
}
inline depesza_status_t tell(const depesza_engine_t* engine, std::string_view practice, const depesza_patient_t* facts, std::size_t count,
                             std::int64_t now_ms, depesza_outcome_t* outcomes) {
    return depesza_tell_patients(engine, practice.data(), practice.size(), facts, count, now_ms, outcomes);
}
inline depesza_status_t tell(const depesza_engine_t* engine, std::string_view practice, const depesza_call_t* facts, std::size_t count,
                             std::int64_t now_ms, depesza_outcome_t* outcomes) {
    return depesza_tell_calls(engine, practice.data(), practice.size(), facts, count, now_ms, outcomes);
}
inline depesza_status_t tell(const depesza_engine_t* engine, std::string_view practice, const depesza_sms_t* facts, std::size_t count,
                             std::int64_t now_ms, depesza_outcome_t* outcomes) {
    return depesza_tell_sms(engine, practice.data(), practice.size(), facts, count, now_ms, outcomes);
}
inline depesza_status_t tell(const depesza_engine_t* engine, std::string_view practice, const depesza_report_t* facts, std::size_t count,
                             std::int64_t now_ms, depesza_outcome_t* outcomes) {
    return depesza_tell_reports(engine, practice.data(), practice.size(), facts, count, now_ms, outcomes);
}
} // namespace detail

/// An engine over one store and its gateways. Any number of threads may use it at once.
class engine {
public:
    /// Opens an engine. The options stay the caller's, and may go at once. Refused where they have no store.
    [[nodiscard]] static result<engine> open(const engine_options& options) {
        engine made;
        if (auto status = depesza_engine_open(options.get(), made.handle_.out()); status != DEPESZA_OK) return error::last(status);
        return made;
    }

    /// Calls any operation by its name, with its arguments as a JSON object; schemas/operations.json has them all.
    [[nodiscard]] result<owned_text> call(std::string_view method, std::string_view arguments) const {
        owned_text answer;
        auto status = depesza_call(handle_.get(), method.data(), method.size(), arguments.data(), arguments.size(), answer.out());
        if (status != DEPESZA_OK) return error::last(status);
        return answer;
    }

    /// Tells facts of one kind (visit, patient, call, sms, report) in one commit, or none of them; a card before its visits. Gives an
    /// outcome for each. A faulty one is refused as `faulty_fact`, its place and field named.
    template <class Fact>
    [[nodiscard]] result<std::vector<outcome>> tell(std::string_view practice, const std::vector<Fact>& facts, instant now) const {
        std::vector<decltype(std::declval<const Fact&>().raw())> raw;
        raw.reserve(facts.size());
        for (const auto& fact : facts) raw.push_back(fact.raw());
        std::vector<depesza_outcome_t> came(facts.size());
        if (auto status = detail::tell(handle_.get(), practice, raw.data(), raw.size(), detail::ms(now), came.data()); status != DEPESZA_OK) {
            return error::last(status);
        }
        std::vector<outcome> all;
        all.reserve(came.size());
        for (const auto& one : came) all.push_back({static_cast<outcome_kind>(one.kind), one.message});
        return all;
    }

    /// Tells one fact, without allocating here.
    template <class Fact>
    [[nodiscard]] result<outcome> tell(std::string_view practice, const Fact& fact, instant now) const {
        const auto raw = fact.raw();
        depesza_outcome_t came{};
        if (auto status = detail::tell(handle_.get(), practice, &raw, 1, detail::ms(now), &came); status != DEPESZA_OK) {
            return error::last(status);
        }
        return outcome{static_cast<outcome_kind>(came.kind), came.message};
    }

    /// Sends what is due at `now`, the host's clock, and hands over about `limit` messages: every practice with something due has at least one in a
    /// round, and a round once begun is finished. depesza_dispatch says what several dispatchers have to heed.
    [[nodiscard]] result<dispatched> dispatch(instant now, std::uint64_t limit) const {
        depesza_dispatched_t did{};
        if (auto status = depesza_dispatch(handle_.get(), detail::ms(now), limit, &did); status != DEPESZA_OK) return error::last(status);
        return dispatched{did.submitted, did.accepted, did.unknown, did.more != 0};
    }

    /// Goes on with recorded jobs, in about `limit` small commits.
    [[nodiscard]] result<worked> work(instant now, std::uint64_t limit) const {
        depesza_worked_t did{};
        if (auto status = depesza_work(handle_.get(), detail::ms(now), limit, &did); status != DEPESZA_OK) return error::last(status);
        return worked{did.commits, did.finished, did.more != 0};
    }

    /// Takes what came in by the connections of gateways that the library brings, at most 1,000 of each, waiting at most `wait` (0 to an hour) for the first of
    /// each: on a thread of its own, for as long as the program runs. Of the kinds there are `smpp` alone has a connection.
    [[nodiscard]] result<received> receive(instant now, std::chrono::milliseconds wait) const {
        const auto most = std::chrono::milliseconds(DEPESZA_MAX_WAIT_MS);
        const auto wait_ms = wait.count() < 0 || wait > most ? DEPESZA_MAX_WAIT_MS + 1 : static_cast<std::uint32_t>(wait.count());
        depesza_received_t came{};
        if (auto status = depesza_receive(handle_.get(), detail::ms(now), wait_ms, &came); status != DEPESZA_OK) return error::last(status);
        return received{came.told, came.unrouted};
    }

    /// Takes what a provider called the host's web server with: the query of the call, or its form. `gateway` is the id of one that was made from JSON; of the
    /// kinds there are `smsapi` alone calls. Answer `OK` when this succeeds, and an error status when it does not: then it comes again.
    [[nodiscard]] result<received> callback(std::string_view gateway, std::string_view form, instant now) const {
        depesza_received_t came{};
        auto status = depesza_callback(handle_.get(), gateway.data(), gateway.size(), form.data(), form.size(), detail::ms(now), &came);
        if (status != DEPESZA_OK) return error::last(status);
        return received{came.told, came.unrouted};
    }

    /// When `dispatch` or `work` will next have something to do, in the past meaning now; nothing when nothing waits.
    [[nodiscard]] result<std::optional<instant>> next_due() const {
        std::int64_t at_ms = 0;
        std::uint8_t waiting = 0;
        if (auto status = depesza_next_due(handle_.get(), &at_ms, &waiting); status != DEPESZA_OK) return error::last(status);
        return waiting == 0 ? std::optional<instant>() : std::optional(detail::at(at_ms));
    }

    /// What was decided after event number `after`, at most `limit` (1 to 1,000). Each event comes at least once.
    [[nodiscard]] result<event_page> events(std::string_view practice, std::uint64_t after, std::uint32_t limit) const {
        event_page page{};
        auto status = depesza_events(handle_.get(), practice.data(), practice.size(), after, limit, page.json.out(), &page.last);
        if (status != DEPESZA_OK) return error::last(status);
        return page;
    }

    /// The handle, for functions of the C ABI; still owned by this object.
    depesza_engine_t* get() const noexcept { return handle_.get(); }

private:
    engine() = default;
    detail::handle<depesza_engine_t, depesza_engine_free> handle_;
};

inline result<void> rules::save(const engine& into, std::string_view user, instant now) const {
    return detail::done(depesza_rules_save(handle_.get(), into.get(), user.data(), user.size(), detail::ms(now)));
}

// --------------------------------------------------------------------------------------------------------------------------------- version

/// Whether the library that is linked has the ABI of this header; what a host that loads it at run time asks first.
[[nodiscard]] inline bool same_abi() noexcept { return depesza_abi() == DEPESZA_ABI; }

/// The version of the library that is linked (`0.1.0`).
[[nodiscard]] inline std::string_view version() noexcept { return depesza_version_text(); }

} // namespace depesza

#endif // DEPESZA_HPP
