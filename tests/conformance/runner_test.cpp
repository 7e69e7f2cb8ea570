// A runner that cannot fail shows nothing. Each public case that passes is spoiled here in one
// place, and must then fail.
#include "conformance/runner.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/fixtures.hpp"
#include "support/temporary_directory.hpp"

namespace plume::conformance {
namespace {

namespace json = boost::json;

constexpr const char* state_file = "state/ethtests/stExample/add11.json";
constexpr const char* refused_file = "state/ethtests/stExample/invalidTr.json";
constexpr const char* block_file = "blocks/ethtests/InvalidBlocks/bcEIP1559/badBlocks.json";
constexpr const char* transaction_file = "basic/TransactionTests/ttData/DataTestEnoughGAS.json";

constexpr Tally passed_once{.passed = 1};
constexpr Tally failed_once{.failed = 1};
constexpr Tally skipped_once{.skipped = 1};

constexpr std::string_view good_rlp = R"({"dog": {"in": "dog", "out": "0x83646f67"}})";

struct Said {
    Tally tally;
    std::string text;
};

Said run_paths(Options options) {
    std::ostringstream out;
    const Tally tally = run(options, out);
    return {tally, out.str()};
}

/// What a run says of a file with this content.
Said run_text(std::string_view content) {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "file.json";
    std::ofstream(path) << content;
    return run_paths({.paths = {path}});
}

Said run_json(const json::value& content) {
    return run_text(json::serialize(content));
}

json::value& only_member(json::value& object) {
    return object.as_object().begin()->value();
}

/// Another text that looks the same.
void spoil(json::value& hex) {
    json::string& text = hex.as_string();
    text.back() = text.back() == '0' ? '1' : '0';
}

/// The first case of a state test's file.
json::value& first_case(json::value& file) {
    return only_member(only_member(file).at("post")).at(0);
}

TEST(Runner, counts_what_passed) {
    const Said said = run_text(good_rlp);
    EXPECT_EQ(said.tally, passed_once);
    EXPECT_TRUE(said.text.ends_with("\n1 passed, 0 failed\n")) << said.text;
}

TEST(Runner, says_what_was_expected_and_found) {
    const Said said = run_text(R"({"dog": {"in": "dog", "out": "0x83646f66"}})");
    EXPECT_EQ(said.tally, failed_once);
    EXPECT_NE(said.text.find("FAILED"), std::string::npos);
    EXPECT_NE(said.text.find("expected 0x83646f66, found 0x83646f67"), std::string::npos);
    EXPECT_TRUE(said.text.ends_with("\n0 passed, 1 failed\n")) << said.text;
}

TEST(Runner, fails_for_what_is_no_test) {
    for (const char* content :
         {"", "{", "7", "null", "[]", "{}", R"({"a": {"b": 1}})", R"([{"in": "dog"}])",
          R"({"dog": {"in": "dog", "out": 7}})", R"({"dog": {"in": "dog", "out": "0x8"}})",
          R"({"t": {"env": 1, "pre": 2, "transaction": 3, "post": 4}})",
          R"({"b": {"blocks": 1, "pre": {}, "network": "Cancun"}})"}) {
        const Said said = run_text(content);
        EXPECT_EQ(said.tally, failed_once) << content;
    }
    EXPECT_EQ(run_paths({.paths = {"/there/is/no/such/file.json"}}).tally, failed_once);
}

TEST(Runner, goes_on_after_a_broken_file) {
    const test::TemporaryDirectory directory;
    std::ofstream(directory.path() / "a.json") << "{";
    std::ofstream(directory.path() / "b.json") << good_rlp;
    std::ofstream(directory.path() / "c.txt") << "not meant";
    const Said said = run_paths({.paths = {directory.path()}, .jobs = 3});
    EXPECT_EQ(said.tally, (Tally{1, 1, 0}));
}

TEST(Runner, tells_why_something_was_skipped) {
    const Said said = run_text(R"({"t": {"blocks": [], "pre": {}, "network": "Paris"}})");
    EXPECT_EQ(said.tally, skipped_once);
    EXPECT_NE(said.text.find("1 skipped: the rules of Paris"), std::string::npos) << said.text;
    EXPECT_TRUE(said.text.ends_with("\n0 passed, 0 failed, 1 skipped\n")) << said.text;
}

TEST(Runner, chooses_by_name_and_by_position) {
    const test::TemporaryDirectory directory;
    for (const char* name : {"a.json", "b.json", "c.json"})
        std::ofstream(directory.path() / name) << good_rlp;
    const auto passed = [&](Options options) {
        options.paths = {directory.path()};
        return run_paths(options).tally.passed;
    };
    EXPECT_EQ(passed({}), 3u);
    EXPECT_EQ(passed({.filter = "dog"}), 3u);
    EXPECT_EQ(passed({.filter = "b.json:do"}), 1u);
    EXPECT_EQ(passed({.filter = "cat"}), 0u);
    EXPECT_EQ(passed({.every = 2}), 2u);
}

TEST(Runner, fails_for_a_wrong_root_or_logs_hash) {
    const auto file = test::fixture(state_file);
    if (!file) GTEST_SKIP() << test::no_fixtures;
    EXPECT_EQ(run_json(*file).tally, passed_once);
    for (const char* member : {"hash", "logs"}) {
        json::value spoiled = *file;
        spoil(first_case(spoiled).at(member));
        EXPECT_EQ(run_json(spoiled).tally, failed_once) << member;
    }
}

TEST(Runner, fails_for_another_world_before) {
    const auto file = test::fixture(state_file);
    if (!file) GTEST_SKIP() << test::no_fixtures;
    json::value spoiled = *file;
    spoil(only_member(only_member(spoiled).at("pre")).at("balance"));
    EXPECT_EQ(run_json(spoiled).tally, failed_once);
}

TEST(Runner, shows_what_differs_from_the_world_expected_after) {
    const auto file = test::fixture(state_file);
    if (!file) GTEST_SKIP() << test::no_fixtures;
    json::value spoiled = *file;
    spoil(first_case(spoiled).at("hash"));
    first_case(spoiled).as_object()["state"] = only_member(spoiled).at("pre");
    const Said said = run_json(spoiled);
    EXPECT_EQ(said.tally, failed_once);
    EXPECT_NE(said.text.find("nonce: expected 0, found 1"), std::string::npos) << said.text;
}

TEST(Runner, fails_when_a_good_transaction_should_be_refused) {
    const auto file = test::fixture(state_file);
    if (!file) GTEST_SKIP() << test::no_fixtures;
    json::value spoiled = *file;
    first_case(spoiled).as_object()["expectException"] =
        "TransactionException.INSUFFICIENT_ACCOUNT_FUNDS";
    EXPECT_EQ(run_json(spoiled).tally, failed_once);
}

TEST(Runner, fails_when_a_bad_transaction_is_expected_otherwise) {
    const auto file = test::fixture(refused_file);
    if (!file) GTEST_SKIP() << test::no_fixtures;
    EXPECT_EQ(run_json(*file).tally, passed_once);
    json::value spoiled = *file;
    first_case(spoiled).at("expectException") = "TransactionException.SENDER_NOT_EOA";
    EXPECT_EQ(run_json(spoiled).tally, failed_once);
    first_case(spoiled).as_object().erase("expectException");
    EXPECT_EQ(run_json(spoiled).tally, failed_once);
    spoiled = *file;
    spoil(first_case(spoiled).at("hash"));
    EXPECT_EQ(run_json(spoiled).tally, failed_once);
}

TEST(Runner, fails_for_another_head_or_world_after_blocks) {
    const auto file = test::fixture(block_file);
    if (!file) GTEST_SKIP() << test::no_fixtures;
    EXPECT_EQ(run_json(*file).tally, passed_once);
    json::value spoiled = *file;
    spoil(only_member(spoiled).at("lastblockhash"));
    EXPECT_EQ(run_json(spoiled).tally, failed_once);
    spoiled = *file;
    spoil(only_member(only_member(spoiled).at("postState")).at("balance"));
    EXPECT_EQ(run_json(spoiled).tally, failed_once);
}

TEST(Runner, fails_when_a_block_is_good_or_bad_against_expectation) {
    const auto file = test::fixture(block_file);
    if (!file) GTEST_SKIP() << test::no_fixtures;
    const size_t count = file->as_object().begin()->value().at("blocks").as_array().size();
    for (size_t i = 0; i < count; ++i) {
        json::value spoiled = *file;
        json::object& block = only_member(spoiled).at("blocks").at(i).as_object();
        if (block.erase("expectException") == 0)
            block["expectException"] = "BlockException.ANY";
        else
            block["blockHeader"] = json::object{};
        EXPECT_EQ(run_json(spoiled).tally, failed_once) << "block " << i;
    }
}

TEST(Runner, fails_for_another_sender_or_price_of_a_transaction) {
    const auto file = test::fixture(transaction_file);
    if (!file) GTEST_SKIP() << test::no_fixtures;
    EXPECT_EQ(run_json(*file).tally, passed_once);
    for (const char* member : {"sender", "hash", "intrinsicGas"}) {
        json::value spoiled = *file;
        spoil(only_member(spoiled).at("result").at("Cancun").at(member));
        EXPECT_EQ(run_json(spoiled).tally, failed_once) << member;
    }
}

}  // namespace
}  // namespace plume::conformance
