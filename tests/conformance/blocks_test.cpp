#include "conformance/blocks.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "codec/rlp.hpp"
#include "evm/gas.hpp"
#include "support/fixtures.hpp"

namespace plume::conformance {
namespace {

namespace json = boost::json;

/// The rules of the chain that the RPC vectors were recorded on, which has every fork from Cancun
/// to the second change of blobs alone.
Fork recorded_fork(uint64_t timestamp) {
    const std::pair<uint64_t, const char*> starts[] = {
        {540, "BPO2"}, {510, "BPO1"}, {480, "Osaka"}, {450, "Prague"}};
    for (const auto& [start, name] : starts)
        if (timestamp >= start) return fork_called(name, nullptr).value();
    return fork_called("Cancun", nullptr).value();
}

/// Its blocks from Cancun on.
std::vector<ReceivedBlock> recorded_blocks() {
    constexpr size_t first = 41;
    std::vector<ReceivedBlock> out;
    const auto chain = test::fixture_bytes("rpc/chain.rlp");
    if (!chain) return out;
    rlp::Decoder blocks(*chain);
    for (size_t i = 0; !blocks.empty(); ++i) {
        const BytesView rlp = blocks.item().value();
        if (i >= first) out.push_back(decode_block(rlp).value());
    }
    return out;
}

TEST(Blocks, of_a_recorded_chain_follow_one_another) {
    const auto blocks = recorded_blocks();
    if (blocks.empty()) GTEST_SKIP() << test::no_fixtures;
    ASSERT_EQ(blocks.size(), 13u);
    for (size_t i = 1; i < blocks.size(); ++i) {
        const Header& header = blocks[i].sealed.header;
        const auto valid =
            validate_block(blocks[i], blocks[i - 1].sealed.header, recorded_fork(header.timestamp));
        EXPECT_TRUE(valid) << header.number << ": " << valid.error().what;
        EXPECT_EQ(header.parent_hash, blocks[i - 1].sealed.hash);
    }
}

/// Why the recorded chain's last block is refused once `spoil` has had it; empty when it is not.
std::string refusal(const std::function<void(ReceivedBlock& block)>& spoil) {
    const auto blocks = recorded_blocks();
    ReceivedBlock block = blocks.back();
    spoil(block);
    const auto valid = validate_block(block, blocks[blocks.size() - 2].sealed.header,
                                      recorded_fork(blocks.back().sealed.header.timestamp));
    return valid ? "" : valid.error().what;
}

std::string header_refusal(const std::function<void(Header& header)>& spoil) {
    return refusal([&](ReceivedBlock& block) { spoil(block.sealed.header); });
}

TEST(Blocks, are_refused_for_each_wrong_field) {
    if (recorded_blocks().empty()) GTEST_SKIP() << test::no_fixtures;
    EXPECT_EQ(refusal([](ReceivedBlock&) {}), "");
    const std::function<void(Header&)> spoils[] = {
        [](Header& h) { ++h.number; },
        [](Header& h) { h.timestamp -= 10; },
        [](Header& h) { h.uncles_hash = Hash{}; },
        [](Header& h) { h.difficulty = u256{1u}; },
        [](Header& h) { h.nonce[7] = 1; },
        [](Header& h) { h.extra_data = Bytes(33); },
        [](Header& h) { h.gas_limit += h.gas_limit / 1'000; },
        [](Header& h) { h.gas_limit -= h.gas_limit / 1'000; },
        [](Header& h) { h.gas_used = h.gas_limit + 1; },
        [](Header& h) { h.base_fee += u256{1u}; },
        [](Header& h) { h.excess_blob_gas = 1; },
        [](Header& h) { h.blob_gas_used = 22 * gas::blob; },
        [](Header& h) { h.transactions_root = Hash{}; },
        [](Header& h) { h.withdrawals_root = Hash{}; },
    };
    for (size_t i = 0; i < std::size(spoils); ++i)
        EXPECT_NE(header_refusal(spoils[i]), "") << "the spoil at " << i;
}

TEST(Blocks, have_the_fields_of_their_fork) {
    if (recorded_blocks().empty()) GTEST_SKIP() << test::no_fixtures;
    EXPECT_NE(refusal([](ReceivedBlock& block) { block.sealed.has_requests = false; }), "");
    const auto blocks = recorded_blocks();
    const Fork cancun = fork_called("Cancun", nullptr).value();
    const size_t last = blocks.size() - 1;
    EXPECT_FALSE(validate_block(blocks[last], blocks[last - 1].sealed.header, cancun));
}

TEST(Blocks, are_of_eight_mebibytes_at_most) {
    if (recorded_blocks().empty()) GTEST_SKIP() << test::no_fixtures;
    constexpr size_t most = 8'388'608;  // EIP-7934
    EXPECT_EQ(refusal([](ReceivedBlock& block) { block.size = most; }), "");
    EXPECT_NE(refusal([](ReceivedBlock& block) { block.size = most + 1; }), "");
}

/// The excess of blob gas, in blobs, that a block may have after one with these blobs.
uint64_t next_excess(const char* fork_name, uint64_t excess, uint64_t used, uint64_t base_fee) {
    const auto blocks = recorded_blocks();
    const Fork fork = fork_called(fork_name, nullptr).value();
    ReceivedBlock block = blocks.back();
    Header parent = blocks[blocks.size() - 2].sealed.header;
    parent.excess_blob_gas = excess * gas::blob;
    parent.blob_gas_used = used * gas::blob;
    parent.base_fee = u256{base_fee};
    parent.gas_used = parent.gas_limit / 2;  // so that the base fee stays
    block.sealed.header.base_fee = parent.base_fee;
    for (uint64_t blobs = 0; blobs < 64; ++blobs) {
        block.sealed.header.excess_blob_gas = blobs * gas::blob;
        if (validate_block(block, parent, fork)) return blobs;
    }
    return ~uint64_t{0};
}

TEST(Blocks, carry_on_the_blobs_beyond_the_target) {
    if (recorded_blocks().empty()) GTEST_SKIP() << test::no_fixtures;
    EXPECT_EQ(next_excess("Prague", 0, 6, 7), 0u);
    EXPECT_EQ(next_excess("Prague", 0, 9, 7), 3u);
    EXPECT_EQ(next_excess("Prague", 10, 6, 1'000'000'000), 10u);
    EXPECT_EQ(next_excess("Prague", 10, 0, 1'000'000'000), 4u);
    EXPECT_EQ(next_excess("Osaka", 10, 6, 7), 10u);
    EXPECT_EQ(next_excess("BPO1", 10, 6, 7), 6u);
}

TEST(Blocks, do_not_lower_a_blobs_price_below_that_of_its_gas) {
    if (recorded_blocks().empty()) GTEST_SKIP() << test::no_fixtures;
    // EIP-7918: 8,192 gas of the parent's base fee against 131,072 blob gas at 1 wei: up to a base
    // fee of 16 wei, blobs are worth it.
    EXPECT_EQ(next_excess("Osaka", 10, 6, 16), 10u);
    EXPECT_EQ(next_excess("Osaka", 10, 6, 17), 12u);  // 10 + 6 (9 - 6) / 9
    EXPECT_EQ(next_excess("Osaka", 10, 0, 17), 10u);
    EXPECT_EQ(next_excess("Osaka", 5, 0, 17), 0u) << "below the target nothing is carried on";
}

TEST(Blocks, are_decoded_strictly) {
    const auto chain = test::fixture_bytes("rpc/chain.rlp");
    if (!chain) GTEST_SKIP() << test::no_fixtures;
    rlp::Decoder blocks(*chain);
    BytesView last;
    while (!blocks.empty()) last = blocks.item().value();
    EXPECT_TRUE(decode_block(last));
    for (size_t size = 0; size < last.size(); ++size) EXPECT_FALSE(decode_block(last.first(size)));
    Bytes longer = to_bytes(last);
    longer.push_back(0x80);
    EXPECT_FALSE(decode_block(longer));
}

}  // namespace
}  // namespace plume::conformance
