// rpc.discover: what can be called, as a document that tools read (OpenRPC 1.3). It is made from
// the tables that dispatch; what stands here are the names and forms of parameters.

#include <map>

#include "rpc/format.hpp"
#include "rpc/namespaces.hpp"

namespace plume::rpc {

namespace {

using Array = boost::json::array;
using Object = boost::json::object;

/// A form of values: its schema, and a value of that form as JSON.
struct Form {
    std::string_view type;
    std::string_view pattern;  ///< of texts; empty: any
    std::string_view example;
};

/// By the letters that `parameters` below uses.
const std::map<char, Form> forms = {
    {'A', {"string", "^0x[0-9a-fA-F]{40}$", R"("0x00000000000000000000000000000000000000aa")"}},
    {'H',
     {"string", "^0x[0-9a-fA-F]{64}$",
      R"("0x0000000000000000000000000000000000000000000000000000000000000000")"}},
    {'D', {"string", "^0x([0-9a-fA-F]{2})*$", R"("0x00")"}},
    {'Q', {"string", "^0x(0|[1-9a-f][0-9a-f]*)$", R"("0x1")"}},
    {'B', {"string", "", R"("latest")"}},
    {'b', {"boolean", "", "true"}},
    {'N', {"integer", "", "1"}},
    {'T', {"string", "", R"("")"}},
    {'L', {"array", "", "[]"}},
    {'K', {"array", "", R"(["trace"])"}},
    {'O', {"object", "", "{}"}},
    {'X',
     {"object", "",
      R"({"from":"0x00000000000000000000000000000000000000aa",)"
      R"("to":"0x00000000000000000000000000000000000000aa"})"}},
    {'Y', {"object", "", R"({"types":{"A":[]},"primaryType":"A","domain":{},"message":{}})"}},
    {'S', {"object", "", R"({"blockStateCalls":[{}]})"}},
    {'G', {"string", "^0x(0|[1-9a-f][0-9a-f]*)$", R"("0x1c9c380")"}},
    {'J', {"string", "^0x([0-9a-fA-F]{2})*$", R"("0x7b226163636f756e7473223a7b7d7d")"}},
};

/// "name:form" each, "?" behind what may be left out; by the name of the method, or by what follows
/// its namespace where that means the same in all of them.
const std::map<std::string_view, std::string_view> parameters = {
    {"eth_getBalance", "address:A block:B?"},
    {"eth_getCode", "address:A block:B?"},
    {"eth_getTransactionCount", "address:A block:B?"},
    {"eth_getAccount", "address:A block:B?"},
    {"eth_getAccountInfo", "address:A block:B?"},
    {"eth_getStorageAt", "address:A slot:Q block:B?"},
    {"eth_getProof", "address:A slots:L block:B?"},
    {"eth_getBlockByNumber", "block:B full:b?"},
    {"eth_getBlockByHash", "hash:H full:b?"},
    {"eth_getHeaderByNumber", "block:B"},
    {"eth_getHeaderByHash", "hash:H"},
    {"eth_getBlockTransactionCountByNumber", "block:B"},
    {"eth_getBlockTransactionCountByHash", "hash:H"},
    {"eth_getUncleCountByBlockNumber", "block:B"},
    {"eth_getUncleCountByBlockHash", "hash:H"},
    {"eth_getUncleByBlockNumberAndIndex", "block:B index:Q"},
    {"eth_getUncleByBlockHashAndIndex", "hash:H index:Q"},
    {"eth_getTransactionByHash", "hash:H"},
    {"eth_getTransactionByBlockNumberAndIndex", "block:B index:Q"},
    {"eth_getTransactionByBlockHashAndIndex", "hash:H index:Q"},
    {"eth_getTransactionBySenderAndNonce", "sender:A nonce:Q"},
    {"eth_getRawTransactionByHash", "hash:H"},
    {"eth_getRawTransactionByBlockNumberAndIndex", "block:B index:Q"},
    {"eth_getRawTransactionByBlockHashAndIndex", "hash:H index:Q"},
    {"eth_getTransactionReceipt", "hash:H"},
    {"eth_getBlockReceipts", "block:B"},
    {"eth_getLogs", "filter:O"},
    {"eth_newFilter", "filter:O"},
    {"eth_newPendingTransactionFilter", "full:b?"},
    {"eth_getFilterChanges", "filter:Q"},
    {"eth_getFilterLogs", "filter:Q"},
    {"eth_uninstallFilter", "filter:Q"},
    {"eth_subscribe", "kind:T options:O?"},
    {"eth_unsubscribe", "subscription:Q"},
    {"eth_call", "transaction:X block:B? stateOverrides:O? blockOverrides:O?"},
    {"eth_estimateGas", "transaction:X block:B? stateOverrides:O? blockOverrides:O?"},
    {"eth_createAccessList", "transaction:X block:B? stateOverrides:O? blockOverrides:O?"},
    {"eth_fillTransaction", "transaction:X"},
    {"eth_simulateV1", "simulation:S block:B?"},
    {"eth_feeHistory", "count:Q newest:B percentiles:L?"},
    {"eth_sendRawTransaction", "transaction:D"},
    {"eth_sendRawTransactionSync", "transaction:D milliseconds:N?"},
    {"eth_sign", "address:A message:D"},
    {"personal_sign", "message:D address:A password:T?"},
    {"signTypedData", "address:A data:Y"},
    {"signTypedData_v4", "address:A data:Y"},
    {"signTransaction", "transaction:X"},
    {"sendTransaction", "transaction:X"},
    {"sendUnsignedTransaction", "transaction:X"},
    {"web3_sha3", "data:D"},
    {"debug_traceTransaction", "hash:H options:O?"},
    {"debug_traceBlockByNumber", "block:B options:O?"},
    {"debug_traceBlockByHash", "hash:H options:O?"},
    {"debug_traceCall", "transaction:X block:B? options:O?"},
    {"debug_getRawHeader", "block:B"},
    {"debug_getRawBlock", "block:B"},
    {"debug_getRawReceipts", "block:B"},
    {"debug_getRawTransaction", "hash:H"},
    {"trace_block", "block:B"},
    {"trace_transaction", "hash:H"},
    {"trace_replayTransaction", "hash:H kinds:K"},
    {"trace_replayBlockTransactions", "block:B kinds:K"},
    {"trace_filter", "filter:O"},
    {"ots_hasCode", "address:A block:B?"},
    {"ots_traceTransaction", "hash:H"},
    {"ots_getInternalOperations", "hash:H"},
    {"ots_getTransactionError", "hash:H"},
    {"ots_getBlockDetails", "block:B"},
    {"ots_getBlockDetailsByHash", "hash:H"},
    {"ots_getBlockTransactions", "block:B page:N size:N"},
    {"ots_searchTransactionsBefore", "address:A block:N size:N"},
    {"ots_searchTransactionsAfter", "address:A block:N size:N"},
    {"ots_getTransactionBySenderAndNonce", "sender:A nonce:N"},
    {"ots_getContractCreator", "address:A"},
    {"erigon_getHeaderByNumber", "block:B"},
    {"txpool_contentFrom", "sender:A"},
    {"setNextBlockTimestamp", "timestamp:Q"},
    {"increaseTime", "seconds:N"},
    {"setTime", "timestamp:Q"},
    {"setBlockTimestampInterval", "seconds:N"},
    {"plume_contracts", "filter:O?"},
    {"plume_vaults", "filter:O?"},
    {"plume_flows", "filter:O?"},
    {"plume_contributions", "filter:O?"},
    {"plume_payments", "filter:O?"},
    {"plume_revenue", "filter:O?"},
    {"plume_transfers", "filter:O?"},
    {"plume_tranches", "filter:O?"},
    {"plume_steps", "filter:O?"},
    {"plume_items", "filter:O?"},
    {"plume_rights", "filter:O?"},
    {"plume_records", "filter:O?"},
    {"plume_journal", "filter:O?"},
    {"plume_runs", "filter:O?"},
    {"plume_holders", "token:A options:O?"},
    {"plume_capTable", "token:A options:O?"},
    {"plume_vault", "vault:A options:O?"},
    {"evm_mine", "options:O?"},
    {"mineDetailed", "options:O?"},
    {"mine", "count:Q? seconds:Q?"},
    {"setAutomine", "on:b"},
    {"setIntervalMining", "seconds:N"},
    {"revert", "snapshot:Q"},
    {"rollback", "depth:N?"},
    {"reset", "options:O?"},
    {"setLoggingEnabled", "on:b"},
    {"addCompilationResult", "version:T input:O output:O"},
    {"dumpState", "withHistory:b?"},
    {"loadState", "state:J"},
    {"setBalance", "address:A balance:Q"},
    {"addBalance", "address:A amount:Q"},
    {"setCode", "address:A code:D"},
    {"setNonce", "address:A nonce:Q"},
    {"setAccountNonce", "address:A nonce:Q"},
    {"setStorageAt", "address:A slot:Q value:H"},
    {"setCoinbase", "address:A"},
    {"setNextBlockBaseFeePerGas", "fee:Q"},
    {"setPrevRandao", "value:H"},
    {"setBlockGasLimit", "limit:G"},
    {"setMinGasPrice", "price:Q"},
    {"setChainId", "id:Q"},
    {"impersonateAccount", "address:A"},
    {"stopImpersonatingAccount", "address:A"},
    {"autoImpersonateAccount", "on:b"},
    {"dropTransaction", "hash:H"},
    {"removePoolTransactions", "sender:A"},
};

std::string_view parameters_of(std::string_view method) {
    const auto whole = parameters.find(method);
    if (whole != parameters.end()) return whole->second;
    const auto part = parameters.find(method.substr(method.find('_') + 1));
    return part == parameters.end() ? std::string_view{} : part->second;
}

struct Described {
    Array parameters;
    Array example;
};

/// Reads a text of `parameters`; what may be left out is left out of the example.
Described described(std::string_view text) {
    Described out;
    while (!text.empty()) {
        const size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const size_t colon = word.find(':');
        const Form& form = forms.at(word[colon + 1]);
        const bool is_required = !word.ends_with('?');
        Object schema{{"type", form.type}};
        if (!form.pattern.empty()) schema["pattern"] = form.pattern;
        const std::string name(word.substr(0, colon));
        out.parameters.push_back(
            Object{{"name", name}, {"required", is_required}, {"schema", std::move(schema)}});
        if (is_required)
            out.example.push_back(
                Object{{"name", name}, {"value", boost::json::parse(form.example)}});
    }
    return out;
}

Object to_json(const Method& method) {
    Described text = described(parameters_of(method.name));
    const Object any{{"name", "result"}, {"schema", true}};
    const size_t underscore = method.name.find('_');
    return {{"name", method.name},
            {"tags", Array{Object{{"name", method.name.substr(0, underscore)}}}},
            {"paramStructure", "by-position"},
            {"params", std::move(text.parameters)},
            {"result", any},
            {"examples", Array{Object{{"name", "example"}, {"params", std::move(text.example)}}}}};
}

Json discover(Ask& ask) {
    Array methods;
    for (const auto table : method_tables(ask.services().dev.has_value()))
        for (const Method& method : table) methods.push_back(to_json(method));
    return Object{
        {"openrpc", "1.3.2"},
        {"info", Object{{"title", "Plume"},
                        {"version", ask.services().client_version},
                        {"description", "Ethereum's JSON-RPC, and what Plume adds to it"}}},
        {"methods", std::move(methods)}};
}

constexpr Method methods[] = {
    {"rpc.discover", discover, 0},
};

}  // namespace

std::span<const Method> discover_methods() {
    return methods;
}

}  // namespace plume::rpc
