// What can be asked of the index: lists of facts with filters, page by page, and holders as of a
// block.
//
// Lists are in the order of the chain, by place, and what is on a page never changes: new facts
// come after the last page. A cursor is the place of the last fact that was given.
#pragma once

#include <span>
#include <variant>

#include "index/sqlite.hpp"

namespace plume {

/// Rows of a page.
inline constexpr uint64_t page_max = 1'000;

/// What a column holds, and how its value is written for people and programs.
enum class Form : uint8_t {
    number,  ///< a JSON number, below 2^63
    address,
    hash,
    amount,  ///< 256 bits: decimal digits in a string
    text,
    flag,
};

struct Column {
    std::string_view name;
    std::string_view sql;
    Form form;
};

/// A condition that a question may name, with one parameter.
struct Filter {
    std::string_view name;
    std::string_view sql;  ///< "t.contract = ?"
    Form form;
};

struct Listing {
    std::string_view name;   ///< "contributions"
    std::string_view table;  ///< its facts are `t`
    std::string_view where;  ///< which of its facts; empty: all
    std::span<const Column> columns;
    std::span<const Filter> filters;
};

/// Null where a fact lacks the value; numbers and flags; all else as text.
using Cell = std::variant<std::monostate, uint64_t, bool, std::string>;
using Row = std::vector<Cell>;

struct Cursor {
    uint64_t at = 0;
    uint64_t part = 0;
    bool is_start = true;  ///< from the first fact on

    /// "15728641.0", or "" at the start.
    std::string text() const;
    static std::optional<Cursor> parse(std::string_view text);
};

/// A filter's value.
struct Condition {
    const Filter* filter;
    std::variant<uint64_t, Address, Hash, u256, std::string> value;
};

struct Page {
    std::vector<Row> rows;       ///< cells in the order of the listing's columns
    std::optional<Cursor> next;  ///< absent: this was the last page
};

std::span<const Listing> listings();
/// The listing with this name; it exists.
const Listing& listing_named(std::string_view name);

/// A page of at most `limit` (1 to `page_max`) rows after `after`, of blocks `first` to `last`. Ask
/// `database.error` before it is used.
Page read_page(Sqlite& database, const Listing& listing, std::span<const Condition> conditions,
               const Cursor& after, uint64_t first, uint64_t last, uint64_t limit);

struct Holding {
    Address holder;
    u256 amount;
};

struct HoldersPage {
    u256 supply;
    std::vector<Holding> holders;  ///< by address, ascending; none with nothing
    std::optional<Address> next;   ///< to be handed in as `after`; absent: that was all
};

/// Who held a token, or item `item` of a contract with many, after block `block`.
HoldersPage read_holders(Sqlite& database, const Address& token, const Hash& item, uint64_t block,
                         const std::optional<Address>& after, uint64_t limit);

/// The sums of a contract's flows in one currency.
struct Total {
    Address currency;
    u256 contributed, paid, returned;
};
/// After block `block`, by currency.
std::vector<Total> read_totals(Sqlite& database, const Address& contract, uint64_t block);

/// The last block whose time is not later than `timestamp`; nothing when there is none.
std::optional<uint64_t> block_at_time(Sqlite& database, uint64_t timestamp);
/// Hash and time of a block that is in.
std::optional<std::pair<Hash, uint64_t>> block_facts(Sqlite& database, uint64_t number);

}  // namespace plume
