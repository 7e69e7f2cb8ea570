#include "app/settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "support/temporary_directory.hpp"

namespace plume {
namespace {

class SettingsTest : public testing::Test {
protected:
    /// A configuration of this file, these variables and these flags.
    Configured read(const std::string& text,
                    const std::map<std::string, std::string>& variables = {},
                    const std::map<std::string, std::string, std::less<>>& flags = {}) {
        file = directory.path() / "plume.toml";
        std::ofstream(file, std::ios::binary) << text;
        ConfigurationSources sources;
        sources.file = file;
        sources.flags = flags;
        sources.environment = [&](const char* name) -> const char* {
            const auto found = variables.find(name);
            return found == variables.end() ? nullptr : found->second.c_str();
        };
        for (const auto& [name, value] : variables) sources.variables.push_back(name);
        return configure(sources);
    }
    /// The only problem, without the file's name.
    std::string problem(const std::string& text,
                        const std::map<std::string, std::string>& variables = {}) {
        const Problems problems = read(text, variables).problems;
        if (problems.size() != 1) return std::to_string(problems.size()) + " problems";
        const std::string name = file.string();
        return problems[0].starts_with(name) ? problems[0].substr(name.size()) : problems[0];
    }

    test::TemporaryDirectory directory;
    std::filesystem::path file;
};

TEST_F(SettingsTest, a_flag_wins_over_the_environment_over_the_file_over_the_default) {
    const std::string text = "[rpc]\nport = 1\n";
    const std::map<std::string, std::string> variables{{"PLUME_RPC_PORT", "2"}};
    const auto port = [](const Configured& read) {
        EXPECT_EQ(read.problems, Problems{});
        return read.configuration.at("rpc.port");
    };
    EXPECT_EQ(port(read("")).text, "8545");
    EXPECT_EQ(port(read("")).where, "default");
    EXPECT_EQ(port(read(text)).text, "1");
    EXPECT_EQ(port(read(text)).where, file.string() + ":2");
    EXPECT_EQ(port(read(text, variables)).text, "2");
    EXPECT_EQ(port(read(text, variables)).where, "PLUME_RPC_PORT");
    EXPECT_EQ(port(read(text, variables, {{"rpc.port", "3"}})).text, "3");
    EXPECT_EQ(port(read(text, variables, {{"rpc.port", "3"}})).where, "--port");
}

TEST_F(SettingsTest, an_unknown_key_is_told_with_its_line_and_what_was_meant) {
    EXPECT_EQ(problem("\n[rpc]\nprot = 1\n"),
              ":3: unknown setting 'rpc.prot'; did you mean 'rpc.port'?");
    EXPECT_EQ(problem("port = 1\n"), ":1: unknown setting 'port'; did you mean 'rpc.port'?");
    EXPECT_EQ(problem("[metric]\nport = 1\n"),
              ":1: unknown heading 'metric'; did you mean 'metrics'?");
    EXPECT_EQ(problem("[rpc.port]\nx = 1\n"), ":1: rpc.port: a whole number is wanted, as in 8545");
    EXPECT_EQ(problem("colour = 1\n"), ":1: unknown setting 'colour'");
    EXPECT_EQ(problem("", {{"PLUME_RPC_PROT", "1"}}),
              "PLUME_RPC_PROT: unknown setting; did you mean 'PLUME_RPC_PORT'?");
    EXPECT_EQ(read("", {{"PLUME_RPC", "x"}, {"PLUME_MODEL_SEED", "1"}}).problems, Problems{});
}

TEST_F(SettingsTest, a_bad_value_is_told_with_its_line) {
    EXPECT_EQ(problem("[rpc]\nport = 65536\n"),
              ":2: rpc.port: '65536' is no whole number from 0 to 65535");
    EXPECT_EQ(problem("[rpc]\nport = -1\n"),
              ":2: rpc.port: '-1' is no whole number from 0 to 65535");
    EXPECT_EQ(problem("[rpc]\nport = \"8545\"\n"),
              ":2: rpc.port: a whole number is wanted, as in 8545");
    EXPECT_EQ(problem("[log]\nlevel = \"wran\"\n"),
              ":2: log.level: 'wran' is not debug, info, warn, error or off; did you mean 'warn'?");
    EXPECT_EQ(problem("[metrics]\nenabled = \"no\"\n"),
              ":2: metrics.enabled: true or false is wanted, without quotes");
    EXPECT_EQ(problem("", {{"PLUME_METRICS_ENABLED", "no"}}),
              "PLUME_METRICS_ENABLED: metrics.enabled: 'no' is neither true nor false");
    EXPECT_EQ(problem("data = \"a\\nb\"\n"), ":1: data: 'a?b' holds a control character");
    EXPECT_EQ(read("[rpc]\nport = 65535\n").problems, Problems{});
}

TEST_F(SettingsTest, every_problem_is_told_at_once) {
    EXPECT_EQ(read("dat = \"x\"\n[rpc]\nport = 70000\n").problems.size(), 2u);
}

TEST_F(SettingsTest, a_file_that_is_no_toml_is_told_with_its_line) {
    EXPECT_TRUE(problem("[rpc]\nport = \n").starts_with(":2: ")) << problem("[rpc]\nport = \n");
    EXPECT_TRUE(problem("a = 1\na = 1\n").starts_with(":2: "));
    std::string deep = "x = ";
    for (int i = 0; i < 100'000; ++i) deep += '[';
    EXPECT_TRUE(problem(deep).starts_with(":1: "));
}

TEST_F(SettingsTest, a_file_that_is_missing_or_too_large_is_refused) {
    ConfigurationSources sources;
    sources.environment = [](const char*) -> const char* { return nullptr; };
    sources.file = directory.path() / "none.toml";
    EXPECT_EQ(configure(sources).problems, Problems{sources.file.string() + ": cannot be read"});
    EXPECT_EQ(read("#" + std::string(config_size_max - 2, 'x') + "\n").problems, Problems{});
    EXPECT_EQ(problem("#" + std::string(config_size_max - 1, 'x') + "\n"),
              ": larger than a configuration may be");
}

TEST_F(SettingsTest, lists_have_a_bounded_length) {
    const auto hosts = [](size_t count) {
        std::string out = "[rpc]\nallow_hosts = [";
        for (size_t i = 0; i < count; ++i) out += "\"h" + std::to_string(i) + "\",";
        return out + "]\n";
    };
    EXPECT_EQ(read(hosts(0)).configuration.list("rpc.allow_hosts").size(), 0u);
    EXPECT_EQ(read(hosts(list_length_max)).configuration.list("rpc.allow_hosts").size(),
              list_length_max);
    EXPECT_EQ(problem(hosts(list_length_max + 1)), ":2: rpc.allow_hosts: more than 64 names");
    EXPECT_EQ(problem("[rpc]\nallow_hosts = [1]\n"),
              ":2: rpc.allow_hosts: a list of texts is wanted, as in [\"a.example\"]");
}

TEST_F(SettingsTest, a_value_has_a_bounded_size) {
    EXPECT_EQ(read("", {{"PLUME_DATA", std::string(setting_size_max, 'd')}}).problems, Problems{});
    EXPECT_EQ(problem("", {{"PLUME_DATA", std::string(setting_size_max + 1, 'd')}}),
              "PLUME_DATA: data: longer than 4096 bytes");
}

TEST_F(SettingsTest, the_default_file_says_nothing_but_comments_and_can_be_uncommented) {
    const std::string text = default_configuration();
    EXPECT_EQ(read(text).problems, Problems{});
    for (const Setting& setting : settings())
        EXPECT_EQ(read(text).configuration.at(setting.name).source, Source::standard);
    // Each setting as it stands there is a valid one.
    std::string active;
    for (size_t at = 0; at < text.size();) {
        const size_t end = text.find('\n', at);
        std::string line = text.substr(at, end - at);
        if (line.starts_with("# ") && line.find(" = ") != line.npos) line = line.substr(2);
        active += line + "\n";
        at = end + 1;
    }
    const Configured all = read(active);
    EXPECT_EQ(all.problems, Problems{}) << active;
    for (const Setting& setting : settings())
        EXPECT_EQ(all.configuration.at(setting.name).source, Source::file) << setting.name;
}

TEST_F(SettingsTest, the_table_is_consistent) {
    for (const Setting& setting : settings()) {
        EXPECT_TRUE(setting.flag.starts_with("--")) << setting.name;
        EXPECT_FALSE(setting.help.empty());
        EXPECT_NE(help_of(setting).find(variable_of(setting)), std::string::npos);
        EXPECT_NE(settings_table().find("`" + std::string(setting.name) + "`"), std::string::npos);
        const auto same = [&](const Setting& other) { return other.flag == setting.flag; };
        EXPECT_EQ(std::ranges::count_if(settings(), same), 1);
    }
}

TEST_F(SettingsTest, the_page_for_operators_shows_the_table_as_it_is) {
    std::ifstream page(PLUME_SOURCE_DIR "/docs/operators.md");
    const std::string text{std::istreambuf_iterator<char>(page), {}};
    EXPECT_NE(text.find(settings_table()), std::string::npos)
        << "put this into docs/operators.md:\n"
        << settings_table();
}

TEST_F(SettingsTest, only_a_near_name_is_suggested) {
    const std::vector<std::string> names{"rpc.port", "rpc.host", "data"};
    EXPECT_EQ(nearest("rpc.prt", names), "rpc.port");
    EXPECT_EQ(nearest("dta", names), "data");
    EXPECT_EQ(nearest("colour", names), std::nullopt);
    EXPECT_EQ(nearest(std::string(65, 'x'), names), std::nullopt);
    EXPECT_EQ(nearest("", names), std::nullopt);
}

}  // namespace
}  // namespace plume
