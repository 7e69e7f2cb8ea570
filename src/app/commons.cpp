#include "app/commons.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "app/accounts.hpp"
#include "app/records.hpp"
#include "app/templates.hpp"
#include "app/text.hpp"
#include "contracts/arbitrator.hpp"
#include "contracts/public_goods.hpp"
#include "crypto/address.hpp"
#include "crypto/keccak.hpp"

namespace plume {

namespace {

using Pot = PublicGoods::Account;

constexpr std::string_view mission_schema = "string title,bytes32 course";
constexpr std::array<std::string_view, commons_currency_count> symbols{"cUSD", "CAMP"};
constexpr std::array<unsigned, commons_currency_count> decimals{currency_decimals, credit_decimals};

size_t number(CommonsCurrency currency) {
    return static_cast<size_t>(currency);
}

std::vector<Address> addresses(const std::vector<Account>& accounts) {
    std::vector<Address> out;
    for (const Account& account : accounts) out.push_back(account.address);
    return out;
}

/// One fund from its founding to its last unit.
class Fund {
public:
    Fund(Session& session, const CommonsCast& cast, const Course& course, uint32_t threshold_bps,
         const EducationReport& first, const Narrator& narrate)
        : session_(session),
          cast_(cast),
          course_(course),
          plan_(plan_commons(course, threshold_bps)),
          first_(first),
          narrate_(narrate) {}

    Result<CommonsReport> run() {
        for (const auto step :
             {&Fund::found, &Fund::launch_vault, &Fund::accept_writers, &Fund::contribute,
              &Fund::inquire, &Fund::spend, &Fund::give_back, &Fund::close_books})
            if (auto done = (this->*step)(); !done) return std::move(done).error();
        return std::move(report_);
    }

private:
    // The steps.
    Result<void> found();
    Result<void> launch_vault();
    Result<void> accept_writers();
    Result<void> contribute();
    Result<void> inquire();
    Result<void> spend();
    Result<void> give_back();
    Result<void> close_books();

    // Parts of them.
    SpendLine line(size_t id) const;
    Condition known_to_be_at_least(uint32_t bps) const;
    Result<void> endow(const Account& who, const std::map<size_t, u256>& sums);
    Result<void> endow_all();
    Result<void> give(const CommonsGift& gift);
    Result<void> give_to_writer(const CommonsGift& gift);
    InquiryTerms inquiry_terms() const;
    Result<void> try_early(Inquiry& inquiry);
    Result<void> release(size_t id);
    Result<void> pay(size_t id);
    Result<void> read_matches();
    Result<CommonsBook> fund_book(size_t currency);
    Result<CommonsBook> agents_book();
    Result<CommonsBook> jurors_book();

    template <FixedText signature, class... T>
    Result<void> act(const Account& from, const Address& to, const T&... arguments) {
        auto mined = session_.send<signature>(from, to, arguments...);
        if (!mined) return std::move(mined).error();
        return {};
    }
    Result<Mined> try_release(size_t id) {
        return session_.send<"release(uint256 id)">(anyone(), report_.vault, u256{id});
    }
    Result<void> expect_refusal(const std::string& what, const Result<Mined>& outcome);
    const Account& treasurer() const { return cast_.inquiry.requester; }
    /// Who presses the button that anyone may press.
    const Account& anyone() const { return cast_.readers.front(); }
    void tell(const std::string& text) const { narrate_(text); }

    Session& session_;
    const CommonsCast& cast_;
    const Course& course_;
    const CommonsPlan plan_;
    const EducationReport& first_;
    const Narrator& narrate_;
    CommonsReport report_;
};

Result<void> Fund::expect_refusal(const std::string& what, const Result<Mined>& outcome) {
    auto refused = require_refused(what, outcome, narrate_);
    if (refused) ++report_.refusals;
    return refused;
}

Result<void> Fund::found() {
    if (auto travelled = travel_to(session_, plan_.founded_at); !travelled) return travelled;
    TRY(schema, ensure_schema(session_, treasurer(), mission_schema));
    TRY(mission,
        attest(session_, treasurer(),
               {.schema = schema,
                .recipient = treasurer().address,
                .refers_to = first_.mission,
                .data = abi::encode("Learning materials of " + course_.title() + " for everybody",
                                    first_.mission)}));
    report_.mission = mission;
    // The word of the Agents contract counts here, and nobody else's.
    TRY(appointed, attest(session_, treasurer(),
                          {.schema = Attestations::agent_schema_uid(),
                           .recipient = contracts::agents,
                           .refers_to = mission,
                           .data = abi::encode(contracts::agents)}));
    (void)appointed;
    const TokenParams params{.name = "Campus Credit",
                             .symbol = std::string(symbols[1]),
                             .decimals = credit_decimals,
                             .record = mission,
                             .issuer = treasurer().address,
                             .initial_supply = {},
                             .mintable = true};
    TRY(credits, launch(session_, treasurer(), "AssetToken", abi::encode(params)));
    report_.currencies = {first_.currency, credits};
    tell("\nSecond act: learning materials for everybody. A second currency, CAMP, is at " +
         to_checksum(credits));
    return {};
}

Condition Fund::known_to_be_at_least(uint32_t bps) const {
    return {
        contracts::attestations,
        calldata<"kpi(bytes32 subject, bytes32 indicator, uint64 from, uint64 to, uint8 op, int256 "
                 "value, uint8 quorum)">(
            report_.mission, course_indicator(), course_.begins_at(), plan_.asked_at,
            static_cast<uint8_t>(Comparison::greater_or_equal), i256::of(bps), uint8_t{1})};
}

SpendLine Fund::line(size_t id) const {
    const CommonsLine& planned = plan_.lines[id];
    SpendLine out{.share = planned.share,
                  .split = static_cast<uint8_t>(planned.split),
                  .payees = {},
                  .purpose = keccak256(planned.purpose),
                  .record = report_.mission,
                  .opens_at = plan_.funding_deadline,
                  .deadline = plan_.lines_deadline,
                  .release = known_to_be_at_least(planned.least_bps)};
    for (size_t i = 0; i < planned.parts.size(); ++i)
        out.payees.push_back({cast_.suppliers[i].address, planned.parts[i]});
    return out;
}

Result<void> Fund::launch_vault() {
    const GoodsTerms terms{.name = "Materials of " + course_.title(),
                           .symbol = "OPEN",
                           .decimals = currency_decimals,
                           .record = report_.mission,
                           .purpose = template_name("materials"),
                           .steward = treasurer().address,
                           .reviewer = cast_.reviewer.address,
                           .funding_deadline = plan_.funding_deadline,
                           .epoch_seconds = day_seconds,
                           .soft_cap = u128{plan_.soft_cap},
                           .hard_cap = u128{plan_.hard_cap},
                           .transferable = false,
                           .registry = {},
                           .domain = {}};
    const std::vector<GoodsCurrency> currencies{{report_.currencies[0], u128{dollar_weight}, {}},
                                                {report_.currencies[1], u128{credit_weight}, {}}};
    std::vector<SpendLine> lines;
    for (size_t id = 0; id < plan_.lines.size(); ++id) lines.push_back(line(id));
    TRY(vault, launch(session_, treasurer(), "Vault.PublicGoods",
                      abi::encode(terms, currencies, lines, true)));
    report_.vault = vault;
    report_.lines.resize(plan_.lines.size());
    tell("A public-goods vault in cUSD and CAMP with " + std::to_string(lines.size()) +
         " lines is open at " + to_checksum(vault) + "; its plan is fixed");
    return {};
}

Result<void> Fund::accept_writers() {
    for (const Account& writer : cast_.writers) {
        if (auto done =
                act<"registerRecipient(bytes32 record)">(writer, report_.vault, report_.mission);
            !done)
            return done;
        if (auto done = act<"reviewRecipient(address recipient, bool accepted)">(
                cast_.reviewer, report_.vault, writer.address, true);
            !done)
            return done;
    }
    tell(std::to_string(cast_.writers.size()) + " teachers who write are accepted by the reviewer");
    return {};
}

/// By currency's number.
Result<void> Fund::endow(const Account& who, const std::map<size_t, u256>& sums) {
    for (const auto& [currency, sum] : sums) {
        const Address& token = report_.currencies[currency];
        if (auto done =
                act<"mint(address to, uint256 value)">(treasurer(), token, who.address, sum);
            !done)
            return done;
        if (auto done = act<"approve(address spender, uint256 value) returns (bool)">(
                who, token, report_.vault, sum);
            !done)
            return done;
    }
    return {};
}

Result<void> Fund::endow_all() {
    using Sums = std::map<size_t, std::map<size_t, u256>>;
    const auto sums_of = [](const std::vector<CommonsGift>& gifts) {
        Sums out;
        for (const CommonsGift& gift : gifts) out[gift.from][number(gift.currency)] += gift.amount;
        return out;
    };
    for (const auto& [patron, sums] : sums_of(plan_.grants))
        if (auto done = endow(cast_.patrons[patron], sums); !done) return done;
    for (const auto& [reader, sums] : sums_of(plan_.gifts))
        if (auto done = endow(cast_.readers[reader], sums); !done) return done;
    return {};
}

Result<void> Fund::give(const CommonsGift& gift) {
    const Account& patron = cast_.patrons[gift.from];
    return act<
        "contribute(address asset, uint256 assets, address receiver, bytes32 ref) returns (uint256 "
        "shares)">(patron, report_.vault, report_.currencies[number(gift.currency)], gift.amount,
                   patron.address, report_.mission);
}

Result<void> Fund::give_to_writer(const CommonsGift& gift) {
    const Account& reader = cast_.readers[gift.from];
    return act<
        "contributeTo(address recipient, address asset, uint256 assets, address receiver, bytes32 "
        "ref) returns (uint256 shares)">(reader, report_.vault, cast_.writers[gift.to].address,
                                         report_.currencies[number(gift.currency)], gift.amount,
                                         reader.address, report_.mission);
}

Result<void> Fund::contribute() {
    if (auto done = endow_all(); !done) return done;
    const Account& reader = cast_.readers.front();
    if (auto done = expect_refusal(
            "a gift to somebody whom nobody has accepted",
            session_.send<"contributeTo(address recipient, address asset, uint256 assets, address "
                          "receiver, bytes32 ref) returns (uint256 shares)">(
                reader, report_.vault, cast_.suppliers.front().address, report_.currencies[0],
                u256{1u}, reader.address, report_.mission));
        !done)
        return done;
    for (const CommonsGift& gift : plan_.grants)
        if (auto done = give(gift); !done) return done;
    for (const CommonsGift& gift : plan_.gifts)
        if (auto done = give_to_writer(gift); !done) return done;
    tell(std::to_string(cast_.patrons.size()) + " patrons have given to the pool, and " +
         std::to_string(cast_.readers.size()) + " readers " + std::to_string(plan_.gifts.size()) +
         " small gifts to the writers they read");
    const uint64_t over = plan_.funding_deadline + 1;
    if (auto travelled = travel_to(session_, over); !travelled) return travelled;
    return act<"endFunding()">(anyone(), report_.vault);
}

InquiryTerms Fund::inquiry_terms() const {
    return {.currency = report_.currencies[0],
            .subject = report_.mission,
            .indicator = course_indicator(),
            .from = course_.begins_at(),
            .asked_at = plan_.asked_at,
            .right = i256::of(plan_.result_bps),
            .wrong = i256::of(plan_.wrong_bps),
            .wrong_count = wrong_count,
            .upholding = upholding_count,
            .bounty = plan_.bounty,
            .stake = plan_.stake,
            .juror_fee = plan_.juror_fee};
}

/// Before anybody has challenged the wrong answer.
Result<void> Fund::try_early(Inquiry& inquiry) {
    const u256 request = inquiry.report().request;
    if (auto done =
            expect_refusal("publishing an answer that can be challenged",
                           session_.send<"publish(uint256 requestId) returns (bytes32 uid)">(
                               anyone(), contracts::agents, request));
        !done)
        return done;
    return expect_refusal("a line that waits for the result", try_release(0));
}

Result<void> Fund::inquire() {
    const InquiryTerms terms = inquiry_terms();
    Inquiry inquiry(session_, cast_.inquiry, terms, narrate_);
    if (auto done = inquiry.prepare(); !done) return done;
    if (auto done = inquiry.answer(); !done) return done;
    if (auto done = try_early(inquiry); !done) return done;
    if (auto done = inquiry.correct(); !done) return done;
    if (auto done = inquiry.collect(); !done) return done;
    report_.inquiry = inquiry.report();
    return {};
}

Result<void> Fund::release(size_t id) {
    TRY(mined, try_release(id));
    LineOutcome& outcome = report_.lines[id];
    outcome.is_released = true;
    outcome.transaction = mined.transaction;
    for (const Log& log : mined.logs) {
        const auto released = PublicGoods::LineReleased::decode(log);
        if (!released) continue;
        const auto& [hash, asset, from_pool, from_gifts] = *released;
        outcome.amounts[asset == report_.currencies[0] ? 0 : 1] += from_pool + from_gifts;
    }
    return {};
}

Result<void> Fund::pay(size_t id) {
    const bool is_fixed = plan_.lines[id].split == spend_lines::Split::fixed;
    const std::vector<Address> payees = addresses(is_fixed ? cast_.suppliers : cast_.writers);
    for (const Address& currency : report_.currencies)
        if (auto done = act<"payMany(uint256 id, address asset, address[] to)">(
                anyone(), report_.vault, u256{id}, currency, payees);
            !done)
            return done;
    tell(plan_.lines[id].purpose + ": paid to " + std::to_string(payees.size()));
    return {};
}

Result<void> Fund::spend() {
    for (size_t id = 0; id < plan_.lines.size(); ++id) {
        const CommonsLine& planned = plan_.lines[id];
        if (!plan_.is_released(id)) {
            if (auto done = expect_refusal(
                    planned.purpose + ", which needs " + format_bps(planned.least_bps),
                    try_release(id));
                !done)
                return done;
            continue;
        }
        if (auto done = release(id); !done) return done;
        if (auto done = pay(id); !done) return done;
    }
    return expect_refusal(plan_.lines[0].purpose + ", a second time", try_release(0));
}

Result<void> Fund::give_back() {
    if (auto travelled = travel_to(session_, plan_.lines_deadline + 1); !travelled)
        return travelled;
    if (auto done = act<"close()">(anyone(), report_.vault); !done) return done;
    size_t count = 0;
    for (const Account& patron : cast_.patrons)
        for (const Address& currency : report_.currencies) {
            TRY(amount, (session_.ask<"withdrawable(address holder, address asset) view returns "
                                      "(uint256)",
                                      u256>(report_.vault, patron.address, currency)));
            if (amount.is_zero()) continue;
            if (auto done = act<"withdrawReturned(address holder, address asset)">(
                    patron, report_.vault, patron.address, currency);
                !done)
                return done;
            ++count;
        }
    tell("The fund is closed; what was not spent goes back to the patrons in " +
         std::to_string(count) + " payments, each in the currency it was given in");
    return {};
}

Result<void> Fund::read_matches() {
    std::map<Address, size_t> numbers;
    for (const Account& writer : cast_.writers) {
        numbers[writer.address] = report_.writers.size();
        TRY(matched, (session_.ask<"matchOf(address recipient) view returns (uint256)", u256>(
                         report_.vault, writer.address)));
        report_.writers.push_back({.readers = 0, .given = {}, .matched = matched});
    }
    TRY(logs, session_.logs(report_.vault));
    for (const Log& log : logs) {
        const auto voiced = matching::Voiced::decode(log);
        if (!voiced) continue;
        WriterOutcome& writer = report_.writers[numbers.at(std::get<1>(*voiced))];
        ++writer.readers;
        writer.given += std::get<2>(*voiced);
    }
    return {};
}

Result<CommonsBook> Fund::fund_book(size_t currency) {
    const Address& asset = report_.currencies[currency];
    CommonsBook out{.contract = "fund",
                    .currency = std::string(symbols[currency]),
                    .decimals = decimals[currency]};
    const auto account = [&](Pot pot) -> Result<std::pair<u256, u256>> {
        TRY(output, session_.call(report_.vault, calldata<"account(address asset, uint8 number)">(
                                                     asset, static_cast<uint8_t>(pot))));
        const auto sides = abi::decode<u256, u256>(output);
        if (!sides) return Error{exit_code::failed, "the vault does not answer as account"};
        return std::pair{std::get<0>(*sides), std::get<1>(*sides)};
    };
    TRY(cash, account(Pot::cash));
    TRY(payable, account(Pot::payable));
    TRY(dust, account(Pot::dust));
    TRY(logs, session_.logs(report_.vault));
    for (const Log& log : logs)
        if (const auto back = PublicGoods::Returned::decode(log);
            back && std::get<1>(*back) == asset)
            out.returned += std::get<3>(*back);
    TRY(balance, (session_.ask<"balanceOf(address owner) view returns (uint256)", u256>(
                     asset, report_.vault)));
    if (payable.first != payable.second)
        return Error{exit_code::failed, "a payee could not be paid"};
    out.in = cash.first;
    out.paid = payable.first;
    out.dust = dust.second - dust.first;
    out.held = balance - out.dust;
    return out;
}

Result<CommonsBook> Fund::agents_book() {
    CommonsBook out{
        .contract = "agents", .currency = std::string(symbols[0]), .decimals = decimals[0]};
    TRY(logs, session_.logs(contracts::agents));
    for (const Log& log : logs) {
        if (const auto staked = agent_books::Staked::decode(log)) out.in += std::get<2>(*staked);
        if (const auto taken = agent_books::Escrowed::decode(log)) out.in += std::get<2>(*taken);
        if (const auto paid = agent_books::Collected::decode(log)) out.paid += std::get<2>(*paid);
        if (const auto back = agent_books::Unstaked::decode(log))
            out.returned += std::get<2>(*back);
    }
    TRY(balance, (session_.ask<"balanceOf(address owner) view returns (uint256)", u256>(
                     report_.currencies[0], contracts::agents)));
    out.held = balance;
    return out;
}

Result<CommonsBook> Fund::jurors_book() {
    CommonsBook out{.contract = "jurors", .currency = "coin", .decimals = 18};
    TRY(logs, session_.logs(contracts::arbitrator));
    for (const Log& log : logs) {
        if (const auto locked = purse::Locked::decode(log)) out.in += std::get<2>(*locked);
        if (const auto paid = purse::Withdrawn::decode(log)) out.paid += std::get<3>(*paid);
    }
    TRY(balance, session_.balance(contracts::arbitrator));
    out.held = balance;
    return out;
}

Result<void> Fund::close_books() {
    if (auto done = read_matches(); !done) return done;
    for (size_t currency = 0; currency < commons_currency_count; ++currency) {
        TRY(book, fund_book(currency));
        report_.books.push_back(std::move(book));
    }
    TRY(agents, agents_book());
    TRY(jurors, jurors_book());
    report_.books.push_back(std::move(agents));
    report_.books.push_back(std::move(jurors));
    return {};
}

}  // namespace

bool CommonsReport::is_balanced() const {
    return !books.empty() && std::ranges::all_of(books, &CommonsBook::is_balanced);
}

Result<CommonsCast> cast_commons() {
    constexpr size_t before = 1 + agent_count + teacher_count + donor_count;
    constexpr size_t count = inquirer_count + juror_count + 2 + writer_count + supplier_count +
                             patron_count + reader_count;
    TRY(accounts, derive_accounts(development_mnemonic, before + count));
    auto next = accounts.begin() + before;
    const auto take = [&next](const std::string& name, size_t number) {
        std::vector<Account> out;
        for (size_t i = 1; i <= number; ++i, ++next) {
            out.push_back(*next);
            out.back().name = number == 1 ? name : name + " " + std::to_string(i);
        }
        return out;
    };
    // Braces are filled in their order.
    return CommonsCast{.inquiry = {.requester = accounts.front(),
                                   .agents = take("Agent", inquirer_count),
                                   .jurors = take("Juror", juror_count),
                                   .challenger = take("Watcher", 1).front()},
                       .reviewer = take("Reviewer", 1).front(),
                       .writers = take("Writer", writer_count),
                       .suppliers = take("Supplier", supplier_count),
                       .patrons = take("Patron", patron_count),
                       .readers = take("Reader", reader_count)};
}

std::vector<Account> newcomers(const CommonsCast& cast) {
    std::vector<Account> out{cast.inquiry.challenger, cast.reviewer};
    for (const auto* group : {&cast.inquiry.agents, &cast.inquiry.jurors, &cast.writers,
                              &cast.suppliers, &cast.patrons, &cast.readers})
        out.insert(out.end(), group->begin(), group->end());
    return out;
}

Result<CommonsReport> play_commons(Session& session, const CommonsCast& cast, const Course& course,
                                   uint32_t threshold_bps, const EducationReport& first,
                                   const Narrator& narrate) {
    return Fund(session, cast, course, threshold_bps, first, narrate).run();
}

namespace {

using enum TextTable::Align;

std::string lines_table(const CommonsReport& report, const CommonsPlan& plan) {
    TextTable out({{"line"},
                   {"needs", right},
                   {"verdict"},
                   {"cUSD", right},
                   {"CAMP", right},
                   {"shared by"},
                   {"transaction"}});
    for (size_t id = 0; id < report.lines.size(); ++id) {
        const LineOutcome& outcome = report.lines[id];
        const bool is_fixed = plan.lines[id].split == spend_lines::Split::fixed;
        out.add({plan.lines[id].purpose, format_bps(plan.lines[id].least_bps),
                 outcome.is_released ? "spent" : "goes back",
                 format_amount(outcome.amounts[0], decimals[0]),
                 format_amount(outcome.amounts[1], decimals[1]),
                 is_fixed ? std::to_string(supplier_count) + " suppliers"
                          : std::to_string(writer_count) + " teachers",
                 outcome.is_released ? to_hex(outcome.transaction) : "-"});
    }
    return out.render();
}

/// Writers with as many readers stand in one row.
std::string matches_table(const CommonsReport& report) {
    struct Row {
        size_t writers = 0;
        u256 given;
        u256 matched;
    };
    std::map<size_t, Row> rows;
    for (const WriterOutcome& writer : report.writers) {
        Row& row = rows[writer.readers];
        ++row.writers;
        row.given += writer.given;
        row.matched += writer.matched;
    }
    TextTable out({{"read by", right},
                   {"teachers", right},
                   {"given, as cUSD", right},
                   {"matched, as cUSD", right}});
    for (const auto& [readers, row] : rows)
        out.add({std::to_string(readers), std::to_string(row.writers),
                 format_amount(row.given, currency_decimals),
                 format_amount(row.matched, currency_decimals)});
    return out.render();
}

std::string books_table(const CommonsReport& report) {
    TextTable out({{"books of"},
                   {"currency"},
                   {"in", right},
                   {"paid", right},
                   {"returned", right},
                   {"dust", right},
                   {"held", right},
                   {""}});
    for (const CommonsBook& book : report.books) {
        const auto amount = [&](const u256& value) { return format_amount(value, book.decimals); };
        out.add({book.contract, book.currency, amount(book.in), amount(book.paid),
                 amount(book.returned), amount(book.dust), amount(book.held),
                 book.is_balanced() ? "closes" : "DOES NOT BALANCE"});
    }
    return out.render();
}

}  // namespace

std::string render(const CommonsReport& report, const Course& course, uint32_t threshold_bps) {
    const CommonsPlan plan = plan_commons(course, threshold_bps);
    return "\nLearning materials of " + course.title() + ", vault " + to_checksum(report.vault) +
           "\nThe agents' median of " + format_bps(report.inquiry.median.bits.low64()) +
           " was challenged and corrected to " + format_bps(report.inquiry.answer.bits.low64()) +
           "; slashed " + format_amount(report.inquiry.slashed, decimals[0]) + " cUSD\n\n" +
           lines_table(report, plan) + "\n" + matches_table(report) + "\n" + books_table(report) +
           "in = paid + returned + dust + held" +
           (report.is_balanced() ? "\n" : "  DOES NOT BALANCE\n");
}

Hash course_indicator() {
    return keccak256(
        "share of registered learners with a score of 40 or more, basis points, all assessments of "
        "a course together");
}

}  // namespace plume
