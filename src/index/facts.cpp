#include "index/facts.hpp"

namespace plume {

namespace {

/// Tables of facts, all with `at`; the first column of each but running figures is its place.
constexpr std::array<std::string_view, 12> fact_tables{
    "contracts", "tranches", "steps",  "flows",   "totals",  "transfers",
    "balances",  "items",    "rights", "records", "journal", "runs"};

constexpr std::string_view schema = R"(
CREATE TABLE meta(key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE blocks(number INTEGER PRIMARY KEY, hash BLOB NOT NULL, timestamp INTEGER NOT NULL);
CREATE INDEX blocks_by_time ON blocks(timestamp);

CREATE TABLE contracts(at INTEGER, part INTEGER, contract BLOB, kind TEXT, template TEXT,
  creator BLOB, record BLOB, purpose BLOB, name TEXT, symbol TEXT, decimals INTEGER, currency BLOB,
  PRIMARY KEY(at, part)) WITHOUT ROWID;
CREATE UNIQUE INDEX contracts_by_address ON contracts(contract);
CREATE TABLE tranches(at INTEGER, part INTEGER, contract BLOB, item BLOB, amount BLOB,
  deadline INTEGER, criteria BLOB, purpose BLOB, record BLOB,
  PRIMARY KEY(at, part)) WITHOUT ROWID;
CREATE INDEX tranches_by_contract ON tranches(contract, at);
CREATE TABLE steps(at INTEGER, part INTEGER, contract BLOB, item BLOB, step TEXT, party BLOB,
  amount BLOB, tx BLOB, PRIMARY KEY(at, part)) WITHOUT ROWID;
CREATE INDEX steps_by_contract ON steps(contract, at);
CREATE TABLE flows(at INTEGER, part INTEGER, contract BLOB, side TEXT, kind TEXT, currency BLOB,
  party BLOB, beneficiary BLOB, item BLOB, amount BLOB, undone INTEGER, record BLOB, purpose BLOB,
  ref BLOB, tx BLOB, PRIMARY KEY(at, part)) WITHOUT ROWID;
CREATE INDEX flows_by_contract ON flows(contract, at);
CREATE INDEX flows_by_purpose ON flows(purpose, at);
CREATE INDEX flows_by_party ON flows(party, at);
CREATE TABLE totals(contract BLOB, currency BLOB, at INTEGER, contributed BLOB, paid BLOB,
  returned BLOB, PRIMARY KEY(contract, currency, at)) WITHOUT ROWID;
CREATE TABLE transfers(at INTEGER, part INTEGER, contract BLOB, item BLOB, sender BLOB,
  receiver BLOB, amount BLOB, tx BLOB, PRIMARY KEY(at, part)) WITHOUT ROWID;
CREATE INDEX transfers_by_contract ON transfers(contract, at);
CREATE TABLE balances(contract BLOB, item BLOB, holder BLOB, at INTEGER, amount BLOB,
  PRIMARY KEY(contract, item, holder, at)) WITHOUT ROWID;
CREATE TABLE items(at INTEGER, part INTEGER, contract BLOB, item BLOB, record BLOB, cap BLOB,
  PRIMARY KEY(at, part)) WITHOUT ROWID;
CREATE INDEX items_by_contract ON items(contract, at);
CREATE TABLE rights(at INTEGER, part INTEGER, contract BLOB, item BLOB, what TEXT, user BLOB,
  amount BLOB, expires INTEGER, PRIMARY KEY(at, part)) WITHOUT ROWID;
CREATE INDEX rights_by_contract ON rights(contract, at);
CREATE TABLE records(at INTEGER, part INTEGER, uid BLOB, schema BLOB, attester BLOB, subject BLOB,
  event TEXT, tx BLOB, PRIMARY KEY(at, part)) WITHOUT ROWID;
CREATE INDEX records_by_subject ON records(subject, at);
CREATE INDEX records_by_schema ON records(schema, at);
CREATE INDEX records_by_attester ON records(attester, at);
CREATE INDEX records_by_uid ON records(uid, at);
CREATE TABLE journal(at INTEGER, part INTEGER, contract BLOB, entry BLOB, currency BLOB,
  debit INTEGER, credit INTEGER, amount BLOB, ref BLOB, tx BLOB,
  PRIMARY KEY(at, part)) WITHOUT ROWID;
CREATE INDEX journal_by_contract ON journal(contract, at);
CREATE TABLE runs(at INTEGER, part INTEGER, job BLOB, what TEXT, party BLOB, run INTEGER,
  amount BLOB, tx BLOB, PRIMARY KEY(at, part)) WITHOUT ROWID;
CREATE INDEX runs_by_job ON runs(job, at);
)";

}  // namespace

std::string_view name_of(Side side) {
    constexpr std::array<std::string_view, 5> names{"in", "paid", "returned", "inner", "purse"};
    return names[static_cast<size_t>(side)];
}

struct Facts::Statements {
    explicit Statements(Sqlite& opened) : database(opened) {}

    Sqlite& database;
    Statement block{database, "INSERT INTO blocks VALUES(?,?,?)"};
    Statement has_contract{database, "SELECT 1 FROM contracts WHERE contract = ?"};
    Statement contract{database,
                       "INSERT INTO contracts VALUES(?,?,?,?,'',zeroblob(20),?,?,?,?,?,?)"};
    Statement launched{
        database, "UPDATE contracts SET template = ?, creator = ?, record = ? WHERE contract = ?"};
    Statement tranche{database, "INSERT INTO tranches VALUES(?,?,?,?,?,?,?,?,?)"};
    Statement step{database, "INSERT INTO steps VALUES(?,?,?,nullif(?,x''),?,?,?,?)"};
    Statement flow{
        database,
        "INSERT INTO flows VALUES(?,?,?,?,?,?,?,nullif(?,x''),nullif(?,x''),?,?,?,?,?,?)"};
    Statement last_total{database,
                         "SELECT contributed, paid, returned FROM totals WHERE contract = ? AND "
                         "currency = ? ORDER BY at DESC LIMIT 1"};
    Statement total{database, "INSERT OR REPLACE INTO totals VALUES(?,?,?,?,?,?)"};
    Statement transfer{database, "INSERT INTO transfers VALUES(?,?,?,nullif(?,x''),?,?,?,?)"};
    Statement last_balance{database,
                           "SELECT amount FROM balances WHERE contract = ? AND item = ? AND "
                           "holder = ? ORDER BY at DESC LIMIT 1"};
    Statement balance{database, "INSERT OR REPLACE INTO balances VALUES(?,?,?,?,?)"};
    Statement item{database, "INSERT INTO items VALUES(?,?,?,?,?,?)"};
    Statement right{database, "INSERT INTO rights VALUES(?,?,?,?,?,?,?,?)"};
    Statement record{database, "INSERT INTO records VALUES(?,?,?,?,?,?,?,?)"};
    Statement journal{database, "INSERT INTO journal VALUES(?,?,?,?,?,?,?,?,?,?)"};
    Statement run{database, "INSERT INTO runs VALUES(?,?,?,?,?,?,?,?)"};
    Statement currency_of{database,
                          "SELECT currency FROM flows WHERE contract = ? AND item = ? AND kind = ? "
                          "ORDER BY at LIMIT 1"};
};

Facts::Facts(std::unique_ptr<Sqlite> database) : database_(std::move(database)) {}
Facts::~Facts() = default;

Result<std::unique_ptr<Facts>> Facts::open(const std::filesystem::path& file, const Hash& genesis) {
    TRY(database, Sqlite::open(file, Sqlite::Mode::write));
    std::unique_ptr<Facts> out(new Facts(std::move(database)));
    if (auto prepared = out->prepare(genesis); !prepared) return std::move(prepared).error();
    return out;
}

Result<void> Facts::prepare(const Hash& genesis) {
    Sqlite& database = *database_;
    database.run("BEGIN IMMEDIATE");
    uint64_t version = 0;
    bool is_ours = true;
    {
        Statement found(database, "PRAGMA user_version");
        if (found.step()) version = found.number(0);
    }
    if (version > index_schema_version)
        return Error{.what =
                         "the index was made by a newer program; delete index.db to have it "
                         "made anew by this one"};
    if (version == index_schema_version) {
        Statement found(database, "SELECT value FROM meta WHERE key = 'genesis'");
        is_ours = found.step() && found.hash(0) == genesis;
    }
    if (version != index_schema_version || !is_ours) {
        for (const std::string_view table : fact_tables)
            database.run("DROP TABLE IF EXISTS " + std::string(table));
        database.run("DROP TABLE IF EXISTS meta; DROP TABLE IF EXISTS blocks");
        database.run(schema);
        database.run("PRAGMA user_version = " + std::to_string(index_schema_version));
        Statement note(database, "INSERT INTO meta VALUES('genesis', ?)");
        note.bind(genesis).run();
    }
    {
        Statement last(database, "SELECT max(number) FROM blocks");
        next_block_ = last.step() && !last.is_null(0) ? last.number(0) + 1 : 0;
    }
    database.run("COMMIT");
    statements_ = std::make_unique<Statements>(database);
    return database.outcome();
}

std::optional<Hash> Facts::hash_of(uint64_t number) {
    Statement found(*database_, "SELECT hash FROM blocks WHERE number = ?");
    if (!found.bind(number).step()) return std::nullopt;
    return found.hash(0);
}

void Facts::begin() {
    database_->run("BEGIN IMMEDIATE");
}

void Facts::end_block(uint64_t number, const Hash& hash, uint64_t timestamp) {
    statements_->block.bind(number, hash, timestamp).run();
    next_block_ = number + 1;
}

Result<void> Facts::commit() {
    database_->run("COMMIT");
    return database_->outcome();
}

Result<void> Facts::rewind_to_before(uint64_t number) {
    database_->run("BEGIN IMMEDIATE");
    for (const std::string_view table : fact_tables) {
        Statement away(*database_, "DELETE FROM " + std::string(table) + " WHERE at >= ?");
        away.bind(first_place(number)).run();
    }
    Statement blocks(*database_, "DELETE FROM blocks WHERE number >= ?");
    blocks.bind(number).run();
    next_block_ = std::min(next_block_, number);
    balances_.clear();
    return commit();
}

void Facts::place(const LogPlace& place) {
    place_ = place;
    part_ = 0;
}

bool Facts::has_contract(const Address& address) {
    const bool out = statements_->has_contract.bind(address).step();
    statements_->has_contract.reset();
    return out;
}

void Facts::contract(const KnownContract& known) {
    statements_->contract
        .bind(place_.at, part_++, known.address, known.kind, known.record, known.purpose,
              known.name, known.symbol, known.decimals, known.currency)
        .run();
}

void Facts::launched(const Address& address, std::string_view name, const Address& creator,
                     const Hash& record) {
    statements_->launched.bind(name, creator, record, address).run();
}

void Facts::tranche(const Address& contract, const Hash& item, const u256& amount,
                    uint64_t deadline, const Hash& criteria, const Hash& purpose,
                    const Hash& record) {
    statements_->tranche
        .bind(place_.at, part_++, contract, item, amount, deadline, criteria, purpose, record)
        .run();
}

namespace {

/// Bound as an empty blob, which the statements turn into null.
template <class T>
BytesView or_nothing(const std::optional<T>& value) {
    return value ? BytesView(*value) : BytesView();
}

}  // namespace

void Facts::step(const Address& contract, std::optional<Hash> item, std::string_view step,
                 const Address& party, const u256& amount) {
    statements_->step
        .bind(place_.at, part_++, contract, or_nothing(item), step, party, amount,
              place_.transaction)
        .run();
}

void Facts::flow(const Flow& flow) {
    if (flow.amount.is_zero()) return;
    statements_->flow
        .bind(place_.at, part_++, flow.contract, name_of(flow.side), flow.kind, flow.currency,
              flow.party, or_nothing(flow.beneficiary), or_nothing(flow.item), flow.amount,
              uint64_t{flow.is_undone}, flow.record, flow.purpose, flow.ref, place_.transaction)
        .run();
    total(flow);
}

void Facts::total(const Flow& flow) {
    if (flow.side == Side::inner || flow.side == Side::purse) return;
    std::array<u256, 3> sums;
    Statement& last = statements_->last_total;
    if (last.bind(flow.contract, flow.currency).step())
        sums = {last.amount(0), last.amount(1), last.amount(2)};
    last.reset();
    u256& sum = sums[static_cast<size_t>(flow.side)];
    const Overflowing changed =
        flow.is_undone ? overflowing_sub(sum, flow.amount) : overflowing_add(sum, flow.amount);
    if (changed.overflow) return fail("the sums of a contract leave 256 bits");
    sum = changed.value;
    statements_->total.bind(flow.contract, flow.currency, place_.at, sums[0], sums[1], sums[2])
        .run();
}

size_t Facts::HoldingHash::operator()(const Holding& holding) const noexcept {
    const size_t token = std::hash<Address>{}(holding.token) ^ std::hash<Hash>{}(holding.item);
    return token * 31 + std::hash<Address>{}(holding.holder);
}

u256& Facts::balance(const Holding& holding) {
    const auto known = balances_.find(holding);
    if (known != balances_.end()) return known->second;
    if (balances_.size() >= known_balances_max) balances_.clear();
    Statement& last = statements_->last_balance;
    const bool is_found = last.bind(holding.token, holding.item, holding.holder).step();
    const u256 found = is_found ? last.amount(0) : u256{};
    last.reset();
    return balances_.emplace(holding, found).first->second;
}

void Facts::transfer(const Address& token, const std::optional<u256>& number, const Address& from,
                     const Address& to, const u256& amount) {
    const std::optional<Hash> named = number ? std::optional(to_word(*number)) : std::nullopt;
    statements_->transfer
        .bind(place_.at, part_++, token, or_nothing(named), from, to, amount, place_.transaction)
        .run();
    const Hash item = named.value_or(Hash{});
    // The supply stands where the zero address's balance would: makings add to it, endings take.
    change_balance(token, item, from, amount, from == Address{});
    change_balance(token, item, to, amount, to != Address{});
}

void Facts::change_balance(const Address& token, const Hash& item, const Address& holder,
                           const u256& amount, bool is_more) {
    u256& newest = balance({token, item, holder});
    const auto [after, overflow] =
        is_more ? overflowing_add(newest, amount) : overflowing_sub(newest, amount);
    if (overflow) return fail("a token moves more than its holder has: " + to_hex(token));
    newest = after;
    statements_->balance.bind(token, item, holder, place_.at, after).run();
}

void Facts::item(const Address& contract, const Hash& item, const Hash& record, const u256& cap) {
    statements_->item.bind(place_.at, part_++, contract, item, record, cap).run();
}

void Facts::right(const Address& contract, const Hash& item, std::string_view what,
                  const Address& user, const u256& amount, uint64_t expires) {
    // Rights that do not end are given times beyond what the table can hold.
    statements_->right
        .bind(place_.at, part_++, contract, item, what, user, amount,
              std::min(expires, ~uint64_t{0} >> 1))
        .run();
}

void Facts::record(const Hash& uid, const Hash& schema_uid, const Address& attester,
                   const Address& subject, bool is_revoked) {
    statements_->record
        .bind(place_.at, part_++, uid, schema_uid, attester, subject,
              std::string_view(is_revoked ? "revoked" : "attested"), place_.transaction)
        .run();
}

void Facts::journal(const Address& contract, const u256& entry, const Address& currency,
                    uint8_t debit, uint8_t credit, const u256& amount, const Hash& ref) {
    statements_->journal
        .bind(place_.at, part_++, contract, entry, currency, uint64_t{debit}, uint64_t{credit},
              amount, ref, place_.transaction)
        .run();
}

void Facts::run(const u256& job, std::string_view what, const Address& party, uint64_t run,
                const u256& amount) {
    statements_->run.bind(place_.at, part_++, job, what, party, run, amount, place_.transaction)
        .run();
}

std::optional<Address> Facts::currency_of(const Address& contract, const Hash& item,
                                          std::string_view kind) {
    Statement& found = statements_->currency_of;
    std::optional<Address> out;
    if (found.bind(contract, item, kind).step()) out = found.address(0);
    found.reset();
    return out;
}

}  // namespace plume
