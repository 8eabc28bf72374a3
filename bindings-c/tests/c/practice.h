/* A practice with one message to send, for tests of the engine. */
#ifndef PRACTICE_H
#define PRACTICE_H

#include "check.h"

/* 2026-11-16T08:00:00Z, a Monday. */
#define MONDAY 1794816000000LL
#define HOUR 3600000LL
#define DAY (24 * HOUR)

static inline void call(const depesza_engine_t *engine, const char *method, const char *arguments, const char *wanted) {
    depesza_string_t answer = {NULL, 0};
    OK(depesza_call(engine, method, strlen(method), arguments, strlen(arguments), &answer));
    if (wanted) {
        CHECK(answer.data && strstr(answer.data, wanted) != NULL);
    }
    OK(depesza_string_free(&answer));
}

#define WHO "\"practice\": \"kowalska\", \"user\": {\"id\": \"anna\", \"permissions\": [\"communication_center\", \"manage_campaigns\"]}"

/* A practice with a reminder on the day before, and a patient whose visit is on Friday. */
static inline void practice(const depesza_engine_t *engine) {
    call(engine, "open_practice",
         "{\"practice\": {\"id\": \"kowalska\", \"name\": \"Dentica\", \"secret\": \"sixteen bytes or more\","
         " \"settings\": {\"senders\": [{\"id\": \"48500100200\", \"receives\": true}]}}, \"now\": \"2026-11-16T08:00:00Z\"}",
         "null");
    call(engine, "create_campaign",
         "{" WHO ", \"now\": \"2026-11-16T08:00:00Z\", \"campaign\": \"reminder\", \"spec\": {\"name\": \"Przypomnienie\","
         " \"timing\": {\"kind\": \"reminder\", \"steps\": [{\"days_before\": 1, \"at\": \"10:00\"}]},"
         " \"bodies\": {\"default\": \"(imie), czekamy (data) o (godzina). Odpisz TAK lub NIE.\"}}}",
         NULL);
    call(engine, "activate", "{" WHO ", \"now\": \"2026-11-16T08:00:00Z\", \"campaign\": \"reminder\"}", NULL);

    depesza_patient_t patient;
    memset(&patient, 0, sizeof patient);
    patient.id = s("7");
    patient.revision = 1;
    patient.first_name = s("Łucja");
    patient.last_name = s("Żak");
    patient.phone = s("501 234 567");
    patient.consent_visits.given = DEPESZA_YES;
    patient.consent_visits.at_ms = MONDAY - 30 * DAY;
    depesza_outcome_t outcome = {99, 99};
    OK(depesza_tell_patients(engine, T("kowalska"), &patient, 1, MONDAY, &outcome));
    CHECK(outcome.kind == DEPESZA_APPLIED && outcome.message == 0);
    OK(depesza_tell_patients(engine, T("kowalska"), &patient, 1, MONDAY, &outcome));
    CHECK(outcome.kind == DEPESZA_KNOWN);

    depesza_visit_t visit;
    memset(&visit, 0, sizeof visit);
    visit.id = s("120");
    visit.revision = 1;
    visit.patient = s("7");
    visit.start.year = 2026, visit.start.month = 11, visit.start.day = 20, visit.start.hour = 12, visit.start.minute = 30;
    visit.doctor_id = s("n"), visit.doctor_name = s("dr Nowak");
    OK(depesza_tell_visits(engine, T("kowalska"), &visit, 1, MONDAY, &outcome));
    CHECK(outcome.kind == DEPESZA_APPLIED);

    /* all of them or none */
    depesza_visit_t two[2] = {visit, visit};
    two[0].revision = 2;
    two[1].patient = s("");
    FAILS(depesza_tell_visits(engine, T("kowalska"), two, 2, MONDAY, NULL), DEPESZA_REFUSED, "faulty_fact");
    visit.zone = s("Europe/Atlantis");
    FAILS(depesza_tell_visits(engine, T("kowalska"), &visit, 1, MONDAY, NULL), DEPESZA_BAD_VALUE, "bad_value");
    visit.zone = s(NULL);
    visit.start.day = 31;
    FAILS(depesza_tell_visits(engine, T("kowalska"), &visit, 1, MONDAY, NULL), DEPESZA_BAD_VALUE, "bad_value");

    depesza_worked_t worked;
    OK(depesza_work(engine, MONDAY, 100, &worked));
    CHECK(worked.commits > 0 && worked.more == 0);
}

static inline int64_t due(const depesza_engine_t *engine) {
    int64_t at_ms = -1;
    uint8_t waiting = 9;
    OK(depesza_next_due(engine, &at_ms, &waiting));
    CHECK(waiting == 1);
    return at_ms;
}

#endif
