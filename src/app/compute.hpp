// The story of GPU nodes that many own together, played as a client of a node: each is an item with
// a device key, one token shares what all of them earn, by meters that their devices sign.
//
// Shares change hands in the middle, a tenth of them is pledged and goes on earning and voting, one
// node replays a reading and rolls its counter back and is suspended for it, and hours of one node
// are sold in advance and used up. One holder's revenue is claimed for him by the Scheduler.
#pragma once

#include "app/compute_plan.hpp"
#include "app/story.hpp"

namespace plume {

struct ComputeCast {
    Account owner;                 ///< of the nodes; made them too, and keeps their meters
    Account customer;              ///< pays for what the meters count
    Account tenant;                ///< buys hours in advance
    Account lender;                ///< takes shares as collateral
    std::vector<Account> holders;  ///< as many as `share_holder_count`
};

Result<ComputeCast> cast_compute();
std::vector<Account> everyone(const ComputeCast& cast);

/// The books at the end, in units of cUSD; each read from the chain unless it says otherwise.
struct ComputeReport {
    Address currency;
    Address token;
    Address items;
    std::vector<u256> counted;  ///< by node: microseconds by its counter
    u256 busy;                  ///< microseconds metered, as the events say
    u256 paid_in;
    u256 claimed;
    u256 held;
    u256 balance;  ///< what the token has of the currency
    std::vector<u256> claimed_by;
    u256 used;             ///< microseconds of the right
    size_t readings = 0;   ///< accepted
    size_t skipped = 0;    ///< handed in and not accepted
    size_t scheduled = 0;  ///< claims made by the Scheduler
    size_t refusals = 0;
    bool is_rogue_suspended = false;
    std::vector<std::string> faults;  ///< what differs from the plan

    bool is_balanced() const {
        return faults.empty() && is_rogue_suspended && paid_in == claimed + held && balance == held;
    }
};

/// Stops at the first step that does not do what it should.
Result<ComputeReport> play_compute(Session& session, const ComputeCast& cast,
                                   const std::vector<MeterSeries>& nodes, const ComputePlan& plan,
                                   const Narrator& narrate);

/// The closing tables and the balance line.
std::string render(const ComputeReport& report, const ComputeCast& cast,
                   const std::vector<MeterSeries>& nodes, const ComputePlan& plan);

/// Number of a node's device in Feeds; of its item.
u256 device_of(const MeterSeries& node);
u256 item_of(size_t node);

}  // namespace plume
