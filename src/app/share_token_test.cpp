#include "app/share_token.hpp"

#include <gtest/gtest.h>

#include "contracts/regulated_token.hpp"

namespace plume {

TEST(ShareToken, has_votes_and_holds_and_no_power_over_holders) {
    const Address owner{{1}};
    const auto params = abi::decode_one<RegulatedTokenParams>(
        share_token_params("Shares", "SHR", Hash{{2}}, owner, u256{100u}));
    ASSERT_TRUE(params.has_value());
    EXPECT_EQ(params->features.on, 7u);
    EXPECT_EQ(params->features.later, 0u);
    EXPECT_EQ(params->holder, owner);
    EXPECT_EQ(params->powers.force, Address{});
    EXPECT_EQ(params->powers.freeze, Address{});
    EXPECT_EQ(params->powers.recover, Address{});
}

}  // namespace plume
