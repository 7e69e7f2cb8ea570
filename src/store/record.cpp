#include "store/record.hpp"

#include "codec/rlp.hpp"
#include "crypto/keccak.hpp"
#include "store/schema.hpp"

namespace plume::record {

namespace {

/// A log as it stands in a receipt's row, without a copy of it.
struct LogRow {
    const Log& log;
};

auto rlp_fields(const LogRow& row) {
    return std::tie(row.log.address, row.log.topics, row.log.data);
}

template <class T>
T read(rlp::Decoder& row) {
    auto value = row.read<T>();
    check(value.ok(), "a row of the database is damaged: a field cannot be decoded");
    return std::move(value).value();
}

rlp::Decoder read_list(rlp::Decoder& row) {
    auto items = row.list();
    check(items.ok(), "a row of the database is damaged: it is no list");
    return std::move(items).value();
}

rlp::Decoder open_row(BytesView row) {
    rlp::Decoder decoder(row);
    const rlp::Decoder fields = read_list(decoder);
    check(decoder.empty(), "a row of the database is damaged: something follows it");
    return fields;
}

void close_row(const rlp::Decoder& row) {
    check(row.empty(), "a row of the database is damaged: it has too many fields");
}

Log read_log(rlp::Decoder& logs) {
    Log out;
    auto filled = logs.read_fields(std::tie(out.address, out.topics, out.data));
    check(filled.ok(), "a row of the database is damaged: a log cannot be decoded");
    return out;
}

}  // namespace

Bytes encode_header(const Block& block) {
    const Bytes header = encode(block.header);
    const auto count = static_cast<uint32_t>(block.transactions.size());
    return rlp::encode_list(count, block.hash, rlp::Raw{header});
}

HeaderRow read_header(BytesView row) {
    rlp::Decoder fields = open_row(row);
    HeaderRow out;
    out.transaction_count = read<uint32_t>(fields);
    out.hash = read<Hash>(fields);
    const auto item = fields.item();
    check(item.ok(), "a row of the database is damaged: a header is missing");
    auto header = decode_header(*item);
    check(header.ok(), "a row of the database is damaged: a header cannot be decoded");
    out.header = std::move(header).value();
    close_row(fields);
    return out;
}

Bytes encode_transaction(const SignedTransaction& transaction) {
    return rlp::encode_list(transaction.raw, transaction.sender);
}

TransactionPtr read_transaction(BytesView row) {
    rlp::Decoder fields = open_row(row);
    SignedTransaction out;
    out.raw = read<Bytes>(fields);
    out.sender = read<Address>(fields);
    close_row(fields);
    auto decoded = decode_included(out.raw);
    check(decoded.ok(), "a row of the database is damaged: a transaction cannot be decoded");
    out.fields = std::move(decoded).value();
    out.hash = keccak256(out.raw);
    out.is_impersonated = is_impersonated(out.raw);
    return std::make_shared<const SignedTransaction>(std::move(out));
}

Bytes encode_receipt(const Receipt& receipt, uint64_t first_log_index) {
    std::vector<LogRow> logs;
    logs.reserve(receipt.logs.size());
    for (const Log& log : receipt.logs) logs.push_back({log});
    return rlp::encode_list(static_cast<uint8_t>(receipt.type), receipt.success,
                            receipt.cumulative_gas_used, receipt.gas_used,
                            receipt.effective_gas_price, receipt.contract_address, first_log_index,
                            logs);
}

StoredReceipt read_receipt(BytesView row) {
    rlp::Decoder fields = open_row(row);
    StoredReceipt out;
    Receipt& receipt = out.receipt;
    receipt.type = static_cast<TransactionType>(read<uint8_t>(fields));
    receipt.success = read<bool>(fields);
    receipt.cumulative_gas_used = read<uint64_t>(fields);
    receipt.gas_used = read<uint64_t>(fields);
    receipt.effective_gas_price = read<u256>(fields);
    receipt.contract_address = read<std::optional<Address>>(fields);
    out.first_log_index = read<uint64_t>(fields);
    rlp::Decoder logs = read_list(fields);
    while (!logs.empty()) receipt.logs.push_back(read_log(logs));
    close_row(fields);
    receipt.logs_bloom = bloom_of(receipt.logs);
    return out;
}

Bytes encode_identity(const StoreIdentity& identity) {
    return rlp::encode_list(format_version, identity.chain_id, identity.genesis_hash);
}

Result<IdentityRow> decode_identity(BytesView row) {
    rlp::Decoder decoder(row);
    TRY(fields, decoder.list());
    IdentityRow out;
    TRY(format, fields.read<uint32_t>());
    out.format = format;
    if (format != format_version) return out;
    TRY(chain_id, fields.read<uint64_t>());
    TRY(genesis_hash, fields.read<Hash>());
    out.identity = {chain_id, genesis_hash};
    return out;
}

AccountFields read_account(BytesView leaf) {
    rlp::Decoder fields = open_row(leaf);
    AccountFields out;
    out.nonce = read<uint64_t>(fields);
    out.balance = read<u256>(fields);
    out.storage_root = read<Hash>(fields);
    out.code_hash = read<Hash>(fields);
    close_row(fields);
    return out;
}

u256 read_slot(BytesView leaf) {
    const auto value = rlp::decode<u256>(leaf);
    check(value.ok(), "a row of the database is damaged: a slot cannot be decoded");
    check(!value->is_zero(), "a row of the database is damaged: a slot with 0 is none");
    return *value;
}

}  // namespace plume::record
