#include "chain/transact.hpp"

#include "base/result.hpp"
#include "chain/authorities.hpp"
#include "chain/scheduled.hpp"
#include "evm/call.hpp"
#include "evm/tracer.hpp"

namespace plume {

namespace {

/// More than any invariant can use, and far from overflowing when prices are added.
constexpr uint64_t unmetered = ~uint64_t{0} >> 1;

void warm_up(State& state, const BlockEnvironment& block, const Transaction& transaction,
             const Address& sender) {
    state.warm_up(sender);
    state.warm_up(block.coinbase);  // EIP-3651
    for (const AccessListEntry& entry : transaction.access_list) {
        state.warm_up(entry.address);
        for (const Hash& slot : entry.slots) state.warm_up(entry.address, to_u256(slot));
    }
}

/// EIP-7702: the authority lends itself the code of `wish.address`. A tuple that does not hold is
/// passed over.
void delegate(State& state, const BlockEnvironment& block, const Authorization& wish) {
    const auto authority = authority_of(wish, block.chain_id);
    if (!authority) return;
    state.warm_up(*authority);
    const BytesView code = state.code(*authority);
    if (!code.empty() && !delegate_of(code)) return;
    if (state.nonce(*authority) != wish.nonce) return;
    if (state.exists(*authority)) state.add_refund(static_cast<int64_t>(gas::authorization_refund));
    state.set_code(*authority, wish.address.is_zero() ? Bytes{} : delegation_to(wish.address));
    state.set_nonce(*authority, wish.nonce + 1);
}

/// Takes from the sender what the gas may cost and what the blobs do cost, and counts its nonce.
void buy_gas(State& state, const BlockEnvironment& block, const Transaction& transaction,
             const Address& sender, const u256& price) {
    const u256 blob_gas{gas::blob * transaction.blob_hashes.size()};
    const u256 cost = u256{transaction.gas_limit} * price + blob_gas * block.blob_base_fee;
    check(state.balance(sender) >= cost, "the sender's funds are checked before");
    state.set_balance(sender, state.balance(sender) - cost);
    state.set_nonce(sender, transaction.nonce + 1);
}

/// The outermost message.
CallResult start(Execution& execution, const Transaction& transaction, const Address& to,
                 uint64_t gas) {
    State& state = execution.state;
    Message message{.gas = gas,
                    .sender = execution.origin,
                    .recipient = to,
                    .code_address = to,
                    .value = transaction.value,
                    .input = transaction.data};
    state.warm_up(to);
    if (transaction.to) {
        // What the recipient delegates to is warm, too (EIP-7702).
        if (const auto lent = delegate_of(state.code(to))) state.warm_up(*lent);
        return call(execution, message);
    }
    message.kind = CallKind::create;
    message.input = {};
    return create(execution, message, transaction.data);
}

}  // namespace

std::optional<BrokenInvariant> find_broken(Execution& execution) {
    State& state = execution.state;
    const State::Mark mark = state.mark();
    std::optional<BrokenInvariant> broken;
    for (const Address& address : state.written()) {
        const NativeType* type = execution.native(state.code(address));
        if (type == nullptr || type->broken_invariant == nullptr) continue;
        Frame frame(execution, {.is_static = true,
                                .gas = unmetered,
                                .sender = address,
                                .recipient = address,
                                .code_address = address,
                                .value = {},
                                .input = {}});
        if (const auto invariant = type->broken_invariant(frame)) {
            broken = {address, *invariant};
            break;
        }
    }
    state.rollback(mark);
    return broken;
}

Transacted transact(State& state, const BlockEnvironment& block,
                    std::span<const NativeType> natives, const Transaction& transaction,
                    const Address& sender, Tracer* tracer) {
    if (transaction.type == TransactionType::system)
        return run_scheduled(state, block, natives, transaction, tracer);
    const IntrinsicGas intrinsic = intrinsic_gas(transaction, block.revision);
    const u256 price = effective_gas_price(transaction, block.base_fee);
    check(transaction.gas_limit >= std::max(intrinsic.standard, intrinsic.floor),
          "a gas limit below the intrinsic price is refused before it runs");

    state.begin_transaction();
    if (tracer != nullptr) tracer->begin(state, transaction.gas_limit);
    buy_gas(state, block, transaction, sender, price);
    warm_up(state, block, transaction, sender);
    for (const Authorization& wish : transaction.authorizations) delegate(state, block, wish);
    const State::Mark paid = state.mark();

    Transacted out;
    if (!transaction.to) out.created = created_address(sender, transaction.nonce);
    Execution execution{state, block, natives, sender, price, transaction.blob_hashes, tracer};
    out.result = start(execution, transaction, transaction.to ? *transaction.to : *out.created,
                       transaction.gas_limit - intrinsic.standard);
    execution.tracer = nullptr;  // What invariants look at is no part of the transaction.
    if (out.result.status == Status::success) out.broken = find_broken(execution);
    if (out.broken) {
        state.rollback(paid);
        out.result = {Status::invariant_broken, 0, {}};
    }
    out.gas_consumed = transaction.gas_limit - out.result.gas_left;
    check(state.refund() >= 0, "what is given back was earned in the same transaction");
    const uint64_t refund =
        std::min(static_cast<uint64_t>(state.refund()), out.gas_consumed / gas::refund_quotient);
    out.gas_used = std::max(out.gas_consumed - refund, intrinsic.floor);
    out.logs = state.logs();

    const u256 used{out.gas_used};
    const u256 rest{transaction.gas_limit - out.gas_used};
    state.set_balance(sender, state.balance(sender) + rest * price);
    state.set_balance(block.coinbase,
                      state.balance(block.coinbase) + used * (price - block.base_fee));
    state.end_transaction();
    if (tracer != nullptr) tracer->end(state, out.result, out.gas_used);
    return out;
}

}  // namespace plume
