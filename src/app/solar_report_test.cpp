// What the closing tables say, and when books are closed.
#include <gtest/gtest.h>

#include "app/solar.hpp"

namespace plume {

namespace {

Cooperative one_day() {
    return plan_cooperative(
               {.name = "array", .readings = {{1'467'417'600, 36'000'000'000}}, .repeated = 3},
               100'000)
        .value();
}

/// A report that says what the plan does.
SolarReport report_of(const Cooperative& coop) {
    SolarReport out;
    const CoopMonth& month = coop.months.front();
    out.months.push_back({.block = 9,
                          .transactions = std::vector<Hash>(3),
                          .energy = month.energy,
                          .revenue = month.revenue,
                          .distributed = month.revenue,
                          .reserve = month.reserve,
                          .classes = month.classes});
    for (size_t i = 0; i < owner_plans.size(); ++i) {
        out.owners.push_back({Address{}, coop.due_to_owner(i)});
        out.received += coop.due_to_owner(i);
    }
    out.paid_in = coop.revenue();
    out.reserve = coop.reserve();
    out.tax = coop.due_to_class(0).tax + coop.due_to_class(1).tax;
    out.held = out.paid_in - out.reserve - out.tax - out.received;
    return out;
}

}  // namespace

TEST(SolarReport, books_balance_only_when_every_unit_went_somewhere) {
    const Cooperative coop = one_day();
    const SolarReport good = report_of(coop);
    EXPECT_TRUE(good.is_balanced());
    EXPECT_LT(good.held, u256{owner_plans.size() + share_classes.size() + 1});
    const u256 one{1u};
    for (u256 SolarReport::* book :
         {&SolarReport::paid_in, &SolarReport::reserve, &SolarReport::tax, &SolarReport::received,
          &SolarReport::held}) {
        SolarReport wrong = good;
        wrong.*book += one;
        EXPECT_FALSE(wrong.is_balanced());
    }
    SolarReport wrong = good;
    wrong.months[0].classes[1].net += one;
    EXPECT_FALSE(wrong.is_balanced()) << "gross is net and tax";
    wrong = good;
    wrong.months[0].distributed -= one;
    EXPECT_FALSE(wrong.is_balanced()) << "the scheduler distributes all that was paid in";
}

TEST(SolarReport, tables_name_each_month_and_owner_and_end_with_the_balance) {
    const Cooperative coop = one_day();
    SolarReport report = report_of(coop);
    const std::string text = render(report, coop);
    for (const char* part : {"2016-07", "10.000000", "1.000000", "Femi (recovered)", "15.00 %",
                             "3 repeated rows left out", "\npaid in 1.000000 cUSD = reserve "})
        EXPECT_NE(text.find(part), std::string::npos) << part << text;
    EXPECT_EQ(text.find("DOES NOT BALANCE"), std::string::npos);
    report.held += u256{1u};
    EXPECT_NE(render(report, coop).find("DOES NOT BALANCE"), std::string::npos);
    EXPECT_EQ(to_json(report, coop).at("balanced"), false);
    EXPECT_EQ(to_json(report, coop).at("paidIn"), "1000000");
}

}  // namespace plume
