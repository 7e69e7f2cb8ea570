#include "evm/frame.hpp"

#include "evm/call.hpp"
#include "evm/precompiles.hpp"
#include "evm/tracer.hpp"

namespace plume {

bool Frame::charge(uint64_t gas) {
    if (gas > gas_left_) {
        gas_left_ = 0;
        return false;
    }
    gas_left_ -= gas;
    return true;
}

bool Frame::was_cold(const Address& address) {
    return !is_precompile(address, execution_.block.revision) && execution_.state.warm_up(address);
}

bool Frame::charge_account(const Address& address) {
    return charge(was_cold(address) ? gas::cold_account_access : gas::warm_access);
}

std::optional<u256> Frame::load(const u256& slot) {
    const State::Access access = execution_.state.access(message_.recipient, slot);
    if (!charge(access.was_cold ? gas::cold_slot_access : gas::warm_access)) return std::nullopt;
    return access.value;
}

std::optional<u256> Frame::load_native(const u256& slot) {
    const State::Access access = execution_.state.access(message_.recipient, slot);
    const bool is_again = State::look(access, number_);
    const uint64_t cold = access.value.is_zero() ? gas::native_cold_empty : gas::cold_slot_access;
    if (!charge(access.was_cold ? cold : is_again ? gas::native_reload : gas::warm_access))
        return std::nullopt;
    return access.value;
}

Status Frame::store(const u256& slot, const u256& value) {
    if (message_.is_static) return Status::static_write;
    if (gas_left_ <= gas::store_sentry) return Status::out_of_gas;
    State& state = execution_.state;
    const Address& self = message_.recipient;
    const State::Access access = state.access(self, slot);
    const u256& current = access.value;
    const u256& original = access.original;
    uint64_t cost = access.was_cold ? gas::cold_slot_access : 0;
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
    state.store(self, access, value);
    State::look(access, number_);
    return Status::success;
}

u256 Frame::load_transient(const u256& slot) const {
    return execution_.state.load_transient(message_.recipient, slot);
}

Status Frame::store_transient(const u256& slot, const u256& value) {
    if (message_.is_static) return Status::static_write;
    execution_.state.store_transient(message_.recipient, slot, value);
    return Status::success;
}

Status Frame::log(std::vector<Hash> topics, Bytes data) {
    if (message_.is_static) return Status::static_write;
    if (!charge(gas::log + gas::log_topic * topics.size() + gas::log_byte * data.size()))
        return Status::out_of_gas;
    execution_.state.emit({message_.recipient, std::move(topics), std::move(data)});
    if (execution_.tracer != nullptr) [[unlikely]]
        execution_.tracer->log(execution_.state.logs().back());
    return Status::success;
}

std::optional<u256> Frame::balance(const Address& address) {
    if (!charge_account(address)) return std::nullopt;
    return execution_.state.balance(address);
}

std::optional<BytesView> Frame::code(const Address& address) {
    if (!charge_account(address)) return std::nullopt;
    return execution_.state.code(address);
}

std::optional<Hash> Frame::code_hash(const Address& address) {
    if (!charge_account(address)) return std::nullopt;
    const AccountFields fields = execution_.state.account(address);
    return fields.is_empty() ? Hash{} : fields.code_hash;
}

uint64_t Frame::give_gas(uint64_t gas_max) {
    const uint64_t given = std::min(gas_max, all_but_a_64th());
    gas_left_ -= given;
    if (execution_.tracer != nullptr) [[unlikely]]
        execution_.tracer->gave(message_.depth, gas_left_);
    return given;
}

Called Frame::call(const Call& call) {
    const bool is_delegated = call.kind == CallKind::delegate_call;
    const bool pays = !is_delegated && !call.value.is_zero();
    State& state = execution_.state;
    const bool is_plain = call.kind == CallKind::call;
    if (pays && is_plain && (call.is_static || message_.is_static))
        return {Status::static_write, {}, {}};
    if (!charge_account(call.to)) return {Status::out_of_gas, {}, {}};
    if (const auto delegate = delegate_of(state.code(call.to)))
        if (!charge_account(*delegate)) return {Status::out_of_gas, {}, {}};
    uint64_t cost = pays ? gas::call_value : 0;
    if (pays && is_plain && state.account(call.to).is_empty()) cost += gas::new_account;
    if (!charge(cost)) return {Status::out_of_gas, {}, {}};
    const uint64_t given = give_gas(call.gas_max);
    Called out;
    out.result =
        plume::call(execution_, {.kind = call.kind,
                                 .is_static = call.is_static || message_.is_static,
                                 .is_static_call = call.is_static,
                                 .depth = message_.depth + 1,
                                 .gas = given + (pays ? gas::call_stipend : 0),
                                 .sender = is_delegated ? message_.sender : message_.recipient,
                                 .recipient = is_plain ? call.to : message_.recipient,
                                 .code_address = call.to,
                                 .value = is_delegated ? message_.value : call.value,
                                 .input = call.input});
    gas_left_ += out.result.gas_left;
    return out;
}

Called Frame::refuse(Message message, BytesView code, Status status) {
    if (execution_.tracer != nullptr) [[unlikely]] {
        message.gas = all_but_a_64th();
        execution_.tracer->enter(message, code, nullptr);
        execution_.tracer->leave({status, message.gas, {}});
    }
    return {.result = {status, 0, {}}, .created = {}};
}

template <class Run>
Called Frame::create_at(const Address& address, Message message, BytesView code, Run run) {
    State& state = execution_.state;
    const uint64_t nonce = state.nonce(message_.recipient);
    message.depth = message_.depth + 1;
    message.sender = message_.recipient;
    message.recipient = address;
    message.code_address = address;
    if (message.depth > depth_max) return refuse(message, code, Status::depth_exceeded);
    if (state.balance(message.sender) < message.value)
        return refuse(message, code, Status::insufficient_balance);
    if (nonce == ~uint64_t{0}) return refuse(message, code, Status::nonce_exhausted);
    state.set_nonce(message.sender, nonce + 1);
    state.warm_up(address);
    message.gas = give_gas(~uint64_t{0});
    Called out{.result = run(message), .created = {}};
    gas_left_ += out.result.gas_left;
    if (out.result.status == Status::success) out.created = address;
    return out;
}

Called Frame::create(const Creation& creation) {
    if (message_.is_static) return {Status::static_write, {}, {}};
    const BytesView init_code = creation.init_code;
    if (init_code.size() > init_code_size_max) return {Status::init_code_too_large, {}, {}};
    const uint64_t hashing = creation.salt ? gas::keccak_word : 0;
    if (!charge(gas::create + words_of(init_code.size()) * (gas::init_code_word + hashing)))
        return {Status::out_of_gas, {}, {}};
    const Address& self = message_.recipient;
    const Address address = creation.salt
                                ? plume::created_address(self, to_word(*creation.salt), init_code)
                                : plume::created_address(self, execution_.state.nonce(self));
    const CallKind kind = creation.salt ? CallKind::create2 : CallKind::create;
    return create_at(
        address, {.kind = kind, .value = creation.value, .input = {}}, init_code,
        [&](const Message& message) { return plume::create(execution_, message, init_code); });
}

Status Frame::self_destruct(const Address& heir) {
    if (message_.is_static) return Status::static_write;
    State& state = execution_.state;
    const Address& self = message_.recipient;
    const u256 balance = state.balance(self);
    const bool is_cold = was_cold(heir);
    const bool is_new = !balance.is_zero() && state.account(heir).is_empty();
    if (!charge((is_cold ? gas::cold_account_access : 0) + (is_new ? gas::new_account : 0)))
        return Status::out_of_gas;
    const bool goes = state.is_created(self);
    // What a contract that goes leaves to itself is gone with it.
    if (heir != self)
        state.transfer(self, heir, balance);
    else if (goes)
        state.set_balance(self, {});
    if (goes) state.destroy(self);
    if (execution_.tracer != nullptr) [[unlikely]]
        execution_.tracer->self_destruct(self, heir, balance);
    return Status::success;
}

Address Frame::created_address(const Address& creator, const Hash& salt, const NativeType& type,
                               BytesView arguments) {
    Bytes init = native_code(type);
    append(init, arguments);
    return plume::created_address(creator, salt, init);
}

Called Frame::create_native(const NativeType& type, const Hash& salt, BytesView arguments) {
    if (message_.is_static) return {Status::static_write, {}, {}};
    const uint64_t size = native_code_size + arguments.size();
    if (!charge(gas::create + words_of(size) * (gas::keccak_word + gas::init_code_word) +
                native_code_size * gas::code_byte))
        return {Status::out_of_gas, {}, {}};
    const Address address = created_address(message_.recipient, salt, type, arguments);
    return create_at(
        address, {.kind = CallKind::create, .value = {}, .input = arguments}, native_code(type),
        [&](const Message& message) { return plume::create_native(execution_, type, message); });
}

}  // namespace plume
