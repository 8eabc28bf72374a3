/* depesza: the C ABI of an embeddable SMS engine.
 *
 * Generated from bindings-c/src by `DEPESZA_BLESS=1 cargo test -p depesza-c --test header`; do not edit.
 * The conventions (statuses, ownership, threads, texts) stand in bindings-c/README.md, in short:
 *
 * - Every function that can fail returns a depesza_status_t, DEPESZA_OK being 0; answers are written on success only.
 * - A text goes in by address and length, in UTF-8, and need not end with NUL.
 * - A text comes out into the caller's buffer, or as a depesza_string_t that the caller frees, or belongs to a handle.
 * - What ends in _new, _open, _load or _compile gives a handle; its _free takes the pointer's address and sets it to NULL.
 * - depesza_last_error says what went wrong in this thread's last call that failed.
 */


#ifndef DEPESZA_H
#define DEPESZA_H

#include <stddef.h>
#include <stdint.h>

// The longest text that is taken, in bytes: 64 MiB. Messages, fields and templates have limits of their own far below.
#define DEPESZA_MAX_BYTES 67108864

// The most items of an array that is taken.
#define DEPESZA_MAX_ITEMS 16777216

// The longest that `depesza_receive` waits, in milliseconds: an hour.
#define DEPESZA_MAX_WAIT_MS 3600000

// Bytes that hold every number in E.164 with its NUL: `+` and at most 15 digits.
#define DEPESZA_E164_SIZE 17

// The most parts of a message: their number is one octet (3GPP TS 23.040, 9.2.3.24.1).
#define DEPESZA_MAX_PARTS 255

// First number of the version.
#define DEPESZA_VERSION_MAJOR 0

// Second number of the version.
#define DEPESZA_VERSION_MINOR 1

// Third number of the version.
#define DEPESZA_VERSION_PATCH 0

// The version in one number that grows with it: major * 1,000,000 + minor * 1,000 + patch.
#define DEPESZA_VERSION 1000

// The ABI, which is also the number of the soname. It changes when a program has to be compiled anew; new functions and new codes do not
// change it.
#define DEPESZA_ABI 1

// Where a gateway puts its answers, during the call that it is given to. A message without an answer counts as unknown. By one thread at a time, and
// never after the callback has returned: a late use is refused where that shows, and otherwise writes to memory that is somebody else's.
typedef struct depesza_answers_t depesza_answers_t;

// Messages of many rows. Used by one thread at a time.
typedef struct depesza_batch_t depesza_batch_t;

// Which placeholders a body may hold. Used by one thread at a time while it is added to, and by any number while it is not.
typedef struct depesza_catalogue_t depesza_catalogue_t;

// What an engine is made of. Used by one thread at a time.
typedef struct depesza_engine_options_t depesza_engine_options_t;

// An engine over one store and its gateways. Any number of threads may use it at once; who frees it sees to it that none does any more.
typedef struct depesza_engine_t depesza_engine_t;

// Where a store puts what it found, during the call that it is given to. By one thread at a time, and never after the callback has returned: a late
// use is refused where that shows, and otherwise writes to memory that is somebody else's.
typedef struct depesza_found_t depesza_found_t;

// Where a gateway puts what a look-up found, during the call that it is given to. Without an answer it cannot tell. By one thread at a time, and never
// after the callback has returned, as `depesza_answers_t`.
typedef struct depesza_lookup_t depesza_lookup_t;

// A rules file that was read and checked. It does not change: any number of threads may use it.
typedef struct depesza_rules_t depesza_rules_t;

// A body that was checked, and is rendered any number of times by any number of threads.
typedef struct depesza_template_t depesza_template_t;

// How a call ended. Append-only: a code once released keeps its meaning.
typedef uint32_t depesza_status_t;

// How a column holds its texts.
typedef uint32_t depesza_column_kind_t;

// A text in UTF-8 by address and length; it need not end with NUL. `data == NULL` is no text, which is also what an optional field has that
// is absent; an empty text has any other `data` and `len == 0`. Where a text is required, no text is taken for an empty one.
typedef struct {
    // Its first byte.
    const char *data;
    // Its length in bytes, without any NUL.
    size_t len;
} depesza_str_t;

// The values of one field, row by row.
typedef struct {
    // How it holds them.
    depesza_column_kind_t kind;
    // How many rows it has; not read for `DEPESZA_COLUMN_SAME`.
    size_t count;
    // Of `DEPESZA_COLUMN_TEXTS`.
    const depesza_str_t *texts;
    // Of the others.
    depesza_str_t bytes;
    // Of `DEPESZA_COLUMN_UTF8`.
    const int32_t *offsets;
    // Of `DEPESZA_COLUMN_LARGE_UTF8`.
    const int64_t *large_offsets;
} depesza_column_t;

// How a message is coded, for all its parts (3GPP TS 23.038).
typedef uint32_t depesza_encoding_t;

// A message of a batch. The text is the batch's, until it is filled again.
typedef struct {
    // The text; none for a row that has no message.
    depesza_str_t text;
    // How it is coded.
    depesza_encoding_t encoding;
    // Its parts; 0 for a row that has no message.
    uint32_t parts;
    // The placeholder that had no value, where there is no message.
    depesza_str_t missing;
} depesza_message_t;

// All messages of a batch. The memory is the batch's, until it is filled again.
typedef struct {
    // All texts, one after another.
    depesza_str_t text;
    // Rows.
    size_t count;
    // Where each row's text ends in `text`, in bytes; it begins where the one before ends.
    const size_t *ends;
    // Parts of each row's message; 0 for a row that has none.
    const uint32_t *parts;
    // Rows that have no message.
    size_t missing_count;
} depesza_batch_view_t;

// What a template is about, and by that which placeholders it may have.
typedef uint32_t depesza_subject_t;

// A placeholder of the host's.
typedef struct {
    // What is written in round brackets: at most 32 letters, digits, `_`, `-` and spaces, a letter first.
    depesza_str_t name;
    // What it stands for, in Polish.
    depesza_str_t description_pl;
    // What it stands for, in English.
    depesza_str_t description_en;
    // What it may look like when filled in.
    depesza_str_t sample;
} depesza_placeholder_t;

// A row's name in its practice: the number of its table, and its id, which never is a telephone number.
typedef struct {
    // What it is. Numbers are stable and sort as rows under one key do; `depesza_table_name` has the names.
    uint16_t table;
    // Its id.
    depesza_str_t id;
} depesza_row_key_t;

// A part of an index.
typedef struct {
    // Which index.
    uint16_t index;
    // Keys from this one on, itself included, compared byte by byte.
    depesza_str_t from;
    // Keys before this one.
    depesza_str_t to;
    // The most rows.
    uint32_t limit;
    // Not 0: highest key first, and under one key the highest row.
    uint8_t descending;
} depesza_scan_t;

// An entry of an index: an ordered key that points at the row it is written with.
typedef struct {
    // Which index. Numbers are stable; `depesza_index_name` has the names.
    uint16_t index;
    // The key. Keys can hold telephone numbers: they belong into no log.
    depesza_str_t key;
} depesza_entry_t;

// One row's change.
typedef struct {
    // Which row.
    depesza_row_key_t row;
    // The new document; absent: the row goes, with all its entries, whether `remove` names them or not.
    depesza_str_t doc;
    // Entries to take away, before those of `add` are added; taking one that is not there is no error.
    const depesza_entry_t *remove;
    // How many there are.
    size_t remove_count;
    // Entries to add; adding one that stands is no error.
    const depesza_entry_t *add;
    // How many there are.
    size_t add_count;
} depesza_write_t;

// A set of changes that is stored whole or not at all.
typedef struct {
    // Whose rows.
    depesza_str_t practice;
    // The version that the practice must be at; 0 creates it. Afterwards it is at the next one.
    uint64_t version;
    // The changes; no row twice.
    const depesza_write_t *writes;
    // How many there are.
    size_t writes_count;
} depesza_commit_t;

// A store of the host's. Every function may be called from several threads at once and answers `DEPESZA_OK`, `DEPESZA_UNAVAILABLE` or
// `DEPESZA_CORRUPT`; anything else counts as unavailable. Texts are the engine's, for the time of the call. A call sees whole commits only.
//
// It grows at its end: a program that was compiled with the table of an older release says so by `size`, and is as good as one with NULL in what is new.
typedef struct {
    // `sizeof(depesza_store_table_t)`: what the host was compiled with.
    size_t size;
    // The practice's version; 0 when there is no such practice.
    depesza_status_t (*version)(void *userdata,
                                depesza_str_t practice,
                                uint64_t *version);
    // The documents of rows: `depesza_found_doc` by their places, nothing for one that is not there.
    depesza_status_t (*read)(void *userdata,
                             depesza_str_t practice,
                             const depesza_row_key_t *rows,
                             size_t rows_count,
                             depesza_found_t *found);
    // The rows of a table with `from <= id < to`, in the order of their ids byte by byte, at most `limit`: `depesza_found_row`, without a key.
    depesza_status_t (*list)(void *userdata,
                             depesza_str_t practice,
                             uint16_t table,
                             depesza_str_t from,
                             depesza_str_t to,
                             uint32_t limit,
                             depesza_found_t *found);
    // The rows of a part of an index, in the order of key, table and id: `depesza_found_row`.
    depesza_status_t (*scan)(void *userdata,
                             depesza_str_t practice,
                             const depesza_scan_t *scan,
                             depesza_found_t *found);
    // Stores all of a commit or nothing, and writes the new version. `DEPESZA_CONFLICT` when the practice is at another version than the commit's, which
    // is then written.
    depesza_status_t (*commit)(void *userdata,
                               const depesza_commit_t *commit,
                               uint64_t *version);
    // The rows under a key of an index over all practices, in the order of practice, table and id: `depesza_found_shared`.
    depesza_status_t (*find)(void *userdata,
                             uint16_t index,
                             depesza_str_t key,
                             depesza_found_t *found);
    // The practices with an entry of the index `queue` whose key begins with an instant of at most `until_ms` (15 digits, milliseconds), each with the
    // earliest, earliest first and those of one instant by their ids, at most `limit`: `depesza_found_practice`.
    depesza_status_t (*due)(void *userdata,
                            uint16_t queue,
                            int64_t until_ms,
                            uint32_t limit,
                            depesza_found_t *found);
    // May be NULL: drops what deleted rows left behind in files, logs and free room.
    depesza_status_t (*scrub)(void *userdata);
    // May be NULL: frees `userdata`.
    void (*free)(void *userdata);
    // May be NULL: several parts of indexes of one practice in one call, for a store that is far away; not necessarily all of one moment. The rows of each as `scan` adds
    // them, `depesza_found_next` after those of each, the last too.
    depesza_status_t (*scans)(void *userdata,
                              depesza_str_t practice,
                              const depesza_scan_t *scans,
                              size_t scans_count,
                              depesza_found_t *found);
    // May be NULL, as `end_turn` then is: takes a practice's turn at the index `queue`, so that dispatchers on one database work side by side. Writes to `turn`
    // what the turn is known by, which is not NULL; leaves it when another dispatcher has the turn, or nothing stands in the queue at or before `until_ms` any more. It
    // spares work and promises nothing.
    depesza_status_t (*turn)(void *userdata,
                             depesza_str_t practice,
                             uint16_t queue,
                             int64_t until_ms,
                             void **turn);
    // Ends a turn, in the thread that took it. A turn also ends when its process dies.
    void (*end_turn)(void *userdata,
                     void *turn);
} depesza_store_table_t;

// How far a gateway keeps our own reference.
typedef uint32_t depesza_own_reference_t;

// What a gateway can do, constant for its life. Say it honestly: whether a patient is texted twice hangs on `own_reference`.
typedef struct {
    // How far it keeps our reference.
    depesza_own_reference_t own_reference;
    // Of `DEPESZA_REFERENCE_UNIQUE`, in milliseconds from the first submission.
    int64_t window_ms;
    // The most messages of one call, at least 1.
    uint32_t batch;
    // Not 0: it sends delivery reports.
    uint8_t reports;
} depesza_capabilities_t;

// What a message is for.
typedef uint32_t depesza_purpose_t;

// One message for a gateway.
typedef struct {
    // Our reference: at most 36 of `0-9a-z-`, the same over all attempts of this message.
    depesza_str_t reference;
    // Recipient in E.164.
    depesza_str_t to;
    // Sender id; absent for the account's default.
    depesza_str_t sender;
    // The finished text.
    depesza_str_t body;
    // Its coding.
    depesza_encoding_t encoding;
    // Its parts by our count.
    uint32_t parts;
    // What it is for.
    depesza_purpose_t purpose;
    // The engine's time of this attempt, in milliseconds since 1970-01-01T00:00:00Z.
    int64_t at_ms;
    // After this instant it must not arrive any more.
    int64_t not_after_ms;
} depesza_submission_t;

// A gateway of the host's. Every function may be called from several threads at once. Texts are the engine's, for the time of the call.
typedef struct {
    // `sizeof(depesza_gateway_table_t)`: what the host was compiled with.
    size_t size;
    // Hands over up to `batch` messages, and answers for each by `depesza_answer_…`. A time-out after the request was written is no refusal: leave it
    // without an answer. When this does not return `DEPESZA_OK`, answers that were given count all the same.
    depesza_status_t (*submit)(void *userdata,
                               const depesza_submission_t *batch,
                               size_t batch_count,
                               depesza_answers_t *answers);
    // May be NULL: asks what became of the message with our reference, and answers by `depesza_lookup_…`.
    depesza_status_t (*look_up)(void *userdata,
                                depesza_str_t reference,
                                depesza_lookup_t *lookup);
    // May be NULL: takes a submitted message back; `DEPESZA_OK` only when it certainly will not arrive.
    depesza_status_t (*cancel)(void *userdata,
                               depesza_str_t reference);
    // May be NULL: what is left on the account, in thousandths of its currency's unit.
    depesza_status_t (*balance)(void *userdata,
                                int64_t *balance_milli);
    // May be NULL: frees `userdata`.
    void (*free)(void *userdata);
} depesza_gateway_table_t;

// A text that the library made and the caller frees by `depesza_string_free`. Behind its last byte stands a NUL.
typedef struct {
    // Its first byte; NULL after it was freed.
    char *data;
    // Its length in bytes, without the NUL.
    size_t len;
} depesza_string_t;

// What a dispatch did.
typedef struct {
    // Messages handed to a gateway.
    uint64_t submitted;
    // Of these, taken.
    uint64_t accepted;
    // Of these, with an outcome that nobody knows.
    uint64_t unknown;
    // 1 when something is still due: call again.
    uint8_t more;
} depesza_dispatched_t;

// What a round of work did.
typedef struct {
    // Commits made.
    uint64_t commits;
    // Jobs finished.
    uint64_t finished;
    // 1 when something is left: call again.
    uint8_t more;
} depesza_worked_t;

// A local time, without a zone. Zeroed it is none.
typedef struct {
    // Year, 1 to 9999; 0 with everything else 0 is no time.
    uint16_t year;
    // Month, 1 to 12.
    uint8_t month;
    // Day, 1 to 31.
    uint8_t day;
    // Hour, 0 to 23.
    uint8_t hour;
    // Minute, 0 to 59.
    uint8_t minute;
    // Second, 0 to 59.
    uint8_t second;
} depesza_local_time_t;

// What became of a visit.
typedef uint32_t depesza_visit_state_t;

// A yes or no that may be unknown.
typedef uint8_t depesza_tristate_t;

// A visit as the host has it.
typedef struct {
    // The host's identifier, 1 to 200 bytes.
    depesza_str_t id;
    // Grows with every change; an older or equal one changes nothing.
    uint64_t revision;
    // Whose visit.
    depesza_str_t patient;
    // Start, in the local time of `zone`.
    depesza_local_time_t start;
    // The zone by its IANA name; absent: the practice's.
    depesza_str_t zone;
    // Planned length in minutes, 1 to 1440; 0 for half an hour.
    uint32_t duration_min;
    // What became of it.
    depesza_visit_state_t state;
    // The host's type of visit, which filters use; may be absent.
    depesza_str_t visit_type;
    // Identifier of who sees the patient; absent: nobody is named.
    depesza_str_t doctor_id;
    // The name that patients read.
    depesza_str_t doctor_name;
    // Identifier of the room; absent: none is named.
    depesza_str_t room_id;
    // The name that patients read.
    depesza_str_t room_name;
    // When it was booked, in milliseconds since 1970-01-01T00:00:00Z; 0: when the engine first hears of it.
    int64_t booked_at_ms;
    // Visits booked together share this name; may be absent.
    depesza_str_t series;
    // Whether it is the patient's first, where the host knows.
    depesza_tristate_t first_visit;
} depesza_visit_t;

// What became of a fact.
typedef uint32_t depesza_outcome_kind_t;

// What became of a fact.
typedef struct {
    // Which of them.
    depesza_outcome_kind_t kind;
    // The number of the message that was taken in; otherwise 0.
    uint64_t message;
} depesza_outcome_t;

// Where a consent or its refusal comes from.
typedef uint32_t depesza_consent_source_t;

// An answer to the question of consent.
typedef struct {
    // `DEPESZA_NOT_TOLD` when nobody ever asked.
    depesza_tristate_t given;
    // Who said it.
    depesza_consent_source_t source;
    // When it was said.
    int64_t at_ms;
} depesza_consent_t;

// Whether a card is in use.
typedef uint32_t depesza_patient_status_t;

// A patient's card.
typedef struct {
    // The host's identifier, 1 to 200 bytes.
    depesza_str_t id;
    // Grows with every change; an older or equal one changes nothing.
    uint64_t revision;
    // First name, nominative.
    depesza_str_t first_name;
    // Last name.
    depesza_str_t last_name;
    // The first name in the vocative, where the host knows better than the rules; may be absent.
    depesza_str_t vocative;
    // The number as typed on the card; may be absent.
    depesza_str_t phone;
    // The number to use when the card has none, as typed; absent: there is no guardian.
    depesza_str_t guardian_phone;
    // The guardian's name; may be absent.
    depesza_str_t guardian_name;
    // Date of birth, its hours being 0; none when zeroed.
    depesza_local_time_t birth_date;
    // Consent to information on the patient's visits.
    depesza_consent_t consent_visits;
    // Consent to commercial information.
    depesza_consent_t consent_marketing;
    // Consent to anything else.
    depesza_consent_t consent_other;
    // Whether the card is in use.
    depesza_patient_status_t status;
    // When the card was created; 0: unknown, and no default consent applies.
    int64_t created_at_ms;
} depesza_patient_t;

// Which way a call went, as the account sees it.
typedef uint32_t depesza_direction_t;

// How a call ended.
typedef uint32_t depesza_call_status_t;

// A call that has ended: all its legs as one.
typedef struct {
    // The exchange it comes from, 1 to 100 bytes. A call is known by `system` and `id`: told again it changes nothing.
    depesza_str_t system;
    // Its identifier in that exchange, 1 to 200 bytes.
    depesza_str_t id;
    // Which way it went.
    depesza_direction_t direction;
    // How it ended.
    depesza_call_status_t status;
    // Who called, as the exchange has it. Empty, a word (`anonymous`), or a code for a withheld number is no number.
    depesza_str_t caller;
    // The number that was dialled, as the exchange has it.
    depesza_str_t called;
    // The account's own number or extension that the call concerns; absent: `called` on an incoming call, `caller` on an outgoing one.
    depesza_str_t own_number;
    // The extension or agent that answered; may be absent.
    depesza_str_t answered_by;
    // When it began, in milliseconds since 1970-01-01T00:00:00Z.
    int64_t started_at_ms;
    // When it ended, not before it began.
    int64_t ended_at_ms;
    // How long it rang, in seconds.
    uint32_t ring_s;
    // How long people talked, in seconds; 0 where nobody answered.
    uint32_t talk_s;
    // The exchange's own word for how it ended; may be absent.
    depesza_str_t raw_status;
    // The exchange's own code for the cause (Q.850); may be absent.
    depesza_str_t raw_cause;
} depesza_call_t;

// An SMS that came in.
typedef struct {
    // Which gateway was authenticated.
    depesza_str_t gateway;
    // The gateway's identifier: the same twice is one message; may be absent.
    depesza_str_t provider_id;
    // Who wrote, as the gateway gives it.
    depesza_str_t from;
    // The number or sender it came to; may be absent.
    depesza_str_t to;
    // The text.
    depesza_str_t body;
    // When, by the gateway.
    int64_t received_at_ms;
    // The gateway's identifier, or our reference, of the message that is answered; may be absent.
    depesza_str_t in_reply_to;
    // Reference of the long message that this is a part of.
    uint16_t part_reference;
    // This part, from 1.
    uint8_t part;
    // Parts in all; 0 when it is whole.
    uint8_t parts;
    // Not 0: the gateway itself took it for an opt-out.
    uint8_t opt_out;
} depesza_sms_t;

// What a gateway says of a message.
typedef uint32_t depesza_delivery_state_t;

// What a gateway says of a message after it took it.
typedef struct {
    // Which gateway was authenticated.
    depesza_str_t gateway;
    // The gateway's identifier of the message or part; may be absent where there is a reference.
    depesza_str_t provider_id;
    // Our reference; may be absent where there is an identifier.
    depesza_str_t reference;
    // Which part, from 1; 0 when it is about the whole.
    uint32_t part;
    // What it says.
    depesza_delivery_state_t state;
    // When it happened, by the gateway.
    int64_t at_ms;
    // The gateway's own words, for the record.
    depesza_str_t raw;
    // Not 0: `cost_milli` was told.
    uint8_t has_cost;
    // Cost in thousandths of the currency's unit.
    int64_t cost_milli;
} depesza_report_t;

// A kind of refusal, and by that what to do next.
typedef uint32_t depesza_reject_class_t;

// What went wrong in the last call of this thread that failed.
typedef struct {
    // Its status; `DEPESZA_OK` when nothing has failed yet.
    depesza_status_t status;
    // A stable name for programs: `bad_utf8`, `unknown_campaign`, `too_short` …
    depesza_str_t code;
    // For people, in English: names the argument or field, and what was expected. It quotes no patient's data.
    depesza_str_t message;
    // The argument or field; none where nothing is at fault by itself.
    depesza_str_t field;
    // All faults as a JSON array, where there can be several; otherwise none.
    depesza_str_t faults;
} depesza_error_t;

// What came in by gateways.
typedef struct {
    // Reports and messages that the engine has now.
    uint64_t told;
    // Those of no practice or message of this store. A report may come before the answer to its message is stored; so let a provider that calls
    // come again with one, for a minute or two.
    uint64_t unrouted;
} depesza_received_t;

// Which numbers are read and written to. NULL in its place, or a zeroed one, is Poland alone.
typedef struct {
    // The country of numbers typed without one: `+` and its calling code; `+48` when absent.
    depesza_str_t default_prefix;
    // Further prefixes whose numbers may be written to (`+380`, `+4915`).
    const depesza_str_t *allowed_prefixes;
    // How many there are.
    size_t allowed_prefixes_count;
} depesza_phone_policy_t;

// What a telephone number is for.
typedef uint32_t depesza_number_kind_t;

// A number that was understood.
typedef struct {
    // In E.164, ended by NUL.
    char e164[DEPESZA_E164_SIZE];
    // The country calling code, 1 to 999.
    uint16_t calling_code;
    // What it is for.
    depesza_number_kind_t kind;
} depesza_number_t;

// What a text costs.
typedef struct {
    // The coding of every part.
    depesza_encoding_t encoding;
    // Units of the whole text: septets (an extension character is two) or UTF-16 units.
    uint32_t units;
    // Parts, at least 1. Above `DEPESZA_MAX_PARTS` the text cannot be sent.
    uint32_t count;
    // Units that still fit into the last part.
    uint32_t remaining;
} depesza_segments_t;

// The language of dates and lists in a text.
typedef uint32_t depesza_language_t;

// What a message may say of one visit.
typedef struct {
    // When it starts, in local time.
    depesza_local_time_t start;
    // The doctor, as patients should read it.
    depesza_str_t doctor;
    // The room, as patients should read it.
    depesza_str_t room;
} depesza_visit_detail_t;

// A patient and the visits that a message is about. Absent texts are no values.
typedef struct {
    // Language of day and month names and of lists.
    depesza_language_t language;
    // The patient's first name, in the nominative.
    depesza_str_t first_name;
    // The first name in the vocative; where absent, the nominative stands for it.
    depesza_str_t first_name_vocative;
    // The patient's last name.
    depesza_str_t last_name;
    // The visits, in the order in which they are to be read.
    const depesza_visit_detail_t *visits;
    // How many there are.
    size_t visits_count;
    // The practice's name.
    depesza_str_t practice;
    // The practice's address.
    depesza_str_t address;
    // The practice's telephone, as patients should read it.
    depesza_str_t phone;
    // Values of the host's placeholders, in the order in which they were added to the catalogue.
    const depesza_str_t *extra;
    // How many there are: as many as the catalogue had, or 0.
    size_t extra_count;
} depesza_visit_values_t;

// A telephone call. Absent texts are no values.
typedef struct {
    // Language of month names.
    depesza_language_t language;
    // The other party's number, as people should read it.
    depesza_str_t number;
    // The number that was dialled, as people should read it.
    depesza_str_t dialled_number;
    // When the call began, in local time; none when zeroed.
    depesza_local_time_t start;
    // Whether anybody talked: not 0, and `talk_s` counts.
    uint8_t answered;
    // Talk time in seconds.
    uint32_t talk_s;
    // Values of the host's placeholders, in the order in which they were added to the catalogue.
    const depesza_str_t *extra;
    // How many there are: as many as the catalogue had, or 0.
    size_t extra_count;
} depesza_call_values_t;

// How much beside the bare word may stand in an answer.
typedef uint32_t depesza_grammar_t;

// Languages of answers beside Polish, as bits.
typedef uint32_t depesza_reply_languages_t;

// What an answer says.
typedef uint32_t depesza_answer_t;

// Whether a text asks that no more be sent.
typedef uint32_t depesza_opt_out_t;

// How a text was read.
typedef struct {
    // The answer; `DEPESZA_ANSWER_OTHER` whenever `opt_out` is not `DEPESZA_OPT_OUT_ABSENT`.
    depesza_answer_t answer;
    // The wish to receive no more.
    depesza_opt_out_t opt_out;
} depesza_reply_t;

// How a rules file is written.
typedef uint32_t depesza_rules_format_t;

// A rule of a file. The texts are the memory of the rules.
typedef struct {
    // Its identifier.
    depesza_str_t id;
    // Its name.
    depesza_str_t name;
    // The body of its message, with placeholders for calls.
    depesza_str_t body;
    // The sender id; absent for the account's default.
    depesza_str_t sender;
    // Seconds from the end of the call to the message.
    uint32_t delay_s;
    // The least time between two messages to one number, in seconds.
    uint32_t min_gap_s;
    // 1 when it acts, 0 when it is switched off.
    uint8_t on;
    // 1 when rules after it are not asked.
    uint8_t stops;
    // 1 when the other party of the call gets the message.
    uint8_t to_other_party;
    // Fixed numbers that get it too.
    uint32_t fixed_recipients;
} depesza_rule_t;

// Opens an empty store for a check: writes its table and its `userdata`.
typedef depesza_status_t (*depesza_store_open_t)(void *userdata,
                                                 depesza_store_table_t *table,
                                                 void **store);

// Is told of a check: the promise it is about, 1 in `held` when the store keeps it, and why not otherwise. The texts are the library's, for the time of the call.
typedef void (*depesza_store_report_t)(void *userdata,
                                       depesza_str_t promise,
                                       uint8_t held,
                                       depesza_str_t why);

// What becomes of letters that GSM-7 does not have.
typedef uint32_t depesza_diacritics_t;

// A value that a row brings.
typedef struct {
    // The placeholder's name; the template's memory.
    depesza_str_t name;
    // The format that the body asks for (`slownie` of `(data:slownie)`); empty for the usual one.
    depesza_str_t format;
} depesza_field_t;

// How a text is cut into parts.
typedef struct {
    // The length of the reference number: 8 or 16 bits, 0 for 8.
    uint32_t reference_bits;
    // Not 0: a letter with its marks, a flag or an emoji sequence is kept whole; the message may take more parts.
    uint8_t keep_clusters;
    // Not 0: a link is kept whole; the message may take more parts.
    uint8_t keep_links;
} depesza_split_options_t;

// `texts` and `count`: a text a row; no text is no value.
#define DEPESZA_COLUMN_TEXTS 0

// `bytes`: one text for all rows.
#define DEPESZA_COLUMN_SAME 1

// `bytes` and `count + 1` offsets of 32 bits, as Apache Arrow's `Utf8` has them.
#define DEPESZA_COLUMN_UTF8 2

// `bytes` and `count + 1` offsets of 64 bits, as Apache Arrow's `LargeUtf8` has them.
#define DEPESZA_COLUMN_LARGE_UTF8 3

// The GSM 7-bit default alphabet with its extension table; a unit is a septet.
#define DEPESZA_GSM7 0

// UCS-2, in practice UTF-16; a unit is 16 bits.
#define DEPESZA_UCS2 1

// They are folded (ż becomes z), unless that gains nothing.
#define DEPESZA_DIACRITICS_PLAIN 0

// They stay.
#define DEPESZA_DIACRITICS_POLISH 1

// They stay where that takes no more parts.
#define DEPESZA_DIACRITICS_WHEN_FREE 2

// A patient and their visits.
#define DEPESZA_SUBJECT_VISITS 0

// A telephone call.
#define DEPESZA_SUBJECT_CALLS 1

// A patient, and no visit.
#define DEPESZA_SUBJECT_PEOPLE 2

// Polish.
#define DEPESZA_LANGUAGE_PL 0

// English.
#define DEPESZA_LANGUAGE_EN 1

// Exactly TAK or NIE.
#define DEPESZA_GRAMMAR_STRICT 0

// Also the words, phrases, typos and smileys of a closed list.
#define DEPESZA_GRAMMAR_TOLERANT 1

// Ukrainian, in Cyrillic letters.
#define DEPESZA_REPLY_UKRAINIAN 1

// Anything else: for people to read.
#define DEPESZA_ANSWER_OTHER 0

// TAK: the visit is confirmed.
#define DEPESZA_ANSWER_YES 1

// NIE: the patient does not come.
#define DEPESZA_ANSWER_NO 2

// STOP is no word of the text.
#define DEPESZA_OPT_OUT_ABSENT 0

// STOP is the whole text: consent is withdrawn.
#define DEPESZA_OPT_OUT_ALONE 1

// STOP is one word among others: people decide.
#define DEPESZA_OPT_OUT_MENTIONED 2

// A valid number of no known kind.
#define DEPESZA_NUMBER_UNKNOWN 0

// A mobile number.
#define DEPESZA_NUMBER_MOBILE 1

// A landline.
#define DEPESZA_NUMBER_LANDLINE 2

// A landline or a mobile: the numbering plan does not tell them apart.
#define DEPESZA_NUMBER_MOBILE_OR_LANDLINE 3

// Internet telephony.
#define DEPESZA_NUMBER_VOIP 4

// A premium rate number.
#define DEPESZA_NUMBER_PREMIUM 5

// Free for the caller.
#define DEPESZA_NUMBER_TOLL_FREE 6

// The caller pays a part.
#define DEPESZA_NUMBER_SHARED_COST 7

// A personal number that follows its holder.
#define DEPESZA_NUMBER_PERSONAL 8

// A pager.
#define DEPESZA_NUMBER_PAGER 9

// A company's one number for all its places.
#define DEPESZA_NUMBER_UNIVERSAL_ACCESS 10

// A voice mail box.
#define DEPESZA_NUMBER_VOICEMAIL 11

// Somebody outside called the account.
#define DEPESZA_CALL_INCOMING 0

// The account called somebody outside.
#define DEPESZA_CALL_OUTGOING 1

// Between two extensions: no rule is for it.
#define DEPESZA_CALL_INTERNAL 2

// A person answered.
#define DEPESZA_CALL_ANSWERED 0

// Nobody answered.
#define DEPESZA_CALL_NO_ANSWER 1

// The called side was busy, or refused.
#define DEPESZA_CALL_BUSY 2

// It could not be put through.
#define DEPESZA_CALL_FAILED 3

// A network or the exchange was overloaded.
#define DEPESZA_CALL_CONGESTION 4

// The caller gave up.
#define DEPESZA_CALL_CANCELLED 5

// A voice mail box answered.
#define DEPESZA_CALL_VOICEMAIL 6

// It was new, and was decided on.
#define DEPESZA_APPLIED 0

// It was known: an older or equal revision, or seen before.
#define DEPESZA_KNOWN 1

// An incoming message was taken in.
#define DEPESZA_RECEIVED 2

// No message of this practice is what the report is about. It can come before the submission's answer is stored: tell it again later.
#define DEPESZA_UNMATCHED 3

// Booked and still to come, or not yet closed by the practice.
#define DEPESZA_VISIT_BOOKED 0

// The patient is there.
#define DEPESZA_VISIT_ARRIVED 1

// It took place.
#define DEPESZA_VISIT_TOOK_PLACE 2

// The patient did not come.
#define DEPESZA_VISIT_NO_SHOW 3

// Called off.
#define DEPESZA_VISIT_CANCELLED 4

// Deleted from the host's calendar: the same as called off.
#define DEPESZA_VISIT_DELETED 5

// Nobody knows.
#define DEPESZA_NOT_TOLD 0

// Yes.
#define DEPESZA_YES 1

// No.
#define DEPESZA_NO 2

// In use.
#define DEPESZA_PATIENT_ACTIVE 0

// Put away: nothing more is sent.
#define DEPESZA_PATIENT_INACTIVE 1

// The patient has died: nothing more is sent.
#define DEPESZA_PATIENT_DECEASED 2

// The patient said so.
#define DEPESZA_CONSENT_PERSON 0

// Set by the practice's default for new cards.
#define DEPESZA_CONSENT_DEFAULT 1

// Taken over from another system.
#define DEPESZA_CONSENT_IMPORT 2

// The gateway has it.
#define DEPESZA_DELIVERY_ACCEPTED 0

// The operator has it.
#define DEPESZA_DELIVERY_SENT 1

// It reached the handset.
#define DEPESZA_DELIVERY_DELIVERED 2

// The operator gave up.
#define DEPESZA_DELIVERY_UNDELIVERED 3

// Its validity ended.
#define DEPESZA_DELIVERY_EXPIRED 4

// Refused.
#define DEPESZA_DELIVERY_REJECTED 5

// The gateway does not know.
#define DEPESZA_DELIVERY_UNKNOWN 6

// Not at all.
#define DEPESZA_REFERENCE_NONE 0

// Stored, shown in reports and look-ups.
#define DEPESZA_REFERENCE_STORED 1

// Enforced: within `window_ms` the same reference is never sent twice.
#define DEPESZA_REFERENCE_UNIQUE 2

// The recipient's number is invalid, a landline or unsupported: final, the number is marked.
#define DEPESZA_REJECT_RECIPIENT_INVALID 0

// The recipient opted out at the gateway: final, the opt-out is kept.
#define DEPESZA_REJECT_RECIPIENT_OPTED_OUT 1

// The text was refused: final.
#define DEPESZA_REJECT_CONTENT 2

// The text is too long for the gateway: final.
#define DEPESZA_REJECT_TOO_LONG 3

// The sender id is not allowed: final.
#define DEPESZA_REJECT_SENDER_NOT_ALLOWED 4

// No credit: the gateway pauses, no attempt is used.
#define DEPESZA_REJECT_ACCOUNT_NO_CREDIT 5

// The key or password is wrong: the gateway pauses, no attempt is used.
#define DEPESZA_REJECT_ACCOUNT_AUTH 6

// The account may not do this: the gateway pauses, no attempt is used.
#define DEPESZA_REJECT_ACCOUNT_BLOCKED 7

// A passing failure at the provider or operator: tried again, an attempt is used.
#define DEPESZA_REJECT_TRANSIENT 8

// The telephone is off or out of reach: tried again once after a long while, an attempt is used.
#define DEPESZA_REJECT_UNREACHABLE 9

// The message's validity ended at the gateway: final.
#define DEPESZA_REJECT_EXPIRED 10

// Information on the patient's own visits.
#define DEPESZA_PURPOSE_VISITS 0

// Commercial information.
#define DEPESZA_PURPOSE_MARKETING 1

// Anything else.
#define DEPESZA_PURPOSE_OTHER 2

// It was done.
#define DEPESZA_OK 0

// A pointer that must not be NULL was.
#define DEPESZA_NULL_POINTER 1

// A text is not UTF-8.
#define DEPESZA_BAD_UTF8 2

// A length or a count is past `DEPESZA_MAX_BYTES` or `DEPESZA_MAX_ITEMS`; most often it was negative.
#define DEPESZA_BAD_LENGTH 3

// A code, a number or a structure is not what it can be; the error names it.
#define DEPESZA_BAD_VALUE 4

// A handle is of another kind, was freed, or is none.
#define DEPESZA_BAD_HANDLE 5

// What was to be written does not fit into the caller's memory; the length that is needed was written.
#define DEPESZA_TOO_SMALL 6

// Depesza refused: `depesza_last_error` has the code and, where there are several faults, all of them.
#define DEPESZA_REFUSED 7

// A message lacks a value: its placeholder has neither value nor fallback, so it is not to be sent.
#define DEPESZA_MISSING_VALUE 8

// The store cannot be used now; the same call may succeed later. A host's store answers so too.
#define DEPESZA_UNAVAILABLE 9

// What a host's store answers to a commit at another version than the practice has.
#define DEPESZA_CONFLICT 10

// The stored data cannot be read. A host's store answers so too.
#define DEPESZA_CORRUPT 11

// The library failed in a way that it should not: a bug. No answer was written; what was committed before stays, handles stay usable, and the same call may
// be made again.
#define DEPESZA_PANIC 12

// TOML.
#define DEPESZA_RULES_TOML 0

// JSON: the same tables as objects (schemas/rules_file.json).
#define DEPESZA_RULES_JSON 1

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Makes an empty batch.
depesza_status_t depesza_batch_new(depesza_batch_t **batch);

// Frees a batch and sets the pointer to NULL.
depesza_status_t depesza_batch_free(depesza_batch_t **batch);

// Renders all rows into the batch, instead of what it held: a column for each of `depesza_template_fields`, in their order. A row without a value and
// fallback has no message, and the others have theirs. Refused as `columns` when the columns do not fit; the batch is then as it was.
depesza_status_t depesza_render_batch(const depesza_template_t *compiled,
                                      size_t rows,
                                      const depesza_column_t *columns,
                                      size_t columns_count,
                                      depesza_batch_t *batch);

// The message of a row, from 0.
depesza_status_t depesza_batch_message(const depesza_batch_t *batch,
                                       size_t row,
                                       depesza_message_t *message);

// All messages of a batch.
depesza_status_t depesza_batch_view(const depesza_batch_t *batch,
                                    depesza_batch_view_t *view);

// Makes a catalogue of the built-in placeholders of a subject.
depesza_status_t depesza_catalogue_new(depesza_subject_t subject,
                                       depesza_catalogue_t **catalogue);

// Frees a catalogue and sets the pointer to NULL. Templates that were compiled with it stay.
depesza_status_t depesza_catalogue_free(depesza_catalogue_t **catalogue);

// Adds a link marker: its name stands for the URL. Refused as `marker` with every fault; the catalogue is then as it was.
depesza_status_t depesza_catalogue_add_link(depesza_catalogue_t *catalogue,
                                            const char *name,
                                            size_t name_len,
                                            const char *url,
                                            size_t url_len);

// Adds a placeholder of the host's. Refused as `marker` with every fault; the catalogue is then as it was.
depesza_status_t depesza_catalogue_add_placeholder(depesza_catalogue_t *catalogue,
                                                   const depesza_placeholder_t *placeholder);

// The place of a host's placeholder among those of the catalogue, from 0, by its name in any spelling that matches: where its value stands in `extra`.
depesza_status_t depesza_catalogue_find(const depesza_catalogue_t *catalogue,
                                        const char *name,
                                        size_t name_len,
                                        size_t *place);

// Makes options without a store and without gateways.
depesza_status_t depesza_engine_options_new(depesza_engine_options_t **options);

// Frees options and sets the pointer to NULL. Engines that were opened with them stay.
depesza_status_t depesza_engine_options_free(depesza_engine_options_t **options);

// Opens the store of a URL: `memory:`, `sqlite:PATH`, `postgresql://USER@HOST/DATABASE`. No error quotes the URL.
depesza_status_t depesza_engine_options_store_url(depesza_engine_options_t *options,
                                                  const char *url,
                                                  size_t url_len);

// Takes a store of the host's. The table is copied; `userdata` is the store's from now on, and the table's `free` is called with it when the options and the
// engines that use it are gone. When this call fails, `userdata` stays the caller's.
depesza_status_t depesza_engine_options_store(depesza_engine_options_t *options,
                                              const depesza_store_table_t *table,
                                              void *userdata);

// Takes a gateway of the host's under an id of its own; `userdata` as for `depesza_engine_options_store`.
depesza_status_t depesza_engine_options_gateway(depesza_engine_options_t *options,
                                                const char *id,
                                                size_t id_len,
                                                const depesza_capabilities_t *capabilities,
                                                const depesza_gateway_table_t *table,
                                                void *userdata);

// Opens an engine. The options stay the caller's, and may be freed at once.
depesza_status_t depesza_engine_open(const depesza_engine_options_t *options,
                                     depesza_engine_t **engine);

// Frees an engine and sets the pointer to NULL. An SMPP gateway that nobody else uses is closed: that waits for the answers that are outstanding, at most
// its `close_timeout_ms` and a little.
depesza_status_t depesza_engine_free(depesza_engine_t **engine);

// Calls any operation by its name, with its arguments as a JSON object: practices, campaigns, rules, questions of screens, users' acts. All of them, with the
// schemas of their arguments and answers, stand in schemas/operations.json.
depesza_status_t depesza_call(const depesza_engine_t *engine,
                              const char *method,
                              size_t method_len,
                              const char *arguments,
                              size_t arguments_len,
                              depesza_string_t *answer);

// Sends what is due at `now_ms`, the host's clock: oldest first in each practice, practices in rounds in which each has its turn of at most 100, so that a flood in
// one does not hold up the rest. A round shares out what is left of `limit`, at least one message to each practice, and is finished once begun: with many
// practices more than `limit` messages may go.
//
// Several threads and processes may call it at once, and be killed at any point: nothing is sent twice. All of a call happens at `now_ms`, its leases
// too, however long it takes: a hand-over's is two minutes. A message whose lease is over another dispatcher looks up, or gives to a gateway with `DEPESZA_REFERENCE_UNIQUE`
// again. So where several dispatch through a gateway that only looks up, a call should be over within the two minutes (a smaller `limit`, called more often), and their
// clocks should agree to some seconds.
//
// When it fails, `dispatched` is left as it was, what was committed before stays, and the same call may be made again. Where one practice fails, the others have
// their turns all the same, and the first such error is told at the end.
depesza_status_t depesza_dispatch(const depesza_engine_t *engine,
                                  int64_t now_ms,
                                  uint64_t limit,
                                  depesza_dispatched_t *dispatched);

// Goes on with recorded jobs, in about `limit` small commits.
depesza_status_t depesza_work(const depesza_engine_t *engine,
                              int64_t now_ms,
                              uint64_t limit,
                              depesza_worked_t *worked);

// When `depesza_dispatch` or `depesza_work` will next have something to do: `waiting` is 1 and `at_ms` says when, in the past meaning now; `waiting` is 0
// and `at_ms` is 0 when nothing waits.
depesza_status_t depesza_next_due(const depesza_engine_t *engine,
                                  int64_t *at_ms,
                                  uint8_t *waiting);

// What was decided after event number `after`, oldest first, at most `limit` (1 to 1,000), as a JSON array (schemas/event.json), and the number of the last one; `after`
// itself when there is none. Keep that number with what you did about them: each event comes at least once.
depesza_status_t depesza_events(const depesza_engine_t *engine,
                                const char *practice,
                                size_t practice_len,
                                uint64_t after,
                                uint32_t limit,
                                depesza_string_t *answer,
                                uint64_t *last);

// Tells visits in one commit, or none of them. `outcomes` is NULL or has room for `visits_count`. A faulty one is refused as `faulty_fact`, its place and field named.
depesza_status_t depesza_tell_visits(const depesza_engine_t *engine,
                                     const char *practice,
                                     size_t practice_len,
                                     const depesza_visit_t *visits,
                                     size_t visits_count,
                                     int64_t now_ms,
                                     depesza_outcome_t *outcomes);

// Tells patients' cards; as `depesza_tell_visits` otherwise. A card is told before its visits.
depesza_status_t depesza_tell_patients(const depesza_engine_t *engine,
                                       const char *practice,
                                       size_t practice_len,
                                       const depesza_patient_t *patients,
                                       size_t patients_count,
                                       int64_t now_ms,
                                       depesza_outcome_t *outcomes);

// Tells calls that ended; as `depesza_tell_visits` otherwise.
depesza_status_t depesza_tell_calls(const depesza_engine_t *engine,
                                    const char *practice,
                                    size_t practice_len,
                                    const depesza_call_t *calls,
                                    size_t calls_count,
                                    int64_t now_ms,
                                    depesza_outcome_t *outcomes);

// Tells SMS that came in; as `depesza_tell_visits` otherwise. Where the practice is not known, `depesza_call` has `sms_received`.
depesza_status_t depesza_tell_sms(const depesza_engine_t *engine,
                                  const char *practice,
                                  size_t practice_len,
                                  const depesza_sms_t *sms,
                                  size_t sms_count,
                                  int64_t now_ms,
                                  depesza_outcome_t *outcomes);

// Tells delivery reports; as `depesza_tell_visits` otherwise. Where the practice is not known, `depesza_call` has `delivery_report`.
depesza_status_t depesza_tell_reports(const depesza_engine_t *engine,
                                      const char *practice,
                                      size_t practice_len,
                                      const depesza_report_t *reports,
                                      size_t reports_count,
                                      int64_t now_ms,
                                      depesza_outcome_t *outcomes);

// Frees a text that the library made, and sets its `data` to NULL: freeing it again does nothing. NULL does nothing.
depesza_status_t depesza_string_free(depesza_string_t *string);

// Adds the document of the row at `place`, from 0, of a `read`.
depesza_status_t depesza_found_doc(depesza_found_t *found,
                                   size_t place,
                                   depesza_str_t doc);

// Adds a row of a `list`, a `scan` or one of `scans`; `key` is empty for a list.
depesza_status_t depesza_found_row(depesza_found_t *found,
                                   depesza_str_t key,
                                   uint16_t table,
                                   depesza_str_t id,
                                   depesza_str_t doc);

// Ends the rows of one of `scans`; called after the rows of each, the last too.
depesza_status_t depesza_found_next(depesza_found_t *found);

// Adds a row of a `find`.
depesza_status_t depesza_found_shared(depesza_found_t *found,
                                      depesza_str_t practice,
                                      uint16_t table,
                                      depesza_str_t id);

// Adds a practice of a `due`, with its earliest instant.
depesza_status_t depesza_found_practice(depesza_found_t *found,
                                        depesza_str_t practice,
                                        int64_t at_ms);

// The message at `place`, from 0, was taken: the gateway's identifiers (one, or one a part), its parts by the gateway's count or 0, and its cost in
// thousandths of the currency's unit or -1.
depesza_status_t depesza_answer_accepted(depesza_answers_t *answers,
                                         size_t place,
                                         const depesza_str_t *provider_ids,
                                         size_t provider_ids_count,
                                         uint32_t parts,
                                         int64_t cost_milli);

// The message at `place` was refused and certainly not sent. `code` is the gateway's own word, without patient data.
depesza_status_t depesza_answer_rejected(depesza_answers_t *answers,
                                         size_t place,
                                         depesza_reject_class_t reject_class,
                                         depesza_str_t code);

// The message at `place` was certainly not sent, and may go after so many milliseconds.
depesza_status_t depesza_answer_try_later(depesza_answers_t *answers,
                                          size_t place,
                                          int64_t after_ms);

// Nobody knows what became of the message at `place`; `why` is without patient data.
depesza_status_t depesza_answer_unknown(depesza_answers_t *answers,
                                        size_t place,
                                        depesza_str_t why);

// The gateway has the message: its identifiers and its state.
depesza_status_t depesza_lookup_known(depesza_lookup_t *lookup,
                                      const depesza_str_t *provider_ids,
                                      size_t provider_ids_count,
                                      depesza_delivery_state_t state);

// The gateway certainly never got the message: it may go again.
depesza_status_t depesza_lookup_not_found(depesza_lookup_t *lookup);

// What went wrong in the last call of this thread that failed. The texts are the library's, and stay until another call of this
// thread fails.
depesza_status_t depesza_last_error(depesza_error_t *error);

// Panics inside the library and answers `DEPESZA_PANIC`: what a host calls to see that its build of the library catches panics (one
// with `panic = "abort"` would end the process here).
depesza_status_t depesza_panic_check(void);

// Adds a gateway that the library brings, from a JSON object: `id`, its name for the engine that no other gateway has; `kind`; and the options of that kind,
// times in milliseconds. `smsapi` needs `token`; `smpp` needs `host`, `system_id` and `password`, and connects at once. All options stand in the README, "Gateways that the library
// brings". Refused as `bad_arguments` with the option in the error's `field`; no error quotes a value. A library that was built without gateways refuses every `kind`.
depesza_status_t depesza_engine_options_gateway_json(depesza_engine_options_t *options,
                                                     const char *json,
                                                     size_t json_len);

// Takes what came in by the connections of gateways that the library brings, at most 1,000 reports and messages of each, waiting at most `wait_ms` (0 to
// `DEPESZA_MAX_WAIT_MS`) for the first of each: call it on a thread of its own, for as long as the program runs, with a wait of seconds. What the engine could not
// store comes again. Of the kinds there are `smpp` alone has a connection; an engine without one answers at once.
depesza_status_t depesza_receive(const depesza_engine_t *engine,
                                 int64_t now_ms,
                                 uint32_t wait_ms,
                                 depesza_received_t *received);

// Takes what a provider called the host's web server with: the query of the call, or its form (`application/x-www-form-urlencoded`). `gateway` is the id of one that was
// made from JSON; of the kinds there are `smsapi` alone calls, with delivery reports and with incoming messages. Answer the call with `OK` on
// `DEPESZA_OK`, and with an error status otherwise: then it comes again. Who calls is the web server's to check.
depesza_status_t depesza_callback(const depesza_engine_t *engine,
                                  const char *gateway,
                                  size_t gateway_len,
                                  const char *form,
                                  size_t form_len,
                                  int64_t now_ms,
                                  depesza_received_t *received);

// Reads one telephone number as people type them, strictly: nothing is guessed. The policy, which may be NULL, only says which country a number
// without one belongs to.
//
// Refused with one of the codes `empty`, `withheld`, `short_code`, `too_short`, `too_long`, `malformed`, `invalid`.
depesza_status_t depesza_phone_parse(const char *text,
                                     size_t text_len,
                                     const depesza_phone_policy_t *policy,
                                     depesza_number_t *number);

// The number to send to in E.164, ended by NUL, when `text` is one that the policy allows and that takes an SMS. `e164` has room for
// `DEPESZA_E164_SIZE` bytes.
//
// Refused with a code of `depesza_phone_parse` (`missing` for `empty`), or `outside_prefixes`, or `cannot_receive_sms`.
depesza_status_t depesza_phone_recipient(const char *text,
                                         size_t text_len,
                                         const depesza_phone_policy_t *policy,
                                         char *e164);

// Whether a caller's number is withheld (`anonymous`, `Restricted`, the codes of exchanges …): 1 or 0.
depesza_status_t depesza_phone_withheld(const char *caller,
                                        size_t caller_len,
                                        uint8_t *withheld);

// Renders the message of one row, finished and counted: its values in the order of `depesza_template_fields`, no text being no value. Writes the text to
// `out` and its length to `out_len`, the cost to `segments`, which may be NULL; what stands behind the text in `out` is of no meaning. Quickest where
// `out` has 64 bytes more than the message. `DEPESZA_MISSING_VALUE` names the placeholder in the error's `field`. Allocates nothing once this thread has rendered a message as long.
depesza_status_t depesza_render_row(const depesza_template_t *compiled,
                                    const depesza_str_t *values,
                                    size_t values_count,
                                    char *out,
                                    size_t out_capacity,
                                    size_t *out_len,
                                    depesza_segments_t *segments);

// Renders the message about a patient and their visits, finished and counted; as `depesza_render_row` otherwise.
depesza_status_t depesza_render_visit(const depesza_template_t *compiled,
                                      const depesza_visit_values_t *values,
                                      char *out,
                                      size_t out_capacity,
                                      size_t *out_len,
                                      depesza_segments_t *segments);

// Renders the message about a call, finished and counted; as `depesza_render_row` otherwise.
depesza_status_t depesza_render_call(const depesza_template_t *compiled,
                                     const depesza_call_values_t *values,
                                     char *out,
                                     size_t out_capacity,
                                     size_t *out_len,
                                     depesza_segments_t *segments);

// Reads the text of an incoming message. What is not understood is `DEPESZA_ANSWER_OTHER`. `languages` are bits, 0 for Polish alone.
depesza_status_t depesza_classify(const char *text,
                                  size_t text_len,
                                  depesza_grammar_t grammar,
                                  depesza_reply_languages_t languages,
                                  depesza_reply_t *reply);

// Reads and checks a rules file from text. `name` is what faults call it. Refused as `rules_file`: the message has a line for each fault
// (`rules.toml:12:9: rules[2].delay_s: …`), and `faults` the same by `file`, `line`, `column` and `what`. A byte order mark is passed over; a file in another
// encoding than UTF-8 is refused so too.
depesza_status_t depesza_rules_load(const char *name,
                                    size_t name_len,
                                    const char *content,
                                    size_t content_len,
                                    depesza_rules_format_t format,
                                    depesza_rules_t **rules);

// Frees rules and sets the pointer to NULL.
depesza_status_t depesza_rules_free(depesza_rules_t **rules);

// Makes an account what the file says: opens it, or changes its settings, then saves, switches and orders its rules, and deletes those that the file does not have. What is
// as it should be is left alone. `user` is named in the audit trail. What was saved before a failure stays, and saving again goes on from there.
depesza_status_t depesza_rules_save(const depesza_rules_t *rules,
                                    const depesza_engine_t *engine,
                                    const char *user,
                                    size_t user_len,
                                    int64_t now_ms);

// How many rules there are.
depesza_status_t depesza_rules_count(const depesza_rules_t *rules,
                                     size_t *count);

// The account of the file as JSON (schemas/practice.json), as `open_practice` takes it. It holds the account's secret.
depesza_status_t depesza_rules_practice(const depesza_rules_t *rules,
                                        depesza_string_t *answer);

// The rule at a place of the file, from 0.
depesza_status_t depesza_rules_at(const depesza_rules_t *rules,
                                  uint32_t place,
                                  depesza_rule_t *rule);

// Finds the rules that are on and whose conditions a call meets, whatever they do then: their places in the file, in ascending order. Who may be
// written to, throttles and the end of the list after a rule that `stops` are the engine's to decide.
depesza_status_t depesza_rules_match(const depesza_rules_t *rules,
                                     const depesza_call_t *call,
                                     uint32_t *places,
                                     size_t places_capacity,
                                     size_t *places_len);

// What each rule wanted of a call and what it saw, condition by condition (schemas/call_explained.json).
depesza_status_t depesza_rules_explain(const depesza_rules_t *rules,
                                       const depesza_call_t *call,
                                       depesza_string_t *answer);

// The name of a table by its number; none for one that this release does not know. The text is for ever.
depesza_str_t depesza_table_name(uint16_t table);

// The name of an index by its number; none for one that this release does not know. The text is for ever.
depesza_str_t depesza_index_name(uint16_t index);

// Puts a host's store through all checks of what the engine relies on, each on an empty store of its own, and counts them and those that failed. `report` may be
// NULL. Not for a store with data in it. A check that fails also writes to stderr where it did.
depesza_status_t depesza_store_checks(depesza_store_open_t open,
                                      depesza_store_report_t report,
                                      void *userdata,
                                      uint32_t *ran,
                                      uint32_t *failed);

// Checks a body and makes it ready: `diacritics` and `reference_bits` say how its messages are finished and counted. Refused as `template`
// with every fault and its place; vectors/template.json shows them all.
depesza_status_t depesza_template_compile(const char *body,
                                          size_t body_len,
                                          const depesza_catalogue_t *catalogue,
                                          depesza_diacritics_t diacritics,
                                          uint32_t reference_bits,
                                          depesza_template_t **compiled);

// Frees a template and sets the pointer to NULL.
depesza_status_t depesza_template_free(depesza_template_t **compiled);

// The values of a row, each once, in the order in which `depesza_render_row` and `depesza_render_batch` take them. The texts are the template's memory.
depesza_status_t depesza_template_fields(const depesza_template_t *compiled,
                                         depesza_field_t *fields,
                                         size_t fields_capacity,
                                         size_t *fields_len);

// The placeholders of a body as a JSON array, in their order: `name`, `fallback`, `url` of a link, `at`.
depesza_status_t depesza_template_placeholders(const depesza_template_t *compiled,
                                               depesza_string_t *answer);

// Counts what a text costs, by 3GPP TS 23.038 and TS 23.040. `reference_bits` is 8 or 16, 0 for 8. Allocates nothing.
depesza_status_t depesza_segments(const char *text,
                                  size_t text_len,
                                  uint32_t reference_bits,
                                  depesza_segments_t *segments);

// Brings a text into the form in which it is sent: `diacritics` says what becomes of letters that GSM-7 does not have. Writes it to `out`
// and its length to `out_len`; what it costs to `segments`, which may be NULL. The result never takes more parts than `text`. When it does not fit,
// `out_len` is what it needs, and three times `text_len` always fits; what stands behind it in `out` is of no meaning. Quickest where `out` has
// 64 bytes more than `text_len`. Allocates nothing once this thread has worked on a text as long.
depesza_status_t depesza_finish(const char *text,
                                size_t text_len,
                                depesza_diacritics_t diacritics,
                                uint32_t reference_bits,
                                char *out,
                                size_t out_capacity,
                                size_t *out_len,
                                depesza_segments_t *segments);

// Brings a text into GSM-7 as far as it goes, whatever that costs; what has no equivalent and what is a link stays. Writes it to `out` and its length to
// `out_len`, as `depesza_finish` does. `depesza_text` has the same with choices and a report.
depesza_status_t depesza_transliterate(const char *text,
                                       size_t text_len,
                                       char *out,
                                       size_t out_capacity,
                                       size_t *out_len);

// Cuts a text into the parts of one message. Writes where each part ends, in bytes from the beginning of `text`, and the number of parts; a part begins
// where the one before ends. `options` may be NULL. Room for `DEPESZA_MAX_PARTS` ends is always enough.
//
// Refused as `too_long` above `DEPESZA_MAX_PARTS`; `ends_len` is then the number of parts.
depesza_status_t depesza_split(const char *text,
                               size_t text_len,
                               const depesza_split_options_t *options,
                               size_t *ends,
                               size_t ends_capacity,
                               size_t *ends_len);

// The rest of what is known about texts, by JSON, as vectors/README.md writes it: `operation` is `costly` (the characters that make a text
// UCS-2), `links`, `transliterate` (with `missing` and `overrides`, and a report of what was replaced) or `advice` (what each dear character
// costs). `input` is an object, `answer` to be freed by `depesza_string_free`.
depesza_status_t depesza_text(const char *operation,
                              size_t operation_len,
                              const char *input,
                              size_t input_len,
                              depesza_string_t *answer);

// `DEPESZA_ABI` of the library that is linked. A host that loads it at run time compares this with its header's first.
uint32_t depesza_abi(void);

// `DEPESZA_VERSION` of the library that is linked.
uint32_t depesza_version(void);

// The version of the library that is linked as text (`0.1.0`), ended by NUL, for ever.
const char *depesza_version_text(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* DEPESZA_H */
