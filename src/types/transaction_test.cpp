#include "types/transaction.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "support/ethers.hpp"
#include "support/fixtures.hpp"

namespace plume {

namespace {

namespace json = boost::json;
using namespace literals;

/// Refusals of the vectors that need prices, a chain or an account, and so belong to whoever judges
/// a decoded transaction.
const std::set<std::string> judged_later{
    "TransactionException.INTRINSIC_GAS_TOO_LOW",
    "TransactionException.GASLIMIT_PRICE_PRODUCT_OVERFLOW",
    "TransactionException.PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2",
    "TransactionException.INITCODE_SIZE_EXCEEDED",
};

PrivateKey some_key() {
    return PrivateKey::from(keccak256("cow")).value();
}

/// A transaction of each type with nothing left out.
Transaction sample(TransactionType type) {
    Transaction tx;
    tx.type = type;
    tx.chain_id = 1;
    tx.nonce = 7;
    tx.max_fee_per_gas = 2'000'000'000u;
    tx.max_priority_fee_per_gas =
        type < TransactionType::dynamic_fee ? tx.max_fee_per_gas : u256{1'000u};
    tx.gas_limit = 100'000;
    tx.to = "0x00000000000000000000000000000000deadbeef"_address;
    tx.value = u256_max;
    tx.data = {1, 2, 3};
    const Hash word = keccak256("slot");
    if (type != TransactionType::legacy) tx.access_list = {{*tx.to, {word, Hash{}}}, {*tx.to, {}}};
    if (type == TransactionType::blob) {
        tx.max_fee_per_blob_gas = 3u;
        tx.blob_hashes = {word};
    }
    if (type == TransactionType::set_code)
        tx.authorizations = {{u256_max, *tx.to, ~0ull, 255, u256_max, 0}};
    return tx;
}

const std::vector<TransactionType> all_types{TransactionType::legacy, TransactionType::access_list,
                                             TransactionType::dynamic_fee, TransactionType::blob,
                                             TransactionType::set_code};

std::string refusal(const Transaction& tx) {
    const auto decoded = decode_transaction(encode(tx));
    return decoded.ok() ? "accepted" : decoded.error().what;
}

/// What the vectors of ethereum/tests expect under the newest rules a file knows.
json::value expectation(const json::value& result) {
    for (const std::string_view fork : {"Cancun", "Shanghai", "London"})
        if (const json::value* found = result.as_object().if_contains(fork)) return *found;
    return {};
}

void expect_refused(const std::string& name, const Bytes& raw, const std::string& exception) {
    const auto made = recover_transaction(raw);
    if (exception == "TransactionException.INVALID_CHAINID") {
        EXPECT_TRUE(!made.ok() || (*made)->fields.chain_id != 1) << name;
    } else if (judged_later.contains(exception)) {
        EXPECT_TRUE(made.ok()) << name << ": " << made.error().what;
    } else {
        EXPECT_FALSE(made.ok()) << name << " should fail with " << exception;
    }
}

void expect_accepted(const std::string& name, const Bytes& raw, const json::value& expected) {
    const auto made = recover_transaction(raw);
    ASSERT_TRUE(made.ok()) << name << ": " << made.error().what;
    EXPECT_EQ(to_hex((*made)->sender), test::text_at(expected, "sender")) << name;
    EXPECT_EQ(to_hex((*made)->hash), test::text_at(expected, "hash")) << name;
    EXPECT_EQ(encode((*made)->fields), raw) << name;
}

/// Signs `tx` and holds every product against the bytes another implementation made.
void expect_signed(const std::string& name, const Transaction& tx, const PrivateKey& key,
                   const Bytes& expected) {
    const TransactionPtr made = sign_transaction(tx, key);
    EXPECT_EQ(to_hex(made->raw), to_hex(expected)) << name;
    const auto back = recover_transaction(expected);
    ASSERT_TRUE(back.ok()) << name << ": " << back.error().what;
    EXPECT_EQ((*back)->fields, made->fields) << name;
    EXPECT_EQ((*back)->sender, made->sender) << name;
    EXPECT_EQ((*back)->hash, made->hash) << name;
}

/// The transactions of the chain that the RPC vectors were recorded on, by hash.
std::map<Hash, Bytes> recorded_transactions(BytesView chain) {
    std::map<Hash, Bytes> out;
    rlp::Decoder blocks(chain);
    while (!blocks.empty()) {
        rlp::Decoder parts = blocks.list().value();
        EXPECT_TRUE(parts.item().ok());
        rlp::Decoder list = parts.list().value();
        while (!list.empty()) {
            const BytesView raw = list.at_list() ? *list.item() : *list.string();
            out[keccak256(raw)] = to_bytes(raw);
        }
    }
    return out;
}

/// The result of a recorded RPC exchange: the line that starts with "<<".
json::value recorded_answer(std::string_view path) {
    const Bytes bytes = test::fixture_bytes(path).value();
    const std::string_view text = text_of(bytes);
    const size_t start = text.find("\n<< ") + 4;
    return json::parse(text.substr(start, text.find('\n', start) - start)).at("result");
}

}  // namespace

TEST(Transaction, follows_the_ethereum_transaction_tests) {
    const auto files = test::fixtures_below("basic/TransactionTests");
    if (files.empty()) GTEST_SKIP() << test::no_fixtures;
    EXPECT_EQ(files.size(), 210u);
    for (const std::string& file : files) {
        const json::value cases = test::fixture(file).value();
        for (const auto& [name, sample] : cases.as_object()) {
            const Bytes raw = test::hex_at(sample, "txbytes");
            const json::value expected = expectation(sample.at("result"));
            ASSERT_TRUE(expected.is_object()) << file;
            if (expected.as_object().contains("exception"))
                expect_refused(name, raw, test::text_at(expected, "exception"));
            else
                expect_accepted(name, raw, expected);
        }
    }
}

TEST(Transaction, signs_legacy_transactions_as_ethers_does) {
    const auto cases = test::fixture("vectors/transactions.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    size_t too_much_gas = 0;
    for (const json::value& sample : cases->as_array()) {
        const std::string name = test::text_at(sample, "name");
        const auto key = PrivateKey::parse(test::text_at(sample, "privateKey")).value();
        if (!test::ethers_number(sample, "gasLimit").fits_uint64()) {
            ++too_much_gas;
            const Bytes raw = test::hex_at(sample, "signedTransaction");
            EXPECT_FALSE(decode_transaction(raw).ok()) << name;
            continue;
        }
        Transaction tx = test::from_ethers(sample);
        EXPECT_EQ(signing_hash(tx), keccak256(test::hex_at(sample, "unsignedTransaction")));
        expect_signed(name, tx, key, test::hex_at(sample, "signedTransaction"));
        tx.chain_id = 5;
        EXPECT_EQ(signing_hash(tx), keccak256(test::hex_at(sample, "unsignedTransactionChainId5")));
        expect_signed(name, tx, key, test::hex_at(sample, "signedTransactionChainId5"));
    }
    EXPECT_LT(too_much_gas, cases->as_array().size() / 2);
}

TEST(Transaction, signs_typed_transactions_as_ethers_does) {
    const auto cases = test::fixture("vectors/typed-transactions.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    for (const json::value& sample : cases->as_array()) {
        const Transaction tx = test::from_ethers(sample.at("tx"));
        EXPECT_EQ(signing_hash(tx), keccak256(test::hex_at(sample, "unsigned")));
        expect_signed(test::text_at(sample, "name"), tx,
                      PrivateKey::parse(test::text_at(sample, "key")).value(),
                      test::hex_at(sample, "signed"));
    }
}

TEST(Transaction, recovers_or_refuses_the_oldest_vectors) {
    const auto cases = test::fixture("basic/BasicTests/txtest.json");
    if (!cases) GTEST_SKIP() << test::no_fixtures;
    const Bytes first = test::hex_at(cases->at(0), "signed");
    const auto made = recover_transaction(first);
    ASSERT_TRUE(made.ok()) << made.error().what;
    EXPECT_EQ((*made)->sender,
              address_of(PrivateKey::parse(test::text_at(cases->at(0), "key")).value()));
    EXPECT_EQ((*made)->fields.gas_limit, 10'000u);
    EXPECT_EQ(encode((*made)->fields), first);
    // The second was signed before EIP-2 and has a high s.
    EXPECT_FALSE(recover_transaction(test::hex_at(cases->at(1), "signed")).ok());
}

TEST(Transaction, reads_every_type_from_a_recorded_chain) {
    const auto chain = test::fixture_bytes("rpc/chain.rlp");
    if (!chain) GTEST_SKIP() << test::no_fixtures;
    const auto transactions = recorded_transactions(*chain);
    std::set<TransactionType> seen;
    for (const auto& [hash, raw] : transactions) {
        const auto made = recover_transaction(raw);
        ASSERT_TRUE(made.ok()) << to_hex(hash) << ": " << made.error().what;
        EXPECT_EQ(encode((*made)->fields), raw);
        EXPECT_EQ((*made)->hash, hash);
        seen.insert((*made)->fields.type);
    }
    EXPECT_EQ(seen.size(), all_types.size());
    for (const std::string name : {"get-legacy-tx", "get-legacy-input", "get-dynamic-fee",
                                   "get-blob-tx", "get-setcode-tx"}) {
        const json::value answer = recorded_answer("rpc/eth_getTransactionByHash/" + name + ".io");
        const Hash hash = Hash::parse(test::text_at(answer, "hash")).value();
        const auto made = recover_transaction(transactions.at(hash));
        ASSERT_TRUE(made.ok()) << name;
        EXPECT_EQ(to_hex((*made)->sender), test::text_at(answer, "from")) << name;
        EXPECT_EQ(to_quantity(u256{(*made)->fields.nonce}), test::text_at(answer, "nonce")) << name;
        EXPECT_EQ(to_quantity((*made)->fields.value), test::text_at(answer, "value")) << name;
        EXPECT_EQ(to_hex((*made)->fields.data), test::text_at(answer, "input")) << name;
    }
}

TEST(Transaction, recovers_the_authority_of_a_recorded_authorization) {
    const auto chain = test::fixture_bytes("rpc/chain.rlp");
    if (!chain) GTEST_SKIP() << test::no_fixtures;
    const json::value answer = recorded_answer("rpc/eth_getTransactionByHash/get-setcode-tx.io");
    const Hash hash = Hash::parse(test::text_at(answer, "hash")).value();
    const Transaction tx = decode_transaction(recorded_transactions(*chain).at(hash)).value();
    ASSERT_EQ(tx.authorizations.size(), 1u);
    const Authorization& a = tx.authorizations[0];
    EXPECT_EQ(to_hex(a.address), "0x8c2319620d7c348bb4e2b2a0b230c81f310e9561");
    const auto authority = recover(signing_hash(a), {a.r, a.s, a.y_parity == 1});
    ASSERT_TRUE(authority);
    // The genesis file of that chain names the account that was given code.
    const json::value genesis = test::fixture("rpc/genesis.json").value();
    EXPECT_TRUE(genesis.at("alloc").as_object().contains(to_hex(*authority)) ||
                genesis.at("alloc").as_object().contains(to_hex(*authority).substr(2)))
        << to_hex(*authority);
}

TEST(Transaction, comes_back_from_its_bytes_in_every_type) {
    for (const TransactionType type : all_types) {
        const TransactionPtr made = sign_transaction(sample(type), some_key());
        const auto back = recover_transaction(made->raw);
        ASSERT_TRUE(back.ok()) << back.error().what;
        EXPECT_EQ((*back)->fields, made->fields);
        EXPECT_EQ((*back)->sender, address_of(some_key()));
    }
}

TEST(Transaction, is_refused_with_a_byte_too_many_or_too_few) {
    EXPECT_FALSE(decode_transaction({}).ok());
    for (const TransactionType type : all_types) {
        Bytes raw = sign_transaction(sample(type), some_key())->raw;
        EXPECT_FALSE(decode_transaction(BytesView{raw}.first(raw.size() - 1)).ok());
        EXPECT_FALSE(decode_transaction(BytesView{raw}.first(1)).ok());
        raw.push_back(0);
        EXPECT_FALSE(decode_transaction(raw).ok());
    }
}

TEST(Transaction, of_the_chain_itself_is_read_in_blocks_and_nowhere_else) {
    Transaction fields;
    fields.type = TransactionType::system;
    fields.chain_id = 31'337;
    fields.nonce = 7;
    fields.gas_limit = 300'000;
    fields.to = Address{};
    fields.data = {0xab, 0xcd};
    const TransactionPtr made = system_transaction(fields);
    // 0x70 and the list [31337, 7, 300000, 20 zeros, 0xabcd], written by hand from EIP-2718 and
    // the rules of RLP.
    EXPECT_EQ(to_hex(made->raw), "0x70e0827a6907830493e094" + std::string(40, '0') + "82abcd");
    EXPECT_EQ(made->hash, keccak256(made->raw));
    EXPECT_EQ(to_hex(made->sender), "0xfffffffffffffffffffffffffffffffffffffffe");
    const auto back = recover_included(made->raw);
    ASSERT_TRUE(back.ok()) << back.error().what;
    EXPECT_EQ((*back)->fields, fields);
    EXPECT_EQ((*back)->sender, system_sender);
    EXPECT_EQ(effective_gas_price(fields, u256{9u}), u256{9u});

    EXPECT_FALSE(decode_transaction(made->raw).ok());
    EXPECT_FALSE(recover_transaction(made->raw).ok());
    EXPECT_FALSE(decode_included({}).ok());
    EXPECT_FALSE(decode_included(BytesView{made->raw}.first(1)).ok());
    EXPECT_FALSE(decode_included(BytesView{made->raw}.first(made->raw.size() - 1)).ok());
    Bytes longer = made->raw;
    longer.push_back(0);
    EXPECT_FALSE(decode_included(longer).ok());
    fields.to.reset();
    EXPECT_FALSE(decode_included(system_transaction(fields)->raw).ok()) << "creates nothing";
    for (const TransactionType type : all_types) {
        const TransactionPtr other = sign_transaction(sample(type), some_key());
        EXPECT_EQ((*recover_included(other->raw))->sender, other->sender);
    }
}

TEST(Transaction, is_refused_in_an_envelope_of_another_type) {
    Bytes raw = sign_transaction(sample(TransactionType::dynamic_fee), some_key())->raw;
    for (const uint8_t type : {0x00, 0x01, 0x03, 0x04, 0x05, 0x7f, 0x80, 0xbf}) {
        raw[0] = type;
        EXPECT_FALSE(decode_transaction(raw).ok()) << int{type};
    }
}

TEST(Transaction, needs_signature_values_in_range_and_a_low_s) {
    Transaction tx = sign_transaction(sample(TransactionType::dynamic_fee), some_key())->fields;
    const std::string why = "invalid transaction v, r, s values";
    const Signature good = tx.signature;
    EXPECT_EQ(refusal(tx), "accepted");
    tx.signature.s = secp256k1_half_n;
    EXPECT_EQ(refusal(tx), "accepted");
    tx.signature.s = secp256k1_half_n + u256{1u};
    EXPECT_EQ(refusal(tx), why);
    tx.signature.s = 0;
    EXPECT_EQ(refusal(tx), why);
    tx.signature = good;
    tx.signature.r = secp256k1_n - u256{1u};
    EXPECT_EQ(refusal(tx), "accepted");
    tx.signature.r = secp256k1_n;
    EXPECT_EQ(refusal(tx), why);
    tx.signature.r = 0;
    EXPECT_EQ(refusal(tx), why);
}

TEST(Transaction, needs_a_nonce_below_the_maximum) {
    Transaction tx = sign_transaction(sample(TransactionType::dynamic_fee), some_key())->fields;
    tx.nonce = ~0ull - 1;
    EXPECT_EQ(refusal(tx), "accepted");
    tx.nonce = ~0ull;
    EXPECT_EQ(refusal(tx), "nonce has max value");
}

TEST(Transaction, creates_contracts_only_in_the_first_three_types) {
    for (const TransactionType type : all_types) {
        Transaction tx = sample(type);
        tx.to.reset();
        const Bytes raw = sign_transaction(tx, some_key())->raw;
        EXPECT_EQ(decode_transaction(raw).ok(), type <= TransactionType::dynamic_fee);
    }
}

TEST(Transaction, takes_chain_ids_up_to_64_bits_from_v) {
    Transaction tx = sample(TransactionType::legacy);
    tx.chain_id = ~0ull;
    const TransactionPtr made = sign_transaction(tx, some_key());
    EXPECT_EQ(decode_transaction(made->raw)->chain_id, ~0ull);
    const auto with_v = [&](const u256& v) {
        const Transaction& f = made->fields;
        return decode_transaction(rlp::encode_list(f.nonce, f.max_fee_per_gas, f.gas_limit, f.to,
                                                   f.value, f.data, v, f.signature.r,
                                                   f.signature.s));
    };
    const u256 highest = u256{~0ull} * u256{2u} + u256{36u};
    EXPECT_TRUE(with_v(highest).ok());
    EXPECT_FALSE(with_v(highest + u256{1u}).ok());
    for (const uint64_t v : {0, 1, 26, 29, 34}) EXPECT_FALSE(with_v(u256{v}).ok()) << v;
    EXPECT_FALSE(with_v(27u)->chain_id.has_value());
    EXPECT_TRUE(with_v(28u)->signature.y_parity);
    EXPECT_EQ(with_v(37u)->chain_id, 1u);
    EXPECT_TRUE(with_v(38u)->signature.y_parity);
}

TEST(Transaction, pays_the_base_fee_and_a_tip_up_to_its_maximum) {
    Transaction tx = sample(TransactionType::dynamic_fee);
    tx.max_fee_per_gas = 100u;
    tx.max_priority_fee_per_gas = 10u;
    EXPECT_EQ(effective_gas_price(tx, 50u), u256{60u});
    EXPECT_EQ(effective_gas_price(tx, 95u), u256{100u});
    EXPECT_EQ(effective_gas_price(tx, 100u), u256{100u});
    tx.max_priority_fee_per_gas = u256_max;
    EXPECT_EQ(effective_gas_price(tx, 50u), u256{100u});
}

TEST(Transaction, an_impersonated_one_is_read_in_blocks_and_nowhere_else) {
    const Address sender = address_of(some_key());
    for (const auto type : {TransactionType::legacy, TransactionType::dynamic_fee}) {
        const TransactionPtr made = impersonated_transaction(sample(type), sender);
        EXPECT_EQ(made->raw[0], 0x71);
        EXPECT_EQ(made->hash, keccak256(made->raw));
        EXPECT_TRUE(made->is_impersonated);
        EXPECT_FALSE(recover_transaction(made->raw).ok());
        const auto read = recover_included(made->raw);
        ASSERT_TRUE(read.ok());
        EXPECT_EQ((*read)->sender, sender);
        EXPECT_EQ((*read)->hash, made->hash);
        EXPECT_EQ((*read)->fields, made->fields);
        EXPECT_EQ((*read)->fields.type, type);
        EXPECT_EQ(*decode_included(made->raw), made->fields);
    }
}

TEST(Transaction, an_impersonated_one_hides_no_signature_and_nothing_behind_it) {
    const TransactionPtr honest = sign_transaction(sample(TransactionType::legacy), some_key());
    const auto wrap = [&](const auto& list) {
        Bytes out{0x71};
        append(out, list);
        return recover_included(out).ok();
    };
    const Address sender = honest->sender;
    EXPECT_FALSE(wrap(rlp::encode_list(sender, honest->raw)));
    const Bytes inner = impersonated_transaction(sample(TransactionType::legacy), sender)->raw;
    EXPECT_FALSE(wrap(rlp::encode_list(sender, inner)));
    EXPECT_FALSE(wrap(Bytes{}));
    Bytes longer = inner;
    longer.push_back(0);
    EXPECT_FALSE(recover_included(longer).ok());
}

}  // namespace plume
