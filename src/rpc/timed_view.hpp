// A state that may be looked at for so long only: what keeps a simulated call from holding a
// worker, however slow the disk. Nothing that makes blocks knows of it, so blocks depend on no
// clock.
#pragma once

#include <chrono>

#include "state/view.hpp"

namespace plume::rpc {

/// How long eth_call, eth_estimateGas, eth_createAccessList and eth_simulateV1 may take. Between
/// two looks at the state their time is bounded by their gas.
inline constexpr std::chrono::milliseconds simulation_time_max{5'000};

/// `under` until `time` is over; then each look throws RpcError -32000, "execution aborted (timeout
/// = 5s)", past the code that runs, which is thrown away with all it has done. One thread; `under`
/// must outlive it.
class TimedView final : public StateView {
public:
    explicit TimedView(const StateView& under,
                       std::chrono::milliseconds time = simulation_time_max);

    std::optional<AccountFields> account(const Address& address) const override;
    u256 storage(const Address& address, const u256& slot) const override;
    Bytes code(const Hash& code_hash) const override;

private:
    void check_time() const;

    const StateView& under_;
    const std::chrono::steady_clock::time_point end_;
};

}  // namespace plume::rpc
