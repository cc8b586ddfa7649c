// A SCIM user as an entry: what may be written in several ways is read the same, what cannot be
// used is refused with words that hold nothing of it, and the times are those of RFC 7643.
#include <algorithm>
#include <set>

#include "tests/directory/scim/fixture.hpp"

namespace pulih::directory {
namespace {

std::optional<Json> parsed(const std::string& text) {
  return read_json(accounts::WipedBytes(text.begin(), text.end()));
}

ScimUser user_of(nlohmann::json resource, const ScimNames& names = settings_for("").names) {
  if (!resource.contains("id")) resource["id"] = "u1";
  if (!resource.contains("meta"))
    resource["meta"] = {{"version", "W/\"1\""}, {"lastModified", "2026-08-17T10:00:00Z"}};
  return read_user(*parsed(resource.dump()), names);
}
std::string fault_of(const nlohmann::json& resource) {
  auto user = user_of(resource);
  return user.entry ? "none" : user.entry.error();
}

TEST_CASE("stamps are read to the second, in UTC", "[scim]") {
  const auto at = read_stamp("2026-08-17T03:15:00Z");
  REQUIRE(at);
  CHECK(written_stamp(*at) == "2026-08-17T03:15:00Z");
  CHECK(read_stamp("2026-08-17T03:15:00.999Z") == at);
  CHECK(read_stamp("2026-08-17T10:15:00+07:00") == at);
  CHECK(read_stamp("2026-08-16T20:15:00-07:00") == at);
  for (const auto* none :
       {"", "2026-08-17", "2026-08-17T03:15:00", "2026-02-30T03:15:00Z", "2026-08-17T24:15:00Z",
        "2026-08-17T03:15:00.Z", "2026-08-17T03:15:00Zx", "2026-08-17T03:15:00+7", "20260817"})
    CHECK(!read_stamp(none));
}

TEST_CASE("a birth date may have a midnight behind it, and no other time", "[scim]") {
  for (const auto* date : {"1985-08-17", "1985-08-17T00:00:00Z", "1985-08-17T00:00:00.000+07:00",
                           "1985-08-17T00:00:00"})
    CHECK(read_date(date) == 19850817);
  for (const auto* none : {"", "17-08-1985", "1985-02-29", "1985-08-16T17:00:00Z", "1985-08-17x",
                           "1985-08-17T00:00:00.001Z", "1985-8-17"})
    CHECK(!read_date(none));
}

TEST_CASE("names of attributes match whatever their case", "[scim]") {
  auto resource = teacher(1);
  resource["USERNAME"] = resource["userName"];
  resource.erase("userName");
  CHECK(user_of(resource).entry->id == "budi1@guru.sd");
}

TEST_CASE("an account's id is the userName in lower case without its domain", "[scim]") {
  auto resource = teacher(1);
  resource["userName"] = "Budi1@Guru.SD.Belajar.Example";
  CHECK(user_of(resource).entry->id == "budi1@guru.sd");
  resource["userName"] = "ani56@smp.belajar.example";
  CHECK(user_of(resource).entry->id == "ani56@smp");
  for (const auto* outside : {"budi1@example.org", "belajar.example", "budi1@guru.sd"}) {
    resource["userName"] = outside;
    CHECK(fault_of(resource) == "a userName outside the domain of the accounts");
  }
  for (const auto* none : {"@guru.sd.belajar.example", "budi1.belajar.example",
                           "budi 1@guru.belajar.example", "budi1@gu\\ru.belajar.example",
                           "budi1@guru@sd.belajar.example", "b\u00fcdi@guru.belajar.example"}) {
    resource["userName"] = none;
    CHECK(fault_of(resource) == "a userName that is no account's");
  }
  resource["userName"] = 12;
  CHECK(fault_of(resource) == "no userName");
}

TEST_CASE("of several numbers the primary one counts, else the one of the type, else the only one",
          "[scim]") {
  const nlohmann::json home{{"value", "+62 811 0000 0002"}, {"type", "home"}};
  const nlohmann::json mobile{{"value", "0811-0000-0003"}, {"type", "Mobile"}};
  auto work = home;
  work["value"] = "tel:+62-811-0000-0004";
  work["type"] = "work";
  auto primary = work;
  primary["primary"] = true;
  auto resource = teacher(1);
  const auto phone = [&](const nlohmann::json& numbers) {
    resource["phoneNumbers"] = numbers;
    const auto user = user_of(resource);
    return user.entry ? user.entry->phone.value() : 1;
  };
  CHECK(phone(nlohmann::json::array({home})) == 6'281'100'000'002);
  CHECK(phone({home, mobile}) == 6'281'100'000'003);
  CHECK(phone({home, mobile, primary}) == 6'281'100'000'004);
  CHECK(phone(nlohmann::json::array()) == 0);
  CHECK(phone(nullptr) == 0);
  CHECK(phone({home, work}) == 1);
  CHECK(fault_of(resource) == "several phoneNumbers, and nothing says which counts");
  CHECK(phone({mobile, mobile}) == 1);
  CHECK(phone({primary, primary}) == 1);
  CHECK(phone({primary, mobile, primary}) == 1);
  CHECK(phone("x") == 1);
  CHECK(phone(nlohmann::json::array({12})) == 1);
  CHECK(phone(nlohmann::json::array({{{"type", "mobile"}}})) == 1);
  for (const auto* none : {"811", "call me", "+62811000000045678", "811 0000 0005",
                           "tel:", "+62-811-0000-0005;ext=7", "+", "0"}) {
    CHECK(phone(nlohmann::json::array({{{"value", none}}})) == 1);
    CHECK(fault_of(resource) == "a phone that is no number");
  }
}

TEST_CASE("what cannot be used is said without any of it", "[scim]") {
  auto resource = teacher(1);
  resource["emails"] = {{{"value", "nowhere"}}};
  CHECK(fault_of(resource) == "an e-mail address that is none");
  resource["emails"] = {{{"value", "a b@example.org"}}};
  CHECK(fault_of(resource) == "an e-mail address that is none");
  resource["emails"] = {{{"value", std::string(250, 'a') + "@example.org"}}};
  CHECK(fault_of(resource) == "an e-mail address that is none");
  resource = teacher(1);
  resource[school]["region"] = "not a region";
  CHECK(fault_of(resource) == "a region that is none");
  resource[school].erase("region");
  CHECK(fault_of(resource) == "no region");
  resource = teacher(1);
  resource.erase(school);
  CHECK(fault_of(resource) == "no region");
  resource[school] = {{"region", "papua"}, {"birthDate", 19850817}};
  CHECK(fault_of(resource) == "no birth date");
  resource = teacher(1);
  resource["active"] = "True";
  CHECK(fault_of(resource) == "active that is neither true nor false");
  resource.erase("active");
  CHECK(fault_of(resource) == "none");
  resource["id"] = "..";
  CHECK(fault_of(resource) == "no id that a request can name");
  resource["id"] = 4;
  CHECK(fault_of(resource) == "no id that a request can name");
  resource = teacher(1);
  for (const auto* version : {"*", "W/\"1\",\"2\"x", "1, 2", "\"a\r\nb\"", ""}) {
    resource["meta"] = {{"version", version}};
    CHECK(fault_of(resource) == "no version");
  }
  CHECK(fault_of({{"id", "u1"}}) == "no userName");
  CHECK(user_of({{"id", "u1"}, {"meta", 5}}).entry.error() == "no version");
}

TEST_CASE("a region may be one for all", "[scim]") {
  auto names = settings_for("").names;
  names.region_attribute.clear();
  names.region = "maluku";
  CHECK(user_of(teacher(1), names).entry->region == "maluku");
}

bool same(const Json& mine, const nlohmann::json& theirs) {
  switch (mine.kind) {
    case Json::Kind::null:
      return theirs.is_null();
    case Json::Kind::flag:
      return theirs.is_boolean() && theirs.get<bool>() == mine.flag;
    case Json::Kind::number:
      return theirs.is_number() && mine.whole.has_value() == theirs.is_number_unsigned() &&
             (!mine.whole || *mine.whole == theirs.get<std::uint64_t>());
    case Json::Kind::text:
      return theirs.is_string() && theirs.get<std::string>() == mine.view();
    case Json::Kind::list:
      return theirs.is_array() && std::ranges::equal(mine.items, theirs, same);
    case Json::Kind::object:
      break;
  }
  return theirs.is_object() && theirs.size() == mine.members.size() &&
         std::ranges::all_of(mine.members, [&](const Json::Member& each) {
           const std::string name(each.name.begin(), each.name.end());
           return theirs.contains(name) && same(each.value, theirs.at(name));
         });
}

// Whether a name stands twice in one object, which the other library takes.
bool names_twice(const std::string& text) {
  std::vector<std::set<std::string>> names;
  bool twice = false;
  using Event = nlohmann::json::parse_event_t;
  const auto seen = [&](int, Event event, nlohmann::json& part) {
    if (event == Event::object_start) names.emplace_back();
    if (event == Event::object_end) names.pop_back();
    if (event == Event::key) {
      auto name = part.get<std::string>();
      for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      twice |= !names.back().insert(name).second;
    }
    return true;
  };
  return !nlohmann::json::parse(text, seen, false).is_discarded() && twice;
}

TEST_CASE("JSON is read as another library reads it", "[scim]") {
  // Texts near to JSON: whole ones with octets changed, cut out or put in.
  const std::string whole = R"({"a":[1,-2.5,0,"x\n\u00e9\ud83d\ude00",{"b":null},[]],)"
                            R"("c":{},"d":true,"é":[false,18446744073709551615]})";
  std::uint64_t state = 4;
  const auto draw = [&](std::size_t most) {
    state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return static_cast<std::size_t>(state >> 33) % most;
  };
  const std::string signs = "{}[]\",:\\u0123.- ntf\xc3\xa9\n";
  std::size_t readable = 0;
  for (int i = 0; i < 50'000; ++i) {
    auto text = whole;
    for (auto changes = draw(3) + 1; changes > 0; --changes) {
      const auto at = draw(text.size());
      if (const auto how = draw(3); how == 0)
        text[at] = signs[draw(signs.size())];
      else if (how == 1)
        text.erase(at, 1);
      else
        text.insert(at, 1, signs[draw(signs.size())]);
    }
    const auto mine = parsed(text);
    const auto theirs = nlohmann::json::parse(text, nullptr, false);
    if (mine) {
      ++readable;
      INFO(text);
      REQUIRE((!theirs.is_discarded() && same(*mine, theirs)));
    } else {
      INFO(text);
      REQUIRE((theirs.is_discarded() || names_twice(text)));
    }
  }
  CHECK(readable > 1'000);
}

TEST_CASE("JSON is read within bounds, and never in two ways", "[scim]") {
  CHECK(parsed(R"({"a":[{"b":"\"}{"}]})"));
  CHECK_FALSE(parsed(R"({"a":1,"A":2})"));
  CHECK_FALSE(parsed(R"({"a":1,"a":1})"));
  CHECK(parsed(R"({"a":{"b":1},"b":{"b":1}})"));
  CHECK(parsed("[1e3,-0.5E-7,0e+1,0]"));
  CHECK_FALSE(parsed(""));
  CHECK_FALSE(parsed("{"));
  CHECK_FALSE(parsed("{}x"));
  CHECK_FALSE(parsed("{\"a\":\"\xff\"}"));
  for (const auto* none :
       {"01",      "1.",           ".5",           "1e",          "+1",
        "-",       "nul",          "nulll",        "[1,]",        "[,1]",
        "{,}",     R"({"a"})",     R"({"a":1,})",  R"({a:1})",    "\"\n\"",
        R"("\x")", R"("\u12g4")",  R"("\ud800")",  R"("\udc00")", R"("\ud800\u0041")",
        "\"",      "\xed\xa0\x80", "\"\xc0\x80\"", "[1 2]",       "'a'",
        "NaN"})
    CHECK_FALSE(parsed(none));
  CHECK(parsed(std::string(16, '[') + std::string(16, ']')));
  CHECK_FALSE(parsed(std::string(17, '[') + std::string(17, ']')));
  CHECK_FALSE(parsed(std::string(4'000'000, '[')));
  std::string many = "[0";
  for (int i = 0; i < 400'000; ++i) many += ",0";
  CHECK_FALSE(parsed(many + "]"));
  for (const auto* huge : {R"({"n":99999999999999999999999})", R"({"n":-1})", R"({"n":1.5})",
                           R"({"n":"1"})", R"({"n":null})", R"({"n":1e3})"})
    CHECK_FALSE(number_member(*parsed(huge), "n"));
  CHECK(number_member(*parsed(R"({"n":18446744073709551615})"), "n") == UINT64_MAX);
}

}  // namespace
}  // namespace pulih::directory
