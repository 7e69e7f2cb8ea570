// eth_, personal_: signing and sending for the accounts of a development chain, and for those that
// are impersonated.

#include "crypto/keccak.hpp"
#include "rpc/dev.hpp"
#include "rpc/fill.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"
#include "rpc/submit.hpp"
#include "rpc/typed_data.hpp"

namespace plume::rpc {

namespace {

const DevControls& controls(const Ask& ask) {
    return *ask.services().dev;
}

const PrivateKey& key_of(const Ask& ask, const Address& address) {
    const PrivateKey* key = controls(ask).key_of(address);
    if (key == nullptr) throw RpcError{code::invalid_params, "No Signer available"};
    return *key;
}

/// r, s, and v as 27 or 28.
Json signature_of(const Hash& digest, const PrivateKey& key) {
    constexpr uint8_t v_base = 27;
    const Signature signature = sign(digest, key);
    Bytes out = to_bytes(to_word(signature.r));
    append(out, to_word(signature.s));
    out.push_back(static_cast<uint8_t>(v_base + (signature.y_parity ? 1 : 0)));
    return hex_data(out);
}

/// ERC-191, version 0x45.
Hash message_hash(BytesView message) {
    Bytes out{0x19};
    append(out, view_of("Ethereum Signed Message:\n" + std::to_string(message.size())));
    append(out, message);
    return keccak256(out);
}

Json eth_sign(Ask& ask) {
    return signature_of(message_hash(ask[1].data()), key_of(ask, ask[0].address()));
}

/// The same with the arguments the other way round, and a password that nobody looks at.
Json personal_sign(Ask& ask) {
    return signature_of(message_hash(ask[0].data()), key_of(ask, ask[1].address()));
}

/// The data as an object, or as a text of its JSON.
Json sign_typed_data(Ask& ask) {
    const PrivateKey& key = key_of(ask, ask[0].address());
    const Field data = ask[1];
    if (!data.is_object()) {
        boost::system::error_code failure;
        const Json parsed = boost::json::parse(data.text(), failure);
        if (failure) data.refuse("no JSON: " + failure.message());
        return signature_of(typed_data_hash(parsed), key);
    }
    return signature_of(typed_data_hash(data.json()), key);
}

Json sign_transaction(Ask& ask) {
    Filled filled = fill_transaction(ask, ask[0], Failing::refuse);
    const PrivateKey& key = key_of(ask, filled.sender);
    return hex_data(plume::sign_transaction(std::move(filled.fields), key)->raw);
}

Json submit(Ask& ask, const TransactionPtr& transaction) {
    return submit_and_answer(ask, transaction->hash,
                             [&] { return ask.chain().submit(transaction); });
}

/// Submits what `seal` makes of the fields, with the sender's next nonce unless the request gives
/// one: of two that are sent at once, one gets the nonce after the other's.
template <class Seal>
Json submit_next(Ask& ask, Filled filled, const Seal& seal) {
    const auto turn = controls(ask).development.take_turn();
    if (!ask[0]["nonce"].given()) filled.fields.nonce = ask.chain().pending_nonce(filled.sender);
    return submit(ask, seal(std::move(filled.fields)));
}

Json submit_impersonated(Ask& ask, Filled filled) {
    const Address sender = filled.sender;
    return submit_next(ask, std::move(filled), [&](Transaction fields) {
        return impersonated_transaction(std::move(fields), sender);
    });
}

/// A call that fails is sent all the same, so that there is a receipt to look at.
Json send_transaction(Ask& ask) {
    Filled filled = fill_transaction(ask, ask[0], Failing::send);
    if (const PrivateKey* key = controls(ask).key_of(filled.sender))
        return submit_next(ask, std::move(filled), [&](Transaction fields) {
            return plume::sign_transaction(std::move(fields), *key);
        });
    if (!controls(ask).development.may_impersonate(filled.sender))
        throw RpcError{code::invalid_params, "No Signer available"};
    return submit_impersonated(ask, std::move(filled));
}

/// For any sender at all.
Json send_unsigned_transaction(Ask& ask) {
    return submit_impersonated(ask, fill_transaction(ask, ask[0], Failing::send));
}

constexpr Method methods[] = {
    {"eth_sign", eth_sign, 2},
    {"personal_sign", personal_sign, 3},
    {"eth_signTypedData_v4", sign_typed_data, 2},
    {"eth_signTypedData", sign_typed_data, 2},
    {"eth_signTransaction", sign_transaction, 1},
    {"eth_sendTransaction", send_transaction, 1},
    {"eth_sendUnsignedTransaction", send_unsigned_transaction, 1},
};

}  // namespace

std::span<const Method> dev_account_methods() {
    return methods;
}

}  // namespace plume::rpc
