// A small clinic: it books, moves and calls off visits, sends through a gateway of its own, and takes in what patients answer.
//
//     clinic [STORE-URL]          memory: unless told; sqlite:clinic.db keeps what it did
//
// Its clock begins on Monday, 16 November 2026, and jumps to whatever is due next; a real host sleeps until then. All people are invented.
#include <depesza.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>

using namespace std::chrono_literals;

namespace {

constexpr auto practice = "kowalska";
constexpr depesza::instant monday{1'794'816'000'000ms}; // 9:00 in Warsaw

/// Where a real one calls a provider. What it throws, or leaves without an answer, counts as unknown, never as not sent.
class printer : public depesza::gateway {
public:
    depesza::capabilities capabilities() const override {
        depesza::capabilities can;
        can.batch = 100;
        can.reports = true;
        return can;
    }

    depesza::status submit(const depesza::submissions& batch, depesza::answers& answers) override {
        const std::lock_guard lock(mutex_); // several threads may be here at once
        std::size_t place = 0;
        for (const auto message : batch) {
            std::cout << "  SMS to " << message.to << ", " << message.parts << " part: " << message.body << '\n';
            answers.accepted(place, "sms-" + std::to_string(++taken_), message.parts, 90);
            ++place;
        }
        return depesza::status::ok;
    }

private:
    std::mutex mutex_;
    int taken_ = 0;
};

class clinic {
public:
    explicit clinic(std::string_view store_url) : engine_(opened(store_url)) {
        // administration and questions go by name, in JSON: schemas/operations.json has them all
        call("open_practice", R"({"now": "2026-11-16T09:00:00+01:00", "practice": {
            "id": "kowalska", "name": "Dentica", "secret": "sixteen bytes or more",
            "settings": {"senders": [{"id": "48500100200", "receives": true}]}}})");
        call("create_campaign", R"({"practice": "kowalska", "user": {"id": "anna", "permissions": ["manage_campaigns"]},
            "now": "2026-11-16T09:00:00+01:00", "campaign": "reminder", "spec": {
                "name": "Przypomnienie", "timing": {"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]},
                "bodies": {"default": "(imie), czekamy (dzien_tygodnia) (data) o (godzina), (lekarz). Odpisz TAK lub NIE."}}})");
        call("activate", R"({"practice": "kowalska", "user": {"id": "anna", "permissions": ["manage_campaigns"]},
            "now": "2026-11-16T09:00:00+01:00", "campaign": "reminder"})");
    }

    /// A card, before its visits.
    void register_patient(std::string_view id, std::string_view first_name, std::string_view last_name, std::string_view phone) {
        depesza::patient card;
        card.id = id;
        card.revision = 1;
        card.first_name = first_name;
        card.last_name = last_name;
        card.phone = phone;
        card.consent_visits = {true, depesza::consent_source::person, now_ - 24h};
        engine_.tell(practice, card, now_).value();
    }

    /// Books a visit, or says that it changed: the revision grows with every change, and telling one twice changes nothing.
    void visit(std::string_view id, std::uint64_t revision, std::string_view patient, depesza::local_time start,
               depesza::visit_state state = depesza::visit_state::booked) {
        depesza::visit visit;
        visit.id = id;
        visit.revision = revision;
        visit.patient = patient;
        visit.start = start;
        visit.state = state;
        visit.doctor_id = "en";
        visit.doctor_name = "dr Ewa Nowak";
        engine_.tell(practice, visit, now_).value();
    }

    /// What the gateway's callback gives.
    void answered(std::string_view from, std::string_view text) {
        depesza::sms sms;
        sms.gateway = "printer";
        sms.from = from;
        sms.to = "48500100200";
        sms.body = text;
        sms.received_at = now_;
        engine_.tell(practice, sms, now_).value();
    }

    /// The host's loop, until a time.
    void run_until(depesza::instant until) {
        while (const auto due = engine_.next_due().value()) {
            if (*due > until) break;
            now_ = std::max(now_, *due);
            engine_.work(now_, 100).value();
            engine_.dispatch(now_, 1000).value();
        }
        now_ = until;
    }

    /// Which visits were answered since the last time. A real host keeps `seen_` with what it did about the events.
    void show_answers() {
        const auto page = engine_.events(practice, seen_, 100).value();
        constexpr std::string_view answered = R"("event":"visit_answered")";
        auto json = page.json.view();
        for (auto at = json.find(answered); at != json.npos; at = json.find(answered)) {
            json.remove_prefix(at + answered.size());
            std::cout << "  visit " << word(json, "visit") << " was answered: " << word(json, "reply") << '\n';
        }
        seen_ = page.last;
    }

    depesza::owned_text call(std::string_view method, std::string_view arguments) const { return engine_.call(method, arguments).value(); }

private:
    /// The first word under a name. A real host reads the events with the JSON library that it has.
    static std::string_view word(std::string_view json, std::string_view name) {
        const auto begin = json.find('"' + std::string(name) + "\":\"") + name.size() + 4;
        return json.substr(begin, json.find('"', begin) - begin);
    }

    static depesza::engine opened(std::string_view store_url) {
        auto options = depesza::engine_options::create().value();
        options.use_url(store_url).value();
        options.add_gateway("printer", std::make_shared<printer>()).value();
        return depesza::engine::open(options).value();
    }

    depesza::engine engine_;
    depesza::instant now_ = monday;
    std::uint64_t seen_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    try {
        clinic dentica(argc > 1 ? argv[1] : "memory:");

        std::cout << "Monday: three visits are booked, one is moved to Saturday\n";
        dentica.register_patient("1", "Łucja", "Żak", "501 000 001");
        dentica.register_patient("2", "Jan", "Nowak", "501 000 002");
        dentica.register_patient("3", "Ewa", "Lis", "501 000 003");
        dentica.visit("a", 1, "1", {2026, 11, 20, 12, 30, 0});
        dentica.visit("b", 1, "2", {2026, 11, 20, 13, 0, 0});
        dentica.visit("c", 1, "3", {2026, 11, 20, 13, 30, 0});
        dentica.visit("b", 2, "2", {2026, 11, 21, 9, 0, 0});

        std::cout << "Wednesday: one is called off, so nobody is reminded of it\n";
        dentica.run_until(monday + 48h);
        dentica.visit("c", 2, "3", {2026, 11, 20, 13, 30, 0}, depesza::visit_state::cancelled);

        std::cout << "Thursday\n";
        dentica.run_until(monday + 74h);
        dentica.answered("+48501000001", "TAK");
        dentica.show_answers();

        std::cout << "Friday\n";
        dentica.run_until(monday + 98h);
        dentica.answered("+48501000002", "NIE");
        dentica.show_answers();
        return EXIT_SUCCESS;
    } catch (const depesza::error& error) {
        std::cerr << error.code() << ": " << error.message() << ' ' << error.faults() << '\n';
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
    }
    return EXIT_FAILURE;
}
