// The engine: a practice's days, a gateway and a store of the host's, and what becomes of exceptions thrown in them.
#include <depesza.hpp>

#include <doctest/doctest.h>

#include "memory_store.hpp"
#include "world.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace {

void a_practice_lives(const world& it) {
    it.open_practice();
    it.remind();
    CHECK(it.engine.tell("kowalska", patient_with("7", "501 234 567"), monday).value().kind == depesza::outcome_kind::applied);
    const auto visit = visit_of("120", "7");
    CHECK(it.engine.tell("kowalska", visit, monday).value().kind == depesza::outcome_kind::applied);
    CHECK(it.engine.tell("kowalska", visit, monday).value().kind == depesza::outcome_kind::known);
    it.work();
    REQUIRE(it.engine.next_due().value() == thursday);
    CHECK(it.engine.dispatch(thursday - std::chrono::seconds(1), 10).value().submitted == 0);
    const auto sent = it.engine.dispatch(thursday, 10).value();
    CHECK(sent.submitted == 1);
    CHECK(sent.accepted == 1);
    CHECK(sent.unknown == 0);
    CHECK_FALSE(sent.more);
    REQUIRE(it.gateway->taken().size() == 1);
    CHECK(it.gateway->taken()[0].to == "+48501234567");
    CHECK(it.gateway->taken()[0].body == "Lucja, czekamy 20.11.2026 o 12:30. Odpisz TAK lub NIE.");

    depesza::report report;
    report.gateway = "sim";
    report.provider_id = "id-1";
    report.state = depesza::delivery_state::delivered;
    report.at = thursday + std::chrono::minutes(1);
    report.raw_state = "DELIVRD";
    CHECK(it.engine.tell("kowalska", report, report.at).value().kind == depesza::outcome_kind::applied);
    report.provider_id = "another";
    CHECK(it.engine.tell("kowalska", report, report.at).value().kind == depesza::outcome_kind::unmatched);

    depesza::sms sms;
    sms.gateway = "sim";
    sms.provider_id = "m1";
    sms.from = "+48501234567";
    sms.to = "48500100200";
    sms.body = "tak";
    sms.received_at = thursday + std::chrono::hours(1);
    const auto received = it.engine.tell("kowalska", sms, sms.received_at).value();
    CHECK(received.kind == depesza::outcome_kind::received);
    CHECK(received.message == 2);
    const auto file = it.call("visit", {{"practice", "kowalska"}, {"visit", "120"}});
    CHECK(file["confirmation"]["reply"] == "yes");
    const auto message = it.call("message", {{"practice", "kowalska"}, {"message", 1}});
    CHECK(message["status"] == "delivered");

    const auto page = it.engine.events("kowalska", 0, 1000).value();
    const auto events = json::parse(page.json.view());
    REQUIRE_FALSE(events.empty());
    CHECK(events.back()["no"] == page.last);
    CHECK(page.json.view().find("visit_answered") != std::string_view::npos);
    const auto after = it.engine.events("kowalska", page.last, 10).value();
    CHECK(after.json.view() == "[]");
    CHECK(after.last == page.last);
}

/// Two reminders that are due together.
void two_are_due(const world& it) {
    it.open_practice();
    it.remind();
    it.engine.tell("kowalska", std::vector{patient_with("1", "501 000 001"), patient_with("2", "501 000 002")}, monday).value();
    it.engine.tell("kowalska", std::vector{visit_of("a", "1"), visit_of("b", "2")}, monday).value();
    it.work();
}

/// How both stand, in the order of the words.
std::string statuses(const world& it) {
    std::set<std::string> all;
    for (const auto number : {1, 2}) all.insert(it.call("message", {{"practice", "kowalska"}, {"message", number}})["status"]);
    std::string words;
    for (const auto& word : all) words += (words.empty() ? "" : " ") + word;
    return words;
}

} // namespace

TEST_CASE("a practice lives in the memory of the engine") { a_practice_lives(world()); }

TEST_CASE("a practice lives in a store of the host's") { a_practice_lives(world(std::make_shared<memory_store>())); }

TEST_CASE("a store of the host's keeps every promise, and a broken one does not") {
    std::string broken;
    const auto told = [&](std::string_view promise, bool held, std::string_view why) {
        if (!held) broken.append(promise).append(": ").append(why).append("\n");
    };
    const auto kept = depesza::check_store([] { return std::make_shared<memory_store>(); }, told).value();
    CHECK(kept.ran > 10);
    CHECK_MESSAGE(kept.failed == 0, broken);

    struct forgetful : memory_store {
        depesza::status commit(const depesza::commit& all, std::uint64_t& version) override {
            return version = all.version + 1, depesza::status::ok;
        }
    };
    CHECK(depesza::check_store([] { return std::make_shared<forgetful>(); }).value().failed > 0);
    CHECK_FALSE(depesza::check_store([]() -> std::shared_ptr<depesza::store> { throw std::runtime_error("no store"); }));
    CHECK_FALSE(depesza::check_store([]() -> std::shared_ptr<depesza::store> { return nullptr; }));
}

TEST_CASE("an exception in a gateway leaves the rest of its batch in doubt, and loses nothing") {
    const world it;
    two_are_due(it);
    it.gateway->before = [](std::size_t place, const depesza::submission&) {
        if (place == 1) throw std::runtime_error("the line is down");
    };
    const auto sent = it.engine.dispatch(thursday, 10).value();
    CHECK(sent.submitted == 2);
    CHECK(sent.accepted == 1);
    CHECK(sent.unknown == 1);
    CHECK(it.gateway->taken().size() == 1);
    // what is in doubt never goes twice by itself
    it.gateway->before = nullptr;
    CHECK(it.engine.dispatch(thursday + std::chrono::hours(1), 10).value().submitted == 0);
    CHECK(statuses(it) == "in_doubt submitted");
}

TEST_CASE("what a gateway answers") {
    struct answering : kept_gateway {
        depesza::status submit(const depesza::submissions& batch, depesza::answers& answers) override {
            CHECK(batch.size() == 2);
            CHECK_FALSE(batch.empty());
            CHECK(batch[0].purpose == depesza::purpose::visits);
            CHECK(batch[0].encoding == depesza::encoding::gsm7);
            CHECK(batch[0].at == thursday);
            CHECK(batch[0].not_after > thursday);
            answers.rejected(0, depesza::reject_class::recipient_invalid, "13");
            answers.accepted(1, std::vector<std::string_view>{"x", "y"}, 2);
            answers.accepted(2, "a place that there is not");
            answers.unknown(2, "neither");
            return depesza::status::ok;
        }
    };
    const world it(nullptr, std::make_shared<answering>());
    two_are_due(it);
    const auto sent = it.engine.dispatch(thursday, 10).value();
    CHECK(sent.submitted == 2);
    CHECK(sent.accepted == 1);
    CHECK(sent.unknown == 0);
    CHECK(statuses(it) == "failed submitted");
}

TEST_CASE("a gateway that is busy is asked again") {
    struct busy : kept_gateway {
        int asked = 0;
        depesza::status submit(const depesza::submissions& batch, depesza::answers& answers) override {
            if (asked++ > 0) return kept_gateway::submit(batch, answers);
            for (std::size_t place = 0; place < batch.size(); ++place) answers.try_later(place, std::chrono::minutes(5));
            return depesza::status::ok;
        }
    };
    const world it(nullptr, std::make_shared<busy>());
    two_are_due(it);
    CHECK(it.engine.dispatch(thursday, 10).value().accepted == 0);
    CHECK(it.engine.dispatch(thursday + std::chrono::minutes(20), 10).value().accepted == 2);
}

TEST_CASE("what is in doubt is looked up, where the gateway can") {
    auto gateway = std::make_shared<kept_gateway>();
    std::vector<std::string> asked;
    gateway->look_up_answer = [&](std::string_view reference, depesza::lookup& found) {
        asked.emplace_back(reference);
        if (asked.size() == 1) throw std::runtime_error("the line is down");
        found.known({"found"}, depesza::delivery_state::delivered);
        return depesza::status::ok;
    };
    const world it(nullptr, gateway);
    it.open_practice();
    it.remind();
    it.engine.tell("kowalska", patient_with("1", "501 000 001"), monday).value();
    it.engine.tell("kowalska", visit_of("a", "1"), monday).value();
    it.work();
    gateway->before = [](std::size_t, const depesza::submission&) { throw std::runtime_error("the line is down"); };
    CHECK(it.engine.dispatch(thursday, 10).value().unknown == 1);
    auto now = thursday;
    for (int turn = 0; turn < 20 && asked.size() < 2; ++turn) {
        const auto due = it.engine.next_due().value();
        REQUIRE(due);
        now = std::max(now, *due);
        it.engine.work(now, 10).value();
        it.engine.dispatch(now, 10).value();
    }
    CHECK(asked.size() == 2);
    CHECK(gateway->taken().empty());
    CHECK(it.call("message", {{"practice", "kowalska"}, {"message", 1}})["status"] == "delivered");
}

TEST_CASE("an exception in a store makes the call fail, and the same call succeeds later") {
    struct failing : memory_store {
        std::function<void()> before;
        depesza::status commit(const depesza::commit& all, std::uint64_t& version) override {
            if (before) before();
            return memory_store::commit(all, version);
        }
        depesza::status read(std::string_view practice, const depesza::row_keys& rows, depesza::found& found) override {
            if (wrong) {
                for (std::size_t place = 0; place < rows.size(); ++place) found.doc(place, "\xFF");
                return depesza::status::ok;
            }
            return memory_store::read(practice, rows, found);
        }
        bool wrong = false;
    };
    auto store = std::make_shared<failing>();
    const world it(store);
    it.open_practice();
    const auto card = patient_with("1", "501 000 001");

    store->before = [] { throw std::runtime_error("the disk is away"); };
    const auto refused = it.engine.tell("kowalska", card, monday);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status() == depesza::status::unavailable);
    CHECK(refused.error().code() == "store_unavailable");
    store->before = [] { throw 5; };
    CHECK(it.engine.tell("kowalska", card, monday).error().status() == depesza::status::unavailable);
    store->before = [] { throw depesza::error(depesza::status::corrupt); };
    CHECK(it.engine.tell("kowalska", card, monday).error().status() == depesza::status::corrupt);
    store->before = nullptr;
    store->wrong = true;
    CHECK(it.engine.tell("kowalska", card, monday).error().status() == depesza::status::corrupt);
    store->wrong = false;
    CHECK(it.engine.tell("kowalska", card, monday).value().kind == depesza::outcome_kind::applied);
}

TEST_CASE("a store that fails after the gateway took a message does not make it go twice") {
    struct failing : memory_store {
        bool fails = false;
        depesza::status commit(const depesza::commit& all, std::uint64_t& version) override {
            if (fails) throw std::runtime_error("the disk is away");
            return memory_store::commit(all, version);
        }
    };
    auto store = std::make_shared<failing>();
    const world it(store);
    it.open_practice();
    it.remind();
    it.engine.tell("kowalska", patient_with("1", "501 000 001"), monday).value();
    it.engine.tell("kowalska", visit_of("a", "1"), monday).value();
    it.work();
    it.gateway->before = [&](std::size_t, const depesza::submission&) { store->fails = true; };
    CHECK(it.engine.dispatch(thursday, 10).error().status() == depesza::status::unavailable);
    store->fails = false;
    it.gateway->before = nullptr;
    for (int minute = 1; minute < 10; ++minute) it.engine.dispatch(thursday + std::chrono::minutes(minute), 10).value();
    CHECK(it.gateway->taken().size() == 1);
    CHECK(it.call("message", {{"practice", "kowalska"}, {"message", 1}})["status"] == "in_doubt");
}

TEST_CASE("calls that ended") {
    const world it;
    it.open_practice();
    depesza::call call;
    call.system = "pbx";
    call.id = "1";
    call.status = depesza::call_status::no_answer;
    call.caller = "+48501234567";
    call.called = "+48123456789";
    call.started_at = monday;
    call.ended_at = monday + std::chrono::seconds(20);
    CHECK(it.engine.tell("kowalska", call, call.ended_at).value().kind == depesza::outcome_kind::applied);
    CHECK(it.engine.tell("kowalska", call, call.ended_at).value().kind == depesza::outcome_kind::known);
    CHECK(it.call("call", {{"practice", "kowalska"}, {"system", "pbx"}, {"call", "1"}}).is_object());
}

TEST_CASE("a rules file becomes an account, and a call gets its message") {
    const world it;
    const auto rules = depesza::rules::load("rules.toml", R"(
[practice]
id = "salon"
name = "Salon"
secret = "sixteen bytes or more"

[[settings.senders]]
id = "48500100200"
receives = true

[settings.calls.service]
active = true
plan = "500"
price = "29,00"
link = "https://k.pl/uslugi"

[[rules]]
id = "missed"
name = "Nieodebrane"
body = "Oddzwonimy."
when = { statuses = ["no_answer"] }
)");
    if (!rules) FAIL(std::string(rules.error().what()));
    CHECK(rules->save(it.engine, "anna", monday));
    CHECK(rules->save(it.engine, "anna", monday));
    depesza::call call;
    call.system = "pbx";
    call.id = "1";
    call.status = depesza::call_status::no_answer;
    call.caller = "+48501234567";
    call.called = "+48123456789";
    call.started_at = monday;
    call.ended_at = monday + std::chrono::seconds(20);
    CHECK(it.engine.tell("salon", call, call.ended_at).value().kind == depesza::outcome_kind::applied);
    CHECK(it.engine.dispatch(call.ended_at + std::chrono::minutes(1), 10).value().accepted == 1);
    REQUIRE(it.gateway->taken().size() == 1);
    CHECK(it.gateway->taken()[0].body == "Oddzwonimy.");
}

TEST_CASE("what is refused says where") {
    const world it;
    CHECK(it.engine.tell("nobody", patient_with("1", "501 000 001"), monday).error().code() == "unknown_practice");
    it.open_practice();
    CHECK(it.engine.call("nothing", "{}").error().code() == "unknown_method");
    CHECK(it.engine.call("campaigns", "{}").error().field() == "practice");
    CHECK(it.engine.call("dispatch", "{").error().status() == depesza::status::bad_value);
    // all or nothing: the second one is faulty
    auto wrong = patient_with("", "501 000 002");
    const auto refused = it.engine.tell("kowalska", std::vector{patient_with("1", "501 000 001"), wrong}, monday);
    REQUIRE_FALSE(refused);
    CHECK(std::string(refused.error().what()).find("501") == std::string::npos);
    CHECK(it.engine.tell("kowalska", patient_with("1", "501 000 001"), monday).value().kind == depesza::outcome_kind::applied);
    wrong.id = "2";
    wrong.status = static_cast<depesza::patient_status>(9);
    CHECK(it.engine.tell("kowalska", wrong, monday).error().field() == "status");
    auto visit = visit_of("a", "1");
    visit.start = {2026, 13, 1, 8, 0, 0};
    CHECK(it.engine.tell("kowalska", visit, monday).error().field() == "start");
}

TEST_CASE("options own what they were given, and give back what they refuse") {
    auto options = depesza::engine_options::create().value();
    CHECK_FALSE(depesza::engine::open(options));
    CHECK(options.use_url("nothing:").error().status() != depesza::status::ok);
    CHECK(options.use_store(nullptr).error().status() == depesza::status::null_pointer);
    CHECK(options.add_gateway("sim", nullptr).error().status() == depesza::status::null_pointer);

    auto gateway = std::make_shared<kept_gateway>();
    auto store = std::make_shared<memory_store>();
    CHECK(options.add_gateway("sim", gateway));
    CHECK(gateway.use_count() == 2);
    CHECK_FALSE(options.add_gateway("sim", gateway));
    CHECK_FALSE(options.add_gateway("", gateway));
    CHECK(gateway.use_count() == 2);
    CHECK(options.use_store(store));
    {
        const auto engine = depesza::engine::open(options).value();
        { const auto gone = std::move(options); }
        CHECK(gateway.use_count() == 2);
        CHECK(store.use_count() == 2);
        CHECK(options.use_url("memory:").error().status() == depesza::status::null_pointer);
        CHECK_FALSE(engine.next_due().value());
    }
    CHECK(gateway.use_count() == 1);
    CHECK(store.use_count() == 1);
}
