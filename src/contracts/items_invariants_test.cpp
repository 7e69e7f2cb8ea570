// Each invariant of items is broken once, by a mutation that a slip of the pen could make, and is
// seen to catch it before anything is committed.
#include <gtest/gtest.h>

#include "contracts/items.hpp"
#include "support/items.hpp"

namespace plume {
namespace {

using namespace literals;
using test::ItemsWorld;
using test::Outcome;
using test::person;

const Address ada = ItemsWorld::owner(0);
const Address bob = ItemsWorld::owner(1);
const Address tenant = ItemsWorld::owner(2);
constexpr uint64_t gpu = 1;
constexpr uint64_t year = 365 * 86'400;

/// Items with wrong methods beside the right ones.
class CorruptedItems : public AssetItems {
public:
    using AssetItems::AssetItems;

    void give_unbooked(Address to, u256 id, u256 value) {
        set(balances_[id][sender()], balance_of(sender(), id) - value);
        emit(TransferSingle{sender(), sender(), to, id, value});
    }
    void give_silently(Address to, u256 id, u256 value) {
        set(balances_[id][to], balance_of(to, id) + value);
        set(balances_[id][sender()], balance_of(sender(), id) - value);
        emit(TransferSingle{sender(), sender(), to, id, {}});
    }
    void make_unsupplied(u256 id, u256 value) {
        set(balances_[id][sender()], balance_of(sender(), id) + value);
        emit(TransferSingle{sender(), Address{}, sender(), id, value});
    }
    void make_uncounted(u256 id, u256 value) {
        make_unsupplied(id, value);
        set(supplies_[id], total_supply_of(id) + value);
    }
    void make_past_cap(u256 id, u256 value) {
        make_uncounted(id, value);
        set(supply_of_all_, total_supply() + value);
        set(items_[id].cap(), total_supply_of(id) - u256{1u});
    }
    void steal(Address from, u256 id, u256 value) {
        move(from, sender(), {id}, {value}, Cause::transfer);
    }
    void let_too_much(Address user, u256 id, uint64_t amount) {
        usage::create(*this,
                      {.token_id = id,
                       .owner = sender(),
                       .amount = amount,
                       .user = user,
                       .expiry = now() + 1},
                      {});
    }
    void give_without_rights(Address to, u256 id, u256 value) {
        set(balances_[id][sender()], balance_of(sender(), id) - value);
        set(balances_[id][to], balance_of(to, id) + value);
        emit(TransferSingle{sender(), sender(), to, id, value});
    }
    void commit_too_much(u256 id, u256 amount) { commitments::commit(*this, sender(), id, amount); }
    void commit_unlisted(u256 id) {
        static constexpr Map<u256, Map<Address, u256>> amounts{
            {namespace_slot("plume.commitments") + u256{2u}}};
        set(amounts[id][sender()], u256{1u});
        emit(TransferSingle{sender(), sender(), sender(), id, {}});
    }
    void consume_twice(u256 record_id, u256 amount) {
        usage::consume(*this, record_id, amount);
        emit(usage::Consumed{record_id, sender(), amount, {}});
    }
    void forget_owner_list(u256 record_id) {
        const UserRecord record = usage::require_record(*this, record_id);
        static constexpr Map<u256, Map<Address, Array<uint64_t>>> lists{
            {namespace_slot("plume.usage") + u256{2u}}};
        set(lists[record.token_id][record.owner].length(), {});
        emit(usage::UserRecordMoved{record_id, record.owner, record.owner});
    }
    void delete_by_word(u256 record_id) { emit(usage::DeleteUserRecord{record_id}); }
    void take_out_of_escrow(u256 id, u256 value) {
        move(self(), sender(), {id}, {value}, Cause::redeem);
    }
    void put_in_escrow(u256 id, u256 value) {
        move(sender(), self(), {id}, {value}, Cause::escrow);
    }

    static constexpr auto abi =
        AssetItems::abi +
        Methods<
            Method<"giveUnbooked(address to, uint256 id, uint256 value)",
                   &CorruptedItems::give_unbooked>,
            Method<"giveSilently(address to, uint256 id, uint256 value)",
                   &CorruptedItems::give_silently>,
            Method<"makeUnsupplied(uint256 id, uint256 value)", &CorruptedItems::make_unsupplied>,
            Method<"makeUncounted(uint256 id, uint256 value)", &CorruptedItems::make_uncounted>,
            Method<"makePastCap(uint256 id, uint256 value)", &CorruptedItems::make_past_cap>,
            Method<"steal(address from, uint256 id, uint256 value)", &CorruptedItems::steal>,
            Method<"letTooMuch(address user, uint256 id, uint64 amount)",
                   &CorruptedItems::let_too_much>,
            Method<"giveWithoutRights(address to, uint256 id, uint256 value)",
                   &CorruptedItems::give_without_rights>,
            Method<"commitTooMuch(uint256 id, uint256 amount)", &CorruptedItems::commit_too_much>,
            Method<"commitUnlisted(uint256 id)", &CorruptedItems::commit_unlisted>,
            Method<"consumeTwice(uint256 recordId, uint256 amount)",
                   &CorruptedItems::consume_twice>,
            Method<"forgetOwnerList(uint256 recordId)", &CorruptedItems::forget_owner_list>,
            Method<"deleteByWord(uint256 recordId)", &CorruptedItems::delete_by_word>,
            Method<"takeOutOfEscrow(uint256 id, uint256 value)",
                   &CorruptedItems::take_out_of_escrow>,
            Method<"putInEscrow(uint256 id, uint256 value)", &CorruptedItems::put_in_escrow>>{};
};

class ItemsInvariants : public testing::Test {
protected:
    ItemsInvariants()
        : world("CorruptedItems", {native_type<CorruptedItems>(60'103, 1, "CorruptedItems")}) {
        world.issue(ada, gpu, 10);
        world.expect_broken_invariants();
    }

    template <FixedText signature, class... T>
    void breaks(std::string_view invariant, const T&... arguments) {
        const Outcome out = world.send<signature>(ada, world.items(), arguments...);
        EXPECT_TRUE(out.ok()) << "the mutation itself is not refused";
        EXPECT_NE(out.broken.find(invariant), std::string::npos)
            << invariant << " is broken, not " << out.broken;
        EXPECT_EQ(world.balance(ada, gpu), 10_u256);
    }

    ItemsWorld world;
};

TEST_F(ItemsInvariants, the_right_methods_break_none) {
    const auto holds = [](const Outcome& out) {
        EXPECT_TRUE(out.ok());
        EXPECT_EQ(out.broken, "");
    };
    holds(world.approve(ada, bob));
    holds(world.give_by(bob, ada, bob, gpu, 3_u256));
    holds(world.let_metered(ada, tenant, gpu, 2, year, bob, 5));
    holds(world.consume(bob, 1, 5));
    holds(world.let(ada, tenant, gpu, 2, year));
    holds(world.commit(ada, gpu, 2));
    holds(world.force(ada, bob, gpu, 7_u256));
    holds(world.release(bob, 1));
    holds(world.fractionalize(bob, gpu, 5));
}

TEST_F(ItemsInvariants, balances_that_move_otherwise_than_announced) {
    breaks<"giveUnbooked(address,uint256,uint256)">("T-1", bob, u256{gpu}, 1_u256);
    breaks<"giveSilently(address,uint256,uint256)">("T-1", bob, u256{gpu}, 1_u256);
    breaks<"makeUnsupplied(uint256,uint256)">("T-1: the supply of item", u256{gpu}, 1_u256);
    breaks<"makeUncounted(uint256,uint256)">("T-1: the supply of all", u256{gpu}, 1_u256);
    breaks<"makePastCap(uint256,uint256)">("T-1: there is more", u256{gpu}, 1_u256);
}

TEST_F(ItemsInvariants, units_that_leave_without_permission) {
    world.give(ada, bob, gpu, {});
    world.issue(bob, 2, 5);
    breaks<"steal(address,uint256,uint256)">("T-6", bob, 2_u256, 1_u256);
}

TEST_F(ItemsInvariants, rights_that_nothing_covers) {
    breaks<"letTooMuch(address,uint256,uint64)">("I-1", tenant, u256{gpu}, uint64_t{11});
    breaks<"commitTooMuch(uint256,uint256)">("I-1", u256{gpu}, 11_u256);
    world.let(ada, tenant, gpu, 8, year);
    breaks<"giveWithoutRights(address,uint256,uint256)">("I-1", bob, u256{gpu}, 3_u256);
    breaks<"commitUnlisted(uint256)">("I-3", u256{gpu});
}

TEST_F(ItemsInvariants, records_that_are_not_what_they_say) {
    world.let_metered(ada, tenant, gpu, 8, year, ada, 100);
    breaks<"consumeTwice(uint256,uint256)">("I-2", 1_u256, 10_u256);
    breaks<"forgetOwnerList(uint256)">("I-2", 1_u256);
    breaks<"deleteByWord(uint256)">("I-2", 1_u256);
}

TEST_F(ItemsInvariants, escrow_that_is_not_whole) {
    breaks<"putInEscrow(uint256,uint256)">("I-4", u256{gpu}, 10_u256);
    world.issue(ada, 2, 5);
    world.fractionalize(ada, 2, 100);
    breaks<"takeOutOfEscrow(uint256,uint256)">("I-4", 2_u256, 1_u256);
}

}  // namespace
}  // namespace plume
