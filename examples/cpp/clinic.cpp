// A clinic's application in C++: a reminder is sent, the patient answers, the receptionist sees it.
//
// Everything is told with the host's clock; the example's begins on Monday, 2026-11-16, and jumps to whatever is due next.
#include <depesza.hpp>

#include <iostream>

namespace {

constexpr std::int64_t HOUR = 3600 * 1000;
constexpr std::int64_t MONDAY_9 = 1794816000000; // 9:00 in Warsaw
constexpr std::string_view CLINIC = "kowalska";

// A real one hands messages to a provider. What it throws, or leaves without an answer, counts as unknown: never as not sent.
class printer : public depesza::gateway {
public:
    void submit(const depesza_submission_t *batch, std::size_t count, depesza_answers_t *answers) override {
        for (std::size_t i = 0; i < count; i++) {
            std::cout << "to " << depesza::view(batch[i].to) << ": " << depesza::view(batch[i].body) << " (" << batch[i].parts << " part)\n";
            depesza_answer_accepted(answers, i, &batch[i].reference, 1, batch[i].parts, -1);
        }
    }
};

depesza::engine opened() {
    const depesza_capabilities_t can{DEPESZA_REFERENCE_NONE, 0, 100, 1};
    depesza::engine::options options;
    options.store("memory:").gateway("printer", can, std::make_unique<printer>());
    return depesza::engine(options);
}

void set_up(const depesza::engine &engine) {
    engine.call("open_practice", R"({"now": "2026-11-16T09:00:00+01:00", "practice": {
        "id": "kowalska", "name": "Dentica", "secret": "sixteen bytes or more",
        "settings": {"senders": [{"id": "48500100200", "receives": true}]}}})");
    engine.call("create_campaign", R"({"practice": "kowalska", "now": "2026-11-16T09:00:00+01:00",
        "user": {"id": "anna", "permissions": ["manage_campaigns"]}, "campaign": "reminder", "spec": {
            "name": "Przypomnienie", "timing": {"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]},
            "bodies": {"default": "(imie), czekamy (dzien_tygodnia) (data) o (godzina), (lekarz). Odpisz TAK lub NIE."}}})");
    engine.call("activate", R"({"practice": "kowalska", "now": "2026-11-16T09:00:00+01:00",
        "user": {"id": "anna", "permissions": ["manage_campaigns"]}, "campaign": "reminder"})");
}

void book(const depesza::engine &engine) {
    auto patient = depesza::zeroed<depesza_patient_t>();
    patient.id = depesza::str("7");
    patient.revision = 1;
    patient.first_name = depesza::str("Łucja");
    patient.last_name = depesza::str("Żak");
    patient.phone = depesza::str("501 234 567");
    patient.consent_visits = {DEPESZA_YES, DEPESZA_CONSENT_PERSON, MONDAY_9 - 24 * HOUR};
    engine.tell(CLINIC, patient, MONDAY_9);

    auto visit = depesza::zeroed<depesza_visit_t>();
    visit.id = depesza::str("120");
    visit.revision = 1;
    visit.patient = patient.id;
    visit.start = {2026, 11, 20, 12, 30, 0};
    visit.doctor_id = depesza::str("en");
    visit.doctor_name = depesza::str("dr Ewa Nowak");
    engine.tell(CLINIC, visit, MONDAY_9);
}

void run(const depesza::engine &engine, std::int64_t until_ms) {
    for (auto due = engine.next_due(); due && *due <= until_ms; due = engine.next_due()) {
        engine.work(*due, 100);
        engine.dispatch(*due, 1000);
    }
}

} // namespace

int main() try {
    const auto engine = opened();
    set_up(engine);
    book(engine);
    run(engine, MONDAY_9 + 4 * 24 * HOUR);

    auto reply = depesza::zeroed<depesza_sms_t>();
    reply.gateway = depesza::str("printer");
    reply.provider_id = depesza::str("in-1");
    reply.from = depesza::str("+48501234567");
    reply.body = depesza::str("Tak, dziękuję");
    reply.received_at_ms = MONDAY_9 + 3 * 24 * HOUR + 2 * HOUR;
    engine.tell(CLINIC, reply, reply.received_at_ms);
    reply.provider_id = depesza::str("in-2");
    reply.body = depesza::str("TAK");
    engine.tell(CLINIC, reply, reply.received_at_ms);

    std::uint64_t after = 0;
    const auto events = engine.events(CLINIC, after, 1000);
    std::cout << "events: " << after << (events.find("visit_answered") != std::string::npos ? ", the visit is confirmed\n" : "\n");

    // what is refused says why, for programs and for people
    if (const auto refused = engine.try_call("campaign", R"({"practice": "nobody", "campaign": "reminder"})"); !refused) {
        std::cout << refused.error().code() << ": " << refused.error().what() << "\n";
    }
    return 0;
} catch (const depesza::error &error) {
    std::cerr << error.code() << ": " << error.what() << "\n";
    return 1;
}
