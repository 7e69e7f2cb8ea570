#include "conformance/block_run.hpp"

#include "chain/execute.hpp"
#include "chain/system.hpp"
#include "chain/transact.hpp"
#include "conformance/admission.hpp"
#include "conformance/requests.hpp"

namespace plume::conformance {

using namespace literals;

namespace {

/// A contract that hands out requests when it is called at the end of a block.
struct RequestContract {
    uint8_t type;
    Address address;
};
constexpr RequestContract withdrawals_asked{
    1, "0x00000961ef480eb55e80d19ad83579a64c007002"_address};  // EIP-7002
constexpr RequestContract consolidations_asked{
    2, "0x0000bbddc7ce488642fb579f8b00f3a590007251"_address};  // EIP-7251

constexpr uint64_t wei_per_gwei = 1'000'000'000;

Error refuse(std::string what) {
    return {.what = std::move(what)};
}

class Run {
public:
    Run(const World& before, const BlockEnvironment& environment, const ReceivedBlock& block)
        : before_(before),
          environment_(environment),
          block_(block),
          header_(block.sealed.header),
          state_(before.store) {}

    void start() { begin_block(state_, environment_, {}, header_); }

    Result<void> add(const SignedTransaction& transaction) {
        const Transaction& fields = transaction.fields;
        if (fields.gas_limit > header_.gas_limit - gas_used_)
            return refuse("exceeds block gas limit: it does not fit into the rest of the block");
        blob_gas_used_ += gas::blob * fields.blob_hashes.size();
        if (blob_gas_used_ > gas::blob * environment_.blob_count_max)
            return refuse("too many blobs in the block");
        if (auto valid = validate(state_, environment_, transaction); !valid) return valid;
        Transacted done = transact(state_, environment_, {}, fields, transaction.sender);
        gas_used_ += done.gas_used;
        Receipt receipt;
        receipt.type = fields.type;
        receipt.success = done.result.status == Status::success;
        receipt.cumulative_gas_used = gas_used_;
        receipt.logs_bloom = bloom_of(done.logs);
        receipt.logs = std::move(done.logs);
        merge(logs_bloom_, receipt.logs_bloom);
        receipts_.push_back(std::move(receipt));
        return {};
    }

    void withdraw() {
        state_.begin_transaction();
        for (const Withdrawal& withdrawal : block_.withdrawals)
            state_.set_balance(
                withdrawal.address,
                state_.balance(withdrawal.address) + u256{withdrawal.amount} * u256{wei_per_gwei});
        state_.end_transaction();
    }

    Result<void> collect_requests() {
        if (!has_requests()) return {};
        std::vector<Requests> all;
        TRY(deposits, deposits_in(receipts_));
        all.push_back(std::move(deposits));
        for (const auto& [type, address] : {withdrawals_asked, consolidations_asked}) {
            const auto result = system_call(state_, environment_, {}, address, {});
            if (!result) return refuse("no contract of requests at " + to_hex(address));
            if (result->status != Status::success)
                return refuse("the contract of requests fails at " + to_hex(address));
            all.push_back({type, result->output});
        }
        if (requests_hash(all) != header_.requests_hash) return refuse("the requests are others");
        return {};
    }

    Result<WorldPtr> finish() {
        if (gas_used_ != header_.gas_used) return refuse("other gas is used");
        if (blob_gas_used_ != header_.blob_gas_used) return refuse("other blob gas is used");
        if (receipts_root(receipts_) != header_.receipts_root)
            return refuse("the root of the receipts is wrong");
        if (logs_bloom_ != header_.logs_bloom) return refuse("the bloom of the logs is wrong");
        const Rooted rooted = update_root(before_.store.nodes(), before_.root, state_.take());
        if (rooted.root != header_.state_root)
            return refuse("the state root is wrong: expected " + to_hex(header_.state_root) +
                          ", found " + to_hex(rooted.root));
        return after(before_, rooted);
    }

private:
    bool has_requests() const { return environment_.revision >= Revision::prague; }

    const World& before_;
    const BlockEnvironment& environment_;
    const ReceivedBlock& block_;
    const Header& header_;
    State state_;
    uint64_t gas_used_ = 0;
    uint64_t blob_gas_used_ = 0;
    Bloom logs_bloom_;
    std::vector<Receipt> receipts_;
};

}  // namespace

Result<WorldPtr> run_block(const World& before, const BlockEnvironment& environment,
                           const ReceivedBlock& block) {
    Run run(before, environment, block);
    run.start();
    for (const TransactionPtr& transaction : block.transactions)
        if (auto added = run.add(*transaction); !added) return std::move(added).error();
    run.withdraw();
    if (auto collected = run.collect_requests(); !collected) return std::move(collected).error();
    return run.finish();
}

}  // namespace plume::conformance
