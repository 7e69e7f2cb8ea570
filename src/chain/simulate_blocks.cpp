#include "chain/simulate_blocks.hpp"

#include "chain/scheduled.hpp"
#include "chain/system.hpp"
#include "chain/transact.hpp"
#include "chain/transfer_tracer.hpp"
#include "chain/validate.hpp"
#include "crypto/keccak.hpp"
#include "evm/trace_budget.hpp"

namespace plume {

namespace {

constexpr uint64_t block_seconds = 12;

Error out_of_order(int code, std::string_view what, uint64_t number, uint64_t before) {
    return {code, std::string(what) + " must be in order: " + std::to_string(number) +
                      " <= " + std::to_string(before)};
}

/// The blocks with numbers and timestamps, and with empty ones where numbers are left out.
Result<std::vector<BlockRequest>> row_of(const Header& base,
                                         const std::vector<BlockRequest>& requests) {
    std::vector<BlockRequest> out;
    uint64_t number = base.number;
    uint64_t timestamp = base.timestamp;
    for (const BlockRequest& request : requests) {
        const uint64_t wanted = request.block.number.value_or(number + 1);
        if (wanted <= number)
            return out_of_order(simulation_code::number_order, "block numbers", wanted, number);
        if (wanted - base.number > simulated_blocks_max)
            return Error{simulation_code::limit_exceeded, "too many blocks"};
        for (++number; number <= wanted; ++number) {
            BlockRequest& next = out.emplace_back();
            if (number == wanted) next = request;
            const uint64_t time = next.block.timestamp.value_or(timestamp + block_seconds);
            if (time <= timestamp)
                return out_of_order(simulation_code::timestamp_order, "block timestamps", time,
                                    timestamp);
            next.block.number = number;
            next.block.timestamp = timestamp = time;
        }
        number = wanted;
    }
    return out;
}

u256 base_fee_after(const Header& parent) {
    // A block without room for gas has no target to be above or below.
    constexpr uint64_t gas_limit_least = 2;
    return parent.gas_limit < gas_limit_least ? parent.base_fee : next_base_fee(parent);
}

/// The code for why a call cannot begin, by geth's words.
int code_of(std::string_view what) {
    static constexpr std::array<std::pair<std::string_view, int>, 7> codes{{
        {"nonce too low", simulation_code::nonce_too_low},
        {"nonce too high", simulation_code::nonce_too_high},
        {"max fee per gas less than block base fee", simulation_code::fee_too_low},
        {"intrinsic gas too low", simulation_code::intrinsic_gas},
        {"insufficient funds", simulation_code::insufficient_funds},
        {"max initcode size exceeded", simulation_code::init_code_size},
        {"insufficient gas for floor data gas cost", simulation_code::intrinsic_gas},
    }};
    for (const auto& [words, code] : codes)
        if (what.starts_with(words)) return code;
    return Error{}.code;
}

/// Bytes that a result holds.
size_t size_of(const BlockCallResult& call) {
    size_t out = call.result.output.size();
    for (const Log& log : call.logs)
        out += sizeof(Log) + log.topics.size() * Hash::size + log.data.size();
    return out;
}

class Simulation {
public:
    Simulation(const SimulationBase& base, const Rules& rules, const SimulationOptions& options)
        : rules_(rules),
          options_(options),
          view_(base.view),
          parent_(base.header),
          parent_hash_(base.hash) {}

    Result<SimulatedBlock> run(const BlockRequest& request) {
        Header header = header_of(request.block);
        view_.apply(request.accounts);
        BlockEnvironment block = environment_of(header, rules_.chain_id);
        if (request.block.blob_base_fee) block.blob_base_fee = *request.block.blob_base_fee;
        know_ancestors(block, view_);
        begin(block, header);

        SimulatedBlock out;
        std::vector<Receipt> receipts;
        for (const BlockCall& call : request.calls) {
            auto done = run(call, block, header);
            if (!done) return std::move(done).error();
            if (!results_.take(size_of(done->call)))
                return Error{simulation_code::limit_exceeded,
                             "results too large; simulate less at once"};
            header.gas_used += done->call.gas_used;
            done->receipt.cumulative_gas_used = header.gas_used;
            merge(header.logs_bloom, done->receipt.logs_bloom);
            receipts.push_back(std::move(done->receipt));
            out.block.transactions.push_back(std::move(done->transaction));
            out.calls.push_back(std::move(done->call));
        }
        make_scheduled_calls(block, header, out.block, receipts);
        header.transactions_root = transactions_root(out.block.transactions);
        header.receipts_root = receipts_root(receipts);
        out.block.header = header;
        out.block.hash = parent_hash_ = hash_of(header);
        parent_ = header;
        return out;
    }

private:
    struct Done {
        TransactionPtr transaction;
        Receipt receipt;
        BlockCallResult call;
    };

    Header header_of(const BlockOverrides& overrides) const {
        Header out;
        out.parent_hash = parent_hash_;
        out.number = *overrides.number;
        out.timestamp = *overrides.timestamp;
        out.gas_limit = overrides.gas_limit.value_or(parent_.gas_limit);
        out.coinbase = overrides.coinbase.value_or(parent_.coinbase);
        out.prev_randao = overrides.prev_randao.value_or(Hash{});
        if (overrides.base_fee)
            out.base_fee = *overrides.base_fee;
        else if (options_.validates)
            out.base_fee = base_fee_after(parent_);
        return out;
    }

    void begin(const BlockEnvironment& block, const Header& header) {
        State state(view_);
        begin_block(state, block, rules_.natives, header);
        view_.apply(state.take());
    }

    Result<void> validate(const Transaction& fields, const AccountFields& sender,
                          const BlockEnvironment& block) const {
        if (options_.validates && fields.nonce != sender.nonce)
            return Error{.what = std::string(fields.nonce < sender.nonce ? "nonce too low"
                                                                         : "nonce too high") +
                                 ": next nonce " + std::to_string(sender.nonce) + ", tx nonce " +
                                 std::to_string(fields.nonce)};
        if (auto valid = validate_call(fields, block); !valid) return valid;
        return validate_funds(fields, sender.balance, block);
    }

    Result<Done> run(const BlockCall& call, BlockEnvironment block, const Header& header) {
        const CallRequest& request = call.request;
        const uint64_t block_gas = header.gas_limit - header.gas_used;
        const uint64_t gas = request.gas_limit.value_or(block_gas);
        if (gas > block_gas)
            return Error{simulation_code::block_gas_limit,
                         "block gas limit reached: " + std::to_string(header.gas_used) +
                             " >= " + std::to_string(header.gas_limit)};
        const AccountFields sender = view_.account(request.from).value_or(AccountFields{});
        Transaction fields =
            unsigned_transaction(request, rules_.chain_id, call.nonce.value_or(sender.nonce));
        fields.gas_limit = std::min(gas, gas_left_);
        // As in eth_call, gas without a price is free.
        if (!options_.validates && request.max_fee_per_gas.is_zero()) block.base_fee = {};
        if (auto valid = validate(fields, sender, block); !valid) {
            const std::string what = std::move(valid).error().what;
            return Error{code_of(what), "err: " + what + " (supplied gas " +
                                            std::to_string(fields.gas_limit) + ")"};
        }
        return carry_out(fields, sender, request.from, block);
    }

    /// As `execute` does after a block's transactions. They are no calls of the request.
    void make_scheduled_calls(const BlockEnvironment& block, Header& header, Block& made,
                              std::vector<Receipt>& receipts) {
        uint64_t share = std::min(
            {scheduled_gas_max(header.gas_limit), gas_left_, header.gas_limit - header.gas_used});
        for (;;) {
            State state(view_);
            const auto fields = due_call(state, block, rules_.natives);
            if (!fields || fields->gas_limit > share) return;
            Transacted done = run_scheduled(state, block, rules_.natives, *fields, nullptr);
            if (done.gas_used == 0) return;
            view_.apply(state.take());
            share -= done.gas_used;
            gas_left_ -= done.gas_used;
            header.gas_used += done.gas_used;
            Receipt receipt;
            receipt.type = fields->type;
            receipt.success = done.result.status == Status::success;
            receipt.cumulative_gas_used = header.gas_used;
            receipt.logs_bloom = bloom_of(done.logs);
            receipt.logs = std::move(done.logs);
            merge(header.logs_bloom, receipt.logs_bloom);
            receipts.push_back(std::move(receipt));
            made.transactions.push_back(system_transaction(*fields));
        }
    }

    Done carry_out(const Transaction& fields, const AccountFields& sender, const Address& from,
                   const BlockEnvironment& block) {
        State state(view_);
        TransferTracer transfers;
        Transaction next = fields;
        next.nonce = sender.nonce;
        Transacted done = plume::transact(state, block, rules_.natives, next, from,
                                          options_.logs_transfers ? &transfers : nullptr);
        view_.apply(state.take());
        gas_left_ -= done.gas_used;

        Done out;
        Bytes raw = encode(fields);
        const Hash hash = keccak256(raw);
        out.transaction = std::make_shared<const SignedTransaction>(
            SignedTransaction{fields, std::move(raw), hash, from});
        out.receipt.type = fields.type;
        out.receipt.success = done.result.status == Status::success;
        out.receipt.logs_bloom = bloom_of(done.logs);
        out.receipt.logs = done.logs;
        out.call = {std::move(done.result), done.gas_used,
                    std::max(done.gas_consumed, done.gas_used),
                    options_.logs_transfers ? transfers.logs() : std::move(done.logs)};
        return out;
    }

    const Rules& rules_;
    const SimulationOptions options_;
    Overlay view_;
    Header parent_;
    Hash parent_hash_;
    uint64_t gas_left_ = simulation_gas_max;
    TraceBudget results_;
};

}  // namespace

Result<std::vector<SimulatedBlock>> simulate_blocks(const SimulationBase& base, const Rules& rules,
                                                    const std::vector<BlockRequest>& requests,
                                                    const SimulationOptions& options) {
    TRY(row, row_of(base.header, requests));
    Simulation simulation(base, rules, options);
    std::vector<SimulatedBlock> out;
    for (const BlockRequest& request : row) {
        TRY(block, simulation.run(request));
        out.push_back(std::move(block));
    }
    return out;
}

}  // namespace plume
