#include "store/store.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <thread>

#include "state/root.hpp"
#include "store/directory.hpp"
#include "store/disk.hpp"
#include "store/engine.hpp"
#include "store/record.hpp"
#include "store/schema.hpp"
#include "support/model_chain.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

using test::ModelBlock;
using test::ModelChain;
using test::ModelState;
using test::TemporaryDirectory;

ModelChain chain_of(size_t blocks, uint64_t seed = 42) {
    ModelChain out(seed);
    out.extend(blocks);
    return out;
}

Result<std::unique_ptr<Store>> try_open(const std::filesystem::path& path,
                                        std::optional<StoreIdentity> identity = {}) {
    return Store::open(path, {.identity = identity, .cache_bytes = size_t{8} << 20});
}

std::unique_ptr<Store> open(const std::filesystem::path& path, const ModelChain& chain) {
    auto opened = try_open(path, chain.identity());
    check(opened.ok(), "the test's store opens");
    return std::move(opened).value();
}

/// A store with all blocks of `chain`, one commit each.
void fill(const std::filesystem::path& path, const ModelChain& chain) {
    const auto store = open(path, chain);
    for (const ModelBlock& block : chain.blocks()) store->commit(block.commit());
}

std::optional<Leaf> first_of(const std::map<Hash, Bytes>& leaves, const Nibbles& prefix) {
    for (const auto& [key, value] : leaves)
        if (Nibbles(key).starts_with(prefix)) return Leaf{key, value};
    return std::nullopt;
}

std::map<Hash, Bytes> account_leaves(const ModelState& model) {
    std::map<Hash, Bytes> out;
    for (const auto& [address, fields] : model.accounts) out[account_key(address)] = encode(fields);
    return out;
}

std::map<Hash, Bytes> slot_leaves(const ModelState& model, const Address& address) {
    std::map<Hash, Bytes> out;
    const auto found = model.slots.find(address);
    if (found == model.slots.end()) return out;
    for (const auto& [slot, value] : found->second) out[slot_key(slot)] = encode_slot(value);
    return out;
}

bool same_leaf(const std::optional<Leaf>& a, const std::optional<Leaf>& b) {
    if (!a || !b) return !a && !b;
    return a->key == b->key && a->value == b->value;
}

/// Whether `leaves` are found from every prefix of up to two nibbles, and from the whole of each
/// key.
bool same_leaves(const StateSnapshot& state, const TrieOwner& owner,
                 const std::map<Hash, Bytes>& leaves) {
    if (!same_leaf(state.first_leaf(owner, {}), first_of(leaves, {}))) return false;
    for (uint8_t high = 0; high < 16; high += 5) {
        Nibbles prefix;
        prefix.push(high);
        if (!same_leaf(state.first_leaf(owner, prefix), first_of(leaves, prefix))) return false;
        prefix.push(static_cast<uint8_t>(high * 7 % 16));
        if (!same_leaf(state.first_leaf(owner, prefix), first_of(leaves, prefix))) return false;
    }
    for (const auto& [key, value] : leaves)
        if (!same_leaf(state.first_leaf(owner, Nibbles(key)), Leaf{key, value})) return false;
    return true;
}

bool same_account(const StateSnapshot& state, const ModelChain& chain, const ModelState& model,
                  const Address& address) {
    const auto account = model.accounts.find(address);
    const auto fields =
        account == model.accounts.end() ? std::nullopt : std::optional(account->second);
    if (state.account(address) != fields) return false;
    const auto slots = model.slots.find(address);
    for (const u256& slot : ModelChain::slots()) {
        const bool is_set = slots != model.slots.end() && slots->second.contains(slot);
        if (state.storage(address, slot) != (is_set ? slots->second.at(slot) : u256{}))
            return false;
    }
    const Hash owner = account_key(address);
    for (const Nibbles& path : chain.paths()) {
        const auto node = model.nodes.find({owner, path});
        const auto bytes = node == model.nodes.end() ? std::nullopt : std::optional(node->second);
        if (state.node(owner, path) != bytes) return false;
    }
    return same_leaves(state, owner, slot_leaves(model, address));
}

/// Whether `state` answers every question about the model's world as the model does.
bool same_state(const StateSnapshot& state, const ModelChain& chain, const ModelState& model) {
    for (const Address& address : chain.addresses())
        if (!same_account(state, chain, model, address)) return false;
    for (const Nibbles& path : chain.paths()) {
        const auto node = model.nodes.find({TrieOwner{}, path});
        const auto bytes = node == model.nodes.end() ? std::nullopt : std::optional(node->second);
        if (state.node(TrieOwner{}, path) != bytes) return false;
    }
    return same_leaves(state, TrieOwner{}, account_leaves(model));
}

bool same_block(const StoreSnapshot& head, const ModelBlock& model) {
    const uint64_t number = model.block.header.number;
    const auto block = head.block(number);
    if (!block || block->header != model.block.header || block->hash != model.block.hash)
        return false;
    if (head.number_of(model.block.hash) != number || head.hash(number) != model.block.hash)
        return false;
    if (head.header(number) != model.block.header) return false;
    if (head.receipts(number) != model.receipts) return false;
    if (block->transactions.size() != model.block.transactions.size()) return false;
    uint64_t log_index = 0;
    for (uint32_t i = 0; i < model.block.transactions.size(); ++i) {
        const SignedTransaction& expected = *model.block.transactions[i];
        const TransactionLocation location{number, i};
        const auto receipt = head.receipt(location);
        if (head.locate(expected.hash) != location) return false;
        if (head.transaction(location)->raw != expected.raw) return false;
        if (block->transactions[i]->fields != expected.fields) return false;
        if (block->transactions[i]->sender != expected.sender) return false;
        if (receipt->receipt != model.receipts[i]) return false;
        if (receipt->first_log_index != log_index) return false;
        log_index += model.receipts[i].logs.size();
    }
    for (const CodeChange& code : model.changes.codes)
        if (head.code(code.hash) != code.code) return false;
    return true;
}

TEST(Store, a_rewound_chain_is_what_it_was_and_grows_again) {
    const ModelChain chain = chain_of(30);
    const TemporaryDirectory directory;
    fill(directory.path(), chain);
    const auto store = open(directory.path(), chain);
    for (const uint64_t number :
         {uint64_t{28}, uint64_t{21}, uint64_t{20}, uint64_t{3}, uint64_t{0}}) {
        store->rewind(number);
        const auto head = store->head();
        ASSERT_EQ(head->number(), number);
        EXPECT_TRUE(same_state(*head, chain, chain.blocks()[number].after)) << number;
        EXPECT_EQ(head->header(number + 1), std::nullopt);
        EXPECT_EQ(head->number_of(chain.blocks()[number + 1].block.hash), std::nullopt);
        EXPECT_TRUE(head->blocks_with_logs({.from = number + 1, .to = 30}).empty());
    }
    for (size_t i = 1; i < chain.blocks().size(); ++i) store->commit(chain.blocks()[i].commit());
    for (uint64_t number = 0; number < 30; number += 5)
        EXPECT_TRUE(same_state(*store->head()->at(number), chain, chain.blocks()[number].after));
}

TEST(Store, a_fresh_one_has_no_head) {
    const TemporaryDirectory temporary;
    const auto store = try_open(temporary.path());
    ASSERT_TRUE(store.ok()) << store.error().what;
    EXPECT_EQ((*store)->head(), nullptr);
    EXPECT_FALSE((*store)->identity().has_value());
}

TEST(Store, keeps_head_and_blocks_over_a_restart) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(30);
    fill(temporary.path(), chain);
    const auto store = open(temporary.path(), chain);
    const auto head = store->head();
    EXPECT_EQ(store->identity(), chain.identity());
    EXPECT_EQ(head->hash(), chain.blocks().back().block.hash);
    EXPECT_EQ(head->header(), chain.blocks().back().block.header);
    for (const ModelBlock& block : chain.blocks())
        EXPECT_TRUE(same_block(*head, block)) << block.block.header.number;
}

TEST(Store, has_nothing_of_what_was_never_committed) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(3);
    fill(temporary.path(), chain);
    const auto store = open(temporary.path(), chain);
    const auto head = store->head();
    for (const uint64_t number : {uint64_t{3}, ~uint64_t{0}}) {
        EXPECT_FALSE(head->header(number).has_value());
        EXPECT_FALSE(head->hash(number).has_value());
        EXPECT_FALSE(head->block(number).has_value());
        EXPECT_FALSE(head->receipts(number).has_value());
        EXPECT_EQ(head->transaction({number, 0}), nullptr);
        EXPECT_FALSE(head->receipt({number, 0}).has_value());
        EXPECT_EQ(head->at(number), nullptr);
    }
    EXPECT_EQ(head->transaction({2, 1000}), nullptr);
    EXPECT_FALSE(head->number_of(Hash{}).has_value());
    EXPECT_FALSE(head->locate(Hash{}).has_value());
    EXPECT_EQ(head->code(empty_code_hash), Bytes{});
}

TEST(Store, reads_the_state_after_every_block) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(200);
    const auto store = open(temporary.path(), chain);
    for (const ModelBlock& block : chain.blocks()) {
        store->commit(block.commit());
        ASSERT_TRUE(same_state(*store->head(), chain, block.after)) << block.block.header.number;
    }
    for (const ModelBlock& block : chain.blocks()) {
        const auto state = store->head()->at(block.block.header.number);
        ASSERT_EQ(state->hash(), block.block.hash);
        ASSERT_TRUE(same_state(*state, chain, block.after)) << block.block.header.number;
    }
}

TEST(Store, leaves_come_by_key_and_are_all) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(40);
    fill(temporary.path(), chain);
    const auto store = open(temporary.path(), chain);
    const ModelState& model = chain.blocks().back().after;
    const auto leaves_of = [&](const TrieOwner& owner) {
        std::vector<std::pair<Hash, Bytes>> out;
        store->head()->for_each_leaf(owner, [&](const Hash& key, BytesView value) {
            out.emplace_back(key, to_bytes(value));
        });
        return out;
    };
    const auto listed = [](const std::map<Hash, Bytes>& leaves) {
        return std::vector<std::pair<Hash, Bytes>>(leaves.begin(), leaves.end());
    };
    EXPECT_EQ(leaves_of(TrieOwner{}), listed(account_leaves(model)));
    for (const Address& address : chain.addresses())
        EXPECT_EQ(leaves_of(account_key(address)), listed(slot_leaves(model, address)));
}

TEST(Store, a_head_that_is_held_does_not_change) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(20);
    const auto store = open(temporary.path(), chain);
    std::vector<std::shared_ptr<const StoreSnapshot>> heads;
    for (const ModelBlock& block : chain.blocks()) {
        store->commit(block.commit());
        heads.push_back(store->head());
    }
    for (size_t i = 0; i < heads.size(); ++i) {
        EXPECT_TRUE(same_state(*heads[i], chain, chain.blocks()[i].after)) << i;
        EXPECT_FALSE(heads[i]->header(i + 1).has_value());
    }
}

TEST(Store, readers_see_whole_blocks_while_others_are_committed) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(60);
    const auto store = open(temporary.path(), chain);
    store->commit(chain.blocks().front().commit());
    std::atomic<bool> consistent = true;
    std::vector<std::jthread> readers;
    for (int i = 0; i < 2; ++i) {
        readers.emplace_back([&] {
            for (uint64_t number = 0; number + 1 < chain.blocks().size();) {
                const auto head = store->head();
                number = head->number();
                if (!same_state(*head, chain, chain.blocks()[number].after)) consistent = false;
            }
        });
    }
    for (size_t i = 1; i < chain.blocks().size(); ++i) store->commit(chain.blocks()[i].commit());
    readers.clear();
    EXPECT_TRUE(consistent);
}

/// Every entry of every table, as text.
std::string dump(const std::filesystem::path& path) {
    const auto database = Database::open(path / "db", EngineOptions{}).value();
    const auto snapshot = database->snapshot();
    std::string out;
    for (const TableSpec& table : tables) {
        Cursor cursor = snapshot->cursor(table.table);
        for (cursor.seek({}); cursor.valid(); cursor.next())
            out += table.name + (" " + to_hex(cursor.key())) + " " + to_hex(cursor.value()) + "\n";
    }
    return out;
}

TEST(Store, blocks_committed_in_groups_leave_the_same_bytes) {
    const TemporaryDirectory one_by_one;
    const TemporaryDirectory grouped;
    const ModelChain chain = chain_of(100);
    fill(one_by_one.path(), chain);
    {
        const auto store = open(grouped.path(), chain);
        store->commit(std::span<const BlockCommit>{});
        EXPECT_EQ(store->head(), nullptr);
        std::mt19937 random(1);
        for (size_t i = 0; i < chain.blocks().size();) {
            std::vector<BlockCommit> group;
            for (size_t n = 1 + random() % 12; n-- > 0 && i < chain.blocks().size(); ++i)
                group.push_back(chain.blocks()[i].commit());
            store->commit(group);
            EXPECT_EQ(store->head()->number(), i - 1);
        }
    }
    EXPECT_EQ(dump(one_by_one.path()), dump(grouped.path()));
}

TEST(Store, of_another_chain_is_refused) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(2);
    fill(temporary.path(), chain);
    const auto refusal = [&](const StoreIdentity& identity) {
        const auto opened = try_open(temporary.path(), identity);
        return opened ? std::string{} : opened.error().what;
    };
    StoreIdentity wanted = chain.identity();
    EXPECT_EQ(refusal(wanted), "");
    wanted.chain_id = 1;
    EXPECT_NE(refusal(wanted).find("holds the chain 31337, not 1"), std::string::npos);
    wanted = chain.identity();
    wanted.genesis_hash[0] ^= 1;
    EXPECT_NE(refusal(wanted).find("genesis block " + to_hex(chain.identity().genesis_hash)),
              std::string::npos);
    EXPECT_TRUE(try_open(temporary.path()).ok());
}

TEST(Store, of_another_format_is_refused) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(2);
    fill(temporary.path(), chain);
    {
        const auto database = Database::open(temporary.path() / "db", EngineOptions{}).value();
        Bytes row = record::encode_identity(chain.identity());
        row[1] = format_version + 1;
        WriteBatch batch(*database);
        batch.put(Table::meta, schema::meta_identity(), row);
        database->write(batch);
    }
    const auto opened = try_open(temporary.path(), chain.identity());
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().what.find("has format 2"), std::string::npos) << opened.error().what;
}

TEST(Store, in_use_is_refused) {
    const TemporaryDirectory temporary;
    const auto store = try_open(temporary.path());
    ASSERT_TRUE(store.ok());
    const auto second = try_open(temporary.path());
    ASSERT_FALSE(second.ok());
    EXPECT_NE(second.error().what.find("is in use by process"), std::string::npos);
}

TEST(StoreDeathTest, a_block_that_does_not_follow_stops_the_node) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(4);
    const auto store = open(temporary.path(), chain);
    EXPECT_DEATH(store->commit(chain.blocks()[1].commit()), "block 0");
    store->commit(chain.blocks()[0].commit());
    EXPECT_DEATH(store->commit(chain.blocks()[0].commit()), "number after");
    EXPECT_DEATH(store->commit(chain.blocks()[2].commit()), "number after");
    ModelBlock orphan = chain.blocks()[1];
    orphan.block.header.parent_hash = Hash{};
    EXPECT_DEATH(store->commit(orphan.commit()), "hash of its header");
    orphan.block.hash = hash_of(orphan.block.header);
    EXPECT_DEATH(store->commit(orphan.commit()), "names its parent");
    ModelBlock unpaid = chain.blocks()[1];
    unpaid.receipts.emplace_back();
    EXPECT_DEATH(store->commit(unpaid.commit()), "has a receipt");
}

TEST(StoreDeathTest, block_0_must_be_the_genesis_block_that_was_asked_for) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(1);
    const ModelChain other = chain_of(1, 43);
    auto store = open(temporary.path(), chain);
    EXPECT_DEATH(store->commit(other.blocks()[0].commit()), "asked for");
    store.reset();
    store = try_open(temporary.path()).value();
    EXPECT_DEATH(store->commit(chain.blocks()[0].commit()), "told which");
}

// Damage. A process of its own opens the damaged directory, reads everything and holds it against
// the model: it may refuse, it may stop, but it must not give a wrong answer.

enum class Verdict { right, refused, stopped, wrong };

Verdict judge(const std::filesystem::path& path, const ModelChain& chain) {
    const pid_t child = ::fork();
    if (child == 0) {
        // The message of a check that stops the process is expected here.
        if (std::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(3);
        auto store = try_open(path, chain.identity());
        if (!store) ::_exit(1);
        const auto head = (*store)->head();
        if (!head) ::_exit(0);
        bool right = same_block(*head, chain.blocks()[head->number()]);
        for (uint64_t number = 0; number <= head->number(); ++number) {
            const ModelBlock& block = chain.blocks()[number];
            right = right && same_block(*head, block);
            right = right && same_state(*head->at(number), chain, block.after);
        }
        ::_exit(right ? 0 : 2);
    }
    int status = 0;
    if (::waitpid(child, &status, 0) != child) return Verdict::wrong;
    if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGABRT ? Verdict::stopped : Verdict::wrong;
    if (WEXITSTATUS(status) == disk_exit_code) return Verdict::stopped;
    constexpr Verdict by_exit[] = {Verdict::right, Verdict::refused, Verdict::wrong,
                                   Verdict::wrong};
    return by_exit[WEXITSTATUS(status)];
}

void flip_bit(const std::filesystem::path& path, uint64_t bit) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(bit / 8));
    const auto byte = static_cast<char>(file.get() ^ (1 << bit % 8));
    file.seekp(static_cast<std::streamoff>(bit / 8));
    file.put(byte);
}

/// The files of the database that hold data, by name.
std::vector<std::filesystem::path> data_files(const std::filesystem::path& path) {
    std::vector<std::filesystem::path> out;
    for (const auto& entry : std::filesystem::directory_iterator(path / "db")) {
        const std::string name = entry.path().filename().string();
        const bool is_data = name.ends_with(".sst") || name.ends_with(".log") ||
                             name.starts_with("MANIFEST") || name == "CURRENT";
        if (is_data && entry.file_size() > 0) out.push_back(entry.path());
    }
    std::ranges::sort(out);
    return out;
}

TEST(StoreDamage, a_flipped_bit_never_gives_a_wrong_answer) {
    const TemporaryDirectory temporary;
    const auto good = temporary.path() / "good";
    const auto bad = temporary.path() / "bad";
    ModelChain chain = chain_of(15);
    fill(good, chain);
    // Opened again, the first blocks move from the log to files of the tables; the others are in
    // the log.
    chain.extend(10);
    {
        const auto store = open(good, chain);
        for (size_t i = 15; i < 25; ++i) store->commit(chain.blocks()[i].commit());
    }
    ASSERT_EQ(judge(good, chain), Verdict::right);
    std::mt19937_64 random(3);
    std::array<int, 4> verdicts{};
    for (int round = 0; round < 24; ++round) {
        std::filesystem::remove_all(bad);
        std::filesystem::copy(good, bad, std::filesystem::copy_options::recursive);
        const auto files = data_files(bad);
        const auto& file = files[static_cast<size_t>(round) % files.size()];
        const uint64_t bit = random() % (8 * std::filesystem::file_size(file));
        flip_bit(file, bit);
        const Verdict verdict = judge(bad, chain);
        ++verdicts[static_cast<size_t>(verdict)];
        EXPECT_NE(verdict, Verdict::wrong) << file.filename() << " bit " << bit;
    }
    RecordProperty("noticed", verdicts[1] + verdicts[2]);
    EXPECT_GT(verdicts[1] + verdicts[2], 12);
}

TEST(StoreDamage, a_log_that_lost_what_was_acknowledged_is_refused) {
    const TemporaryDirectory temporary;
    const auto good = temporary.path() / "good";
    const auto bad = temporary.path() / "bad";
    const ModelChain chain = chain_of(12);
    fill(good, chain);
    for (int round = 1; round <= 5; ++round) {
        std::filesystem::remove_all(bad);
        std::filesystem::copy(good, bad, std::filesystem::copy_options::recursive);
        for (const auto& file : data_files(bad)) {
            if (file.extension() != ".log") continue;
            const auto size = std::filesystem::file_size(file);
            std::filesystem::resize_file(file, size - size * static_cast<size_t>(round) / 6);
        }
        const auto opened = try_open(bad, chain.identity());
        ASSERT_FALSE(opened.ok());
        EXPECT_NE(opened.error().what.find("block 11 ("), std::string::npos);
        EXPECT_NE(opened.error().what.find("was acknowledged, but the database"),
                  std::string::npos);
        // Whoever accepts the loss goes on from an earlier block.
        std::filesystem::remove(bad / "HEAD");
        EXPECT_EQ(judge(bad, chain), Verdict::right) << round;
    }
}

TEST(Store, only_looked_at_is_not_changed) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(8);
    fill(temporary.path(), chain);
    const auto files = [&] {
        std::map<std::string, std::string> out;
        for (const auto& file : data_files(temporary.path())) {
            std::ifstream stream(file, std::ios::binary);
            out[file.filename().string()] = std::string{std::istreambuf_iterator<char>(stream), {}};
        }
        return out;
    };
    const auto before = files();
    {
        const auto store = Store::open(temporary.path(), {.is_read_only = true});
        ASSERT_TRUE(store.ok()) << store.error().what;
        EXPECT_EQ((*store)->head()->number(), 7u) << "the log is read";
        EXPECT_TRUE((*store)->verify_files().ok());
        EXPECT_FALSE(try_open(temporary.path()).ok()) << "it is locked meanwhile";
    }
    EXPECT_EQ(files(), before);
    std::filesystem::remove(temporary.path() / "LOCK");
    EXPECT_TRUE(Store::open(temporary.path(), {.is_read_only = true}).ok());
    EXPECT_FALSE(std::filesystem::exists(temporary.path() / "LOCK"));
    EXPECT_FALSE(Store::open(temporary.path() / "db", {.is_read_only = true}).ok());
    EXPECT_FALSE(Store::open(temporary.path() / "none", {.is_read_only = true}).ok());
}

/// The history, swept from its first entry to its last; how many entries went.
uint64_t sweep(Store& store) {
    uint64_t removed = 0;
    PruneStep step;
    do {
        step = store.prune(step);
        removed += step.removed;
    } while (!step.next.empty());
    return removed;
}

/// Every state that is kept must be as in the model, every older one refused.
void expect_kept(const Store& store, const ModelChain& chain, uint64_t from) {
    const auto head = store.head();
    ASSERT_EQ(head->kept_from(), from);
    for (uint64_t number = 0; number <= head->number(); ++number) {
        const auto state = head->at(number);
        ASSERT_EQ(state != nullptr, number >= from) << number;
        if (state != nullptr) {
            ASSERT_TRUE(same_state(*state, chain, chain.blocks()[number].after)) << number;
        }
        ASSERT_TRUE(same_block(*head, chain.blocks()[number])) << number;
    }
}

TEST(StorePruning, keeps_the_newest_states_and_refuses_all_others) {
    for (uint64_t seed = 1; seed <= 6; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937_64 random(seed);
        const ModelChain chain = chain_of(60, seed);
        const uint64_t history = 1 + random() % 20;
        const TemporaryDirectory directory;
        auto store =
            Store::open(directory.path(), {.identity = chain.identity(), .history = history})
                .value();
        for (const ModelBlock& block : chain.blocks()) {
            store->commit(block.commit());
            const uint64_t number = block.block.header.number;
            const uint64_t from = number + 1 - std::min(number + 1, history);
            if (random() % 4 == 0) store->keep_from(from);
            if (random() % 4 == 0) sweep(*store);
            if (random() % 8 == 0) expect_kept(*store, chain, from);
        }
        store->keep_from(60 - history);
        sweep(*store);
        expect_kept(*store, chain, 60 - history);
        EXPECT_EQ(store->head()->swept(), 60 - history);
        store->head()->for_each_row(Table::history, [&](BytesView key, BytesView) {
            EXPECT_GT(schema::trailing_number(key), 60 - history);
        });
        store.reset();
        expect_kept(*open(directory.path(), chain), chain, 60 - history);
    }
}

TEST(StorePruning, goes_on_after_it_was_cut_and_looks_at_no_more_than_its_maximum) {
    const ModelChain chain = chain_of(400);
    const TemporaryDirectory directory;
    fill(directory.path(), chain);
    auto store = open(directory.path(), chain);
    uint64_t rows = 0;
    store->head()->for_each_row(Table::history, [&](BytesView, BytesView) { ++rows; });
    ASSERT_GT(rows, prune_rows_max + 1);
    store->keep_from(398);
    const PruneStep first = store->prune();
    EXPECT_LE(first.removed, prune_rows_max);
    EXPECT_GT(first.removed, prune_rows_max / 2);
    EXPECT_FALSE(first.next.empty());
    store.reset();
    store = open(directory.path(), chain);
    EXPECT_EQ(store->head()->swept(), 0U);
    expect_kept(*store, chain, 398);
    EXPECT_GT(sweep(*store), 0U);
    EXPECT_EQ(sweep(*store), 0U);
    EXPECT_EQ(store->head()->swept(), 398U);
    expect_kept(*store, chain, 398);
    // What is gone does not come back, and the state of the head is always kept.
    store->keep_from(10);
    EXPECT_EQ(store->noted_kept_from(), 398U);
    EXPECT_DEATH(store->keep_from(400), "always kept");
    EXPECT_DEATH(store->rewind(397), "state that is kept");
}

TEST(StorePruning, gives_back_its_space_but_not_what_a_reader_still_sees) {
    const ModelChain chain = chain_of(300);
    const TemporaryDirectory directory;
    fill(directory.path(), chain);
    const auto store = open(directory.path(), chain);
    std::atomic<bool> is_cancelled = false;
    const auto table_bytes = [&] {
        for (unsigned part = 0; part < schema::history_parts; ++part)
            store->reclaim(part, is_cancelled);
        uint64_t out = 0;
        for (const auto& file : std::filesystem::directory_iterator(directory.path() / "db"))
            if (file.path().extension() == ".sst") out += file.file_size();
        return out;
    };
    const uint64_t before = table_bytes();
    store->keep_from(150);
    sweep(*store);
    // Half of the history goes; what else there is, stays.
    const uint64_t after = table_bytes();
    EXPECT_LT(after, before - before / 5);
    const auto reader = store->head();
    store->keep_from(290);
    sweep(*store);
    table_bytes();
    for (const uint64_t number : {uint64_t{150}, uint64_t{200}, uint64_t{289}})
        EXPECT_TRUE(same_state(*reader->at(number), chain, chain.blocks()[number].after)) << number;
    expect_kept(*store, chain, 290);
}

TEST(Store, a_checkpoint_is_the_chain_as_it_was) {
    const TemporaryDirectory temporary;
    const ModelChain chain = chain_of(12);
    const auto data = temporary.path() / "data";
    const auto copy = temporary.path() / "copy";
    const auto store = open(data, chain);
    for (size_t i = 0; i < 8; ++i) store->commit(chain.blocks()[i].commit());
    ASSERT_TRUE(DataDirectory::open(copy).ok());
    EXPECT_FALSE(store->checkpoint(copy / "db").ok()) << "it is there";
    std::filesystem::remove_all(copy / "db");
    const auto made = store->checkpoint(copy / "db");
    ASSERT_TRUE(made.ok()) << made.error().what;
    for (size_t i = 8; i < 12; ++i) store->commit(chain.blocks()[i].commit());
    const auto opened = Store::open(copy, {.is_read_only = true});
    ASSERT_TRUE(opened.ok()) << opened.error().what;
    const auto head = (*opened)->head();
    EXPECT_EQ(head->number(), 7u);
    EXPECT_TRUE(same_state(*head, chain, chain.blocks()[7].after));
}

TEST(StoreDamage, every_flipped_bit_of_a_table_is_found_without_a_key_that_leads_there) {
    const TemporaryDirectory temporary;
    ModelChain chain = chain_of(15);
    fill(temporary.path(), chain);
    {
        const auto store = open(temporary.path(), chain);
    }  // From the log to files.
    std::mt19937_64 random(5);
    for (const auto& file : data_files(temporary.path())) {
        if (file.extension() != ".sst") continue;
        const uint64_t bit = random() % (8 * std::filesystem::file_size(file));
        flip_bit(file, bit);
        const pid_t child = ::fork();
        if (child == 0) {
            if (std::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(3);
            const auto opened = Store::open(temporary.path(), {.is_read_only = true});
            ::_exit(opened.ok() && (*opened)->verify_files().ok() ? 0 : disk_exit_code);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == disk_exit_code)
            << file.filename() << " bit " << bit;
        flip_bit(file, bit);
    }
    EXPECT_TRUE(try_open(temporary.path()).ok());
}

}  // namespace
}  // namespace plume
