// The solar co-op on real figures, with every amount worked out a second time: from the array's
// readings alone, from the logs alone, and from balances.
#include "app/solar.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>

#include "contracts/addresses.hpp"
#include "contracts/feeds.hpp"
#include "contracts/regulated_token.hpp"
#include "contracts/revenue_vault.hpp"
#include "contracts/scheduler.hpp"
#include "scenarios/exported.hpp"
#include "support/temporary_directory.hpp"

namespace plume {

namespace {

namespace fs = std::filesystem;

constexpr uint64_t price = 85'000;
constexpr int64_t kwh = 3'600'000'000;
constexpr uint64_t july = 1'467'331'200;  // 2016-07-01
constexpr uint64_t day = 86'400;

/// The months of a time that ends with `time`, counted from year 0: midnight is still the day
/// before.
int64_t month_of(uint64_t time) {
    using namespace std::chrono;
    const year_month_day date{floor<days>(sys_seconds{seconds{static_cast<int64_t>(time) - 1}})};
    return int64_t{static_cast<int>(date.year())} * 12 + static_cast<unsigned>(date.month()) - 1;
}

/// Who is due what, from the readings and the terms of the story.
struct Expected {
    std::vector<u256> energy, revenue, reserve;
    std::vector<u256> gross[2], tax[2];
    u256 paid_in, all_reserve, all_tax, held;
    std::vector<u256> owners;
};

Expected work_out(const MeterSeries& series) {
    Expected out;
    std::map<int64_t, uint64_t> made;
    for (int64_t m = month_of(series.readings.front().time);
         m <= month_of(series.readings.back().time); ++m)
        made[m] = 0;
    for (const MeterReading& reading : series.readings)
        if (reading.amount > 0)
            made[month_of(reading.time)] += static_cast<uint64_t>(reading.amount);
    constexpr uint64_t weights[] = {747, 253};
    u256 energy, worth, shared;
    u256 had[2], net[2];
    for (const auto& [month, amount] : made) {
        energy += u256{amount};
        // All that was paid so far is all that was made so far, rounded down.
        const u256 so_far = energy * u256{price} / u256{static_cast<uint64_t>(kwh)};
        out.energy.push_back(u256{amount});
        out.revenue.push_back(so_far - worth);
        worth = so_far;
        out.reserve.push_back(out.revenue.back() * u256{3u} / u256{100u});
        shared += out.revenue.back() - out.reserve.back();
        out.all_reserve += out.reserve.back();
        for (size_t i = 0; i < 2; ++i) {
            out.gross[i].push_back(shared * u256{weights[i]} / u256{1'000u} - had[i]);
            had[i] += out.gross[i].back();
            out.tax[i].push_back(i == 0 ? u256{} : out.gross[i].back() * u256{15u} / u256{100u});
            net[i] += out.gross[i].back() - out.tax[i].back();
            out.all_tax += out.tax[i].back();
        }
    }
    out.paid_in = worth;
    out.held = worth - out.all_reserve - out.all_tax;
    for (const OwnerPlan& owner : owner_plans) {
        const size_t i = owner.share_class;
        out.owners.push_back(net[i] * u256{owner.shares} / u256{weights[i]});
        out.held -= out.owners.back();
    }
    return out;
}

class SolarScenario {
public:
    explicit SolarScenario(MeterSeries series)
        : series_(std::move(series)), expected_(work_out(series_)), cast_(cast_solar().value()) {}

    void play() {
        const auto coop = plan_cooperative(series_, price);
        ASSERT_TRUE(coop.ok()) << coop.error().what;
        const auto node =
            start_story_node(folder_.path() / "chain", 0, everyone(cast_), coop->founded_at - day);
        ASSERT_TRUE(node.ok()) << node.error().what;
        auto session = Session::open((*node)->url());
        ASSERT_TRUE(session.ok()) << session.error().what;
        auto report = play_solar(*session, cast_, *coop, [](const std::string&) {});
        ASSERT_TRUE(report.ok()) << report.error().what;
        report_ = std::move(*report);
        check_report();
        check_vault(*session);
        check_tokens(*session);
        check_meter(*session, *coop);
        check_balances(*session);
        check_system_transactions(*session);
        check_recovery(*session);
        check_files(*session);
    }

private:
    void check_report() const {
        EXPECT_TRUE(report_.is_balanced());
        ASSERT_EQ(report_.months.size(), expected_.energy.size());
        for (size_t m = 0; m < report_.months.size(); ++m) {
            const MonthOutcome& month = report_.months[m];
            EXPECT_EQ(month.energy, expected_.energy[m]);
            EXPECT_EQ(month.revenue, expected_.revenue[m]);
            EXPECT_EQ(month.reserve, expected_.reserve[m]);
            for (size_t i = 0; i < 2; ++i) {
                EXPECT_EQ(month.classes[i].gross, expected_.gross[i][m]);
                EXPECT_EQ(month.classes[i].tax, expected_.tax[i][m]);
                EXPECT_EQ(month.classes[i].net, expected_.gross[i][m] - expected_.tax[i][m]);
            }
        }
        EXPECT_EQ(report_.paid_in, expected_.paid_in);
        EXPECT_EQ(report_.held, expected_.held);
        for (size_t i = 0; i < owner_plans.size(); ++i)
            EXPECT_EQ(report_.owners[i].received, expected_.owners[i]) << owner_plans[i].name;
        EXPECT_GE(report_.refusals, 6u);
        EXPECT_EQ(report_.accepted, series_.readings.size() + 1);
    }

    /// The vault's own words: all months together.
    void check_vault(Session& session) const {
        const auto logs = session.logs(report_.vault);
        ASSERT_TRUE(logs.ok());
        u256 shared, reserve, tax, collected;
        std::map<Address, u256> gross;
        for (const Log& log : *logs) {
            if (const auto line = RevenueVault::LinePaid::decode(log))
                reserve += std::get<3>(*line);
            if (const auto held = RevenueVault::TaxWithheld::decode(log)) tax += std::get<2>(*held);
            if (const auto out = RevenueVault::RevenueDistributed::decode(log)) {
                EXPECT_EQ(std::get<1>(*out), contracts::scheduler) << "nobody else distributes";
                shared += std::get<2>(*out);
            }
            if (const auto claim = RevenueVault::RevenueClaimed::decode(log))
                gross[std::get<0>(*claim)] += std::get<3>(*claim);
            if (const auto taken = RevenueVault::Collected::decode(log))
                collected += std::get<2>(*taken);
        }
        EXPECT_EQ(shared + reserve, expected_.paid_in);
        EXPECT_EQ(reserve, expected_.all_reserve);
        EXPECT_EQ(tax, expected_.all_tax);
        EXPECT_EQ(collected, reserve + tax);
        for (size_t i = 0; i < 2; ++i) {
            u256 sum;
            for (const u256& part : expected_.gross[i]) sum += part;
            EXPECT_EQ(gross[report_.tokens[i]], sum);
        }
    }

    /// What came out of each class's token, and to whom.
    void check_tokens(Session& session) const {
        std::map<Address, u256> received;
        u256 in, out;
        for (const Address& token : report_.tokens) {
            const auto logs = session.logs(token);
            ASSERT_TRUE(logs.ok());
            for (const Log& log : *logs) {
                if (const auto shared = RegulatedToken::RevenueDistributed::decode(log))
                    in += std::get<2>(*shared);
                if (const auto claim = RegulatedToken::RevenueClaimed::decode(log)) {
                    EXPECT_EQ(std::get<0>(*claim), std::get<2>(*claim));
                    received[std::get<2>(*claim)] += std::get<3>(*claim);
                    out += std::get<3>(*claim);
                }
            }
        }
        u256 paid;
        for (const u256& owner : expected_.owners) paid += owner;
        EXPECT_EQ(out, paid);
        EXPECT_LT(in - out, u256{owner_plans.size()}) << "only fractions of units stay behind";
        for (size_t i = 0; i < owner_plans.size(); ++i) {
            u256 had = received[cast_.owners[i].address];
            if (i == lost_owner) had += received[cast_.heir.address];
            EXPECT_EQ(had, expected_.owners[i]) << owner_plans[i].name;
        }
    }

    /// The meter's events add up to the data, and what is no production is none there.
    void check_meter(Session& session, const Cooperative& coop) const {
        const auto logs = session.logs(contracts::feeds);
        ASSERT_TRUE(logs.ok());
        u256 sum;
        size_t gaps = 0, idle = 0, metered = 0;
        for (const Log& log : *logs) {
            if (const auto said = Meters::Metered::decode(log)) {
                sum += std::get<4>(*said);
                if (metered++ > 0 && std::get<4>(*said).is_zero()) ++idle;
            }
            if (Meters::Gap::decode(log)) ++gaps;
        }
        u256 made;
        for (const u256& month : expected_.energy) made += month;
        EXPECT_EQ(sum, made);
        EXPECT_EQ(sum, u256{series_.produced()});
        EXPECT_EQ(gaps, coop.gaps);
        EXPECT_EQ(idle, coop.idle);
    }

    void check_balances(Session& session) const {
        const auto balance = [&](const Address& account) {
            return session
                .ask<"balanceOf(address owner) view returns (uint256)", u256>(report_.currency,
                                                                              account)
                .value();
        };
        EXPECT_EQ(balance(cast_.grid.address), u256{});
        EXPECT_EQ(balance(cast_.upkeep.address), expected_.all_reserve);
        EXPECT_EQ(balance(cast_.tax_office.address), expected_.all_tax);
        u256 held = balance(report_.vault);
        for (const Address& token : report_.tokens) held += balance(token);
        EXPECT_EQ(held, expected_.held);
        for (size_t i = 0; i < owner_plans.size(); ++i) {
            u256 has = balance(cast_.owners[i].address);
            if (i == lost_owner) has += balance(cast_.heir.address);
            EXPECT_EQ(has, expected_.owners[i]) << owner_plans[i].name;
        }
    }

    /// Nobody signed the distributions: each is a transaction of the system in a block of its
    /// month's due time.
    void check_system_transactions(Session& session) const {
        const auto text = [](const boost::json::value& object, std::string_view name) {
            return std::string(object.as_object().at(name).as_string());
        };
        for (const MonthOutcome& month : report_.months) {
            ASSERT_EQ(month.transactions.size(), 3u);
            for (const Hash& hash : month.transactions) {
                const auto receipt = session.request("eth_getTransactionReceipt", {to_hex(hash)});
                ASSERT_TRUE(receipt.ok()) << receipt.error().what;
                EXPECT_EQ(text(*receipt, "type"), "0x70");
                EXPECT_EQ(text(*receipt, "from"), to_hex(system_sender));
                EXPECT_EQ(text(*receipt, "to"), to_hex(contracts::scheduler));
                EXPECT_EQ(text(*receipt, "blockNumber"), to_quantity(u256{month.block}));
            }
        }
    }

    /// Who has nothing but the exported files has the same books.
    void check_files(Session& session) const {
        const ExportedSums sums =
            test::check_export(session, "vault", report_.vault, report_.currency);
        EXPECT_EQ(sums.contributed, report_.paid_in);
        for (const Address& token : report_.tokens)
            test::check_export(session, "flows", token, report_.currency);
    }

    void check_recovery(Session& session) const {
        const Address& token = report_.tokens[owner_plans[lost_owner].share_class];
        const auto shares = [&](const Address& account) {
            return session
                .ask<"balanceOf(address owner) view returns (uint256)", u256>(token, account)
                .value();
        };
        const Address lost = cast_.owners[lost_owner].address;
        EXPECT_EQ(shares(lost), u256{});
        EXPECT_EQ(shares(cast_.heir.address), u256{owner_plans[lost_owner].shares});
        EXPECT_EQ(
            (session
                 .ask<"successorOf(address account) view returns (address)", Address>(token, lost)
                 .value()),
            cast_.heir.address);
    }

    test::TemporaryDirectory folder_;
    const MeterSeries series_;
    const Expected expected_;
    const SolarCast cast_;
    SolarReport report_;
};

void play(std::vector<MeterReading> readings) {
    SolarScenario({.name = "array", .readings = std::move(readings), .repeated = 0}).play();
}

}  // namespace

TEST(Solar, every_amount_of_a_season_is_exact) {
    auto series = load_solar_energy(fs::path(PLUME_SOURCE_DIR) / "examples" / "solar.csv");
    ASSERT_TRUE(series.ok()) << series.error().what;
    SolarScenario(std::move(*series)).play();
}

TEST(Solar, every_amount_is_exact_on_raw_samples) {
    const fs::path file = fs::path(PLUME_SOURCE_DIR) / ".." / "shared" / "data" / "solar" /
                          "serf_east_15min_ac_power.csv";
    if (!fs::exists(file)) GTEST_SKIP() << "the raw samples are not at " << file;
    auto series = load_solar_energy(file);
    ASSERT_TRUE(series.ok()) << series.error().what;
    SolarScenario(std::move(*series)).play();
}

TEST(Solar, a_single_reading_is_a_season) {
    play({{july + 900, 7 * kwh}});
    play({{july, 1}});
}

TEST(Solar, nothing_made_is_nothing_due) {
    play({{july + 900, 0}, {july + 1'800, -5'000}, {july + 40 * day, -1}});
}

TEST(Solar, months_in_which_a_class_gets_no_unit_do_not_stop_the_next) {
    // A unit or two a month: the smaller class has its first one after some months.
    std::vector<MeterReading> readings;
    for (uint64_t m = 0; m < 9; ++m) readings.push_back({july + 30 * day * m, kwh * 3 / 170'000});
    play(readings);
}

TEST(Solar, gaps_of_months_and_years_of_days_are_played) {
    play({{july + 900, 12 * kwh}, {july + 1'800, -9}, {july + 200 * day, 34 * kwh + 1}});
    std::vector<MeterReading> years;
    for (uint64_t d = 1; d <= 3'600; ++d)
        if (d % 97 != 0) years.push_back({july + d * day, static_cast<int64_t>(d % 29) * kwh + 7});
    play(years);
}

}  // namespace plume
