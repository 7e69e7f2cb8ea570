#include "app/story.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "app/accounts.hpp"
#include "app/templates.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

Story empty_story(bool is_balanced) {
    Story out{.title = "nothing", .begins_at = 1'000'000};
    out.people = derive_accounts(development_mnemonic, 1).value();
    out.play = [is_balanced](Session&, const Narrator&) -> Result<Ending> {
        return Ending{.tables = "", .is_balanced = is_balanced};
    };
    return out;
}

TEST(Story, books_that_do_not_balance_are_a_failure) {
    EXPECT_EQ(run_story({.json = true}, empty_story(true)), exit_code::ok);
    EXPECT_EQ(run_story({.json = true}, empty_story(false)), exit_code::failed);
}

TEST(Story, a_directory_that_is_in_use_stays_as_it_is) {
    const test::TemporaryDirectory folder;
    std::ofstream(folder.path() / "letter") << "dear";
    EXPECT_EQ(run_story({.data = folder.path().string()}, empty_story(true)), exit_code::usage);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "LOCK"));
}

TEST(Story, time_stands_still_until_it_is_set_and_never_goes_back) {
    const test::TemporaryDirectory folder;
    const Story story = empty_story(true);
    const auto node = start_story_node(folder.path() / "chain", 0, story.people, story.begins_at);
    ASSERT_TRUE(node.ok());
    auto session = Session::open((*node)->url());
    ASSERT_TRUE(session.ok());
    const Account& one = story.people.front();
    EXPECT_TRUE(travel_to(*session, 2'000'000).ok());
    EXPECT_TRUE(session->send(one, one.address, {}).ok());
    EXPECT_EQ(session->head_time().value(), 2'000'000u);
    EXPECT_TRUE(travel_to(*session, 1'500'000).ok());
    EXPECT_TRUE(session->send(one, one.address, {}).ok());
    EXPECT_EQ(session->head_time().value(), 2'000'000u);
}

TEST(Story, a_launch_that_is_refused_says_why) {
    const test::TemporaryDirectory folder;
    const Story story = empty_story(true);
    const auto node = start_story_node(folder.path() / "chain", 0, story.people, story.begins_at);
    ASSERT_TRUE(node.ok());
    auto session = Session::open((*node)->url());
    const auto none = launch(*session, story.people.front(), "Castle", {});
    ASSERT_FALSE(none.ok());
    EXPECT_NE(none.error().what.find("UnknownTemplate"), std::string::npos) << none.error().what;
}

}  // namespace
}  // namespace plume
