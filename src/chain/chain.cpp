#include "chain/chain.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "chain/validate.hpp"
#include "crypto/keccak.hpp"
#include "state/root.hpp"

namespace plume {

namespace {

SenderAccount account_of(const AccountFields& fields) {
    return {fields.nonce, fields.balance, fields.has_code()};
}

/// What the accounts a block changed are now, as far as the pool cares.
std::vector<std::pair<Address, SenderAccount>> senders_of(const Changes& changes) {
    std::vector<std::pair<Address, SenderAccount>> out;
    out.reserve(changes.accounts.size());
    for (const AccountChange& change : changes.accounts) {
        const AccountFields fields = change.after.value_or(AccountFields{});
        out.emplace_back(change.address, account_of(fields));
    }
    return out;
}

/// One producer decides alone, so there is no randomness to agree on: a value that nobody knew when
/// the parent was made, though its producer may foresee it.
Hash next_randao(const Header& parent, const Hash& parent_hash) {
    Bytes image(parent.prev_randao.begin(), parent.prev_randao.end());
    append(image, parent_hash);
    return keccak256(image);
}

void log_refused(const Executed& executed) {
    for (const RefusedTransaction& refused : executed.refused)
        log::debug("transaction dropped",
                   {{"hash", to_hex(refused.transaction->hash)}, {"reason", refused.reason.what}});
    for (const Alarm& alarm : executed.alarms)
        log::error("invariant broken, transaction undone",
                   {{"block", std::to_string(executed.block.header.number)},
                    {"transaction", to_hex(alarm.transaction)},
                    {"contract", to_hex(alarm.contract)},
                    {"invariant", alarm.invariant}});
}

/// The number of a block that is named in some way; one that is given by number need not be there.
Result<uint64_t> number_of(const StoreSnapshot& head, const BlockId& block) {
    if (const auto* wanted = std::get_if<uint64_t>(&block)) return *wanted;
    if (const auto* hash = std::get_if<Hash>(&block)) {
        const auto found = head.number_of(*hash);
        if (!found) return Error{.what = "header for hash not found"};
        return *found;
    }
    return std::get<BlockTag>(block) == BlockTag::earliest ? 0 : head.number();
}

}  // namespace

Chain::Chain(std::unique_ptr<Store> store, const Rules& rules, const ChainOptions& options)
    : store_(std::move(store)),
      rules_(rules),
      pool_(options.pool),
      tip_(store_->head()),
      newest_timestamp_(tip_.header().timestamp),
      pruner_(options.history ? std::make_unique<Pruner>(*store_, *options.history) : nullptr),
      committer_([this](std::span<const Committer::Job> jobs) { write(jobs); }) {}

Chain::~Chain() = default;

Result<std::unique_ptr<Chain>> Chain::open(const std::filesystem::path& directory,
                                           const std::optional<Genesis>& genesis,
                                           std::span<const NativeType> natives,
                                           const ChainOptions& options) {
    const bool is_development = options.is_development;
    check(!is_development || !options.history, "a chain that is rewound keeps its history");
    StoreOptions how;
    how.keeps_names = is_development;
    how.history = options.history;
    std::optional<Executed> first;
    if (genesis) {
        first = build_genesis(*genesis, natives);
        how.identity = StoreIdentity{genesis->chain_id, first->block.hash};
    }
    TRY(store, Store::open(directory, how));
    if (!store->head()) {
        if (!first)
            return Error{.what = "there is no chain in " + directory.string() +
                                 " yet: name the genesis file it is to begin with"};
        store->commit({first->block, first->receipts, first->changes, first->nodes});
    }
    if (!is_development && store->head()->is_development())
        return Error{.what = "the chain in " + directory.string() +
                             " was changed by methods of development: only plume dev opens it"};
    const Rules rules{store->identity()->chain_id, natives, is_development};
    return std::unique_ptr<Chain>(new Chain(std::move(store), rules, options));
}

Result<Hash> Chain::submit(Bytes raw) {
    if (raw.size() > transaction_size_max)
        return Error{.what = "oversized data: transaction size " + std::to_string(raw.size()) +
                             ", limit " + std::to_string(transaction_size_max)};
    if (pool_.find(keccak256(raw))) return Error{.what = "already known"};
    TRY(transaction, recover_transaction(std::move(raw)));
    return submit(std::move(transaction));
}

Result<Hash> Chain::submit(TransactionPtr transaction) {
    const auto snapshot = head();
    const Header& parent = snapshot->header();
    BlockEnvironment next = environment_of(parent, rules_.chain_id);
    next.base_fee = next_base_fee();
    next.gas_limit = next_gas_limit(parent);
    if (auto valid = validate_policy(*transaction, rules_.is_development); !valid)
        return std::move(valid).error();
    if (auto valid = validate_rules(transaction->fields, next); !valid)
        return std::move(valid).error();
    AccountFields sender = snapshot->account(transaction->sender).value_or(AccountFields{});
    if (transaction->is_impersonated) sender.code_hash = empty_code_hash;
    const Bytes code = sender.has_code() ? snapshot->code(sender.code_hash) : Bytes{};
    if (auto valid = validate_account(transaction->fields, transaction->sender, sender, code, next);
        !valid)
        return std::move(valid).error();
    auto authorizations = live_authorizations(transaction->fields, rules_.chain_id, *snapshot);
    std::vector<Address> accounts{transaction->sender};
    for (const LiveAuthorization& each : authorizations) accounts.push_back(each.authority);
    if (auto added =
            pool_.add(transaction, account_of(sender), next.base_fee, std::move(authorizations));
        !added)
        return std::move(added).error();
    catch_up(accounts, snapshot->number());
    const std::shared_lock lock(pending_subscribers_.mutex);
    for (const auto& [id, tell] : pending_subscribers_.list) tell(transaction);
    return transaction->hash;
}

Result<std::shared_ptr<const StateSnapshot>> Chain::at(const BlockId& block) const {
    std::shared_ptr<const StoreSnapshot> newest = head();
    TRY(number, number_of(*newest, block));
    if (number == newest->number()) return std::shared_ptr<const StateSnapshot>(std::move(newest));
    auto snapshot = newest->at(number);
    if (snapshot) return snapshot;
    if (number > newest->number()) return Error{.what = "header not found"};
    return Error{.what = "historical state of block " + std::to_string(number) +
                         " is not available: this node keeps the states of blocks " +
                         std::to_string(newest->kept_from()) + " to " +
                         std::to_string(newest->number())};
}

Result<Header> Chain::header_of(const BlockId& block) const {
    const auto newest = head();
    TRY(number, number_of(*newest, block));
    auto header = newest->header(number);
    if (!header) return Error{.what = "header not found"};
    return std::move(*header);
}

BlockEnvironment Chain::next_environment(uint64_t now) const {
    const auto snapshot = head();
    return environment_of(next_header(snapshot->header(), snapshot->hash(), now), rules_.chain_id);
}

Result<BlockEnvironment> Chain::environment_at(const BlockId& block, uint64_t now) const {
    const auto* tag = std::get_if<BlockTag>(&block);
    if (tag != nullptr && *tag == BlockTag::pending) return next_environment(now);
    TRY(header, header_of(block));
    return environment_of(header, rules_.chain_id);
}

void Chain::catch_up(std::span<const Address> accounts, uint64_t seen) {
    for (auto newest = head(); newest->number() != seen; newest = head()) {
        seen = newest->number();
        for (const Address& address : accounts) {
            const AccountFields now = newest->account(address).value_or(AccountFields{});
            pool_.follow(std::array{std::pair(address, account_of(now))});
        }
    }
}

uint64_t Chain::pending_nonce(const Address& sender) const {
    // In this order: a block reaches the head before the pool lets go of what is in it.
    const uint64_t pooled = pool_.pending_nonce(sender, 0);
    const AccountFields account = head()->account(sender).value_or(AccountFields{});
    return std::max(pooled, account.nonce);
}

Chain::Subscription Chain::on_block(BlockSubscriber subscriber) {
    const std::unique_lock lock(block_subscribers_.mutex);
    const Subscription id = ++last_subscription_;
    block_subscribers_.list.emplace(id, std::move(subscriber));
    return id;
}

Chain::Subscription Chain::on_pending(PendingSubscriber subscriber) {
    const std::unique_lock lock(pending_subscribers_.mutex);
    const Subscription id = ++last_subscription_;
    pending_subscribers_.list.emplace(id, std::move(subscriber));
    return id;
}

void Chain::unsubscribe(Subscription subscription) {
    {
        const std::unique_lock lock(block_subscribers_.mutex);
        block_subscribers_.list.erase(subscription);
    }
    const std::unique_lock lock(pending_subscribers_.mutex);
    pending_subscribers_.list.erase(subscription);
}

void Chain::set_next(const NextBlock& next) {
    const std::lock_guard lock(next_mutex_);
    if (next.base_fee) next_.base_fee = next.base_fee;
    if (next.prev_randao) next_.prev_randao = next.prev_randao;
    if (next.coinbase) next_.coinbase = next.coinbase;
    if (next.gas_limit) next_.gas_limit = next.gas_limit;
}

NextBlock Chain::next() const {
    const std::lock_guard lock(next_mutex_);
    return next_;
}

u256 Chain::next_base_fee() const {
    if (const auto wanted = next().base_fee) return *wanted;
    return plume::next_base_fee(head()->header());
}

uint64_t Chain::next_gas_limit(const Header& parent) const {
    return next().gas_limit.value_or(parent.gas_limit);
}

Header Chain::next_header(const Header& parent, const Hash& parent_hash, uint64_t timestamp) const {
    const NextBlock wanted = next();
    Header header;
    header.parent_hash = parent_hash;
    header.number = parent.number + 1;
    header.timestamp = std::max(timestamp, parent.timestamp);
    header.gas_limit = wanted.gas_limit.value_or(parent.gas_limit);
    header.coinbase = wanted.coinbase.value_or(parent.coinbase);
    header.base_fee = wanted.base_fee ? *wanted.base_fee : plume::next_base_fee(parent);
    header.prev_randao =
        wanted.prev_randao ? *wanted.prev_randao : next_randao(parent, parent_hash);
    return header;
}

Proposal Chain::propose(uint64_t timestamp) const {
    const Header& parent = tip_.header();
    Proposal proposal{next_header(parent, tip_.hash(), timestamp), tip_.state_root(), {}};
    const size_t count_max = proposal.header.gas_limit / gas::transaction;
    proposal.transactions = pool_.best(proposal.header.base_fee, count_max);
    return proposal;
}

Executed Chain::execute(const Proposal& proposal, Tracer* tracer) const {
    return plume::execute(tip_, tip_, rules_, proposal, tracer);
}

CommittedBlockPtr Chain::commit(Executed executed) {
    CommittedBlockPtr out;
    commit_later(std::move(executed), [&out](const CommittedBlockPtr& block) { out = block; });
    settle();
    return out;
}

void Chain::commit_later(Executed executed, std::function<void(const CommittedBlockPtr&)> done) {
    check(executed.block.header.parent_hash == tip_.hash(), "a block is committed on its parent");
    log_refused(executed);
    for (const RefusedTransaction& refused : executed.refused)
        pool_.remove(refused.transaction->hash);
    pool_.foresee(senders_of(executed.changes));
    const auto committed = std::make_shared<const CommittedBlock>(
        CommittedBlock{std::move(executed.block), std::move(executed.receipts)});
    const auto block = std::make_shared<const BlockUnderWay>(
        BlockUnderWay{committed, std::make_shared<const Effects>(Effects{
                                     std::move(executed.changes), std::move(executed.nodes)})});
    {
        const std::lock_guard lock(next_mutex_);
        next_ = {};
    }
    tip_.rebase(head());
    tip_.add(block);
    newest_timestamp_ = committed->block.header.timestamp;
    committer_.add({block, std::move(done)});
    if (!block->effects->deletes_storage()) return;
    settle();
    tip_.reset(head());
}

void Chain::write(std::span<const Committer::Job> jobs) {
    std::vector<BlockCommit> blocks;
    for (const Committer::Job& job : jobs) {
        const BlockUnderWay& each = *job.block;
        blocks.push_back({each.committed->block, each.committed->receipts, each.effects->changes,
                          each.effects->nodes});
    }
    store_->commit(blocks);
    if (pruner_) pruner_->on_head(jobs.back().block->number());
    for (const Committer::Job& job : jobs) tell(*job.block);
}

void Chain::tell(const BlockUnderWay& block) {
    pool_.follow(senders_of(block.effects->changes));
    const std::shared_lock lock(block_subscribers_.mutex);
    for (const auto& [id, call] : block_subscribers_.list) call(block.committed);
}

void Chain::take_head() {
    tip_.reset(head());
    newest_timestamp_ = tip_.header().timestamp;
}

Edits Chain::edit(const Edits& edits) {
    check(rules_.is_development, "only a development chain is edited");
    settle();
    const auto snapshot = head();
    Changes changes = changes_of(*snapshot, edits);
    if (changes.accounts.empty()) return {};
    Edits undo = inverse_of(*snapshot, changes);
    const Rooted rooted = update_root(*snapshot, snapshot->state_root(), std::move(changes));
    store_->edit({rooted.changes, rooted.nodes, rooted.root});
    take_head();
    pool_.follow(senders_of(rooted.changes));
    // Only now is it known which accounts have lost the last of their storage.
    Edits empty;
    for (const AccountChange& change : rooted.changes.accounts)
        if (change.after && change.after->is_empty() &&
            change.after->storage_root == empty_trie_root)
            empty[change.address].removes = true;
    if (!empty.empty()) edit(empty);
    return undo;
}

void Chain::rewind(uint64_t number) {
    check(rules_.is_development, "only a development chain is rewound");
    settle();
    store_->rewind(number);
    take_head();
    pool_.clear();
    const std::lock_guard lock(next_mutex_);
    next_ = {};
}

}  // namespace plume
