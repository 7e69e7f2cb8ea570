#include "app/compute.hpp"

#include <algorithm>

#include "app/accounts.hpp"
#include "app/device_signer.hpp"
#include "app/records.hpp"
#include "app/share_token.hpp"
#include "app/templates.hpp"
#include "app/text.hpp"
#include "contracts/addresses.hpp"
#include "contracts/feeds.hpp"
#include "contracts/items.hpp"
#include "contracts/scheduler.hpp"
#include "contracts/token.hpp"
#include "crypto/address.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace {

constexpr std::string_view park_schema = "string name";
constexpr std::string_view node_schema = "string node,bytes32 metric";
constexpr uint64_t hour_seconds = 3'600;
constexpr uint32_t day_seconds = 86'400;
constexpr uint32_t heartbeat_seconds = 2 * 3'600;
/// A node cannot be busy for more than all of a second.
constexpr u256 microseconds_per_second{1'000'000u};
/// Readings in one transaction. All may be a device's first, which cost the most gas, and a
/// transaction has at most 2^24 (EIP-7825).
constexpr size_t readings_per_call = 128;
constexpr uint64_t report_gas = 16'000'000;
constexpr uint64_t scheduled_gas = 400'000;
constexpr uint32_t scheduled_runs_max = 366;
/// Enough for all runs at a base fee that a chain without much traffic has; the rest comes back.
constexpr u256 scheduled_pay{100'000'000'000'000'000u};
constexpr uint8_t suspended = static_cast<uint8_t>(DeviceStatus::suspended);

std::string money(const u256& amount) {
    return format_amount(amount, dollar_decimals) + " cUSD";
}

class Play {
public:
    Play(Session& session, const ComputeCast& cast, const std::vector<MeterSeries>& nodes,
         const ComputePlan& plan, const Narrator& narrate)
        : session_(session), cast_(cast), nodes_(nodes), plan_(plan), narrate_(narrate) {
        report_.claimed_by.resize(share_holder_count);
        counters_.resize(nodes.size());
    }

    Result<ComputeReport> run() {
        for (const auto step :
             {&Play::found, &Play::register_nodes, &Play::launch_token, &Play::schedule_claims,
              &Play::sell_right, &Play::run_periods, &Play::claim, &Play::close_books})
            if (auto done = (this->*step)(); !done) return std::move(done).error();
        return std::move(report_);
    }

private:
    // The steps.
    Result<void> found();
    Result<void> register_nodes();
    Result<void> launch_token();
    Result<void> schedule_claims();
    Result<void> sell_right();
    Result<void> run_periods();
    Result<void> claim();
    Result<void> close_books();

    // Parts of them.
    Result<void> register_node(size_t node);
    Result<void> pledge();
    Result<void> meter(const ComputePeriod& period);
    /// Hands in what has gathered; how much of it was accepted.
    Result<size_t> hand_in(const std::vector<Reading>& readings);
    Result<void> use_right(const ComputePeriod& period);
    Result<void> pay_in(const Account& payer, const u256& amount);
    Result<void> sell_shares();
    Result<void> catch_rogue();
    Result<void> prove(const Reading& forged);
    Result<u256> claimable(size_t holder) {
        return session_
            .ask<"claimable(address account, address currency) view returns (uint256)", u256>(
                report_.token, cast_.holders[holder].address, report_.currency);
    }
    Result<u256> dollars_of(const Address& owner) {
        return session_.ask<"balanceOf(address owner) view returns (uint256)", u256>(
            report_.currency, owner);
    }

    Result<void> expect_refusal(const std::string& what, const Result<Mined>& outcome);
    void expect(bool is_so, const std::string& otherwise) {
        if (!is_so) report_.faults.push_back(otherwise);
    }
    void tell(const std::string& line) const { narrate_(line); }

    /// Where a node's counter stands, and what was accepted of it since it was last asked.
    struct Counter {
        u256 value;
        uint64_t at = 0;
        uint64_t seq = 1;
        u256 delta;
    };

    Session& session_;
    const ComputeCast& cast_;
    const std::vector<MeterSeries>& nodes_;
    const ComputePlan& plan_;
    const Narrator& narrate_;
    ComputeReport report_;
    const Hash metric_ = keccak256("gpu_busy|us");
    Hash park_;
    std::vector<DeviceSigner> devices_;
    std::vector<Counter> counters_;
    u256 right_;       ///< the record of use; 0 when it is used up
    u256 right_left_;  ///< microseconds
    u256 carried_;     ///< of a unit of cUSD, times an hour
};

Result<void> Play::expect_refusal(const std::string& what, const Result<Mined>& outcome) {
    auto refused = require_refused(what, outcome, narrate_);
    if (refused) ++report_.refusals;
    return refused;
}

Result<void> Play::found() {
    if (auto travelled = travel_to(session_, plan_.founded_at); !travelled) return travelled;
    TRY(schema, ensure_schema(session_, cast_.owner, park_schema));
    TRY(park, attest(session_, cast_.owner,
                     {.schema = schema,
                      .recipient = cast_.owner.address,
                      .refers_to = {},
                      .data = abi::encode(std::string("GPU park"))}));
    park_ = park;
    const TokenParams dollar{.name = "Community Dollar",
                             .symbol = "cUSD",
                             .decimals = dollar_decimals,
                             .record = park,
                             .issuer = cast_.owner.address,
                             .initial_supply = {},
                             .mintable = true};
    TRY(currency, launch(session_, cast_.owner, "AssetToken", abi::encode(dollar)));
    report_.currency = currency;
    const Address& owner = cast_.owner.address;
    const ItemsParams items{.uri = "https://example.org/nodes/{id}.json",
                            .contract_uri = "",
                            .record = park,
                            .domain = {},
                            .issuer = owner,
                            .policy = owner,
                            .pauser = owner,
                            .freezer = owner,
                            .forcer = owner};
    TRY(collection, launch(session_, cast_.owner, "AssetItems", abi::encode(items)));
    report_.items = collection;
    tell("The park is recorded; its nodes are items of " + to_checksum(collection));
    return {};
}

Result<void> Play::register_node(size_t node) {
    TRY(schema, ensure_schema(session_, cast_.owner, node_schema));
    TRY(certificate, attest(session_, cast_.owner,
                            {.schema = schema,
                             .recipient = cast_.owner.address,
                             .refers_to = park_,
                             .data = abi::encode(nodes_[node].name, metric_)}));
    const DeviceSigner& signer = devices_[node];
    TRY(binding,
        (session_.ask<"bindingDigest(uint256 device, address owner, uint32 number) view returns "
                      "(bytes32)",
                      Hash>(contracts::feeds, signer.device(), cast_.owner.address, uint32_t{0})));
    const DeviceParams params{.id = signer.id(),
                              .key = signer.key(),
                              .metric = metric_,
                              .decimals = 0,
                              .capacity = u128{microseconds_per_second},
                              .heartbeat = heartbeat_seconds,
                              .epoch_seconds = hour_seconds,
                              .epoch_cap = {},
                              .record = certificate};
    TRY(registered,
        session_.send<
            "registerDevice((bytes32 id, (uint8 algorithm, bytes key) key, bytes32 metric, "
            "uint8 decimals, uint128 capacity, uint32 heartbeat, uint32 epochSeconds, uint128 "
            "epochCap, bytes32 record) device, bytes possession) returns (uint256)">(
            cast_.owner, contracts::feeds, params, signer.sign(binding)));
    TRY(defined,
        session_.send<"defineItem(uint256 id, bytes32 record, uint256 cap, bytes32 domain)">(
            cast_.owner, report_.items, item_of(node), certificate, u256{1u}, Hash{}));
    TRY(minted,
        session_.send<"mint(address to, uint256 id, uint256 value, bytes data)">(
            cast_.owner, report_.items, cast_.owner.address, item_of(node), u256{1u}, Bytes{}));
    (void)registered, (void)defined, (void)minted;
    return {};
}

Result<void> Play::register_nodes() {
    TRY(domain,
        (session_.ask<"DOMAIN_SEPARATOR() view returns (bytes32)", Hash>(contracts::feeds)));
    for (const MeterSeries& node : nodes_) devices_.emplace_back(node.name, metric_, domain);
    for (size_t i = 0; i < nodes_.size(); ++i)
        if (auto registered = register_node(i); !registered) return registered;
    if (auto travelled = travel_to(session_, plan_.opens_at); !travelled) return travelled;
    std::vector<Reading> readings;
    for (size_t i = 0; i < nodes_.size(); ++i) {
        counters_[i].at = plan_.opens_at;
        readings.push_back(devices_[i].read(plan_.opens_at, {}, counters_[i].seq));
    }
    TRY(accepted, hand_in(readings));
    expect(accepted == nodes_.size(), "a counter's first reading was not accepted");
    tell(std::to_string(nodes_.size()) +
         " nodes have an item, a device key and a counter that stands at zero");
    return {};
}

Result<void> Play::launch_token() {
    TRY(token, launch(session_, cast_.owner, "AssetToken.Regulated",
                      share_token_params("GPU park shares", "GPU", park_, cast_.owner.address,
                                         u256{share_supply})));
    report_.token = token;
    TRY(listed,
        session_.send<"listCurrency(address currency)">(cast_.owner, token, report_.currency));
    (void)listed;
    for (size_t i = 0; i < share_holder_count; ++i) {
        if (first_shares[i] == 0) continue;
        TRY(sent, session_.send<"transfer(address to, uint256 value) returns (bool)">(
                      cast_.owner, token, cast_.holders[i].address, u256{first_shares[i]}));
        (void)sent;
    }
    tell("One token shares what all nodes earn: " + std::to_string(share_supply) + " shares at " +
         to_checksum(token));
    return pledge();
}

/// A tenth of all shares becomes collateral; it stays in its owner's account.
Result<void> Play::pledge() {
    const Account& owner = cast_.holders[pledger];
    TRY(delegated,
        session_.send<"delegate(address delegatee)">(owner, report_.token, owner.address));
    TRY(held, session_.send<"encumber(address taker, uint256 amount)">(
                  owner, report_.token, cast_.lender.address, u256{pledged_shares}));
    (void)delegated, (void)held;
    TRY(votes, (session_.ask<"getVotes(address account) view returns (uint256)", u256>(
                   report_.token, owner.address)));
    expect(votes == u256{first_shares[pledger]}, "pledged shares do not vote");
    tell(owner.name + " pledges " + std::to_string(pledged_shares) + " shares to " +
         cast_.lender.name + " and goes on voting with all " + to_decimal(votes));
    return expect_refusal(
        "moving shares that are pledged",
        session_.send<"transfer(address to, uint256 value) returns (bool)">(
            owner, report_.token, cast_.holders[seller].address, u256{first_shares[pledger]}));
}

/// What anyone may do can be scheduled: to claim for a holder is.
Result<void> Play::schedule_claims() {
    const uint64_t first = plan_.periods.front().ends_at + hour_seconds;
    const uint64_t days =
        (plan_.periods.back().ends_at - plan_.periods.front().ends_at + day_seconds - 1) /
        day_seconds;
    const Recurrence daily{
        .period = day_seconds,
        .unit = Recurrence::seconds,
        .count = static_cast<uint32_t>(std::min<uint64_t>(days + 1, scheduled_runs_max))};
    const Bytes call = calldata<"claimFor(address account, address currency) returns (uint256)">(
        cast_.holders[0].address, report_.currency);
    TRY(mined,
        session_.send(
            cast_.owner, contracts::scheduler,
            calldata<"schedule(address target, bytes data, uint64 gasLimit, uint64 due, (uint32 "
                     "period, uint8 unit, uint32 count) recurrence) payable returns (uint256 id)">(
                report_.token, call, scheduled_gas, first, daily),
            scheduled_pay));
    (void)mined;
    tell("The chain itself is to claim for " + cast_.holders[0].name + ", daily, " +
         std::to_string(daily.count) + " times");
    return {};
}

Result<void> Play::sell_right() {
    right_left_ = u256{plan_.let_hours} * u256{gpu_hour_microseconds};
    TRY(mined,
        session_.send<"createMeteredRecord(address owner, address user, uint256 tokenId, uint64 "
                      "amount, uint64 expiry, address meter, uint128 units) returns (uint256)">(
            cast_.owner, report_.items, cast_.owner.address, cast_.tenant.address,
            item_of(plan_.let), uint64_t{1}, plan_.periods.back().ends_at + 30 * day_seconds,
            cast_.owner.address, u128{right_left_}));
    for (const Log& log : mined.logs)
        if (const auto made = usage::CreateUserRecord::decode(log)) right_ = std::get<0>(*made);
    tell(cast_.tenant.name + " buys " + std::to_string(plan_.let_hours) + " GPU-hours of node " +
         nodes_[plan_.let].name + " for " + money(plan_.let_price));
    return pay_in(cast_.tenant, plan_.let_price);
}

Result<void> Play::pay_in(const Account& payer, const u256& amount) {
    if (amount.is_zero()) return {};
    TRY(minted, session_.send<"mint(address to, uint256 value)">(cast_.owner, report_.currency,
                                                                 payer.address, amount));
    TRY(approved, session_.send<"approve(address spender, uint256 value) returns (bool)">(
                      payer, report_.currency, report_.token, amount));
    TRY(paid,
        session_.send<"distribute(address currency, uint256 amount) returns (uint256 received)">(
            payer, report_.token, report_.currency, amount));
    (void)minted, (void)approved, (void)paid;
    return {};
}

Result<size_t> Play::hand_in(const std::vector<Reading>& readings) {
    size_t accepted = 0;
    for (size_t begin = 0; begin < readings.size(); begin += readings_per_call) {
        const size_t end = std::min(begin + readings_per_call, readings.size());
        const std::vector<Reading> part(readings.begin() + static_cast<ptrdiff_t>(begin),
                                        readings.begin() + static_cast<ptrdiff_t>(end));
        TRY(mined,
            session_.send_within(
                report_gas, cast_.owner, contracts::feeds,
                calldata<"reportMany((uint256 device, uint64 at, uint256 cumulative, "
                         "uint64 seq, bytes signature)[] readings) returns (uint256)">(part)));
        for (const Log& log : mined.logs) {
            if (Meters::ReadingSkipped::decode(log)) ++report_.skipped;
            const auto metered = Meters::Metered::decode(log);
            if (!metered) continue;
            ++accepted;
            const auto found =
                std::ranges::find(devices_, std::get<0>(*metered), &DeviceSigner::device);
            Counter& counter = counters_[static_cast<size_t>(found - devices_.begin())];
            counter.delta += std::get<4>(*metered);
            report_.busy += std::get<4>(*metered);
        }
    }
    report_.readings += accepted;
    return accepted;
}

/// All that the nodes say of a period, each for itself; a node that is suspended goes on talking.
Result<void> Play::meter(const ComputePeriod& period) {
    std::vector<Reading> readings;
    size_t expected = 0;
    for (size_t i = 0; i < nodes_.size(); ++i) {
        const auto [begin, end] = readings_within(nodes_[i], period.begins_at, period.ends_at);
        Counter& counter = counters_[i];
        counter.delta = {};
        for (size_t at = begin; at < end; ++at) {
            const MeterReading& reading = nodes_[i].readings[at];
            counter.value += u256{static_cast<uint64_t>(reading.amount)};
            counter.at = reading.time;
            readings.push_back(devices_[i].read(reading.time, counter.value, ++counter.seq));
        }
        if (i != plan_.rogue || period.begins_at < plan_.sale_at) expected += end - begin;
    }
    TRY(accepted, hand_in(readings));
    expect(accepted == expected, "other readings were accepted than were good");
    TRY(let, (session_.ask<"deltaBetween(uint256 device, uint64 from, uint64 to) view returns "
                           "(uint256)",
                           u256>(contracts::feeds, devices_[plan_.let].device(), period.begins_at,
                                 period.ends_at)));
    expect(let == counters_[plan_.let].delta, "a meter's history differs from its events");
    return {};
}

Result<void> Play::use_right(const ComputePeriod& period) {
    const u256 used = std::min(right_left_, counters_[plan_.let].delta);
    expect(used == period.used, "the right covers other time than planned");
    if (used.is_zero()) return {};
    TRY(mined, session_.send<"consume(uint256 recordId, uint256 amount)">(
                   cast_.owner, report_.items, right_, used));
    (void)mined;
    right_left_ -= used;
    report_.used += used;
    if (right_left_.is_zero())
        tell("  " + cast_.tenant.name + " has used up the GPU-hours bought in advance");
    return {};
}

Result<void> Play::run_periods() {
    for (const ComputePeriod& period : plan_.periods) {
        if (auto travelled = travel_to(session_, period.ends_at + 1); !travelled) return travelled;
        if (auto metered = meter(period); !metered) return metered;
        if (auto used = use_right(period); !used) return used;
        u256 busy;
        for (const Counter& counter : counters_) busy += counter.delta;
        const u256 due = (busy - period.used) * u256{gpu_hour_price} + carried_;
        const u256 revenue = due / u256{gpu_hour_microseconds};
        carried_ = due - revenue * u256{gpu_hour_microseconds};
        expect(revenue == period.revenue, "a period brings another revenue than planned");
        if (auto paid = pay_in(cast_.customer, revenue); !paid) return paid;
        tell(format_day(period.ends_at - 1) + ": " + format_amount(busy / u256{3'600'000u}, 3) +
             " GPU-hours, " + money(revenue) + " shared out");
        if (period.ends_at != plan_.sale_at) continue;
        if (auto sold = sell_shares(); !sold) return sold;
        if (auto caught = catch_rogue(); !caught) return caught;
    }
    return {};
}

Result<void> Play::sell_shares() {
    const Account& from = cast_.holders[seller];
    const Account& to = cast_.holders[share_buyer];
    const u256 price = u256{sold_shares} * u256{share_price};
    TRY(before, claimable(seller));
    TRY(minted, session_.send<"mint(address to, uint256 value)">(cast_.owner, report_.currency,
                                                                 to.address, price));
    TRY(paid, session_.send<"transfer(address to, uint256 value) returns (bool)">(
                  to, report_.currency, from.address, price));
    TRY(sold, session_.send<"transfer(address to, uint256 value) returns (bool)">(
                  from, report_.token, to.address, u256{sold_shares}));
    (void)minted, (void)paid, (void)sold;
    TRY(after, claimable(seller));
    TRY(bought, claimable(share_buyer));
    expect(before == after && bought.is_zero(), "what accrued went along with the shares");
    tell(from.name + " sells " + std::to_string(sold_shares) + " shares to " + to.name + " for " +
         money(price) + " and keeps the " + money(after) + " that have accrued");
    return {};
}

/// A replay, and a counter that is rolled back where there is something to roll back; else a second
/// word under a number that has been used.
Result<void> Play::catch_rogue() {
    const DeviceSigner& device = devices_[plan_.rogue];
    const Counter& counter = counters_[plan_.rogue];
    const bool can_fall = !counter.value.is_zero();
    const Reading replay = device.read(counter.at, counter.value, counter.seq);
    const Reading forged =
        can_fall ? device.read(plan_.sale_at + 1, counter.value - u256{1u}, counter.seq + 1)
                 : device.read(counter.at, u256{1u}, counter.seq);
    TRY(accepted, hand_in({replay, forged}));
    expect(accepted == 0, "a replay or a rolled back counter was accepted");
    tell("Node " + nodes_[plan_.rogue].name + " replays a reading and " +
         (can_fall ? "rolls its counter back" : "says two things of one moment") +
         ": neither is accepted");
    return prove(forged);
}

Result<void> Play::prove(const Reading& forged) {
    const DeviceSigner& device = devices_[plan_.rogue];
    TRY(proven,
        session_.send<"proveRollback(uint256 device, (uint8 algorithm, bytes key) key, (uint256 "
                      "device, uint64 at, uint256 cumulative, uint64 seq, bytes signature) "
                      "reading)">(cast_.holders[share_buyer], contracts::feeds, device.device(),
                                  device.key(), forged));
    (void)proven;
    TRY(status, (session_.ask<"deviceStatus(uint256 device) view returns (uint8)", uint8_t>(
                    contracts::feeds, device.device())));
    report_.is_rogue_suspended = status == suspended;
    tell(
        "  " + cast_.holders[share_buyer].name +
        " proves the contradiction by what the node has signed; it is suspended and earns no more");
    return expect_refusal(
        "a reading of a suspended node",
        session_.send<"report(uint256 device, uint64 at, uint256 cumulative, uint64 seq, bytes "
                      "signature)">(cast_.owner, contracts::feeds, device.device(), forged.at,
                                    forged.cumulative, forged.seq, forged.signature));
}

Result<void> Play::claim() {
    if (auto late = expect_refusal("more use of a node than was bought",
                                   session_.send<"consume(uint256 recordId, uint256 amount)">(
                                       cast_.owner, report_.items, right_, right_left_ + u256{1u}));
        !late)
        return late;
    // The last claim of the Scheduler is made before the first holder takes the rest himself.
    if (auto travelled = travel_to(session_, plan_.periods.back().ends_at + 2 * day_seconds);
        !travelled)
        return travelled;
    for (size_t i = share_holder_count; i-- > 0;) {
        TRY(amount, claimable(i));
        if (amount.is_zero()) continue;
        TRY(claimed,
            session_.send<"claimFor(address account, address currency) returns (uint256 amount)">(
                cast_.holders[i], report_.token, cast_.holders[i].address, report_.currency));
        (void)claimed;
    }
    return {};
}

Result<void> Play::close_books() {
    for (size_t i = 0; i < share_holder_count; ++i) {
        TRY(taken, (session_.ask<"claimed(address account, address currency) view returns "
                                 "(uint256)",
                                 u256>(report_.token, cast_.holders[i].address, report_.currency)));
        report_.claimed_by[i] = taken;
        report_.claimed += taken;
        expect(taken == plan_.dues()[i], cast_.holders[i].name + " has claimed another amount");
    }
    TRY(paid_in, (session_.ask<"distributed(address currency) view returns (uint256)", u256>(
                     report_.token, report_.currency)));
    TRY(held, (session_.ask<"held(address currency) view returns (uint256)", u256>(
                  report_.token, report_.currency)));
    TRY(balance, dollars_of(report_.token));
    report_.paid_in = paid_in;
    report_.held = held;
    report_.balance = balance;
    expect(paid_in == plan_.revenue(), "other revenue was paid in than planned");
    expect(held < u256{share_holder_count}, "more than fractions of units stay behind");
    TRY(logs, session_.logs(contracts::scheduler));
    for (const Log& log : logs)
        if (const auto run = Scheduler::Executed::decode(log); run && std::get<2>(*run))
            ++report_.scheduled;
    for (const DeviceSigner& device : devices_) {
        TRY(counted, (session_.ask<"cumulative(uint256 device) view returns (uint256)", u256>(
                         contracts::feeds, device.device())));
        report_.counted.push_back(counted);
    }
    return {};
}

}  // namespace

Result<ComputeCast> cast_compute() {
    TRY(accounts, derive_accounts(development_mnemonic, 4 + share_holder_count));
    static constexpr std::array<std::string_view, 4 + share_holder_count> names{
        "Park",     "Customer", "Tenant",   "Lender",  "Holder 1",
        "Holder 2", "Holder 3", "Holder 4", "Holder 5"};
    for (size_t i = 0; i < accounts.size(); ++i) accounts[i].name = names[i];
    return ComputeCast{accounts[0], accounts[1], accounts[2], accounts[3],
                       std::vector<Account>(accounts.begin() + 4, accounts.end())};
}

std::vector<Account> everyone(const ComputeCast& cast) {
    std::vector<Account> out{cast.owner, cast.customer, cast.tenant, cast.lender};
    out.insert(out.end(), cast.holders.begin(), cast.holders.end());
    return out;
}

Result<ComputeReport> play_compute(Session& session, const ComputeCast& cast,
                                   const std::vector<MeterSeries>& nodes, const ComputePlan& plan,
                                   const Narrator& narrate) {
    return Play(session, cast, nodes, plan, narrate).run();
}

u256 device_of(const MeterSeries& node) {
    return to_u256(keccak256(node.name));
}

u256 item_of(size_t node) {
    return u256{node + 1};
}

}  // namespace plume
