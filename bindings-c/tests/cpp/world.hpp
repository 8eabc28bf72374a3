// A practice with a reminder, its gateway, and its days: what the tests of the engine have in common.
#pragma once

#include <depesza.hpp>

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

using nlohmann::json;

inline depesza::instant utc_ms(std::int64_t ms) { return depesza::instant(std::chrono::milliseconds(ms)); }

/// 16 November 2026, 09:00 in Warsaw: a Monday.
inline const depesza::instant monday = utc_ms(1'794'816'000'000);
/// 19 November 2026, 10:00 in Warsaw: the day before the visits.
inline const depesza::instant thursday = monday + std::chrono::hours(73);

/// A gateway that keeps what it was given, and does before each message whatever a test wants.
class kept_gateway : public depesza::gateway {
public:
    depesza::capabilities capabilities() const override {
        depesza::capabilities can;
        can.own_reference = depesza::own_reference::none;
        can.batch = 10;
        can.reports = true;
        can.looks_up = look_up_answer != nullptr;
        return can;
    }

    depesza::status submit(const depesza::submissions& batch, depesza::answers& answers) override {
        std::size_t place = 0;
        for (const auto message : batch) {
            if (before) before(place, message);
            const std::lock_guard lock(mutex_);
            taken_.push_back({std::string(message.reference), std::string(message.to), std::string(message.body)});
            answers.accepted(place, "id-" + std::to_string(taken_.size()), message.parts, 90);
            ++place;
        }
        return depesza::status::ok;
    }

    depesza::status look_up(std::string_view reference, depesza::lookup& found) override { return look_up_answer(reference, found); }

    struct message {
        std::string reference, to, body;
    };
    std::vector<message> taken() const {
        const std::lock_guard lock(mutex_);
        return taken_;
    }

    std::function<void(std::size_t, const depesza::submission&)> before;
    std::function<depesza::status(std::string_view, depesza::lookup&)> look_up_answer;

private:
    mutable std::mutex mutex_;
    std::vector<message> taken_;
};

struct world {
    std::shared_ptr<kept_gateway> gateway = std::make_shared<kept_gateway>();
    depesza::engine engine;

    /// On a store of the host's, or in memory.
    explicit world(std::shared_ptr<depesza::store> store = nullptr, std::shared_ptr<kept_gateway> through = nullptr)
        : gateway(through ? std::move(through) : std::make_shared<kept_gateway>()), engine(opened(std::move(store), gateway)) {}

    json call(std::string_view method, const json& arguments) const {
        return json::parse(engine.call(method, arguments.dump()).value().view());
    }

    void open_practice(const std::string& id = "kowalska") const {
        call("open_practice", {{"practice",
                                {{"id", id},
                                 {"name", "Dentica"},
                                 {"secret", "sixteen bytes or more"},
                                 {"settings", {{"senders", {{{"id", "48500100200"}, {"receives", true}}}}}}}},
                               {"now", "2026-11-16T08:00:00Z"}});
    }

    json act(std::string_view method, json arguments, const std::string& practice = "kowalska") const {
        arguments["practice"] = practice;
        arguments["user"] = {{"id", "anna"}, {"permissions", {"communication_center", "manage_campaigns"}}};
        arguments["now"] = "2026-11-16T08:00:00Z";
        return call(method, arguments);
    }

    /// A reminder the day before at 10:00.
    void remind(const std::string& practice = "kowalska") const {
        act("create_campaign",
            {{"campaign", "p"},
             {"spec",
              {{"name", "Przypomnienie"},
               {"timing", {{"kind", "reminder"}, {"steps", {{{"days_before", 1}, {"at", "10:00"}}}}}},
               {"bodies", {{"default", "(imie), czekamy (data) o (godzina). Odpisz TAK lub NIE."}}}}}},
            practice);
        act("activate", {{"campaign", "p"}}, practice);
    }

    void work() const {
        while (engine.work(monday, 100).value().more) {
        }
    }

private:
    static depesza::engine opened(std::shared_ptr<depesza::store> store, const std::shared_ptr<kept_gateway>& gateway) {
        auto options = depesza::engine_options::create().value();
        if (store) {
            options.use_store(std::move(store)).value();
        } else {
            options.use_url("memory:").value();
        }
        options.add_gateway("sim", gateway).value();
        return depesza::engine::open(options).value();
    }
};

/// A patient who consented, by number.
inline depesza::patient patient_with(std::string_view id, std::string_view phone) {
    depesza::patient card;
    card.id = id;
    card.revision = 1;
    card.first_name = "Łucja";
    card.last_name = "Żak";
    card.phone = phone;
    card.consent_visits = {true, depesza::consent_source::person, monday - std::chrono::hours(24)};
    return card;
}

/// A visit on Friday, 20 November 2026, 12:30.
inline depesza::visit visit_of(std::string_view id, std::string_view patient) {
    depesza::visit visit;
    visit.id = id;
    visit.revision = 1;
    visit.patient = patient;
    visit.start = {2026, 11, 20, 12, 30, 0};
    return visit;
}
