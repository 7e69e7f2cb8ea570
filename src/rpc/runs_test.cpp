#include "rpc/runs.hpp"

#include <gtest/gtest.h>

#include "support/rpc_world.hpp"

namespace plume::rpc {
namespace {

TEST(Runs, a_block_is_run_again_whole_or_for_one_transaction) {
    test::RpcWorld world;
    const Address sender = test::RpcWorld::sender();
    for (uint64_t nonce = 0; nonce < 3; ++nonce)
        ASSERT_TRUE(
            world.chain().submit(test::RpcWorld::transaction(nonce, sender, {}, u256{nonce})).ok());
    world.mine();
    const rpc::Run run = run_of(world.chain(), 1);
    EXPECT_EQ(run.before->number(), 0u);
    TraceBudget budget;
    const auto all = calls_of(world.chain(), run, budget);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[2].value, u256{2u});
    EXPECT_EQ(failure_of(all[2]), "");
    const auto one = calls_of(world.chain(), run, budget, 1);
    ASSERT_EQ(one.size(), 1u);
    EXPECT_EQ(one[0].value, u256{1u});
}

TEST(Runs, what_cannot_be_run_is_refused) {
    test::RpcWorld world;
    EXPECT_THROW(run_of(world.chain(), 0), RpcError);
    EXPECT_THROW(run_of(world.chain(), 7), RpcError);
    world.run(test::RpcWorld::transaction(0, test::RpcWorld::sender()));
    TraceBudget none(trace_size_max, 0);
    EXPECT_THROW(calls_of(world.chain(), run_of(world.chain(), 1), none), RpcError);
}

}  // namespace
}  // namespace plume::rpc
