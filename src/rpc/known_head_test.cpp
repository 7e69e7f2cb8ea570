#include "rpc/known_head.hpp"

#include <gtest/gtest.h>

namespace plume::rpc {
namespace {

std::string head_with(std::string_view length) {
    return "POST / HTTP/1.1\r\nHost: localhost\r\ncontent-LENGTH: \t" + std::string(length) +
           " \r\nContent-Type: application/json\r\n\r\n";
}

TEST(KnownHead, knows_the_same_head_with_any_length) {
    const auto known = KnownHead::of(head_with("12"));
    ASSERT_TRUE(known.has_value());
    for (const std::string length : {"0", "12", "007", "1234567"}) {
        const auto sizes = known->match(head_with(length) + "{}");
        ASSERT_TRUE(sizes.has_value()) << length;
        EXPECT_EQ(sizes->head, head_with(length).size());
        EXPECT_EQ(sizes->body, std::stoul(length));
    }
}

TEST(KnownHead, knows_no_other_head) {
    const auto known = KnownHead::of(head_with("12"));
    ASSERT_TRUE(known.has_value());
    for (const std::string length : {"", "-1", "+1", "1a", "1,1", "1 1", "0x1", "12345678"})
        EXPECT_FALSE(known->match(head_with(length)).has_value()) << length;
    const std::string whole = head_with("12");
    for (size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(known->match(std::string_view(whole).substr(0, size)).has_value()) << size;
        std::string other = whole;
        other[size] = '!';
        EXPECT_FALSE(known->match(other).has_value()) << size;
    }
    EXPECT_FALSE(known->match("GET" + whole.substr(4)).has_value());
}

TEST(KnownHead, is_of_heads_of_a_known_length_only) {
    EXPECT_FALSE(KnownHead::of("POST / HTTP/1.1\r\nHost: localhost\r\n\r\n").has_value());
    EXPECT_FALSE(
        KnownHead::of("POST / HTTP/1.1\r\nX-Content-Length: 1\r\nContent-Lengths: 1\r\n\r\n")
            .has_value());
}

TEST(KnownHead, is_of_heads_up_to_a_size) {
    const auto of_size = [](size_t size) {
        const std::string rest = head_with("1").substr(17);
        const std::string start = "POST / HTTP/1.1\r\nX: ";
        return start + std::string(size - start.size() - rest.size() - 2, 'x') + "\r\n" + rest;
    };
    ASSERT_EQ(of_size(KnownHead::size_max).size(), KnownHead::size_max);
    EXPECT_TRUE(KnownHead::of(of_size(KnownHead::size_max)).has_value());
    EXPECT_FALSE(KnownHead::of(of_size(KnownHead::size_max + 1)).has_value());
}

}  // namespace
}  // namespace plume::rpc
