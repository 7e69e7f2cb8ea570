#include "conformance/block_run.hpp"

#include <gtest/gtest.h>

#include "evm/gas.hpp"

namespace plume::conformance {
namespace {

namespace json = boost::json;
using namespace literals;

constexpr const char* beacon_roots = "0x000f3df6d732807ef1319fb7b8bb8522d0beac02";
constexpr const char* block_hashes = "0x0000f90827f1c53a10cb7a02335b175320002935";
constexpr const char* withdrawals_asked = "0x00000961ef480eb55e80d19ad83579a64c007002";
constexpr const char* consolidations_asked = "0x0000bbddc7ce488642fb579f8b00f3a590007251";
constexpr const char* validator = "0x00000000000000000000000000000000000000aa";

// Stand-ins for the contracts of the main network.
constexpr const char* keeps_its_input = "0x5f355f5500";         // slot 0 = calldata
constexpr const char* answers_aabb = "0x61aabb5f526002601ef3";  // return 0xaabb
constexpr const char* answers_nothing = "0x00";                 // stop
constexpr const char* fails = "0xfe";                           // invalid
constexpr const char* word_of_beacon =
    "0x0000000000000000000000000000000000000000000000000000000000004788";
constexpr const char* word_of_parent =
    "0x0000000000000000000000000000000000000000000000000000000000002935";

json::object contract(const char* code, json::object storage = {}) {
    return {{"balance", "0x0"}, {"nonce", "0x1"}, {"code", code}, {"storage", std::move(storage)}};
}

json::object before() {
    return {{beacon_roots, contract(keeps_its_input)},
            {block_hashes, contract(keeps_its_input)},
            {withdrawals_asked, contract(answers_aabb)},
            {consolidations_asked, contract(answers_nothing)}};
}

json::object after_prague() {
    json::object out = before();
    out[beacon_roots] = contract(keeps_its_input, {{"0x00", word_of_beacon}});
    out[block_hashes] = contract(keeps_its_input, {{"0x00", word_of_parent}});
    out[validator] = {{"balance", "0xb2d05e00"},  // 3 gwei
                      {"nonce", "0x0"},
                      {"code", "0x"},
                      {"storage", json::object{}}};
    return out;
}

/// A block without transactions, which leaves `world`.
ReceivedBlock block_that_leaves(const json::object& world) {
    ReceivedBlock out;
    out.withdrawals = {{0, 7, Address::parse(validator).value(), 3}, {1, 8, Address{}, 0}};
    Header& header = out.sealed.header;
    header.parent_beacon_block_root = Hash::parse(word_of_beacon).value();
    header.parent_hash = Hash::parse(word_of_parent).value();
    header.state_root = world_of(world)->root;
    // sha256(sha256(0x01aabb)), by Python's hashlib.
    header.requests_hash =
        "0x5d9d4ab7fe50c09391c0dc194f9aa94c5995a12c55c30135c51237c13d98656f"_hash;
    return out;
}

BlockEnvironment environment(const Header& header, Revision revision) {
    BlockEnvironment out;
    out.revision = revision;
    out.number = 1;
    out.gas_limit = header.gas_limit;
    return out;
}

/// Why the block is refused on `world`; empty when it is not.
std::string refusal(const json::object& world, const ReceivedBlock& block,
                    Revision revision = Revision::prague) {
    const auto ran = run_block(*world_of(world), environment(block.sealed.header, revision), block);
    return ran ? "" : ran.error().what;
}

TEST(BlockRun, keeps_roots_and_hashes_pays_withdrawals_and_collects_requests) {
    EXPECT_EQ(refusal(before(), block_that_leaves(after_prague())), "");
}

TEST(BlockRun, of_cancun_knows_neither_old_hashes_nor_requests) {
    json::object world = after_prague();
    world[block_hashes] = contract(keeps_its_input);
    ReceivedBlock block = block_that_leaves(world);
    block.sealed.header.requests_hash = Hash{};
    EXPECT_EQ(refusal(before(), block, Revision::cancun), "");
}

TEST(BlockRun, goes_on_without_a_contract_for_roots_or_hashes) {
    json::object world = before();
    json::object later = after_prague();
    for (const char* address : {beacon_roots, block_hashes}) {
        world.erase(address);
        later.erase(address);
        EXPECT_EQ(refusal(world, block_that_leaves(later)), "") << address;
    }
}

TEST(BlockRun, needs_contracts_for_requests_that_work) {
    for (const char* address : {withdrawals_asked, consolidations_asked}) {
        json::object world = before();
        world[address] = contract(fails);
        EXPECT_TRUE(refusal(world, block_that_leaves(after_prague()))
                        .starts_with("the contract of requests fails"));
        world.erase(address);
        EXPECT_TRUE(refusal(world, block_that_leaves(after_prague()))
                        .starts_with("no contract of requests"));
    }
}

TEST(BlockRun, is_refused_when_its_header_says_otherwise) {
    const ReceivedBlock good = block_that_leaves(after_prague());
    const std::pair<const char*, std::function<void(Header&)>> spoils[] = {
        {"the requests are others", [](Header& h) { h.requests_hash = empty_requests_hash; }},
        {"other gas is used", [](Header& h) { h.gas_used = 21'000; }},
        {"other blob gas is used", [](Header& h) { h.blob_gas_used = gas::blob; }},
        {"the root of the receipts is wrong", [](Header& h) { h.receipts_root = Hash{}; }},
        {"the bloom of the logs is wrong", [](Header& h) { h.logs_bloom[0] = 1; }},
        {"the state root is wrong", [](Header& h) { h.state_root = Hash{}; }},
    };
    for (const auto& [expected, spoil] : spoils) {
        ReceivedBlock block = good;
        spoil(block.sealed.header);
        EXPECT_TRUE(refusal(before(), block).starts_with(expected)) << expected;
    }
}

}  // namespace
}  // namespace plume::conformance
