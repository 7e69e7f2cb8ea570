#include "base/log.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

/// What `talk` writes to standard error at level `least`, which is then reset.
template <class Talk>
std::string captured(log::Level least, Talk talk) {
    testing::internal::CaptureStderr();
    log::set_level(least);
    talk();
    log::flush();
    log::set_level(log::Level::info);
    return testing::internal::GetCapturedStderr();
}

TEST(Log, writes_logfmt_with_quotes_where_they_are_needed) {
    const std::string line = captured(log::Level::info, [] {
        log::info("block", {{"number", "7"}, {"note", "a \"b\""}, {"empty", ""}, {"pair", "a=b"}});
    });
    EXPECT_NE(line.find(R"(block number=7 note="a \"b\"" empty="" pair="a=b")"), std::string::npos)
        << line;
}

TEST(Log, cannot_be_given_a_second_line_by_a_value) {
    const std::string line =
        captured(log::Level::info, [] { log::info("said", {{"text", "a\nb\x1b[2J"}}); });
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    EXPECT_EQ(line.find("\x1b[2J"), std::string::npos);
}

TEST(Log, stays_silent_below_its_level) {
    EXPECT_EQ(captured(log::Level::warn, [] { log::info("quiet"); }), "");
    EXPECT_NE(captured(log::Level::warn, [] { log::warn("loud"); }).find("loud"),
              std::string::npos);
    EXPECT_EQ(captured(log::Level::off, [] { log::error("nothing"); }), "");
}

TEST(Log, escapes_what_could_speak_to_a_terminal_and_replaces_what_is_no_text) {
    const auto line = [](const std::string& value) {
        return log::line_of(log::Format::logfmt, "T", log::Level::warn, "m", {{"k", value}});
    };
    EXPECT_EQ(line("a\tb\rc\x1b[2J\x7f"), R"(time=T level=warn msg=m k="a\tb\rc\u001b[2J\u007f")");
    EXPECT_EQ(line("caf\xc3\xa9"), "time=T level=warn msg=m k=\"caf\xc3\xa9\"");
    for (const char* bad : {"\xff", "\xc3", "\xc2\x9b", "\xed\xa0\x80", "\xf4\x90\x80\x80"})
        EXPECT_EQ(line(bad).find("=\"\xef\xbf\xbd"), line("").find("=\"\""));
    EXPECT_EQ(line("\xf0\x9f\x8c\xb1"), "time=T level=warn msg=m k=\"\xf0\x9f\x8c\xb1\"");
}

TEST(Log, writes_json_in_which_every_value_is_a_text) {
    EXPECT_EQ(log::line_of(log::Format::json, "T", log::Level::info, "a block",
                           {{"height", "7"}, {"note", "x\n\"y\""}}),
              R"({"time":"T","level":"info","msg":"a block","height":"7","note":"x\n\"y\""})");
}

TEST(Log, knows_the_names_of_levels_and_formats) {
    EXPECT_EQ(log::level_named("warn"), log::Level::warn);
    EXPECT_EQ(log::level_named("loud"), std::nullopt);
    EXPECT_EQ(log::format_named("json"), log::Format::json);
    EXPECT_EQ(log::format_named("xml"), std::nullopt);
}

TEST(Log, leaves_out_repeated_lines_and_says_how_many) {
    using namespace std::chrono_literals;
    log::Repeats repeats;
    const log::Repeats::Clock::time_point start{};
    for (uint64_t i = 0; i < log::Repeats::same_lines_max; ++i)
        EXPECT_EQ(repeats.pass("disk", start), 0u);
    EXPECT_EQ(repeats.pass("disk", start + 1s), std::nullopt);
    EXPECT_EQ(repeats.pass("disk", start + 2s), std::nullopt);
    EXPECT_EQ(repeats.pass("net", start + 2s), 0u) << "another message has its own count";
    EXPECT_EQ(repeats.pass("disk", start + log::Repeats::window), 2u);
    EXPECT_EQ(repeats.pass("disk", start + log::Repeats::window), 0u);
}

TEST(Log, forgets_counts_rather_than_grow) {
    log::Repeats repeats;
    const log::Repeats::Clock::time_point now{};
    for (uint64_t i = 0; i <= log::Repeats::same_lines_max; ++i) repeats.pass("first", now);
    EXPECT_EQ(repeats.pass("first", now), std::nullopt);
    for (size_t i = 1; i < log::Repeats::messages_max; ++i) repeats.pass(std::to_string(i), now);
    EXPECT_EQ(repeats.pass("first", now), std::nullopt);
    EXPECT_EQ(repeats.pass("one more", now), 0u);
    EXPECT_EQ(repeats.pass("first", now), 0u);
}

}  // namespace
}  // namespace plume
