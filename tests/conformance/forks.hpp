// The forks by the names that the public tests use, and what each says about blobs.
#pragma once

#include <optional>

#include "evm/revision.hpp"
#include "support/json.hpp"

namespace plume::conformance {

/// How many blobs blocks have, and how their price moves (EIP-4844, EIP-7691, EIP-7892).
struct BlobSchedule {
    uint64_t target = 0;
    uint64_t max = 0;
    uint64_t base_fee_update_fraction = 0;
};

/// A set of rules: a revision, and since Osaka the schedule of blobs by itself.
struct Fork {
    Revision revision = Revision::cancun;
    BlobSchedule blobs;
};

/// The fork called `name`; `config`, a test's own, may give it another schedule. Nothing for a fork
/// that Plume does not know: those before Cancun, and those to come.
std::optional<Fork> fork_called(std::string_view name, const boost::json::value* config);

/// The rules of a chain: one fork, or two with the time of the change ("CancunToPragueAtTime15k").
class Network {
public:
    /// Nothing when one of its forks is unknown.
    static std::optional<Network> called(std::string_view name, const boost::json::value* config);

    const Fork& at(uint64_t timestamp) const { return timestamp < change_ ? before_ : after_; }

private:
    Fork before_;
    Fork after_;
    uint64_t change_ = 0;
};

/// The price of one blob gas in wei.
u256 blob_base_fee(const BlobSchedule& blobs, uint64_t excess_blob_gas);

}  // namespace plume::conformance
