#include "app/session.hpp"

#include "app/describe.hpp"

namespace plume {

namespace json = boost::json;
using rpc::Json;

namespace {

Error unexpected(std::string_view method) {
    return {exit_code::failed,
            "the node's answer to " + std::string(method) + " is not what it should be"};
}

std::optional<u256> quantity(const Json& value) {
    const auto* text = value.if_string();
    return text == nullptr ? std::nullopt : parse_number(std::string_view(*text));
}

const Json* field(const Json& value, std::string_view name) {
    const auto* object = value.if_object();
    return object == nullptr ? nullptr : object->if_contains(name);
}

std::optional<u256> quantity(const Json& value, std::string_view name) {
    const Json* found = field(value, name);
    return found == nullptr ? std::nullopt : quantity(*found);
}

std::optional<Bytes> data(const Json& value) {
    const auto* text = value.if_string();
    return text == nullptr ? std::nullopt : from_hex(std::string_view(*text));
}

std::optional<Log> read_log(const Json& value) {
    const Json* address = field(value, "address");
    const Json* topics = field(value, "topics");
    const Json* content = field(value, "data");
    if (address == nullptr || topics == nullptr || content == nullptr || !address->is_string() ||
        !topics->is_array())
        return std::nullopt;
    const auto parsed_address = Address::parse(std::string_view(address->get_string()));
    auto parsed_content = data(*content);
    if (!parsed_address || !parsed_content) return std::nullopt;
    Log out{*parsed_address, {}, std::move(*parsed_content)};
    for (const Json& topic : topics->get_array()) {
        const auto parsed =
            topic.is_string() ? Hash::parse(std::string_view(topic.get_string())) : std::nullopt;
        if (!parsed) return std::nullopt;
        out.topics.push_back(*parsed);
    }
    return out;
}

std::optional<std::vector<Log>> read_logs(const Json& value) {
    const auto* array = value.if_array();
    if (array == nullptr) return std::nullopt;
    std::vector<Log> out;
    for (const Json& item : *array) {
        auto log = read_log(item);
        if (!log) return std::nullopt;
        out.push_back(std::move(*log));
    }
    return out;
}

/// What a receipt says of a transaction; an error when it failed.
Result<Mined> read_receipt(const Json& receipt, std::string_view method) {
    const auto status = quantity(receipt, "status");
    const auto block_number = quantity(receipt, "blockNumber");
    const auto gas_used = quantity(receipt, "gasUsed");
    const Json* name = field(receipt, "transactionHash");
    const auto hash = name == nullptr || !name->is_string()
                          ? std::nullopt
                          : Hash::parse(std::string_view(name->get_string()));
    const Json* logs_field = field(receipt, "logs");
    auto logs = logs_field == nullptr ? std::nullopt : read_logs(*logs_field);
    if (!status || !block_number || !gas_used || !hash || !logs) return unexpected(method);
    if (status->is_zero())
        return Error{exit_code::refused, "transaction " + to_hex(*hash) + " failed in block " +
                                             to_decimal(*block_number)};
    return Mined{*hash, block_number->low64(), gas_used->low64(), std::move(*logs)};
}

json::object call_object(const Address& from, const Address& to, BytesView input,
                         const u256& value) {
    return {{"from", to_hex(from)},
            {"to", to_hex(to)},
            {"input", to_hex(input)},
            {"value", to_quantity(value)}};
}

/// Room above the estimate for what other transactions may change before this one runs.
uint64_t with_margin(uint64_t gas) {
    return gas + gas / 5;
}

}  // namespace

Result<Session> Session::open(std::string_view url) {
    auto client = rpc::Client::make(url);
    if (!client) return Error{exit_code::usage, client.error().what};
    Session out(std::move(*client), std::string(url));
    TRY(answer, out.request("eth_chainId", {}));
    const auto id = quantity(answer);
    if (!id || !id->fits_uint64()) return unexpected("eth_chainId");
    out.chain_id_ = id->low64();
    return out;
}

Result<Json> Session::request(std::string_view method, json::array params) {
    auto reply = client_.call(method, std::move(params));
    if (!reply) return Error{exit_code::unreachable, reply.error().what};
    if (!reply->error) return std::move(reply->result);
    const rpc::RpcError& error = *reply->error;
    if (error.code == rpc::code::reverted) {
        const auto reason = error.data ? data(*error.data) : std::nullopt;
        return Error{exit_code::refused, reason ? explain_revert(*reason) : error.message};
    }
    const bool ours = error.code == rpc::code::server_error;
    return Error{ours ? exit_code::refused : exit_code::failed, error.message};
}

Result<uint64_t> Session::estimate(const Account& from, const Address& to, BytesView data,
                                   const u256& value) {
    TRY(answer, request("eth_estimateGas", {call_object(from.address, to, data, value)}));
    const auto gas = quantity(answer);
    if (!gas) return unexpected("eth_estimateGas");
    return with_margin(gas->low64());
}

Result<Transaction> Session::fill(const Account& from, const Address& to, BytesView data,
                                  const u256& value, uint64_t gas) {
    TRY(count, request("eth_getTransactionCount", {to_hex(from.address), "pending"}));
    TRY(tip, request("eth_maxPriorityFeePerGas", {}));
    TRY(price, request("eth_gasPrice", {}));
    const auto nonce = quantity(count);
    const auto tip_value = quantity(tip);
    const auto price_value = quantity(price);
    if (!nonce || !tip_value || !price_value)
        return unexpected("the questions before a transaction");
    return Transaction{.type = TransactionType::dynamic_fee,
                       .chain_id = chain_id_,
                       .nonce = nonce->low64(),
                       .max_priority_fee_per_gas = *tip_value,
                       .max_fee_per_gas = *price_value * u256{2u} + *tip_value,
                       .gas_limit = gas,
                       .to = to,
                       .value = value,
                       .data = to_bytes(data)};
}

Result<Mined> Session::send(const Account& from, const Address& to, BytesView data,
                            const u256& value) {
    TRY(gas, estimate(from, to, data, value));
    TRY(transaction, fill(from, to, data, value, gas));
    return submit(from, std::move(transaction));
}

Result<Mined> Session::send_within(uint64_t gas, const Account& from, const Address& to,
                                   BytesView data) {
    TRY(transaction, fill(from, to, data, {}, gas));
    return submit(from, std::move(transaction));
}

Result<Mined> Session::submit(const Account& from, Transaction transaction) {
    const TransactionPtr signed_transaction = sign_transaction(std::move(transaction), from.key);
    TRY(receipt, request("eth_sendRawTransactionSync", {to_hex(signed_transaction->raw)}));
    return read_receipt(receipt, "eth_sendRawTransactionSync");
}

Result<uint64_t> Session::block_number() {
    TRY(answer, request("eth_blockNumber", {}));
    const auto number = quantity(answer);
    if (!number || !number->fits_uint64()) return unexpected("eth_blockNumber");
    return number->low64();
}

Result<std::vector<Mined>> Session::scheduled_calls_after(uint64_t block) {
    constexpr std::string_view method = "eth_getBlockReceipts";
    TRY(newest, block_number());
    std::vector<Mined> out;
    for (uint64_t number = block + 1; number <= newest; ++number) {
        TRY(receipts, request(method, {to_quantity(u256{number})}));
        const auto* array = receipts.if_array();
        if (array == nullptr) return unexpected(method);
        for (const Json& receipt : *array) {
            const auto type = quantity(receipt, "type");
            if (!type) return unexpected(method);
            if (*type != u256{static_cast<uint64_t>(TransactionType::system)}) continue;
            TRY(mined, read_receipt(receipt, method));
            out.push_back(std::move(mined));
        }
    }
    return out;
}

Result<Bytes> Session::call(const Address& to, BytesView input, const Address& from) {
    TRY(answer, request("eth_call", {call_object(from, to, input, {}), "pending"}));
    auto output = data(answer);
    if (!output) return unexpected("eth_call");
    return std::move(*output);
}

Result<u256> Session::balance(const Address& address) {
    TRY(answer, request("eth_getBalance", {to_hex(address), "latest"}));
    const auto value = quantity(answer);
    if (!value) return unexpected("eth_getBalance");
    return *value;
}

Result<uint64_t> Session::head_time() {
    TRY(block, request("eth_getBlockByNumber", {"latest", false}));
    const auto timestamp = quantity(block, "timestamp");
    if (!timestamp) return unexpected("eth_getBlockByNumber");
    return timestamp->low64();
}

Result<u256> Session::base_fee() {
    TRY(block, request("eth_getBlockByNumber", {"latest", false}));
    const auto fee = quantity(block, "baseFeePerGas");
    if (!fee) return unexpected("eth_getBlockByNumber");
    return *fee;
}

Result<std::vector<Log>> Session::logs(const Address& address) {
    TRY(newest, block_number());
    std::vector<Log> out;
    if (auto read = read_logs_between(address, 0, newest, out); !read)
        return std::move(read).error();
    return out;
}

/// A node answers with so many logs only: what it refuses is asked for in two halves.
Result<void> Session::read_logs_between(const Address& address, uint64_t first, uint64_t last,
                                        std::vector<Log>& out) {
    const auto answer =
        request("eth_getLogs", {json::object{{"address", to_hex(address)},
                                             {"fromBlock", to_quantity(u256{first})},
                                             {"toBlock", to_quantity(u256{last})}}});
    if (!answer && (first == last || answer.error().code == exit_code::unreachable))
        return answer.error();
    if (!answer) {
        const uint64_t middle = first + (last - first) / 2;
        if (auto read = read_logs_between(address, first, middle, out); !read) return read;
        return read_logs_between(address, middle + 1, last, out);
    }
    auto found = read_logs(*answer);
    if (!found) return unexpected("eth_getLogs");
    out.insert(out.end(), found->begin(), found->end());
    return {};
}

}  // namespace plume
