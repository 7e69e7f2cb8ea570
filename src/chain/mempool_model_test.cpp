// The pool against a plain one: a list of transactions, gone through from the beginning for each
// question. Small limits, few senders and few fees make every rule meet every other.

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <variant>

#include "support/model.hpp"
#include "support/pool.hpp"

namespace plume {
namespace {

using test::sender_address;
using test::waiting;
using test::Waiting;

constexpr PoolLimits limits{.of_sender = 5, .queued_of_sender = 2, .total = 9, .queued = 4};
constexpr uint64_t tip_min = 1;
constexpr uint32_t senders = 4;

/// What the model keeps of a transaction.
struct Plain {
    Waiting is;
    uint64_t arrival = 0;
    std::vector<LiveAuthorization> authorizations;

    u256 cost() const { return u256{21'000u} * u256{is.fee_cap} + u256{is.value}; }
    friend bool operator==(const Plain& a, const Plain& b) { return a.arrival == b.arrival; }
};

/// What a transaction brings, worst first; then the younger.
struct Worth {
    bool is_executable = false;
    bool pays = false;
    uint64_t brings = 0;
    uint64_t age = 0;
    friend auto operator<=>(const Worth&, const Worth&) = default;
};

class PlainPool {
public:
    std::string add(const Waiting& is, const SenderAccount& account, uint64_t base_fee,
                    const std::vector<LiveAuthorization>& authorizations) {
        if (is.tip < tip_min) return "transaction gas price below minimum";
        for (const Plain& each : all_)
            if (waiting(each.is)->hash == waiting(is)->hash) return "already known";
        if (count_of(is.sender) == 0) accounts_[is.sender] = account;
        const Plain newcomer{is, ++arrivals_, authorizations};
        const std::string why = refusal(newcomer, base_fee);
        if (why.empty()) all_.push_back(newcomer);
        return why;
    }

    void follow(uint32_t sender, const SenderAccount& account) {
        nonces_[sender] = account.nonce;
        if (count_of(sender) == 0) return;
        accounts_[sender] = account;
        std::erase_if(all_, [&](const Plain& each) {
            return each.is.sender == sender && each.is.nonce < account.nonce;
        });
        while (cost_of(sender) > account.balance) drop(last_of(sender));
        trim(sender);
    }

    void remove(uint32_t sender, uint64_t nonce) {
        std::erase_if(all_, [&](const Plain& each) {
            return each.is.sender == sender && each.is.nonce == nonce;
        });
        trim(sender);
    }

    bool is_executable(const Plain& plain) const {
        for (uint64_t nonce = accounts_.at(plain.is.sender).nonce; nonce < plain.is.nonce; ++nonce)
            if (find(plain.is.sender, nonce) == nullptr) return false;
        return plain.is.nonce >= accounts_.at(plain.is.sender).nonce;
    }

    std::vector<Plain> content() const {
        std::vector<Plain> out = all_;
        std::ranges::sort(out, {}, [](const Plain& each) {
            return std::pair(sender_address(each.is.sender), each.is.nonce);
        });
        return out;
    }

    uint64_t pending_nonce(uint32_t sender) const {
        uint64_t out = accounts_.contains(sender) ? accounts_.at(sender).nonce : 0;
        while (find(sender, out) != nullptr) ++out;
        return out;
    }

    /// In the order of a block.
    std::vector<Plain> best(uint64_t base_fee) const {
        std::vector<Plain> out;
        std::map<uint32_t, uint64_t> next;
        for (const auto& [sender, account] : accounts_) next[sender] = account.nonce;
        for (;;) {
            const Plain* chosen = nullptr;
            const auto tip = [&](const Plain* plain) {
                return std::min(plain->is.tip, plain->is.fee_cap - base_fee);
            };
            for (const auto& [sender, nonce] : next) {
                const Plain* first = find(sender, nonce);
                if (first == nullptr || first->is.fee_cap < base_fee) continue;
                if (chosen == nullptr || tip(first) > tip(chosen) ||
                    (tip(first) == tip(chosen) && first->arrival < chosen->arrival))
                    chosen = first;
            }
            if (chosen == nullptr) return out;
            out.push_back(*chosen);
            ++next[chosen->is.sender];
        }
    }

    size_t queued() const {
        return static_cast<size_t>(std::ranges::count_if(
            all_, [this](const Plain& each) { return !is_executable(each); }));
    }

private:
    const Plain* find(uint32_t sender, uint64_t nonce) const {
        for (const Plain& each : all_)
            if (each.is.sender == sender && each.is.nonce == nonce) return &each;
        return nullptr;
    }
    size_t count_of(uint32_t sender) const {
        return static_cast<size_t>(
            std::ranges::count(all_, sender, [](const Plain& each) { return each.is.sender; }));
    }
    size_t queued_of(uint32_t sender) const {
        return static_cast<size_t>(std::ranges::count_if(all_, [&](const Plain& each) {
            return each.is.sender == sender && !is_executable(each);
        }));
    }
    u256 cost_of(uint32_t sender) const {
        u256 out;
        for (const Plain& each : all_)
            if (each.is.sender == sender) out += each.cost();
        return out;
    }
    Plain last_of(uint32_t sender) const {
        const Plain* out = nullptr;
        for (const Plain& each : all_)
            if (each.is.sender == sender && (out == nullptr || each.is.nonce > out->is.nonce))
                out = &each;
        return *out;
    }
    void drop(const Plain& plain) { std::erase(all_, plain); }

    Worth worth(const Plain& plain, bool is_executable, uint64_t base_fee) const {
        uint64_t fee_cap = plain.is.fee_cap;
        uint64_t tip = plain.is.tip;
        for (const Plain& each : all_) {
            if (each.is.sender != plain.is.sender || each.is.nonce >= plain.is.nonce) continue;
            fee_cap = std::min(fee_cap, each.is.fee_cap);
            tip = std::min(tip, each.is.tip);
        }
        const bool pays = fee_cap >= base_fee;
        return {is_executable, pays, pays ? std::min(tip, fee_cap - base_fee) : fee_cap,
                ~plain.arrival};
    }

    /// The worst end of a row, but for `except`.
    const Plain* worst(uint32_t except, uint64_t base_fee) const {
        const Plain* out = nullptr;
        Worth least;
        for (const Plain& each : all_) {
            if (each.is.sender == except || !(each == last_of(each.is.sender))) continue;
            const Worth found = worth(each, is_executable(each), base_fee);
            if (out != nullptr && least < found) continue;
            out = &each;
            least = found;
        }
        return out;
    }

    void trim(uint32_t sender) {
        while (queued_of(sender) > limits.queued_of_sender) drop(last_of(sender));
        // The order is that of the last time when it mattered.
        while (queued() > limits.queued) drop(*worst(~uint32_t{0}, ordered_by_));
    }

    bool awaits(uint32_t sender) const {
        for (const Plain& each : all_)
            for (const LiveAuthorization& wish : each.authorizations)
                if (wish.authority == sender_address(sender) && wish.nonce >= nonces_[sender])
                    return true;
        return false;
    }

    std::string refusal(const Plain& plain, uint64_t base_fee) {
        const auto& [is, arrival, authorizations] = plain;
        const SenderAccount& account = accounts_[is.sender];
        const Plain* present = find(is.sender, is.nonce);
        const u256 others = cost_of(is.sender) - (present ? present->cost() : u256{});
        if (is.nonce < account.nonce) return "nonce too low";
        if (others + plain.cost() > account.balance) return "insufficient funds";
        const uint64_t next = pending_nonce(is.sender);
        const size_t queued_here = queued_of(is.sender);
        if (present == nullptr && (count_of(is.sender) >= limits.of_sender ||
                                   (is.nonce > next && queued_here >= limits.queued_of_sender)))
            return "account limit exceeded";
        if (account.has_code || awaits(is.sender)) {
            if (next == account.nonce && is.nonce != next) return "gapped-nonce tx";
            if (next != account.nonce && !(present != nullptr && is.nonce < next))
                return "in-flight transaction limit";
        }
        for (uint32_t sender = 0; sender < senders; ++sender)
            for (const LiveAuthorization& wish : authorizations)
                if (wish.authority == sender_address(sender) && count_of(sender) > 1)
                    return "authority already reserved";
        const auto raised = [](uint64_t fee) { return fee + std::max<uint64_t>(fee / 10, 1); };
        if (present != nullptr &&
            (is.tip < raised(present->is.tip) || is.fee_cap < raised(present->is.fee_cap)))
            return "replacement transaction underpriced";
        if (auto why = make_room(plain, is.nonce <= next, base_fee); !why.empty()) return why;
        std::erase_if(all_, [&](const Plain& each) {
            return each.is.sender == is.sender && each.is.nonce == is.nonce;
        });
        return "";
    }

    std::string make_room(const Plain& plain, bool can_run, uint64_t base_fee) {
        if (find(plain.is.sender, plain.is.nonce) != nullptr) return "";
        const auto has_room = [&] {
            return all_.size() < limits.total && (can_run || queued() < limits.queued);
        };
        if (has_room()) return "";
        ordered_by_ = base_fee;
        const Plain* victim = worst(plain.is.sender, base_fee);
        if (victim == nullptr) return "txpool is full";
        if (is_executable(*victim) && !can_run) return "future transaction";
        if (!(worth(*victim, is_executable(*victim), base_fee) < worth(plain, can_run, base_fee)))
            return "transaction underpriced";
        if (accounts_[plain.is.sender].has_code || awaits(plain.is.sender)) return "txpool is full";
        drop(*victim);
        return has_room() ? "" : "txpool is full";
    }

    std::vector<Plain> all_;
    std::map<uint32_t, SenderAccount> accounts_;
    mutable std::map<uint32_t, uint64_t> nonces_;
    uint64_t arrivals_ = 0;
    uint64_t ordered_by_ = 0;
};

struct Add {
    Waiting is;
    uint64_t base_fee = 0;
    std::optional<uint32_t> authority;
    uint64_t wish = 0;  ///< how far ahead of the authority's account
};
struct Follow {
    uint32_t sender = 0;
    uint64_t blocks = 0;  ///< how many nonces are used
    uint64_t balance = 0;
    bool has_code = false;
};
struct Remove {
    uint32_t sender = 0;
    uint64_t ahead = 0;
};
using Operation = std::variant<Add, Follow, Remove>;

/// Accounts as the chain has them, a pool and a plain one. `ignores_base_fee` is a fault.
template <bool ignores_base_fee>
class PoolTrialOf {
public:
    using Operation = plume::Operation;

    static Operation draw(model::Random& random) {
        const auto below = [&](uint64_t bound) { return random() % bound; };
        const auto sender = static_cast<uint32_t>(below(senders));
        const uint64_t what = below(10);
        if (what == 0) return Remove{sender, below(4)};
        if (what == 1) return Follow{sender, below(3), 21'000 * (100 + below(400)), below(6) == 0};
        Add add{.is = {.sender = sender, .nonce = below(6), .tip = below(6), .salt = below(2)}};
        add.is.fee_cap = add.is.tip + 20 + below(30);
        add.base_fee = 10 + below(30);
        if (below(8) == 0) add.authority = static_cast<uint32_t>(below(senders));
        add.wish = below(2);
        return add;
    }

    static std::string show(const Operation& operation) {
        if (const auto* add = std::get_if<Add>(&operation))
            return "add sender " + std::to_string(add->is.sender) + " ahead " +
                   std::to_string(add->is.nonce) + " tip " + std::to_string(add->is.tip) + " cap " +
                   std::to_string(add->is.fee_cap) + " base fee " + std::to_string(add->base_fee) +
                   (add->authority ? " authority " + std::to_string(*add->authority) : "");
        if (const auto* follow = std::get_if<Follow>(&operation))
            return "follow sender " + std::to_string(follow->sender) + " by " +
                   std::to_string(follow->blocks) + " balance " + std::to_string(follow->balance) +
                   (follow->has_code ? " code" : "");
        const auto& remove = std::get<Remove>(operation);
        return "remove sender " + std::to_string(remove.sender) + " ahead " +
               std::to_string(remove.ahead);
    }

    std::optional<std::string> apply(const Operation& operation) {
        if (const auto* add = std::get_if<Add>(&operation)) {
            if (auto what = apply(*add)) return what;
        } else if (const auto* follow = std::get_if<Follow>(&operation)) {
            SenderAccount& account = accounts_[follow->sender];
            account = {account.nonce + follow->blocks, u256{follow->balance}, follow->has_code};
            pool_.follow(std::array{std::pair(sender_address(follow->sender), account)});
            plain_.follow(follow->sender, account);
        } else {
            const auto& remove = std::get<Remove>(operation);
            const uint64_t nonce = accounts_[remove.sender].nonce + remove.ahead;
            for (const auto& listed : pool_.content())
                if (listed.transaction->sender == sender_address(remove.sender) &&
                    listed.transaction->fields.nonce == nonce)
                    pool_.remove(listed.transaction->hash);
            plain_.remove(remove.sender, nonce);
        }
        return compare();
    }

private:
    std::optional<std::string> apply(const Add& add) {
        Waiting is = add.is;
        const SenderAccount& account = accounts_[is.sender];
        is.nonce += account.nonce;
        std::vector<LiveAuthorization> authorizations;
        if (add.authority) {
            const uint64_t nonce = accounts_[*add.authority].nonce;
            authorizations.push_back({sender_address(*add.authority), nonce + add.wish, nonce});
        }
        const std::string said = test::refusal(
            pool_, waiting(is), account, u256{ignores_base_fee ? 0 : add.base_fee}, authorizations);
        const std::string wanted = plain_.add(is, account, add.base_fee, authorizations);
        if (said.starts_with(wanted) && said.empty() == wanted.empty()) return std::nullopt;
        return "said '" + said + "', wanted '" + wanted + "'";
    }

    std::optional<std::string> compare() const {
        const auto found = pool_.content();
        const auto wanted = plain_.content();
        if (found.size() != wanted.size()) return "another number";
        size_t memory = 0;
        for (size_t i = 0; i < found.size(); ++i) {
            if (found[i].transaction->hash != waiting(wanted[i].is)->hash)
                return "another transaction";
            if (found[i].is_executable != plain_.is_executable(wanted[i]))
                return "another is executable";
            memory += Mempool::memory_of(*found[i].transaction);
        }
        if (pool_.memory() != memory) return "memory is miscounted";
        if (pool_.counts().queued != plain_.queued()) return "queued are miscounted";
        if (pool_.counts().executable + plain_.queued() != found.size())
            return "executable are miscounted";
        for (uint32_t sender = 0; sender < senders; ++sender) {
            const auto account = accounts_.find(sender);
            const uint64_t nonce = account == accounts_.end() ? 0 : account->second.nonce;
            if (pool_.pending_nonce(sender_address(sender), nonce) !=
                std::max(nonce, plain_.pending_nonce(sender)))
                return "another pending nonce";
        }
        for (const uint64_t base_fee : {0, 25, 35}) {
            const auto block = pool_.best(u256{base_fee}, 100);
            const auto block_wanted = plain_.best(base_fee);
            if (block.size() != block_wanted.size()) return "another block";
            for (size_t i = 0; i < block.size(); ++i)
                if (block[i]->hash != waiting(block_wanted[i].is)->hash)
                    return "another order in the block";
        }
        return std::nullopt;
    }

    std::map<uint32_t, SenderAccount> accounts_ = [] {
        std::map<uint32_t, SenderAccount> out;
        for (uint32_t sender = 0; sender < senders; ++sender)
            out[sender] = {0, u256{21'000u * 300u}};
        return out;
    }();
    Mempool pool_{{.limits = limits, .tip_min = u256{tip_min}}};
    PlainPool plain_;
};

TEST(MempoolModel, the_pool_is_a_plain_list_that_is_gone_through_for_every_question) {
    model::expect_random<PoolTrialOf<false>>({.operations = 30'000, .life = 150});
}

TEST(MempoolModel, a_pool_that_did_not_go_by_the_base_fee_would_be_found) {
    model::expect_caught<PoolTrialOf<true>>({.operations = 30'000, .life = 150});
}

}  // namespace
}  // namespace plume
