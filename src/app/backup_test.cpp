#include "app/backup.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "app/accounts.hpp"
#include "app/admin.hpp"
#include "app/node.hpp"
#include "chain/verify.hpp"
#include "contracts/catalog.hpp"
#include "store/directory.hpp"
#include "support/temporary_directory.hpp"
#include "support/transactions.hpp"

namespace plume {
namespace {

namespace fs = std::filesystem;

Genesis genesis() {
    Genesis out;
    out.chain_id = test::chain_id;
    out.accounts[address_of(test::key(1))].balance = u256{1} << 100;
    return out;
}

std::unique_ptr<Node> start(const fs::path& data) {
    NodeOptions options{.data = data, .genesis = genesis()};
    options.server.port = 0;
    auto node = Node::start(std::move(options));
    check(node.ok(), "the test's node starts");
    return std::move(node).value();
}

/// Sends payments until `count` blocks have been made.
void work(Node& node, uint64_t count) {
    Chain& chain = node.chain();
    const uint64_t wanted = chain.head()->number() + count;
    while (chain.head()->number() < wanted) {
        const uint64_t nonce = chain.pending_nonce(address_of(test::key(1)));
        ASSERT_TRUE(
            chain.submit(test::signed_payment(test::key(1), nonce, Address{}, u256{1u})).ok());
        while (!chain.head()->account(address_of(test::key(1))) ||
               chain.head()->account(address_of(test::key(1)))->nonce <= nonce)
            std::this_thread::yield();
    }
}

/// What plume verify says of a directory: the number of its head, or -1.
int64_t verified_head(const fs::path& data) {
    const auto store = Store::open(data, {.identity = std::nullopt, .is_read_only = true});
    if (!store || !(*store)->verify_files() || !verify(*(*store)->head())) return -1;
    return static_cast<int64_t>((*store)->head()->number());
}

TEST(Backup, of_a_running_node_is_a_chain_as_it_was) {
    const test::TemporaryDirectory temporary;
    const auto data = temporary.path() / "data";
    auto node = start(data);
    work(*node, 5);
    const auto first = make_backup(data, temporary.path() / "first");
    ASSERT_TRUE(first.ok()) << first.error().what;
    EXPECT_EQ(first->head, 5u);
    EXPECT_GT(first->bytes, 1'000u);
    work(*node, 3);
    const auto second = make_backup(data, temporary.path() / "second");
    ASSERT_TRUE(second.ok()) << second.error().what;
    EXPECT_EQ(second->head, 8u);
    node.reset();
    EXPECT_FALSE(fs::exists(data / "checkpoint"));
    EXPECT_FALSE(fs::exists(data / "admin.sock"));
    EXPECT_EQ(verified_head(temporary.path() / "first"), 5);
    EXPECT_EQ(verified_head(temporary.path() / "second"), 8);
    // It is a data directory like any other.
    auto restored = start(temporary.path() / "first");
    work(*restored, 1);
}

TEST(Backup, shares_nothing_with_what_it_was_made_of) {
    const test::TemporaryDirectory temporary;
    const auto data = temporary.path() / "data";
    auto node = start(data);
    work(*node, 2);
    ASSERT_TRUE(make_backup(data, temporary.path() / "copy").ok());
    for (const auto& entry : fs::recursive_directory_iterator(temporary.path() / "copy")) {
        if (!entry.is_regular_file()) continue;
        EXPECT_EQ(fs::hard_link_count(entry.path()), 1u) << entry.path();
    }
    struct stat found{};
    ASSERT_EQ(::stat((temporary.path() / "copy").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0700u);
    ASSERT_EQ(::stat((data / "admin.sock").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600u);
}

TEST(Backup, of_a_stopped_node_is_the_whole_chain) {
    const test::TemporaryDirectory temporary;
    const auto data = temporary.path() / "data";
    {
        auto node = start(data);
        work(*node, 4);
    }
    std::ofstream(data / "genesis.json") << "{}";
    fs::create_directory(temporary.path() / "empty");
    const auto made = make_backup(data, temporary.path() / "empty");
    ASSERT_TRUE(made.ok()) << made.error().what;
    EXPECT_EQ(verified_head(temporary.path() / "empty"), 4);
    EXPECT_TRUE(fs::exists(temporary.path() / "empty" / "genesis.json"));
}

TEST(Backup, takes_a_new_directory_and_leaves_none_that_is_not_whole) {
    const test::TemporaryDirectory temporary;
    const auto data = temporary.path() / "data";
    const auto copy = temporary.path() / "copy";
    {
        auto node = start(data);
    }
    fs::create_directory(copy);
    std::ofstream(copy / "file") << "text";
    EXPECT_NE(make_backup(data, copy).error().what.find("takes a new directory"),
              std::string::npos);
    fs::remove_all(copy);
    fs::create_directory(copy.string() + ".partial");
    EXPECT_NE(make_backup(data, copy).error().what.find("did not end"), std::string::npos);
    fs::remove_all(copy.string() + ".partial");
    for (const auto& entry : fs::directory_iterator(data / "db"))
        if (entry.path().extension() == ".log") fs::resize_file(entry.path(), 100);
    EXPECT_FALSE(make_backup(data, copy).ok()) << "what is damaged";
    EXPECT_FALSE(fs::exists(copy));
    EXPECT_FALSE(fs::exists(copy.string() + ".partial"));
}

TEST(Backup, of_a_directory_in_use_by_something_else_is_refused) {
    const test::TemporaryDirectory temporary;
    const auto data = temporary.path() / "data";
    const auto held = DataDirectory::open(data);
    ASSERT_TRUE(held.ok());
    const auto made = make_backup(data, temporary.path() / "copy");
    ASSERT_FALSE(made.ok());
    EXPECT_NE(made.error().what.find("is in use by process"), std::string::npos);
}

}  // namespace
}  // namespace plume
