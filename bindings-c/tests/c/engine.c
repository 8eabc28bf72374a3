/* The engine from C: facts, dispatch, events; a store and a gateway of the host's; callbacks that fail; eight threads. */
#include "check.h"
#include "memory_store.h"
#include "practice.h"

#include <pthread.h>
#include <stdlib.h>

/* A gateway that keeps what it took, or fails as it is told to. */
typedef struct {
    pthread_mutex_t lock;
    int taken;
    char body[512];
    char reference[64];
    enum { TAKES, SILENT, FAILS_ALL, CALLS_WHAT_PANICS, NONSENSE, REJECTS } does;
    int freed;
} phone_company;

static depesza_status_t on_submit(void *userdata, const depesza_submission_t *batch, size_t count,
                                  depesza_answers_t *answers) {
    phone_company *company = userdata;
    depesza_status_t status = DEPESZA_OK;
    pthread_mutex_lock(&company->lock);
    for (size_t i = 0; i < count; i++) {
        snprintf(company->body, sizeof company->body, "%.*s", (int)batch[i].body.len, batch[i].body.data);
        snprintf(company->reference, sizeof company->reference, "%.*s", (int)batch[i].reference.len, batch[i].reference.data);
        depesza_str_t id = {company->reference, strlen(company->reference)};
        switch (company->does) {
        case TAKES:
            status = depesza_answer_accepted(answers, i, &id, 1, batch[i].parts, -1);
            company->taken++;
            break;
        case SILENT:
            break;
        case FAILS_ALL:
            status = DEPESZA_UNAVAILABLE;
            break;
        case CALLS_WHAT_PANICS:
            /* a panic in a call of the library's that a callback makes; callbacks that panic themselves are in tests/callbacks.rs */
            status = depesza_panic_check();
            break;
        case NONSENSE:
            CHECK(depesza_answer_accepted(answers, count, &id, 1, 1, 0) == DEPESZA_BAD_VALUE);
            CHECK(depesza_answer_rejected(answers, i, 99, s("x")) == DEPESZA_BAD_VALUE);
            CHECK(depesza_answer_try_later((depesza_answers_t *)company, i, 1) != DEPESZA_OK);
            break;
        case REJECTS:
            status = depesza_answer_rejected(answers, i, DEPESZA_REJECT_RECIPIENT_INVALID, s("13"));
            break;
        }
    }
    pthread_mutex_unlock(&company->lock);
    return status;
}

static depesza_status_t on_balance(void *userdata, int64_t *balance_milli) {
    (void)userdata;
    *balance_milli = 12345;
    return DEPESZA_OK;
}

static void on_free(void *userdata) { ((phone_company *)userdata)->freed++; }

static depesza_gateway_table_t gateway_table(void) {
    depesza_gateway_table_t table;
    memset(&table, 0, sizeof table);
    table.size = sizeof table;
    table.submit = on_submit;
    table.balance = on_balance;
    table.free = on_free;
    return table;
}

static const depesza_capabilities_t PLAIN = {DEPESZA_REFERENCE_NONE, 0, 10, 1};

static depesza_engine_t *opened(phone_company *company, int with_store_of_c) {
    depesza_engine_options_t *options = NULL;
    depesza_engine_t *engine = NULL;
    depesza_gateway_table_t table = gateway_table();
    memset(company, 0, sizeof *company);
    pthread_mutex_init(&company->lock, NULL);
    OK(depesza_engine_options_new(&options));
    FAILS(depesza_engine_open(options, &engine), DEPESZA_BAD_VALUE, "bad_value");
    if (with_store_of_c) {
        depesza_store_table_t store;
        void *userdata = memory_store_open(&store);
        OK(depesza_engine_options_store(options, &store, userdata));
    } else {
        OK(depesza_engine_options_store_url(options, T("memory:")));
    }
    OK(depesza_engine_options_gateway(options, T("sms"), &PLAIN, &table, company));
    FAILS(depesza_engine_options_gateway(options, T("sms"), &PLAIN, &table, company), DEPESZA_BAD_VALUE, "bad_value");
    OK(depesza_engine_open(options, &engine));
    OK(depesza_engine_options_free(&options));
    return engine;
}

/* From a booked visit to a confirmed one. */
static void a_message_through(int with_store_of_c) {
    phone_company company;
    depesza_engine_t *engine = opened(&company, with_store_of_c);
    practice(engine);
    CHECK(due(engine) == MONDAY + 3 * DAY + HOUR);
    depesza_dispatched_t did;
    OK(depesza_dispatch(engine, due(engine), 100, &did));
    CHECK(did.submitted == 1 && did.accepted == 1 && did.unknown == 0 && company.taken == 1);
    CHECK(strcmp(company.body, "Lucja, czekamy 20.11.2026 o 12:30. Odpisz TAK lub NIE.") == 0);

    depesza_report_t report;
    memset(&report, 0, sizeof report);
    report.gateway = s("sms");
    report.provider_id = s(company.reference);
    report.state = DEPESZA_DELIVERY_DELIVERED;
    report.at_ms = MONDAY + 3 * DAY + 2 * HOUR;
    depesza_outcome_t outcome;
    OK(depesza_tell_reports(engine, T("kowalska"), &report, 1, report.at_ms, &outcome));
    CHECK(outcome.kind == DEPESZA_APPLIED);
    report.provider_id = s("nobody's");
    OK(depesza_tell_reports(engine, T("kowalska"), &report, 1, report.at_ms, &outcome));
    CHECK(outcome.kind == DEPESZA_UNMATCHED);

    depesza_sms_t sms;
    memset(&sms, 0, sizeof sms);
    sms.gateway = s("sms");
    sms.provider_id = s("in-1");
    sms.from = s("+48501234567");
    sms.to = s("48500100200");
    sms.body = s("Tak");
    sms.received_at_ms = report.at_ms + HOUR;
    OK(depesza_tell_sms(engine, T("kowalska"), &sms, 1, sms.received_at_ms, &outcome));
    CHECK(outcome.kind == DEPESZA_RECEIVED && outcome.message == 2);

    /* events: in pages, from the last number on */
    uint64_t after = 0, last = 0;
    int answered = 0, pages = 0;
    do {
        depesza_string_t events = {NULL, 0};
        after = last;
        OK(depesza_events(engine, T("kowalska"), after, 2, &events, &last));
        answered += strstr(events.data, "visit_answered") != NULL;
        OK(depesza_string_free(&events));
        pages++;
    } while (last != after && pages < 100);
    CHECK(answered == 1 && last > 2 && pages > 2);
    call(engine, "visit", "{\"practice\": \"kowalska\", \"visit\": \"120\"}", "\"yes\"");
    call(engine, "ask_balances", "{\"practice\": \"kowalska\", \"now\": \"2026-11-19T12:00:00Z\"}", "null");

    depesza_string_t answer = {NULL, 0};
    FAILS(depesza_call(engine, T("open_sesame"), T("{}"), &answer), DEPESZA_BAD_VALUE, "unknown_method");
    FAILS(depesza_call(engine, T("campaigns"), T("{\"practice\": \"nobody\"}"), &answer), DEPESZA_REFUSED, "unknown_practice");
    FAILS(depesza_call(engine, T("campaigns"), T("[]"), &answer), DEPESZA_BAD_VALUE, "bad_arguments");
    CHECK(answer.data == NULL && company.freed == 0);
    OK(depesza_engine_free(&engine));
    CHECK(engine == NULL && company.freed == 1);
    pthread_mutex_destroy(&company.lock);
}

static void memory(void) { a_message_through(0); }
static void store_of_c(void) { a_message_through(1); }

/* Whatever a gateway does, nothing is lost: an answer that is missing is one that nobody knows. */
static void gateways_that_fail(void) {
    int ways[] = {SILENT, FAILS_ALL, CALLS_WHAT_PANICS, NONSENSE, REJECTS};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        phone_company company;
        depesza_engine_t *engine = opened(&company, 0);
        company.does = ways[i];
        practice(engine);
        depesza_dispatched_t did;
        OK(depesza_dispatch(engine, due(engine), 100, &did));
        CHECK(did.submitted == 1 && did.accepted == 0 && did.unknown == (company.does == REJECTS ? 0 : 1));
        /* the engine goes on */
        call(engine, "campaigns", "{\"practice\": \"kowalska\"}", "reminder");
        OK(depesza_engine_free(&engine));
        pthread_mutex_destroy(&company.lock);
    }
}

static void checked(void *userdata, depesza_str_t promise, uint8_t held, depesza_str_t why) {
    ++*(int *)userdata;
    if (!held) {
        fprintf(stderr, "not kept: %.*s: %.*s\n", (int)promise.len, promise.data, (int)why.len, why.data ? why.data : "");
    }
}

static depesza_status_t open_store(void *userdata, depesza_store_table_t *table, void **store) {
    (void)userdata;
    *store = memory_store_open(table);
    return *store ? DEPESZA_OK : DEPESZA_UNAVAILABLE;
}

static void the_store_keeps_every_promise(void) {
    uint32_t ran = 0, failed = 99;
    int told = 0;
    OK(depesza_store_checks(open_store, checked, &told, &ran, &failed));
    CHECK(ran > 20 && failed == 0 && told == (int)ran);
}

static depesza_status_t reads_nothing(void *userdata, depesza_str_t practice, const depesza_row_key_t *rows, size_t count,
                                      depesza_found_t *found) {
    (void)userdata, (void)practice, (void)rows;
    depesza_str_t doc = {"{}", 2};
    CHECK(depesza_found_doc(found, count, doc) == DEPESZA_BAD_VALUE);
    return DEPESZA_OK;
}

static depesza_status_t open_forgetful(void *userdata, depesza_store_table_t *table, void **store) {
    depesza_status_t status = open_store(userdata, table, store);
    table->read = reads_nothing;
    return status;
}

static void count_promises(void *userdata, depesza_str_t promise, uint8_t held, depesza_str_t why) {
    int *broken = userdata;
    CHECK(promise.len > 0 && (held || why.data));
    *broken += !held;
}

/* A check that fails is a panic inside the library with the host's callbacks below it. */
static void a_store_that_forgets_is_found_out(void) {
    uint32_t failed = 0;
    int broken = 0;
    OK(depesza_store_checks(open_forgetful, count_promises, &broken, NULL, &failed));
    CHECK(failed > 0 && broken == (int)failed);
}

/* What a store may have beside the rest, over the store in memory. */
typedef struct {
    depesza_store_table_t memory;
    void *store;
    int scans, turns, ended;
    enum { GIVES, HAS_NONE, CANNOT, FORGETS_A_SCAN } does;
} dispatchers;

static dispatchers others;

static depesza_status_t several(void *userdata, depesza_str_t practice, const depesza_scan_t *scans, size_t count,
                                depesza_found_t *found) {
    depesza_status_t status = DEPESZA_OK;
    others.scans++;
    for (size_t i = others.does == FORGETS_A_SCAN; i < count && status == DEPESZA_OK; i++) {
        status = others.memory.scan(userdata, practice, &scans[i], found);
        CHECK(depesza_found_next(found) == DEPESZA_OK);
    }
    return status;
}

static depesza_status_t takes_turn(void *userdata, depesza_str_t practice, uint16_t queue, int64_t until_ms, void **turn) {
    /* work has a queue of its own */
    CHECK(userdata == others.store && is(practice, "kowalska") && until_ms >= MONDAY);
    CHECK(is(depesza_index_name(queue), "due") == (until_ms > MONDAY));
    if (others.does == CANNOT) {
        return DEPESZA_UNAVAILABLE;
    }
    if (others.does != HAS_NONE) {
        others.turns++;
        *turn = &others;
    }
    return DEPESZA_OK;
}

static void ends_turn(void *userdata, void *turn) {
    CHECK(userdata == others.store && turn == &others);
    others.ended++;
}

static void a_store_of_several_dispatchers(void) {
    phone_company company;
    memset(&company, 0, sizeof company);
    pthread_mutex_init(&company.lock, NULL);
    memset(&others, 0, sizeof others);
    others.store = memory_store_open(&others.memory);
    depesza_store_table_t table = others.memory;
    depesza_gateway_table_t gateway = gateway_table();
    depesza_engine_options_t *options = NULL;
    depesza_engine_t *engine = NULL;
    OK(depesza_engine_options_new(&options));
    OK(depesza_engine_options_gateway(options, T("sms"), &PLAIN, &gateway, &company));
    table.scans = several;
    table.turn = takes_turn;
    FAILS(depesza_engine_options_store(options, &table, others.store), DEPESZA_BAD_VALUE, "bad_value");
    table.end_turn = ends_turn;
    OK(depesza_engine_options_store(options, &table, others.store));
    OK(depesza_engine_open(options, &engine));
    OK(depesza_engine_options_free(&options));
    practice(engine);
    depesza_dispatched_t did = {9, 9, 9, 9};
    int64_t at_ms = due(engine);
    others.does = CANNOT;
    FAILS(depesza_dispatch(engine, at_ms, 100, &did), DEPESZA_UNAVAILABLE, "store_unavailable");
    others.does = HAS_NONE;
    others.turns = others.ended = 0;
    OK(depesza_dispatch(engine, at_ms, 100, &did));
    CHECK(did.submitted == 0 && company.taken == 0);
    others.does = GIVES;
    OK(depesza_dispatch(engine, at_ms, 100, &did));
    CHECK(did.accepted == 1 && others.turns > 0 && others.turns == others.ended);

    /* what is not answered for every scan is no answer */
    depesza_visit_t visit;
    memset(&visit, 0, sizeof visit);
    visit.id = s("121");
    visit.revision = 1;
    visit.patient = s("7");
    visit.start.year = 2026, visit.start.month = 11, visit.start.day = 25, visit.start.hour = 9;
    CHECK(others.scans > 0);
    others.does = FORGETS_A_SCAN;
    FAILS(depesza_tell_visits(engine, T("kowalska"), &visit, 1, MONDAY, NULL), DEPESZA_UNAVAILABLE, "store_unavailable");
    others.does = GIVES;
    OK(depesza_tell_visits(engine, T("kowalska"), &visit, 1, MONDAY, NULL));
    OK(depesza_engine_free(&engine));
    pthread_mutex_destroy(&company.lock);
}

/* A program that was compiled before the table grew: what stands behind its table is not read. */
static void a_table_of_an_older_release(void) {
    struct {
        depesza_store_table_t table;
        void *behind;
    } host;
    memset(&host, 0xff, sizeof host);
    depesza_store_table_t whole;
    void *store = memory_store_open(&whole);
    memcpy(&host.table, &whole, offsetof(depesza_store_table_t, scans));
    host.table.size = offsetof(depesza_store_table_t, scans);
    depesza_engine_options_t *options = NULL;
    depesza_engine_t *engine = NULL;
    OK(depesza_engine_options_new(&options));
    OK(depesza_engine_options_store(options, &host.table, store));
    OK(depesza_engine_open(options, &engine));
    OK(depesza_engine_options_free(&options));
    practice(engine);
    call(engine, "visit", "{\"practice\": \"kowalska\", \"visit\": \"120\"}", "dr Nowak");
    OK(depesza_engine_free(&engine));
}

static depesza_status_t is_away(void *userdata, depesza_str_t practice, uint64_t *version) {
    (void)userdata, (void)practice, (void)version;
    return DEPESZA_UNAVAILABLE;
}

static depesza_status_t is_broken(void *userdata, depesza_str_t practice, uint64_t *version) {
    (void)userdata, (void)practice, (void)version;
    return DEPESZA_CORRUPT;
}

static void stores_that_fail(void) {
    depesza_store_table_t table;
    void *store = memory_store_open(&table);
    depesza_engine_options_t *options = NULL;
    depesza_engine_t *engine = NULL;
    OK(depesza_engine_options_new(&options));
    depesza_store_table_t faulty = table;
    faulty.size--;
    FAILS(depesza_engine_options_store(options, &faulty, store), DEPESZA_BAD_VALUE, "bad_value");
    faulty = table;
    faulty.due = NULL;
    FAILS(depesza_engine_options_store(options, &faulty, store), DEPESZA_BAD_VALUE, "bad_value");
    FAILS(depesza_engine_options_store(options, NULL, store), DEPESZA_NULL_POINTER, "null_pointer");
    faulty = table;
    faulty.version = is_away;
    OK(depesza_engine_options_store(options, &faulty, store));
    OK(depesza_engine_open(options, &engine));
    depesza_string_t answer = {NULL, 0};
    FAILS(depesza_call(engine, T("campaigns"), T("{\"practice\": \"k\"}"), &answer), DEPESZA_UNAVAILABLE, "store_unavailable");
    OK(depesza_engine_free(&engine));
    store = memory_store_open(&table);
    table.version = is_broken;
    OK(depesza_engine_options_store(options, &table, store));
    OK(depesza_engine_open(options, &engine));
    FAILS(depesza_call(engine, T("campaigns"), T("{\"practice\": \"k\"}"), &answer), DEPESZA_CORRUPT, "store_corrupt");
    OK(depesza_engine_free(&engine));
    FAILS(depesza_engine_options_store_url(options, T("mysql://root:hunter2@host/db")), DEPESZA_UNAVAILABLE, "store_unavailable");
    depesza_error_t error;
    OK(depesza_last_error(&error));
    char message[512];
    snprintf(message, sizeof message, "%.*s", (int)error.message.len, error.message.data);
    CHECK(strstr(message, "hunter2") == NULL && strstr(message, "memory:") != NULL);
    OK(depesza_engine_options_free(&options));
}

typedef struct {
    const depesza_engine_t *engine;
    const depesza_template_t *compiled;
    int number, failures;
} worker;

static void *work(void *userdata) {
    worker *mine = userdata;
    for (int i = 0; i < 25; i++) {
        char id[32], out[200], message[200];
        snprintf(id, sizeof id, "%d-%d", mine->number, i);
        depesza_patient_t patient;
        memset(&patient, 0, sizeof patient);
        patient.id = s(id);
        patient.revision = 1;
        patient.first_name = s("Anna");
        patient.last_name = s("Nowak");
        depesza_outcome_t outcome;
        mine->failures += depesza_tell_patients(mine->engine, T("kowalska"), &patient, 1, MONDAY, &outcome) != DEPESZA_OK;

        /* each thread has errors of its own */
        depesza_error_t error;
        size_t len;
        depesza_str_t value = s(id);
        mine->failures += depesza_render_row(mine->compiled, &value, 1, out, sizeof out, &len, NULL) != DEPESZA_OK;
        snprintf(message, sizeof message, "Numer %s.", id);
        mine->failures += len != strlen(message) || memcmp(out, message, len) != 0;
        value = s(NULL);
        mine->failures += depesza_render_row(mine->compiled, &value, 1, out, (size_t)mine->number, &len, NULL) != DEPESZA_MISSING_VALUE;
        depesza_last_error(&error);
        mine->failures += error.status != DEPESZA_MISSING_VALUE;
    }
    return NULL;
}

static void eight_threads_on_one_engine(void) {
    phone_company company;
    depesza_engine_t *engine = opened(&company, 0);
    practice(engine);
    depesza_catalogue_t *catalogue = NULL;
    depesza_template_t *compiled = NULL;
    OK(depesza_catalogue_new(DEPESZA_SUBJECT_CALLS, &catalogue));
    OK(depesza_template_compile(T("Numer (numer)."), catalogue, 0, 0, &compiled));
    pthread_t threads[8];
    worker workers[8];
    for (int i = 0; i < 8; i++) {
        worker made = {engine, compiled, i, 0};
        workers[i] = made;
        CHECK(pthread_create(&threads[i], NULL, work, &workers[i]) == 0);
    }
    for (int i = 0; i < 8; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(workers[i].failures == 0);
    }
    call(engine, "campaigns_of_patient", "{\"practice\": \"kowalska\", \"patient\": \"7-24\"}", "[");
    depesza_outcome_t outcome;
    depesza_patient_t known;
    memset(&known, 0, sizeof known);
    known.id = s("7-24");
    known.revision = 1;
    OK(depesza_tell_patients(engine, T("kowalska"), &known, 1, MONDAY, &outcome));
    CHECK(outcome.kind == DEPESZA_KNOWN);
    OK(depesza_engine_free(&engine));
    OK(depesza_template_free(&compiled));
    OK(depesza_catalogue_free(&catalogue));
    pthread_mutex_destroy(&company.lock);
}

int main(void) {
    RUN(memory);
    RUN(store_of_c);
    RUN(gateways_that_fail);
    RUN(the_store_keeps_every_promise);
    RUN(a_store_that_forgets_is_found_out);
    RUN(a_store_of_several_dispatchers);
    RUN(a_table_of_an_older_release);
    RUN(stores_that_fail);
    RUN(eight_threads_on_one_engine);
    return report();
}
