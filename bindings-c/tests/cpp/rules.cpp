// Rules for SMS after a call: reading a file, matching, explaining.
#include <depesza.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using nlohmann::json;

namespace {

const auto* const file = R"(
[practice]
id = "salon"
name = "Salon"
secret = "sixteen bytes or more"

[[rules]]
id = "missed"
name = "Nieodebrane"
body = "Oddzwonimy do godziny."
delay_s = 30
when = { statuses = ["no_answer", "busy"] }

[[rules]]
id = "answered"
name = "Odebrane"
body = "Dziękujemy za rozmowę."
after_match = "stop"
when = { statuses = ["answered"], from_s = 10 }
)";

depesza::call missed_call() {
    depesza::call call;
    call.system = "pbx";
    call.id = "1";
    call.status = depesza::call_status::no_answer;
    call.caller = "+48501234567";
    call.called = "+48123456789";
    call.started_at = depesza::instant(std::chrono::milliseconds(1'794'816'000'000));
    call.ended_at = call.started_at + std::chrono::seconds(20);
    call.ring = std::chrono::seconds(20);
    return call;
}

} // namespace

TEST_CASE("faults name file, line and column") {
    const auto refused = depesza::rules::load("rules.toml", "[practice]\nid = 5\n");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code() == "rules_file");
    CHECK(refused.error().message().substr(0, 11) == "rules.toml:");
    const auto faults = json::parse(refused.error().faults());
    REQUIRE_FALSE(faults.empty());
    CHECK(faults.back()["file"] == "rules.toml");
    CHECK(faults.back()["line"] == 2);
}

TEST_CASE("which rules a call meets, and why") {
    const auto loaded = depesza::rules::load("rules.toml", file);
    if (!loaded) FAIL(std::string(loaded.error().what()));
    const auto& rules = *loaded;
    REQUIRE(rules.size().value() == 2);
    const auto first = rules.at(0).value();
    CHECK(first.id == "missed");
    CHECK(first.delay == std::chrono::seconds(30));
    CHECK(first.on);
    CHECK_FALSE(first.sender);
    CHECK_FALSE(first.stops);
    CHECK(rules.at(1).value().stops);
    CHECK(rules.at(2).error().status() == depesza::status::bad_value);
    CHECK(json::parse(rules.practice().value().view())["id"] == "salon");

    auto call = missed_call();
    std::vector<std::uint32_t> places;
    rules.match(call, places).value();
    CHECK(places == std::vector<std::uint32_t>{0});
    std::uint32_t none[1];
    CHECK(rules.match(call, none, 0).error().status() == depesza::status::too_small);
    call.status = depesza::call_status::answered;
    call.talk = std::chrono::seconds(5);
    rules.match(call, places).value();
    CHECK(places.empty());
    const auto why = json::parse(rules.explain(call).value().view());
    CHECK(why.dump().find("missed") != std::string::npos);
    call.direction = static_cast<depesza::direction>(9);
    CHECK(rules.match(call, places).error().field() == "direction");
    CHECK(places.empty());
}
