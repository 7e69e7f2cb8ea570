#include "rpc/utf8.hpp"

#include <gtest/gtest.h>

namespace plume::rpc {
namespace {

const std::string replacement = "\xef\xbf\xbd";

TEST(Utf8, well_formed_text_stays) {
    for (const char* text :
         {"", "plain", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
          "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        EXPECT_EQ(valid_utf8(text), text);
}

// The ill-formed sequences of Unicode 15, table 3-7: overlong, surrogates, beyond U+10FFFF.
TEST(Utf8, ill_formed_bytes_are_replaced) {
    for (const char* text : {"\x80", "\xbf", "\xc0", "\xc1", "\xf5", "\xff"})
        EXPECT_EQ(valid_utf8(text), replacement);
    EXPECT_EQ(valid_utf8("\xc0\x80"), replacement + replacement);
    EXPECT_EQ(valid_utf8("\xe0\x9f\xbf"), replacement + replacement + replacement);
    EXPECT_EQ(valid_utf8("\xed\xa0\x80"), replacement + replacement + replacement);
    EXPECT_EQ(valid_utf8("\xf0\x8f\xbf\xbf"),
              replacement + replacement + replacement + replacement);
    EXPECT_EQ(valid_utf8("\xf4\x90\x80\x80"),
              replacement + replacement + replacement + replacement);
}

TEST(Utf8, a_sequence_cut_short_does_not_swallow_what_follows) {
    EXPECT_EQ(valid_utf8("a\xe2\x82z"), "a" + replacement + replacement + "z");
    EXPECT_EQ(valid_utf8("a\xc3"), "a" + replacement);
    EXPECT_EQ(valid_utf8("\xc3(x"), replacement + "(x");
}

}  // namespace
}  // namespace plume::rpc
