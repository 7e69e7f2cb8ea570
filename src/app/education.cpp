#include "app/education.hpp"

#include <algorithm>

#include "app/accounts.hpp"
#include "app/records.hpp"
#include "app/templates.hpp"
#include "app/text.hpp"
#include "contracts/launcher.hpp"
#include "contracts/vault.hpp"
#include "crypto/address.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace {

constexpr std::string_view sovereign_schema = "string name";
constexpr std::string_view course_schema = "string course,string presentation,uint64 begins";
constexpr std::string_view teacher_schema = "string name";
constexpr std::string_view mission_schema = "string title,bytes32 course";

std::string money(const u256& amount) {
    return format_amount(amount, currency_decimals) + " cUSD";
}

/// One mission from its founding to its last unit.
class Play {
public:
    Play(Session& session, const Cast& cast, const Course& course, uint32_t threshold_bps,
         const Narrator& narrate)
        : session_(session),
          cast_(cast),
          course_(course),
          campaign_(plan_campaign(course, threshold_bps)),
          narrate_(narrate) {}

    Result<EducationReport> run() {
        for (const auto step :
             {&Play::found_sovereign, &Play::record_mission, &Play::launch_vault, &Play::fund,
              &Play::hold_assessments, &Play::take_back, &Play::close_books})
            if (auto done = (this->*step)(); !done) return std::move(done).error();
        return std::move(report_);
    }

private:
    struct Event {
        uint64_t time;
        std::function<Result<void>()> happen;
    };

    // The steps.
    Result<void> found_sovereign();
    Result<void> record_mission();
    Result<void> launch_vault();
    Result<void> fund();
    Result<void> hold_assessments();
    Result<void> take_back();
    Result<void> close_books();

    // Parts of them.
    Result<Hash> record(std::string_view schema, const Address& about, const Hash& refers_to,
                        Bytes data);
    Result<Address> launch(std::string_view name, const Bytes& params);
    Result<void> add_tranche(const TranchePlan& plan);
    Condition release_condition(const TranchePlan& plan) const;
    Result<void> contribute(size_t donor);
    Result<void> contribute_with_permit(const Account& donor, const u256& amount);
    std::vector<Event> schedule();
    Result<void> mark(size_t id);
    Result<void> settle(size_t id);
    Result<void> release(size_t id);
    Result<void> reclaim(size_t id);
    Result<Hash> say(const Account& agent, const TranchePlan& plan, uint64_t value);

    Result<void> expect_refusal(const std::string& what, const Result<Mined>& outcome);
    void tell(const std::string& line) const { narrate_(line); }

    bool is_reached(size_t id) const {
        return campaign_.tranches[id].assessment.share_bps() >= campaign_.threshold_bps;
    }
    /// The first tranche that is reached is where an agent errs and where impatience is shown; the
    /// second is where one takes back what he said.
    bool is_reached_as(size_t id, size_t rank) const {
        if (!is_reached(id)) return false;
        size_t before = 0;
        for (size_t i = 0; i < id; ++i) before += is_reached(i) ? 1 : 0;
        return before == rank;
    }
    /// Who presses the button that anyone may press.
    const Account& anyone() const { return cast_.donors.front(); }

    Session& session_;
    const Cast& cast_;
    const Course& course_;
    const Campaign campaign_;
    const Narrator& narrate_;
    EducationReport report_;
    Hash indicator_schema_ = Attestations::indicator_schema_uid();
    Hash sovereign_;
};

Result<void> Play::expect_refusal(const std::string& what, const Result<Mined>& outcome) {
    auto refused = require_refused(what, outcome, narrate_);
    if (refused) ++report_.refusals;
    return refused;
}

Result<Hash> Play::record(std::string_view schema, const Address& about, const Hash& refers_to,
                          Bytes data) {
    TRY(uid, ensure_schema(session_, cast_.treasurer, schema));
    return attest(
        session_, cast_.treasurer,
        {.schema = uid, .recipient = about, .refers_to = refers_to, .data = std::move(data)});
}

Result<Address> Play::launch(std::string_view name, const Bytes& params) {
    return plume::launch(session_, cast_.treasurer, name, params);
}

Result<void> Play::found_sovereign() {
    if (auto travelled = travel_to(session_, campaign_.founded_at); !travelled) return travelled;
    TRY(sovereign, record(sovereign_schema, cast_.treasurer.address, {},
                          abi::encode(std::string("Open Learning"))));
    sovereign_ = sovereign;
    const TokenParams params{.name = "Community Dollar",
                             .symbol = "cUSD",
                             .decimals = currency_decimals,
                             .record = sovereign_,
                             .issuer = cast_.treasurer.address,
                             .initial_supply = {},
                             .mintable = true};
    TRY(currency, launch("AssetToken", abi::encode(params)));
    report_.currency = currency;
    tell("The sovereign Open Learning is founded; its currency cUSD is at " +
         to_checksum(currency));
    return {};
}

Result<void> Play::record_mission() {
    TRY(course, record(course_schema, cast_.treasurer.address, sovereign_,
                       abi::encode(course_.name, course_.presentation, course_.begins_at())));
    for (const Account& teacher : cast_.teachers) {
        TRY(uid, record(teacher_schema, teacher.address, course, abi::encode(teacher.name)));
        (void)uid;
    }
    TRY(mission, record(mission_schema, cast_.treasurer.address, course,
                        abi::encode("Learners of " + course_.title() + " reach the end", course)));
    report_.mission = mission;
    for (const Account& agent : cast_.agents) {
        TRY(uid, attest(session_, cast_.treasurer,
                        {.schema = Attestations::agent_schema_uid(),
                         .recipient = agent.address,
                         .refers_to = mission,
                         .data = abi::encode(agent.address)}));
        (void)uid;
    }
    tell("Recorded: the mission, the course, " + std::to_string(cast_.teachers.size()) +
         " teachers and " + std::to_string(cast_.agents.size()) + " verifier agents; mission " +
         to_hex(mission));
    return {};
}

Condition Play::release_condition(const TranchePlan& plan) const {
    const Condition reached{contracts::attestations,
                            calldata<"kpi(bytes32 subject, bytes32 indicator, uint64 from, uint64 "
                                     "to, uint8 op, int256 value, uint8 quorum)">(
                                report_.mission, indicator_of(plan.assessment), course_.begins_at(),
                                plan.opens_at, static_cast<uint8_t>(Comparison::greater_or_equal),
                                i256::of(campaign_.threshold_bps), agent_quorum)};
    const Condition is_due{contracts::conditions, calldata<"after_(uint64 time)">(plan.opens_at)};
    return {contracts::conditions, calldata<"all((address target, bytes data)[] parts)">(
                                       std::vector<Condition>{reached, is_due})};
}

Result<void> Play::add_tranche(const TranchePlan& plan) {
    Tranche tranche{.amount = u128{plan.amount()},
                    .payees = {},
                    .opens_at = plan.opens_at,
                    .deadline = plan.deadline,
                    .challenge = challenge_days * day_seconds,
                    .criteria = keccak256(course_.title() + " " + plan.assessment.type + " " +
                                          plan.assessment.id + ": at least " +
                                          format_bps(campaign_.threshold_bps) +
                                          " of the registered learners score 40 or more"),
                    .release = release_condition(plan),
                    .cancel = {}};
    for (size_t i = 0; i < cast_.teachers.size(); ++i)
        tranche.payees.push_back({cast_.teachers[i].address, u128{plan.shares[i]}});
    TRY(mined,
        session_.send<
            "addTranche((uint128 amount, (address to, uint128 amount)[] payees, uint64 opensAt, "
            "uint64 "
            "deadline, uint32 challenge, bytes32 criteria, (address target, bytes data) release, "
            "(address target, bytes data) cancel) tranche) returns (uint256 id)">(
            cast_.treasurer, report_.vault, tranche));
    (void)mined;
    return {};
}

Result<void> Play::launch_vault() {
    VaultTerms terms{.name = "Shares of " + course_.title(),
                     .symbol = "EDU",
                     .asset = report_.currency,
                     .record = keccak256("a mission that nobody has recorded"),
                     .purpose = template_name("education"),
                     .steward = cast_.treasurer.address,
                     .funding_deadline = campaign_.funding_deadline};
    const auto params = [&terms] { return abi::encode(terms, std::vector<Tranche>{}, false); };
    auto unrecorded =
        session_.send<"launch(bytes32 template, bytes params) returns (address[] instances)">(
            cast_.treasurer, contracts::launcher, template_name("Vault.Milestone"), params());
    if (auto refused = expect_refusal("a vault without a recorded mission", unrecorded); !refused)
        return refused;
    terms.record = report_.mission;
    TRY(vault, launch("Vault.Milestone", params()));
    report_.vault = vault;
    for (const TranchePlan& plan : campaign_.tranches)
        if (auto added = add_tranche(plan); !added) return added;
    TRY(opened, session_.send<"open()">(cast_.treasurer, vault));
    (void)opened;
    tell("A milestone vault with " + std::to_string(campaign_.tranches.size()) + " tranches over " +
         money(campaign_.goal()) + " is open at " + to_checksum(vault) + "; its plan is fixed");
    return {};
}

Result<void> Play::contribute_with_permit(const Account& donor, const u256& amount) {
    static const Hash permit_type = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    TRY(domain,
        (session_.ask<"DOMAIN_SEPARATOR() view returns (bytes32)", Hash>(report_.currency)));
    TRY(nonce, (session_.ask<"nonces(address owner) view returns (uint256)", u256>(report_.currency,
                                                                                   donor.address)));
    const u256 deadline{campaign_.funding_deadline};
    Bytes image{0x19, 0x01};
    append(image, domain);
    append(image, keccak256(abi::encode(permit_type, donor.address, report_.vault, amount, nonce,
                                        deadline)));
    const Signature permit = sign(keccak256(image), donor.key);
    TRY(mined,
        session_.send<"contributeWithPermit(uint256 assets, address receiver, bytes32 ref, uint256 "
                      "deadline, uint8 "
                      "v, bytes32 r, bytes32 s) returns (uint256 shares)">(
            donor, report_.vault, amount, donor.address, report_.mission, deadline,
            static_cast<uint8_t>(permit.y_parity ? 28 : 27), to_word(permit.r), to_word(permit.s)));
    (void)mined;
    tell("  " + donor.name + " gives " + money(amount) + " by a signed permit, in one transaction");
    return {};
}

Result<void> Play::contribute(size_t index) {
    const Account& donor = cast_.donors[index];
    const u256& amount = campaign_.contributions[index];
    TRY(minted, session_.send<"mint(address to, uint256 value)">(cast_.treasurer, report_.currency,
                                                                 donor.address, amount));
    (void)minted;
    if (index == 1) return contribute_with_permit(donor, amount);
    TRY(approved, session_.send<"approve(address spender, uint256 value) returns (bool)">(
                      donor, report_.currency, report_.vault, amount));
    (void)approved;
    TRY(given,
        session_.send<
            "contribute(uint256 assets, address receiver, bytes32 ref) returns (uint256 shares)">(
            donor, report_.vault, amount, donor.address, report_.mission));
    (void)given;
    return {};
}

Result<void> Play::fund() {
    for (size_t i = 0; i < cast_.donors.size(); ++i)
        if (auto given = contribute(i); !given) return given;
    TRY(raised, (session_.ask<"raised() view returns (uint256)", u256>(report_.vault)));
    if (raised != campaign_.goal())
        return Error{exit_code::failed, "the vault counts another sum than was given"};
    tell(std::to_string(cast_.donors.size()) + " donors have given " + money(raised) +
         " and hold as many shares");
    return {};
}

Result<Hash> Play::say(const Account& agent, const TranchePlan& plan, uint64_t value) {
    const Indication said{.subject = report_.mission,
                          .indicator = indicator_of(plan.assessment),
                          .from = course_.begins_at(),
                          .to = plan.opens_at,
                          .value = i256::of(static_cast<int64_t>(value))};
    return attest(session_, agent,
                  {.schema = indicator_schema_,
                   .recipient = cast_.treasurer.address,
                   .refers_to = report_.mission,
                   .data = abi::encode(said)});
}

Result<void> Play::release(size_t id) {
    TRY(mined, session_.send<"release(uint256 id)">(anyone(), report_.vault, u256{id}));
    report_.tranches[id].is_paid = true;
    report_.tranches[id].transaction = mined.transaction;
    return {};
}

/// The agents count, and the first teacher claims with the figures as evidence.
Result<void> Play::mark(size_t id) {
    const TranchePlan& plan = campaign_.tranches[id];
    const uint64_t kpi = plan.assessment.share_bps();
    TRY(first, say(cast_.agents[0], plan, kpi));
    (void)first;
    const Hash evidence =
        keccak256(plan.assessment.id + "," + std::to_string(plan.assessment.registered) + "," +
                  std::to_string(plan.assessment.scored_40));
    TRY(claimed, session_.send<"claim(uint256 id, bytes32 evidence)">(
                     cast_.teachers[0], report_.vault, u256{id}, evidence));
    (void)claimed;
    // The word that the first reached tranche waits for comes when the tranche is to be settled.
    if (is_reached_as(id, 0)) return {};
    TRY(second, say(cast_.agents[1], plan, kpi));
    if (is_reached_as(id, 1)) {
        TRY(revoked, revoke(session_, cast_.agents[1], indicator_schema_, second));
        (void)revoked;
        return {};
    }
    TRY(third, say(cast_.agents[2], plan, kpi));
    (void)third;
    return {};
}

Result<void> Play::settle(size_t id) {
    const TranchePlan& plan = campaign_.tranches[id];
    const uint64_t kpi = plan.assessment.share_bps();
    const std::string label = plan.assessment.type + " " + plan.assessment.id;
    const auto try_release = [&] {
        return session_.send<"release(uint256 id)">(anyone(), report_.vault, u256{id});
    };
    if (!is_reached(id)) {
        if (auto refused = expect_refusal(label + ", " + format_bps(kpi), try_release()); !refused)
            return refused;
        tell(label + ": " + format_bps(kpi) + ", short of " + format_bps(campaign_.threshold_bps));
        return {};
    }
    if (is_reached_as(id, 0)) {
        if (auto refused =
                expect_refusal(label + ", said by one agent of the two it takes", try_release());
            !refused)
            return refused;
        const uint64_t wrong = std::min<uint64_t>(kpi / 2, campaign_.threshold_bps - 1);
        TRY(erring, say(cast_.agents[2], plan, wrong));
        TRY(second, say(cast_.agents[1], plan, kpi));
        (void)erring, (void)second;
        tell("  " + cast_.agents[2].name + " errs and attests " + format_bps(wrong) +
             "; the other two say " + format_bps(kpi));
    } else if (is_reached_as(id, 1)) {
        if (auto refused =
                expect_refusal(label + ", one of two attestations revoked", try_release());
            !refused)
            return refused;
        TRY(again, say(cast_.agents[1], plan, kpi));
        (void)again;
    }
    if (auto released = release(id); !released) return released;
    tell(label + ": " + format_bps(kpi) + ", " + money(plan.amount()) + " paid to " +
         std::to_string(cast_.teachers.size()) + " teachers");
    if (is_reached_as(id, 0))
        return expect_refusal(label + ", released a second time", try_release());
    return {};
}

Result<void> Play::reclaim(size_t id) {
    TRY(mined, session_.send<"reclaim(uint256 id)">(anyone(), report_.vault, u256{id}));
    report_.tranches[id].transaction = mined.transaction;
    tell(campaign_.tranches[id].assessment.type + " " + campaign_.tranches[id].assessment.id +
         ": deadline passed, " + money(campaign_.tranches[id].amount()) + " go back to the donors");
    return {};
}

std::vector<Play::Event> Play::schedule() {
    std::vector<Event> out;
    for (size_t id = 0; id < campaign_.tranches.size(); ++id) {
        const TranchePlan& plan = campaign_.tranches[id];
        const uint64_t marked = plan.opens_at + marking_days * day_seconds;
        if (is_reached_as(id, 0))
            out.push_back(
                {campaign_.funding_deadline, [this, id] {
                     return expect_refusal(
                         "the payment of an assessment that is not due yet",
                         session_.send<"release(uint256 id)">(anyone(), report_.vault, u256{id}));
                 }});
        out.push_back({marked, [this, id] { return mark(id); }});
        out.push_back(
            {marked + (challenge_days + 1) * day_seconds, [this, id] { return settle(id); }});
        if (!is_reached(id))
            out.push_back({plan.deadline + day_seconds, [this, id] { return reclaim(id); }});
    }
    std::ranges::stable_sort(out, {}, &Event::time);
    return out;
}

Result<void> Play::hold_assessments() {
    for (const TranchePlan& plan : campaign_.tranches)
        report_.tranches.push_back({.assessment = plan.assessment.id,
                                    .type = plan.assessment.type,
                                    .due = plan.opens_at,
                                    .kpi_bps = plan.assessment.share_bps(),
                                    .is_paid = false,
                                    .amount = plan.amount(),
                                    .transaction = {}});
    for (const Event& event : schedule()) {
        if (auto travelled = travel_to(session_, event.time); !travelled) return travelled;
        if (auto happened = event.happen(); !happened) return happened;
    }
    return {};
}

Result<void> Play::take_back() {
    size_t count = 0;
    for (const Account& donor : cast_.donors) {
        TRY(amount,
            (session_.ask<"withdrawableFundsOf(address holder) view returns (uint256)", u256>(
                report_.vault, donor.address)));
        if (amount.is_zero()) continue;
        TRY(mined, session_.send<"withdrawFunds()">(donor, report_.vault));
        (void)mined;
        ++count;
    }
    if (count > 0)
        tell(std::to_string(count) + " donors take back their part of what was not earned");
    return {};
}

Result<void> Play::close_books() {
    const Address& vault = report_.vault;
    TRY(raised, (session_.ask<"raised() view returns (uint256)", u256>(vault)));
    TRY(paid, (session_.ask<"paid() view returns (uint256)", u256>(vault)));
    TRY(owed, (session_.ask<"owed() view returns (uint256)", u256>(vault)));
    TRY(withdrawn, (session_.ask<"withdrawn() view returns (uint256)", u256>(vault)));
    TRY(balance, (session_.ask<"balanceOf(address owner) view returns (uint256)", u256>(
                     report_.currency, vault)));
    report_.contributed = raised;
    report_.paid = paid;
    report_.returned = withdrawn;
    report_.held = balance;
    if (!owed.is_zero()) return Error{exit_code::failed, "a payee could not be paid"};
    return {};
}

}  // namespace

Result<Cast> cast_education() {
    TRY(accounts,
        derive_accounts(development_mnemonic, 1 + agent_count + teacher_count + donor_count));
    auto next = accounts.begin();
    const auto take = [&next](size_t count) {
        std::vector<Account> out(next, next + static_cast<ptrdiff_t>(count));
        next += static_cast<ptrdiff_t>(count);
        return out;
    };
    const Account treasurer = take(1).front();
    std::vector<Account> agents = take(agent_count);
    std::vector<Account> teachers = take(teacher_count);
    return Cast{treasurer, std::move(agents), std::move(teachers), take(donor_count)};
}

std::vector<Account> everyone(const Cast& cast) {
    std::vector<Account> out{cast.treasurer};
    for (const auto* group : {&cast.agents, &cast.teachers, &cast.donors})
        out.insert(out.end(), group->begin(), group->end());
    return out;
}

Result<EducationReport> play_education(Session& session, const Cast& cast, const Course& course,
                                       uint32_t threshold_bps, const Narrator& narrate) {
    return Play(session, cast, course, threshold_bps, narrate).run();
}

std::string render(const EducationReport& report, const Course& course, const Cast& cast,
                   uint32_t threshold_bps) {
    using enum TextTable::Align;
    TextTable table({{"assessment"},
                     {"due"},
                     {"scored 40+", right},
                     {"needed", right},
                     {"verdict"},
                     {"cUSD", right},
                     {"went to"},
                     {"transaction"}});
    for (const TrancheOutcome& tranche : report.tranches)
        table.add({tranche.type + " " + tranche.assessment, format_day(tranche.due),
                   format_bps(tranche.kpi_bps), format_bps(threshold_bps),
                   tranche.is_paid ? "reached" : "missed",
                   format_amount(tranche.amount, currency_decimals),
                   std::to_string(tranche.is_paid ? cast.teachers.size() : cast.donors.size()) +
                       (tranche.is_paid ? " teachers" : " donors"),
                   to_hex(tranche.transaction)});
    return "\n" + course.title() + ", vault " + to_checksum(report.vault) + "\n\n" +
           table.render() + "\ncontributed " + money(report.contributed) + " = paid " +
           money(report.paid) + " + returned " + money(report.returned) + " + held " +
           money(report.held) + (report.is_balanced() ? "" : "  DOES NOT BALANCE") + "\n";
}

Hash indicator_of(const Assessment& assessment) {
    return keccak256(
        "share of registered learners with a score of 40 or more, basis points, assessment " +
        assessment.id);
}

}  // namespace plume
