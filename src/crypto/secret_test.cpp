#include "crypto/secret.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace plume {
namespace {

TEST(Secret, takes_its_text_and_leaves_nothing_behind) {
    std::string typed = "correct horse battery staple, and more than fits into the object";
    const char* const where = typed.data();
    const size_t size = typed.size();
    Secret secret(std::move(typed));
    EXPECT_EQ(secret.text().substr(0, 7), "correct");
    EXPECT_EQ(typed, "");
    EXPECT_TRUE(std::all_of(where, where + size, [](char c) { return c == '\0'; }));
    const Secret moved = std::move(secret);
    EXPECT_EQ(moved.text().substr(0, 7), "correct");
    EXPECT_EQ(secret.text(), "");
}

TEST(Secret, wipes_bytes) {
    Bytes bytes{1, 2, 3};
    wipe(bytes);
    EXPECT_EQ(bytes, (Bytes{0, 0, 0}));
}

TEST(Secret, random_bytes_are_of_the_size_and_differ) {
    EXPECT_EQ(random_bytes(0).size(), 0u);
    EXPECT_EQ(random_bytes(33).size(), 33u);
    EXPECT_NE(random_bytes(32), random_bytes(32));
    EXPECT_NE(random_key().bytes(), random_key().bytes());
}

}  // namespace
}  // namespace plume
