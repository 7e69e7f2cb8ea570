#include "tidy.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace plume::tidy {
namespace {

/// What may break a rule, and why.
const std::vector<Exception> exceptions = {
    {"catch", "src/app/main.cpp", "nothing escapes the program but an exit code"},
    {"catch", "src/native/contract.cpp", "a contract's Revert becomes a failed call"},
    {"catch", "src/rpc/method.cpp", "a method's RpcError becomes an error answer"},
    {"determinism", "src/evm/code.cpp", "a memo of a pure function, shared by threads"},
    {"determinism", "src/state/state.cpp", "what it finds by hash it sorts before it leaves"},
    {"limit", "src/store/schema.hpp", "the longest key of our own making"},
    {"limit", "src/trie/nibbles.hpp", "the longest path there is, from 32 bytes"},
    {"untested", "src/app/calls.cpp", "a command: tests/clients/cli.test.mjs runs it"},
    {"untested", "src/app/commons.cpp", "tests/scenarios/commons_test.cpp plays it"},
    {"untested", "src/app/compute.cpp", "tests/scenarios/compute_test.cpp plays it"},
    {"untested", "src/app/compute_demo.cpp", "a command: tests/clients/cli.test.mjs runs it"},
    {"untested", "src/app/compute_tables.cpp", "tests/clients/cli.test.mjs reads what it writes"},
    {"untested", "src/app/config_commands.cpp",
     "commands: tests/clients/config.test.mjs runs them"},
    {"untested", "src/app/demo.cpp", "a command: tests/clients/cli.test.mjs runs it"},
    {"untested", "src/app/education.cpp", "tests/scenarios/education_test.cpp plays it"},
    {"untested", "src/app/inquiry.cpp", "tests/scenarios/commons_test.cpp plays it"},
    {"untested", "src/app/key_commands.cpp", "commands: tests/clients/keys.test.mjs runs them"},
    {"untested", "src/app/main.cpp", "the command line: tests/clients/cli.test.mjs runs it"},
    {"untested", "src/app/node.cpp", "tests/scenarios/ and every client test start it"},
    {"untested", "src/app/options.cpp", "the command line: tests/clients/*.test.mjs run it"},
    {"untested", "src/app/record_commands.cpp", "a command: tests/clients/cli.test.mjs runs it"},
    {"untested", "src/app/records.cpp", "tests/scenarios/education_test.cpp attests with it"},
    {"untested", "src/app/serve.cpp", "commands: tests/clients/cli.test.mjs runs them"},
    {"untested", "src/app/session.cpp", "tests/scenarios/education_test.cpp speaks through it"},
    {"untested", "src/app/signals.cpp", "tests/clients/shutdown.test.mjs sends them"},
    {"untested", "src/app/solar.cpp", "tests/scenarios/solar_test.cpp plays it"},
    {"untested", "src/app/templates.cpp",
     "src/app/story_test.cpp and every scenario launch with it"},
    {"untested", "src/app/vault_commands.cpp", "a command: tests/clients/cli.test.mjs runs it"},
    {"untested", "src/base/thread.cpp", "the threads of solo_test and server_test"},
    {"untested", "src/contracts/condition.cpp", "conditions_test.cpp evaluates by it"},
    {"untested", "src/evm/instruction_support.cpp", "interpreter_test.cpp and conformance"},
    {"untested", "src/evm/message.cpp", "a table of names"},
    {"untested", "src/index/block_teller.cpp", "src/rpc/plume_index_test.cpp tells blocks by it"},
    {"untested", "src/index/contract_views.cpp",
     "src/rpc/plume_index_test.cpp meets contracts by it"},
    {"untested", "src/index/events.cpp", "src/rpc/plume_index_test.cpp reads what it tells"},
    {"untested", "src/index/indexer.cpp",
     "src/rpc/plume_index_test.cpp holds it against eth_getLogs"},
    {"untested", "src/index/vault_events.cpp", "the stories of tests/scenarios read what it tells"},
    {"untested", "src/rpc/client.cpp", "tests/scenarios/ speak through it to a real node"},
    {"untested", "src/rpc/eth_filters.cpp", "filters_test.cpp and websocket_test.cpp ask them"},
    {"untested", "src/rpc/http.cpp", "server_test.cpp speaks to it"},
    {"untested", "src/rpc/log_request.cpp", "eth_logs_test.cpp and filters_test.cpp ask by it"},
};

Tree read_tree() {
    namespace fs = std::filesystem;
    const fs::path root = PLUME_SOURCE_DIR;
    Tree out;
    for (const char* top : {"src", "tests"}) {
        for (auto it = fs::recursive_directory_iterator(root / top); it != fs::end(it); ++it) {
            if (it->path().filename() == "node_modules") it.disable_recursion_pending();
            if (it->path().extension() != ".hpp" && it->path().extension() != ".cpp") continue;
            std::ostringstream text;
            text << std::ifstream(it->path()).rdbuf();
            out[fs::relative(it->path(), root)] = text.str();
        }
    }
    std::ostringstream text;
    text << std::ifstream(root / "docs/limits.md").rdbuf();
    out["docs/limits.md"] = text.str();
    return out;
}

std::string to_text(const Findings& findings) {
    std::string out;
    for (const Finding& f : findings)
        out += f.path + ":" + std::to_string(f.line) + ": " + f.rule + ": " + f.what + "\n";
    return out;
}

size_t count(const Findings& findings, std::string_view rule) {
    return static_cast<size_t>(std::ranges::count(findings, rule, &Finding::rule));
}

std::string lines(size_t count, const std::string& line = "x;") {
    std::string out;
    for (size_t i = 0; i < count; ++i) out += line + "\n";
    return out;
}

TEST(Tidy, the_tree_keeps_every_rule) {
    const Tree tree = read_tree();
    ASSERT_TRUE(tree.contains("src/base/bytes.hpp")) << "no sources at " << PLUME_SOURCE_DIR;
    const Findings findings = check_tree(tree, exceptions);
    EXPECT_TRUE(findings.empty()) << to_text(findings);
}

TEST(Tidy, an_include_turned_around_is_found_in_the_real_tree) {
    Tree tree = read_tree();
    tree["src/evm/frame.cpp"] += "#include \"store/store.hpp\"\n";
    tree["src/state/state.hpp"] += "#include \"evm/frame.hpp\"\n";
    EXPECT_EQ(count(check_tree(tree, exceptions), "layer"), 2u);
}

TEST(Tidy, layers_know_lower_ones_and_themselves) {
    EXPECT_TRUE(check_layers("src/evm/a.cpp", "#include \"state/state.hpp\"\n").empty());
    EXPECT_TRUE(check_layers("src/evm/a.cpp", "#include \"evm/gas.hpp\"\n").empty());
    EXPECT_TRUE(check_layers("tests/a.cpp", "#include \"app/node.hpp\"\n").empty());
    EXPECT_TRUE(check_layers("src/evm/a_test.cpp", "#include \"support/world.hpp\"\n").empty());
}

TEST(Tidy, layers_know_no_sibling_nothing_above_and_no_stranger) {
    EXPECT_EQ(check_layers("src/evm/a.cpp", "\n#include \"store/store.hpp\"\n"),
              (Findings{{"layer", "src/evm/a.cpp", 2, "evm may not know store/store.hpp"}}));
    EXPECT_EQ(check_layers("src/base/a.hpp", "#include \"crypto/keccak.hpp\"\n").size(), 1u);
    EXPECT_EQ(check_layers("src/app/a.cpp", "#include \"web/page.hpp\"\n").size(), 1u);
    EXPECT_EQ(check_layers("src/evm/a.cpp", "#include \"support/world.hpp\"\n").size(), 1u);
    EXPECT_EQ(check_layers("src/web/a.cpp", "").size(), 1u);
}

TEST(Tidy, a_library_has_one_owner) {
    EXPECT_TRUE(check_libraries("src/store/engine.cpp", "#include <rocksdb/db.h>\n").empty());
    EXPECT_TRUE(check_libraries("src/evm/gas_test.cpp", "#include <gtest/gtest.h>\n").empty());
    EXPECT_TRUE(check_libraries("src/evm/gas.cpp", "#include <vector>\n").empty());
    EXPECT_EQ(check_libraries("src/store/store.cpp", "#include <rocksdb/db.h>\n").size(), 1u);
    EXPECT_EQ(check_libraries("src/rpc/eth.cpp", "#include <boost/asio.hpp>\n").size(), 1u);
    EXPECT_EQ(check_libraries("src/evm/gas.cpp", "#include <gtest/gtest.h>\n").size(), 1u);
    EXPECT_EQ(check_libraries("src/app/main.cpp", "#include <unknown/library.h>\n").size(), 1u);
}

TEST(Tidy, files_end_at_700_lines) {
    EXPECT_EQ(count(check_shape("a.cpp", lines(700)), "long file"), 0u);
    EXPECT_EQ(count(check_shape("a.cpp", lines(701)), "long file"), 1u);
}

TEST(Tidy, lines_end_at_100_columns) {
    EXPECT_EQ(count(check_shape("a.cpp", std::string(100, 'x')), "long line"), 0u);
    EXPECT_EQ(count(check_shape("a.cpp", std::string(101, 'x')), "long line"), 1u);
    std::string umlauts;
    for (size_t i = 0; i < 100; ++i) umlauts += "ü";
    EXPECT_EQ(count(check_shape("a.cpp", umlauts), "long line"), 0u);
}

TEST(Tidy, functions_end_at_70_lines) {
    const auto long_functions = [](const std::string& head, size_t body, const std::string& tail) {
        return count(check_shape("a.cpp", head + "\n" + lines(body) + tail), "long function");
    };
    EXPECT_EQ(long_functions("void f() {", 68, "}"), 0u);
    EXPECT_EQ(long_functions("void f() {", 69, "}"), 1u);
    EXPECT_EQ(long_functions("namespace a {\nclass B {\nint c() const noexcept {", 69, "}};}"), 1u);
    EXPECT_EQ(long_functions("B::B(int c) : d{c}, e{\"}\"} {", 69, "}"), 1u);
    EXPECT_EQ(long_functions("TEST(A, b) {", 69, "}"), 1u);
    EXPECT_EQ(long_functions("const auto f = [](int a) {", 69, "};"), 1u);
    EXPECT_EQ(long_functions("constexpr int table[] = {", 69, "};"), 0u);
    EXPECT_EQ(long_functions("class B {", 69, "};"), 0u);
}

TEST(Tidy, catch_stands_in_membranes_only) {
    EXPECT_EQ(check_catch("src/evm/a.cpp", "try { f(); } catch (...) {}").size(), 1u);
    EXPECT_TRUE(check_catch("src/evm/a.cpp", "// catch (all)\nauto s = \"catch (it)\";").empty());
    EXPECT_TRUE(check_catch("src/evm/a_test.cpp", "try { f(); } catch (...) {}").empty());
}

TEST(Tidy, what_execute_reaches_is_the_same_everywhere) {
    const auto objections = [](const std::string& text,
                               const std::string& path = "src/state/a.cpp") {
        return check_determinism(path, text, "std::unordered_map<int, std::set<int>> warm_;")
            .size();
    };
    EXPECT_EQ(objections("double share(int a);"), 1u);
    EXPECT_EQ(objections("const auto t = std::chrono::system_clock::now();"), 1u);
    EXPECT_EQ(objections("#include <random>\n"), 1u);
    EXPECT_EQ(objections("std::thread worker(f);"), 1u);
    EXPECT_EQ(objections("for (const auto& [a, b] : warm_) f(a);"), 1u);
    EXPECT_EQ(objections("for (auto& x : other.warm_) f(x);"), 1u);
    EXPECT_EQ(objections("auto it = warm_.begin();"), 1u);
    EXPECT_EQ(objections("std::unordered_set<int> seen;\nfor (int a : seen) f(a);"), 1u);

    EXPECT_EQ(objections("warm_.contains(1); for (int a : list) f(a); uint64_t time = time_(0);"),
              0u);
    EXPECT_EQ(objections("auto t = std::time(nullptr);"), 1u);
    EXPECT_EQ(objections("// a double release\nfloat_to(1);"), 0u);
    EXPECT_EQ(objections("double share(int a);", "src/rpc/a.cpp"), 0u);
    EXPECT_EQ(objections("double share(int a);", "src/chain/execute.cpp"), 1u);
}

TEST(Tidy, notes_to_oneself_are_found) {
    EXPECT_EQ(check_leftovers("a",
                              "// TO"
                              "DO later")
                  .size(),
              1u);
    EXPECT_EQ(check_leftovers("a",
                              "int a;  // FIX"
                              "ME")
                  .size(),
              1u);
    EXPECT_EQ(check_leftovers("a",
                              "// X"
                              "XX")
                  .size(),
              1u);
    EXPECT_TRUE(check_leftovers("a", "mastodons").empty());
}

TEST(Tidy, a_slot_serves_one_place_of_a_contract) {
    const std::string token =
        "class Token : public Contract {\n"
        "    static constexpr Slot<u256> supply{0};\n"
        "    static constexpr Map<Address, Map<Address, u256>> allowances{1};\n";
    const auto slots = [](const std::string& text, const std::string& more = "") {
        return check_slots({{"src/contracts/a.hpp", text}, {"src/contracts/b.hpp", more}}).size();
    };
    EXPECT_EQ(slots(token + "};"), 0u);
    EXPECT_EQ(slots(token + "static constexpr Text name{1};\n};"), 1u);
    EXPECT_EQ(slots(token + "static constexpr Slot<uint64_t> a{2};\n"
                            "static constexpr Slot<uint64_t> b{2, 8};\n};"),
              0u);
    EXPECT_EQ(slots(token + "static constexpr Slot<uint64_t> a{2, 8};\n"
                            "static constexpr Slot<uint64_t> b{2, 8};\n};"),
              1u);
    EXPECT_EQ(slots(token + "};",
                    "class Other : public Contract {\n"
                    "static constexpr Slot<u256> first{0};\n};"),
              0u);
    EXPECT_EQ(slots(token + "};",
                    "class Share : public Token {\n"
                    "static constexpr Slot<u256> first{0};\n};"),
              1u);
}

TEST(Tidy, a_unit_has_its_test_beside_it) {
    EXPECT_TRUE(check_tests({{"src/a/b.cpp", ""}, {"src/a/b_test.cpp", ""}}).empty());
    EXPECT_EQ(check_tests({{"src/a/b.cpp", ""}, {"src/c/b_test.cpp", ""}}).size(), 1u);
    EXPECT_TRUE(check_tests({{"src/a/b.hpp", ""}, {"tests/c.cpp", ""}}).empty());
}

TEST(Tidy, limits_stand_in_the_table_with_their_value) {
    const auto limits = [](const std::string& code, const std::string& value) {
        const std::string row = "| depth | " + value + " | `depth_max` | `evm/a.hpp` |\n";
        return check_limits({{"src/evm/a.hpp", code}, {"docs/limits.md", row}}).size();
    };
    EXPECT_EQ(limits("inline constexpr uint32_t depth_max = 1'024;", "1,024"), 0u);
    EXPECT_EQ(limits("static constexpr size_t depth_max = size_t{5} << 20;", "5 MiB"), 0u);
    EXPECT_EQ(limits("constexpr size_t depth_max = 1u << 14;", "16 KiB"), 0u);
    EXPECT_EQ(limits("constexpr uint64_t depth_max = 2ull * 365 * 86'400;", "2 years"), 0u);
    EXPECT_EQ(limits("constexpr uint32_t depth_max = 1'025;", "1,024"), 1u);
    EXPECT_EQ(limits("constexpr uint32_t depth_max = other();", "1,024"), 1u);
    EXPECT_EQ(limits("constexpr uint32_t other_max = 1'024;", "1,024"), 2u);
}

TEST(Tidy, an_exception_allows_one_rule_in_one_file_and_must_be_needed) {
    const Tree tree = {{"src/rpc/a.cpp", "try {} catch (...) {}"}, {"src/rpc/a_test.cpp", ""}};
    EXPECT_EQ(check_tree(tree, {}).size(), 1u);
    EXPECT_TRUE(check_tree(tree, {{"catch", "src/rpc/a.cpp", "why"}}).empty());
    EXPECT_EQ(count(check_tree(tree, {{"catch", "src/rpc/b.cpp", "why"}}), "unneeded"), 1u);
}

}  // namespace
}  // namespace plume::tidy
