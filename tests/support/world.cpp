#include "support/world.hpp"

#include <gtest/gtest.h>

#include "base/result.hpp"

namespace plume::test {

Bytes EmptyView::code(const Hash&) const {
    fail("an empty world has no code to ask for");
}

Address person(uint16_t n) {
    Address out;
    out[0] = 0xaa;
    out[18] = static_cast<uint8_t>(n >> 8);
    out[19] = static_cast<uint8_t>(n);
    return out;
}

World::World(std::span<const NativeType> more) : state_(view_) {
    natives_.assign(native_types().begin(), native_types().end());
    natives_.insert(natives_.end(), more.begin(), more.end());
    block_ = {.chain_id = 31'337,
              .number = 1,
              .timestamp = 1'700'000'000,
              .gas_limit = 100'000'000,
              .coinbase = {},
              .base_fee = {},
              .prev_randao = {}};
    state_.begin_transaction();
    for (const GenesisContract& contract : genesis_contracts()) {
        state_.set_nonce(contract.address, 1);
        state_.set_code(contract.address, native_code(*find_native(contract.type_name)));
    }
    state_.end_transaction();
}

void World::advance(uint64_t seconds) {
    ++block_.number;
    block_.timestamp += seconds;
}

Execution World::begin(const Address& origin) {
    state_.begin_transaction();
    return {state_, block_, natives_, origin, {}};
}

Outcome World::send_data(const Address& from, const Address& to, BytesView data, const u256& value,
                         uint64_t gas) {
    Execution execution = begin(from);
    const State::Mark start = state_.mark();
    CallResult result = call(execution, {.kind = CallKind::call,
                                         .gas = gas,
                                         .sender = from,
                                         .recipient = to,
                                         .code_address = to,
                                         .value = value,
                                         .input = data});
    return finish(execution, start, std::move(result), gas);
}

Outcome World::ask_data(const Address& from, const Address& to, BytesView data) {
    constexpr uint64_t gas = 50'000'000;
    Execution execution = begin(from);
    const State::Mark mark = state_.mark();
    CallResult result = call(execution, {.kind = CallKind::call,
                                         .gas = gas,
                                         .sender = from,
                                         .recipient = to,
                                         .code_address = to,
                                         .value = {},
                                         .input = data});
    state_.rollback(mark);
    state_.end_transaction();
    const uint64_t used = gas - result.gas_left;
    return {std::move(result), {}, used, {}};
}

Outcome World::create_data(const Address& creator, std::string_view type, const Hash& salt,
                           BytesView arguments) {
    constexpr uint64_t gas = 16'000'000;
    Execution execution = begin(creator);
    const State::Mark start = state_.mark();
    const NativeType& native = type_called(type);
    const Address created = Frame::created_address(creator, salt, native, arguments);
    CallResult result = create_native(execution, native,
                                      {.kind = CallKind::create,
                                       .gas = gas,
                                       .sender = creator,
                                       .recipient = created,
                                       .code_address = created,
                                       .value = {},
                                       .input = arguments});
    if (result.status == Status::success) result.output = abi::encode(created);
    return finish(execution, start, std::move(result), gas);
}

Outcome World::finish(Execution& execution, const State::Mark& start, CallResult result,
                      uint64_t gas) {
    EXPECT_TRUE(execution.locked.empty()) << "every lock is given back";
    Outcome out{std::move(result), {}, gas, {}};
    out.gas_used -= out.result.gas_left;
    if (out.ok()) out.broken = broken_invariant(execution);
    EXPECT_TRUE(out.broken.empty() || expects_broken_) << out.broken;
    out.logs = state_.logs();
    if (!out.broken.empty()) state_.rollback(start);
    state_.end_transaction();
    return out;
}

std::string World::broken_invariant(Execution& execution) {
    for (const Address& address : state_.written()) {
        const NativeType* type = execution.native(state_.code(address));
        if (type == nullptr) continue;
        Frame frame(execution, {.is_static = true,
                                .gas = ~0ull / 2,
                                .sender = address,
                                .recipient = address,
                                .code_address = address,
                                .value = {},
                                .input = {}});
        if (const auto broken = type->broken_invariant(frame))
            return std::string(type->name) + ": " + *broken;
    }
    return {};
}

const NativeType& World::type_called(std::string_view name) const {
    const auto found = std::ranges::find(natives_, name, &NativeType::name);
    check(found != natives_.end(), "a test names a type that exists");
    return *found;
}

}  // namespace plume::test
