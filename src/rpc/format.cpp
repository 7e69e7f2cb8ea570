#include "rpc/format.hpp"

#include "codec/rlp.hpp"

namespace plume::rpc {

namespace {

using Object = boost::json::object;
using Array = boost::json::array;

Json address_or_null(const std::optional<Address>& address) {
    return address ? hex_data(*address) : Json(nullptr);
}

Object to_json(const Authorization& authorization) {
    return {{"chainId", quantity(authorization.chain_id)},
            {"address", hex_data(authorization.address)},
            {"nonce", quantity(authorization.nonce)},
            {"yParity", quantity(authorization.y_parity)},
            {"r", quantity(authorization.r)},
            {"s", quantity(authorization.s)}};
}

/// The number that stands for the signature's parity: EIP-155's for a legacy transaction.
u256 v_of(const Transaction& fields) {
    const u256 parity{fields.signature.y_parity ? 1u : 0u};
    if (fields.type != TransactionType::legacy) return parity;
    if (!fields.chain_id) return u256{27u} + parity;
    return u256{*fields.chain_id} * u256{2u} + u256{35u} + parity;
}

void add_type_members(Object& out, const Transaction& fields) {
    if (fields.type == TransactionType::legacy || fields.type == TransactionType::system) return;
    out["accessList"] = rpc::to_json(fields.access_list);
    out["yParity"] = quantity(fields.signature.y_parity ? 1 : 0);
    if (fields.type == TransactionType::access_list) return;
    out["maxFeePerGas"] = quantity(fields.max_fee_per_gas);
    out["maxPriorityFeePerGas"] = quantity(fields.max_priority_fee_per_gas);
    if (fields.type == TransactionType::blob) {
        out["maxFeePerBlobGas"] = quantity(fields.max_fee_per_blob_gas);
        Array hashes;
        for (const Hash& hash : fields.blob_hashes) hashes.push_back(hex_data(hash));
        out["blobVersionedHashes"] = std::move(hashes);
    }
    if (fields.type == TransactionType::set_code) {
        Array list;
        for (const Authorization& each : fields.authorizations) list.push_back(to_json(each));
        out["authorizationList"] = std::move(list);
    }
}

/// Bytes of the block's RLP: [header, transactions, uncles, withdrawals].
size_t size_of(const Block& block, size_t header_size) {
    size_t transactions = 0;
    for (const TransactionPtr& transaction : block.transactions) {
        const bool is_legacy = transaction->fields.type == TransactionType::legacy;
        transactions +=
            is_legacy ? transaction->raw.size() : rlp::size_of(BytesView{transaction->raw});
    }
    constexpr size_t empty_lists = 2;
    const size_t payload =
        header_size + rlp::header_size(transactions) + transactions + empty_lists;
    return rlp::header_size(payload) + payload;
}

Array transactions_of(const Block& block, bool in_full, bool is_pending) {
    Array out;
    out.reserve(block.transactions.size());
    for (size_t i = 0; i < block.transactions.size(); ++i) {
        const Place place{block.header, block.hash, i};
        const SignedTransaction& transaction = *block.transactions[i];
        out.push_back(in_full ? to_json(transaction, is_pending ? nullptr : &place)
                              : hex_data(transaction.hash));
    }
    return out;
}

}  // namespace

Json quantity(uint64_t value) {
    std::array<char, 18> digits;
    size_t at = digits.size();
    do {
        digits[--at] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value != 0);
    digits[--at] = 'x';
    digits[--at] = '0';
    return boost::json::string(std::string_view(digits.data() + at, digits.size() - at));
}

Json quantity(const u256& value) {
    if (value.fits_uint64()) return quantity(value.low64());
    return boost::json::string(to_quantity(value));
}

Json hex_data(BytesView bytes) {
    boost::json::string out;
    out.resize(2 + 2 * bytes.size());
    char* at = out.data();
    *at++ = '0';
    *at++ = 'x';
    for (const uint8_t byte : bytes) {
        *at++ = "0123456789abcdef"[byte >> 4];
        *at++ = "0123456789abcdef"[byte & 15];
    }
    return out;
}

Json to_json(const std::vector<AccessListEntry>& list) {
    Array out;
    for (const AccessListEntry& entry : list) {
        Array slots;
        for (const Hash& slot : entry.slots) slots.push_back(hex_data(slot));
        out.push_back(
            Object{{"address", hex_data(entry.address)}, {"storageKeys", std::move(slots)}});
    }
    return out;
}

Json to_json(const SignedTransaction& transaction, const Place* place) {
    const Transaction& fields = transaction.fields;
    const u256 price = place != nullptr ? effective_gas_price(fields, place->header.base_fee)
                                        : fields.max_fee_per_gas;
    Object out{{"blockHash", nullptr},
               {"blockNumber", nullptr},
               {"blockTimestamp", nullptr},
               {"transactionIndex", nullptr},
               {"hash", hex_data(transaction.hash)},
               {"type", quantity(static_cast<uint64_t>(fields.type))},
               {"from", hex_data(transaction.sender)},
               {"to", address_or_null(fields.to)},
               {"nonce", quantity(fields.nonce)},
               {"gas", quantity(fields.gas_limit)},
               {"gasPrice", quantity(price)},
               {"value", quantity(fields.value)},
               {"input", hex_data(fields.data)},
               {"v", quantity(v_of(fields))},
               {"r", quantity(fields.signature.r)},
               {"s", quantity(fields.signature.s)}};
    if (fields.chain_id) out["chainId"] = quantity(*fields.chain_id);
    add_type_members(out, fields);
    if (place != nullptr) {
        out["blockHash"] = hex_data(place->block_hash);
        out["blockNumber"] = quantity(place->header.number);
        out["blockTimestamp"] = quantity(place->header.timestamp);
        out["transactionIndex"] = quantity(place->index);
    }
    return out;
}

Json to_json(const Receipt& receipt, const SignedTransaction& transaction, const Place& place,
             uint64_t first_log_index) {
    Array logs;
    for (const Log& log : receipt.logs)
        logs.push_back(to_json(log, transaction.hash, place, first_log_index++));
    return Object{{"type", quantity(static_cast<uint64_t>(receipt.type))},
                  {"status", quantity(receipt.success ? 1 : 0)},
                  {"transactionHash", hex_data(transaction.hash)},
                  {"transactionIndex", quantity(place.index)},
                  {"blockHash", hex_data(place.block_hash)},
                  {"blockNumber", quantity(place.header.number)},
                  {"from", hex_data(transaction.sender)},
                  {"to", address_or_null(transaction.fields.to)},
                  {"contractAddress", address_or_null(receipt.contract_address)},
                  {"cumulativeGasUsed", quantity(receipt.cumulative_gas_used)},
                  {"gasUsed", quantity(receipt.gas_used)},
                  {"effectiveGasPrice", quantity(receipt.effective_gas_price)},
                  {"logs", std::move(logs)},
                  {"logsBloom", hex_data(receipt.logs_bloom)}};
}

Json to_json(const Block& block, const std::vector<Receipt>& receipts) {
    check(receipts.size() == block.transactions.size(), "every transaction has its receipt");
    Array out;
    uint64_t log_index = 0;
    for (size_t i = 0; i < receipts.size(); ++i) {
        const Place place{block.header, block.hash, i};
        out.push_back(to_json(receipts[i], *block.transactions[i], place, log_index));
        log_index += receipts[i].logs.size();
    }
    return out;
}

Json to_json(const Log& log, const Hash& transaction_hash, const Place& place, uint64_t log_index) {
    Array topics;
    for (const Hash& topic : log.topics) topics.push_back(hex_data(topic));
    return Object{{"address", hex_data(log.address)},
                  {"topics", std::move(topics)},
                  {"data", hex_data(log.data)},
                  {"blockHash", hex_data(place.block_hash)},
                  {"blockNumber", quantity(place.header.number)},
                  {"blockTimestamp", quantity(place.header.timestamp)},
                  {"transactionHash", hex_data(transaction_hash)},
                  {"transactionIndex", quantity(place.index)},
                  {"logIndex", quantity(log_index)},
                  {"removed", false}};
}

Json to_json(const Block& block, const u256& total_difficulty, bool with_transactions,
             bool is_pending) {
    const Header& header = block.header;
    const Json none = nullptr;
    return Object{{"hash", is_pending ? none : hex_data(block.hash)},
                  {"parentHash", hex_data(header.parent_hash)},
                  {"sha3Uncles", hex_data(header.uncles_hash)},
                  {"miner", is_pending ? none : hex_data(header.coinbase)},
                  {"stateRoot", hex_data(header.state_root)},
                  {"transactionsRoot", hex_data(header.transactions_root)},
                  {"receiptsRoot", hex_data(header.receipts_root)},
                  {"logsBloom", hex_data(header.logs_bloom)},
                  {"difficulty", quantity(header.difficulty)},
                  {"number", quantity(header.number)},
                  {"gasLimit", quantity(header.gas_limit)},
                  {"gasUsed", quantity(header.gas_used)},
                  {"timestamp", quantity(header.timestamp)},
                  {"extraData", hex_data(header.extra_data)},
                  {"mixHash", hex_data(header.prev_randao)},
                  {"nonce", is_pending ? none : hex_data(header.nonce)},
                  {"baseFeePerGas", quantity(header.base_fee)},
                  {"withdrawalsRoot", hex_data(header.withdrawals_root)},
                  {"withdrawals", Array{}},
                  {"blobGasUsed", quantity(header.blob_gas_used)},
                  {"excessBlobGas", quantity(header.excess_blob_gas)},
                  {"parentBeaconBlockRoot", hex_data(header.parent_beacon_block_root)},
                  {"requestsHash", hex_data(header.requests_hash)},
                  {"totalDifficulty", quantity(total_difficulty)},
                  {"size", quantity(size_of(block, encode(header).size()))},
                  {"uncles", Array{}},
                  {"transactions", transactions_of(block, with_transactions, is_pending)}};
}

Json header_json(const Header& header, const Hash& hash) {
    return Object{{"hash", hex_data(hash)},
                  {"parentHash", hex_data(header.parent_hash)},
                  {"sha3Uncles", hex_data(header.uncles_hash)},
                  {"miner", hex_data(header.coinbase)},
                  {"stateRoot", hex_data(header.state_root)},
                  {"transactionsRoot", hex_data(header.transactions_root)},
                  {"receiptsRoot", hex_data(header.receipts_root)},
                  {"logsBloom", hex_data(header.logs_bloom)},
                  {"difficulty", quantity(header.difficulty)},
                  {"number", quantity(header.number)},
                  {"gasLimit", quantity(header.gas_limit)},
                  {"gasUsed", quantity(header.gas_used)},
                  {"timestamp", quantity(header.timestamp)},
                  {"extraData", hex_data(header.extra_data)},
                  {"mixHash", hex_data(header.prev_randao)},
                  {"nonce", hex_data(header.nonce)},
                  {"baseFeePerGas", quantity(header.base_fee)},
                  {"withdrawalsRoot", hex_data(header.withdrawals_root)},
                  {"blobGasUsed", quantity(header.blob_gas_used)},
                  {"excessBlobGas", quantity(header.excess_blob_gas)},
                  {"parentBeaconBlockRoot", hex_data(header.parent_beacon_block_root)},
                  {"requestsHash", hex_data(header.requests_hash)}};
}

Json to_json(std::span<const Bytes> proof) {
    Array out;
    for (const Bytes& node : proof) out.push_back(hex_data(node));
    return out;
}

}  // namespace plume::rpc
