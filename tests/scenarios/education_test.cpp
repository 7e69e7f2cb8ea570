// The education mission on real figures, with every amount worked out a second time: from the
// course's records, from the logs alone, and from balances.
#include "app/education.hpp"

#include <gtest/gtest.h>

#include <map>

#include "app/accounts.hpp"
#include "app/node.hpp"
#include "contracts/vault.hpp"
#include "scenarios/exported.hpp"
#include "support/temporary_directory.hpp"

namespace plume {

namespace {

namespace fs = std::filesystem;

constexpr uint32_t threshold_bps = 4'500;

/// What the logs of a vault say, and nothing else.
struct LogBooks {
    u256 contributed, paid, returned, withdrawn;
    std::map<Address, u256> paid_to, withdrawn_by;
    std::map<u256, u256> reclaimed;
    bool has_owed = false;
};

LogBooks read_logs(const std::vector<Log>& logs) {
    LogBooks out;
    for (const Log& log : logs) {
        if (const auto given = Vault::Contributed::decode(log))
            out.contributed += std::get<2>(*given);
        if (const auto paid = Vault::Released::decode(log)) {
            out.paid += std::get<2>(*paid);
            out.paid_to[std::get<1>(*paid)] += std::get<2>(*paid);
        }
        if (const auto back = Vault::Reclaimed::decode(log))
            out.reclaimed[std::get<0>(*back)] = std::get<1>(*back);
        if (const auto shared = Vault::FundsDistributed::decode(log))
            out.returned += std::get<1>(*shared);
        if (const auto taken = Vault::FundsWithdrawn::decode(log)) {
            out.withdrawn += std::get<1>(*taken);
            out.withdrawn_by[std::get<0>(*taken)] += std::get<1>(*taken);
        }
        out.has_owed = out.has_owed || Vault::PaymentOwed::decode(log).has_value();
    }
    return out;
}

/// Every balance of a token as its Transfer events make it; the zero address ends up with minus the
/// supply.
std::map<Address, u256> replay_transfers(const std::vector<Log>& logs) {
    std::map<Address, u256> out;
    for (const Log& log : logs) {
        const auto transfer = AssetToken::Transfer::decode(log);
        if (!transfer) continue;
        const auto& [from, to, value] = *transfer;
        out[from] -= value;
        out[to] += value;
    }
    return out;
}

class EducationScenario {
public:
    explicit EducationScenario(const Course& course)
        : course_(course),
          campaign_(plan_campaign(course, threshold_bps)),
          cast_(cast_education().value()) {}

    void play() {
        const auto node = start_story_node(folder_.path() / "chain", 0, everyone(cast_),
                                           course_.begins_at() - (founding_days + 1) * day_seconds);
        ASSERT_TRUE(node.ok()) << node.error().what;
        auto session = Session::open((*node)->url());
        ASSERT_TRUE(session.ok()) << session.error().what;
        auto report =
            play_education(*session, cast_, course_, threshold_bps, [](const std::string&) {});
        ASSERT_TRUE(report.ok()) << course_.title() << ": " << report.error().what;
        check_verdicts(*report);
        const auto vault_logs = session->logs(report->vault);
        const auto currency_logs = session->logs(report->currency);
        ASSERT_TRUE(vault_logs.ok() && currency_logs.ok());
        check_books(*report, read_logs(*vault_logs));
        check_balances(*session, *report, replay_transfers(*currency_logs));
        check_file(*session, *report);
    }

private:
    bool is_reached(size_t id) const {
        const Assessment& assessment = campaign_.tranches[id].assessment;
        return uint64_t{assessment.scored_40} * 10'000 >=
               uint64_t{threshold_bps} * assessment.registered;
    }

    u256 missed_sum() const {
        u256 out;
        for (size_t id = 0; id < campaign_.tranches.size(); ++id)
            if (!is_reached(id)) out += campaign_.tranches[id].amount();
        return out;
    }

    /// A donor's part of what goes back: in proportion, rounded down.
    void check_part(const u256& contribution, const u256& withdrawn) const {
        EXPECT_EQ(withdrawn, missed_sum() * contribution / campaign_.goal());
    }

    void check_verdicts(const EducationReport& report) const {
        ASSERT_EQ(report.tranches.size(), course_.assessments.size());
        for (size_t id = 0; id < report.tranches.size(); ++id) {
            EXPECT_EQ(report.tranches[id].is_paid, is_reached(id))
                << report.tranches[id].assessment;
            EXPECT_NE(report.tranches[id].transaction, Hash{});
        }
        EXPECT_GE(report.refusals, 2u);
        EXPECT_TRUE(report.is_balanced());
    }

    void check_books(const EducationReport& report, const LogBooks& logs) const {
        EXPECT_EQ(logs.contributed, campaign_.goal());
        EXPECT_EQ(logs.returned, missed_sum());
        EXPECT_EQ(logs.paid, campaign_.goal() - missed_sum());
        EXPECT_FALSE(logs.has_owed);
        EXPECT_EQ(report.contributed, logs.contributed);
        EXPECT_EQ(report.paid, logs.paid);
        EXPECT_EQ(report.returned, logs.withdrawn);
        EXPECT_EQ(report.held, logs.returned - logs.withdrawn);
        EXPECT_LT(report.held, u256{donor_count}) << "only fractions of units stay behind";
        for (size_t i = 0; i < cast_.teachers.size(); ++i) {
            u256 expected;
            for (size_t id = 0; id < campaign_.tranches.size(); ++id)
                if (is_reached(id)) expected += campaign_.tranches[id].shares[i];
            EXPECT_EQ(logs.paid_to.contains(cast_.teachers[i].address)
                          ? logs.paid_to.at(cast_.teachers[i].address)
                          : u256{},
                      expected);
        }
        for (size_t id = 0; id < campaign_.tranches.size(); ++id)
            EXPECT_EQ(logs.reclaimed.contains(u256{id}), !is_reached(id));
        for (size_t i = 0; i < cast_.donors.size(); ++i) {
            const auto found = logs.withdrawn_by.find(cast_.donors[i].address);
            check_part(campaign_.contributions[i],
                       found == logs.withdrawn_by.end() ? u256{} : found->second);
        }
    }

    /// Who has nothing but the exported files has the same books.
    void check_file(Session& session, const EducationReport& report) const {
        const ExportedSums sums =
            test::check_export(session, "vault", report.vault, report.currency);
        EXPECT_EQ(sums.contributed, report.contributed);
        EXPECT_EQ(sums.paid, report.paid);
        EXPECT_EQ(sums.returned, report.returned);
        EXPECT_EQ(sums.held, report.held);
    }

    void check_balances(Session& session, const EducationReport& report,
                        std::map<Address, u256> replayed) const {
        u256 sum;
        for (const auto& [owner, balance] : replayed) {
            if (owner == Address{}) continue;
            const auto on_chain =
                session.ask<"balanceOf(address owner) view returns (uint256)", u256>(
                    report.currency, owner);
            ASSERT_TRUE(on_chain.ok());
            EXPECT_EQ(*on_chain, balance);
            sum += balance;
        }
        const auto supply =
            session.ask<"totalSupply() view returns (uint256)", u256>(report.currency);
        ASSERT_TRUE(supply.ok());
        EXPECT_EQ(*supply, sum);
        EXPECT_EQ(replayed[Address{}], -sum);
        EXPECT_EQ(replayed[report.vault], report.held);
        // Donors were given exactly what they contributed, so what they have now is what came back.
        for (size_t i = 0; i < cast_.donors.size(); ++i)
            check_part(campaign_.contributions[i], replayed[cast_.donors[i].address]);
    }

    test::TemporaryDirectory folder_;
    const Course& course_;
    const Campaign campaign_;
    const Cast cast_;
};

}  // namespace

TEST(Education, every_amount_of_a_course_is_exact) {
    const auto courses = load_courses(fs::path(PLUME_SOURCE_DIR) / "examples" / "education.csv");
    ASSERT_TRUE(courses.ok()) << courses.error().what;
    EducationScenario(courses->front()).play();
}

TEST(Education, every_amount_of_every_course_is_exact_on_raw_records) {
    const fs::path folder = fs::path(PLUME_SOURCE_DIR) / ".." / "shared" / "data" / "education";
    if (!fs::exists(folder)) GTEST_SKIP() << "the raw records are not at " << folder;
    const auto courses = load_raw_courses(folder);
    ASSERT_TRUE(courses.ok()) << courses.error().what;
    ASSERT_FALSE(courses->empty());
    for (const Course& course : *courses) {
        SCOPED_TRACE(course.title());
        EducationScenario(course).play();
    }
}

}  // namespace plume
