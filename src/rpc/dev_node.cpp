// anvil_, hardhat_: what a development node says of itself, and its whole state as a text.
//
// A state dump is the JSON of anvil's, as DATA:
//
//   { "accounts": { "<address>": { "nonce": 1, "balance": "0x..", "code": "0x..",
//                                  "storage": { "<slot>": "<word>" } } },
//     "block": { "number", "coinbase", "timestamp", "gas_limit", "basefee", "prevrandao", ... },
//     "best_block_number": 7, "blocks": [], "transactions": [] }

#include <boost/json.hpp>

#include "base/log.hpp"
#include "evm/execution.hpp"
#include "rpc/dev.hpp"
#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"
#include "state/root.hpp"

namespace plume::rpc {

namespace {

/// Accounts and slots of a state that is dumped or loaded.
constexpr size_t dump_items_max = 250'000;

Development& development(const Ask& ask) {
    return ask.services().dev->development;
}

/// The revision of the EVM, as anvil calls it.
constexpr std::string_view hard_fork = "osaka";

Json node_info(Ask& ask) {
    const auto head = ask.chain().head();
    const Header& header = head->header();
    return boost::json::object{
        {"currentBlockNumber", header.number},
        {"currentBlockTimestamp", header.timestamp},
        {"currentBlockHash", hex_data(head->hash())},
        {"hardFork", hard_fork},
        {"transactionOrder", "fees"},
        {"environment", boost::json::object{{"baseFee", quantity(ask.chain().next_base_fee())},
                                            {"chainId", ask.chain().rules().chain_id},
                                            {"gasLimit", quantity(header.gas_limit)},
                                            {"gasPrice", quantity(header.base_fee)}}},
        {"forkConfig",
         boost::json::object{
             {"forkUrl", nullptr}, {"forkBlockNumber", nullptr}, {"forkRetryBackoff", nullptr}}},
        {"network", nullptr}};
}

Json metadata(Ask& ask) {
    const auto head = ask.chain().head();
    // One name for one run of a chain; two runs never begin with the same block.
    return boost::json::object{{"clientVersion", ask.services().client_version},
                               {"clientCommitSha", ""},
                               {"chainId", ask.chain().rules().chain_id},
                               {"instanceId", hex_data(ask.chain().genesis_hash())},
                               {"latestBlockNumber", head->number()},
                               {"latestBlockHash", hex_data(head->hash())},
                               {"forkedNetwork", nullptr},
                               {"snapshots", boost::json::object{}}};
}

Json set_logging_enabled(Ask& ask) {
    log::set_level(ask[0].boolean() ? log::Level::info : log::Level::warn);
    return nullptr;
}

/// Hardhat sends what it compiled, to name functions in its own traces.
Json add_compilation_result(Ask&) {
    return true;
}

class Dump {
public:
    explicit Dump(std::shared_ptr<const StoreSnapshot> head) : head_(std::move(head)) {}

    boost::json::object accounts() {
        boost::json::object out;
        head_->for_each_leaf(TrieOwner{}, [&](const Hash& key, BytesView) {
            const Address address = Address::from(name_of(key)).value();
            out[to_hex(address)] = account(address, key);
        });
        return out;
    }

private:
    Bytes name_of(const Hash& key) {
        if (++items_ > dump_items_max)
            throw RpcError{code::limit_exceeded, "the state has more than " +
                                                     std::to_string(dump_items_max) +
                                                     " accounts and slots"};
        auto name = head_->name_of(key);
        if (!name)
            throw RpcError{code::server_error,
                           "not all of this chain was made by plume dev, so its accounts cannot be "
                           "named"};
        return std::move(*name);
    }

    boost::json::object account(const Address& address, const Hash& owner) {
        const AccountFields fields = head_->account(address).value();
        boost::json::object storage;
        head_->for_each_leaf(owner, [&](const Hash& key, BytesView) {
            const u256 slot = to_u256(Hash::from(name_of(key)).value());
            storage[to_hex(to_word(slot))] = hex_data(to_word(head_->storage(address, slot)));
        });
        return {{"nonce", fields.nonce},
                {"balance", quantity(fields.balance)},
                {"code", hex_data(fields.has_code() ? head_->code(fields.code_hash) : Bytes{})},
                {"storage", std::move(storage)}};
    }

    std::shared_ptr<const StoreSnapshot> head_;
    size_t items_ = 0;
};

Json dump_state(Ask& ask) {
    const auto head = ask.chain().head();
    const Header& header = head->header();
    const boost::json::object out{
        {"block", boost::json::object{{"number", header.number},
                                      {"beneficiary", hex_data(header.coinbase)},
                                      {"timestamp", header.timestamp},
                                      {"gas_limit", header.gas_limit},
                                      {"basefee", header.base_fee.low64()},
                                      {"difficulty", "0x0"},
                                      {"prevrandao", hex_data(header.prev_randao)},
                                      {"blob_excess_gas_and_price", nullptr}}},
        {"accounts", Dump(head).accounts()},
        {"best_block_number", header.number},
        {"blocks", boost::json::array{}},
        {"transactions", boost::json::array{}}};
    return hex_data(view_of(boost::json::serialize(out)));
}

AccountEdit read_account(const Field& field, size_t& items) {
    AccountEdit out;
    if (field["nonce"].given()) out.nonce = field["nonce"].lenient_number();
    if (field["balance"].given()) out.balance = field["balance"].quantity();
    if (field["code"].given()) out.code = field["code"].data();
    if (!field["storage"].given()) return out;
    for (const Field& slot : field["storage"].members(dump_items_max)) {
        ++items;
        const Json name = Json(slot.name());
        out.slots[Field(&name, 0, "storage").slot()] = slot.slot();
    }
    return out;
}

/// Puts the accounts of a dump over those there are; blocks stay as they are.
Json load_state(Ask& ask) {
    const Bytes text = ask[0].data();
    if (text.size() > 1 && text[0] == 0x1f && text[1] == 0x8b)
        ask[0].refuse("compressed; hand over the JSON that is in it, as hexadecimal digits");
    boost::system::error_code failure;
    const Json dump = boost::json::parse(text_of(text), failure);
    if (failure) ask[0].refuse("no JSON: " + failure.message());
    const Field accounts = Field(&dump, 0)["accounts"];
    Edits edits;
    size_t items = 0;
    for (const Field& account : accounts.members(dump_items_max)) {
        const Json name = Json(account.name());
        edits[Field(&name, 0, "accounts").address()] = read_account(account, items);
        if (++items > dump_items_max)
            throw RpcError{code::limit_exceeded,
                           "more than " + std::to_string(dump_items_max) + " accounts and slots"};
    }
    or_throw(development(ask).edit(edits));
    return true;
}

constexpr Method methods[] = {
    {"anvil_nodeInfo", node_info, 0},
    {"anvil_metadata", metadata, 0},
    {"hardhat_metadata", metadata, 0},
    {"anvil_setLoggingEnabled", set_logging_enabled, 1},
    {"hardhat_setLoggingEnabled", set_logging_enabled, 1},
    {"hardhat_addCompilationResult", add_compilation_result, 3},
    {"anvil_dumpState", dump_state, 1},
    {"hardhat_dumpState", dump_state, 1},
    {"anvil_loadState", load_state, 1},
    {"hardhat_loadState", load_state, 1},
};

}  // namespace

std::span<const Method> dev_node_methods() {
    return methods;
}

}  // namespace plume::rpc
