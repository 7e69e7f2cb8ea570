#include "chain/transfer_tracer.hpp"

#include "crypto/keccak.hpp"

namespace plume {

using namespace literals;

namespace {

constexpr Address coin = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"_address;
constexpr Hash transfer_topic = keccak256_constexpr("Transfer(address,address,uint256)");

}  // namespace

void TransferTracer::add(const Address& from, const Address& to, const u256& amount) {
    if (amount.is_zero()) return;
    logs_.push_back({coin,
                     {transfer_topic, to_word(to_u256(from)), to_word(to_u256(to))},
                     to_bytes(to_word(amount))});
}

void TransferTracer::enter(const Message& message, BytesView, const NativeType*) {
    marks_.push_back(logs_.size());
    // Delegated calls move nothing.
    if (message.kind != CallKind::delegate_call && message.kind != CallKind::call_code)
        add(message.sender, message.recipient, message.value);
}

void TransferTracer::leave(const CallResult& result) {
    if (result.status != Status::success) logs_.resize(marks_.back());
    marks_.pop_back();
}

void TransferTracer::log(const Log& log) {
    logs_.push_back(log);
}

void TransferTracer::self_destruct(const Address& contract, const Address& heir,
                                   const u256& balance) {
    add(contract, heir, balance);
}

void TransferTracer::end(const State&, const CallResult& result, uint64_t) {
    if (result.status != Status::success) logs_.clear();
}

}  // namespace plume
