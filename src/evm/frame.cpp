#include "evm/frame.hpp"

#include "base/result.hpp"
#include "crypto/keccak.hpp"
#include "evm/call.hpp"
#include "evm/precompiles.hpp"

namespace plume {

std::string_view name_of(Status status) {
    switch (status) {
        case Status::success:
            return "success";
        case Status::revert:
            return "execution reverted";
        case Status::out_of_gas:
            return "out of gas";
        case Status::static_write:
            return "write protection";
        case Status::depth_exceeded:
            return "max call depth exceeded";
        case Status::insufficient_balance:
            return "insufficient balance for transfer";
        case Status::nonce_exhausted:
            return "nonce uint64 overflow";
        case Status::address_taken:
            return "contract address collision";
        case Status::native_delegated:
            return "delegated call into a native contract";
        case Status::no_interpreter:
            return "bytecode is not supported by this version";
        case Status::invariant_broken:
            return "invariant of a native contract broken";
    }
    fail("a status is one of the enumerators");
}

Bytes native_code(const NativeType& type) {
    return {native_marker[0],
            native_marker[1],
            static_cast<uint8_t>(type.id >> 8),
            static_cast<uint8_t>(type.id),
            static_cast<uint8_t>(type.version >> 8),
            static_cast<uint8_t>(type.version)};
}

const NativeType* Execution::native(BytesView code) const {
    if (code.size() != native_code_size || code[0] != native_marker[0] ||
        code[1] != native_marker[1])
        return nullptr;
    const auto id = static_cast<uint16_t>(code[2] << 8 | code[3]);
    const auto version = static_cast<uint16_t>(code[4] << 8 | code[5]);
    for (const NativeType& type : natives)
        if (type.id == id && type.version == version) return &type;
    return nullptr;
}

bool Frame::charge(uint64_t gas) {
    if (gas > gas_left_) {
        gas_left_ = 0;
        return false;
    }
    gas_left_ -= gas;
    return true;
}

bool Frame::charge_account(const Address& address) {
    const bool is_cold =
        !is_precompile(address, Revision::osaka) && execution_.state.warm_up(address);
    return charge(is_cold ? gas::cold_account_access : gas::warm_access);
}

std::optional<u256> Frame::load(const u256& slot) {
    const bool cold = execution_.state.warm_up(message_.recipient, slot);
    if (!charge(cold ? gas::cold_slot_access : gas::warm_access)) return std::nullopt;
    return execution_.state.load(message_.recipient, slot);
}

Status Frame::store(const u256& slot, const u256& value) {
    if (message_.is_static) return Status::static_write;
    if (gas_left_ <= gas::store_sentry) return Status::out_of_gas;
    State& state = execution_.state;
    const Address& self = message_.recipient;
    uint64_t cost = state.warm_up(self, slot) ? gas::cold_slot_access : 0;
    const u256 original = state.original(self, slot);
    const u256 current = state.load(self, slot);
    int64_t refund = 0;
    if (current == value || current != original)
        cost += gas::warm_access;
    else
        cost += original.is_zero() ? gas::slot_set : gas::slot_reset;
    if (current != value && !original.is_zero()) {
        if (current.is_zero()) refund -= static_cast<int64_t>(gas::slot_clear_refund);
        if (value.is_zero()) refund += static_cast<int64_t>(gas::slot_clear_refund);
    }
    if (current != value && current != original && value == original)
        refund += static_cast<int64_t>((original.is_zero() ? gas::slot_set : gas::slot_reset) -
                                       gas::warm_access);
    if (!charge(cost)) return Status::out_of_gas;
    state.add_refund(refund);
    state.store(self, slot, value);
    return Status::success;
}

Status Frame::log(std::vector<Hash> topics, BytesView data) {
    if (message_.is_static) return Status::static_write;
    if (!charge(gas::log + gas::log_topic * topics.size() + gas::log_byte * data.size()))
        return Status::out_of_gas;
    execution_.state.emit({message_.recipient, std::move(topics), to_bytes(data)});
    return Status::success;
}

std::optional<u256> Frame::balance(const Address& address) {
    if (!charge_account(address)) return std::nullopt;
    return execution_.state.balance(address);
}

std::optional<bool> Frame::has_code(const Address& address) {
    if (!charge_account(address)) return std::nullopt;
    return !execution_.state.code(address).empty();
}

CallResult Frame::call(const Address& to, const u256& value, BytesView input, bool is_static,
                       uint64_t gas_max) {
    const bool pays = !value.is_zero();
    if (pays && (is_static || message_.is_static)) return {Status::static_write, 0, {}};
    State& state = execution_.state;
    uint64_t cost = pays ? gas::call_value : 0;
    if (pays && state.account(to).is_empty()) cost += gas::new_account;
    if (!charge_account(to) || !charge(cost)) return {Status::out_of_gas, 0, {}};
    const uint64_t given = std::min(gas_max, gas_left_ - gas_left_ / 64);
    gas_left_ -= given;
    Message message{.is_static = is_static || message_.is_static,
                    .depth = message_.depth + 1,
                    .gas = given + (pays ? gas::call_stipend : 0),
                    .sender = message_.recipient,
                    .recipient = to,
                    .code_address = to,
                    .value = value,
                    .input = input};
    CallResult result = plume::call(execution_, message);
    gas_left_ += result.gas_left;
    return result;
}

Address Frame::created_address(const Address& creator, const Hash& salt, const NativeType& type,
                               BytesView arguments) {
    Bytes init = native_code(type);
    append(init, arguments);
    Bytes image{0xff};
    append(image, creator);
    append(image, salt);
    append(image, keccak256(init));
    return to_address(to_u256(keccak256(image)));
}

CallResult Frame::create_native(const NativeType& type, const Hash& salt, BytesView arguments) {
    if (message_.is_static) return {Status::static_write, 0, {}};
    const uint64_t size = native_code_size + arguments.size();
    if (!charge(gas::create + words_of(size) * (gas::keccak_word + gas::init_code_word) +
                native_code_size * gas::code_byte))
        return {Status::out_of_gas, 0, {}};
    State& state = execution_.state;
    const uint64_t nonce = state.nonce(message_.recipient);
    if (nonce == ~0ull) return {Status::nonce_exhausted, 0, {}};
    state.set_nonce(message_.recipient, nonce + 1);
    const Address created = created_address(message_.recipient, salt, type, arguments);
    state.warm_up(created);
    const uint64_t given = gas_left_ - gas_left_ / 64;
    gas_left_ -= given;
    CallResult result = plume::create_native(execution_, type,
                                             {.kind = CallKind::create,
                                              .depth = message_.depth + 1,
                                              .gas = given,
                                              .sender = message_.recipient,
                                              .recipient = created,
                                              .code_address = created,
                                              .value = {},
                                              .input = arguments});
    gas_left_ += result.gas_left;
    return result;
}

}  // namespace plume
