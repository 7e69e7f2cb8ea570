// What the story of the co-op leaves behind, for people and for programs.
#include "app/campaign.hpp"
#include "app/solar.hpp"
#include "app/text.hpp"
#include "crypto/address.hpp"

namespace plume {

namespace {

namespace json = boost::json;

std::string money(const u256& amount) {
    return format_amount(amount, currency_decimals);
}

/// Millijoules as kWh, down to milliwatt-hours.
std::string energy(const u256& millijoules) {
    return format_amount(millijoules / u256{3'600u}, 6);
}

std::string short_hash(const Hash& hash) {
    return to_hex(hash).substr(0, 12);
}

json::object class_json(const ClassMonth& part) {
    return {{"gross", to_decimal(part.gross)},
            {"tax", to_decimal(part.tax)},
            {"net", to_decimal(part.net)}};
}

std::string months_table(const SolarReport& report, const Cooperative& coop) {
    using enum TextTable::Align;
    TextTable table({{"month"},
                     {"kWh", right},
                     {"paid in", right},
                     {"reserve", right},
                     {"residents", right},
                     {"non-residents", right},
                     {"tax", right},
                     {"net", right},
                     {"block", right},
                     {"made by the scheduler"}});
    for (size_t i = 0; i < report.months.size(); ++i) {
        const MonthOutcome& month = report.months[i];
        table.add({format_day(coop.months[i].begins_at).substr(0, 7), energy(month.energy),
                   money(month.revenue), money(month.reserve), money(month.classes[0].net),
                   money(month.classes[1].gross), money(month.classes[1].tax),
                   money(month.classes[1].net), std::to_string(month.block),
                   short_hash(month.transactions.front())});
    }
    return table.render();
}

std::string owners_table(const SolarReport& report) {
    using enum TextTable::Align;
    TextTable table({{"owner"},
                     {"class"},
                     {"shares", right},
                     {"withheld", right},
                     {"cUSD received", right},
                     {"account"}});
    for (size_t i = 0; i < report.owners.size(); ++i) {
        const OwnerPlan& owner = owner_plans[i];
        const ShareClass& share_class = share_classes[owner.share_class];
        table.add({std::string(owner.name) + (i == lost_owner ? " (recovered)" : ""),
                   std::string(share_class.name), std::to_string(owner.shares),
                   format_bps(share_class.tax_bps), money(report.owners[i].received),
                   to_checksum(report.owners[i].account)});
    }
    return table.render();
}

}  // namespace

bool SolarReport::is_balanced() const {
    u256 withheld;
    for (const MonthOutcome& month : months) {
        for (const ClassMonth& part : month.classes) {
            if (part.gross != part.net + part.tax) return false;
            withheld += part.tax;
        }
        if (month.distributed != month.revenue) return false;
    }
    return withheld == tax && paid_in == reserve + tax + received + held;
}

std::string render(const SolarReport& report, const Cooperative& coop) {
    return "\nSolar co-op, vault " + to_checksum(report.vault) + "\n\n" +
           months_table(report, coop) + "\n" + owners_table(report) +
           "\nmeter: " + energy(coop.energy()) + " kWh in " + std::to_string(report.accepted) +
           " signed readings (" + std::to_string(coop.idle) + " of them idle, " +
           std::to_string(report.gaps) + " gaps, " + std::to_string(coop.repeated) +
           " repeated rows left out, " + std::to_string(report.skipped) +
           " repeats skipped by the chain)\nrecovered to the new key: " + money(report.recovered) +
           " cUSD\n\npaid in " + money(report.paid_in) + " cUSD = reserve " +
           money(report.reserve) + " cUSD + tax " + money(report.tax) + " cUSD + owners " +
           money(report.received) + " cUSD + held " + money(report.held) + " cUSD" +
           (report.is_balanced() ? "" : "  DOES NOT BALANCE") + "\n";
}

json::object to_json(const SolarReport& report, const Cooperative& coop) {
    json::array months;
    for (size_t i = 0; i < report.months.size(); ++i) {
        const MonthOutcome& month = report.months[i];
        json::array classes;
        for (const ClassMonth& part : month.classes) classes.push_back(class_json(part));
        json::array transactions;
        for (const Hash& hash : month.transactions) transactions.push_back({to_hex(hash)});
        months.push_back(json::object{{"month", format_day(coop.months[i].begins_at).substr(0, 7)},
                                      {"millijoules", to_decimal(month.energy)},
                                      {"revenue", to_decimal(month.revenue)},
                                      {"reserve", to_decimal(month.reserve)},
                                      {"classes", std::move(classes)},
                                      {"block", month.block},
                                      {"transactions", std::move(transactions)}});
    }
    json::array owners;
    for (size_t i = 0; i < report.owners.size(); ++i)
        owners.push_back(json::object{{"name", owner_plans[i].name},
                                      {"class", share_classes[owner_plans[i].share_class].name},
                                      {"shares", owner_plans[i].shares},
                                      {"account", to_hex(report.owners[i].account)},
                                      {"received", to_decimal(report.owners[i].received)}});
    return {{"vault", to_hex(report.vault)},        {"currency", to_hex(report.currency)},
            {"months", std::move(months)},          {"owners", std::move(owners)},
            {"readings", report.accepted},          {"recovered", to_decimal(report.recovered)},
            {"paidIn", to_decimal(report.paid_in)}, {"reserve", to_decimal(report.reserve)},
            {"tax", to_decimal(report.tax)},        {"received", to_decimal(report.received)},
            {"held", to_decimal(report.held)},      {"balanced", report.is_balanced()}};
}

}  // namespace plume
