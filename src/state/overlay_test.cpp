#include "state/overlay.hpp"

#include <gtest/gtest.h>

#include "crypto/keccak.hpp"
#include "state/state.hpp"

namespace plume {
namespace {

using namespace literals;

constexpr Address someone = "0x00000000000000000000000000000000000000aa"_address;
constexpr Address another = "0x00000000000000000000000000000000000000bb"_address;

/// Everybody has balance 5 and nonce 6, and 7 in every slot.
class Sevens : public StateView {
public:
    std::optional<AccountFields> account(const Address&) const override {
        AccountFields out;
        out.balance = u256{5u};
        out.nonce = 6;
        return out;
    }
    u256 storage(const Address&, const u256&) const override { return u256{7u}; }
    Bytes code(const Hash&) const override { return {0x07}; }
};

TEST(Overlay, overrides_replace_what_they_name_and_nothing_else) {
    const Sevens under;
    Overlay view(under);
    const Bytes code = *from_hex("abcd");
    view.apply(Overrides{{someone, {.balance = u256{9u}, .nonce = {}, .code = code, .slots = {}}}});
    const AccountFields account = view.account(someone).value();
    EXPECT_EQ(account.balance, 9u);
    EXPECT_EQ(account.nonce, 6u);
    EXPECT_EQ(account.code_hash, keccak256(code));
    EXPECT_EQ(view.code(account.code_hash), code);
    EXPECT_EQ(view.code(Hash{}), Bytes{0x07});
    EXPECT_EQ(view.storage(someone, u256{1u}), 7u);
    EXPECT_EQ(view.account(another)->balance, 5u);
}

TEST(Overlay, overridden_slots_leave_the_others_or_replace_them_all) {
    const Sevens under;
    const AccountOverride nine{.balance = {}, .nonce = {}, .code = {}, .slots = {{1u, 9u}}};
    AccountOverride only_nine = nine;
    only_nine.replaces_storage = true;
    Overlay some(under);
    some.apply(Overrides{{someone, nine}});
    EXPECT_EQ(some.storage(someone, u256{1u}), 9u);
    EXPECT_EQ(some.storage(someone, u256{2u}), 7u);
    Overlay all(under);
    all.apply(Overrides{{someone, only_nine}});
    EXPECT_EQ(all.storage(someone, u256{1u}), 9u);
    EXPECT_EQ(all.storage(someone, u256{2u}), 0u);
    EXPECT_EQ(all.storage(another, u256{2u}), 7u);
    // A later override of the same account stands on the earlier one.
    all.apply(Overrides{{someone, {.balance = u256{1u}, .nonce = {}, .code = {}, .slots = {}}}});
    EXPECT_EQ(all.storage(someone, u256{1u}), 9u);
    EXPECT_EQ(all.storage(someone, u256{2u}), 0u);
}

TEST(Overlay, changes_of_one_block_are_what_the_next_one_finds) {
    const Sevens under;
    Overlay view(under);
    State first(view);
    first.begin_transaction();
    first.set_balance(someone, u256{1u});
    first.store(someone, u256{1u}, u256{8u});
    first.set_code(another, {0x01, 0x02});
    first.end_transaction();
    view.apply(first.take());
    EXPECT_EQ(view.account(someone)->balance, 1u);
    EXPECT_EQ(view.storage(someone, u256{1u}), 8u);
    EXPECT_EQ(view.storage(someone, u256{2u}), 7u);
    EXPECT_EQ(view.code(view.account(another)->code_hash), (Bytes{0x01, 0x02}));

    State second(view);
    second.begin_transaction();
    EXPECT_EQ(second.load(someone, u256{1u}), 8u);
    second.destroy(someone);
    second.end_transaction();
    view.apply(second.take());
    EXPECT_EQ(view.account(someone), std::nullopt);
    EXPECT_EQ(view.storage(someone, u256{1u}), 0u);
    EXPECT_EQ(view.storage(someone, u256{2u}), 0u);
}

}  // namespace
}  // namespace plume
