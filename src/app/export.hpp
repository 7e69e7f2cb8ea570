// `plume export`: the books of a vault or a token as one file, for those who check them without us.
//
// A CSV file (RFC 4180) has a line of names and then rows; amounts are whole units of the currency,
// whose symbol and decimals stand beside each. Its last row begins with "# block" and names the
// chain, the block and its hash that the file is of: it has as many fields as every other. JSON has
// the same rows as objects, and the block beside them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/calls.hpp"

namespace plume {

struct ExportOptions {
    ClientOptions client;
    std::string what;     ///< vault, flows, journal, captable, holders, transfers
    std::string address;  ///< of the vault or token
    std::string format = "csv";
    std::string as_of;   ///< a block's number, or "@" and seconds since 1970; empty: the newest
    std::string output;  ///< file; empty: standard output
    std::string data;    ///< a stopped node's data directory; empty: a running node is asked
};

/// A table with the block it is of.
struct ExportedTable {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;
    uint64_t chain_id = 0;
    uint64_t block_number = 0;
    std::string block_hash;
    uint64_t timestamp = 0;

    std::string csv() const;
    boost::json::object json() const;
};

/// Reads a table from a node, page by page.
Result<ExportedTable> read_export(Session& session, const ExportOptions& options);

/// Sums of one currency.
struct ExportedSums {
    u256 contributed, paid, returned, held;
};
/// What the text of an exported vault says of a currency, by its own rows alone: contributed = paid
/// + returned + held.
Result<ExportedSums> sums_of_export(const std::string& csv, const Address& currency);

int run_export(const ExportOptions& options);

struct IndexOptions {
    std::string data;
    bool json = false;
};
/// Drops the index of a stopped node and fills it anew.
int run_index_rebuild(const IndexOptions& options);

}  // namespace plume
