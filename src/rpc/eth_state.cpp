// eth_: the chain itself, and the state of accounts after any block.

#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"
#include "state/root.hpp"
#include "trie/proof.hpp"

namespace plume::rpc {

namespace {

/// Storage keys in one eth_getProof.
constexpr size_t proof_keys_max = 1'024;

Json chain_id(Ask& ask) {
    return quantity(ask.chain().rules().chain_id);
}

Json block_number(Ask& ask) {
    return quantity(ask.chain().head()->number());
}

/// A node with one producer has nobody to fall behind.
Json syncing(Ask&) {
    return false;
}

/// Who the fees of the newest block went to.
Json coinbase(Ask& ask) {
    return hex_data(ask.chain().head()->header().coinbase);
}

/// The node makes blocks, by which clients mean mining.
Json mining(Ask&) {
    return true;
}

Json hashrate(Ask&) {
    return quantity(0);
}

/// The node holds no keys but those of development, which everybody has.
Json accounts(Ask& ask) {
    boost::json::array out;
    if (ask.services().dev)
        for (const DevAccount& account : ask.services().dev->accounts)
            out.push_back(hex_data(account.address));
    return out;
}

Json get_balance(Ask& ask) {
    const auto account = ask.state(1)->account(ask[0].address());
    return quantity(account ? account->balance : u256{});
}

Json get_transaction_count(Ask& ask) {
    const Address address = ask[0].address();
    if (ask.block(1) == BlockId{BlockTag::pending})
        return quantity(ask.chain().pending_nonce(address));
    const auto account = ask.state(1)->account(address);
    return quantity(account ? account->nonce : 0);
}

Json get_code(Ask& ask) {
    const auto state = ask.state(1);
    const auto account = state->account(ask[0].address());
    if (!account || !account->has_code()) return hex_data({});
    return hex_data(state->code(account->code_hash));
}

/// Balance, nonce and code in one answer.
Json get_account_info(Ask& ask) {
    const auto state = ask.state(1);
    const AccountFields account = state->account(ask[0].address()).value_or(AccountFields{});
    return boost::json::object{
        {"nonce", quantity(account.nonce)},
        {"balance", quantity(account.balance)},
        {"code", hex_data(account.has_code() ? state->code(account.code_hash) : Bytes{})}};
}

/// The account as the trie has it.
Json get_account(Ask& ask) {
    const AccountFields account = ask.state(1)->account(ask[0].address()).value_or(AccountFields{});
    return boost::json::object{{"nonce", quantity(account.nonce)},
                               {"balance", quantity(account.balance)},
                               {"codeHash", hex_data(account.code_hash)},
                               {"storageRoot", hex_data(account.storage_root)}};
}

Json get_storage_at(Ask& ask) {
    const Address address = ask[0].address();
    const u256 slot = ask[1].slot();
    return hex_data(to_word(ask.state(2)->storage(address, slot)));
}

/// A key as it was asked for: whole words stay words, anything shorter becomes a number (geth).
Json proof_key(std::string_view asked, const u256& slot) {
    constexpr size_t word_size = 66;
    return asked.size() == word_size ? hex_data(to_word(slot)) : quantity(slot);
}

Json get_proof(Ask& ask) {
    const Address address = ask[0].address();
    const std::vector<Field> keys = ask[1].items(proof_keys_max);
    const auto state = ask.state(2);
    const AccountFields account = state->account(address).value_or(AccountFields{});
    const Hash owner = account_key(address);

    boost::json::array storage;
    for (const Field& key : keys) {
        const u256 slot = key.slot();
        const auto proof = prove(*state, owner, account.storage_root, slot_key(slot));
        storage.push_back(boost::json::object{{"key", proof_key(key.text(), slot)},
                                              {"value", quantity(state->storage(address, slot))},
                                              {"proof", to_json(proof)}});
    }
    const auto proof = prove(*state, TrieOwner{}, state->state_root(), owner);
    return boost::json::object{
        {"address", hex_data(address)},         {"accountProof", to_json(proof)},
        {"balance", quantity(account.balance)}, {"codeHash", hex_data(account.code_hash)},
        {"nonce", quantity(account.nonce)},     {"storageHash", hex_data(account.storage_root)},
        {"storageProof", std::move(storage)}};
}

constexpr Method methods[] = {
    {"eth_chainId", chain_id, 0},       {"eth_blockNumber", block_number, 0},
    {"eth_syncing", syncing, 0},        {"eth_accounts", accounts, 0},
    {"eth_getBalance", get_balance, 2}, {"eth_getTransactionCount", get_transaction_count, 2},
    {"eth_getCode", get_code, 2},       {"eth_getStorageAt", get_storage_at, 3},
    {"eth_getProof", get_proof, 3},     {"eth_getAccountInfo", get_account_info, 2},
    {"eth_getAccount", get_account, 2}, {"eth_coinbase", coinbase, 0},
    {"eth_mining", mining, 0},          {"eth_hashrate", hashrate, 0},
};

}  // namespace

std::span<const Method> eth_state_methods() {
    return methods;
}

}  // namespace plume::rpc
