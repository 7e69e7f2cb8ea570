#include "app/status.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

namespace json = boost::json;

json::value status() {
    return json::parse(R"({"ready":true,"alive":true,"reasons":[],"version":"1.2.3","chainId":77,
        "head":{"number":1234,"hash":"0x","timestamp":1,"ageSeconds":65},
        "history":{"statesFrom":1000},"pool":{"pending":3,"queued":2},"peers":0,
        "disk":{"storeBytes":1536,"freeBytes":3221225472,"sizeBytes":1},
        "memoryBytes":1048576,"descriptors":{"open":40,"limit":1024},"uptimeSeconds":93784})");
}

TEST(Status, is_told_in_words) {
    EXPECT_EQ(*status_text(status()),
              "version     1.2.3\n"
              "chain id    77\n"
              "head        1234, 1 min 5 s old\n"
              "history     states from block 1000 on\n"
              "pool        3 pending, 2 queued\n"
              "peers       0\n"
              "disk        1.5 KiB used, 3.0 GiB free\n"
              "memory      1.0 MiB, 40 of 1024 descriptors\n"
              "up          1 d 2 h\n"
              "ready       yes\n");
}

TEST(Status, says_why_a_node_is_not_ready) {
    json::value given = status();
    given.at("ready") = false;
    given.at("reasons") = json::parse(R"([{"code":"disk_full","message":"the disk is full"}])");
    EXPECT_TRUE(status_text(given)->ends_with("ready       no\n            the disk is full\n"));
}

TEST(Status, an_answer_of_something_else_is_none) {
    EXPECT_FALSE(status_text(json::value(nullptr)));
    EXPECT_FALSE(status_text(json::parse("{}")));
    json::value given = status();
    given.at("head").as_object().erase("number");
    EXPECT_FALSE(status_text(given));
    given = status();
    given.at("peers") = -1;
    EXPECT_FALSE(status_text(given));
}

TEST(Status, sizes_and_durations_have_units) {
    EXPECT_EQ(format_duration(0), "0 s");
    EXPECT_EQ(format_duration(59), "59 s");
    EXPECT_EQ(format_duration(3'600), "1 h 0 min");
    EXPECT_EQ(format_duration(200'000), "2 d 7 h");
    EXPECT_EQ(format_size(1'023), "1023 B");
    EXPECT_EQ(format_size(1'024), "1.0 KiB");
    EXPECT_EQ(format_size(~uint64_t{0}), "16777215.9 TiB");
}

}  // namespace
}  // namespace plume
