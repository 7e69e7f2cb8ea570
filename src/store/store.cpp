#include "store/store.hpp"

#include <deque>

#include "base/log.hpp"
#include "state/root.hpp"
#include "store/directory.hpp"
#include "store/engine.hpp"
#include "store/past.hpp"
#include "store/read_memory.hpp"
#include "store/record.hpp"
#include "store/schema.hpp"

namespace plume {

namespace {

/// What a block does to one entry of a table that has a history. Empty bytes mean that there was,
/// or is, none. It looks into what the changes own, or the writer.
struct Change {
    Table table;
    Key key;
    BytesView before;
    BytesView after;

    /// In this order the engine finds the place of each near that of the one before.
    friend bool operator<(const Change& a, const Change& b) {
        return a.table != b.table ? a.table < b.table : a.key < b.key;
    }
};

/// Turns changes of the state into writes. Every one also notes what was there before the block,
/// except in block 0, before which there is nothing to read.
class StateWriter {
public:
    /// What belongs to block `number`, and whether that stands in the store already and is edited.
    StateWriter(WriteBatch& batch, const Snapshot& snapshot, uint64_t number, bool is_edit)
        : batch_(batch), snapshot_(snapshot), number_(number), is_edit_(is_edit) {}

    /// The snapshot must hold all earlier blocks if this deletes an account that had storage.
    void write(const Changes& changes, const std::vector<NodeChange>& nodes) {
        for (const CodeChange& change : changes.codes)
            batch_.put(Table::codes, change.hash, change.code);
        for (const AccountChange& change : changes.accounts) add_account(change);
        for (const NodeChange& change : nodes)
            add({Table::branches, schema::branch(change.owner, change.path), change.before,
                 change.after});
        std::ranges::sort(changes_, std::less<>{});
        for (const Change& change : changes_) write(change);
    }

    void write_names(const Changes& changes) {
        for (const AccountChange& account : changes.accounts) {
            batch_.put(Table::codes, account_key(account.address), account.address);
            for (const SlotChange& slot : account.slots)
                batch_.put(Table::codes, slot_key(slot.slot), to_word(slot.slot));
        }
    }

private:
    void add(const Change& change) {
        if (!equal(change.before, change.after)) changes_.push_back(change);
    }

    BytesView keep(Bytes bytes) { return kept_.emplace_back(std::move(bytes)); }

    void add_account(const AccountChange& change) {
        const Hash& owner = change.key;
        check(!owner.is_zero(), "changes are as update_root fills them in");
        add({Table::accounts, schema::account(owner), keep(leaf_of(change.before)),
             keep(leaf_of(change.after))});
        if (!change.after) {
            erase_all(Table::slots, owner);
            erase_all(Table::branches, owner);
            return;
        }
        for (const SlotChange& slot : change.slots)
            add({Table::slots, schema::slot(owner, slot.key), keep(encode_slot(slot.before)),
                 keep(encode_slot(slot.after))});
    }

    static Bytes leaf_of(const std::optional<AccountFields>& account) {
        return account ? encode(*account) : Bytes{};
    }

    void erase_all(Table table, const Hash& owner) {
        Cursor cursor = snapshot_.cursor(table);
        for (cursor.seek(owner); cursor.valid() && starts_with(cursor.key(), owner); cursor.next())
            add({table, Key(cursor.key()), keep(to_bytes(cursor.value())), {}});
    }

    void write(const Change& change) {
        const Key past = schema::history(change.table, change.key, number_);
        // What the block itself changed has its value before the block there already.
        const bool is_noted = is_edit_ && snapshot_.get(Table::history, past).has_value();
        if (number_ != 0 && !is_noted) batch_.put(Table::history, past, change.before);
        if (change.after.empty())
            batch_.erase(change.table, change.key);
        else
            batch_.put(change.table, change.key, change.after);
    }

    WriteBatch& batch_;
    const Snapshot& snapshot_;
    uint64_t number_;
    bool is_edit_;
    std::deque<Bytes> kept_;  ///< what changes look into
    std::vector<Change> changes_;
};

void write_block(WriteBatch& batch, const BlockCommit& commit) {
    const Block& block = commit.block;
    const uint64_t number = block.header.number;
    batch.put(Table::headers, schema::number(number), record::encode_header(block));
    batch.put(Table::numbers, block.hash, schema::number(number));
    uint64_t log_index = 0;
    std::vector<std::pair<const Hash*, Key>> places;
    places.reserve(block.transactions.size());
    for (uint32_t i = 0; i < block.transactions.size(); ++i) {
        const SignedTransaction& transaction = *block.transactions[i];
        const Receipt& receipt = commit.receipts[i];
        const Key place = schema::place(number, i);
        batch.put(Table::bodies, place, record::encode_transaction(transaction));
        batch.put(Table::receipts, place, record::encode_receipt(receipt, log_index));
        places.emplace_back(&transaction.hash, place);
        log_index += receipt.logs.size();
        if (transaction.is_impersonated) batch.put(Table::meta, schema::meta_development(), {});
    }
    // In the order of keys, the engine finds the place of each near that of the one before.
    std::ranges::sort(places, [](const auto& a, const auto& b) { return *a.first < *b.first; });
    for (const auto& [hash, place] : places) batch.put(Table::tx_index, *hash, place);
    index_logs(batch, number, commit.receipts);
    batch.put(Table::meta, schema::meta_head(), schema::number(number));
}

/// Takes a block out of every table but those of the state.
void erase_block(WriteBatch& batch, const StoreSnapshot& snapshot, uint64_t number) {
    const auto block = snapshot.block(number);
    check(block.has_value(), "every block up to the head is stored");
    batch.erase(Table::headers, schema::number(number));
    batch.erase(Table::numbers, block->hash);
    batch.erase(Table::meta, schema::meta_root(number));
    for (uint32_t i = 0; i < block->transactions.size(); ++i) {
        batch.erase(Table::bodies, schema::place(number, i));
        batch.erase(Table::receipts, schema::place(number, i));
        batch.erase(Table::tx_index, block->transactions[i]->hash);
    }
    forget_logs(batch, number, *snapshot.receipts(number));
}

/// Puts back what the tables of the state held when block `number` was the head.
void restore_state(WriteBatch& batch, const Snapshot& snapshot, uint64_t number) {
    std::optional<Key> restored;  // the key, without its block, that was put back last
    Cursor history = snapshot.cursor(Table::history);
    for (history.seek({}); history.valid(); history.next()) {
        const BytesView key = history.key();
        if (schema::trailing_number(key) <= number) continue;
        batch.erase(Table::history, key);
        const Key own(key.first(key.size() - 8));
        if (restored == own) continue;
        restored = own;
        const BytesView entry = BytesView{own}.subspan(1);
        if (history.value().empty())
            batch.erase(schema::table_of_history(key), entry);
        else
            batch.put(schema::table_of_history(key), entry, history.value());
    }
}

bool deletes_storage(const BlockCommit& commit) {
    return std::ranges::any_of(commit.changes.accounts, [](const AccountChange& change) {
        return change.before && !change.after && change.before->storage_root != empty_trie_root;
    });
}

/// Whether the database, opened in a way of its own, has the block that was acknowledged last.
bool holds_acknowledged(const DataDirectory& directory, const EngineOptions& engine) {
    const auto noted = directory.acknowledged();
    const auto database = Database::open(directory.database(), engine);
    if (!noted || !database) return false;
    const auto place = schema::number(noted->number);
    const auto number = (*database)->snapshot()->get(Table::numbers, noted->hash);
    return number && equal(*number, place);
}

std::optional<record::HeaderRow> read_header_row(const Snapshot& snapshot, uint64_t number) {
    const auto row = snapshot.get(Table::headers, schema::number(number));
    if (!row) return std::nullopt;
    return record::read_header(*row);
}

/// A number that the table `meta` holds under `key`; 0 for none.
uint64_t read_number(const Snapshot& snapshot, const Key& key) {
    const auto row = snapshot.get(Table::meta, key);
    if (!row) return 0;
    check(row->size() == sizeof(uint64_t), "a block number is stored in eight bytes");
    return schema::trailing_number(*row);
}

/// Calls `visit` with the rows of a block's transactions, which must all be there.
void for_each_place(const Snapshot& snapshot, Table table, uint64_t number, uint32_t count,
                    const std::function<void(BytesView row)>& visit) {
    Cursor cursor = snapshot.cursor(table);
    cursor.seek(schema::place(number, 0));
    for (uint32_t i = 0; i < count; ++i, cursor.next()) {
        check(cursor.valid() && equal(cursor.key(), schema::place(number, i)),
              "every transaction of a stored block has its rows");
        visit(cursor.value());
    }
}

void check_block(const BlockCommit& commit, const Header* parent, const Hash& parent_hash) {
    const Block& block = commit.block;
    check(block.hash == hash_of(block.header), "a block carries the hash of its header");
    check(block.transactions.size() == commit.receipts.size(), "every transaction has a receipt");
    if (parent == nullptr) {
        check(block.header.number == 0, "the first block of a store is block 0");
        return;
    }
    check(block.header.number == parent->number + 1, "a block has the number after its parent's");
    check(block.header.parent_hash == parent_hash, "a block names its parent");
}

}  // namespace

StateSnapshot::StateSnapshot(std::shared_ptr<const Snapshot> snapshot, Header header,
                             const Hash& hash, bool is_head)
    : snapshot_(std::move(snapshot)), header_(std::move(header)), hash_(hash), is_head_(is_head) {}

std::optional<Bytes> StateSnapshot::read(Table table, BytesView key) const {
    return is_head_ ? snapshot_->get(table, key) : read_as_of(*snapshot_, table, key, number());
}

Hash StateSnapshot::state_root() const {
    const auto edited = snapshot_->get(Table::meta, schema::meta_root(number()));
    if (!edited) return header_.state_root;
    const auto root = Hash::from(*edited);
    check(root.has_value(), "a root is stored in 32 bytes");
    return *root;
}

std::optional<AccountFields> StateSnapshot::account(const Address& address) const {
    ReadMemory& memory = snapshot_->memory();
    if (is_head_)
        if (const auto known = memory.account(snapshot_->version(), address)) return *known;
    const auto leaf = read(Table::accounts, schema::account(account_key(address)));
    std::optional<AccountFields> out;
    if (leaf) out = record::read_account(*leaf);
    if (is_head_) memory.keep(snapshot_->version(), address, out);
    return out;
}

u256 StateSnapshot::storage(const Address& address, const u256& slot) const {
    ReadMemory& memory = snapshot_->memory();
    if (is_head_)
        if (const auto known = memory.storage(snapshot_->version(), address, slot)) return *known;
    const auto leaf = read(Table::slots, schema::slot(account_key(address), slot_key(slot)));
    const u256 out = leaf ? record::read_slot(*leaf) : u256{};
    if (is_head_) memory.keep(snapshot_->version(), address, slot, out);
    return out;
}

Bytes StateSnapshot::code(const Hash& code_hash) const {
    if (code_hash == empty_code_hash) return {};
    if (auto known = snapshot_->memory().code(code_hash)) return std::move(*known);
    auto code = snapshot_->get(Table::codes, code_hash);
    check(code.has_value(), "the code of every account is stored");
    snapshot_->memory().keep(code_hash, *code);
    return std::move(*code);
}

bool StateSnapshot::has_code(const Hash& code_hash) const {
    return code_hash == empty_code_hash || snapshot_->get(Table::codes, code_hash).has_value();
}

std::optional<Bytes> StateSnapshot::node(const TrieOwner& owner, const Nibbles& path) const {
    return read(Table::branches, schema::branch(owner, path));
}

std::optional<Leaf> StateSnapshot::first_leaf(const TrieOwner& owner, const Nibbles& prefix) const {
    return is_head_ ? first_leaf_now(*snapshot_, owner, prefix)
                    : first_leaf_as_of(*snapshot_, owner, prefix, number());
}

StoreSnapshot::StoreSnapshot(std::shared_ptr<const Snapshot> snapshot, Header header,
                             const Hash& hash, uint64_t kept_from)
    : StateSnapshot(std::move(snapshot), std::move(header), hash, true), kept_from_(kept_from) {}

std::optional<Header> StoreSnapshot::header(uint64_t block_number) const {
    auto row = read_header_row(snapshot(), block_number);
    if (!row) return std::nullopt;
    return std::move(row->header);
}

std::optional<Hash> StoreSnapshot::hash(uint64_t block_number) const {
    const auto row = read_header_row(snapshot(), block_number);
    if (!row) return std::nullopt;
    return row->hash;
}

std::optional<uint64_t> StoreSnapshot::number_of(const Hash& block_hash) const {
    const auto row = snapshot().get(Table::numbers, block_hash);
    if (!row) return std::nullopt;
    check(row->size() == 8, "a block number is stored in eight bytes");
    return schema::trailing_number(*row);
}

std::optional<Block> StoreSnapshot::block(uint64_t block_number) const {
    auto row = read_header_row(snapshot(), block_number);
    if (!row) return std::nullopt;
    Block out{std::move(row->header), {}, row->hash};
    out.transactions.reserve(row->transaction_count);
    for_each_place(
        snapshot(), Table::bodies, block_number, row->transaction_count,
        [&out](BytesView body) { out.transactions.push_back(record::read_transaction(body)); });
    return out;
}

std::optional<uint32_t> StoreSnapshot::transaction_count(uint64_t block_number) const {
    const auto row = read_header_row(snapshot(), block_number);
    if (!row) return std::nullopt;
    return row->transaction_count;
}

std::optional<TransactionLocation> StoreSnapshot::locate(const Hash& transaction_hash) const {
    const auto row = snapshot().get(Table::tx_index, transaction_hash);
    if (!row) return std::nullopt;
    check(row->size() == 12, "a place in the chain is stored in twelve bytes");
    const BytesView place{*row};
    TransactionLocation out{schema::trailing_number(place.first(8)), 0};
    for (const uint8_t byte : place.last(4)) out.index = out.index << 8 | byte;
    return out;
}

TransactionPtr StoreSnapshot::transaction(const TransactionLocation& location) const {
    const auto row =
        snapshot().get(Table::bodies, schema::place(location.block_number, location.index));
    return row ? record::read_transaction(*row) : nullptr;
}

std::optional<StoredReceipt> StoreSnapshot::receipt(const TransactionLocation& location) const {
    const auto row =
        snapshot().get(Table::receipts, schema::place(location.block_number, location.index));
    if (!row) return std::nullopt;
    return record::read_receipt(*row);
}

std::optional<std::vector<Receipt>> StoreSnapshot::receipts(uint64_t block_number) const {
    const auto count = transaction_count(block_number);
    if (!count) return std::nullopt;
    std::vector<Receipt> out;
    out.reserve(*count);
    for_each_place(snapshot(), Table::receipts, block_number, *count,
                   [&out](BytesView row) { out.push_back(record::read_receipt(row).receipt); });
    return out;
}

std::vector<uint64_t> StoreSnapshot::blocks_with_logs(const LogQuery& query) const {
    return find_logs(snapshot(), query);
}

std::shared_ptr<const StateSnapshot> StoreSnapshot::at(uint64_t block_number) const {
    if (block_number < kept_from_) return nullptr;
    auto row = read_header_row(snapshot(), block_number);
    if (!row) return nullptr;
    const bool is_head = block_number == number();
    return std::shared_ptr<const StateSnapshot>(
        new StateSnapshot(snapshot_, std::move(row->header), row->hash, is_head));
}

uint64_t StoreSnapshot::swept() const {
    return read_number(snapshot(), schema::meta_swept());
}

bool StoreSnapshot::is_development() const {
    return snapshot().get(Table::meta, schema::meta_development()).has_value();
}

std::optional<Bytes> StoreSnapshot::name_of(const Hash& key) const {
    return snapshot().get(Table::codes, key);
}

std::optional<Leaf> StoreSnapshot::leaf_from(const TrieOwner& owner, const Hash& floor) const {
    Cursor cursor = snapshot().cursor(schema::leaf_table(owner));
    cursor.seek(schema::leaf(owner, floor));
    const auto key = leaf_below(cursor, owner, 0, {});
    if (!key) return std::nullopt;
    return Leaf{*key, to_bytes(cursor.value())};
}

void StoreSnapshot::for_each_leaf(
    const TrieOwner& owner,
    const std::function<void(const Hash& key, BytesView value)>& visit) const {
    Cursor cursor = snapshot().cursor(schema::leaf_table(owner));
    for (cursor.seek(schema::leaf(owner, Hash{}));; cursor.next()) {
        const auto key = leaf_below(cursor, owner, 0, {});
        if (!key) return;
        visit(*key, cursor.value());
    }
}

void StoreSnapshot::for_each_row(
    Table table, const std::function<void(BytesView key, BytesView value)>& visit) const {
    Cursor cursor = snapshot().cursor(table);
    for (cursor.seek({}); cursor.valid(); cursor.next()) visit(cursor.key(), cursor.value());
}

Store::Store(std::unique_ptr<DataDirectory> directory, std::shared_ptr<Database> database,
             const StoreOptions& options)
    : directory_(std::move(directory)),
      database_(std::move(database)),
      batch_(std::make_unique<WriteBatch>(*database_)),
      wanted_(options.identity),
      keeps_names_(options.keeps_names),
      history_(options.history),
      is_read_only_(options.is_read_only) {}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& dir,
                                           const StoreOptions& options) {
    TRY(directory, options.is_read_only ? DataDirectory::look(dir) : DataDirectory::open(dir));
    EngineOptions engine{.cache_bytes = options.cache_bytes,
                         .write_buffer_bytes = options.write_buffer_bytes,
                         .is_read_only = options.is_read_only,
                         .is_synced = options.is_synced};
    auto database = Database::open(directory->database(), engine);
    // A power cut may leave the parts of the last record in any order, which looks like damage.
    // What was acknowledged tells one from the other.
    if (!database && directory->acknowledged()) {
        engine.is_cut_at_damage = true;
        engine.is_read_only = true;
        if (!holds_acknowledged(*directory, engine)) return std::move(database).error();
        log::warn("the end of the log was left out, nothing of which was acknowledged",
                  {{"reason", database.error().what}});
        engine.is_read_only = options.is_read_only;
        database = Database::open(directory->database(), engine);
    }
    if (!database) return std::move(database).error();
    std::unique_ptr<Store> out(new Store(std::move(directory), std::move(*database), options));
    if (auto loaded = out->load(dir); !loaded) return loaded.error();
    return out;
}

Result<void> Store::load(const std::filesystem::path& dir) {
    const auto snapshot = database_->snapshot();
    const auto identity_row = snapshot->get(Table::meta, schema::meta_identity());
    const auto head_row = snapshot->get(Table::meta, schema::meta_head());
    const std::string place = "data directory " + dir.string();
    if (!identity_row && !head_row) return check_acknowledged(place);
    const Error damaged{.what =
                            place + " is damaged: its first or last block is not marked properly"};
    if (!identity_row || !head_row || head_row->size() != 8) return damaged;

    const auto row = record::decode_identity(*identity_row);
    if (!row) return damaged;
    if (row->format != format_version)
        return Error{.what = place + " has format " + std::to_string(row->format) +
                             ", which this version of Plume does not read"};
    identity_ = row->identity;
    if (wanted_ && wanted_->chain_id != identity_->chain_id)
        return Error{.what = place + " holds the chain " + std::to_string(identity_->chain_id) +
                             ", not " + std::to_string(wanted_->chain_id)};
    if (wanted_ && wanted_->genesis_hash != identity_->genesis_hash)
        return Error{.what = place + " holds a chain with the genesis block " +
                             to_hex(identity_->genesis_hash) + ", not " +
                             to_hex(wanted_->genesis_hash)};

    const uint64_t number = schema::trailing_number(*head_row);
    auto head = read_header_row(*snapshot, number);
    if (!head || head->header.number != number || hash_of(head->header) != head->hash)
        return damaged;
    const uint64_t kept = read_number(*snapshot, schema::meta_kept());
    if (kept > number || read_number(*snapshot, schema::meta_swept()) > kept)
        return Error{.what = place + " is damaged: it notes to have states from block " +
                             std::to_string(kept) + " on only, but ends with block " +
                             std::to_string(number)};
    publish(std::move(head->header), head->hash);
    return check_acknowledged(place);
}

Result<void> Store::check_acknowledged(const std::string& place) const {
    const auto noted = directory_->acknowledged();
    if (!noted) return {};
    const auto newest = head();
    if (newest != nullptr && noted->number <= newest->number() &&
        newest->hash(noted->number) == noted->hash)
        return {};
    const std::string left =
        newest == nullptr ? "has no block" : "ends with block " + std::to_string(newest->number());
    return Error{.what = place + " is damaged: block " + std::to_string(noted->number) + " (" +
                         to_hex(noted->hash) + ") was acknowledged, but the database " + left +
                         " and does not have it. Restore a backup; or, to go on without what was "
                         "lost, remove " +
                         (directory_->path() / "HEAD").string()};
}

void Store::commit(std::span<const BlockCommit> blocks) {
    if (blocks.empty()) return;
    check(!is_read_only_, "a store that only looks is not written to");
    const auto before = head();
    const Header* parent = before ? &before->header() : nullptr;
    Hash parent_hash = before ? before->hash() : Hash{};
    auto snapshot = database_->snapshot();
    WriteBatch& batch = *batch_;
    batch.clear();
    for (const BlockCommit& commit : blocks) {
        check_block(commit, parent, parent_hash);
        // What a deleted account leaves behind is found by looking, so the blocks before must be
        // there to see.
        if (!batch.empty() && deletes_storage(commit)) {
            database_->write(batch);
            batch.clear();
            snapshot = database_->snapshot();
        }
        if (commit.block.header.number == 0) stamp(batch, commit.block.hash);
        write_block(batch, commit);
        StateWriter writer(batch, *snapshot, commit.block.header.number, false);
        writer.write(commit.changes, commit.nodes);
        if (keeps_names_) writer.write_names(commit.changes);
        parent = &commit.block.header;
        parent_hash = commit.block.hash;
    }
    database_->write(batch);
    directory_->acknowledge({parent->number, parent_hash});
    publish(*parent, parent_hash);
}

void Store::edit(const StateEdit& edit) {
    const auto before = head();
    check(before != nullptr, "what is edited is the state after a block");
    const auto snapshot = database_->snapshot();
    WriteBatch batch(*database_);
    StateWriter writer(batch, *snapshot, before->number(), true);
    writer.write(edit.changes, edit.nodes);
    if (keeps_names_) writer.write_names(edit.changes);
    batch.put(Table::meta, schema::meta_root(before->number()), edit.root);
    batch.put(Table::meta, schema::meta_development(), {});
    database_->write(batch);
    publish(before->header(), before->hash());
}

void Store::rewind(uint64_t number) {
    const auto before = head();
    check(before != nullptr, "there is a chain to rewind");
    check(number <= before->number(), "a chain is rewound to a block that it has");
    check(number >= before->kept_from(), "a chain is rewound to a state that is kept");
    const auto snapshot = database_->snapshot();
    auto target = read_header_row(*snapshot, number);
    check(target.has_value(), "every block up to the head is stored");
    WriteBatch batch(*database_);
    for (uint64_t gone = before->number(); gone > number; --gone) erase_block(batch, *before, gone);
    restore_state(batch, *snapshot, number);
    batch.put(Table::meta, schema::meta_head(), schema::number(number));
    // Noted first: whatever a crash leaves, the block that is noted is there.
    directory_->acknowledge({number, target->hash});
    database_->write(batch);
    publish(std::move(target->header), target->hash);
}

void Store::keep_from(uint64_t number) {
    const auto newest = head();
    check(newest != nullptr, "there is a chain to prune");
    check(number <= newest->number(), "the state of the head is always kept");
    if (number <= noted_kept_from()) return;
    WriteBatch batch(*database_);
    batch.put(Table::meta, schema::meta_kept(), schema::number(number));
    database_->write(batch);
    refresh();
}

uint64_t Store::noted_kept_from() const {
    return read_number(*database_->snapshot(), schema::meta_kept());
}

PruneStep Store::prune(const PruneStep& before) {
    const auto snapshot = database_->snapshot();
    WriteBatch batch(*database_);
    PruneStep out{.up_to = before.up_to};
    if (before.next.empty()) out.up_to = read_number(*snapshot, schema::meta_kept());
    Cursor history = snapshot->cursor(Table::history);
    history.seek(before.next);
    for (size_t looked = 0; history.valid() && looked < prune_rows_max; ++looked) {
        // The entry of the block whose state is the first to be kept tells of the state before it.
        if (schema::trailing_number(history.key()) <= out.up_to) {
            batch.erase(Table::history, history.key());
            ++out.removed;
        }
        history.next();
    }
    if (history.valid())
        out.next = to_bytes(history.key());
    else
        batch.put(Table::meta, schema::meta_swept(), schema::number(out.up_to));
    // Whether it lasts does not matter: it is done again.
    if (!batch.empty()) database_->write_soon(batch);
    if (out.next.empty()) refresh();
    return out;
}

void Store::reclaim(unsigned part, std::atomic<bool>& is_cancelled) {
    const Key from = schema::history_part(part);
    const Key to = part + 1 < schema::history_parts ? schema::history_part(part + 1)
                                                    : Key().add(uint8_t{0xff});
    database_->compact(Table::history, from, to, is_cancelled);
}

Result<void> Store::verify_files() const {
    return database_->verify_files();
}

Result<void> Store::checkpoint(const std::filesystem::path& path) const {
    return database_->checkpoint(path);
}

void Store::stamp(WriteBatch& batch, const Hash& genesis_hash) {
    check(wanted_.has_value(), "a store that makes a chain was told which");
    check(wanted_->genesis_hash == genesis_hash, "block 0 is the genesis block that was asked for");
    batch.put(Table::meta, schema::meta_identity(), record::encode_identity(*wanted_));
    identity_ = wanted_;
}

void Store::publish(Header header, const Hash& hash) {
    auto snapshot = database_->snapshot();
    const uint64_t kept = kept_from(*snapshot, header.number);
    std::shared_ptr<const StoreSnapshot> fresh(
        new StoreSnapshot(std::move(snapshot), std::move(header), hash, kept));
    const std::lock_guard lock(head_mutex_);
    head_.swap(fresh);
}

void Store::refresh() {
    std::shared_ptr<const StoreSnapshot> fresh;
    const std::lock_guard lock(head_mutex_);
    auto snapshot = database_->snapshot();
    const uint64_t number = head_->number();
    // A block that is in the database but not the head yet is about to be published.
    if (read_number(*snapshot, schema::meta_head()) != number) return;
    const uint64_t kept = kept_from(*snapshot, number);
    fresh.reset(new StoreSnapshot(std::move(snapshot), head_->header(), head_->hash(), kept));
    head_.swap(fresh);
}

uint64_t Store::kept_from(const Snapshot& snapshot, uint64_t head) const {
    const uint64_t noted = read_number(snapshot, schema::meta_kept());
    if (!history_ || *history_ > head) return noted;
    return std::max(noted, head + 1 - std::max<uint64_t>(*history_, 1));
}

std::shared_ptr<const StoreSnapshot> Store::head() const {
    const std::lock_guard lock(head_mutex_);
    return head_;
}

}  // namespace plume
