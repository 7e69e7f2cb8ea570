#include "chain/execute.hpp"

#include <tbb/parallel_invoke.h>

#include <algorithm>
#include <set>

#include "base/result.hpp"
#include "chain/scheduled.hpp"
#include "chain/system.hpp"
#include "chain/transact.hpp"
#include "chain/validate.hpp"
#include "codec/rlp.hpp"
#include "state/root.hpp"

namespace plume {

namespace {

// EIP-1559.
constexpr uint64_t elasticity = 2;
constexpr uint64_t base_fee_quotient = 8;

/// The entries of a list's trie: the position's RLP, and what stands there.
template <class Items, class Encode>
Hash root_of_list(const Items& items, Encode encode_item) {
    std::vector<std::pair<Bytes, Bytes>> entries;
    entries.reserve(items.size());
    for (size_t i = 0; i < items.size(); ++i)
        entries.emplace_back(rlp::encode(uint64_t{i}), encode_item(items[i]));
    return root_of(entries);
}

/// A proposal on its way to a block.
class BlockRun {
public:
    BlockRun(const StateView& view, const Rules& rules, const Proposal& proposal, Tracer* tracer)
        : rules_(rules),
          tracer_(tracer),
          block_(environment_of(proposal.header, rules.chain_id)),
          state_(view),
          gas_left_(proposal.header.gas_limit) {
        out_.block.header = proposal.header;
        know_ancestors(block_, view);
        begin_block(state_, block_, rules.natives, proposal.header);
        if (due_call(state_, block_, rules.natives))
            reserved_ = scheduled_gas_max(block_.gas_limit);
    }

    void add(const TransactionPtr& transaction) {
        // A row with a hole would only give nonces that are too high.
        if (passed_over_.contains(transaction->sender)) return;
        if (auto valid = judge(*transaction); !valid) {
            out_.refused.push_back({transaction, std::move(valid).error()});
            passed_over_.insert(transaction->sender);
        } else if (transaction->fields.gas_limit > gas_left_ - reserved_) {
            passed_over_.insert(transaction->sender);
        } else {
            run(transaction);
        }
    }

    bool is_full() const { return gas_left_ - reserved_ < gas::transaction; }

    void make_scheduled_calls() {
        uint64_t share = std::min(gas_left_, scheduled_gas_max(block_.gas_limit));
        while (auto call = due_call(state_, block_, rules_.natives)) {
            if (call->gas_limit > share) break;
            const uint64_t used = run(system_transaction(std::move(*call)));
            if (used == 0) break;  // It could not be made, and would come again and again.
            share -= used;
        }
    }

    Executed finish(const NodeSource& nodes, const Hash& parent_state_root) && {
        Rooted rooted;
        Header& header = out_.block.header;
        // Three values of nothing in common, and so in any order.
        tbb::parallel_invoke(
            [&] { rooted = update_root(nodes, parent_state_root, state_.take()); },
            [&] { header.transactions_root = transactions_root(out_.block.transactions); },
            [&] { header.receipts_root = receipts_root(out_.receipts); });
        header.state_root = rooted.root;
        header.gas_used = header.gas_limit - gas_left_;
        header.logs_bloom = {};
        for (const Receipt& receipt : out_.receipts) merge(header.logs_bloom, receipt.logs_bloom);
        out_.block.hash = hash_of(header);
        out_.changes = std::move(rooted.changes);
        out_.nodes = std::move(rooted.nodes);
        return std::move(out_);
    }

private:
    Result<void> judge(const SignedTransaction& transaction) {
        if (auto valid = validate_policy(transaction, rules_.is_development); !valid) return valid;
        if (auto valid = validate_rules(transaction.fields, block_); !valid) return valid;
        AccountFields sender = state_.account(transaction.sender);
        if (transaction.fields.nonce > sender.nonce)
            return Error{.what = "nonce too high: next nonce " + std::to_string(sender.nonce) +
                                 ", tx nonce " + std::to_string(transaction.fields.nonce)};
        // Contracts, too, can be impersonated (EIP-3607 speaks of signatures).
        if (transaction.is_impersonated) sender.code_hash = empty_code_hash;
        return validate_account(transaction.fields, transaction.sender, sender,
                                state_.code(transaction.sender), block_);
    }

    uint64_t run(const TransactionPtr& transaction) {
        const Transaction& fields = transaction->fields;
        Transacted done =
            transact(state_, block_, rules_.natives, fields, transaction->sender, tracer_);
        gas_left_ -= done.gas_used;
        if (done.broken)
            out_.alarms.push_back(
                {transaction->hash, done.broken->contract, done.broken->invariant});
        if (done.gas_used == 0) return 0;
        Receipt receipt;
        receipt.type = fields.type;
        receipt.success = done.result.status == Status::success;
        receipt.cumulative_gas_used = block_.gas_limit - gas_left_;
        receipt.logs_bloom = bloom_of(done.logs);
        receipt.logs = std::move(done.logs);
        receipt.gas_used = done.gas_used;
        receipt.effective_gas_price = effective_gas_price(fields, block_.base_fee);
        receipt.contract_address = done.created;
        out_.receipts.push_back(std::move(receipt));
        out_.block.transactions.push_back(transaction);
        return done.gas_used;
    }

    const Rules& rules_;
    Tracer* tracer_;
    BlockEnvironment block_;
    State state_;
    uint64_t gas_left_;
    uint64_t reserved_ = 0;  ///< of it, for scheduled calls
    std::set<Address> passed_over_;
    Executed out_;
};

}  // namespace

Executed execute(const StateView& view, const NodeSource& nodes, const Rules& rules,
                 const Proposal& proposal, Tracer* tracer) {
    BlockRun run(view, rules, proposal, tracer);
    for (const TransactionPtr& transaction : proposal.transactions) {
        if (run.is_full()) break;
        run.add(transaction);
    }
    run.make_scheduled_calls();
    return std::move(run).finish(nodes, proposal.parent_state_root);
}

Result<Executed> reproduce(const StateView& view, const NodeSource& nodes, const Rules& rules,
                           const Hash& parent_state_root, const Block& block) {
    Proposal proposal{block.header, parent_state_root, block.transactions};
    std::erase_if(proposal.transactions, [](const TransactionPtr& transaction) {
        return transaction->fields.type == TransactionType::system;
    });
    Executed out = execute(view, nodes, rules, proposal);
    if (!out.refused.empty())
        return Error{.what = "transaction " + to_hex(out.refused[0].transaction->hash) + ": " +
                             out.refused[0].reason.what};
    const auto same = [](const TransactionPtr& a, const TransactionPtr& b) {
        return a->hash == b->hash;
    };
    if (!std::ranges::equal(out.block.transactions, block.transactions, same))
        return Error{.what = "its transactions are not those that the state demands"};
    if (out.block.header != block.header) return Error{.what = "its header says what is not so"};
    if (out.block.hash != block.hash) return Error{.what = "it has another hash"};
    return out;
}

BlockEnvironment environment_of(const Header& header, uint64_t chain_id) {
    return {.chain_id = chain_id,
            .number = header.number,
            .parent_hash = header.parent_hash,
            .timestamp = header.timestamp,
            .gas_limit = header.gas_limit,
            .coinbase = header.coinbase,
            .base_fee = header.base_fee,
            .prev_randao = header.prev_randao};
}

Hash transactions_root(const std::vector<TransactionPtr>& transactions) {
    return root_of_list(transactions,
                        [](const TransactionPtr& transaction) { return transaction->raw; });
}

Hash receipts_root(const std::vector<Receipt>& receipts) {
    return root_of_list(receipts, [](const Receipt& receipt) { return encode(receipt); });
}

u256 next_base_fee(const Header& parent) {
    const uint64_t target = parent.gas_limit / elasticity;
    check(target != 0, "a block's gas limit is never that small");
    const bool rises = parent.gas_used > target;
    const uint64_t distance = rises ? parent.gas_used - target : target - parent.gas_used;
    const auto share = mul_div(parent.base_fee, u256{distance}, u256{target});
    check(share.has_value(), "no block uses much more than twice its target");
    const u256 step = share->quotient / u256{base_fee_quotient};
    if (!rises) return parent.base_fee - step;
    if (distance == 0) return parent.base_fee;
    const auto [sum, overflow] = overflowing_add(parent.base_fee, std::max(step, u256{1u}));
    return overflow ? u256_max : sum;
}

}  // namespace plume
