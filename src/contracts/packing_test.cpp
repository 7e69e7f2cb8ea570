#include "contracts/packing.hpp"

#include <gtest/gtest.h>

namespace plume::packing {
namespace {

TEST(Packing, what_is_packed_comes_out_again) {
    for (size_t zeros = 0; zeros < 800; ++zeros) {
        Bytes bytes{7};
        bytes.resize(1 + zeros);
        EXPECT_EQ(unpack(pack(bytes)), bytes);
        bytes.push_back(9);
        EXPECT_EQ(unpack(pack(bytes)), bytes);
        bytes.erase(bytes.begin());
        EXPECT_EQ(unpack(pack(bytes)), bytes);
    }
}

TEST(Packing, a_run_of_zeros_takes_two_bytes) {
    EXPECT_EQ(pack(Bytes(255)), (Bytes{0, 255}));
    EXPECT_EQ(pack(Bytes(256)), (Bytes{0, 255, 0, 1}));
    EXPECT_EQ(pack(Bytes{}), Bytes{});
    EXPECT_EQ(pack(Bytes{1, 0, 2}), (Bytes{1, 0, 1, 2}));
}

}  // namespace
}  // namespace plume::packing
