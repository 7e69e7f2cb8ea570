#include "types/transaction.hpp"

#include <limits>
#include <tuple>

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"

namespace plume {

// Found by rlp.hpp through the type of its argument, hence not in the unnamed namespace.
template <class Entry>
    requires std::same_as<std::remove_const_t<Entry>, AccessListEntry>
static auto rlp_fields(Entry& entry) {
    return std::tie(entry.address, entry.slots);
}

template <class Tuple>
    requires std::same_as<std::remove_const_t<Tuple>, Authorization>
static auto rlp_fields(Tuple& a) {
    return std::tie(a.chain_id, a.address, a.nonce, a.y_parity, a.r, a.s);
}

namespace {

/// EIP-155: v is this and the parity, plus twice the chain id.
constexpr uint64_t protected_v_base = 35;
/// Before EIP-155, v was this and the parity.
constexpr uint64_t unprotected_v_base = 27;
/// The first byte of what an EIP-7702 authority signs.
constexpr uint8_t authorization_magic = 0x05;
/// What stands in an impersonated transaction for a signature: in range, so that every client can
/// read it.
constexpr Signature nobodys_signature{u256{1u}, u256{1u}, false};
/// EIP-2718: a first byte from here on opens an RLP list, and so a legacy transaction.
constexpr uint8_t legacy_start = 0xc0;

/// The signed fields of a legacy transaction, before EIP-155 added the chain.
template <class Tx>
auto legacy_fields(Tx& tx) {
    return std::tie(tx.nonce, tx.max_fee_per_gas, tx.gas_limit, tx.to, tx.value, tx.data);
}

/// Calls `use` with the signed fields of a typed transaction, in their order. `chain_id` stands for
/// the optional one of `tx`.
template <class Tx, class ChainId, class Use>
auto with_typed_fields(Tx& tx, ChainId& chain_id, const Use& use) {
    const auto start = std::tie(chain_id, tx.nonce);
    const auto fees = std::tie(tx.max_priority_fee_per_gas, tx.max_fee_per_gas);
    const auto rest = std::tie(tx.gas_limit, tx.to, tx.value, tx.data, tx.access_list);
    switch (tx.type) {
        case TransactionType::access_list:
            return use(std::tuple_cat(start, std::tie(tx.max_fee_per_gas), rest));
        case TransactionType::dynamic_fee:
            return use(std::tuple_cat(start, fees, rest));
        case TransactionType::blob:
            return use(std::tuple_cat(start, fees, rest,
                                      std::tie(tx.max_fee_per_blob_gas, tx.blob_hashes)));
        case TransactionType::set_code:
            return use(std::tuple_cat(start, fees, rest, std::tie(tx.authorizations)));
        case TransactionType::legacy:
        case TransactionType::system:
            break;
    }
    fail("a typed transaction has one of four types");
}

template <class Tx, class ChainId>
auto system_fields(Tx& tx, ChainId& chain_id) {
    return std::tie(chain_id, tx.nonce, tx.gas_limit, tx.to, tx.data);
}

/// The type's byte and, behind it, the list of `fields`.
template <class... T>
Bytes envelope(uint8_t type, const std::tuple<T...>& fields) {
    Bytes out;
    out.reserve(1 + rlp::size_of(fields));
    out.push_back(type);
    rlp::append(out, fields);
    return out;
}

bool is_legacy(const Transaction& tx) {
    return tx.type == TransactionType::legacy;
}

uint64_t typed_chain_id(const Transaction& tx) {
    check(tx.chain_id.has_value(), "a typed transaction names its chain");
    return *tx.chain_id;
}

u256 legacy_v(const Transaction& tx) {
    const uint64_t parity = tx.signature.y_parity ? 1 : 0;
    if (!tx.chain_id) return u256{unprotected_v_base + parity};
    return u256{*tx.chain_id} * u256{2u} + u256{protected_v_base + parity};
}

Error bad_signature() {
    return {.what = "invalid transaction v, r, s values"};
}

/// Takes the chain and the parity out of a legacy v.
Result<void> read_v(Transaction& tx, const u256& v) {
    if (v == u256{unprotected_v_base} || v == u256{unprotected_v_base + 1}) {
        tx.signature.y_parity = v == u256{unprotected_v_base + 1};
        return {};
    }
    if (v < u256{protected_v_base}) return bad_signature();
    const u256 rest = v - u256{protected_v_base};
    const u256 chain_id = rest >> 1;
    if (!chain_id.fits_uint64()) return bad_signature();
    tx.chain_id = chain_id.low64();
    tx.signature.y_parity = rest.bit(0);
    return {};
}

Result<void> read_legacy(rlp::Decoder& decoder, Transaction& tx) {
    u256 v;
    const auto tail = std::tie(v, tx.signature.r, tx.signature.s);
    auto filled = decoder.read_fields(std::tuple_cat(legacy_fields(tx), tail));
    return filled ? read_v(tx, v) : filled;
}

Result<void> read_typed(rlp::Decoder& decoder, Transaction& tx) {
    uint64_t chain_id = 0;
    const auto tail = std::tie(tx.signature.y_parity, tx.signature.r, tx.signature.s);
    auto filled = with_typed_fields(tx, chain_id, [&](const auto& fields) {
        return decoder.read_fields(std::tuple_cat(fields, tail));
    });
    tx.chain_id = chain_id;
    return filled;
}

struct Impersonated {
    Transaction fields;
    Address sender;
};

Result<Impersonated> decode_impersonated(BytesView raw) {
    rlp::Decoder decoder(raw.subspan(1));
    Address sender;
    Bytes inner;
    if (auto filled = decoder.read_fields(std::tie(sender, inner)); !filled)
        return std::move(filled).error();
    if (auto end = decoder.finish(); !end) return std::move(end).error();
    TRY(fields, decode_transaction(inner));
    if (fields.signature != nobodys_signature)
        return Error{.what = "an impersonated transaction carries a signature"};
    return Impersonated{std::move(fields), sender};
}

/// What holds for the fields of every transaction that is decoded.
Result<void> judge(const Transaction& tx) {
    const auto& [r, s, parity] = tx.signature;
    if (r.is_zero() || r >= secp256k1_n) return bad_signature();
    if (s.is_zero() || s > secp256k1_half_n) return bad_signature();
    if (tx.nonce == std::numeric_limits<uint64_t>::max())
        return Error{.what = "nonce has max value"};
    const bool may_create =
        tx.type != TransactionType::blob && tx.type != TransactionType::set_code;
    if (!tx.to && !may_create)
        return Error{.what = "a transaction of this type must not create a contract"};
    return {};
}

}  // namespace

Result<Transaction> decode_transaction(BytesView raw) {
    if (raw.empty()) return Error{.what = "typed transaction too short"};
    Transaction tx;
    if (raw[0] < legacy_start) {
        if (raw[0] == 0 || raw[0] > static_cast<uint8_t>(TransactionType::set_code))
            return Error{.what = "transaction type not supported"};
        tx.type = static_cast<TransactionType>(raw[0]);
        raw = raw.subspan(1);
    }
    rlp::Decoder decoder(raw);
    auto filled = is_legacy(tx) ? read_legacy(decoder, tx) : read_typed(decoder, tx);
    if (!filled) return std::move(filled).error();
    if (auto end = decoder.finish(); !end) return std::move(end).error();
    if (auto judged = judge(tx); !judged) return std::move(judged).error();
    if (tx.type < TransactionType::dynamic_fee) tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
    return tx;
}

Result<Transaction> decode_included(BytesView raw) {
    if (is_impersonated(raw)) {
        TRY(impersonated, decode_impersonated(raw));
        return std::move(impersonated.fields);
    }
    if (raw.empty() || raw[0] != static_cast<uint8_t>(TransactionType::system))
        return decode_transaction(raw);
    Transaction tx;
    tx.type = TransactionType::system;
    uint64_t chain_id = 0;
    rlp::Decoder decoder(raw.subspan(1));
    if (auto filled = decoder.read_fields(system_fields(tx, chain_id)); !filled)
        return std::move(filled).error();
    if (auto end = decoder.finish(); !end) return std::move(end).error();
    if (!tx.to) return Error{.what = "a system transaction creates no contract"};
    tx.chain_id = chain_id;
    return tx;
}

Bytes encode(const Transaction& tx) {
    const auto& [r, s, parity] = tx.signature;
    if (is_legacy(tx)) {
        const u256 v = legacy_v(tx);
        return rlp::encode(std::tuple_cat(legacy_fields(tx), std::tie(v, r, s)));
    }
    const uint64_t chain_id = typed_chain_id(tx);
    if (tx.type == TransactionType::system)
        return envelope(static_cast<uint8_t>(tx.type), system_fields(tx, chain_id));
    const auto tail = std::tie(parity, r, s);
    return with_typed_fields(tx, chain_id, [&](const auto& fields) {
        return envelope(static_cast<uint8_t>(tx.type), std::tuple_cat(fields, tail));
    });
}

Hash signing_hash(const Transaction& tx) {
    if (is_legacy(tx)) {
        if (!tx.chain_id) return keccak256(rlp::encode(legacy_fields(tx)));
        const uint64_t zero = 0;
        const auto tail = std::tie(*tx.chain_id, zero, zero);
        return keccak256(rlp::encode(std::tuple_cat(legacy_fields(tx), tail)));
    }
    const uint64_t chain_id = typed_chain_id(tx);
    return keccak256(with_typed_fields(tx, chain_id, [&](const auto& fields) {
        return envelope(static_cast<uint8_t>(tx.type), fields);
    }));
}

Hash signing_hash(const Authorization& authorization) {
    const auto& a = authorization;
    return keccak256(envelope(authorization_magic, std::tie(a.chain_id, a.address, a.nonce)));
}

Result<TransactionPtr> recover_transaction(Bytes raw) {
    TRY(fields, decode_transaction(raw));
    const auto sender = recover(signing_hash(fields), fields.signature);
    if (!sender) return bad_signature();
    const Hash hash = keccak256(raw);
    return TransactionPtr(std::make_shared<SignedTransaction>(
        SignedTransaction{std::move(fields), std::move(raw), hash, *sender}));
}

bool is_impersonated(BytesView raw) {
    return !raw.empty() && raw[0] == impersonated_prefix;
}

Result<TransactionPtr> recover_included(Bytes raw) {
    if (is_impersonated(raw)) {
        TRY(impersonated, decode_impersonated(raw));
        return impersonated_transaction(std::move(impersonated.fields), impersonated.sender);
    }
    TRY(fields, decode_included(raw));
    if (fields.type != TransactionType::system) return recover_transaction(std::move(raw));
    return system_transaction(std::move(fields));
}

TransactionPtr system_transaction(Transaction fields) {
    Bytes raw = encode(fields);
    const Hash hash = keccak256(raw);
    return std::make_shared<SignedTransaction>(
        SignedTransaction{std::move(fields), std::move(raw), hash, system_sender});
}

TransactionPtr impersonated_transaction(Transaction fields, const Address& sender) {
    if (fields.type < TransactionType::dynamic_fee)
        fields.max_priority_fee_per_gas = fields.max_fee_per_gas;
    fields.signature = nobodys_signature;
    const Bytes inner = encode(fields);
    Bytes raw = envelope(impersonated_prefix, std::tie(sender, inner));
    const Hash hash = keccak256(raw);
    return std::make_shared<SignedTransaction>(
        SignedTransaction{std::move(fields), std::move(raw), hash, sender, true});
}

TransactionPtr sign_transaction(Transaction fields, const PrivateKey& key) {
    if (fields.type < TransactionType::dynamic_fee)
        fields.max_priority_fee_per_gas = fields.max_fee_per_gas;
    fields.signature = sign(signing_hash(fields), key);
    Bytes raw = encode(fields);
    const Hash hash = keccak256(raw);
    return std::make_shared<SignedTransaction>(
        SignedTransaction{std::move(fields), std::move(raw), hash, address_of(key)});
}

u256 effective_gas_price(const Transaction& tx, const u256& base_fee) {
    if (tx.type == TransactionType::system) return base_fee;
    if (tx.max_fee_per_gas <= base_fee) return tx.max_fee_per_gas;
    return base_fee + std::min(tx.max_priority_fee_per_gas, tx.max_fee_per_gas - base_fee);
}

}  // namespace plume
