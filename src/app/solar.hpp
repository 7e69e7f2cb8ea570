// The story of a solar co-op, played as a client of a node: members with a credential own an array,
// its meter signs what it counts, the grid pays by the meter, and the chain itself distributes each
// month.
//
// How it is put together. The grid pays into a RevenueShare vault. Its shares are held by one
// RegulatedToken for each class of owners: the vault withholds tax from the class and passes its
// part through to the token, which shares it out among its holders. So every owner is permissioned
// and can be recovered, and each class has its own rate. Both steps of a month are runs of the
// Scheduler; owners claim what is theirs whenever they like.
#pragma once

#include "app/cooperative.hpp"
#include "app/story.hpp"

namespace plume {

/// The named people of the story.
struct SolarCast {
    Account board;      ///< founds the co-op, credits members, recovers lost accounts
    Account installer;  ///< certifies the meter
    Account grid;       ///< buys the energy
    Account upkeep;     ///< has the reserve
    Account tax_office;
    Account stranger;
    Account heir;   ///< the new account of the owner who loses his key
    Account meter;  ///< the device's key; has no coin
    std::vector<Account> owners;
};

Result<SolarCast> cast_solar();
/// All of them, for a genesis that gives each coin for fees.
std::vector<Account> everyone(const SolarCast& cast);

/// What the scheduler's runs of a month did, as their receipts say.
struct MonthOutcome {
    uint64_t block = 0;
    std::vector<Hash> transactions;  ///< one a run: the distribution, then the classes
    u256 energy;                     ///< millijoules, as the grid read them from the chain
    u256 revenue;                    ///< what the grid paid in
    u256 distributed;                ///< what the vault took in
    u256 reserve;
    std::array<ClassMonth, share_classes.size()> classes;
};

struct OwnerOutcome {
    Address account;  ///< where the shares are in the end
    u256 received;    ///< by both accounts of an owner who was recovered
};

/// The books at the end, in units of cUSD; each read from the chain.
struct SolarReport {
    Address currency;
    Address vault;
    std::array<Address, share_classes.size()> tokens;
    u256 device;
    std::array<u256, 1 + share_classes.size()> jobs;
    std::vector<MonthOutcome> months;
    std::vector<OwnerOutcome> owners;
    u256 recovered;  ///< what the lost account was owed, and the new one has claimed
    u256 paid_in;
    u256 reserve;
    u256 tax;
    u256 received;        ///< by owners
    u256 held;            ///< what is left: fractions of units that do not divide
    size_t accepted = 0;  ///< readings
    size_t skipped = 0;   ///< readings that were handed in a second time
    size_t gaps = 0;
    size_t refusals = 0;

    /// Every unit went somewhere, and whatever was taken out of a class's part is tax.
    bool is_balanced() const;
};

/// Plays on the node behind `session`, which lets its clients set the time. Everything goes through
/// signed transactions, or is made by the chain's scheduler. Stops at the first step that does not
/// do what it should.
Result<SolarReport> play_solar(Session& session, const SolarCast& cast, const Cooperative& coop,
                               const Narrator& narrate);

/// The closing tables and the balance line.
std::string render(const SolarReport& report, const Cooperative& coop);
boost::json::object to_json(const SolarReport& report, const Cooperative& coop);

}  // namespace plume
