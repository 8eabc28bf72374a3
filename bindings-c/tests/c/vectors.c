/* Every case of vectors/, by its id. The directory is the first argument; ran == count is checked for each file. */
#include "check.h"

#include <jansson.h>
#include <stdlib.h>

static int ran_in_file;

static json_t *get(const json_t *of, const char *name) { return json_object_get(of, name); }

/* A name, without any NUL. */
static const char *str(const json_t *of, const char *name) {
    const char *it = json_string_value(get(of, name));
    return it ? it : "";
}

/* A text, which may have any character; none where it is missing. */
static depesza_str_t txt(const json_t *it) {
    depesza_str_t text = {json_string_value(it), json_string_length(it)};
    return text;
}

static depesza_str_t txt_of(const json_t *of, const char *name) { return txt(get(of, name)); }

static uint32_t num(const json_t *of, const char *name, uint32_t otherwise) {
    const json_t *it = get(of, name);
    return json_is_integer(it) ? (uint32_t)json_integer_value(it) : otherwise;
}

/* A text in full, or in pieces: strings, and strings that are repeated. */
static char *full(const json_t *text, size_t *len) {
    depesza_str_t whole = txt(text);
    char *made = malloc(whole.len + 1);
    *len = whole.len;
    if (json_is_string(text)) {
        memcpy(made, whole.data, whole.len);
        return made;
    }
    size_t place;
    json_t *piece;
    json_array_foreach(text, place, piece) {
        depesza_str_t once = json_is_string(piece) ? txt(piece) : txt_of(piece, "repeat");
        uint32_t times = json_is_string(piece) ? 1 : num(piece, "times", 0);
        made = realloc(made, *len + once.len * times + 1);
        for (uint32_t i = 0; i < times; i++) {
            memcpy(made + *len, once.data, once.len);
            *len += once.len;
        }
    }
    return made;
}

static json_t *wire(const depesza_segments_t *of) {
    json_t *it = json_object();
    json_object_set_new(it, "encoding", json_string(of->encoding == DEPESZA_GSM7 ? "GSM-7" : "UCS-2"));
    json_object_set_new(it, "units", json_integer((json_int_t)of->units));
    json_object_set_new(it, "count", json_integer((json_int_t)of->count));
    json_object_set_new(it, "remaining", json_integer((json_int_t)of->remaining));
    return it;
}

static json_t *text_of(const char *data, size_t len) { return json_stringn(data ? data : "", len); }

static json_t *read_json(const char *data, size_t len) {
    return json_loadb(data, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

static json_t *parsed(depesza_string_t *answer) {
    json_t *it = read_json(answer->data, answer->len);
    OK(depesza_string_free(answer));
    return it;
}

/* What the error says, as the vectors write it: its faults, or its code. */
static json_t *refusal(void) {
    depesza_error_t error;
    OK(depesza_last_error(&error));
    if (error.status == DEPESZA_MISSING_VALUE) {
        json_t *list = json_array(), *one = json_object();
        json_object_set_new(one, "code", json_string("missing_value"));
        json_object_set_new(one, "placeholder", text_of(error.field.data, error.field.len));
        json_array_append_new(list, one);
        return list;
    }
    if (error.faults.data) {
        return read_json(error.faults.data, error.faults.len);
    }
    return text_of(error.code.data, error.code.len);
}

/* Whether an answer is the expected one; `whole` compares every key, else only those that are expected. */
static int matches(const json_t *expected, const json_t *got, int whole) {
    if (json_is_array(expected) && json_is_string(got)) {
        size_t len;
        char *text = full(expected, &len);
        int same = len == json_string_length(got) && memcmp(text, json_string_value(got), len) == 0;
        free(text);
        return same;
    }
    if (json_is_object(expected) && json_is_object(got)) {
        const char *key;
        json_t *it;
        json_object_foreach((json_t *)expected, key, it) {
            const json_t *other = get(got, key);
            if (!other || !matches(it, other, whole)) {
                return 0;
            }
        }
        return !whole || json_object_size(expected) == json_object_size(got);
    }
    if (json_is_array(expected) && json_is_array(got)) {
        if (json_array_size(expected) != json_array_size(got)) {
            return 0;
        }
        for (size_t i = 0; i < json_array_size(expected); i++) {
            if (!matches(json_array_get(expected, i), json_array_get(got, i), whole)) {
                return 0;
            }
        }
        return 1;
    }
    return json_equal(expected, got);
}

static depesza_diacritics_t diacritics(const json_t *input) {
    const char *name = str(input, "diacritics");
    return strcmp(name, "polish") == 0      ? DEPESZA_DIACRITICS_POLISH
           : strcmp(name, "when_free") == 0 ? DEPESZA_DIACRITICS_WHEN_FREE
                                            : DEPESZA_DIACRITICS_PLAIN;
}

/* Calls with a buffer that is just large enough, asked for first. */
#define FILLED(out, len, call)                                                                                          \
    do {                                                                                                                \
        char *out = NULL;                                                                                               \
        size_t room = 0;                                                                                                \
        if ((status = (call)) == DEPESZA_TOO_SMALL) {                                                                   \
            room = len;                                                                                                 \
            out = malloc(room);                                                                                         \
            status = (call);                                                                                            \
        }                                                                                                               \
        filled = status == DEPESZA_OK ? text_of(out ? out : "", len) : NULL;                                            \
        free(out);                                                                                                      \
    } while (0)

static depesza_status_t text_case(const char *operation, const json_t *input, json_t **answer) {
    size_t text_len, len = 0;
    char *text = full(get(input, "text"), &text_len);
    uint32_t bits = num(input, "reference_bits", 0);
    depesza_status_t status;
    depesza_segments_t cost;
    json_t *filled;
    if (strcmp(operation, "segments") == 0) {
        status = depesza_segments(text, text_len, bits, &cost);
        *answer = status == DEPESZA_OK ? wire(&cost) : NULL;
    } else if (strcmp(operation, "finish") == 0) {
        FILLED(out, len, depesza_finish(text, text_len, diacritics(input), bits, out, room, &len, &cost));
        *answer = json_object();
        json_object_set_new(*answer, "text", filled);
        json_object_set_new(*answer, "segments", wire(&cost));
    } else if (strcmp(operation, "split") == 0) {
        const json_t *told = get(input, "options");
        depesza_split_options_t options = {num(told, "reference_bits", 0), strcmp(str(told, "clusters"), "keep") == 0,
                                           strcmp(str(told, "links"), "keep") == 0};
        size_t ends[DEPESZA_MAX_PARTS], start = 0;
        status = depesza_split(text, text_len, &options, ends, DEPESZA_MAX_PARTS, &len);
        *answer = json_object();
        if (status == DEPESZA_OK) {
            json_t *parts = json_array();
            json_object_set_new(*answer, "parts", parts);
            for (size_t i = 0; i < len; i++) {
                json_array_append_new(parts, text_of(text + start, ends[i] - start));
                start = ends[i];
            }
        } else {
            depesza_error_t error;
            OK(depesza_last_error(&error));
            json_object_set_new(*answer, "code", text_of(error.code.data, error.code.len));
            json_object_set_new(*answer, "parts", json_integer((json_int_t)(double)len));
        }
    } else {
        json_t *whole = json_copy((json_t *)input);
        json_object_set_new(whole, "text", text_of(text, text_len));
        char *json = json_dumps(whole, JSON_COMPACT);
        depesza_string_t got = {NULL, 0};
        status = depesza_text(operation, strlen(operation), json, strlen(json), &got);
        if (status == DEPESZA_OK) {
            *answer = parsed(&got);
        } else {
            json_t *faults = refusal();
            *answer = json_incref(json_array_get(faults, 0));
            json_decref(faults);
        }
        if (status == DEPESZA_OK && strcmp(operation, "transliterate") == 0 && !get(input, "missing") && !get(input, "overrides")) {
            /* the short form gives the same text */
            depesza_status_t long_form = status;
            FILLED(out, len, depesza_transliterate(text, text_len, out, room, &len));
            CHECK(status == long_form && json_equal(filled, get(*answer, "text")));
            json_decref(filled);
        }
        free(json);
        json_decref(whole);
    }
    free(text);
    return status;
}

static depesza_status_t phone_case(const json_t *input, json_t **answer) {
    depesza_str_t text = txt_of(input, "text");
    const char *operation = str(input, "op");
    depesza_phone_policy_t policy;
    memset(&policy, 0, sizeof policy);
    depesza_str_t prefixes[16];
    const json_t *told = get(input, "policy");
    size_t place;
    json_t *prefix;
    if (told && get(told, "default_prefix")) {
        policy.default_prefix = txt_of(told, "default_prefix");
    }
    json_array_foreach(get(told, "allowed_prefixes"), place, prefix) {
        prefixes[policy.allowed_prefixes_count++] = txt(prefix);
    }
    policy.allowed_prefixes = prefixes;
    depesza_status_t status;
    if (strcmp(operation, "withheld") == 0) {
        uint8_t withheld = 0;
        status = depesza_phone_withheld(text.data, text.len, &withheld);
        *answer = json_boolean(withheld);
    } else if (strcmp(operation, "parse") == 0) {
        static const char *kinds[] = {"unknown",     "mobile",   "landline", "mobile_or_landline", "voip",  "premium", "toll_free",
                                      "shared_cost", "personal", "pager",    "universal_access",   "voicemail"};
        depesza_number_t number;
        status = depesza_phone_parse(text.data, text.len, told ? &policy : NULL, &number);
        if (status == DEPESZA_OK) {
            *answer = json_object();
            json_object_set_new(*answer, "e164", json_string(number.e164));
            json_object_set_new(*answer, "calling_code", json_integer((json_int_t)number.calling_code));
            json_object_set_new(*answer, "kind", json_string(kinds[number.kind]));
        } else {
            *answer = refusal();
        }
    } else {
        char e164[DEPESZA_E164_SIZE];
        status = depesza_phone_recipient(text.data, text.len, told ? &policy : NULL, e164);
        if (status == DEPESZA_OK) {
            *answer = json_object();
            json_object_set_new(*answer, "e164", json_string(e164));
        } else {
            json_t *faults = refusal();
            *answer = json_incref(json_array_get(faults, 0));
            json_decref(faults);
        }
    }
    return status;
}

static depesza_status_t reply_case(const json_t *input, json_t **answer) {
    static const char *answers[] = {"other", "yes", "no"}, *opt_outs[] = {"absent", "alone", "mentioned"};
    const json_t *policy = get(input, "policy");
    size_t place;
    json_t *language;
    depesza_str_t text = txt_of(input, "text");
    depesza_reply_languages_t languages = 0;
    json_array_foreach(get(policy, "languages"), place, language) {
        languages |= strcmp(json_string_value(language), "ukrainian") == 0 ? DEPESZA_REPLY_UKRAINIAN : 0;
    }
    depesza_grammar_t grammar =
        strcmp(str(policy, "grammar"), "tolerant") == 0 ? DEPESZA_GRAMMAR_TOLERANT : DEPESZA_GRAMMAR_STRICT;
    depesza_reply_t reply = {0, 0};
    depesza_status_t status = depesza_classify(text.data, text.len, grammar, languages, &reply);
    *answer = json_object();
    json_object_set_new(*answer, "reply", json_string(answers[reply.answer]));
    json_object_set_new(*answer, "opt_out", json_string(opt_outs[reply.opt_out]));
    return status;
}

static depesza_local_time_t local(const char *text) {
    depesza_local_time_t at;
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    memset(&at, 0, sizeof at);
    if (sscanf(text, "%4u-%2u-%2uT%2u:%2u:%2u", &year, &month, &day, &hour, &minute, &second) >= 5) {
        at.year = (uint16_t)year, at.month = (uint8_t)month, at.day = (uint8_t)day;
        at.hour = (uint8_t)hour, at.minute = (uint8_t)minute, at.second = (uint8_t)second;
    }
    return at;
}

/* Values of the host's placeholders, each at its place in the catalogue. */
static size_t extras(const depesza_catalogue_t *catalogue, const json_t *input, depesza_str_t *extra) {
    size_t count = json_array_size(get(input, "custom")), place;
    const char *name;
    json_t *value;
    memset(extra, 0, count * sizeof *extra);
    json_object_foreach(get(get(input, "values"), "extra"), name, value) {
        /* what names no placeholder is no value of one */
        if (depesza_catalogue_find(catalogue, name, strlen(name), &place) == DEPESZA_OK) {
            extra[place] = txt(value);
        }
    }
    return count;
}

static depesza_status_t rendered(const depesza_template_t *made, const json_t *input, const depesza_str_t *extra,
                                 size_t extra_count, depesza_segments_t *cost, json_t **text) {
    const json_t *values = get(input, "values");
    size_t place, len = 0;
    json_t *it;
    depesza_language_t language = strcmp(str(input, "language"), "en") == 0 ? DEPESZA_LANGUAGE_EN : DEPESZA_LANGUAGE_PL;
    depesza_status_t status;
    json_t *filled;
    if (strcmp(str(input, "subject"), "calls") == 0) {
        depesza_call_values_t call;
        memset(&call, 0, sizeof call);
        call.language = language;
        call.number = txt_of(values, "number");
        call.dialled_number = txt_of(values, "dialled_number");
        call.start = local(str(values, "start"));
        call.answered = get(values, "talk_s") != NULL;
        call.talk_s = num(values, "talk_s", 0);
        call.extra = extra;
        call.extra_count = extra_count;
        FILLED(out, len, depesza_render_call(made, &call, out, room, &len, cost));
    } else {
        depesza_visit_detail_t visits[32];
        depesza_visit_values_t visit;
        memset(&visit, 0, sizeof visit);
        json_array_foreach(get(values, "visits"), place, it) {
            depesza_visit_detail_t one = {local(str(it, "start")), txt_of(it, "doctor"), txt_of(it, "room")};
            visits[visit.visits_count++] = one;
        }
        visit.language = language;
        visit.first_name = txt_of(values, "first_name");
        visit.first_name_vocative = txt_of(values, "first_name_vocative");
        visit.last_name = txt_of(values, "last_name");
        visit.visits = visits;
        visit.practice = txt_of(values, "practice");
        visit.address = txt_of(values, "address");
        visit.phone = txt_of(values, "phone");
        visit.extra = extra;
        visit.extra_count = extra_count;
        FILLED(out, len, depesza_render_visit(made, &visit, out, room, &len, cost));
    }
    *text = filled;
    return status;
}

static depesza_status_t add_link(depesza_catalogue_t *to, const json_t *link) {
    depesza_str_t name = txt_of(link, "name"), url = txt_of(link, "url");
    return depesza_catalogue_add_link(to, name.data, name.len, url.data, url.len);
}

static depesza_status_t template_case(const char *operation, const json_t *input, json_t **answer) {
    const char *subject = str(input, "subject");
    depesza_str_t body = txt_of(input, "body"), extra[16];
    size_t place;
    depesza_catalogue_t *catalogue = NULL;
    OK(depesza_catalogue_new(strcmp(subject, "calls") == 0    ? DEPESZA_SUBJECT_CALLS
                             : strcmp(subject, "people") == 0 ? DEPESZA_SUBJECT_PEOPLE
                                                              : DEPESZA_SUBJECT_VISITS,
                             &catalogue));
    json_t *it;
    json_array_foreach(get(input, "custom"), place, it) {
        const json_t *description = get(it, "description");
        depesza_placeholder_t custom = {txt_of(it, "name"), txt_of(description, "pl"), txt_of(description, "en"),
                                        txt_of(it, "sample")};
        OK(depesza_catalogue_add_placeholder(catalogue, &custom));
    }
    json_array_foreach(get(input, "links"), place, it) {
        OK(add_link(catalogue, it));
    }
    depesza_status_t status;
    if (strcmp(operation, "link") == 0) {
        it = get(input, "link");
        status = add_link(catalogue, it);
        *answer = status == DEPESZA_OK ? json_object() : refusal();
        OK(depesza_catalogue_free(&catalogue));
        return status;
    }
    int finishes = strcmp(operation, "finish") == 0;
    depesza_template_t *made = NULL;
    /* what is only rendered is finished with its letters as they are */
    status = depesza_template_compile(body.data, body.len, catalogue, finishes ? diacritics(input) : DEPESZA_DIACRITICS_POLISH,
                                      num(input, "reference_bits", 0), &made);
    size_t extra_count = extras(catalogue, input, extra);
    OK(depesza_catalogue_free(&catalogue));
    if (status != DEPESZA_OK) {
        *answer = refusal();
        return status;
    }
    if (strcmp(operation, "compile") == 0) {
        depesza_string_t got = {NULL, 0};
        status = depesza_template_placeholders(made, &got);
        *answer = json_object();
        json_object_set_new(*answer, "placeholders", parsed(&got));
    } else {
        depesza_segments_t cost;
        json_t *text = NULL;
        status = rendered(made, input, extra, extra_count, &cost, &text);
        if (status == DEPESZA_OK) {
            *answer = json_object();
            json_object_set_new(*answer, "text", text);
            if (finishes) {
                json_object_set_new(*answer, "segments", wire(&cost));
            }
        } else {
            *answer = refusal();
        }
    }
    OK(depesza_template_free(&made));
    return status;
}

static void run_case(const char *room, const json_t *it) {
    const json_t *input = get(it, "input"), *expect = get(it, "expect"), *error = get(it, "error");
    const char *operation = str(it, "operation");
    json_t *answer = NULL;
    depesza_status_t status = strcmp(room, "phone") == 0      ? phone_case(input, &answer)
                              : strcmp(room, "reply") == 0    ? reply_case(input, &answer)
                              : strcmp(room, "template") == 0 ? template_case(operation, input, &answer)
                                                              : text_case(operation, input, &answer);
    int holds = (status == DEPESZA_OK) == (expect != NULL) && (expect != NULL) != (error != NULL) && answer &&
                matches(expect ? expect : error, answer, strcmp(room, "text") != 0);
    if (!holds) {
        char *got = json_dumps(answer, JSON_COMPACT | JSON_ENCODE_ANY);
        fprintf(stderr, "%s: %s (%s): status %u, got %s\n", room, str(it, "id"), str(it, "why"), (unsigned)status, got);
        free(got);
        checks_failed++;
    }
    json_decref(answer);
    ran_in_file++;
}

static const char *directory;

static void run_file(const char *room) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s.json", directory, room);
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    if (!file) {
        return;
    }
    CHECK(fseek(file, 0, SEEK_END) == 0);
    size_t len = (size_t)ftell(file);
    rewind(file);
    char *content = malloc(len + 1);
    CHECK(fread(content, 1, len, file) == len);
    content[len] = 0;
    fclose(file);
    json_t *all = read_json(content, len);
    CHECK(all != NULL);
    ran_in_file = 0;
    size_t place;
    json_t *it;
    json_array_foreach(get(all, "cases"), place, it) {
        run_case(room, it);
    }
    CHECK(ran_in_file > 0 && (uint32_t)ran_in_file == num(all, "count", 0));
    printf("      %s: %d cases\n", room, ran_in_file);
    json_decref(all);
    free(content);
}

static void text(void) { run_file("text"); }
static void templates(void) { run_file("template"); }
static void phone(void) { run_file("phone"); }
static void reply(void) { run_file("reply"); }

int main(int count, char **arguments) {
    directory = count > 1 ? arguments[1] : "vectors";
    RUN(text);
    RUN(templates);
    RUN(phone);
    RUN(reply);
    return report();
}
