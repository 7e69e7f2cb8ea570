#include "contracts/batches.hpp"

#include <gtest/gtest.h>

#include "support/feeds.hpp"

namespace plume {
namespace {

using namespace literals;
using test::FeedsWorld;
using test::Outcome;
using test::person;
using test::wallet_signature;

const Address owner = FeedsWorld::owner();
constexpr uint32_t day = 86'400;

inline constexpr FixedText create_set_text =
    "createDeviceSet((uint64,uint32,uint32,uint128,bytes32,uint8,uint8,address[]))";
inline constexpr FixedText submit_text =
    "submitBatch((bytes32,uint64,uint64,uint64,uint64,bytes32,uint256,uint256,uint256,uint16),"
    "bytes[])";
inline constexpr FixedText challenge_text =
    "challengeBatch(bytes32,uint64,(bytes32,bytes32,uint64,uint64,int256,uint8),bytes32[])";
inline constexpr FixedText twice_text =
    "challengeTwice(bytes32,uint64,(bytes32,bytes32,uint64,uint64,int256,uint8),bytes32[],"
    "(bytes32,bytes32,uint64,uint64,int256,uint8),bytes32[])";

Hash leaf_hash(const BatchLeaf& leaf) {
    return keccak256(keccak256(abi::encode(leaf)));
}
Hash pair_hash(const Hash& a, const Hash& b) {
    Bytes image = to_bytes(std::min(a, b));
    append(image, std::max(a, b));
    return keccak256(image);
}

/// A tree of four leaves: ((0, 1), (2, 3)).
struct Tree {
    std::array<BatchLeaf, 4> leaves;

    Hash root() const { return pair_hash(half(0), half(1)); }
    Hash half(size_t i) const {
        return pair_hash(leaf_hash(leaves[2 * i]), leaf_hash(leaves[2 * i + 1]));
    }
    std::vector<Hash> proof(size_t i) const { return {leaf_hash(leaves[i ^ 1]), half(1 - i / 2)}; }
};

class BatchesTest : public testing::Test {
protected:
    BatchesTest() : start(world.now()) {
        devices = {world.add_device(1), world.add_device(2)};
        set = create(params()).value<Hash>();
        add(devices);
        world.advance(day);
        for (size_t i = 0; i < 4; ++i)
            tree.leaves[i] = {.device = to_word(devices[i % 2]),
                              .metric = keccak256("energy|kWh"),
                              .time = start + 900 * (i + 1),
                              .seq = i,
                              .value = {u256{100 + i}},
                              .decimals = 6};
    }

    static PrivateKey gateway(uint16_t n) { return test::key(static_cast<uint16_t>(50 + n)); }
    SetParams params() const {
        return {
            .start = start,
            .period = day,
            .challenge = 3'600,
            .capacity = {20_u256},
            .metric = keccak256("energy|kWh"),
            .decimals = 6,
            .threshold = 2,
            .gateways = {address_of(gateway(0)), address_of(gateway(1)), address_of(gateway(2))}};
    }
    Outcome create(const SetParams& of) {
        return world.send<create_set_text>(owner, world.feeds(), of);
    }
    Outcome add(const std::vector<u256>& of, const Address& by = owner) {
        return world.send<"addSetDevices(bytes32,uint256[])">(by, world.feeds(), set, of);
    }
    BatchAggregate batch() const {
        return {.device_set = set,
                .epoch = 0,
                .window_start = start,
                .window_end = start + day,
                .count = 4,
                .root = tree.root(),
                .sum = 406_u256,
                .min = 100_u256,
                .max = 103_u256,
                .uptime_bps = 9'990};
    }
    Outcome submit(const BatchAggregate& of, const std::vector<uint16_t>& gateways = {0, 1}) {
        const Hash digest =
            world
                .ask<
                    "batchDigest((bytes32,uint64,uint64,uint64,uint64,bytes32,uint256,uint256,"
                    "uint256,uint16))">(world.feeds(), of)
                .value<Hash>();
        std::vector<Bytes> signatures;
        for (const uint16_t n : gateways)
            signatures.push_back(wallet_signature(digest, gateway(n)));
        return world.send<submit_text>(person(9), world.feeds(), of, signatures);
    }
    Outcome challenge(const BatchLeaf& leaf, const std::vector<Hash>& proof) {
        return world.send<challenge_text>(person(8), world.feeds(), set, uint64_t{0}, leaf, proof);
    }
    BatchState state() {
        return static_cast<BatchState>(
            world.ask<"batchState(bytes32,uint64)">(world.feeds(), set, uint64_t{0})
                .value<uint8_t>());
    }
    Outcome payable() {
        return world.ask<"payableDelta(bytes32,uint64)">(world.feeds(), set, uint64_t{0});
    }
    /// Whether the batch falls by its leaf 1, changed before the tree was made.
    bool falls_by(auto change) {
        Tree honest = tree;
        change(tree.leaves[1]);
        EXPECT_TRUE(submit(batch()).ok());
        const Outcome out = challenge(tree.leaves[1], tree.proof(1));
        EXPECT_TRUE(out.ok() || out.refused_with(Batches::LeafConsistent{}));
        if (!out.ok()) world.advance(0);
        tree = honest;
        return out.ok() && state() == BatchState::rejected;
    }

    FeedsWorld world;
    uint64_t start;
    std::vector<u256> devices;
    Hash set;
    Tree tree;
};

TEST_F(BatchesTest, an_aggregate_is_payable_after_its_challenge_window) {
    ASSERT_TRUE(submit(batch()).ok());
    EXPECT_EQ(state(), BatchState::pending);
    EXPECT_TRUE(payable().refused_with(Batches::BatchNotFinal{set, 0, 1}));
    world.advance(3'600);
    EXPECT_TRUE(payable().refused_with(Batches::BatchNotFinal{set, 0, 1})) << "its last second";
    world.advance(1);
    EXPECT_EQ(state(), BatchState::final);
    EXPECT_EQ(payable().value<u256>(), 406_u256);
    const auto at_least = [&](uint64_t amount) {
        return world
            .ask<"batchAtLeast(bytes32,uint64,uint256)">(world.feeds(), set, uint64_t{0},
                                                         u256{amount})
            .value<bool>();
    };
    EXPECT_TRUE(at_least(406));
    EXPECT_FALSE(at_least(407));
    EXPECT_TRUE(world
                    .ask<"batchUptimeAtLeast(bytes32,uint64,uint16)">(world.feeds(), set,
                                                                      uint64_t{0}, uint16_t{9'990})
                    .value<bool>());
    EXPECT_TRUE(submit(batch()).refused_with(Batches::BatchExists{set, 0})) << "once";
    EXPECT_TRUE(
        challenge(tree.leaves[0], tree.proof(0)).refused_with(Batches::BatchNotPending{set, 0, 3}));
}

TEST_F(BatchesTest, enough_different_gateways_sign) {
    const auto missing = [](uint64_t found) {
        return Batches::QuorumNotReached{u256{found}, 2_u256};
    };
    EXPECT_TRUE(submit(batch(), {}).refused_with(missing(0)));
    EXPECT_TRUE(submit(batch(), {1}).refused_with(missing(1)));
    EXPECT_TRUE(submit(batch(), {1, 1}).refused_with(missing(1))) << "not twice the same";
    EXPECT_TRUE(submit(batch(), {1, 7}).refused_with(missing(1))) << "not a stranger";
    EXPECT_TRUE(submit(batch(), {1, 0}).refused_with(missing(1))) << "in their order";
    EXPECT_TRUE(submit(batch(), {0, 0, 1, 2}).refused_with(missing(4))) << "more than there are";
    EXPECT_TRUE(submit(batch(), {0, 2}).ok());
}

TEST_F(BatchesTest, what_no_readings_can_add_up_to_is_refused) {
    const auto refused = [&](auto change) {
        BatchAggregate changed = batch();
        change(changed);
        return submit(changed).refused_as<Batches::BatchImpossible>();
    };
    EXPECT_TRUE(refused([](BatchAggregate& b) { b.sum = 399_u256; })) << "4 times the least";
    EXPECT_TRUE(refused([](BatchAggregate& b) { b.sum = 413_u256; })) << "4 times the most";
    EXPECT_TRUE(refused([](BatchAggregate& b) { b.min = 104_u256; }));
    EXPECT_TRUE(refused([](BatchAggregate& b) { b.uptime_bps = 10'001; }));
    EXPECT_TRUE(refused([](BatchAggregate& b) { b.root = {}; }));
    EXPECT_TRUE(refused([](BatchAggregate& b) { b.max = b.sum = u256{20u} * u256{day} + 1_u256; }))
        << "more than the set can";
    EXPECT_TRUE(refused([](BatchAggregate& b) { b.min = b.max = u256_max; }));
    BatchAggregate early = batch();
    early.epoch = 1;
    early.window_start += day;
    early.window_end += day;
    EXPECT_TRUE(submit(early).refused_with(
        Batches::BatchWindowInvalid{early.window_start, early.window_end}))
        << "not over yet";
    BatchAggregate shifted = batch();
    --shifted.window_start;
    EXPECT_TRUE(submit(shifted).refused_as<Batches::BatchWindowInvalid>());
}

TEST_F(BatchesTest, a_leaf_that_contradicts_rejects) {
    EXPECT_TRUE(falls_by([](BatchLeaf& l) { l.value = {104_u256}; })) << "above max";
    EXPECT_TRUE(falls_by([](BatchLeaf& l) { l.value = {99_u256}; })) << "below min";
    EXPECT_TRUE(falls_by([](BatchLeaf& l) { l.value = i256::of(-1); })) << "negative";
    EXPECT_TRUE(falls_by([&](BatchLeaf& l) { l.time = start; })) << "of the epoch before";
    EXPECT_TRUE(falls_by([&](BatchLeaf& l) { l.time = start + day + 1; })) << "of the next";
    EXPECT_TRUE(falls_by([](BatchLeaf& l) { l.device = to_word(5_u256); })) << "not registered";
    world.add_device(5);
    add({FeedsWorld::device(5)});
    EXPECT_TRUE(falls_by([](BatchLeaf& l) { l.device = to_word(FeedsWorld::device(5)); }))
        << "in the set since after the window";
    EXPECT_TRUE(falls_by([](BatchLeaf& l) { l.metric = {}; }));
    EXPECT_TRUE(falls_by([](BatchLeaf& l) { l.decimals = 3; }));
    EXPECT_TRUE(payable().refused_with(Batches::BatchNotFinal{set, 0, 2}));
    world.advance(day);
    EXPECT_TRUE(payable().refused_with(Batches::BatchNotFinal{set, 0, 2})) << "never by time";
    EXPECT_FALSE(falls_by([](BatchLeaf&) {})) << "an honest one may come after";
}

TEST_F(BatchesTest, an_honest_aggregate_stands_every_challenge) {
    ASSERT_TRUE(submit(batch()).ok());
    for (size_t i = 0; i < 4; ++i)
        EXPECT_TRUE(
            challenge(tree.leaves[i], tree.proof(i)).refused_with(Batches::LeafConsistent{}));
    BatchLeaf invented = tree.leaves[0];
    invented.value = {1_u256};
    const Batches::NotInBatch elsewhere{tree.root()};
    EXPECT_TRUE(challenge(invented, tree.proof(0)).refused_with(elsewhere));
    EXPECT_TRUE(challenge(tree.leaves[0], tree.proof(1)).refused_with(elsewhere));
    EXPECT_TRUE(challenge(tree.leaves[0], {}).refused_with(elsewhere));
    EXPECT_TRUE(challenge(tree.leaves[0], std::vector<Hash>(Batches::proof_size_max + 1))
                    .refused_with(elsewhere));
    const auto twice = [&](size_t i, size_t k) {
        return world.send<twice_text>(person(8), world.feeds(), set, uint64_t{0}, tree.leaves[i],
                                      tree.proof(i), tree.leaves[k], tree.proof(k));
    };
    EXPECT_TRUE(twice(0, 0).refused_with(Batches::LeafConsistent{})) << "one leaf shown twice";
    EXPECT_TRUE(twice(0, 2).refused_with(Batches::LeafConsistent{}));
}

TEST_F(BatchesTest, one_reading_counted_twice_rejects) {
    const Tree honest = tree;
    const auto twice = [&](size_t i, size_t k) {
        return world.send<twice_text>(person(8), world.feeds(), set, uint64_t{0}, tree.leaves[i],
                                      tree.proof(i), tree.leaves[k], tree.proof(k));
    };
    // The same leaf beside itself, in both halves, and with another value.
    tree.leaves[1] = tree.leaves[0];
    ASSERT_TRUE(submit(batch()).ok());
    EXPECT_TRUE(twice(0, 1).ok());
    tree = honest;
    tree.leaves[2] = tree.leaves[0];
    ASSERT_TRUE(submit(batch()).ok());
    EXPECT_TRUE(twice(0, 2).ok());
    tree = honest;
    tree.leaves[2] = tree.leaves[0];
    tree.leaves[3] = tree.leaves[1];
    ASSERT_TRUE(submit(batch()).ok());
    EXPECT_TRUE(twice(1, 3).ok()) << "two equal halves";
    tree = honest;
    tree.leaves[3].seq = tree.leaves[1].seq;
    ASSERT_TRUE(submit(batch()).ok());
    EXPECT_TRUE(twice(1, 3).ok());
    EXPECT_EQ(state(), BatchState::rejected);
}

TEST_F(BatchesTest, sets_are_bounded_and_their_owners) {
    const auto creates = [&](auto change) {
        SetParams changed = params();
        change(changed);
        return create(changed).ok();
    };
    EXPECT_FALSE(creates([](SetParams& p) { p.period = 0; }));
    EXPECT_FALSE(creates([](SetParams& p) { p.period = Batches::period_max_seconds + 1; }));
    EXPECT_TRUE(creates([](SetParams& p) { p.period = Batches::period_max_seconds; }));
    EXPECT_FALSE(creates([](SetParams& p) { p.challenge = 0; }));
    EXPECT_FALSE(creates([](SetParams& p) { p.threshold = 0; }));
    EXPECT_FALSE(creates([](SetParams& p) { p.threshold = 4; }));
    EXPECT_FALSE(creates([](SetParams& p) { p.gateways = {}; }));
    EXPECT_FALSE(creates([](SetParams& p) { p.gateways[1] = p.gateways[0]; }));
    EXPECT_FALSE(creates([](SetParams& p) { p.gateways[1] = {}; }));
    const auto many = [](size_t count) {
        std::vector<Address> out;
        for (uint16_t n = 0; n < count; ++n) out.push_back(person(n));
        return out;
    };
    EXPECT_TRUE(creates([&](SetParams& p) { p.gateways = many(Batches::gateways_max); }));
    EXPECT_FALSE(creates([&](SetParams& p) { p.gateways = many(Batches::gateways_max + 1); }));

    EXPECT_TRUE(add({devices[0]}).refused_with(Batches::SetDeviceInvalid{devices[0]})) << "in it";
    EXPECT_TRUE(add({}, person(9)).refused_with(Batches::NotSetOwner{set, person(9)}));
    const u256 most{Batches::set_devices_max};
    EXPECT_TRUE(add(std::vector<u256>(Batches::set_devices_max + 1))
                    .refused_with(Batches::TooManyDevices{most + 1_u256, most}));
    EXPECT_TRUE(add(std::vector<u256>(Batches::set_devices_max))
                    .refused_with(DeviceRegistry::ERC721NonexistentToken{0_u256}));
    EXPECT_TRUE(add({}).ok());
    DeviceParams other = world.params(3);
    other.decimals = 3;
    world.register_device(other, FeedsWorld::device_key(3));
    EXPECT_TRUE(add({FeedsWorld::device(3)})
                    .refused_with(Batches::SetDeviceInvalid{FeedsWorld::device(3)}));
    EXPECT_TRUE(
        world.ask<"isInSet(bytes32,uint256)">(world.feeds(), set, devices[1]).value<bool>());
    const auto kept = world.ask<"deviceSet(bytes32)">(world.feeds(), set).value<SetParams>();
    EXPECT_EQ(abi::encode(kept), abi::encode(params()));
    EXPECT_TRUE(world.ask<"batchState(bytes32,uint64)">(world.feeds(), Hash{}, uint64_t{0})
                    .refused_with(Batches::UnknownSet{Hash{}}));
}

// Public vector: depin.json, a tree that OpenZeppelin's library has made.
TEST_F(BatchesTest, the_public_trees_leaves_are_found) {
    const Hash device = "0xeb2a5f18eba6413294b533b22ea014b8364c6d90ce488bf83da0b38954fa1269"_hash;
    const Hash energy = "0x93022f20790ee911785bd966fbe19c4403d1bb17d293f91796e90a049c997aa7"_hash;
    const BatchLeaf leaf{.device = device,
                         .metric = energy,
                         .time = 1'767'226'500,
                         .seq = 2,
                         .value = {12'750'000_u256},
                         .decimals = 6};
    BatchAggregate public_batch = batch();
    public_batch.root = "0x55e75e550ca508d4d76ea1a64836ebbb0d143649eeff038cca76022b61a50c4e"_hash;
    ASSERT_TRUE(submit(public_batch).ok());
    const std::vector<Hash> proof{
        "0xe42807bc129361e5335bc1762ce21972740c10ee17fbb89b20926122175039c8"_hash,
        "0x3886ec2b236deeaa771e71b0ebbf3ed71f02b5aa8ad31357fc3e33b8ad9133ed"_hash};
    EXPECT_TRUE(challenge(leaf, proof).ok()) << "found, and not of this set";
}

}  // namespace
}  // namespace plume
