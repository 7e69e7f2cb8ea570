// The interpreter against the reference EVM beside it. The input is
//
//   revision, gas / 8 as two bytes, wei, size of the calldata: five bytes, then the calldata,
//   size of the second contract as two bytes, the second contract, and the first, which is called
//
// in a world where small addresses have something: 0xa0 the caller, 0xb0 the first contract, 0xc0
// the second, 0xd0 an account that lends itself the second, 0xe0 one with money only.
#include "base/result.hpp"
#include "crypto/keccak.hpp"
#include "evm/call.hpp"
#include "reference.hpp"
#include "support/plain_world.hpp"

namespace {

using namespace plume;
using test::PlainWorld;

class Input {
public:
    Input(const uint8_t* data, size_t size) : rest_(data, size) {}

    unsigned byte() { return rest_.empty() ? 0 : take(1)[0]; }
    unsigned two_bytes() {
        const unsigned high = byte();
        return high << 8 | byte();
    }
    BytesView take(size_t size) {
        const BytesView out = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(out.size());
        return out;
    }
    BytesView rest() { return take(rest_.size()); }

private:
    BytesView rest_;
};

struct Setting {
    Revision revision;
    uint64_t gas;
    uint64_t value;
    Bytes input;
    Bytes second;
    Bytes first;
};

Setting read_setting(Input input) {
    Setting out;
    out.revision = static_cast<Revision>(input.byte() % 3);
    out.gas = 8 * input.two_bytes();
    out.value = input.byte();
    out.input = to_bytes(input.take(input.byte()));
    out.second = to_bytes(input.take(input.two_bytes()));
    out.first = to_bytes(input.rest());
    // There is no such code, but for delegations.
    for (Bytes* code : {&out.first, &out.second})
        if (!code->empty() && code->front() == 0xef) code->front() = 0xfe;
    return out;
}

Address at(uint64_t number) {
    return to_address(u256{number});
}
const Address caller = at(0xa0);
const Address first = at(0xb0);
const Address second = at(0xc0);

Hash ancestor(uint64_t number) {
    return keccak256(to_word(u256{number}));
}

PlainWorld world_of(const Setting& setting) {
    PlainWorld out;
    out.put(caller, u256{1'000'000u}, 1, {});
    out.put(first, u256{1'000u}, 1, setting.first).storage = {{u256{1u}, u256{1u}},
                                                              {u256{2u}, u256_max}};
    out.put(second, u256{5u}, 1, setting.second).storage = {{u256{1u}, u256{7u}}};
    const bool lends = setting.revision >= Revision::prague;
    out.put(at(0xd0), u256{10u}, 1, lends ? delegation_to(second) : Bytes{});
    out.put(at(0xe0), u256{1u}, 0, {});
    return out;
}

const BlockEnvironment block_of_osaka{.chain_id = 1,
                                      .number = 1'000,
                                      .parent_hash = {},
                                      .timestamp = 1'800'000'000,
                                      .gas_limit = 30'000'000,
                                      .coinbase = at(0xf0),
                                      .base_fee = u256{7u},
                                      .prev_randao = ancestor(1),
                                      .ancestor_hash = ancestor};

/// What a run came to, in either EVM's case.
struct Outcome {
    reference::Result result;
    std::vector<Log> logs;
    int64_t refund;
    std::map<Address, PlainWorld::Account> accounts;
};

Outcome run(const Setting& setting) {
    PlainWorld world = world_of(setting);
    BlockEnvironment block = block_of_osaka;
    block.revision = setting.revision;
    State state(world);
    state.begin_transaction();
    for (const Address& address : {caller, first, block.coinbase}) state.warm_up(address);
    Execution execution{state, block, {}, caller, u256{9u}};
    const CallResult result = call(execution, {.gas = setting.gas,
                                               .sender = caller,
                                               .recipient = first,
                                               .code_address = first,
                                               .value = u256{setting.value},
                                               .input = setting.input});
    const auto ending = result.status == Status::success  ? reference::Ending::success
                        : result.status == Status::revert ? reference::Ending::revert
                                                          : reference::Ending::failure;
    Outcome out{{ending, result.gas_left, result.output}, state.logs(), state.refund(), {}};
    state.end_transaction();
    world.apply(state.take());
    out.accounts = world.accounts();
    return out;
}

reference::Word as_reference(const u256& number) {
    return reference::to_word(BytesView{to_word(number)});
}

u256 as_ours(const reference::Word& number) {
    return to_u256(reference::to_bytes(number));
}

reference::Surroundings surroundings_of(const Setting& setting, const PlainWorld& world) {
    const BlockEnvironment& block = block_of_osaka;
    reference::Surroundings out;
    out.revision = setting.revision;
    out.origin = caller;
    out.coinbase = block.coinbase;
    out.gas_price = 9;
    out.number = block.number;
    out.timestamp = block.timestamp;
    out.prev_randao = reference::to_word(BytesView{block.prev_randao});
    out.gas_limit = block.gas_limit;
    out.chain_id = block.chain_id;
    out.base_fee = as_reference(block.base_fee);
    out.blob_base_fee = as_reference(block.blob_base_fee);
    out.ancestor_hash = ancestor;
    for (const auto& [address, account] : world.accounts()) {
        reference::Account& copy = out.before.accounts[address];
        copy.balance = as_reference(account.fields.balance);
        copy.nonce = account.fields.nonce;
        copy.code = world.code(account.fields.code_hash);
        for (const auto& [slot, value] : account.storage)
            copy.storage[as_reference(slot)] = as_reference(value);
    }
    return out;
}

Outcome run_reference(const Setting& setting) {
    const auto around = surroundings_of(setting, world_of(setting));
    reference::World world = around.before;
    world.warm = {caller, first, around.coinbase};
    reference::Message message;
    message.sender = caller;
    message.self = first;
    message.code_address = first;
    message.value = setting.value;
    message.input = setting.input;
    message.gas = setting.gas;
    Outcome out{call(world, around, message), world.logs, world.refund, {}};
    out.logs = world.logs;
    out.refund = world.refund;
    end_transaction(world);
    PlainWorld after;
    for (const auto& [address, account] : world.accounts) {
        auto& copy = after.put(address, as_ours(account.balance), account.nonce, account.code);
        for (const auto& [slot, value] : account.storage)
            copy.storage[as_ours(slot)] = as_ours(value);
    }
    out.accounts = after.accounts();
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const Setting setting = read_setting({data, size});
    const Outcome expected = run_reference(setting);
    const Outcome found = run(setting);
    check(found.result.ending == expected.result.ending, "both end alike");
    check(found.result.gas_left == expected.result.gas_left, "both use the same gas");
    check(found.result.output == expected.result.output, "both have the same output");
    check(found.refund == expected.refund, "both give back the same gas");
    check(found.logs == expected.logs, "both have the same logs");
    check(found.accounts == expected.accounts, "both leave the same accounts");
    return 0;
}
