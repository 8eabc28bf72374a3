// Templates: placeholders, rows, batches, patients and calls.
#include <depesza.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

using namespace std::string_view_literals;
using nlohmann::json;

namespace {

depesza::message_template compiled(std::string_view body, depesza::subject subject = depesza::subject::visits) {
    const auto names = depesza::catalogue::create(subject).value();
    return depesza::message_template::compile(body, names).value();
}

} // namespace

TEST_CASE("every fault of a body, with its place") {
    const auto names = depesza::catalogue::create(depesza::subject::visits).value();
    const auto refused = depesza::message_template::compile("Witaj (imei), (xyz)", names);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().status() == depesza::status::refused);
    CHECK(refused.error().code() == "template");
    const auto faults = json::parse(refused.error().faults());
    REQUIRE(faults.size() == 2);
    CHECK(faults[0]["nearest"] == "imie");
    CHECK(faults[1]["at"]["start"] == 14);
}

TEST_CASE("a template outlives its catalogue") {
    auto names = depesza::catalogue::create(depesza::subject::visits).value();
    auto made = depesza::message_template::compile("Witaj (imie)", names).value();
    names = depesza::catalogue::create(depesza::subject::calls).value();
    std::string out;
    CHECK(made.render(out, "Anna").value().text == "Witaj Anna");
    CHECK(json::parse(made.placeholders().value().view())[0]["name"] == "imie");
}

TEST_CASE("rows") {
    const auto body = compiled("Dzień dobry (imie), (data:slownie|jutro): (imie)");
    const auto fields = body.fields().value();
    REQUIRE(fields.size() == 2);
    CHECK(fields[0].name == "imie");
    CHECK(fields[0].format.empty());
    CHECK(fields[1].name == "data");
    CHECK(fields[1].format == "slownie");

    char room[200];
    CHECK(body.render(room, "Łucja", "21 listopada").value().text == "Dzien dobry Lucja, 21 listopada: Lucja");
    CHECK(body.render(room, "Łucja", "").value().text == "Dzien dobry Lucja, jutro: Lucja");
    std::string grown;
    const std::string name = "Anna";
    CHECK(body.render(grown, name, ""sv).value().text == "Dzien dobry Anna, jutro: Anna");
    CHECK(body.render(grown, name, "").value().cost.count == 1);

    const auto missing = body.render(room, "", "jutro");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().status() == depesza::status::missing_value);
    CHECK(missing.error().field() == "imie");
    const std::vector<depesza_str_t> values{depesza::no_text, depesza::str("jutro")};
    CHECK(body.render_row(room, values.data(), values.size()).error().status() == depesza::status::missing_value);
    CHECK(body.render(room, "Anna").error().field() == "values");
    CHECK(body.render(room).error().field() == "values");
    CHECK(compiled("Bez pól").render(room).value().text == "Bez pol");
    CHECK(compiled("Bez pól").fields().value().empty());
}

TEST_CASE("a batch keeps its rows and says what is missing") {
    const auto body = compiled("(imie), czekamy (data)");
    auto batch = depesza::batch::create().value();
    const std::vector<depesza_str_t> names{depesza::str("Łucja"), depesza::no_text, depesza::str("Jan")};
    REQUIRE(body.render_batch(3, {depesza::column_of(names), depesza::column_same("jutro")}, batch));
    CHECK(batch.at(0).value().text == "Lucja, czekamy jutro");
    CHECK(batch.at(0).value().parts == 1);
    CHECK_FALSE(batch.at(1).value().text);
    CHECK(batch.at(1).value().missing == "imie");
    CHECK(batch.at(3).error().field() == "row");
    const auto all = batch.view().value();
    CHECK(all.count == 3);
    CHECK(all.missing_count == 1);
    CHECK(depesza::view(all.text) == "Lucja, czekamy jutroJan, czekamy jutro");
    CHECK(all.ends[2] == all.text.len);
    CHECK(all.parts[1] == 0);

    // Arrow's offsets, 32 and 64 bits
    const auto bytes = "AnnaEwa"sv;
    const std::int32_t offsets[] = {0, 4, 7};
    const std::int64_t large[] = {0, 4, 7};
    REQUIRE(body.render_batch(2, {depesza::column_utf8(bytes, offsets, 2), depesza::column_large_utf8(bytes, large, 2)}, batch));
    CHECK(batch.at(1).value().text == "Ewa, czekamy Ewa");

    // a refusal leaves what it held
    CHECK(body.render_batch(2, {depesza::column_same("x")}, batch).error().code() == "columns");
    CHECK(batch.at(1).value().text == "Ewa, czekamy Ewa");

    // offsets that leave the bytes give no text
    const std::int32_t wrong[] = {0, 9, 7};
    REQUIRE(body.render_batch(2, {depesza::column_utf8(bytes, wrong, 2), depesza::column_same("x")}, batch));
    CHECK(batch.at(0).value().missing == "imie");
    CHECK(batch.at(1).value().missing == "imie");
}

TEST_CASE("a patient and their visits") {
    auto names = depesza::catalogue::create(depesza::subject::visits).value();
    names.add({"saldo", "saldo", "balance", "10 zł"}).value();
    CHECK(names.find("Saldo").value() == 0);
    CHECK_FALSE(names.find("imie"));
    const auto body = depesza::message_template::compile("(imie:wolacz): (data) (godzina), (lekarz|u nas), saldo (saldo|brak)", names).value();
    depesza::visit_values values;
    values.first_name = "Łucja";
    values.first_name_vocative = "Łucjo";
    values.visits = {{{2026, 11, 20, 12, 30, 0}, "", ""}};
    std::string out;
    CHECK(body.render(out, values).value().text == "Lucjo: 20.11.2026 12:30, u nas, saldo brak");
    values.extra = {"5 zł"};
    values.visits[0].doctor = "dr Nowak";
    CHECK(body.render(out, values).value().text == "Lucjo: 20.11.2026 12:30, dr Nowak, saldo 5 zl");
    values.extra = {"5 zł", std::nullopt};
    CHECK(body.render(out, values).error().field() == "extra");
    values.extra.clear();
    values.visits[0].start = {2026, 2, 30, 8, 0, 0};
    CHECK(body.render(out, values).error().field() == "visits.start");
    char small[4];
    values.visits[0].start = {2026, 2, 20, 8, 0, 0};
    CHECK(body.render(small, values).error().status() == depesza::status::too_small);
}

TEST_CASE("a call") {
    const auto body = compiled("Dzwoniono z (numer), rozmowa (czas_rozmowy|nieodebrana)", depesza::subject::calls);
    depesza::call_values values;
    values.number = "501 234 567";
    std::string out;
    CHECK(body.render(out, values).value().text == "Dzwoniono z 501 234 567, rozmowa nieodebrana");
    values.talk = std::chrono::seconds(65);
    const auto answered = std::string(body.render(out, values).value().text);
    CHECK(answered.find("nieodebrana") == std::string::npos);
}

TEST_CASE("handles of the wrong kind are refused") {
    auto batch = depesza::batch::create().value();
    depesza_template_t* wrong = reinterpret_cast<depesza_template_t*>(batch.get());
    std::size_t count = 0;
    CHECK(depesza_template_fields(wrong, nullptr, 0, &count) == DEPESZA_BAD_HANDLE);
    CHECK(depesza_template_free(&wrong) == DEPESZA_BAD_HANDLE);
    CHECK(batch.view());
}
