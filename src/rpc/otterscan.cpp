// ots_, erigon_: what the explorer Otterscan asks for, at its API level 8.

#include <algorithm>

#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"
#include "rpc/runs.hpp"

namespace plume::rpc {

namespace {

using Array = boost::json::array;
using Object = boost::json::object;
using Kind = TracedCall::Kind;

constexpr uint64_t api_level = 8;
/// Blocks that one search for an address looks through.
constexpr uint64_t search_blocks_max = 10'000;
/// Transactions on one page.
constexpr uint64_t page_size_max = 1'000;

Json get_api_level(Ask&) {
    return api_level;
}

Json has_code(Ask& ask) {
    const auto account = ask.state(1)->account(ask[0].address());
    return account && account->has_code();
}

std::optional<TracedCall> call_of(const Ask& ask, const Hash& hash) {
    const auto location = ask.chain().head()->locate(hash);
    if (!location) return std::nullopt;
    TraceBudget budget;
    const Run run = run_of(ask.chain(), location->block_number);
    return calls_of(ask.chain(), run, budget, location->index).front();
}

/// Hands every call to `visit` with its depth, outermost first.
void walk(const TracedCall& call, uint64_t depth,
          const std::function<void(const TracedCall&, uint64_t)>& visit) {
    visit(call, depth);
    for (const TracedCall& inner : call.calls) walk(inner, depth + 1, visit);
}

std::string_view type_of(Kind kind) {
    switch (kind) {
        case Kind::call:
            return "CALL";
        case Kind::static_call:
            return "STATICCALL";
        case Kind::delegate_call:
            return "DELEGATECALL";
        case Kind::call_code:
            return "CALLCODE";
        case Kind::create:
            return "CREATE";
        case Kind::create2:
            return "CREATE2";
        case Kind::self_destruct:
            return "SELFDESTRUCT";
    }
    fail("a call is of one of these kinds");
}

Json trace_transaction(Ask& ask) {
    const auto outermost = call_of(ask, ask[0].hash());
    if (!outermost) return nullptr;
    Array out;
    walk(*outermost, 0, [&](const TracedCall& call, uint64_t depth) {
        const bool has_value = call.kind != Kind::static_call && call.kind != Kind::delegate_call;
        out.push_back(Object{{"type", type_of(call.kind)},
                             {"depth", depth},
                             {"from", hex_data(call.from)},
                             {"to", hex_data(call.to)},
                             {"value", has_value ? quantity(call.value) : Json(nullptr)},
                             {"input", hex_data(call.input)},
                             {"output", hex_data(call.output)}});
    });
    return out;
}

/// Otterscan's number for what a call inside a transaction moved or made; nothing for others.
std::optional<uint64_t> operation_of(const TracedCall& call, uint64_t depth) {
    if (call.status != Status::success) return std::nullopt;
    switch (call.kind) {
        case Kind::call:
            return depth > 0 && !call.value.is_zero() ? std::optional<uint64_t>(0) : std::nullopt;
        case Kind::self_destruct:
            return 1;
        case Kind::create:
            return depth > 0 ? std::optional<uint64_t>(2) : std::nullopt;
        case Kind::create2:
            return depth > 0 ? std::optional<uint64_t>(3) : std::nullopt;
        default:
            return std::nullopt;
    }
}

Json get_internal_operations(Ask& ask) {
    const auto outermost = call_of(ask, ask[0].hash());
    if (!outermost) return nullptr;
    Array out;
    walk(*outermost, 0, [&](const TracedCall& call, uint64_t depth) {
        if (const auto type = operation_of(call, depth))
            out.push_back(Object{{"type", *type},
                                 {"from", hex_data(call.from)},
                                 {"to", hex_data(call.to)},
                                 {"value", quantity(call.value)}});
    });
    return out;
}

/// What the transaction returned when it reverted; empty when it did not.
Json get_transaction_error(Ask& ask) {
    const auto outermost = call_of(ask, ask[0].hash());
    if (!outermost) return nullptr;
    return hex_data(outermost->status == Status::revert ? outermost->output : Bytes{});
}

Json header_of_block(const Block& block) {
    Json out = to_json(block, u256{}, false);
    Object& object = out.get_object();
    object["transactionCount"] = block.transactions.size();
    object.erase("transactions");
    object["logsBloom"] = nullptr;
    return out;
}

Json details_of(const Ask& ask, uint64_t number) {
    const auto head = ask.chain().head();
    const Block block = head->block(number).value();
    const std::vector<Receipt> receipts = head->receipts(number).value();
    u256 fees;
    for (const Receipt& receipt : receipts)
        fees += u256{receipt.gas_used} * receipt.effective_gas_price;
    return Object{
        {"block", header_of_block(block)},
        {"issuance", Object{{"blockReward", "0x0"}, {"uncleReward", "0x0"}, {"issuance", "0x0"}}},
        {"totalFees", quantity(fees)}};
}

std::optional<uint64_t> number_of(const Ask& ask, const Field& field) {
    const auto header = ask.chain().header_of(field.block());
    return header ? std::optional(header->number) : std::nullopt;
}

Json get_block_details(Ask& ask) {
    const auto number = number_of(ask, ask[0]);
    return number ? details_of(ask, *number) : Json(nullptr);
}

Json get_block_details_by_hash(Ask& ask) {
    const auto number = ask.chain().head()->number_of(ask[0].hash());
    return number ? details_of(ask, *number) : Json(nullptr);
}

uint64_t read_page_size(const Field& field) {
    const uint64_t size = field.lenient_number();
    if (size > page_size_max)
        throw RpcError{code::limit_exceeded,
                       "at most " + std::to_string(page_size_max) + " transactions on a page"};
    return size;
}

Json receipt_in_short(Json receipt) {
    receipt.get_object()["logs"] = nullptr;
    receipt.get_object()["logsBloom"] = nullptr;
    return receipt;
}

/// A page of a block's transactions, counted from the last one, in the order of the block.
Json get_block_transactions(Ask& ask) {
    constexpr size_t selector_text_size = 10;
    const auto number = number_of(ask, ask[0]);
    const uint64_t page = ask[1].lenient_number();
    const uint64_t size = read_page_size(ask[2]);
    if (!number) return nullptr;
    const auto head = ask.chain().head();
    const Block block = head->block(*number).value();
    const uint64_t count = block.transactions.size();
    const uint64_t end = page > count || page * size > count ? 0 : count - page * size;
    const uint64_t begin = size > end ? 0 : end - size;
    Json full = to_json(block, u256{}, true);
    const Json receipts = to_json(block, head->receipts(*number).value());
    Array transactions;
    Array shown;
    for (uint64_t i = begin; i < end; ++i) {
        Json transaction = full.at("transactions").as_array()[i];
        auto& input = transaction.at("input").as_string();
        if (input.size() > selector_text_size) input.resize(selector_text_size);
        transactions.push_back(std::move(transaction));
        shown.push_back(receipt_in_short(receipts.as_array()[i]));
    }
    Object& object = full.get_object();
    object["transactionCount"] = count;
    object["transactions"] = std::move(transactions);
    object["logsBloom"] = nullptr;
    return Object{{"fullblock", std::move(full)}, {"receipts", std::move(shown)}};
}

bool concerns(const SignedTransaction& transaction, const Receipt& receipt,
              const Address& address) {
    return transaction.sender == address || transaction.fields.to == address ||
           receipt.contract_address == address ||
           std::ranges::any_of(receipt.logs,
                               [&](const Log& log) { return log.address == address; });
}

/// Transactions of an address, found block by block.
struct Search {
    Array transactions;
    Array receipts;

    /// Those of block `number`, in its order or the other way round.
    void look_at(const StoreSnapshot& head, uint64_t number, const Address& address,
                 bool is_backward) {
        const Block block = head.block(number).value();
        const std::vector<Receipt> stored = head.receipts(number).value();
        const size_t count = block.transactions.size();
        for (size_t step = 0; step < count; ++step) {
            const size_t i = is_backward ? count - 1 - step : step;
            if (!concerns(*block.transactions[i], stored[i], address)) continue;
            uint64_t first_log = 0;
            for (size_t j = 0; j < i; ++j) first_log += stored[j].logs.size();
            const Place place{block.header, block.hash, i};
            transactions.push_back(to_json(*block.transactions[i], &place));
            Json receipt =
                receipt_in_short(to_json(stored[i], *block.transactions[i], place, first_log));
            receipt.get_object()["timestamp"] = block.header.timestamp;
            receipts.push_back(std::move(receipt));
        }
    }

    void reverse() {
        std::ranges::reverse(transactions);
        std::ranges::reverse(receipts);
    }
};

[[noreturn]] void refuse_search() {
    throw RpcError{code::limit_exceeded, "nothing found within " +
                                             std::to_string(search_blocks_max) +
                                             " blocks; search from a nearer one"};
}

/// Newest first, from before a block, or from the head for 0. Whole blocks: a page may be larger.
Json search_before(Ask& ask) {
    const Address address = ask[0].address();
    const uint64_t given = ask[1].lenient_number();
    const uint64_t size = read_page_size(ask[2]);
    const auto head = ask.chain().head();
    const bool is_first = given == 0 || given > head->number();
    uint64_t next = is_first ? head->number() + 1 : given;
    Search found;
    for (uint64_t looked = 0; next > 0 && found.transactions.size() < size; ++looked) {
        if (looked == search_blocks_max && found.transactions.empty()) refuse_search();
        if (looked == search_blocks_max) break;
        found.look_at(*head, --next, address, true);
    }
    return Object{{"txs", std::move(found.transactions)},
                  {"receipts", std::move(found.receipts)},
                  {"firstPage", is_first},
                  {"lastPage", next == 0}};
}

/// The page of those after a block, or after the genesis for 0; newest first, too.
Json search_after(Ask& ask) {
    const Address address = ask[0].address();
    const uint64_t given = ask[1].lenient_number();
    const uint64_t size = read_page_size(ask[2]);
    const auto head = ask.chain().head();
    uint64_t next = given == 0 ? 0 : given + 1;
    Search found;
    for (uint64_t looked = 0; next <= head->number() && found.transactions.size() < size;
         ++looked) {
        if (looked == search_blocks_max && found.transactions.empty()) refuse_search();
        if (looked == search_blocks_max) break;
        found.look_at(*head, next++, address, false);
    }
    found.reverse();
    return Object{{"txs", std::move(found.transactions)},
                  {"receipts", std::move(found.receipts)},
                  {"firstPage", next > head->number()},
                  {"lastPage", given == 0}};
}

/// The first block after which `holds`, which from then on stays so; nothing when it never does.
/// Refuses to look where states have been pruned.
std::optional<uint64_t> first_block(const StoreSnapshot& head,
                                    const std::function<bool(const StateSnapshot&)>& holds) {
    if (!holds(head)) return std::nullopt;
    uint64_t low = head.kept_from();
    uint64_t high = head.number();
    if (low > 0 && holds(*head.at(low)))
        throw RpcError{code::server_error, "historical state before block " + std::to_string(low) +
                                               " is not available: it has been pruned"};
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (holds(*head.at(middle)))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/// Null when there is none.
TransactionPtr find_by_nonce(const StoreSnapshot& head, const Address& sender, uint64_t nonce) {
    const auto number = first_block(head, [&](const StateSnapshot& state) {
        const auto account = state.account(sender);
        return account && account->nonce > nonce;
    });
    if (!number) return nullptr;
    const Block block = head.block(*number).value();
    for (const TransactionPtr& transaction : block.transactions)
        if (transaction->sender == sender && transaction->fields.nonce == nonce) return transaction;
    return nullptr;
}

Json get_transaction_by_sender_and_nonce(Ask& ask) {
    const Address sender = ask[0].address();
    const auto found = find_by_nonce(*ask.chain().head(), sender, ask[1].lenient_number());
    return found ? hex_data(found->hash) : Json(nullptr);
}

/// The whole transaction, as other explorers ask for it.
Json get_whole_transaction_by_sender_and_nonce(Ask& ask) {
    const Address sender = ask[0].address();
    const auto head = ask.chain().head();
    const auto found = find_by_nonce(*head, sender, ask[1].lenient_number());
    if (!found) return nullptr;
    const TransactionLocation location = head->locate(found->hash).value();
    const Header header = head->header(location.block_number).value();
    const Place place{header, head->hash(location.block_number).value(), location.index};
    return to_json(*found, &place);
}

Json get_contract_creator(Ask& ask) {
    const Address contract = ask[0].address();
    const auto number = first_block(*ask.chain().head(), [&](const StateSnapshot& state) {
        const auto account = state.account(contract);
        return account && account->has_code();
    });
    if (!number || *number == 0) return nullptr;
    const Run run = run_of(ask.chain(), *number);
    TraceBudget budget;
    const auto calls = calls_of(ask.chain(), run, budget);
    Json out = nullptr;
    for (size_t i = 0; i < calls.size(); ++i)
        walk(calls[i], 0, [&](const TracedCall& call, uint64_t) {
            const bool creates = call.kind == Kind::create || call.kind == Kind::create2;
            if (creates && call.to == contract && call.status == Status::success)
                out = Object{{"hash", hex_data(run.block.transactions[i]->hash)},
                             {"creator", hex_data(call.from)}};
        });
    return out;
}

Json get_header(Ask& ask) {
    const auto number = number_of(ask, ask[0]);
    if (!number) return nullptr;
    Json out = to_json(ask.chain().head()->block(*number).value(), u256{}, false);
    for (const char* member : {"transactions", "uncles", "size", "totalDifficulty", "withdrawals"})
        out.get_object().erase(member);
    return out;
}

constexpr Method methods[] = {
    {"ots_getApiLevel", get_api_level, 0},
    {"ots_hasCode", has_code, 2},
    {"ots_traceTransaction", trace_transaction, 1},
    {"ots_getInternalOperations", get_internal_operations, 1},
    {"ots_getTransactionError", get_transaction_error, 1},
    {"ots_getBlockDetails", get_block_details, 1},
    {"ots_getBlockDetailsByHash", get_block_details_by_hash, 1},
    {"ots_getBlockTransactions", get_block_transactions, 3},
    {"ots_searchTransactionsBefore", search_before, 3},
    {"ots_searchTransactionsAfter", search_after, 3},
    {"ots_getTransactionBySenderAndNonce", get_transaction_by_sender_and_nonce, 2},
    {"ots_getContractCreator", get_contract_creator, 1},
    {"eth_getTransactionBySenderAndNonce", get_whole_transaction_by_sender_and_nonce, 2},
    {"erigon_getHeaderByNumber", get_header, 1},
};

}  // namespace

std::span<const Method> otterscan_methods() {
    return methods;
}

}  // namespace plume::rpc
