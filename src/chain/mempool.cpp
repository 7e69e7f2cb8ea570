#include "chain/mempool.hpp"

#include <algorithm>
#include <queue>
#include <tuple>

#include "chain/validate.hpp"
#include "evm/gas.hpp"

namespace plume {

namespace {

/// The least a replacement must offer in place of `fee`.
u256 raised(const u256& fee) {
    const u256 part = mul_div(fee, u256{Mempool::replacement_percent}, u256{100u})->quotient;
    const auto [sum, overflow] = overflowing_add(fee, std::max(part, u256{1u}));
    return overflow ? u256_max : sum;
}

bool replaces(const Transaction& newcomer, const Transaction& present) {
    return newcomer.max_fee_per_gas >= raised(present.max_fee_per_gas) &&
           newcomer.max_priority_fee_per_gas >= raised(present.max_priority_fee_per_gas);
}

/// What a transaction pays for at least, whatever it does.
uint64_t least_gas(const Transaction& transaction) {
    const IntrinsicGas gas = intrinsic_gas(transaction, Revision::osaka);
    return std::max(gas.standard, gas.floor);
}

Error no_funds(const std::string& rest) {
    return {.what = "insufficient funds for gas * price + value" + rest};
}

}  // namespace

bool Mempool::Tail::operator<(const Tail& other) const {
    // Of two that bring the same the younger goes first.
    return std::tie(is_executable, pays_base_fee, brings, other.arrival, sender) <
           std::tie(other.is_executable, other.pays_base_fee, other.brings, arrival, other.sender);
}

Mempool::Bid Mempool::bid_of(const Transaction& transaction) {
    return {transaction.max_fee_per_gas, transaction.max_priority_fee_per_gas};
}

Mempool::Bid Mempool::least_of(const Bid& a, const Bid& b) {
    return {std::min(a.fee_cap, b.fee_cap), std::min(a.tip, b.tip)};
}

Mempool::Tail Mempool::tail(const Address& sender, bool is_executable, uint64_t arrival,
                            const Bid& bid) const {
    const bool pays = bid.fee_cap >= base_fee_;
    return {.is_executable = is_executable,
            .pays_base_fee = pays,
            .brings = pays ? std::min(bid.tip, bid.fee_cap - base_fee_) : bid.fee_cap,
            .arrival = arrival,
            .sender = sender};
}

Mempool::Tail Mempool::tail_of(const Address& address, const Sender& sender) const {
    const Entry& last = std::prev(sender.row.end())->second;
    return tail(address, sender.executable == sender.row.size(), last.arrival, last.least);
}

size_t Mempool::memory_of(const SignedTransaction& transaction) {
    // What the containers of the pool take for it, and the allocator for each piece of memory.
    constexpr size_t nodes = 600;
    constexpr size_t piece = 16;
    constexpr size_t authorization_nodes = 200;
    const Transaction& fields = transaction.fields;
    size_t out = sizeof(SignedTransaction) + sizeof(Entry) + nodes + transaction.raw.capacity() +
                 fields.data.capacity() + fields.blob_hashes.capacity() * sizeof(Hash) +
                 fields.access_list.capacity() * sizeof(AccessListEntry) +
                 fields.authorizations.capacity() * sizeof(Authorization) +
                 fields.authorizations.size() * authorization_nodes;
    for (const AccessListEntry& entry : fields.access_list)
        if (entry.slots.capacity() > 0) out += piece + entry.slots.capacity() * sizeof(Hash);
    return out;
}

void Mempool::recount(Sender& sender) {
    sender.executable = 0;
    for (const auto& [nonce, entry] : sender.row) {
        if (nonce != sender.account.nonce + sender.executable) break;
        ++sender.executable;
    }
}

void Mempool::reprice(Sender& sender, Row::iterator from) {
    for (auto entry = from; entry != sender.row.end(); ++entry) {
        Bid least = bid_of(entry->second.transaction->fields);
        if (entry != sender.row.begin()) least = least_of(least, std::prev(entry)->second.least);
        if (entry != from && least == entry->second.least) return;
        entry->second.least = least;
    }
}

Mempool::Stand Mempool::detach(const Address& address, const Sender& sender) {
    const Stand stand{sender.account.nonce + sender.executable,
                      sender.row.size() - sender.executable};
    if (sender.row.empty()) return stand;
    tails_.erase(tail_of(address, sender));
    counts_.executable -= sender.executable;
    counts_.queued -= stand.queued;
    return stand;
}

void Mempool::attach(Senders::iterator place, const Stand& before) {
    auto& [address, sender] = *place;
    while (sender.row.size() - sender.executable > options_.limits.queued_of_sender)
        erase(sender, std::prev(sender.row.end()));
    if (sender.row.empty()) {
        senders_.erase(place);
        return;
    }
    const size_t queued = sender.row.size() - sender.executable;
    const bool has_grown = sender.account.nonce + sender.executable > before.frontier;
    if (queued > 0 && (before.queued == 0 || has_grown)) sender.queued_since = options_.now();
    tails_.insert(tail_of(address, sender));
    counts_.executable += sender.executable;
    counts_.queued += queued;
}

void Mempool::erase(Sender& sender, Row::iterator entry) {
    const Entry& gone = entry->second;
    sender.cost -= gone.cost;
    raw_size_ -= gone.transaction->raw.size();
    memory_ -= gone.memory;
    authorities_.remove(gone.authorizations);
    by_hash_.erase(gone.transaction->hash);
    const auto next = sender.row.erase(entry);
    if (next != sender.row.end()) reprice(sender, next);
}

void Mempool::drop_last(Senders::iterator place, size_t count) {
    Sender& sender = place->second;
    const Stand before = detach(place->first, sender);
    for (size_t i = 0; i < count; ++i) erase(sender, std::prev(sender.row.end()));
    sender.executable = std::min(sender.executable, sender.row.size());
    attach(place, before);
}

void Mempool::trim_queue() {
    while (counts_.queued > options_.limits.queued)
        drop_last(senders_.find(tails_.begin()->sender), 1);
}

Result<void> Mempool::admit_cost(const SignedTransaction& transaction, const Sender& sender,
                                 const u256& cost) const {
    const auto present = sender.row.find(transaction.fields.nonce);
    const bool is_new = present == sender.row.end();
    const u256 replaced = is_new ? u256{} : present->second.cost;
    const auto [total, overflow] = overflowing_add(sender.cost - replaced, cost);
    const u256& balance = sender.account.balance;
    if (!overflow && total <= balance) return {};
    const std::string more = is_new             ? "tx cost " + to_decimal(cost)
                             : cost >= replaced ? "tx bumped " + to_decimal(cost - replaced)
                                                : "tx bumped -" + to_decimal(replaced - cost);
    return no_funds(": balance " + to_decimal(balance) + ", queued cost " +
                    to_decimal(sender.cost) + ", " + more + ", overshot " +
                    (overflow ? std::string("2^256 or more") : to_decimal(total - balance)));
}

Result<void> Mempool::admit_count(const SignedTransaction& transaction,
                                  const Sender& sender) const {
    const uint64_t nonce = transaction.fields.nonce;
    const size_t count = sender.row.size();
    if (sender.row.contains(nonce)) return {};
    const bool is_queued = nonce > sender.account.nonce + sender.executable;
    if (count < options_.limits.of_sender &&
        (!is_queued || count - sender.executable < options_.limits.queued_of_sender))
        return {};
    return Error{.what = "account limit exceeded: pooled " + std::to_string(count) + " txs"};
}

bool Mempool::may_lose_funds(const Sender& sender, const Address& address) const {
    return sender.account.has_code || authorities_.awaits(address);
}

Result<void> Mempool::admit_delegated(const SignedTransaction& transaction,
                                      const Sender& sender) const {
    if (!may_lose_funds(sender, transaction.sender)) return {};
    const uint64_t nonce = transaction.fields.nonce;
    const uint64_t next = sender.account.nonce + sender.executable;
    if (sender.executable == 0 && nonce != next)
        return Error{.what = "gapped-nonce tx from delegated accounts"};
    if (sender.executable == 0 || (nonce < next && sender.row.contains(nonce))) return {};
    return Error{.what = "in-flight transaction limit reached for delegated accounts"};
}

Result<void> Mempool::admit(const SignedTransaction& transaction, const Sender& sender,
                            const u256& cost,
                            std::span<const LiveAuthorization> authorizations) const {
    const Transaction& fields = transaction.fields;
    if (fields.nonce < sender.account.nonce)
        return Error{.what = "nonce too low: next nonce " + std::to_string(sender.account.nonce) +
                             ", tx nonce " + std::to_string(fields.nonce)};
    if (auto fit = admit_cost(transaction, sender, cost); !fit) return fit;
    if (auto fit = admit_count(transaction, sender); !fit) return fit;
    if (auto fit = admit_delegated(transaction, sender); !fit) return fit;
    for (const LiveAuthorization& each : authorizations) {
        const auto authority = senders_.find(each.authority);
        if (authority != senders_.end() && authority->second.row.size() > 1)
            return Error{.what = "authority already reserved"};
    }
    const auto present = sender.row.find(fields.nonce);
    if (present != sender.row.end() && !replaces(fields, present->second.transaction->fields))
        return Error{.what = "replacement transaction underpriced"};
    return {};
}

bool Mempool::has_room(const Need& need, size_t freed_count, size_t freed_queued,
                       size_t freed_memory) const {
    const PoolLimits& limits = options_.limits;
    return counts_.executable + counts_.queued + need.count <= limits.total + freed_count &&
           memory_ + need.memory <= limits.memory + freed_memory &&
           (need.is_executable || counts_.queued + need.count <= limits.queued + freed_queued);
}

Result<Mempool::Victims> Mempool::choose_victims(const Need& need) const {
    // The rows' ends, and where one has been chosen, the transaction before it.
    struct Candidate {
        Tail tail;
        const Sender* sender;
        Row::const_iterator entry;
        size_t position;

        bool operator<(const Candidate& other) const { return other.tail < tail; }
    };
    std::priority_queue<Candidate> uncovered;
    auto next = tails_.begin();
    const Tail newcomer = tail(need.sender, need.is_executable, need.arrival, need.bid);
    Victims out;
    size_t count = 0;
    size_t queued = 0;
    size_t memory = 0;
    while (!has_room(need, count, queued, memory)) {
        while (next != tails_.end() && next->sender == need.sender) ++next;
        if (uncovered.empty() || (next != tails_.end() && *next < uncovered.top().tail)) {
            if (next == tails_.end()) return Error{.what = "txpool is full"};
            const Sender& sender = senders_.find(next->sender)->second;
            uncovered.push({*next++, &sender, std::prev(sender.row.end()), sender.row.size() - 1});
        }
        const Candidate worst = uncovered.top();
        uncovered.pop();
        if (worst.tail.is_executable && !need.is_executable)
            return Error{.what = "future transaction tries to replace pending"};
        if (!(worst.tail < newcomer)) return Error{.what = "transaction underpriced"};
        if (++count > need.victims_max) return Error{.what = "txpool is full"};
        if (!worst.tail.is_executable) ++queued;
        memory += worst.entry->second.memory;
        ++out[worst.tail.sender];
        if (worst.position == 0) continue;
        const auto before = std::prev(worst.entry);
        const bool is_executable = worst.position - 1 < worst.sender->executable;
        uncovered.push(
            {tail(worst.tail.sender, is_executable, before->second.arrival, before->second.least),
             worst.sender, before, worst.position - 1});
    }
    return out;
}

void Mempool::order_by(const u256& base_fee) {
    if (base_fee == base_fee_) return;
    base_fee_ = base_fee;
    tails_.clear();
    for (const auto& [address, sender] : senders_) tails_.insert(tail_of(address, sender));
}

Result<void> Mempool::add(TransactionPtr transaction, const SenderAccount& account,
                          const u256& base_fee, std::vector<LiveAuthorization> authorizations) {
    const Transaction& fields = transaction->fields;
    if (fields.max_priority_fee_per_gas < options_.tip_min)
        return Error{.what = "transaction gas price below minimum: gas tip cap " +
                             to_decimal(fields.max_priority_fee_per_gas) + ", minimum needed " +
                             to_decimal(options_.tip_min)};
    const std::optional<u256> cost = most_cost(fields);
    if (!cost) return no_funds("");
    const uint64_t nonce = fields.nonce;
    const Address address = transaction->sender;

    const std::lock_guard lock(mutex_);
    if (by_hash_.contains(transaction->hash)) return Error{.what = "already known"};
    const auto found = senders_.find(address);
    const Sender stranger{.account = account};
    const Sender& known = found == senders_.end() ? stranger : found->second;
    if (auto fit = admit(*transaction, known, *cost, authorizations); !fit) return fit;

    const auto replaced = known.row.find(nonce);
    const bool is_new = replaced == known.row.end();
    const auto after = known.row.lower_bound(nonce);
    Entry entry{.transaction = transaction,
                .arrival = ++arrivals_,
                .cost = *cost,
                .least = bid_of(fields),
                .memory = memory_of(*transaction),
                .authorizations = std::move(authorizations)};
    if (after != known.row.begin())
        entry.least = least_of(entry.least, std::prev(after)->second.least);
    const Need need{
        .bid = entry.least,
        .sender = address,
        .arrival = entry.arrival,
        .is_executable = nonce <= known.account.nonce + known.executable,
        .count = is_new ? size_t{1} : 0,
        .memory = entry.memory - (is_new ? 0 : std::min(entry.memory, replaced->second.memory)),
        .victims_max = may_lose_funds(known, address) ? 0 : least_gas(fields) / gas::transaction};
    if (auto room = make_room(need, base_fee); !room) return room;
    insert(senders_.try_emplace(address, stranger).first, std::move(entry));
    return {};
}

Result<void> Mempool::make_room(const Need& need, const u256& base_fee) {
    if (has_room(need, 0, 0, 0)) return {};
    order_by(base_fee);
    const auto victims = choose_victims(need);
    if (!victims) return victims.error();
    for (const auto& [sender, count] : *victims) drop_last(senders_.find(sender), count);
    return {};
}

void Mempool::insert(Senders::iterator place, Entry entry) {
    Sender& sender = place->second;
    const SignedTransaction& transaction = *entry.transaction;
    const uint64_t nonce = transaction.fields.nonce;
    const Stand before = detach(place->first, sender);
    if (const auto replaced = sender.row.find(nonce); replaced != sender.row.end())
        erase(sender, replaced);
    sender.cost += entry.cost;
    raw_size_ += transaction.raw.size();
    memory_ += entry.memory;
    authorities_.add(entry.authorizations);
    by_hash_.emplace(transaction.hash, entry.transaction);
    reprice(sender, sender.row.emplace(nonce, std::move(entry)).first);
    while (sender.row.contains(sender.account.nonce + sender.executable)) ++sender.executable;
    attach(place, before);
}

void Mempool::foresee(std::span<const std::pair<Address, SenderAccount>> accounts) {
    const std::lock_guard lock(mutex_);
    for (const auto& [address, account] : accounts) {
        const auto place = senders_.find(address);
        if (place != senders_.end()) place->second.foreseen = account.nonce;
    }
}

void Mempool::follow(std::span<const std::pair<Address, SenderAccount>> accounts) {
    const std::lock_guard lock(mutex_);
    for (const auto& [address, account] : accounts) {
        authorities_.follow(address, account.nonce);
        const auto place = senders_.find(address);
        if (place == senders_.end()) continue;
        Sender& sender = place->second;
        const Stand before = detach(address, sender);
        sender.account = account;
        while (!sender.row.empty() && sender.row.begin()->first < account.nonce)
            erase(sender, sender.row.begin());
        while (sender.cost > account.balance) erase(sender, std::prev(sender.row.end()));
        recount(sender);
        attach(place, before);
    }
    trim_queue();
}

void Mempool::remove(const Hash& hash) {
    const std::lock_guard lock(mutex_);
    const auto found = by_hash_.find(hash);
    if (found == by_hash_.end()) return;
    const auto place = senders_.find(found->second->sender);
    Sender& sender = place->second;
    const Stand before = detach(place->first, sender);
    erase(sender, sender.row.find(found->second->fields.nonce));
    recount(sender);
    attach(place, before);
    trim_queue();
}

size_t Mempool::expire() {
    const auto oldest = options_.now() - queued_time_max;
    const std::lock_guard lock(mutex_);
    size_t out = 0;
    for (auto place = senders_.begin(); place != senders_.end();) {
        const auto sender = place++;
        const size_t queued = sender->second.row.size() - sender->second.executable;
        if (queued == 0 || sender->second.queued_since >= oldest) continue;
        drop_last(sender, queued);
        out += queued;
    }
    return out;
}

void Mempool::clear() {
    const std::lock_guard lock(mutex_);
    senders_.clear();
    by_hash_.clear();
    tails_.clear();
    authorities_.clear();
    counts_ = {};
    raw_size_ = 0;
    memory_ = 0;
}

std::vector<TransactionPtr> Mempool::best(const u256& base_fee, size_t count_max) const {
    // The first of every row that has not been taken yet, best at the top.
    struct Candidate {
        u256 tip;
        uint64_t arrival;
        const Sender* sender;
        Row::const_iterator entry;
        size_t taken;

        bool operator<(const Candidate& other) const {
            return std::tie(tip, other.arrival) < std::tie(other.tip, arrival);
        }
    };
    const std::lock_guard lock(mutex_);
    std::vector<Candidate> firsts;
    firsts.reserve(senders_.size());
    const auto offer = [&base_fee](const Sender& sender, Row::const_iterator entry, size_t taken,
                                   auto&& accept) {
        if (taken >= sender.executable) return;
        const Transaction& fields = entry->second.transaction->fields;
        // What cannot pay the base fee holds up the sender's later ones too.
        if (fields.max_fee_per_gas < base_fee) return;
        const u256 tip = effective_gas_price(fields, base_fee) - base_fee;
        accept(Candidate{tip, entry->second.arrival, &sender, entry, taken});
    };
    for (const auto& [address, sender] : senders_) {
        const uint64_t next = std::max(sender.foreseen, sender.account.nonce);
        offer(sender, sender.row.lower_bound(next), next - sender.account.nonce,
              [&](Candidate first) { firsts.push_back(first); });
    }
    std::priority_queue candidates(std::less<Candidate>{}, std::move(firsts));
    std::vector<TransactionPtr> out;
    while (!candidates.empty() && out.size() < count_max) {
        const Candidate top = candidates.top();
        candidates.pop();
        out.push_back(top.entry->second.transaction);
        offer(*top.sender, std::next(top.entry), top.taken + 1,
              [&](Candidate next) { candidates.push(next); });
    }
    return out;
}

TransactionPtr Mempool::find(const Hash& hash) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_hash_.find(hash);
    return found == by_hash_.end() ? nullptr : found->second;
}

uint64_t Mempool::pending_nonce(const Address& sender, uint64_t account_nonce) const {
    const std::lock_guard lock(mutex_);
    const auto found = senders_.find(sender);
    if (found == senders_.end()) return account_nonce;
    return std::max(account_nonce, found->second.account.nonce + found->second.executable);
}

Mempool::Counts Mempool::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

size_t Mempool::raw_size() const {
    const std::lock_guard lock(mutex_);
    return raw_size_;
}

size_t Mempool::memory() const {
    const std::lock_guard lock(mutex_);
    return memory_;
}

std::vector<Mempool::Listed> Mempool::content() const {
    std::vector<Listed> out;
    {
        const std::lock_guard lock(mutex_);
        out.reserve(by_hash_.size());
        for (const auto& [address, sender] : senders_) {
            size_t position = 0;
            for (const auto& [nonce, entry] : sender.row)
                out.push_back({entry.transaction, position++ < sender.executable, entry.arrival});
        }
    }
    std::ranges::sort(out, {}, [](const Listed& listed) {
        return std::pair(listed.transaction->sender, listed.transaction->fields.nonce);
    });
    return out;
}

}  // namespace plume
