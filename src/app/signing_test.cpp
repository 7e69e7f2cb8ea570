#include "app/signing.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

/// The example of ERC-8213.
TEST(Signing, the_fingerprint_of_calldata_is_the_published_one) {
    const Bytes transfer = *from_hex(
        "a9059cbb0000000000000000000000004675c7e5baafbffbca748158becba61ef3b0a263000000000000000000"
        "0"
        "000000000000000000000000000000de0b6b3a7640000");
    EXPECT_EQ(to_hex(calldata_digest(transfer)),
              "0x812cee5d9cc7461c04bbcd7b70af9c28b243ac5d74d3453b008b93b7dac69985");
    EXPECT_NE(calldata_digest(BytesView(transfer).first(67)), calldata_digest(transfer));
}

}  // namespace
}  // namespace plume
