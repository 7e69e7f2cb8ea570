#include "chain/simulate.hpp"

#include <algorithm>

#include "base/result.hpp"
#include "chain/system.hpp"
#include "chain/transact.hpp"
#include "chain/validate.hpp"
#include "evm/gas.hpp"

namespace plume {

namespace {

/// A request as a transaction on the state it asks for.
class Trial {
public:
    Trial(const StateView& view, const BlockEnvironment& block, const Rules& rules,
          const CallRequest& request)
        : view_(view), block_(block), rules_(rules), from_(request.from) {
        know_ancestors(block_, view);
        if (request.max_fee_per_gas.is_zero()) block_.base_fee = {};
        const AccountFields sender = view.account(request.from).value_or(AccountFields{});
        balance_ = sender.balance;
        fields_ = unsigned_transaction(request, rules.chain_id, sender.nonce);
    }

    Result<Transacted> run(uint64_t gas_limit, Tracer* tracer = nullptr) {
        fields_.gas_limit = gas_limit;
        if (auto valid = validate_call(fields_, block_); !valid) return std::move(valid).error();
        if (auto funds = validate_funds(fields_, balance_, block_); !funds)
            return std::move(funds).error();
        State state(view_);
        return transact(state, block_, rules_.natives, fields_, from_, tracer);
    }

    /// The most gas the sender can pay for beside the value; an error if the value leaves nothing.
    Result<uint64_t> affordable() const {
        if (fields_.max_fee_per_gas.is_zero()) return ~uint64_t{0};
        if (fields_.value >= balance_) return Error{.what = "insufficient funds for transfer"};
        const u256 gas = (balance_ - fields_.value) / fields_.max_fee_per_gas;
        return gas.fits_uint64() ? gas.low64() : ~uint64_t{0};
    }

    /// What the transaction itself takes, whatever it does.
    uint64_t intrinsic() const {
        const IntrinsicGas gas = intrinsic_gas(fields_, block_.revision);
        return std::max(gas.standard, gas.floor);
    }

private:
    const StateView& view_;
    BlockEnvironment block_;
    const Rules& rules_;
    Transaction fields_;
    Address from_;
    u256 balance_;
};

bool succeeds(Trial& trial, uint64_t gas_limit) {
    const auto done = trial.run(gas_limit);
    return done.ok() && done->result.status == Status::success;
}

/// The least gas limit that succeeds, between one that does not and one that does.
uint64_t bisect(Trial& trial, uint64_t fails, uint64_t works) {
    while (fails + 1 < works) {
        const uint64_t middle = fails + (works - fails) / 2;
        (succeeds(trial, middle) ? works : fails) = middle;
    }
    return works;
}

}  // namespace

Transaction unsigned_transaction(const CallRequest& request, uint64_t chain_id, uint64_t nonce) {
    Transaction out;
    out.type =
        request.authorizations.empty() ? TransactionType::dynamic_fee : TransactionType::set_code;
    out.chain_id = chain_id;
    out.nonce = nonce;
    out.max_priority_fee_per_gas = request.max_priority_fee_per_gas;
    out.max_fee_per_gas = request.max_fee_per_gas;
    out.to = request.to;
    out.value = request.value;
    out.data = request.data;
    out.access_list = request.access_list;
    out.authorizations = request.authorizations;
    return out;
}

Result<Simulated> simulate(const StateView& view, const BlockEnvironment& block, const Rules& rules,
                           const CallRequest& request, Tracer* tracer) {
    Trial trial(view, block, rules, request);
    const uint64_t gas_limit =
        std::min(request.gas_limit.value_or(simulation_gas_max), simulation_gas_max);
    TRY(done, trial.run(gas_limit, tracer));
    return Simulated{std::move(done.result), done.gas_used, std::move(done.logs)};
}

Result<Estimate> estimate_gas(const StateView& view, const BlockEnvironment& block,
                              const Rules& rules, const CallRequest& request) {
    Trial trial(view, block, rules, request);
    TRY(affordable, trial.affordable());
    const uint64_t ceiling = std::min({request.gas_limit.value_or(gas::transaction_max),
                                       gas::transaction_max, block.gas_limit, affordable});
    const Error too_little{.what =
                               "gas required exceeds allowance (" + std::to_string(ceiling) + ")"};
    if (ceiling < trial.intrinsic()) return too_little;
    TRY(done, trial.run(ceiling));
    if (done.result.status == Status::out_of_gas) return too_little;
    if (done.result.status != Status::success) return Estimate{0, std::move(done.result)};
    // Most calls need what they use at once and the 64th part that a nested call leaves behind: try
    // that first.
    const uint64_t guess = (done.gas_consumed + gas::call_stipend) / 63 * 64;
    const uint64_t works = guess < ceiling && succeeds(trial, guess) ? guess : ceiling;
    return Estimate{bisect(trial, done.gas_used - 1, works), std::move(done.result)};
}

}  // namespace plume
