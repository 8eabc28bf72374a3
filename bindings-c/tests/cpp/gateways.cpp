// Gateways that the library brings, and what a store may have beside the rest.
#include <depesza.hpp>

#include <doctest/doctest.h>

#include "memory_store.hpp"
#include "world.hpp"

#include <algorithm>
#include <chrono>

namespace {

/// A store that counts its turns and scans, and may leave every turn to others.
class side_by_side : public memory_store {
public:
    depesza::status scans(std::string_view practice, const depesza::scans& parts, depesza::found& found) override {
        ++scanned;
        return memory_store::scans(practice, parts, found);
    }
    depesza::status turn(std::string_view practice, std::uint16_t queue, depesza::instant until, std::shared_ptr<void>& turn) override {
        // work has a queue of its own
        const bool sends = depesza::view(depesza_index_name(queue)) == "due";
        if (practice != "kowalska" || sends != (until > monday)) return depesza::status::corrupt;
        if (others) return depesza::status::ok;
        turn = held;
        most = std::max(most, held.use_count());
        return depesza::status::ok;
    }
    bool others = false;
    int scanned = 0;
    long most = 0;
    std::shared_ptr<int> held = std::make_shared<int>(0);
};

} // namespace

TEST_CASE("what a provider calls with reaches the engine") {
    auto options = depesza::engine_options::create().value();
    options.use_url("memory:").value();
    const std::string smsapi = R"({"id": "smsapi", "kind": "smsapi", "token": "poufne", "base_url": "http://127.0.0.1:1/"})";
    options.add_gateway_json(smsapi).value();
    CHECK(options.add_gateway_json(smsapi).error().field() == "id");
    const auto faulty = options.add_gateway_json(R"({"id": "g", "kind": "smsapi", "token": "t", "max_parts": "poufne"})");
    REQUIRE_FALSE(faulty);
    CHECK(faulty.error().field() == "max_parts");
    CHECK(std::string(faulty.error().what()).find("poufne") == std::string::npos);
    const auto engine = depesza::engine::open(options).value();
    (void)engine.call("open_practice", R"({"practice": {"id": "kowalska", "name": "Dentica", "secret": "sixteen bytes or more",
        "settings": {"senders": [{"id": "48500100200", "receives": true}]}}, "now": "2026-11-16T08:00:00Z"})").value();

    const auto told = engine.callback("smsapi", "sms_to=48500100200&sms_from=48501234567&sms_text=NIE&sms_date=1794816000", monday).value();
    CHECK(told.told == 1);
    CHECK(told.unrouted == 0);
    const auto report = engine.callback("smsapi", "MsgId=nobodys&status=404", monday).value();
    CHECK(report.told == 0);
    CHECK(report.unrouted == 1);
    CHECK(engine.callback("nobody", "MsgId=1&status=404", monday).error().field() == "gateway");
    CHECK(engine.receive(monday, std::chrono::milliseconds(0)).value().told == 0);
    for (const auto wait : {std::chrono::milliseconds(-1), std::chrono::milliseconds(3'600'001)}) {
        CHECK(engine.receive(monday, wait).error().field() == "wait_ms");
    }
}

TEST_CASE("a store of several dispatchers gives turns") {
    const auto store = std::make_shared<side_by_side>();
    const world it(store);
    it.open_practice();
    it.remind();
    (void)it.engine.tell("kowalska", patient_with("7", "501 234 567"), monday).value();
    (void)it.engine.tell("kowalska", visit_of("120", "7"), monday).value();
    it.work();
    CHECK(store->scanned > 0);
    store->most = 0;
    store->others = true;
    CHECK(it.engine.dispatch(thursday, 10).value().submitted == 0);
    CHECK(store->most == 0);
    store->others = false;
    CHECK(it.engine.dispatch(thursday, 10).value().accepted == 1);
    // held during the turn, and given back
    CHECK(store->most > 1);
    CHECK(store->held.use_count() == 1);
}
