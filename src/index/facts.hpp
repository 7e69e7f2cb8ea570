// What the index holds: facts told by the logs of native contracts, each at its place in the chain.
//
// A fact stands `at` block * 2^24 + number of its log in the block; a log that tells several has
// them by `part`. Facts are only ever added, so that what was known as of a block is what stands at
// or before its last log, and what came after a block can be taken away again. Running figures
// (balances, sums of a vault) are facts too: the figure after the log. Amounts are 32 big-endian
// bytes; items, tranches and lines are named by 32 bytes; what a fact lacks is null.
#pragma once

#include <filesystem>
#include <unordered_map>

#include "index/sqlite.hpp"

namespace plume {

/// A database of another schema is dropped and filled anew.
inline constexpr uint64_t index_schema_version = 1;
/// Logs in a block that the index can tell apart.
inline constexpr uint64_t logs_per_block_max = uint64_t{1} << 24;
/// Balances that are remembered, so that they need not be looked up before they change; beyond it
/// the memory begins anew.
inline constexpr size_t known_balances_max = 65'536;

/// The first place in a block.
constexpr uint64_t first_place(uint64_t block_number) {
    return block_number * logs_per_block_max;
}
constexpr uint64_t block_of_place(uint64_t at) {
    return at / logs_per_block_max;
}

/// Where money goes in a flow, seen from the contract that tells of it. contributed = paid +
/// returned + what it still has. The purse (bonds, fees of disputes) is kept apart from the books.
enum class Side : uint8_t { in, paid, returned, inner, purse };
std::string_view name_of(Side side);

/// Money that moved, or was made over to somebody.
struct Flow {
    Address contract;
    Side side = Side::inner;
    std::string_view kind;  ///< "contribution", "payment", "withdrawal", ...
    Address currency;
    Address party;  ///< who gave it, or has it
    std::optional<Address> beneficiary{};
    std::optional<Hash> item{};
    u256 amount;
    bool is_undone = false;  ///< takes an earlier flow back: its amount counts as negative
    Hash record{};
    Hash purpose{};
    Hash ref{};
};

/// A native contract as the index knows it.
struct KnownContract {
    Address address;
    std::string kind;  ///< contract type
    Address currency;  ///< of vaults with one; else zero
    Hash record;       ///< what it was launched for
    Hash purpose;
    std::optional<Address> payer, payee;  ///< of an escrow
    std::string name, symbol;
    uint64_t decimals = 0;
};

/// The place of the log that is being told, and its transaction.
struct LogPlace {
    uint64_t at = 0;
    Hash transaction;
};

/// Writes facts. `begin`, facts, `end_block`: a block is in the file whole or not at all.
class Facts {
public:
    /// Opens or makes `file` for the chain whose block 0 is `genesis`. One of another chain or of
    /// an older schema is emptied; one of a newer program is refused.
    static Result<std::unique_ptr<Facts>> open(const std::filesystem::path& file,
                                               const Hash& genesis);
    ~Facts();

    /// The next block that is wanted: all before it are in.
    uint64_t next_block() const { return next_block_; }

    /// Of a block that is in.
    std::optional<Hash> hash_of(uint64_t number);

    void begin();
    /// Notes that a block has been told.
    void end_block(uint64_t number, const Hash& hash, uint64_t timestamp);
    /// Puts what was told since `begin` into the file. After an error the object is of no use any
    /// more: what is in the file is whole.
    Result<void> commit();
    /// Takes away block `number` and all after it.
    Result<void> rewind_to_before(uint64_t number);

    void place(const LogPlace& place);

    bool has_contract(const Address& address);
    void contract(const KnownContract& contract);
    /// `name` is the template's.
    void launched(const Address& address, std::string_view name, const Address& creator,
                  const Hash& record);
    void tranche(const Address& contract, const Hash& item, const u256& amount, uint64_t deadline,
                 const Hash& criteria, const Hash& purpose, const Hash& record);
    void step(const Address& contract, std::optional<Hash> item, std::string_view step,
              const Address& party, const u256& amount);
    void flow(const Flow& flow);
    /// Moves a token, or an item of a contract with many; zero addresses make and end it.
    void transfer(const Address& token, const std::optional<u256>& item, const Address& from,
                  const Address& to, const u256& amount);
    void item(const Address& contract, const Hash& item, const Hash& record, const u256& cap);
    void right(const Address& contract, const Hash& item, std::string_view what,
               const Address& user, const u256& amount, uint64_t expires);
    void record(const Hash& uid, const Hash& schema, const Address& attester,
                const Address& subject, bool is_revoked);
    void journal(const Address& contract, const u256& entry, const Address& currency, uint8_t debit,
                 uint8_t credit, const u256& amount, const Hash& ref);
    void run(const u256& job, std::string_view what, const Address& party, uint64_t run,
             const u256& amount);

    /// The currency of the flow of this kind that named `item`.
    std::optional<Address> currency_of(const Address& contract, const Hash& item,
                                       std::string_view kind);
    /// Fails what is being written.
    void fail(std::string_view why) { database_->fail(why); }

private:
    struct Statements;
    struct Holding {
        Address token;
        Hash item;
        Address holder;
        friend bool operator==(const Holding&, const Holding&) = default;
    };
    struct HoldingHash {
        size_t operator()(const Holding& holding) const noexcept;
    };

    explicit Facts(std::unique_ptr<Sqlite> database);
    Result<void> prepare(const Hash& genesis);
    /// The newest balance, which is 0 before the first.
    u256& balance(const Holding& holding);
    void change_balance(const Address& token, const Hash& item, const Address& holder,
                        const u256& amount, bool is_more);
    void total(const Flow& flow);

    std::unique_ptr<Sqlite> database_;
    std::unique_ptr<Statements> statements_;
    uint64_t next_block_ = 0;
    LogPlace place_;
    uint64_t part_ = 0;
    std::unordered_map<Holding, u256, HoldingHash> balances_;
};

}  // namespace plume
