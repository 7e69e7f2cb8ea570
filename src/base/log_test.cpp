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

}  // namespace
}  // namespace plume
