#include "chain/mempool.hpp"

#include <algorithm>
#include <queue>
#include <tuple>

#include "chain/validate.hpp"

namespace plume {

namespace {

size_t size_of(const SignedTransaction& transaction) {
    return transaction.raw.size();
}

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

}  // namespace

bool Mempool::Tail::operator<(const Tail& other) const {
    // Of two with the same tip the younger goes first.
    return std::tie(is_executable, tip, other.arrival, sender) <
           std::tie(other.is_executable, other.tip, arrival, other.sender);
}

Mempool::Tail Mempool::tail_of(const Address& address, const Sender& sender) {
    const Entry& last = std::prev(sender.row.end())->second;
    return {.is_executable = sender.executable == sender.row.size(),
            .tip = last.transaction->fields.max_priority_fee_per_gas,
            .arrival = last.arrival,
            .sender = address};
}

void Mempool::recount(Sender& sender) {
    sender.executable = 0;
    for (const auto& [nonce, entry] : sender.row) {
        if (nonce != sender.account.nonce + sender.executable) break;
        ++sender.executable;
    }
}

void Mempool::count_on(Sender& sender) {
    while (sender.row.contains(sender.account.nonce + sender.executable)) ++sender.executable;
}

void Mempool::detach(const Address& address, const Sender& sender) {
    if (sender.row.empty()) return;
    tails_.erase(tail_of(address, sender));
    counts_.executable -= sender.executable;
    counts_.queued -= sender.row.size() - sender.executable;
}

void Mempool::attach(Senders::iterator sender) {
    const auto& [address, row] = *sender;
    if (row.row.empty()) {
        senders_.erase(sender);
        return;
    }
    tails_.insert(tail_of(address, row));
    counts_.executable += row.executable;
    counts_.queued += row.row.size() - row.executable;
}

void Mempool::erase(Sender& sender, Row::iterator entry) {
    sender.cost -= entry->second.cost;
    bytes_ -= size_of(*entry->second.transaction);
    by_hash_.erase(entry->second.transaction->hash);
    sender.row.erase(entry);
}

Result<void> Mempool::admit(const SignedTransaction& transaction, const Sender& sender,
                            const u256& cost) const {
    const uint64_t nonce = transaction.fields.nonce;
    const auto present = sender.row.find(nonce);
    u256 others = sender.cost;
    if (present != sender.row.end()) {
        if (!replaces(transaction.fields, present->second.transaction->fields))
            return Error{.what = "replacement transaction underpriced"};
        others -= present->second.cost;
    } else if (sender.row.size() >= sender_max ||
               (nonce > sender.account.nonce + sender.executable &&
                sender.row.size() - sender.executable >= queued_per_sender_max)) {
        return Error{.what = "account limit exceeded"};
    }
    const auto [total, overflow] = overflowing_add(others, cost);
    if (overflow || total > sender.account.balance)
        return Error{.what = "insufficient funds for gas * price + value: balance " +
                             to_decimal(sender.account.balance) + ", queued cost " +
                             to_decimal(others) + ", tx cost " + to_decimal(cost)};
    return {};
}

Result<void> Mempool::make_room(const Tail& newcomer, size_t size, bool takes_place) {
    const size_t more = takes_place ? 0 : 1;
    const auto is_full = [&] {
        return counts_.executable + counts_.queued + more > total_max ||
               bytes_ + size > bytes_max ||
               (!newcomer.is_executable && counts_.queued + more > queued_max);
    };
    while (is_full()) {
        if (tails_.empty() || !(*tails_.begin() < newcomer) ||
            tails_.begin()->sender == newcomer.sender)
            return Error{.what = "txpool is full"};
        const auto victim = senders_.find(tails_.begin()->sender);
        Sender& row = victim->second;
        detach(victim->first, row);
        erase(row, std::prev(row.row.end()));
        row.executable = std::min(row.executable, row.row.size());
        attach(victim);
    }
    return {};
}

Result<void> Mempool::add(TransactionPtr transaction, const SenderAccount& account) {
    const std::optional<u256> cost = most_cost(transaction->fields);
    if (!cost) return Error{.what = "insufficient funds for gas * price + value"};
    const uint64_t nonce = transaction->fields.nonce;
    const Address& address = transaction->sender;

    const std::lock_guard lock(mutex_);
    if (by_hash_.contains(transaction->hash)) return Error{.what = "already known"};
    const auto found = senders_.find(address);
    const Sender newcomer{
        .account = account, .row = {}, .cost = {}, .executable = 0, .foreseen = 0};
    const Sender& known = found == senders_.end() ? newcomer : found->second;
    if (auto fit = admit(*transaction, known, *cost); !fit) return fit;
    const Tail tail{.is_executable = nonce <= known.account.nonce + known.executable,
                    .tip = transaction->fields.max_priority_fee_per_gas,
                    .arrival = ++arrivals_,
                    .sender = address};
    if (auto room = make_room(tail, size_of(*transaction), known.row.contains(nonce)); !room)
        return room;

    const auto place = senders_.try_emplace(address, newcomer).first;
    Sender& sender = place->second;
    detach(address, sender);
    if (const auto present = sender.row.find(nonce); present != sender.row.end())
        erase(sender, present);
    sender.cost += *cost;
    bytes_ += size_of(*transaction);
    by_hash_.emplace(transaction->hash, transaction);
    sender.row.emplace(nonce, Entry{std::move(transaction), tail.arrival, *cost});
    count_on(sender);
    attach(place);
    return {};
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
        const auto place = senders_.find(address);
        if (place == senders_.end()) continue;
        Sender& sender = place->second;
        detach(address, sender);
        sender.account = account;
        while (!sender.row.empty() && sender.row.begin()->first < account.nonce)
            erase(sender, sender.row.begin());
        while (sender.cost > account.balance) erase(sender, std::prev(sender.row.end()));
        recount(sender);
        attach(place);
    }
}

void Mempool::remove(const Hash& hash) {
    const std::lock_guard lock(mutex_);
    const auto found = by_hash_.find(hash);
    if (found == by_hash_.end()) return;
    const auto place = senders_.find(found->second->sender);
    Sender& sender = place->second;
    detach(place->first, sender);
    erase(sender, sender.row.find(found->second->fields.nonce));
    recount(sender);
    attach(place);
}

void Mempool::clear() {
    const std::lock_guard lock(mutex_);
    senders_.clear();
    by_hash_.clear();
    tails_.clear();
    counts_ = {};
    bytes_ = 0;
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

std::vector<Mempool::Listed> Mempool::content() const {
    std::vector<Listed> out;
    {
        const std::lock_guard lock(mutex_);
        out.reserve(by_hash_.size());
        for (const auto& [address, sender] : senders_) {
            size_t position = 0;
            for (const auto& [nonce, entry] : sender.row)
                out.push_back({entry.transaction, position++ < sender.executable});
        }
    }
    std::ranges::sort(out, {}, [](const Listed& listed) {
        return std::pair(listed.transaction->sender, listed.transaction->fields.nonce);
    });
    return out;
}

}  // namespace plume
