#include "chain/verify_state.hpp"

#include <map>
#include <set>

#include "codec/rlp.hpp"
#include "state/root.hpp"
#include "store/schema.hpp"
#include "trie/stream.hpp"

namespace plume {

namespace {

Error damaged(std::string what) {
    return {.what = "damaged: " + std::move(what)};
}

std::string name_of(const TrieOwner& owner) {
    return owner.is_zero() ? "the account trie" : "the storage of the account " + to_hex(owner);
}

Result<AccountFields> decode_account(const Hash& key, BytesView leaf) {
    AccountFields out;
    rlp::Decoder decoder(leaf);
    auto fields =
        decoder.read_fields(std::tie(out.nonce, out.balance, out.storage_root, out.code_hash));
    if (!fields)
        return damaged("account with key " + to_hex(key) +
                       " cannot be read: " + fields.error().what);
    return out;
}

/// The tries of the head, one by one.
class HeadState {
public:
    explicit HeadState(const StoreSnapshot& snapshot) : snapshot_(snapshot) {}

    Result<StateCount> run() && {
        const Hash root = root_below(
            TrieOwner{}, [this](const Hash& key, BytesView leaf) { add_account(key, leaf); });
        if (!error_ && root != snapshot_.state_root())
            error_ = damaged("the accounts give the state root " + to_hex(root) + ", not " +
                             to_hex(snapshot_.state_root()) + " of block " +
                             std::to_string(snapshot_.number()));
        // Where leaves are other than their root says, branches are too, which says less.
        if (!error_) error_ = std::move(other_branch_);
        expect_rows(Table::slots, count_.slots, "slots");
        expect_rows(Table::branches, branches_, "branches");
        if (error_) return std::move(*error_);
        return count_;
    }

private:
    using LeafVisitor = std::function<void(const Hash& key, BytesView leaf)>;

    Hash root_below(const TrieOwner& owner, const LeafVisitor& visit) {
        TrieStream trie([&](const Nibbles& path, const Bytes& node) {
            ++branches_;
            if (!other_branch_ && snapshot_.node(owner, path) != node)
                other_branch_ =
                    damaged("a branch of " + name_of(owner) + ", " + std::to_string(path.size()) +
                            " steps down, is not as its leaves");
        });
        snapshot_.for_each_leaf(owner, [&](const Hash& key, BytesView leaf) {
            if (error_) return;
            visit(key, leaf);
            trie.add(key, leaf);
        });
        return error_ ? Hash{} : trie.root();
    }

    void add_account(const Hash& key, BytesView leaf) {
        const auto fields = decode_account(key, leaf);
        if (!fields) {
            error_ = fields.error();
            return;
        }
        ++count_.accounts;
        const Hash root = root_below(key, [this](const Hash&, BytesView) { ++count_.slots; });
        if (!error_ && root != fields->storage_root)
            error_ = damaged("account with key " + to_hex(key) + ": its storage gives the root " +
                             to_hex(root) + ", not " + to_hex(fields->storage_root));
    }

    void expect_rows(Table table, uint64_t expected, const std::string& name) {
        if (error_) return;
        uint64_t found = 0;
        snapshot_.for_each_row(table, [&](BytesView, BytesView) { ++found; });
        if (found != expected)
            error_ = damaged("there are " + std::to_string(found) + " " + name +
                             ", but accounts lead to " + std::to_string(expected));
    }

    const StoreSnapshot& snapshot_;
    StateCount count_;
    uint64_t branches_ = 0;
    std::optional<Error> error_;
    std::optional<Error> other_branch_;
};

/// What the entries of a trie were before a block.
struct TriePast {
    std::vector<TrieWrite> leaves;
    std::map<Bytes, Bytes> nodes;  ///< by key of the table
};

/// A block's entries of the history.
using Past = std::map<TrieOwner, TriePast>;

/// Adds the entry under `key`, which has its tag in front and its number behind.
bool add_entry(Past& past, BytesView key, BytesView value) {
    const uint8_t tag = key[0];
    const BytesView own = key.subspan(1, key.size() - 1 - sizeof(uint64_t));
    if (tag == 'a' && own.size() == Hash::size) {
        past[TrieOwner{}].leaves.push_back({*Hash::from(own), to_bytes(value)});
        past[*Hash::from(own)];
        return true;
    }
    if (own.size() <= Hash::size) return false;
    TriePast& trie = past[*Hash::from(own.first(Hash::size))];
    if (tag == 's' && own.size() == 2 * Hash::size) {
        trie.leaves.push_back({*Hash::from(own.last(Hash::size)), to_bytes(value)});
        return true;
    }
    return tag == 'b' && trie.nodes.emplace(to_bytes(own), to_bytes(value)).second;
}

/// The step from the state after a block to the one before it.
class StepBack {
public:
    StepBack(const StoreSnapshot& snapshot, uint64_t number, const Past& past)
        : state_(snapshot.at(number)),
          before_(snapshot.at(number - 1)->state_root()),
          is_development_(snapshot.is_development()),
          past_(past) {}

    Result<void> run() const {
        for (const auto& [owner, trie] : past_) {
            if (owner.is_zero()) continue;
            TRY(after, storage_root(state_->first_leaf(TrieOwner{}, Nibbles(owner)), owner));
            TRY(before, storage_root(leaf_before(owner), owner));
            if (auto step = step_trie(owner, trie, after, before); !step) return step;
        }
        const auto accounts = past_.find(TrieOwner{});
        const Hash root = state_->state_root();
        if (accounts != past_.end()) return step_trie(TrieOwner{}, accounts->second, root, before_);
        if (root != before_)
            return damaged("it changed the state, but the history has nothing of it");
        return {};
    }

private:
    static Result<Hash> storage_root(const std::optional<Leaf>& leaf, const TrieOwner& owner) {
        if (!leaf) return empty_root;
        TRY(fields, decode_account(owner, leaf->value));
        return fields.storage_root;
    }

    std::optional<Leaf> leaf_before(const TrieOwner& owner) const {
        const auto accounts = past_.find(TrieOwner{});
        if (accounts != past_.end())
            for (const TrieWrite& leaf : accounts->second.leaves)
                if (leaf.key == owner)
                    return leaf.value.empty() ? std::nullopt
                                              : std::optional<Leaf>({owner, leaf.value});
        return state_->first_leaf(TrieOwner{}, Nibbles(owner));
    }

    Result<void> step_trie(const TrieOwner& owner, const TriePast& trie, const Hash& after,
                           const Hash& before) const {
        const TrieUpdate update = update_trie(*state_, owner, after, trie.leaves);
        if (update.root != before)
            return damaged("the history of " + name_of(owner) + " leads back to the root " +
                           to_hex(update.root) + ", not " + to_hex(before));
        for (const NodeChange& change : update.nodes) {
            const auto noted = trie.nodes.find(to_bytes(schema::branch(owner, change.path)));
            if (noted == trie.nodes.end() || noted->second != change.after)
                return damaged("the history of a branch of " + name_of(owner) + " is another");
        }
        // What is edited back and forth leaves notes of nothing.
        if (!is_development_ && update.nodes.size() != trie.nodes.size())
            return damaged("the history of " + name_of(owner) + " has too many branches");
        return {};
    }

    std::shared_ptr<const StateSnapshot> state_;
    const Hash before_;  ///< root of the state before
    const bool is_development_;
    const Past& past_;
};

/// How many entries each block has.
Result<std::vector<uint32_t>> count_entries(const StoreSnapshot& snapshot) {
    std::vector<uint32_t> out(snapshot.number() + 1);
    const uint64_t swept = snapshot.swept();
    bool is_known = true;
    bool is_swept = true;
    snapshot.for_each_row(Table::history, [&](BytesView key, BytesView) {
        const uint64_t number = key.size() > sizeof(uint64_t) ? schema::trailing_number(key) : 0;
        is_known = is_known && number > 0 && number < out.size();
        is_swept = is_swept && number > swept;
        if (is_known) ++out[number];
    });
    if (!is_known) return damaged("the history has an entry of a block that is not there");
    if (!is_swept) return damaged("the history has an entry of a block that was pruned");
    return out;
}

}  // namespace

Result<StateCount> verify_state(const StoreSnapshot& snapshot) {
    return HeadState(snapshot).run();
}

Result<uint64_t> verify_history(const StoreSnapshot& snapshot, uint64_t rows_max) {
    TRY(counts, count_entries(snapshot));
    uint64_t total = 0;
    uint64_t high = snapshot.number();
    // What a pruning that is under way has left of earlier blocks leads nowhere.
    const uint64_t kept = snapshot.kept_from();
    while (high > kept) {
        uint64_t low = high;
        uint64_t rows = counts[high];
        while (low > kept + 1 && rows + counts[low - 1] <= rows_max) rows += counts[--low];
        std::map<uint64_t, Past> window;
        bool is_known = true;
        snapshot.for_each_row(Table::history, [&](BytesView key, BytesView value) {
            const uint64_t number = schema::trailing_number(key);
            if (number < low || number > high) return;
            is_known = add_entry(window[number], key, value) && is_known;
        });
        if (!is_known) return damaged("the history has an entry of no table");
        for (uint64_t number = high; number >= low; --number)
            if (auto step = StepBack(snapshot, number, window[number]).run(); !step)
                return Error{.what = "block " + std::to_string(number) + ": " + step.error().what};
        total += rows;
        high = low - 1;
    }
    return total;
}

}  // namespace plume
