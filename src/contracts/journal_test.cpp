#include "contracts/journal.hpp"

#include <gtest/gtest.h>

#include "support/world.hpp"

namespace plume {
namespace {

using namespace literals;
using test::Outcome;
using test::person;
using test::World;

const Address gold = person(1);
const Address silver = person(2);

/// A contract with books of two currencies and three accounts.
class Bookkeeper : public Contract {
public:
    using Contract::Contract;

    void construct() {}
    void post(Address asset, uint8_t debit, uint8_t credit, u256 amount, Hash ref) {
        journal::post(*this, asset, debit, credit, amount, ref);
    }
    /// Forgets to debit.
    void post_half(Address asset, u256 amount) {
        journal::post(*this, asset, 0, 1, amount, {});
        set(Slot<u128>{account_position(asset, 0), 0}, {});
    }
    void emit_only(Address asset, u256 amount) {
        emit(journal::Posted{journal::count(*this), asset, 0, 1, amount, Hash{}});
    }
    void grow() { set(Slot<u256>{namespace_slot("plume.journal")}, u256{9u}); }

    journal::Entry at(u256 index) const { return journal::at(*this, index); }
    u256 debits(Address asset, uint8_t account) const {
        return journal::debits(*this, asset, account);
    }
    u256 in_debit(Address asset, uint8_t account) const {
        return journal::in_debit(*this, asset, account);
    }
    u256 in_credit(Address asset, uint8_t account) const {
        return journal::in_credit(*this, asset, account);
    }
    std::optional<std::string> broken_invariant() const {
        return journal::broken_invariant(*this, {gold, silver}, 3);
    }

    static constexpr auto constructor = Method<"constructor()", &Bookkeeper::construct>{};
    static constexpr auto abi = Methods<
        Method<"post(address asset, uint8 debit, uint8 credit, uint256 amount, bytes32 ref)",
               &Bookkeeper::post>,
        Method<"postHalf(address asset, uint256 amount)", &Bookkeeper::post_half>,
        Method<"emitOnly(address asset, uint256 amount)", &Bookkeeper::emit_only>,
        Method<"grow()", &Bookkeeper::grow>,
        Method<"at(uint256 index) view returns ((uint64 time, address asset, uint8 debit, uint8 "
               "credit, uint128 amount, bytes32 ref))",
               &Bookkeeper::at>,
        Method<"debits(address asset, uint8 account) view returns (uint256)", &Bookkeeper::debits>,
        Method<"inDebit(address asset, uint8 account) view returns (uint256)",
               &Bookkeeper::in_debit>,
        Method<"inCredit(address asset, uint8 account) view returns (uint256)",
               &Bookkeeper::in_credit>>{};

private:
    static u256 account_position(const Address& asset, uint8_t account) {
        const Map<Address, Map<uint8_t, u256>> accounts{
            {namespace_slot("plume.journal") + u256{1u}}};
        return accounts[asset][account].position;
    }
};

class JournalTest : public testing::Test {
protected:
    JournalTest() : world(std::vector{native_type<Bookkeeper>(60'030, 1, "Bookkeeper")}) {
        books = world.create(person(9), "Bookkeeper", {}).value<Address>();
    }
    Outcome post(const Address& asset, uint8_t debit, uint8_t credit, const u256& amount) {
        return world.send<"post(address,uint8,uint8,uint256,bytes32)">(
            person(9), books, asset, debit, credit, amount, keccak256("ref"));
    }
    template <FixedText signature>
    u256 number(const Address& asset, uint8_t account) {
        return world.ask<signature>(books, asset, account).template value<u256>();
    }

    World world;
    Address books;
};

TEST_F(JournalTest, an_entry_debits_one_account_and_credits_another) {
    ASSERT_TRUE(post(gold, 0, 1, 100_u256).ok());
    ASSERT_TRUE(post(gold, 1, 2, 30_u256).ok());
    ASSERT_TRUE(post(silver, 0, 1, 7_u256).ok());
    EXPECT_EQ((number<"inDebit(address,uint8)">(gold, 0)), 100_u256);
    EXPECT_EQ((number<"inCredit(address,uint8)">(gold, 1)), 70_u256);
    EXPECT_EQ((number<"inCredit(address,uint8)">(gold, 2)), 30_u256);
    EXPECT_EQ((number<"debits(address,uint8)">(gold, 1)), 30_u256);
    EXPECT_EQ((number<"inDebit(address,uint8)">(silver, 0)), 7_u256) << "books of its own";
    const auto entry = world.ask<"at(uint256)">(books, 1_u256).value<journal::Entry>();
    EXPECT_EQ(entry,
              (journal::Entry{world.block().timestamp, gold, 1, 2, {30_u256}, keccak256("ref")}));
    EXPECT_TRUE(world.ask<"at(uint256)">(books, 3_u256)
                    .refused_with(journal::UnknownEntry{3_u256, 3_u256}));
}

TEST_F(JournalTest, an_entry_of_nothing_is_left_out) {
    const Outcome out = post(gold, 0, 1, 0_u256);
    EXPECT_TRUE(out.ok());
    EXPECT_TRUE(out.logs.empty());
    EXPECT_TRUE(world.ask<"at(uint256)">(books, 0_u256).refused_as<journal::UnknownEntry>());
}

TEST_F(JournalTest, an_account_keeps_to_128_bits) {
    const u256 most = (1_u256 << 128) - 1_u256;
    EXPECT_TRUE(post(gold, 0, 1, most).ok());
    EXPECT_TRUE(post(gold, 0, 1, 1_u256).refused_with(Panic{panic_arithmetic}));
    EXPECT_TRUE(post(silver, 0, 1, most + 1_u256).refused_with(Panic{panic_arithmetic}));
    EXPECT_TRUE(world.ask<"inDebit(address,uint8)">(books, gold, uint8_t{1})
                    .refused_with(Panic{panic_arithmetic}))
        << "the wrong side of an account";
}

TEST_F(JournalTest, what_is_not_posted_breaks_an_invariant) {
    world.expect_broken_invariants();
    post(gold, 0, 1, 5_u256);
    const auto broken = [&](const Outcome& out) {
        const size_t at = out.broken.find("J-");
        return at == std::string::npos ? out.broken : out.broken.substr(at, 3);
    };
    EXPECT_EQ(broken(world.send<"postHalf(address,uint256)">(person(9), books, gold, 5_u256)),
              "J-2");
    EXPECT_EQ(broken(world.send<"emitOnly(address,uint256)">(person(9), books, gold, 5_u256)),
              "J-2");
    EXPECT_EQ(broken(world.send<"grow()">(person(9), books)), "J-2");
    EXPECT_EQ(broken(post(person(3), 0, 1, 5_u256)), "J-2") << "no known currency";
    EXPECT_EQ(broken(post(gold, 0, 3, 5_u256)), "J-1") << "no known account";
}

}  // namespace
}  // namespace plume
