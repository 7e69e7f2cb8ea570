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
#include <map>

#include "base/thread.hpp"
#include "crypto/keccak.hpp"
#include "evm/call.hpp"
#include "support/json.hpp"

namespace {

using namespace plume;
namespace json = boost::json;

struct Account {
    AccountFields fields;
    std::map<u256, u256> storage;
};

class GivenView : public StateView {
public:
    explicit GivenView(const json::value& pre) {
        for (const auto& [name, given] : test::object_of(pre)) {
            Account& account = accounts_[test::fixed_of<Address>(json::value(name))];
            account.fields.balance = test::number_of(test::at(given, "balance"));
            account.fields.nonce = test::uint64_of(test::at(given, "nonce"));
            Bytes code = test::hex_at(given, "code");
            if (!code.empty()) {
                account.fields.code_hash = keccak256(BytesView{code});
                codes_[account.fields.code_hash] = std::move(code);
            }
            for (const auto& [slot, value] : test::object_of(test::at(given, "storage")))
                account.storage[parse_number(slot).value()] = test::number_of(value);
        }
    }

    std::optional<AccountFields> account(const Address& address) const override {
        const auto found = accounts_.find(address);
        return found == accounts_.end() ? std::nullopt : std::optional(found->second.fields);
    }
    u256 storage(const Address& address, const u256& slot) const override {
        const auto account = accounts_.find(address);
        if (account == accounts_.end()) return {};
        const auto found = account->second.storage.find(slot);
        return found == account->second.storage.end() ? u256{} : found->second;
    }
    Bytes code(const Hash& code_hash) const override { return codes_.at(code_hash); }

    void apply(const Changes& changes) {
        for (const CodeChange& change : changes.codes) codes_[change.hash] = change.code;
        for (const AccountChange& change : changes.accounts) {
            if (!change.after) {
                accounts_.erase(change.address);
                continue;
            }
            Account& account = accounts_[change.address];
            account.fields = *change.after;
            for (const SlotChange& slot : change.slots) account.storage[slot.slot] = slot.after;
        }
    }

    json::object to_json() const {
        json::object out;
        for (const auto& [address, account] : accounts_) {
            json::object storage;
            for (const auto& [slot, value] : account.storage)
                if (!value.is_zero()) storage[to_quantity(slot)] = to_quantity(value);
            const AccountFields& fields = account.fields;
            out[to_hex(address)] = {
                {"balance", to_quantity(fields.balance)},
                {"nonce", to_quantity(u256{fields.nonce})},
                {"code", fields.has_code() ? to_hex(codes_.at(fields.code_hash)) : "0x"},
                {"storage", std::move(storage)}};
        }
        return out;
    }

private:
    std::map<Address, Account> accounts_;
    std::map<Hash, Bytes> codes_;
};

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
    GivenView view(test::at(program, "pre"));
    State state(view);
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
    view.apply(state.take());
    return {{"status", class_of(result.status)},
            {"gas", to_quantity(u256{result.gas_left})},
            {"refund", refund},
            {"output", to_hex(result.output)},
            {"logs", to_json(logs)},
            {"post", view.to_json()}};
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
