#include "conformance/requests.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "base/u256.hpp"
#include "crypto/keccak.hpp"

namespace plume::conformance {
namespace {

using namespace literals;

constexpr Address deposit_contract = "0x00000000219ab540356cbb839cbe05303d7705fa"_address;

/// The data of a deposit's log with the bytes 0, 1, 2, ... where the request has them.
Bytes deposit_log_data() {
    Bytes out;
    for (const unsigned offset : {160, 256, 320, 384, 512}) append(out, to_word(u256{offset}));
    uint8_t next = 0;
    for (const size_t size : {48, 32, 8, 96, 8}) {
        append(out, to_word(u256{size}));
        Bytes part(size);
        std::iota(part.begin(), part.end(), next);
        next = static_cast<uint8_t>(next + size);
        part.resize((size + 31) / 32 * 32);
        append(out, part);
    }
    return out;
}

Receipt receipt_with(const Address& address, Bytes data) {
    Receipt out;
    out.logs = {
        {address, {keccak256("DepositEvent(bytes,bytes,bytes,bytes,bytes)")}, std::move(data)}};
    return out;
}

TEST(Requests, hash_to_the_digest_of_nothing_when_there_are_none) {
    EXPECT_EQ(requests_hash({}), empty_requests_hash);
    EXPECT_EQ(requests_hash({{0, {}}, {1, {}}, {2, {}}}), empty_requests_hash);
}

TEST(Requests, hash_in_the_order_of_types) {
    // sha256(sha256(0x01 || 76 times 0xaa) || sha256(0x02 || 116 times 0xbb)), by Python's hashlib.
    EXPECT_EQ(requests_hash({{0, {}}, {1, Bytes(76, 0xaa)}, {2, Bytes(116, 0xbb)}}),
              "0x81f2ab3154ecfd51b40064bd082aaacdbb9d8c9f5587352ace114bb13387a8bd"_hash);
}

TEST(Requests, of_deposits_are_read_from_their_logs) {
    const auto deposits = deposits_in({receipt_with(deposit_contract, deposit_log_data())});
    ASSERT_TRUE(deposits) << deposits.error().what;
    ASSERT_EQ(deposits->data.size(), 192u);
    for (size_t i = 0; i < deposits->data.size(); ++i) EXPECT_EQ(deposits->data[i], i);
    // sha256(sha256(0x00 || the bytes from 0 to 191)), by Python's hashlib.
    EXPECT_EQ(requests_hash({*deposits}),
              "0x57ec8b4e78011d9ab87d162b0a63c6a902bcb72d70660d89909138ff2d52b001"_hash);
}

TEST(Requests, of_deposits_are_logged_by_their_contract_only) {
    Receipt other_event = receipt_with(deposit_contract, Bytes(3));
    other_event.logs[0].topics = {Hash{}};
    Receipt no_topic = receipt_with(deposit_contract, Bytes(3));
    no_topic.logs[0].topics.clear();
    const auto deposits = deposits_in({receipt_with(Address{}, Bytes(3)), other_event, no_topic});
    ASSERT_TRUE(deposits);
    EXPECT_TRUE(deposits->data.empty());
}

TEST(Requests, of_deposits_must_be_laid_out_as_on_the_main_network) {
    const Bytes good = deposit_log_data();
    EXPECT_FALSE(deposits_in({receipt_with(deposit_contract, {})}));
    Bytes longer = good;
    longer.resize(good.size() + 32);
    EXPECT_FALSE(deposits_in({receipt_with(deposit_contract, longer)}));
    for (const size_t word : {0, 32, 64, 96, 128, 160, 256, 320, 384, 512}) {
        Bytes spoiled = good;
        spoiled[word + 31] ^= 1;
        EXPECT_FALSE(deposits_in({receipt_with(deposit_contract, spoiled)})) << word;
    }
}

}  // namespace
}  // namespace plume::conformance
