#include "conformance/trace.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "support/fixtures.hpp"

namespace plume::conformance {
namespace {

namespace json = boost::json;

/// The lines that a trace writes.
std::vector<json::value> traced(const std::string& file, std::string_view name) {
    std::ostringstream out;
    EXPECT_TRUE(trace(PLUME_FIXTURES "/" + file, name, out)) << out.str();
    std::vector<json::value> lines;
    std::istringstream text(out.str());
    for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
    return lines;
}

TEST(Trace, counts_every_gas_of_a_transaction) {
    if (!test::fixture("state/ethtests/stExample/add11.json")) GTEST_SKIP() << test::no_fixtures;
    const auto lines = traced("state/ethtests/stExample/add11.json", "add11");
    ASSERT_EQ(lines.size(), 7u);
    u256 gas{21'000u};
    for (size_t i = 0; i + 1 < lines.size(); ++i) {
        gas += test::number_of(lines[i].at("gasCost"));
        EXPECT_EQ(lines[i].at("depth"), json::value(1));
    }
    EXPECT_EQ(lines[2].at("opName"), "ADD");
    EXPECT_EQ(json::serialize(lines[2].at("stack")), R"(["0x1","0x1"])");
    EXPECT_EQ(lines.back().at("pass"), json::value(true));
    EXPECT_EQ(test::number_of(lines.back().at("gasUsed")), gas);
}

TEST(Trace, shows_a_call_before_what_it_does) {
    const std::string file = "state/ethtests/stCallCodes/callcall_00.json";
    if (!test::fixture(file)) GTEST_SKIP() << test::no_fixtures;
    const auto lines = traced(file, "");
    int64_t depth = 1;
    bool is_first = true;
    std::string opcode;
    for (const json::value& line : std::span(lines).first(lines.size() - 1)) {
        const int64_t now = line.at("depth").as_int64();
        EXPECT_LE(now, depth + 1);
        EXPECT_TRUE(now <= depth || opcode == "CALL") << opcode;
        EXPECT_FALSE(is_first && now != 1);
        opcode = test::text_at(line, "opName");
        depth = now;
        is_first = false;
    }
    EXPECT_EQ(depth, 1);
}

TEST(Trace, of_nothing_fails) {
    std::ostringstream out;
    EXPECT_FALSE(trace("/there/is/no/such/file.json", "", out));
    if (!test::fixture("state/ethtests/stExample/add11.json")) GTEST_SKIP() << test::no_fixtures;
    EXPECT_FALSE(trace(PLUME_FIXTURES "/state/ethtests/stExample/add11.json", "sub11", out));
    EXPECT_FALSE(trace(PLUME_FIXTURES "/basic/RLPTests/rlptest.json", "", out));
}

}  // namespace
}  // namespace plume::conformance
