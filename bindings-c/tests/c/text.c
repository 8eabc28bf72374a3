/* Text, templates, batches, replies, numbers and rules: what each answers, and where the answers stand. */
#include "check.h"
#include "layout.h"

#include <stdlib.h>

static void versions(void) {
    CHECK(depesza_abi() == DEPESZA_ABI);
    CHECK(depesza_version() == DEPESZA_VERSION);
    CHECK(DEPESZA_VERSION == DEPESZA_VERSION_MAJOR * 1000000 + DEPESZA_VERSION_MINOR * 1000 + DEPESZA_VERSION_PATCH);
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", DEPESZA_VERSION_MAJOR, DEPESZA_VERSION_MINOR, DEPESZA_VERSION_PATCH);
    CHECK(strcmp(text, depesza_version_text()) == 0);
}

static void segments(void) {
    depesza_segments_t it;
    OK(depesza_segments(T("Przypominamy o wizycie w środę o 9:30"), 0, &it));
    CHECK(it.encoding == DEPESZA_UCS2 && it.units == 37 && it.count == 1 && it.remaining == 33);
    OK(depesza_segments(T("a{"), 16, &it));
    CHECK(it.encoding == DEPESZA_GSM7 && it.units == 3 && it.remaining == 157);
    OK(depesza_segments(NULL, 0, 8, &it));
    CHECK(it.count == 1 && it.units == 0);
}

static void finish(void) {
    char out[64] = "untouched";
    size_t len = 0;
    depesza_segments_t it;
    OK(depesza_finish(T("Wizyta w środę"), DEPESZA_DIACRITICS_PLAIN, 0, out, sizeof out, &len, &it));
    CHECK(len == 14 && memcmp(out, "Wizyta w srode", 14) == 0 && it.encoding == DEPESZA_GSM7 && it.units == 14);
    OK(depesza_finish(T("Wizyta w środę"), DEPESZA_DIACRITICS_POLISH, 0, out, sizeof out, &len, NULL));
    CHECK(len == 16 && memcmp(out, "Wizyta w środę", 16) == 0);

    /* too small: the length that is needed, and nothing else */
    memset(out, '#', sizeof out);
    it.count = 77;
    FAILS(depesza_finish(T("Wizyta w środę"), DEPESZA_DIACRITICS_PLAIN, 0, out, 13, &len, &it), DEPESZA_TOO_SMALL, "too_small");
    CHECK(len == 14 && out[0] == '#' && it.count == 77);
    FAILS(depesza_finish(T("żółw"), DEPESZA_DIACRITICS_PLAIN, 0, NULL, 0, &len, NULL), DEPESZA_TOO_SMALL, "too_small");
    CHECK(len == 4);
    OK(depesza_finish(T("Wizyta w środę"), DEPESZA_DIACRITICS_PLAIN, 0, out, 14, &len, NULL));
    CHECK(out[14] == '#');

    OK(depesza_transliterate(T("„Łódź” – 5 °C"), out, sizeof out, &len));
    CHECK(len > 0 && memcmp(out, "\"Lodz\" - 5", 10) == 0);

    /* an embedded NUL is a character like any other */
    OK(depesza_finish("a\0b", 3, DEPESZA_DIACRITICS_POLISH, 0, out, sizeof out, &len, &it));
    CHECK(len == 3 && memcmp(out, "a\0b", 3) == 0);
}

static void split(void) {
    char text[400];
    memset(text, 'a', sizeof text);
    size_t ends[DEPESZA_MAX_PARTS], count = 0;
    OK(depesza_split(text, 160, NULL, ends, DEPESZA_MAX_PARTS, &count));
    CHECK(count == 1 && ends[0] == 160);
    OK(depesza_split(text, 400, NULL, ends, DEPESZA_MAX_PARTS, &count));
    CHECK(count == 3 && ends[0] == 153 && ends[1] == 306 && ends[2] == 400);
    depesza_split_options_t options = {16, 1, 1};
    OK(depesza_split(text, 400, &options, ends, DEPESZA_MAX_PARTS, &count));
    CHECK(count == 3 && ends[0] == 152);
    FAILS(depesza_split(text, 400, NULL, ends, 2, &count), DEPESZA_TOO_SMALL, "too_small");
    CHECK(count == 3);

    size_t long_len = 153 * 255 + 1;
    char *long_text = malloc(long_len);
    memset(long_text, 'a', long_len);
    FAILS(depesza_split(long_text, long_len, NULL, ends, DEPESZA_MAX_PARTS, &count), DEPESZA_REFUSED, "too_long");
    CHECK(count == 256);
    free(long_text);
}

static void by_json(void) {
    depesza_string_t answer = {NULL, 0};
    OK(depesza_text(T("links"), T("{\"text\": \"Zob. https://k.pl/a.\"}"), &answer));
    CHECK(strcmp(answer.data, "{\"links\":[\"https://k.pl/a\"]}") == 0 && answer.len == strlen(answer.data));
    OK(depesza_string_free(&answer));
    CHECK(answer.data == NULL && answer.len == 0);
    OK(depesza_string_free(&answer));
    FAILS(depesza_text(T("links"), T("{\"text\": 3}"), &answer), DEPESZA_BAD_VALUE, "bad_json");
    FAILS(depesza_text(T("rhymes"), T("{\"text\": \"a\"}"), &answer), DEPESZA_BAD_VALUE, "bad_value");
}

static depesza_template_t *compiled(depesza_subject_t subject, const char *body) {
    depesza_catalogue_t *catalogue = NULL;
    depesza_template_t *made = NULL;
    OK(depesza_catalogue_new(subject, &catalogue));
    OK(depesza_catalogue_add_link(catalogue, T("ankieta"), T("https://e.pl/a")));
    OK(depesza_template_compile(body, strlen(body), catalogue, DEPESZA_DIACRITICS_PLAIN, 8, &made));
    OK(depesza_catalogue_free(&catalogue));
    CHECK(catalogue == NULL);
    return made;
}

static void rows(void) {
    depesza_template_t *made = compiled(DEPESZA_SUBJECT_VISITS, "Dzień dobry (imie), czekamy (data:slownie|jutro).");
    depesza_field_t fields[4];
    size_t count = 0;
    OK(depesza_template_fields(made, fields, 4, &count));
    CHECK(count == 2 && is(fields[0].name, "imie") && is(fields[0].format, ""));
    CHECK(is(fields[1].name, "data") && is(fields[1].format, "slownie"));

    char out[100];
    size_t len;
    depesza_segments_t cost;
    depesza_str_t row[2] = {s("Łucja"), s(NULL)};
    OK(depesza_render_row(made, row, 2, out, sizeof out, &len, &cost));
    CHECK(len == 33 && memcmp(out, "Dzien dobry Lucja, czekamy jutro.", 33) == 0);
    CHECK(cost.count == 1 && cost.encoding == DEPESZA_GSM7);
    row[0] = s("");
    FAILS(depesza_render_row(made, row, 2, out, sizeof out, &len, &cost), DEPESZA_MISSING_VALUE, "missing_value");
    depesza_error_t error;
    OK(depesza_last_error(&error));
    CHECK(is(error.field, "imie"));
    FAILS(depesza_render_row(made, row, 1, out, sizeof out, &len, &cost), DEPESZA_BAD_VALUE, "bad_value");
    OK(depesza_template_free(&made));
}

static void batches(void) {
    depesza_template_t *made = compiled(DEPESZA_SUBJECT_VISITS, "(imie): (data), (lekarz|gabinet), (adres|-)");
    depesza_str_t names[3] = {s("Żaneta"), s(""), s("Jan")};
    const char days[] = "21.11.202622.11.202623.11.2026";
    int32_t ends[4] = {0, 10, 20, 30};
    int64_t none[4] = {0, 0, 0, 0};
    depesza_column_t columns[4] = {
        {DEPESZA_COLUMN_TEXTS, 3, names, s(NULL), NULL, NULL},
        {DEPESZA_COLUMN_UTF8, 3, NULL, s(days), ends, NULL},
        {DEPESZA_COLUMN_SAME, 0, NULL, s("dr Nowak"), NULL, NULL},
        {DEPESZA_COLUMN_LARGE_UTF8, 3, NULL, s(""), NULL, none},
    };
    depesza_batch_t *batch = NULL;
    OK(depesza_batch_new(&batch));
    for (int again = 0; again < 2; again++) {
        OK(depesza_render_batch(made, 3, columns, 4, batch));
        depesza_batch_view_t view;
        OK(depesza_batch_view(batch, &view));
        CHECK(view.count == 3 && view.missing_count == 1 && view.ends[2] == view.text.len && view.parts[1] == 0);
        depesza_message_t message;
        OK(depesza_batch_message(batch, 0, &message));
        CHECK(is(message.text, "Zaneta: 21.11.2026, dr Nowak, -") && message.parts == 1 && message.missing.data == NULL);
        OK(depesza_batch_message(batch, 1, &message));
        CHECK(message.text.data == NULL && is(message.missing, "imie"));
        FAILS(depesza_batch_message(batch, 3, &message), DEPESZA_BAD_VALUE, "bad_value");
    }
    columns[1].count = 2;
    FAILS(depesza_render_batch(made, 3, columns, 4, batch), DEPESZA_REFUSED, "columns");
    FAILS(depesza_render_batch(made, 3, columns, 3, batch), DEPESZA_REFUSED, "columns");
    OK(depesza_batch_free(&batch));
    OK(depesza_template_free(&made));
}

static void values(void) {
    char out[200];
    size_t len;
    depesza_segments_t cost;
    depesza_template_t *made = compiled(DEPESZA_SUBJECT_CALLS, "(numer) o (godzina), (czas_rozmowy|brak rozmowy) (ankieta)");
    depesza_call_values_t call;
    memset(&call, 0, sizeof call);
    call.number = s("501 234 567");
    call.start.year = 2026, call.start.month = 11, call.start.day = 16, call.start.hour = 9, call.start.minute = 5;
    OK(depesza_render_call(made, &call, out, sizeof out, &len, &cost));
    CHECK(strcmp((out[len] = 0, out), "501 234 567 o 09:05, brak rozmowy https://e.pl/a") == 0);
    call.answered = 1, call.talk_s = 185;
    OK(depesza_render_call(made, &call, out, sizeof out, &len, &cost));
    CHECK(len > 0 && strstr((out[len] = 0, out), "3:05 https://e.pl/a") != NULL);
    call.start.month = 13;
    FAILS(depesza_render_call(made, &call, out, sizeof out, &len, &cost), DEPESZA_BAD_VALUE, "bad_value");
    OK(depesza_template_free(&made));

    depesza_catalogue_t *catalogue = NULL;
    OK(depesza_catalogue_new(DEPESZA_SUBJECT_VISITS, &catalogue));
    depesza_template_t *faulty = (depesza_template_t *)out;
    FAILS(depesza_template_compile(T("Witaj (imei)!"), catalogue, 0, 0, &faulty), DEPESZA_REFUSED, "template");
    CHECK(faulty == (depesza_template_t *)out);
    depesza_error_t error;
    OK(depesza_last_error(&error));
    CHECK(error.faults.data != NULL && strstr(error.faults.data, "unknown_placeholder") != NULL);
    FAILS(depesza_catalogue_add_link(catalogue, T("imie"), T("https://e.pl")), DEPESZA_REFUSED, "marker");
    OK(depesza_catalogue_free(&catalogue));
}

static void replies_and_numbers(void) {
    depesza_reply_t reply;
    OK(depesza_classify(T(" Tak "), DEPESZA_GRAMMAR_STRICT, 0, &reply));
    CHECK(reply.answer == DEPESZA_ANSWER_YES && reply.opt_out == DEPESZA_OPT_OUT_ABSENT);
    OK(depesza_classify(T("STOP"), DEPESZA_GRAMMAR_TOLERANT, DEPESZA_REPLY_UKRAINIAN, &reply));
    CHECK(reply.answer == DEPESZA_ANSWER_OTHER && reply.opt_out == DEPESZA_OPT_OUT_ALONE);
    FAILS(depesza_classify(T("TAK"), 0, 8, &reply), DEPESZA_BAD_VALUE, "bad_value");

    depesza_number_t number;
    OK(depesza_phone_parse(T("501 234 567"), NULL, &number));
    CHECK(strcmp(number.e164, "+48501234567") == 0 && number.calling_code == 48 && number.kind == DEPESZA_NUMBER_MOBILE);
    FAILS(depesza_phone_parse(T("50123456"), NULL, &number), DEPESZA_REFUSED, "too_short");
    char e164[DEPESZA_E164_SIZE];
    FAILS(depesza_phone_recipient(T("22 123 45 67"), NULL, e164), DEPESZA_REFUSED, "cannot_receive_sms");
    FAILS(depesza_phone_recipient(T("+380 67 123 4567"), NULL, e164), DEPESZA_REFUSED, "outside_prefixes");
    depesza_str_t more[1] = {s("+380")};
    depesza_phone_policy_t policy = {s(NULL), more, 1};
    OK(depesza_phone_recipient(T("+380 67 123 4567"), &policy, e164));
    CHECK(strcmp(e164, "+380671234567") == 0);
    uint8_t withheld = 9;
    OK(depesza_phone_withheld(T("anonymous"), &withheld));
    CHECK(withheld == 1);
}

static const char RULES[] =
    "[practice]\nid = \"lipowa\"\nname = \"Centrum Lipowa\"\nsecret = \"0123456789abcdef\"\n"
    "[settings.calls.service]\nactive = true\n"
    "[[rules]]\nid = \"missed\"\nname = \"Nieodebrane\"\nbody = \"Oddzwonimy.\"\ndelay_s = 60\n"
    "when = { statuses = [\"no_answer\"] }\n"
    "[[rules]]\nid = \"busy\"\nname = \"Zajęte\"\nbody = \"Zajęte, (numer|?)\"\nafter_match = \"stop\"\n"
    "when = { statuses = [\"busy\"] }\nstate = \"off\"\n"
    "[[rules]]\nid = \"late\"\nname = \"Długo\"\nbody = \"Długo.\"\nwhen = { statuses = [\"no_answer\"], from_s = 20 }\n";

static void rules(void) {
    depesza_rules_t *rules = NULL;
    OK(depesza_rules_load(T("rules.toml"), RULES, sizeof RULES - 1, DEPESZA_RULES_TOML, &rules));
    size_t count = 0;
    OK(depesza_rules_count(rules, &count));
    CHECK(count == 3);
    depesza_rule_t rule;
    OK(depesza_rules_at(rules, 1, &rule));
    CHECK(is(rule.id, "busy") && rule.on == 0 && rule.stops == 1 && rule.sender.data == NULL);
    FAILS(depesza_rules_at(rules, 3, &rule), DEPESZA_BAD_VALUE, "bad_value");

    depesza_call_t call;
    memset(&call, 0, sizeof call);
    call.system = s("pbx");
    call.id = s("1");
    call.status = DEPESZA_CALL_NO_ANSWER;
    call.caller = s("501234567");
    call.called = s("221234501");
    call.started_at_ms = 1795424400000, call.ended_at_ms = 1795424430000, call.ring_s = 30;
    uint32_t places[8];
    OK(depesza_rules_match(rules, &call, places, 8, &count));
    CHECK(count == 2 && places[0] == 0 && places[1] == 2);
    call.ring_s = 5;
    OK(depesza_rules_match(rules, &call, places, 8, &count));
    CHECK(count == 1 && places[0] == 0);
    depesza_string_t why = {NULL, 0};
    OK(depesza_rules_explain(rules, &call, &why));
    CHECK(strstr(why.data, "\"rule\":\"late\"") != NULL && strstr(why.data, "\"saw\":\"5 s\"") != NULL);
    OK(depesza_string_free(&why));
    OK(depesza_rules_practice(rules, &why));
    CHECK(strstr(why.data, "\"id\":\"lipowa\"") != NULL);
    OK(depesza_string_free(&why));
    OK(depesza_rules_free(&rules));

    FAILS(depesza_rules_load(T("r.toml"), T("[practice]\nid = 3\n"), DEPESZA_RULES_TOML, &rules), DEPESZA_REFUSED, "rules_file");
    depesza_error_t error;
    OK(depesza_last_error(&error));
    CHECK(error.message.len > 10 && memcmp(error.message.data, "r.toml:1: ", 10) == 0 && error.faults.len > 2);
    FAILS(depesza_rules_load(T("r.json"), T("{\"rules\": nil}"), DEPESZA_RULES_JSON, &rules), DEPESZA_REFUSED, "rules_file");
    CHECK(rules == NULL);

    /* as editors on Windows save it: with a byte order mark, or in another encoding */
#define BOM "\xef\xbb\xbf"
    OK(depesza_rules_load(T("r.toml"),
                          T(BOM "practice = {id = \"a\", name = \"A\", secret = \"0123456789abcdef\"}\n"
                                "rules = [{id = \"m\", name = \"M\", body = \"B.\", when = {statuses = [\"no_answer\"]}}]\n"),
                          DEPESZA_RULES_TOML, &rules));
    OK(depesza_rules_free(&rules));
    OK(depesza_rules_load(T("r.json"),
                          T(BOM "{\"practice\": {\"id\": \"a\", \"name\": \"A\", \"secret\": \"0123456789abcdef\"},"
                                " \"rules\": [{\"id\": \"m\", \"name\": \"M\", \"body\": \"B.\", \"when\": {\"statuses\": [\"no_answer\"]}}]}"),
                          DEPESZA_RULES_JSON, &rules));
    OK(depesza_rules_free(&rules));
    FAILS(depesza_rules_load(T("r.json"), T("{\"practice\": {\"name\": \"Za\xbf\"}}"), DEPESZA_RULES_JSON, &rules), DEPESZA_REFUSED, "rules_file");
    OK(depesza_last_error(&error));
    CHECK(error.message.len > 10 && memcmp(error.message.data, "r.json:1: ", 10) == 0);
}

int main(void) {
    RUN(versions);
    RUN(segments);
    RUN(finish);
    RUN(split);
    RUN(by_json);
    RUN(rows);
    RUN(batches);
    RUN(values);
    RUN(replies_and_numbers);
    RUN(rules);
    return report();
}
