// plume-vm: runs programs that another EVM runs, too, and says how each of them ended. A line of
// JSON comes in for each program, and a line goes out:
//
//   first line  {number, timestamp, gasLimit, coinbase, baseFee, prevRandao, chainId}: the block
//   a program   {pre: {address: {balance, nonce, code, storage: {slot: value}}},
//                from, to, value, gas, input}: a call between two accounts, in a transaction that
//               has been paid for already
//   its answer  {status: "success" | "revert" | "failure", gas, refund, output,
//                logs: [{address, topics, data}], post: like pre, by address and slot}
//
// Numbers are quantities (0x-prefixed, without leading zeros), bytes are hex.
#include <iostream>

#include "base/thread.hpp"
#include "evm/call.hpp"
#include "support/json.hpp"
#include "support/plain_world.hpp"

namespace {

using namespace plume;
using test::PlainWorld;
namespace json = boost::json;

PlainWorld read_world(const json::value& pre) {
    PlainWorld out;
    for (const auto& [name, given] : test::object_of(pre)) {
        PlainWorld::Account& account = out.put(
            test::fixed_of<Address>(json::value(name)), test::number_of(test::at(given, "balance")),
            test::uint64_of(test::at(given, "nonce")), test::hex_at(given, "code"));
        for (const auto& [slot, value] : test::object_of(test::at(given, "storage")))
            account.storage[parse_number(slot).value()] = test::number_of(value);
    }
    return out;
}

json::object to_json(const PlainWorld& world) {
    json::object out;
    for (const auto& [address, account] : world.accounts()) {
        json::object storage;
        for (const auto& [slot, value] : account.storage)
            storage[to_quantity(slot)] = to_quantity(value);
        const AccountFields& fields = account.fields;
        out[to_hex(address)] = {{"balance", to_quantity(fields.balance)},
                                {"nonce", to_quantity(u256{fields.nonce})},
                                {"code", to_hex(world.code(fields.code_hash))},
                                {"storage", std::move(storage)}};
    }
    return out;
}

BlockEnvironment read_block(const json::value& given) {
    BlockEnvironment out;
    out.number = test::uint64_of(test::at(given, "number"));
    out.timestamp = test::uint64_of(test::at(given, "timestamp"));
    out.gas_limit = test::uint64_of(test::at(given, "gasLimit"));
    out.coinbase = test::fixed_of<Address>(test::at(given, "coinbase"));
    out.base_fee = test::number_of(test::at(given, "baseFee"));
    out.prev_randao = test::fixed_of<Hash>(test::at(given, "prevRandao"));
    out.chain_id = test::uint64_of(test::at(given, "chainId"));
    return out;
}

std::string_view class_of(Status status) {
    if (status == Status::success) return "success";
    return status == Status::revert ? "revert" : "failure";
}

json::array to_json(const std::vector<Log>& logs) {
    json::array out;
    for (const Log& log : logs) {
        json::array topics;
        for (const Hash& topic : log.topics) topics.emplace_back(to_hex(topic));
        out.push_back({{"address", to_hex(log.address)},
                       {"topics", std::move(topics)},
                       {"data", to_hex(log.data)}});
    }
    return out;
}

json::value run(const BlockEnvironment& block, const json::value& program) {
    PlainWorld world = read_world(test::at(program, "pre"));
    State state(world);
    const Bytes input = test::hex_at(program, "input");
    const Message message{.gas = test::uint64_of(test::at(program, "gas")),
                          .sender = test::fixed_of<Address>(test::at(program, "from")),
                          .recipient = test::fixed_of<Address>(test::at(program, "to")),
                          .code_address = test::fixed_of<Address>(test::at(program, "to")),
                          .value = test::number_of(test::at(program, "value")),
                          .input = input};
    state.begin_transaction();
    for (const Address& address : {message.sender, message.recipient, block.coinbase})
        state.warm_up(address);
    Execution execution{state, block, {}, message.sender, block.base_fee};
    const CallResult result = call(execution, message);
    const std::vector<Log> logs = state.logs();
    const int64_t refund = state.refund();
    state.end_transaction();
    world.apply(state.take());
    return {{"status", class_of(result.status)},
            {"gas", to_quantity(u256{result.gas_left})},
            {"refund", refund},
            {"output", to_hex(result.output)},
            {"logs", to_json(logs)},
            {"post", to_json(world)}};
}

void serve() {
    std::string line;
    if (!std::getline(std::cin, line)) return;
    const BlockEnvironment block = read_block(json::parse(line));
    while (std::getline(std::cin, line))
        std::cout << json::serialize(run(block, json::parse(line))) << std::endl;
}

}  // namespace

int main() {
    plume::Thread thread("contracts", serve);
}
