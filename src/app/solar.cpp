#include "app/solar.hpp"

#include <algorithm>

#include "app/accounts.hpp"
#include "app/campaign.hpp"
#include "app/records.hpp"
#include "app/templates.hpp"
#include "app/text.hpp"
#include "contracts/addresses.hpp"
#include "contracts/feeds.hpp"
#include "contracts/regulated_token.hpp"
#include "contracts/revenue_vault.hpp"
#include "contracts/scheduler.hpp"
#include "crypto/address.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace {

constexpr std::string_view coop_schema = "string coop";
constexpr std::string_view certificate_schema = "string meter,uint64 capacity";
constexpr std::string_view member_schema = "string member";
constexpr std::string_view meter_name = "urn:dev:ops:solar-array-1";

/// After a month has ended: when its last readings are handed in.
constexpr uint64_t report_delay = 3'600;
/// Of a reportMany, one place is left for a repeat.
constexpr size_t batch_max = Meters::readings_max - 1;
/// More than one of them takes in a reportMany.
constexpr uint64_t reading_gas = 60'000;
constexpr uint64_t distribute_gas = 600'000;
constexpr uint64_t claim_gas = 900'000;

std::string money(const u256& amount) {
    return format_amount(amount, currency_decimals) + " cUSD";
}

Error failed(std::string what) {
    return {exit_code::failed, std::move(what)};
}

Bytes wallet_signature(const Hash& digest, const PrivateKey& key) {
    const Signature made = sign(digest, key);
    Bytes out = to_bytes(to_word(made.r));
    append(out, to_word(made.s));
    out.push_back(made.y_parity ? 28 : 27);
    return out;
}

/// The co-op from its founding to its last unit.
class Play {
public:
    Play(Session& session, const SolarCast& cast, const Cooperative& coop, const Narrator& narrate)
        : session_(session), cast_(cast), coop_(coop), narrate_(narrate) {}

    Result<SolarReport> run() {
        for (const auto step : {&Play::found, &Play::credit_members, &Play::launch_vault,
                                &Play::issue_shares, &Play::register_meter, &Play::schedule})
            if (auto done = (this->*step)(); !done) return std::move(done).error();
        for (size_t i = 0; i < coop_.months.size(); ++i)
            if (auto lived = live(i); !lived) return std::move(lived).error();
        for (const auto step : {&Play::claim_all, &Play::collect, &Play::close_books})
            if (auto done = (this->*step)(); !done) return std::move(done).error();
        return std::move(report_);
    }

private:
    // The founding.
    Result<void> found();
    Result<void> credit_members();
    Result<void> launch_vault();
    Result<void> launch_class(size_t share_class);
    Result<void> issue_shares();
    Result<void> register_meter();
    Result<void> schedule();
    Result<u256> schedule_monthly(const Address& target, const Bytes& data, uint64_t gas);

    // A month.
    Result<void> live(size_t month);
    Result<void> report_readings(size_t month);
    Result<void> report_batch(const Account& by, const std::vector<Reading>& readings);
    Result<void> show_bad_readings(size_t month);
    Result<void> pay_in(size_t month);
    Result<void> await_distribution(size_t month);
    Result<void> read_runs(size_t month, const std::vector<Mined>& runs);
    void read_log(const Log& log, MonthOutcome& outcome) const;
    Result<void> lose_key();

    // The end.
    Result<void> claim_all();
    Result<void> collect();
    Result<void> close_books();

    // Parts of them.
    Result<Hash> credit(const Account& member);
    Result<u256> claimable(size_t share_class, const Address& account);
    Result<void> claim(size_t share_class, const Account& account);
    Result<u256> balance(const Address& account) {
        return session_.ask<"balanceOf(address owner) view returns (uint256)", u256>(
            report_.currency, account);
    }
    Reading sign_reading(size_t index, const PrivateKey& key) const;
    Reading sign_reading(const CounterReading& said, uint64_t seq, const PrivateKey& key) const;
    Result<Mined> report_one(const Reading& reading) {
        return session_.send<
            "report(uint256 device, uint64 at, uint256 cumulative, uint64 seq, "
            "bytes signature)">(cast_.board, contracts::feeds, reading.device, reading.at,
                                reading.cumulative, reading.seq, reading.signature);
    }

    Result<void> expect_refusal(const std::string& what, const Result<Mined>& outcome);
    void tell(const std::string& line) const { narrate_(line); }
    const Address& token_of(size_t owner) const {
        return report_.tokens[owner_plans[owner].share_class];
    }
    /// Who holds an owner's shares now.
    const Account& holder_of(size_t owner) const {
        return owner == lost_owner && is_recovered_ ? cast_.heir : cast_.owners[owner];
    }

    Session& session_;
    const SolarCast& cast_;
    const Cooperative& coop_;
    const Narrator& narrate_;
    SolarReport report_;
    Hash record_;
    Hash member_uid_;   ///< of the schema
    Hash lost_member_;  ///< the credential of who loses his key
    Hash domain_;
    Hash reading_domain_;  ///< EIP-712
    u256 carried_;         ///< what earlier months left of a unit
    size_t batches_ = 0;
    bool is_recovered_ = false;
};

Result<void> Play::expect_refusal(const std::string& what, const Result<Mined>& outcome) {
    auto refused = require_refused(what, outcome, narrate_);
    if (refused) ++report_.refusals;
    return refused;
}

Result<void> Play::found() {
    if (auto travelled = travel_to(session_, coop_.founded_at); !travelled) return travelled;
    TRY(schema, ensure_schema(session_, cast_.board, coop_schema));
    TRY(record, attest(session_, cast_.board,
                       {.schema = schema,
                        .recipient = cast_.board.address,
                        .data = abi::encode(std::string("Sunny Side Co-op"))}));
    record_ = record;
    const TokenParams params{.name = "Community Dollar",
                             .symbol = "cUSD",
                             .decimals = currency_decimals,
                             .record = record_,
                             .issuer = cast_.grid.address,
                             .initial_supply = {},
                             .mintable = true};
    TRY(currency, launch(session_, cast_.board, "AssetToken", abi::encode(params)));
    report_.currency = currency;
    tell("The co-op is founded; it is paid in cUSD, " + to_checksum(currency));
    return {};
}

Result<Hash> Play::credit(const Account& member) {
    return attest(session_, cast_.board,
                  {.schema = member_uid_,
                   .recipient = member.address,
                   .refers_to = record_,
                   .data = abi::encode(member.name)});
}

Result<void> Play::credit_members() {
    TRY(schema, ensure_schema(session_, cast_.board, member_schema));
    member_uid_ = schema;
    const std::vector<Credential> accepted{{member_uid_, cast_.board.address, 0}};
    TRY(made, session_.send<"createDomain((bytes32 schema, address attester, uint8 group)[] "
                            "credentials) returns (bytes32 domain)">(
                  cast_.board, contracts::attestations, accepted));
    for (const Log& log : made.logs)
        if (const auto created = domains::DomainCreated::decode(log))
            domain_ = std::get<0>(*created);
    TRY(board, credit(cast_.board));
    (void)board;
    for (size_t i = 0; i < owner_plans.size(); ++i) {
        TRY(uid, credit(cast_.owners[i]));
        if (i == lost_owner) lost_member_ = uid;
    }
    tell(std::to_string(owner_plans.size()) +
         " owners have a credential of the board; shares are " + "for members of the domain " +
         to_hex(domain_));
    return {};
}

Result<void> Play::launch_vault() {
    const TokenParams shares{.name = "All shares of the array",
                             .symbol = "SUN",
                             .decimals = 0,
                             .record = record_,
                             .issuer = cast_.board.address,
                             .initial_supply = u256{all_shares()},
                             .mintable = false};
    const RevenueTerms terms{.currencies = {report_.currency},
                             .lines = {{cast_.upkeep.address, reserve_bps, {}}},
                             .beneficiary = cast_.upkeep.address,
                             .tax_authority = cast_.tax_office.address,
                             .tax_payee = cast_.tax_office.address};
    TRY(vault, launch(session_, cast_.board, "Vault.RevenueShare", abi::encode(shares, terms)));
    report_.vault = vault;
    tell("A revenue vault at " + to_checksum(vault) + " keeps " + format_bps(reserve_bps) +
         " for upkeep and shares the rest out among " + std::to_string(all_shares()) + " shares");
    return {};
}

/// The token of a class holds the class's shares of the vault, which passes its part through to it.
Result<void> Play::launch_class(size_t index) {
    const ShareClass& share_class = share_classes[index];
    const auto feature = [](Feature one) { return static_cast<uint32_t>(one); };
    const Address board = cast_.board.address;
    const RegulatedTokenParams params{
        .name = "Shares of " + std::string(share_class.name) + " owners",
        .symbol = std::string(share_class.symbol),
        .decimals = 0,
        .record = record_,
        .contract_uri = {},
        .holder = board,
        .initial_supply = u256{shares_of_class(index)},
        .features = {feature(Feature::transferable) | feature(Feature::recoverable) |
                         feature(Feature::permissioned),
                     0},
        .powers = {.mint = board, .recover = board, .policy = board},
        .rules = {.send_domain = domain_, .receive_domain = domain_}};
    TRY(token, launch(session_, cast_.board, "AssetToken.Regulated", abi::encode(params)));
    report_.tokens[index] = token;
    TRY(listed,
        session_.send<"listCurrency(address currency)">(cast_.board, token, report_.currency));
    TRY(closed, session_.send<"closeCurrencies()">(cast_.board, token));
    TRY(moved, session_.send<"transfer(address to, uint256 value) returns (bool)">(
                   cast_.board, report_.vault, token, u256{shares_of_class(index)}));
    TRY(passed, session_.send<"passThrough(address pool, address distributor)">(
                    cast_.board, report_.vault, token, token));
    TRY(taxed, session_.send<"setTaxRate(address account, uint16 bps)">(
                   cast_.tax_office, report_.vault, token, share_class.tax_bps));
    (void)listed, (void)closed, (void)moved, (void)passed, (void)taxed;
    tell("  " + std::to_string(shares_of_class(index)) + " of them are " +
         std::string(share_class.symbol) + ", for " + std::string(share_class.name) +
         " owners, of whom " + format_bps(share_class.tax_bps) + " is withheld");
    return {};
}

Result<void> Play::issue_shares() {
    for (size_t i = 0; i < share_classes.size(); ++i)
        if (auto launched = launch_class(i); !launched) return launched;
    for (size_t i = 0; i < owner_plans.size(); ++i) {
        TRY(given,
            session_.send<"transfer(address to, uint256 value) returns (bool)">(
                cast_.board, token_of(i), cast_.owners[i].address, u256{owner_plans[i].shares}));
        (void)given;
    }
    return expect_refusal("a share for a stranger without a credential",
                          session_.send<"transfer(address to, uint256 value) returns (bool)">(
                              cast_.owners[0], token_of(0), cast_.stranger.address, u256{1u}));
}

Result<void> Play::register_meter() {
    TRY(schema, ensure_schema(session_, cast_.installer, certificate_schema));
    TRY(certificate, attest(session_, cast_.installer,
                            {.schema = schema,
                             .recipient = cast_.board.address,
                             .data = abi::encode(std::string(meter_name), coop_.capacity)}));
    const DeviceParams params{
        .id = keccak256(meter_name),
        .key = {static_cast<uint8_t>(KeyAlgorithm::secp256k1), to_bytes(cast_.meter.address)},
        .metric = keccak256("energy|J"),
        .decimals = 3,
        .capacity = u128{coop_.capacity},
        .heartbeat = static_cast<uint32_t>(coop_.step),
        .epoch_seconds = static_cast<uint32_t>(day_seconds),
        .epoch_cap = {},
        .record = certificate};
    report_.device = to_u256(params.id);
    TRY(digest,
        (session_.ask<"bindingDigest(uint256 device, address owner, uint32 number) view "
                      "returns (bytes32)",
                      Hash>(contracts::feeds, report_.device, cast_.board.address, uint32_t{0})));
    TRY(made,
        session_.send<"registerDevice((bytes32 id, (uint8 algorithm, bytes key) key, "
                      "bytes32 metric, uint8 decimals, uint128 capacity, uint32 heartbeat, "
                      "uint32 epochSeconds, uint128 epochCap, bytes32 record) device, bytes "
                      "possession) returns (uint256)">(cast_.board, contracts::feeds, params,
                                                       wallet_signature(digest, cast_.meter.key)));
    (void)made;
    TRY(domain,
        (session_.ask<"DOMAIN_SEPARATOR() view returns (bytes32)", Hash>(contracts::feeds)));
    reading_domain_ = domain;
    tell("The array's meter, " + std::string(meter_name) + ", is registered with its own key");
    return {};
}

/// A run a month, from the first month on, paid for in advance.
Result<u256> Play::schedule_monthly(const Address& target, const Bytes& data, uint64_t gas) {
    TRY(need,
        (session_.ask<"gasOf(uint64 gasLimit, uint256 dataSize) view returns (uint256)", u256>(
            contracts::scheduler, gas, u256{data.size()})));
    TRY(base_fee, session_.base_fee());
    const Recurrence monthly{.period = 1,
                             .unit = Recurrence::months,
                             .count = static_cast<uint32_t>(coop_.months.size())};
    // Full blocks may make gas dearer, but not for long.
    const u256 bid = base_fee * u256{10u} + u256{1'000u};
    TRY(mined,
        session_.send(
            cast_.board, contracts::scheduler,
            calldata<"schedule(address target, bytes data, uint64 gasLimit, uint64 due, "
                     "(uint32 period, uint8 unit, uint32 count) recurrence) payable "
                     "returns (uint256 id)">(target, data, gas, coop_.months.front().due, monthly),
            need * u256{coop_.months.size()} * bid));
    for (const Log& log : mined.logs)
        if (const auto scheduled = Scheduler::Scheduled::decode(log))
            return std::get<0>(*scheduled);
    return failed("the scheduler did not say which job it took");
}

Result<void> Play::schedule() {
    const Bytes distribute =
        calldata<"distributeReceived(address currency) returns (uint256 received)">(
            report_.currency);
    TRY(first, schedule_monthly(report_.vault, distribute, distribute_gas));
    report_.jobs[0] = first;
    for (size_t i = 0; i < share_classes.size(); ++i) {
        const Bytes pass =
            calldata<"claimFor(address account, address currency) returns (uint256 amount)">(
                report_.tokens[i], report_.currency);
        TRY(job, schedule_monthly(report_.vault, pass, claim_gas));
        report_.jobs[1 + i] = job;
    }
    tell("Every month from " + format_day(coop_.months.front().due) +
         " on, the chain itself distributes: " + std::to_string(coop_.months.size()) +
         " runs of three jobs are paid for");
    return {};
}

Reading Play::sign_reading(const CounterReading& said, uint64_t seq, const PrivateKey& key) const {
    static const Hash type = keccak256(
        "Reading(bytes32 deviceId,bytes32 metric,uint64 time,uint64 seq,int256 value,uint8 "
        "decimals)");
    static const Hash metric = keccak256("energy|J");
    Bytes image{0x19, 0x01};
    append(image, reading_domain_);
    append(image, keccak256(abi::encode(type, report_.device, metric, said.at, seq, said.cumulative,
                                        uint8_t{3})));
    return {report_.device, said.at, said.cumulative, seq, wallet_signature(keccak256(image), key)};
}

Reading Play::sign_reading(size_t index, const PrivateKey& key) const {
    return sign_reading(coop_.readings[index], index + 1, key);
}

Result<void> Play::live(size_t month) {
    const CoopMonth& plan = coop_.months[month];
    if (auto travelled = travel_to(session_, plan.ends_at + report_delay); !travelled)
        return travelled;
    for (const auto step : {&Play::report_readings, &Play::pay_in, &Play::await_distribution})
        if (auto done = (this->*step)(month); !done) return done;
    if (auto claimed = claim(owner_plans[0].share_class, cast_.owners[0]); !claimed) return claimed;
    if (month == 0 && month < coop_.lost_after)
        if (auto claimed = claim(owner_plans[lost_owner].share_class, cast_.owners[lost_owner]);
            !claimed)
            return claimed;
    return month == coop_.lost_after ? lose_key() : Result<void>{};
}

Result<void> Play::report_readings(size_t month) {
    const CoopMonth& plan = coop_.months[month];
    for (size_t next = plan.first_reading; next < plan.end_reading;) {
        const size_t end = std::min(next + batch_max, plan.end_reading);
        std::vector<Reading> batch;
        for (; next < end; ++next) batch.push_back(sign_reading(next, cast_.meter.key));
        // Rows of open data come twice now and then; so does this one.
        if (next == plan.end_reading) batch.push_back(batch.back());
        const Account& by = cast_.owners[batches_++ % cast_.owners.size()];
        if (auto reported = report_batch(by, batch); !reported) return reported;
    }
    return plan.first_reading < plan.end_reading && month == 0 ? show_bad_readings(month)
                                                               : Result<void>{};
}

/// Whoever hands readings in pays for it: the owners do in turn.
Result<void> Play::report_batch(const Account& by, const std::vector<Reading>& readings) {
    const Bytes data = calldata<
        "reportMany((uint256 device, uint64 at, uint256 cumulative, uint64 seq, bytes "
        "signature)[] readings) returns (uint256 accepted)">(readings);
    TRY(mined,
        session_.send_within(reading_gas * (readings.size() + 10), by, contracts::feeds, data));
    size_t seen = 0;
    for (const Log& log : mined.logs) {
        if (Meters::Metered::decode(log)) ++seen, ++report_.accepted;
        if (Meters::ReadingSkipped::decode(log)) ++seen, ++report_.skipped;
        if (Meters::Gap::decode(log)) ++report_.gaps;
    }
    return seen == readings.size() ? Result<void>{} : failed("the meter lost readings");
}

/// What the meter does not take, however it is told.
Result<void> Play::show_bad_readings(size_t month) {
    const CoopMonth& plan = coop_.months[month];
    const size_t last = plan.end_reading - 1;
    const CounterReading& said = coop_.readings[last];
    if (auto refused = expect_refusal("a reading that was handed in before",
                                      report_one(sign_reading(last, cast_.meter.key)));
        !refused)
        return refused;
    const CounterReading more{said.at + 1, said.cumulative};
    if (auto refused = expect_refusal("a reading that the meter has not signed",
                                      report_one(sign_reading(more, last + 2, cast_.stranger.key)));
        !refused)
        return refused;
    if (said.cumulative.is_zero()) return {};
    const CounterReading less{said.at + 1, said.cumulative - u256{1u}};
    return expect_refusal("a counter that runs backwards at night",
                          report_one(sign_reading(less, last + 2, cast_.meter.key)));
}

/// The grid believes the chain's counter, not the co-op.
Result<void> Play::pay_in(size_t month) {
    const CoopMonth& plan = coop_.months[month];
    TRY(energy,
        (session_.ask<"deltaBetween(uint256 device, uint64 from, uint64 to) view returns "
                      "(uint256)",
                      u256>(contracts::feeds, report_.device, plan.begins_at, plan.ends_at)));
    const u256 worth = energy * u256{coop_.price} + carried_;
    const u256 revenue = worth / u256{millijoules_per_kwh};
    carried_ = worth % u256{millijoules_per_kwh};
    report_.months.push_back({});
    report_.months.back().energy = energy;
    report_.months.back().revenue = revenue;
    if (revenue.is_zero()) return {};
    TRY(minted, session_.send<"mint(address to, uint256 value)">(cast_.grid, report_.currency,
                                                                 cast_.grid.address, revenue));
    TRY(paid, session_.send<"transfer(address to, uint256 value) returns (bool)">(
                  cast_.grid, report_.currency, report_.vault, revenue));
    (void)minted, (void)paid;
    return {};
}

Result<void> Play::await_distribution(size_t month) {
    const CoopMonth& plan = coop_.months[month];
    TRY(before, session_.block_number());
    // The node makes a block by itself once its clock says that a call is due; or it is this one.
    TRY(mined, session_.request("evm_mine", {plan.due}));
    (void)mined;
    TRY(runs, session_.scheduled_calls_after(before));
    if (auto read = read_runs(month, runs); !read) return read;
    const MonthOutcome& outcome = report_.months[month];
    std::string line = format_day(plan.begins_at).substr(0, 7) + ": " +
                       format_amount(outcome.energy / u256{3'600u}, 6) + " kWh, " +
                       money(outcome.revenue);
    if (outcome.revenue.is_zero()) {
        tell(line + "; there is nothing to distribute");
        return {};
    }
    tell(line + "; the scheduler distributes it in block " + std::to_string(outcome.block) +
         ", withholding " + money(outcome.classes[1].tax) + " of " +
         money(outcome.classes[1].gross));
    return {};
}

/// Each job runs once, and does something exactly when there is something to do.
Result<void> Play::read_runs(size_t month, const std::vector<Mined>& runs) {
    const std::string label = "month " + std::to_string(month + 1);
    MonthOutcome& outcome = report_.months[month];
    if (runs.size() != report_.jobs.size())
        return failed(label + ": the chain made " + std::to_string(runs.size()) +
                      " scheduled calls and not " + std::to_string(report_.jobs.size()));
    for (size_t i = 0; i < runs.size(); ++i) {
        outcome.block = runs[i].block_number;
        outcome.transactions.push_back(runs[i].transaction);
        std::optional<bool> success;
        for (const Log& log : runs[i].logs) {
            const auto executed = Scheduler::Executed::decode(log);
            if (executed && log.address == contracts::scheduler &&
                std::get<0>(*executed) == report_.jobs[i] && std::get<1>(*executed) == month)
                success = std::get<2>(*executed);
            read_log(log, outcome);
        }
        const bool has_work = i == 0 ? !outcome.revenue.is_zero()
                                     : !coop_.months[month].classes[i - 1].gross.is_zero();
        if (!success || *success != has_work)
            return failed(label + ": job " + std::to_string(i + 1) + " did not do as it should");
    }
    return {};
}

void Play::read_log(const Log& log, MonthOutcome& outcome) const {
    const auto class_of = [this](const Address& token) {
        return static_cast<size_t>(std::ranges::find(report_.tokens, token) -
                                   report_.tokens.begin());
    };
    if (log.address == report_.vault) {
        if (const auto line = RevenueVault::LinePaid::decode(log)) {
            outcome.reserve += std::get<3>(*line);
            outcome.distributed += std::get<3>(*line);
        } else if (const auto shared = RevenueVault::RevenueDistributed::decode(log)) {
            outcome.distributed += std::get<2>(*shared);
        } else if (const auto claimed = RevenueVault::RevenueClaimed::decode(log)) {
            const size_t index = class_of(std::get<0>(*claimed));
            if (index < share_classes.size()) outcome.classes[index].gross += std::get<3>(*claimed);
        } else if (const auto tax = RevenueVault::TaxWithheld::decode(log)) {
            const size_t index = class_of(std::get<0>(*tax));
            if (index < share_classes.size()) outcome.classes[index].tax += std::get<2>(*tax);
        }
    } else if (const size_t index = class_of(log.address); index < share_classes.size()) {
        if (const auto shared = RevenueShares::RevenueDistributed::decode(log))
            outcome.classes[index].net += std::get<2>(*shared);
    }
}

Result<u256> Play::claimable(size_t share_class, const Address& account) {
    return session_
        .ask<"claimable(address account, address currency) view returns (uint256)", u256>(
            report_.tokens[share_class], account, report_.currency);
}

Result<void> Play::claim(size_t share_class, const Account& account) {
    TRY(due, claimable(share_class, account.address));
    if (due.is_zero()) return {};
    TRY(mined, session_.send<"withdrawFunds()">(account, report_.tokens[share_class]));
    (void)mined;
    return {};
}

/// The new account takes over shares and all that is due to them; the old key is worth nothing.
Result<void> Play::lose_key() {
    const OwnerPlan& owner = owner_plans[lost_owner];
    const Account& lost = cast_.owners[lost_owner];
    const Address& token = token_of(lost_owner);
    const auto recover = [&](const Account& by) {
        return session_.send<"recover(address lost, address heir)">(by, token, lost.address,
                                                                    cast_.heir.address);
    };
    TRY(due, claimable(owner.share_class, lost.address));
    tell(std::string(owner.name) + " loses the key of " + std::to_string(owner.shares) +
         " shares, to which " + money(due) + " are due");
    if (auto refused =
            expect_refusal("a recovery to an account without a credential", recover(cast_.board));
        !refused)
        return refused;
    TRY(withdrawn, revoke(session_, cast_.board, member_uid_, lost_member_));
    TRY(credited, credit(cast_.heir));
    (void)withdrawn, (void)credited;
    if (auto refused = expect_refusal("a recovery by a stranger", recover(cast_.stranger));
        !refused)
        return refused;
    TRY(recovered, recover(cast_.board));
    (void)recovered;
    is_recovered_ = true;
    TRY(left, claimable(owner.share_class, lost.address));
    TRY(passed, claimable(owner.share_class, cast_.heir.address));
    if (!left.is_zero() || passed != due)
        return failed("the recovered account is due another sum than the lost one was");
    report_.recovered = due;
    if (auto refused = expect_refusal(
            "a claim with the lost key",
            session_.send<"claimFor(address account, address currency) returns (uint256 amount)">(
                lost, token, lost.address, report_.currency));
        !refused)
        return refused;
    if (auto claimed = claim(owner.share_class, cast_.heir); !claimed) return claimed;
    tell("  recovered: " + std::to_string(owner.shares) + " shares and " + money(due) + " are " +
         std::string(owner.name) + "'s again, under a new key");
    return {};
}

Result<void> Play::claim_all() {
    for (size_t i = 0; i < owner_plans.size(); ++i)
        if (auto claimed = claim(owner_plans[i].share_class, holder_of(i)); !claimed)
            return claimed;
    tell("All owners have claimed what is theirs");
    return {};
}

/// Reserve and tax are booked in the vault, and paid to whom they belong.
Result<void> Play::collect() {
    for (const Account* payee : {&cast_.upkeep, &cast_.tax_office}) {
        TRY(owed,
            (session_.ask<"owedTo(address payee, address currency) view returns (uint256)", u256>(
                report_.vault, payee->address, report_.currency)));
        if (owed.is_zero()) continue;
        TRY(mined,
            session_.send<"collect(address payee, address currency) returns (uint256 "
                          "amount)">(*payee, report_.vault, payee->address, report_.currency));
        (void)mined;
    }
    return {};
}

Result<void> Play::close_books() {
    TRY(supply, (session_.ask<"totalSupply() view returns (uint256)", u256>(report_.currency)));
    TRY(unpaid, balance(cast_.grid.address));
    TRY(reserve, balance(cast_.upkeep.address));
    TRY(tax, balance(cast_.tax_office.address));
    TRY(held, balance(report_.vault));
    report_.paid_in = supply - unpaid;
    report_.reserve = reserve;
    report_.tax = tax;
    report_.held = held;
    for (const Address& token : report_.tokens) {
        TRY(kept, balance(token));
        report_.held += kept;
    }
    for (size_t i = 0; i < owner_plans.size(); ++i) {
        TRY(received, balance(cast_.owners[i].address));
        OwnerOutcome outcome{holder_of(i).address, received};
        if (i == lost_owner) {
            TRY(later, balance(cast_.heir.address));
            outcome.received += later;
        }
        report_.received += outcome.received;
        report_.owners.push_back(outcome);
    }
    return {};
}

}  // namespace

Result<SolarCast> cast_solar() {
    constexpr size_t others = 8;
    TRY(accounts, derive_accounts(development_mnemonic, others + owner_plans.size()));
    size_t next = 0;
    const auto take = [&](std::string_view name) {
        Account out = accounts[next++];
        out.name = name;
        return out;
    };
    SolarCast cast{.board = take("Board"),
                   .installer = take("Installer"),
                   .grid = take("Grid"),
                   .upkeep = take("Upkeep"),
                   .tax_office = take("Tax office"),
                   .stranger = take("Stranger"),
                   .heir = take(owner_plans[lost_owner].name),
                   .meter = take("Meter"),
                   .owners = {}};
    for (const OwnerPlan& owner : owner_plans) cast.owners.push_back(take(owner.name));
    return cast;
}

std::vector<Account> everyone(const SolarCast& cast) {
    std::vector<Account> out{cast.board,      cast.installer, cast.grid, cast.upkeep,
                             cast.tax_office, cast.stranger,  cast.heir};
    out.insert(out.end(), cast.owners.begin(), cast.owners.end());
    return out;
}

Result<SolarReport> play_solar(Session& session, const SolarCast& cast, const Cooperative& coop,
                               const Narrator& narrate) {
    return Play(session, cast, coop, narrate).run();
}

}  // namespace plume
