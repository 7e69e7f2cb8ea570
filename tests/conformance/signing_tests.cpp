#include "conformance/signing_tests.hpp"

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "native/typed_data.hpp"
#include "support/ethers.hpp"
#include "support/typed_data.hpp"

namespace plume::conformance {

namespace json = boost::json;

namespace {

PrivateKey key_at(const json::value& entry, std::string_view member) {
    const auto key = PrivateKey::parse(test::text_at(entry, member));
    if (!key) throw test::Malformed("not a private key: " + test::text_at(entry, member));
    return *key;
}

/// r, s and v = 27 or 28.
Bytes bytes_of(const Signature& signature) {
    Bytes out;
    out.reserve(2 * Hash::size + 1);
    append(out, to_word(signature.r));
    append(out, to_word(signature.s));
    out.push_back(signature.y_parity ? 28 : 27);
    return out;
}

/// Signs `tx` and holds every product against the bytes another implementation made.
void expect_signed(Outcome& outcome, const Transaction& tx, const PrivateKey& key,
                   const Bytes& unsigned_bytes, const Bytes& signed_bytes) {
    outcome.expect_equal("signing hash", keccak256(unsigned_bytes), signing_hash(tx));
    const TransactionPtr made = sign_transaction(tx, key);
    outcome.expect_equal("signed transaction", signed_bytes, made->raw);
    const auto back = recover_transaction(signed_bytes);
    if (!back) return outcome.fail("refused, but valid: " + back.error().what);
    outcome.expect((*back)->fields == made->fields, "decodes to other fields");
    outcome.expect_equal("sender", address_of(key), (*back)->sender);
    outcome.expect_equal("hash", keccak256(signed_bytes), (*back)->hash);
}

}  // namespace

Outcome run_typed_data(const json::value& entry) {
    const Hash digest = test::fixed_of<Hash>(test::at(entry, "digest"));
    const Hash struct_hash = test::hash_of_struct(
        test::at(entry, "types"), test::text_at(entry, "primaryType"), test::at(entry, "data"));
    const Hash domain = test::hash_of_domain(test::at(entry, "domain"));
    Outcome outcome;
    outcome.expect_equal("struct hash", keccak256(test::hex_at(entry, "encoded")), struct_hash);
    outcome.expect_equal("digest", digest, typed_data_digest(domain, struct_hash));
    if (test::find(entry, "signature") != nullptr)
        outcome.expect_equal("signature", test::hex_at(entry, "signature"),
                             bytes_of(sign(digest, key_at(entry, "privateKey"))));
    return outcome;
}

Outcome run_legacy_transaction(const json::value& entry) {
    Outcome outcome;
    if (!test::ethers_number(entry, "gasLimit").fits_uint64()) {
        outcome.expect(!decode_transaction(test::hex_at(entry, "signedTransaction")),
                       "accepted, but its gas limit needs more than 64 bits");
        return outcome;
    }
    const PrivateKey key = key_at(entry, "privateKey");
    outcome.expect_equal("address", test::text_at(entry, "accountAddress"),
                         to_hex(address_of(key)));
    Transaction tx = test::from_ethers(entry);
    expect_signed(outcome, tx, key, test::hex_at(entry, "unsignedTransaction"),
                  test::hex_at(entry, "signedTransaction"));
    tx.chain_id = 5;
    expect_signed(outcome, tx, key, test::hex_at(entry, "unsignedTransactionChainId5"),
                  test::hex_at(entry, "signedTransactionChainId5"));
    return outcome;
}

Outcome run_typed_transaction(const json::value& entry) {
    const PrivateKey key = key_at(entry, "key");
    Outcome outcome;
    outcome.expect_equal("address", test::text_at(entry, "address"), to_hex(address_of(key)));
    expect_signed(outcome, test::from_ethers(test::at(entry, "tx")), key,
                  test::hex_at(entry, "unsigned"), test::hex_at(entry, "signed"));
    return outcome;
}

Outcome run_old_transaction(const json::value& entry) {
    const Bytes raw = test::hex_at(entry, "signed");
    const auto made = recover_transaction(raw);
    Outcome outcome;
    if (made) {
        outcome.expect_equal("sender", address_of(key_at(entry, "key")), (*made)->sender);
        outcome.expect_equal("encoded again", raw, encode((*made)->fields));
        return outcome;
    }
    // Nothing but its s may be wrong.
    rlp::Decoder fields = rlp::Decoder(raw).list().value();
    for (int i = 0; i < 8; ++i)
        if (auto item = fields.item(); !item) return Outcome::failed(item.error().what);
    const auto s = fields.read<u256>();
    outcome.expect(s && *s > secp256k1_half_n, "refused, but valid: " + made.error().what);
    return outcome;
}

}  // namespace plume::conformance
