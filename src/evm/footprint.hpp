// What a transaction looks at: accounts and slots, with their values before and after it.
#pragma once

#include <map>
#include <set>

#include "evm/trace_budget.hpp"
#include "evm/tracer.hpp"

namespace plume {

/// Remembers all that a transaction on a State of its own looks at, in calls that are undone, too:
/// what its code asks for, the parties of calls, the sender, the coinbase, and what its access list
/// names. What invariants look at afterwards is no part of it.
class Footprint final : public Tracer {
public:
    explicit Footprint(TraceBudget& budget) : budget_(budget) {}

    /// Once the transaction is over: by address and slot, changed or not.
    const std::vector<AccountChange>& accounts() const { return accounts_; }
    /// The code of an account in `accounts`, before or after.
    BytesView code(const Hash& code_hash) const;
    /// Where it made contracts, or tried to.
    const std::set<Address>& created() const { return created_; }
    /// How it ended, and the gas it paid for.
    const CallResult& result() const { return result_; }
    uint64_t gas_used() const { return gas_used_; }

    void begin(const State& state, uint64_t gas_limit) override;
    void enter(const Message& message, BytesView code, const NativeType* native) override;
    void leave(const CallResult& result) override;
    void end(const State& state, const CallResult& result, uint64_t gas_used) override;

private:
    void keep_code(const State& state, const std::optional<AccountFields>& account);

    TraceBudget& budget_;
    const State* state_ = nullptr;
    size_t depth_ = 0;
    std::vector<AccountChange> accounts_;
    std::map<Hash, Bytes> codes_;
    std::set<Address> created_;
    CallResult result_;
    uint64_t gas_used_ = 0;
};

}  // namespace plume
