// The story of the GPU nodes on real figures, with every amount worked out a second time: from the
// readings, from the logs alone, and from balances.
#include "app/compute.hpp"

#include <gtest/gtest.h>

#include <map>

#include "app/accounts.hpp"
#include "app/node.hpp"
#include "contracts/addresses.hpp"
#include "contracts/feeds.hpp"
#include "contracts/items.hpp"
#include "contracts/token.hpp"
#include "scenarios/exported.hpp"
#include "support/temporary_directory.hpp"

namespace plume {

namespace {

namespace fs = std::filesystem;

using Balances = std::map<Address, u256>;

/// Every balance of a token as its Transfer events make it.
Balances replay_transfers(const std::vector<Log>& logs) {
    Balances out;
    for (const Log& log : logs) {
        const auto transfer = AssetToken::Transfer::decode(log);
        if (!transfer) continue;
        const auto& [from, to, value] = *transfer;
        out[from] -= value;
        out[to] += value;
    }
    out.erase(Address{});
    return out;
}

/// What the logs of the shares say: each payment goes to who holds shares then.
struct ShareBooks {
    u256 paid_in, claimed;
    std::map<Address, u256> numerators, claimed_by;

    explicit ShareBooks(const std::vector<Log>& logs) {
        Balances shares;
        for (const Log& log : logs) {
            if (const auto moved = AssetToken::Transfer::decode(log)) {
                shares[std::get<0>(*moved)] -= std::get<2>(*moved);
                shares[std::get<1>(*moved)] += std::get<2>(*moved);
            }
            if (const auto paid = AssetToken::RevenueDistributed::decode(log)) {
                paid_in += std::get<2>(*paid);
                for (const auto& [holder, balance] : shares)
                    if (holder != Address{}) numerators[holder] += std::get<2>(*paid) * balance;
            }
            if (const auto taken = AssetToken::RevenueClaimed::decode(log)) {
                claimed += std::get<3>(*taken);
                claimed_by[std::get<0>(*taken)] += std::get<3>(*taken);
            }
        }
    }
};

/// Revenue from the readings alone, in one sum for all time before the sale and one for all after.
/// Here what does not divide is carried by adding up first and dividing once.
struct DataBooks {
    u256 busy_before, busy_after, used_before, used_after;

    DataBooks(const std::vector<MeterSeries>& nodes, const ComputePlan& plan) {
        u256 left = u256{plan.let_hours} * u256{gpu_hour_microseconds};
        for (size_t i = 0; i < nodes.size(); ++i)
            for (const auto& [time, amount] : nodes[i].readings) {
                const bool is_late = time > plan.sale_at;
                if (is_late && i == plan.rogue) continue;
                const u256 busy{static_cast<uint64_t>(amount)};
                (is_late ? busy_after : busy_before) += busy;
                if (i != plan.let) continue;
                const u256 used = std::min(busy, left);
                left -= used;
                (is_late ? used_after : used_before) += used;
            }
    }
    static u256 price_of(const u256& microseconds) {
        return microseconds * u256{gpu_hour_price} / u256{gpu_hour_microseconds};
    }
    u256 all() const { return price_of(busy_before + busy_after - used_before - used_after); }
    u256 before() const { return price_of(busy_before - used_before); }
};

class ComputeScenario {
public:
    explicit ComputeScenario(std::vector<MeterSeries> nodes)
        : nodes_(std::move(nodes)),
          plan_(plan_compute(nodes_).value()),
          cast_(cast_compute().value()) {}

    void play() {
        const auto node =
            start_story_node(folder_.path() / "chain", 0, everyone(cast_), plan_.founded_at);
        ASSERT_TRUE(node.ok()) << node.error().what;
        auto session = Session::open((*node)->url());
        ASSERT_TRUE(session.ok()) << session.error().what;
        const auto report = play_compute(*session, cast_, nodes_, plan_, [](const std::string&) {});
        ASSERT_TRUE(report.ok()) << report.error().what;
        EXPECT_TRUE(report->is_balanced());
        for (const std::string& fault : report->faults) ADD_FAILURE() << fault;
        EXPECT_EQ(report->refusals, 3u);
        check_meters(*session, *report);
        check_use(*session, *report);
        check_shares(*session, *report);
        // Who has nothing but the exported file has the same books.
        const ExportedSums sums =
            test::check_export(*session, "flows", report->token, report->currency);
        EXPECT_EQ(sums.contributed, report->paid_in);
        EXPECT_EQ(sums.returned, report->claimed);
        EXPECT_EQ(sums.held, report->held);
    }

private:
    /// What counts, from the readings, from Metered and from the counters.
    void check_meters(Session& session, const ComputeReport& report) const {
        const DataBooks data(nodes_, plan_);
        const auto logs = session.logs(contracts::feeds);
        ASSERT_TRUE(logs.ok());
        std::map<u256, u256> metered;
        size_t contradicted = 0;
        for (const Log& log : *logs) {
            if (const auto said = Meters::Metered::decode(log)) {
                EXPECT_EQ(contradicted == 1 && std::get<0>(*said) == device_of(nodes_[plan_.rogue]),
                          false)
                    << "a suspended node is metered";
                metered[std::get<0>(*said)] += std::get<4>(*said);
            }
            if (const auto caught = Meters::Contradicted::decode(log)) {
                ++contradicted;
                EXPECT_EQ(std::get<0>(*caught), device_of(nodes_[plan_.rogue]));
            }
        }
        EXPECT_EQ(contradicted, 1u);
        u256 sum;
        for (size_t i = 0; i < nodes_.size(); ++i) {
            u256 expected;
            for (const auto& [time, amount] : nodes_[i].readings)
                if (i != plan_.rogue || time <= plan_.sale_at)
                    expected += u256{static_cast<uint64_t>(amount)};
            EXPECT_EQ(metered[device_of(nodes_[i])], expected) << nodes_[i].name;
            EXPECT_EQ(report.counted[i], expected) << nodes_[i].name;
            sum += expected;
        }
        EXPECT_EQ(sum, data.busy_before + data.busy_after);
        EXPECT_EQ(report.busy, sum);
    }

    void check_use(Session& session, const ComputeReport& report) const {
        const DataBooks data(nodes_, plan_);
        const auto logs = session.logs(report.items);
        ASSERT_TRUE(logs.ok());
        u256 consumed;
        for (const Log& log : *logs)
            if (const auto used = usage::Consumed::decode(log)) consumed += std::get<2>(*used);
        EXPECT_EQ(consumed, data.used_before + data.used_after);
        for (size_t i = 0; i < nodes_.size(); ++i) {
            const auto owned =
                session.ask<"balanceOf(address account, uint256 id) view returns (uint256)", u256>(
                    report.items, cast_.owner.address, item_of(i));
            ASSERT_TRUE(owned.ok());
            EXPECT_EQ(*owned, u256{1u}) << "the node goes on being the park's";
        }
    }

    void check_shares(Session& session, const ComputeReport& report) const {
        const DataBooks data(nodes_, plan_);
        const auto share_logs = session.logs(report.token);
        const auto dollar_logs = session.logs(report.currency);
        ASSERT_TRUE(share_logs.ok() && dollar_logs.ok());
        const ShareBooks books(*share_logs);
        const u256 advance = u256{plan_.let_hours} * u256{gpu_hour_price};
        EXPECT_EQ(books.paid_in, advance + data.all());
        EXPECT_EQ(books.paid_in, report.paid_in);
        EXPECT_EQ(books.claimed, report.claimed);
        EXPECT_EQ(books.paid_in - books.claimed, report.held);
        Balances dollars = replay_transfers(*dollar_logs);
        EXPECT_EQ(dollars[report.token], report.held);
        for (size_t i = 0; i < share_holder_count; ++i) {
            const Address& holder = cast_.holders[i].address;
            const u256 due = due_of(data, i);
            const auto by_logs = books.numerators.find(holder);
            const u256 numerator = by_logs == books.numerators.end() ? u256{} : by_logs->second;
            EXPECT_EQ(numerator / u256{share_supply}, due) << "from the logs";
            const auto claimed = books.claimed_by.find(holder);
            EXPECT_EQ(claimed == books.claimed_by.end() ? u256{} : claimed->second, due);
            // The buyer was given exactly what he paid for the shares.
            const u256 price = i == seller ? u256{sold_shares} * u256{share_price} : u256{};
            EXPECT_EQ(dollars[holder], due + price) << "from balances";
        }
        for (const auto& [owner, balance] : dollars) {
            const auto on_chain =
                session.ask<"balanceOf(address owner) view returns (uint256)", u256>(
                    report.currency, owner);
            ASSERT_TRUE(on_chain.ok());
            EXPECT_EQ(*on_chain, balance);
        }
        const auto held =
            session.ask<"encumbrances(address owner, address taker) view returns (uint256)", u256>(
                report.token, cast_.holders[pledger].address, cast_.lender.address);
        ASSERT_TRUE(held.ok());
        EXPECT_EQ(*held, u256{pledged_shares}) << "pledged to the end";
    }

    /// From the readings alone: by shares before the sale and after it, rounded down once.
    static u256 due_of(const DataBooks& data, const ComputePlan& plan, size_t i) {
        const u256 before = u256{plan.let_hours} * u256{gpu_hour_price} + data.before();
        const u256 after = data.all() - data.before();
        u256 later{first_shares[i]};
        if (i == seller) later -= u256{sold_shares};
        if (i == share_buyer) later += u256{sold_shares};
        return (before * u256{first_shares[i]} + after * later) / u256{share_supply};
    }
    u256 due_of(const DataBooks& data, size_t i) const { return due_of(data, plan_, i); }

    test::TemporaryDirectory folder_;
    const std::vector<MeterSeries> nodes_;
    const ComputePlan plan_;
    const ComputeCast cast_;
};

MeterSeries series(std::string name, std::vector<MeterReading> readings) {
    return {.name = std::move(name), .readings = std::move(readings), .repeated = 0};
}

}  // namespace

TEST(Compute, every_amount_is_exact) {
    auto nodes = load_gpu_usage(fs::path(PLUME_SOURCE_DIR) / "examples" / "compute.csv");
    ASSERT_TRUE(nodes.ok()) << nodes.error().what;
    ComputeScenario(std::move(*nodes)).play();
}

TEST(Compute, every_amount_is_exact_with_a_single_idle_node) {
    ComputeScenario({series("idle", {{1'662'858'000, 0}})}).play();
}

TEST(Compute, every_amount_is_exact_with_one_busy_node_and_gaps_of_weeks) {
    ComputeScenario({series("only", {{1'662'858'000, 3'599'999'999},
                                     {1'662'858'060, 7},
                                     {1'663'858'000, 3'600'000'000},
                                     {1'664'858'001, 1}})})
        .play();
}

// All 50,000 samples take some five seconds of a processor, and as many logs to be read back: here
// are those of the first two hours, of every node; `plume demo compute --data FILE` plays them all.
TEST(Compute, every_amount_is_exact_on_the_first_hours_of_raw_samples) {
    static constexpr uint64_t hours = 2;
    const fs::path file =
        fs::path(PLUME_SOURCE_DIR) / ".." / "shared" / "data" / "compute" / "gpu_duty_cycle.csv";
    if (!fs::exists(file)) GTEST_SKIP() << "the raw samples are not at " << file;
    auto nodes = load_gpu_usage(file);
    ASSERT_TRUE(nodes.ok()) << nodes.error().what;
    uint64_t first = ~uint64_t{0};
    for (const MeterSeries& node : *nodes) first = std::min(first, node.readings.front().time);
    for (MeterSeries& node : *nodes)
        node.readings.resize(readings_within(node, 0, first + hours * 3'600).second);
    ComputeScenario(std::move(*nodes)).play();
}

}  // namespace plume
