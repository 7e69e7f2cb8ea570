// The second act of the education mission, with every amount worked out a second time: from the
// plan alone, from the logs alone, and from balances.
#include "app/commons.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "app/accounts.hpp"
#include "app/node.hpp"
#include "contracts/public_goods.hpp"
#include "native/math.hpp"
#include "support/temporary_directory.hpp"

namespace plume {

namespace {

namespace fs = std::filesystem;
using spend_lines::Split;
using Pot = PublicGoods::Account;

constexpr size_t dollar = 0;

/// What each address has of a currency in the end.
using Purses = std::map<Address, u256>;

/// The fund's money as the plan makes it: no chain is asked.
class Expected {
public:
    Expected(const CommonsPlan& plan, const CommonsCast& cast) : plan_(plan), cast_(cast) {
        for (const CommonsGift& grant : plan.grants) {
            pool[index(grant.currency)] += grant.amount;
            stakes_[index(grant.currency)][grant.from] += grant.amount;
        }
        for (const CommonsGift& gift : plan.gifts) {
            gifts[index(gift.currency)] += gift.amount;
            gifts_to_[index(gift.currency)][gift.to] += gift.amount;
            voices_[gift.to][gift.from] += value_of(gift.currency, gift.amount);
        }
        for (size_t id = 0; id < plan.lines.size(); ++id) spend(id);
        for (size_t currency = 0; currency < commons_currency_count; ++currency)
            give_back(currency);
        inquire();
    }

    std::array<u256, commons_currency_count> pool, gifts, paid, returned, dust;
    std::array<Purses, commons_currency_count> purses;
    std::map<std::pair<size_t, size_t>, u256> spent;  ///< by line and currency, with gifts

    /// In units of cUSD; the first line is the matched one.
    WriterOutcome outcome_of(size_t writer) const {
        WriterOutcome out{.readers = voices_.at(writer).size(), .given = {}, .matched = {}};
        for (const auto& [reader, value] : voices_.at(writer)) out.given += value;
        out.matched = value_of_line(0) * weight_of(writer) / divisor(0);
        return out;
    }

private:
    static size_t index(CommonsCurrency currency) { return static_cast<size_t>(currency); }
    u256 amount_of(size_t line, size_t currency) const {
        return pool[currency] * u256{plan_.lines[line].share} / u256{10'000u};
    }

    /// (sum of roots)^2 - sum, the roots rounded down.
    u256 weight_of(size_t writer) const {
        u256 sum;
        u256 roots;
        for (const auto& [reader, value] : voices_.at(writer)) {
            sum += value;
            u256 root = square_root_down(value);
            EXPECT_LE(root * root, value);
            EXPECT_GT((root + u256{1u}) * (root + u256{1u}), value);
            roots += root;
        }
        return roots * roots > sum ? roots * roots - sum : u256{};
    }

    u256 value_of_line(size_t line) const {
        u256 out;
        for (size_t currency = 0; currency < commons_currency_count; ++currency)
            out += value_of(CommonsCurrency{static_cast<uint8_t>(currency)},
                            amount_of(line, currency));
        return out;
    }

    u256 divisor(size_t line) const {
        u256 weights;
        for (size_t writer = 0; writer < writer_count; ++writer) weights += weight_of(writer);
        return std::max(weights, value_of_line(line));
    }

    void pay(size_t line, size_t currency, const Account& to, const u256& amount) {
        purses[currency][to.address] += amount;
        paid[currency] += amount;
        spent[{line, currency}] += amount;
    }

    void spend(size_t id) {
        const CommonsLine& line = plan_.lines[id];
        if (plan_.result_bps < line.least_bps) return;
        u256 parts;
        for (const uint32_t part : line.parts) parts += u256{part};
        const u256 whole = line.split == Split::matched ? divisor(id) : u256{writer_count};
        for (size_t currency = 0; currency < commons_currency_count; ++currency) {
            const u256 amount = amount_of(id, currency);
            for (size_t i = 0; i < line.parts.size(); ++i)
                pay(id, currency, cast_.suppliers[i], amount * u256{line.parts[i]} / parts);
            if (line.split == Split::fixed) continue;
            for (size_t i = 0; i < writer_count; ++i)
                pay(id, currency, cast_.writers[i],
                    line.split == Split::equal
                        ? amount / whole
                        : gifts_to_[currency][i] + amount * weight_of(i) / whole);
        }
    }

    void give_back(size_t currency) {
        const u256 rest = pool[currency] + gifts[currency] - paid[currency];
        for (const auto& [patron, stake] : stakes_[currency]) {
            const u256 part = rest * stake / pool[currency];
            purses[currency][cast_.patrons[patron].address] += part;
            returned[currency] += part;
        }
        dust[currency] = rest - returned[currency];
    }

    /// Who was right shares the bounty; the challenger has his bond and the stakes of the others.
    void inquire() {
        const InquiryCast& cast = cast_.inquiry;
        const u256 right{inquirer_count - wrong_count};
        for (size_t i = wrong_count; i < inquirer_count; ++i)
            purses[dollar][cast.agents[i].address] = plan_.stake + plan_.bounty / right;
        purses[dollar][cast.requester.address] = plan_.bounty % right;
        purses[dollar][cast.challenger.address] = plan_.stake + plan_.stake * u256{wrong_count};
    }

    const CommonsPlan& plan_;
    const CommonsCast& cast_;
    std::array<std::map<size_t, u256>, commons_currency_count> stakes_, gifts_to_;
    std::map<size_t, std::map<size_t, u256>> voices_;  ///< by writer and reader
};

/// What the fund's logs say of a currency, and nothing else.
struct LogBooks {
    std::map<uint8_t, u256> debits, credits;
    u256 contributed, disbursed, returned;
    std::map<Address, u256> got;
    bool has_refused = false;
};

LogBooks read_logs(const std::vector<Log>& logs, const Address& asset) {
    LogBooks out;
    for (const Log& log : logs) {
        if (const auto entry = journal::Posted::decode(log);
            entry && std::get<1>(*entry) == asset) {
            out.debits[std::get<2>(*entry)] += std::get<4>(*entry);
            out.credits[std::get<3>(*entry)] += std::get<4>(*entry);
        }
        if (const auto given = PublicGoods::Contributed::decode(log);
            given && std::get<3>(*given) == asset)
            out.contributed += std::get<4>(*given);
        if (const auto paid = PublicGoods::Disbursed::decode(log);
            paid && std::get<2>(*paid) == asset) {
            out.disbursed += std::get<3>(*paid);
            out.got[std::get<1>(*paid)] += std::get<3>(*paid);
        }
        if (const auto back = PublicGoods::Returned::decode(log);
            back && std::get<1>(*back) == asset) {
            out.returned += std::get<3>(*back);
            out.got[std::get<0>(*back)] += std::get<3>(*back);
        }
        out.has_refused = out.has_refused || PublicGoods::PaymentRefused::decode(log).has_value();
    }
    return out;
}

/// Every balance of a token as its Transfer events make it.
Purses replay_transfers(const std::vector<Log>& logs) {
    Purses out;
    for (const Log& log : logs) {
        const auto transfer = AssetToken::Transfer::decode(log);
        if (!transfer) continue;
        const auto& [from, to, value] = *transfer;
        out[from] -= value;
        out[to] += value;
    }
    return out;
}

class CommonsScenario {
public:
    CommonsScenario(const Course& course, uint32_t threshold_bps)
        : course_(course),
          threshold_bps_(threshold_bps),
          plan_(plan_commons(course, threshold_bps)),
          first_(cast_education().value()),
          cast_(cast_commons().value()),
          expected_(plan_, cast_) {}

    void play() {
        std::vector<Account> people = everyone(first_);
        for (const Account& newcomer : newcomers(cast_)) people.push_back(newcomer);
        const auto node = start_story_node(folder_.path() / "chain", 0, people,
                                           course_.begins_at() - (founding_days + 1) * day_seconds);
        ASSERT_TRUE(node.ok()) << node.error().what;
        auto session = Session::open((*node)->url());
        ASSERT_TRUE(session.ok()) << session.error().what;
        const auto silent = [](const std::string&) {};
        const auto first = play_education(*session, first_, course_, threshold_bps_, silent);
        ASSERT_TRUE(first.ok()) << course_.title() << ": " << first.error().what;
        const auto first_logs = session->logs(first->currency);
        ASSERT_TRUE(first_logs.ok());
        const auto report = play_commons(*session, cast_, course_, threshold_bps_, *first, silent);
        ASSERT_TRUE(report.ok()) << course_.title() << ": " << report.error().what;
        check_verdicts(*report);
        check_inquiry(*session, *report);
        const auto logs = session->logs(report->vault);
        ASSERT_TRUE(logs.ok());
        Purses before = replay_transfers(*first_logs);
        for (size_t currency = 0; currency < commons_currency_count; ++currency) {
            SCOPED_TRACE(report->books[currency].currency);
            check_report(*report, currency);
            check_logs(read_logs(*logs, report->currencies[currency]), currency);
            check_balances(*session, *report, currency, before);
            before.clear();
        }
    }

private:
    void check_verdicts(const CommonsReport& report) const {
        ASSERT_EQ(report.lines.size(), plan_.lines.size());
        for (size_t id = 0; id < report.lines.size(); ++id) {
            const LineOutcome& line = report.lines[id];
            EXPECT_EQ(line.is_released, plan_.result_bps >= plan_.lines[id].least_bps) << id;
            EXPECT_EQ(line.transaction.is_zero(), !line.is_released) << id;
            for (size_t currency = 0; currency < commons_currency_count; ++currency) {
                const auto found = expected_.spent.find({id, currency});
                EXPECT_EQ(line.amounts[currency],
                          found == expected_.spent.end() ? u256{} : found->second)
                    << id;
            }
        }
        ASSERT_EQ(report.writers.size(), writer_count);
        for (size_t i = 0; i < writer_count; ++i) {
            const WriterOutcome expected = expected_.outcome_of(i);
            EXPECT_EQ(report.writers[i].readers, expected.readers);
            EXPECT_EQ(report.writers[i].given, expected.given);
            EXPECT_EQ(report.writers[i].matched, expected.matched);
        }
        EXPECT_GE(report.refusals, 4u);
        EXPECT_TRUE(report.is_balanced());
    }

    void check_inquiry(Session& session, const CommonsReport& report) const {
        EXPECT_EQ(report.inquiry.median, i256::of(plan_.wrong_bps)) << "most of them were wrong";
        EXPECT_EQ(report.inquiry.answer, i256::of(plan_.result_bps)) << "and were corrected";
        EXPECT_EQ(report.inquiry.slashed, plan_.stake * u256{wrong_count});
        EXPECT_EQ(report.inquiry.reward, plan_.bounty / u256{inquirer_count - wrong_count});
        const auto balance = session.balance(contracts::arbitrator);
        ASSERT_TRUE(balance.ok());
        EXPECT_TRUE(balance->is_zero()) << "the jurors have all of their fees";
        const CommonsBook& agents = report.books[2];
        EXPECT_EQ(agents.in, plan_.stake * u256{inquirer_count + 1} + plan_.bounty);
        EXPECT_EQ(agents.returned, plan_.stake * u256{inquirer_count - wrong_count});
        EXPECT_TRUE(agents.held.is_zero());
        EXPECT_EQ(report.books[3].in, plan_.juror_fee * u256{juror_count});
        EXPECT_EQ(report.books[3].paid, report.books[3].in);
    }

    void check_report(const CommonsReport& report, size_t currency) const {
        const CommonsBook& book = report.books[currency];
        EXPECT_EQ(book.in, expected_.pool[currency] + expected_.gifts[currency]);
        EXPECT_EQ(book.paid, expected_.paid[currency]);
        EXPECT_EQ(book.returned, expected_.returned[currency]);
        EXPECT_EQ(book.dust, expected_.dust[currency]);
        EXPECT_TRUE(book.held.is_zero());
        EXPECT_LT(book.dust, u256{patron_count}) << "only fractions of units stay behind";
        EXPECT_FALSE(book.returned.is_zero());
    }

    void check_logs(LogBooks logs, size_t currency) const {
        const auto number = [](Pot pot) { return static_cast<uint8_t>(pot); };
        EXPECT_FALSE(logs.has_refused);
        EXPECT_EQ(logs.contributed, expected_.pool[currency] + expected_.gifts[currency]);
        EXPECT_EQ(logs.disbursed, expected_.paid[currency]);
        EXPECT_EQ(logs.returned, expected_.returned[currency]);
        EXPECT_EQ(logs.credits[number(Pot::pool)], expected_.pool[currency]);
        EXPECT_EQ(logs.credits[number(Pot::gifts)], expected_.gifts[currency]);
        EXPECT_EQ(logs.credits[number(Pot::payable)], expected_.paid[currency]);
        EXPECT_EQ(logs.credits[number(Pot::dust)], expected_.dust[currency]);
        EXPECT_EQ(logs.debits[number(Pot::cash)] - logs.credits[number(Pot::cash)],
                  expected_.dust[currency]);
        for (const Pot pot :
             {Pot::pool, Pot::gifts, Pot::payable, Pot::pool_return, Pot::gift_return})
            EXPECT_EQ(logs.debits[number(pot)], logs.credits[number(pot)])
                << "all of it is settled";
        for (const auto* group : {&cast_.writers, &cast_.suppliers, &cast_.patrons})
            for (const Account& account : *group) {
                const auto found = expected_.purses[currency].find(account.address);
                EXPECT_EQ(logs.got[account.address],
                          found == expected_.purses[currency].end() ? u256{} : found->second)
                    << account.name;
            }
    }

    /// `before`: what the first act left everybody with.
    void check_balances(Session& session, const CommonsReport& report, size_t currency,
                        Purses before) const {
        const Address& token = report.currencies[currency];
        const auto logs = session.logs(token);
        ASSERT_TRUE(logs.ok());
        u256 sum;
        Purses purses = expected_.purses[currency];
        purses[report.vault] = expected_.dust[currency];
        for (const auto& [owner, replayed] : replay_transfers(*logs)) {
            if (owner == Address{}) continue;
            const auto balance =
                session.ask<"balanceOf(address owner) view returns (uint256)", u256>(token, owner);
            ASSERT_TRUE(balance.ok());
            EXPECT_EQ(*balance, replayed);
            EXPECT_EQ(*balance, before[owner] + purses[owner]) << to_hex(owner);
            purses.erase(owner);
            sum += *balance;
        }
        for (const auto& [owner, amount] : purses) EXPECT_TRUE(amount.is_zero()) << to_hex(owner);
        const auto supply = session.ask<"totalSupply() view returns (uint256)", u256>(token);
        ASSERT_TRUE(supply.ok());
        EXPECT_EQ(*supply, sum);
    }

    test::TemporaryDirectory folder_;
    const Course& course_;
    const uint32_t threshold_bps_;
    const CommonsPlan plan_;
    const Cast first_;
    const CommonsCast cast_;
    const Expected expected_;
};

Course small_course(uint32_t registered, uint32_t scored) {
    Course out{.name = "ZZZ", .presentation = "2020B", .assessments = {}};
    out.assessments.push_back({.id = "1",
                               .type = "Exam",
                               .due_day = 0,
                               .registered = registered,
                               .submitted = scored,
                               .scored_40 = scored});
    return out;
}

}  // namespace

TEST(Commons, every_amount_is_exact_whatever_lines_a_course_releases) {
    const auto courses = load_courses(fs::path(PLUME_SOURCE_DIR) / "examples" / "education.csv");
    ASSERT_TRUE(courses.ok()) << courses.error().what;
    std::set<std::vector<bool>> seen;
    for (const uint32_t threshold_bps : {4'500u, 9'000u})
        for (const Course& course : *courses) {
            const CommonsPlan plan = plan_commons(course, threshold_bps);
            std::vector<bool> released;
            for (size_t id = 0; id < plan.lines.size(); ++id)
                released.push_back(plan.is_released(id));
            if (!seen.insert(released).second) continue;
            SCOPED_TRACE(course.title() + " at " + std::to_string(threshold_bps));
            CommonsScenario(course, threshold_bps).play();
        }
    EXPECT_GE(seen.size(), 2u);
}

TEST(Commons, a_course_with_one_learner_or_none_is_exact_at_either_end) {
    struct Case {
        uint32_t registered, scored, threshold_bps;
    };
    for (const Case& one : {Case{0, 0, 1}, Case{1, 0, 10'000}, Case{1, 1, 10'000}}) {
        SCOPED_TRACE(std::to_string(one.scored) + " of " + std::to_string(one.registered) + " at " +
                     std::to_string(one.threshold_bps));
        CommonsScenario(small_course(one.registered, one.scored), one.threshold_bps).play();
    }
}

TEST(Commons, a_course_of_four_billion_learners_is_exact) {
    CommonsScenario(small_course(4'294'967'295, 4'000'000'000), 4'500).play();
}

TEST(Commons, every_amount_of_every_course_is_exact_on_raw_records) {
    const fs::path folder = fs::path(PLUME_SOURCE_DIR) / ".." / "shared" / "data" / "education";
    if (!fs::exists(folder)) GTEST_SKIP() << "the raw records are not at " << folder;
    const auto courses = load_raw_courses(folder);
    ASSERT_TRUE(courses.ok()) << courses.error().what;
    ASSERT_FALSE(courses->empty());
    for (const Course& course : *courses) {
        SCOPED_TRACE(course.title());
        CommonsScenario(course, 4'500).play();
    }
}

}  // namespace plume
