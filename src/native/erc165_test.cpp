#include "native/erc165.hpp"

#include <gtest/gtest.h>

namespace plume {
namespace {

struct Dial {
    bool supports_interface(Selector) const { return true; }
    u256 level() const { return {}; }
    void turn(u256) {}
};

constexpr auto votes_like = Methods<Method<"level() view returns (uint256)", &Dial::level>,
                                    Method<"turn(uint256 by)", &Dial::turn>>{};

TEST(Erc165, an_id_is_the_exclusive_or_of_the_selectors) {
    constexpr auto one = Methods<
        Method<"supportsInterface(bytes4 id) view returns (bool)", &Dial::supports_interface>>{};
    static_assert(one.interface_id() == erc165::id);
    Selector expected{};
    for (const auto& text : {"level()", "turn(uint256)"})
        for (size_t i = 0; i < expected.size; ++i)
            expected.bytes[i] ^= keccak256(std::string_view{text}).bytes[i];
    EXPECT_EQ(votes_like.interface_id(), expected);
}

TEST(Erc165, the_ids_are_those_of_the_standards) {
    EXPECT_EQ(to_hex(erc165::id), "0x01ffc9a7");
    EXPECT_EQ(to_hex(erc165::erc721), "0x80ac58cd");
    EXPECT_EQ(to_hex(erc165::erc721_metadata), "0x5b5e139f");
    EXPECT_EQ(to_hex(erc165::arbitrable), "0x311a6c56");
}

TEST(Erc165, nothing_supports_what_it_does_not_offer) {
    const Selector offered = votes_like.interface_id();
    EXPECT_TRUE(erc165::supports(erc165::id, {}));
    EXPECT_TRUE(erc165::supports(offered, {offered}));
    EXPECT_FALSE(erc165::supports(offered, {}));
    const Selector none{{0xff, 0xff, 0xff, 0xff}};
    EXPECT_FALSE(erc165::supports(none, {none}));
}

}  // namespace
}  // namespace plume
