#include "types/block.hpp"

#include <gtest/gtest.h>

#include <set>

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "support/fixtures.hpp"

namespace plume {

namespace {

namespace json = boost::json;
using namespace literals;

constexpr Address transfer_logs = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"_address;

/// The number of a JSON text; block fixtures pad to whole bytes, RPC does not.
u256 number_at(const json::value& object, std::string_view key) {
    return parse_number(test::text_at(object, key)).value();
}

template <class Fixed>
Fixed fixed_at(const json::value& object, std::string_view key) {
    return Fixed::parse(test::text_at(object, key)).value();
}

/// The fields that block fixtures and RPC answers name alike.
Header header_from(const json::value& fields) {
    Header h;
    h.parent_hash = fixed_at<Hash>(fields, "parentHash");
    h.state_root = fixed_at<Hash>(fields, "stateRoot");
    h.difficulty = number_at(fields, "difficulty");
    h.number = number_at(fields, "number").low64();
    h.gas_limit = number_at(fields, "gasLimit").low64();
    h.gas_used = number_at(fields, "gasUsed").low64();
    h.timestamp = number_at(fields, "timestamp").low64();
    h.extra_data = test::hex_at(fields, "extraData");
    h.prev_randao = fixed_at<Hash>(fields, "mixHash");
    h.nonce = fixed_at<FixedBytes<8>>(fields, "nonce");
    h.base_fee = number_at(fields, "baseFeePerGas");
    h.withdrawals_root = fixed_at<Hash>(fields, "withdrawalsRoot");
    h.blob_gas_used = number_at(fields, "blobGasUsed").low64();
    h.excess_blob_gas = number_at(fields, "excessBlobGas").low64();
    h.parent_beacon_block_root = fixed_at<Hash>(fields, "parentBeaconBlockRoot");
    return h;
}

Header header_from_rpc(const json::value& fields) {
    Header h = header_from(fields);
    h.uncles_hash = fixed_at<Hash>(fields, "sha3Uncles");
    h.coinbase = fixed_at<Address>(fields, "miner");
    h.transactions_root = fixed_at<Hash>(fields, "transactionsRoot");
    h.receipts_root = fixed_at<Hash>(fields, "receiptsRoot");
    h.logs_bloom = fixed_at<Bloom>(fields, "logsBloom");
    h.requests_hash = fixed_at<Hash>(fields, "requestsHash");
    return h;
}

std::vector<Log> logs_from(const json::value& list) {
    std::vector<Log> out;
    for (const json::value& entry : list.as_array()) {
        Log log{fixed_at<Address>(entry, "address"), {}, test::hex_at(entry, "data")};
        for (const json::value& topic : entry.at("topics").as_array())
            log.topics.push_back(Hash::parse(std::string_view(topic.as_string())).value());
        out.push_back(std::move(log));
    }
    return out;
}

/// The root of a trie with the one entry rlp(0) = 0x80: a leaf with the hexadecimal prefix 0x20.
Hash root_of_one(const Bytes& value) {
    return keccak256(rlp::encode_list(Bytes{0x20, 0x80}, value));
}

/// The results of all recorded RPC exchanges of one method.
std::vector<json::value> recorded_answers(std::string_view folder,
                                          std::initializer_list<std::string_view> names) {
    std::vector<json::value> out;
    for (const std::string_view name : names) {
        const auto bytes = test::fixture_bytes(std::string(folder).append(name));
        if (!bytes) return {};
        const std::string_view text = text_of(*bytes);
        const size_t start = text.find("\n<< ") + 4;
        out.push_back(json::parse(text.substr(start, text.find('\n', start) - start)).at("result"));
    }
    return out;
}

std::vector<json::value> simulated_blocks() {
    std::vector<json::value> out;
    for (const json::value& answer :
         recorded_answers("rpc/eth_simulateV1/",
                          {"ethSimulate-logs.io", "ethSimulate-eth-send-should-produce-logs.io",
                           "ethSimulate-send-eth-and-delegate-call.io"}))
        for (const json::value& block : answer.as_array()) out.push_back(block);
    return out;
}

/// Calls `use(header_json, block_rlp)` for every valid block of the public block tests.
template <class Use>
void for_each_block(const std::vector<std::string>& files, const Use& use) {
    for (const std::string& file : files) {
        const json::value cases = test::fixture(file).value();
        for (const auto& sample : cases.as_object())
            for (const json::value& block : sample.value().at("blocks").as_array())
                if (block.as_object().contains("blockHeader"))
                    use(block.at("blockHeader"), test::hex_at(block, "rlp"));
    }
}

}  // namespace

TEST(Block, headers_of_the_block_tests_have_their_published_fields_and_hashes) {
    const auto files = test::fixtures_below("blocks");
    if (files.empty()) GTEST_SKIP() << test::no_fixtures;
    size_t seen = 0;
    for_each_block(files, [&](const json::value& fields, const Bytes& block) {
        rlp::Decoder outer(block);
        const BytesView raw = *outer.list()->item();
        if (!fields.as_object().contains("parentBeaconBlockRoot")) return;
        // Cancun's header ends before the hash of the requests; Prague's has it.
        Header expected = header_from(fields);
        expected.uncles_hash = fixed_at<Hash>(fields, "uncleHash");
        expected.coinbase = fixed_at<Address>(fields, "coinbase");
        expected.transactions_root = fixed_at<Hash>(fields, "transactionsTrie");
        expected.receipts_root = fixed_at<Hash>(fields, "receiptTrie");
        expected.logs_bloom = fixed_at<Bloom>(fields, "bloom");
        Bytes cancun = encode(expected);
        EXPECT_EQ(to_hex(fixed_at<Hash>(fields, "hash")), to_hex(keccak256(raw)));
        // The lengths of both lists take two bytes, so that everything else stands at the same
        // place.
        cancun.resize(cancun.size() - 33);
        EXPECT_EQ(to_hex(BytesView{cancun}.subspan(3)), to_hex(raw.subspan(3)));
        ++seen;
    });
    EXPECT_EQ(seen, 882u);
}

TEST(Block, headers_of_simulated_blocks_hash_to_their_published_hashes) {
    const auto blocks = simulated_blocks();
    if (blocks.empty()) GTEST_SKIP() << test::no_fixtures;
    for (const json::value& block : blocks) {
        const Header header = header_from_rpc(block);
        EXPECT_EQ(to_hex(hash_of(header)), test::text_at(block, "hash"));
        const auto back = decode_header(encode(header));
        ASSERT_TRUE(back.ok()) << back.error().what;
        EXPECT_EQ(*back, header);
    }
}

TEST(Block, headers_of_a_recorded_chain_point_at_their_parents) {
    const auto chain = test::fixture_bytes("rpc/chain.rlp");
    if (!chain) GTEST_SKIP() << test::no_fixtures;
    size_t linked = 0;
    std::optional<Hash> parent;
    rlp::Decoder blocks(*chain);
    while (!blocks.empty()) {
        rlp::Decoder parts = blocks.list().value();
        const BytesView raw = *parts.item();
        // Only the newest blocks have all fields; the chain runs through every fork.
        const auto header = decode_header(raw);
        if (!header.ok()) continue;
        EXPECT_TRUE(equal(encode(*header), raw));
        if (parent) {
            EXPECT_EQ(header->parent_hash, *parent);
            ++linked;
        }
        parent = hash_of(*header);
    }
    EXPECT_EQ(linked, 9u);
}

TEST(Block, header_is_refused_with_a_field_too_few_or_too_many) {
    const Bytes good = encode(Header{});
    ASSERT_TRUE(decode_header(good).ok());
    const BytesView payload = BytesView{good}.subspan(3);
    const auto with_payload = [](BytesView items) {
        Bytes out;
        rlp::append_list_header(out, items.size());
        append(out, items);
        return out;
    };
    EXPECT_TRUE(decode_header(with_payload(payload)).ok());
    EXPECT_FALSE(decode_header(with_payload(payload.first(payload.size() - 33))).ok());
    Bytes longer = to_bytes(payload);
    longer.push_back(0x80);
    EXPECT_FALSE(decode_header(with_payload(longer)).ok());
}

TEST(Block, empty_values_are_the_hashes_of_nothing) {
    EXPECT_EQ(empty_list_hash, keccak256(Bytes{0xc0}));
    EXPECT_EQ(empty_trie_root, keccak256(Bytes{0x80}));
    // EIP-7685: sha256 of the empty string (FIPS 180-4 example value).
    EXPECT_EQ(to_hex(empty_requests_hash),
              "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Receipt, of_a_simulated_block_has_the_published_root_and_bloom) {
    const auto blocks = simulated_blocks();
    if (blocks.empty()) GTEST_SKIP() << test::no_fixtures;
    size_t seen = 0;
    for (const json::value& block : blocks) {
        const json::array& calls = block.at("calls").as_array();
        if (calls.size() != 1) continue;
        Receipt receipt;
        receipt.type = TransactionType::dynamic_fee;
        receipt.success = number_at(calls[0], "status") == u256{1u};
        receipt.cumulative_gas_used = number_at(calls[0], "gasUsed").low64();
        receipt.logs = logs_from(calls[0].at("logs"));
        // The simulation reports transfers of coin as logs of this address, which are no part of
        // the block.
        std::erase_if(receipt.logs, [](const Log& log) { return log.address == transfer_logs; });
        receipt.logs_bloom = bloom_of(receipt.logs);
        EXPECT_EQ(to_hex(receipt.logs_bloom), test::text_at(block, "logsBloom"));
        EXPECT_EQ(to_hex(root_of_one(encode(receipt))), test::text_at(block, "receiptsRoot"));
        seen += receipt.logs.empty() ? 0 : 1;
    }
    EXPECT_EQ(seen, 1u);
}

TEST(Receipt, of_a_block_with_one_transaction_has_the_published_root) {
    const auto files = test::fixtures_below("blocks/ethtests/ValidBlocks");
    if (files.empty()) GTEST_SKIP() << test::no_fixtures;
    size_t seen = 0;
    for_each_block(files, [&](const json::value& fields, const Bytes& block) {
        rlp::Decoder outer(block);
        rlp::Decoder parts = outer.list().value();
        ASSERT_TRUE(parts.item().ok());
        rlp::Decoder list = parts.list().value();
        if (list.empty()) return;
        const BytesView raw = list.at_list() ? *list.item() : *list.string();
        const auto tx = decode_transaction(raw);
        Receipt receipt;
        receipt.cumulative_gas_used = number_at(fields, "gasUsed").low64();
        if (!list.empty() || !tx.ok() || !fixed_at<Bloom>(fields, "bloom").is_zero()) return;
        receipt.type = tx->type;
        EXPECT_EQ(to_hex(root_of_one(to_bytes(raw))), test::text_at(fields, "transactionsTrie"));
        // Whether it succeeded is not published, so that one of both must fit.
        std::set<std::string> roots;
        for (const bool success : {true, false}) {
            receipt.success = success;
            roots.insert(to_hex(root_of_one(encode(receipt))));
        }
        EXPECT_TRUE(roots.contains(test::text_at(fields, "receiptTrie")));
        ++seen;
    });
    EXPECT_GT(seen, 200u);
}

TEST(Bloom, of_recorded_receipts_is_the_published_one) {
    const auto receipts = recorded_answers("rpc/eth_getTransactionReceipt/",
                                           {"get-access-list.io", "get-blob-tx.io"});
    if (receipts.empty()) GTEST_SKIP() << test::no_fixtures;
    for (const json::value& receipt : receipts) {
        const std::vector<Log> logs = logs_from(receipt.at("logs"));
        ASSERT_EQ(logs.size(), 1u);
        const Bloom bloom = bloom_of(logs);
        EXPECT_EQ(to_hex(bloom), test::text_at(receipt, "logsBloom"));
        EXPECT_TRUE(may_contain(bloom, logs[0].address));
        EXPECT_TRUE(may_contain(bloom, logs[0].topics[1]));
        EXPECT_FALSE(may_contain(bloom, Address{}));
        EXPECT_FALSE(may_contain(Bloom{}, logs[0].address));
    }
}

TEST(Bloom, merges_into_one_that_contains_both) {
    Bloom a;
    Bloom b;
    add_to(a, view_of("a"));
    add_to(b, view_of("b"));
    Bloom both = a;
    merge(both, b);
    EXPECT_TRUE(may_contain(both, view_of("a")));
    EXPECT_TRUE(may_contain(both, view_of("b")));
    EXPECT_FALSE(may_contain(a, view_of("b")));
    add_to(a, view_of("b"));
    EXPECT_EQ(a, both);
}

TEST(Block, is_a_list_of_four) {
    Block block;
    const Bytes header = encode(block.header);
    Bytes expected;
    rlp::append_list_header(expected, header.size() + 3);
    append(expected, header);
    append(expected, Bytes{0xc0, 0xc0, 0xc0});
    EXPECT_EQ(encode(block), expected);

    SignedTransaction legacy;
    legacy.raw = {0xc2, 0x01, 0x02};
    SignedTransaction typed;
    typed.fields.type = TransactionType::dynamic_fee;
    typed.raw = {0x02, 0xc1, 0x05};
    block.transactions = {std::make_shared<const SignedTransaction>(legacy),
                          std::make_shared<const SignedTransaction>(typed)};
    expected.clear();
    rlp::append_list_header(expected, header.size() + 10);
    append(expected, header);
    append(expected, Bytes{0xc7, 0xc2, 0x01, 0x02, 0x83, 0x02, 0xc1, 0x05, 0xc0, 0xc0});
    EXPECT_EQ(encode(block), expected);
}

}  // namespace plume
