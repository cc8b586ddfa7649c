// One turn of the dialogue without I/O: the teacher's message is heard, the next state and its
// effects come out. "stored" is the same with what the engine adds around it: her record is opened,
// read, written and sealed again, and the answer's words are filled in.
#include <benchmark/benchmark.h>

#include <cstdlib>

#include "config/catalogue.hpp"
#include "tests/simulation/around_a_turn.hpp"
#include "tests/simulation/central.hpp"
#include "tests/simulation/seeded.hpp"

namespace {

using pulih::accounts::Msisdn;
using pulih::accounts::Secret;
using pulih::accounts::SiteKeys;
namespace conversation = pulih::conversation;

struct Around {
  Around() : keys(key()), central(keys) {
    policy.code_tries = policy.code_tries_total = 1u << 30;
    policy.replies_a_phone = 1u << 30;
    central.add("budi12@guru.sd", 19850817, number);
  }
  static std::array<std::uint8_t, 32> key() {
    std::array<std::uint8_t, 32> made{};
    pulih::simulation::Seeded(7).fill(made);
    return made;
  }
  conversation::Setting setting() {
    return {policy, keys, central, guards, entropy, pulih::accounts::Instant{now}};
  }
  conversation::Person says(conversation::Person person, std::string_view text) {
    now += std::chrono::seconds{1};
    conversation::Said said{Secret(text), ++messages, keys.text_tag(1, text), false};
    outcome = conversation::take_turn(std::move(person), std::move(said), setting());
    return std::move(outcome.person);
  }
  conversation::Person fresh() const {
    conversation::Person person;
    person.number = number;
    return person;
  }

  const Msisdn number = Msisdn::from_value(6281100000001);
  SiteKeys keys;
  pulih::simulation::SimulatedCentral central;
  conversation::Policy policy;
  pulih::simulation::Guards guards;
  pulih::simulation::Seeded entropy{1};
  std::chrono::seconds now{1'800'000'000};
  std::uint64_t messages = 0;
  conversation::Outcome outcome;
};

const char* const request = "RESET budi12 guru sd 17081985";

void whole_request(benchmark::State& state) {
  Around around;
  auto person = around.fresh();
  for (auto _ : state) person = around.says(std::move(person), request);
  if (person.state.index() != 2) std::abort();
}

// A wrong code leaves her where she is: the same turn again and again.
void wrong_code(benchmark::State& state) {
  Around around;
  auto person = around.says(around.says(around.fresh(), request), "1");
  for (auto _ : state) person = around.says(std::move(person), "000000");
  if (person.state.index() != 3) std::abort();
}

void wrong_code_stored(benchmark::State& state) {
  Around around;
  const auto book = pulih::config::read_catalogue(
      PULIH_SOURCE_DIR "/config/dialogue/id.yaml",
      {"belajar.example", "Sen-Jum 09.00-17.00", "tarif SMS biasa", "*888#"}, {}, {});
  if (!book) std::abort();
  auto person = around.says(around.says(around.fresh(), request), "1");
  pulih::accounts::WipedBytes plain;
  conversation::write(person, plain);
  auto row = around.keys.seal(plain, "person", 1, around.entropy);
  for (auto _ : state) {
    auto read = conversation::read_person(around.keys.open(row, "person", 1).value()).value();
    person = around.says(std::move(read), "000000");
    for (const auto& message : around.outcome.effects.messages)
      benchmark::DoNotOptimize(book->render(message.phrase));
    plain.clear();
    conversation::write(person, plain);
    row = around.keys.seal(plain, "person", 1, around.entropy);
  }
}

}  // namespace

BENCHMARK(whole_request)->Name("turn: id and birth date");
BENCHMARK(wrong_code)->Name("turn: a wrong code");
BENCHMARK(wrong_code_stored)->Name("turn: a wrong code, stored");
