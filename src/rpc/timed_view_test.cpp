#include "rpc/timed_view.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "chain/simulate.hpp"
#include "contracts/addresses.hpp"
#include "state/overlay.hpp"
#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

using std::chrono::milliseconds;

/// A state on a disk that takes its time.
class SlowView final : public StateView {
public:
    SlowView(const StateView& under, size_t& looks) : under_(under), looks_(looks) {}
    std::optional<AccountFields> account(const Address& address) const override {
        wait();
        return under_.account(address);
    }
    u256 storage(const Address& address, const u256& slot) const override {
        wait();
        return under_.storage(address, slot);
    }
    Bytes code(const Hash& hash) const override { return under_.code(hash); }

private:
    void wait() const {
        ++looks_;
        std::this_thread::sleep_for(milliseconds(5));
    }
    const StateView& under_;
    size_t& looks_;
};

class TimedViewTest : public testing::Test {
protected:
    TimedViewTest() {
        // Code that loads one slot after the other until its gas is gone: JUMPDEST, DUP1, SLOAD,
        // POP, 1, ADD, PUSH1 2, JUMP behind a first PUSH1 0.
        Overrides overrides;
        overrides[looping_].code =
            Bytes{0x60, 0x00, 0x5b, 0x80, 0x54, 0x50, 0x60, 0x01, 0x01, 0x60, 0x02, 0x56};
        imagined_.apply(overrides);
        request_.to = looping_;
    }

    test::RpcWorld world_;
    const std::shared_ptr<const StateSnapshot> state_ = world_.chain().at(BlockTag::latest).value();
    const Address looping_ = Address::parse(std::string(40, 'c')).value();
    Overlay imagined_{*state_};
    CallRequest request_;
};

TEST_F(TimedViewTest, in_time_it_is_what_lies_under_it) {
    const TimedView timed(*state_, std::chrono::hours(1));
    EXPECT_EQ(timed.account(test::RpcWorld::sender()), state_->account(test::RpcWorld::sender()));
    const auto account = state_->account(contracts::attestations).value();
    EXPECT_EQ(timed.code(account.code_hash), state_->code(account.code_hash));
    EXPECT_EQ(timed.storage(contracts::attestations, u256{1u}),
              state_->storage(contracts::attestations, u256{1u}));
}

TEST_F(TimedViewTest, a_call_that_takes_too_long_is_given_up) {
    size_t looks = 0;
    const SlowView slow(imagined_, looks);
    const TimedView timed(slow, milliseconds(50));
    const BlockEnvironment block = world_.chain().next_environment(world_.now);
    EXPECT_THROW((void)simulate(timed, block, world_.chain().rules(), request_), RpcError);
    EXPECT_LE(looks, 11u);
    // All of its gas would have been enough for thousands of slots.
    EXPECT_THROW((void)estimate_gas(timed, block, world_.chain().rules(), request_), RpcError);
    EXPECT_LE(looks, 11u);
}

}  // namespace
}  // namespace plume::rpc
