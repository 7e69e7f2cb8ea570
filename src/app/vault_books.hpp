// The books of a vault of any kind as they stand on the chain, and what it waits for, in words.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "app/session.hpp"
#include "contracts/tranches.hpp"

namespace plume {

/// A currency as people write it.
struct Currency {
    Address at;
    std::string symbol;
    uint8_t decimals = 0;

    std::string text(const u256& amount) const;
};

/// One figure of the books: for people and for programs.
struct Figure {
    std::string key;    ///< in JSON
    std::string label;  ///< on the screen
    std::string text;
    boost::json::value value;
};

/// A tranche, or a line of spending, as it stands.
struct PlanStep {
    std::string amount;
    uint64_t opens_at = 0;
    uint64_t deadline = 0;
    size_t payee_count = 0;
    std::string state;  ///< "open", "released", "disputed", ...
    std::string now;    ///< what can be done, or what it waits for; empty at an end
    boost::json::object json;
};

struct VaultBooks {
    Address at;
    std::string kind;  ///< the contract type
    std::string name;
    std::string phase;
    std::vector<Currency> currencies;  ///< at least one; the first is the one to give in
    std::vector<Figure> figures;
    std::vector<PlanStep> plan;
    std::vector<std::string> waits;  ///< sentences

    boost::json::object json() const;
};

/// Whether `kind` is a vault's.
bool is_vault(std::string_view kind);

/// Reads the books of the vault of this kind at `at`.
Result<VaultBooks> read_books(Session& session, const Address& at, const std::string& kind);

/// What can be done with an open tranche of a milestone vault at `now`, or what it waits for.
std::string tranche_status(const Tranche& terms, uint64_t claimed_at, bool is_releasable,
                           bool is_reclaimable, uint64_t now);

}  // namespace plume
