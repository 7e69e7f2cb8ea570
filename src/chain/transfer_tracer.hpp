// A transaction's logs, and between them every movement of wei as if it were a token's.
#pragma once

#include "evm/tracer.hpp"

namespace plume {

/// Collects the logs that a transaction leaves, with a Transfer(address,address,uint256) by
/// 0xee..ee for each value that a call or a creation sends and each balance that a destroyed
/// contract leaves (eth_simulateV1's traceTransfers).
class TransferTracer final : public Tracer {
public:
    const std::vector<Log>& logs() const { return logs_; }

    void enter(const Message& message, BytesView code, const NativeType* native) override;
    void leave(const CallResult& result) override;
    void log(const Log& log) override;
    void self_destruct(const Address& contract, const Address& heir, const u256& balance) override;
    void end(const State& state, const CallResult& result, uint64_t gas_used) override;

private:
    void add(const Address& from, const Address& to, const u256& amount);

    std::vector<Log> logs_;
    std::vector<size_t> marks_;  ///< how many logs there were when each call in progress began
};

}  // namespace plume
