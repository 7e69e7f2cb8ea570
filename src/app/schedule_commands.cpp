#include "app/schedule_commands.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>

#include "app/accounts.hpp"
#include "app/serve.hpp"
#include "app/signing.hpp"
#include "app/text.hpp"
#include "contracts/addresses.hpp"
#include "contracts/scheduler.hpp"
#include "crypto/address.hpp"

namespace plume {

namespace json = boost::json;

namespace {

constexpr unsigned coin_decimals = 18;

std::string coins(const u256& wei) {
    return format_amount(wei, coin_decimals) + " coins";
}

Result<Job> read_job(Session& session, uint64_t id) {
    TRY(output, session.call(contracts::scheduler, calldata<"job(uint256 id)">(u256{id})));
    auto job = abi::decode_one<Job>(output);
    if (!job) return Error{exit_code::failed, "the scheduler's answer is no job"};
    return std::move(*job);
}

Period period_of(const Job& job) {
    return {job.recurrence.period, job.recurrence.unit == Recurrence::months};
}

/// What the job's next run waits for.
std::string state_of(const Job& job, uint64_t now) {
    if (job.wait == 0) return "waits for money: plume send scheduler topUp";
    if (job.wait > job.due) return "waits for a lower base fee";
    return job.due <= now ? "is due" : "waits for its time";
}

json::object job_json(uint64_t id, const Job& job, uint64_t now) {
    return {{"id", id},
            {"owner", to_checksum(job.owner)},
            {"target", to_checksum(job.target)},
            {"data", to_hex(job.data)},
            {"gasLimit", job.gas_limit},
            {"firstDue", job.first_due},
            {"period", job.recurrence.period},
            {"unit", job.recurrence.unit == Recurrence::months ? "months" : "seconds"},
            {"count", job.recurrence.count},
            {"runs", job.runs},
            {"failures", job.failures},
            {"due", job.due},
            {"balance", to_decimal(job.balance)},
            {"feeCap", to_decimal(job.fee_cap)},
            {"state", state_of(job, now)}};
}

Result<std::vector<uint64_t>> queued_jobs(Session& session) {
    TRY(count, (session.ask<"count() view returns (uint256)", u256>(contracts::scheduler)));
    std::vector<uint64_t> out;
    for (u256 start; start < count; start += u256{Scheduler::listed_jobs_max}) {
        TRY(ids, (session.ask<"list(uint256 start) view returns (uint256[])", std::vector<u256>>(
                     contracts::scheduler, start)));
        for (const u256& id : ids) out.push_back(id.low64());
    }
    std::ranges::sort(out);
    return out;
}

Result<int> list(const ScheduleOptions& options) {
    TRY(session, Session::open(options.client.rpc));
    std::optional<Address> owner;
    if (options.mine) {
        TRY(signer, choose_signer(options.signer));
        owner = signer.address;
    }
    TRY(ids, queued_jobs(session));
    TRY(now, session.head_time());
    json::array jobs;
    using enum TextTable::Align;
    TextTable table({{"job", right}, {"next"}, {"runs", right}, {"what"}, {"state"}});
    for (const uint64_t id : ids) {
        TRY(job, read_job(session, id));
        if (owner && job.owner != *owner) continue;
        TRY(what, read_out(session, job.target, job.data, {}));
        jobs.push_back(job_json(id, job, now));
        table.add({std::to_string(id), format_day(job.due),
                   std::to_string(job.runs) + " of " + std::to_string(job.recurrence.count), what,
                   state_of(job, now)});
    }
    if (options.client.json)
        std::cout << json::serialize(jobs) << "\n";
    else if (jobs.empty())
        std::cerr << "nothing is scheduled\n";
    else
        std::cout << table.render();
    return exit_code::ok;
}

Result<int> show(const ScheduleOptions& options) {
    TRY(session, Session::open(options.client.rpc));
    TRY(job, read_job(session, options.id));
    TRY(now, session.head_time());
    if (options.client.json) {
        std::cout << json::serialize(job_json(options.id, job, now)) << "\n";
        return exit_code::ok;
    }
    TRY(what, read_out(session, job.target, job.data, {}));
    std::cout << "job " << options.id << " of " << name_of(job.owner) << ": " << what << "\n"
              << "to         " << to_checksum(job.target) << "\n"
              << "when       "
              << recurrence_text(job.first_due, period_of(job), job.recurrence.count) << "\n"
              << "made       " << job.runs << " times, of which " << job.failures << " failed\n"
              << "next       " << format_day(job.due) << ", " << state_of(job, now) << "\n"
              << "money      " << coins(job.balance) << ", up to " << to_decimal(job.fee_cap)
              << " wei per gas\n";
    return exit_code::ok;
}

/// Seconds since 1970, or "+" and seconds from `now`; nothing for what is neither.
std::optional<uint64_t> parse_time(std::string_view text, uint64_t now) {
    const bool is_relative = text.starts_with('+');
    if (is_relative) text.remove_prefix(1);
    uint64_t value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (!is_relative) return value;
    return value > ~0ull - now ? std::nullopt : std::optional(now + value);
}

Result<int> add(const ScheduleOptions& options) {
    TRY(signer, choose_signer(options.signer));
    TRY(session, Session::open(options.client.rpc));
    TRY(to, find_address(options.to));
    TRY(data, call_input(session, to, options.function, options.arguments));
    TRY(now, session.head_time());
    const auto due = parse_time(options.at, now);
    if (!due)
        return Error{exit_code::usage, "'" + options.at +
                                           "' is no time: seconds since 1970, or +3600 for an "
                                           "hour from now"};
    const auto period = options.every.empty() ? Period{} : parse_period(options.every);
    if (!period)
        return Error{exit_code::usage,
                     "'" + options.every + "' is no period: 90s, 5m, 12h, 7d or 1month"};
    if (options.count > 1 && period->length == 0)
        return Error{exit_code::usage, "how far apart? Give --every, as 7d or 1month"};
    const Recurrence recurrence{period->length,
                                period->in_months ? Recurrence::months : Recurrence::seconds,
                                options.count};
    TRY(gas, (session.ask<"gasOf(uint64 gasLimit, uint256 dataSize) view returns (uint256)", u256>(
                 contracts::scheduler, options.gas, u256{data.size()})));
    TRY(fee, session.base_fee());
    const u256 price = std::max(fee, u256{1u}) * u256{2u};
    const u256 value = gas * price * u256{options.count};
    const Bytes input = calldata<
        "schedule(address target, bytes data, uint64 gasLimit, uint64 due, (uint32 period, uint8 "
        "unit, uint32 count) recurrence)">(to, data, options.gas, *due, recurrence);
    TRY(what, read_out(session, to, data, {}));
    std::cerr << what << ", " << recurrence_text(*due, *period, options.count) << "; "
              << coins(value) << " are paid in for it\n";
    if (auto agreed =
            confirm_call(session, options.signer, signer, contracts::scheduler, input, value);
        !agreed)
        return std::move(agreed).error();
    TRY(mined, session.send(signer, contracts::scheduler, input, value));
    for (const Log& log : mined.logs) {
        const auto scheduled = Scheduler::Scheduled::decode(log);
        if (!scheduled || log.address != contracts::scheduler) continue;
        const std::string id = to_decimal(std::get<0>(*scheduled));
        if (options.client.json)
            std::cout << json::serialize(json::object{{"id", std::get<0>(*scheduled).low64()},
                                                      {"transaction", to_hex(mined.transaction)}})
                      << "\n";
        else
            std::cout << id << "\n";
        std::cerr << "see it with: plume schedule show " << id << "\n";
        return exit_code::ok;
    }
    return Error{exit_code::failed, "the scheduler did not say what it has scheduled"};
}

Result<int> cancel(const ScheduleOptions& options) {
    TRY(signer, choose_signer(options.signer));
    TRY(session, Session::open(options.client.rpc));
    TRY(job, read_job(session, options.id));
    const Bytes input = calldata<"cancel(uint256 id)">(u256{options.id});
    if (auto agreed = confirm_call(session, options.signer, signer, contracts::scheduler, input);
        !agreed)
        return std::move(agreed).error();
    TRY(mined, session.send(signer, contracts::scheduler, input));
    if (options.client.json)
        std::cout << json::serialize(json::object{{"transaction", to_hex(mined.transaction)},
                                                  {"refund", to_decimal(job.balance)}})
                  << "\n";
    else
        std::cout << to_hex(mined.transaction) << "\n";
    std::cerr << coins(job.balance) << " went back\n";
    return exit_code::ok;
}

int finish(const Result<int>& code) {
    return code ? *code : report_error(code.error());
}

}  // namespace

std::optional<Period> parse_period(std::string_view text) {
    struct Unit {
        std::string_view name;
        uint32_t seconds;  ///< 0 for months
    };
    constexpr std::array units{Unit{"", 1},      Unit{"s", 1},      Unit{"m", 60},
                               Unit{"h", 3600},  Unit{"d", 86'400}, Unit{"month", 0},
                               Unit{"months", 0}};
    uint32_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || number == 0) return std::nullopt;
    const std::string_view name(end, text.data() + text.size());
    const auto unit = std::ranges::find(units, name, &Unit::name);
    if (unit == units.end()) return std::nullopt;
    if (unit->seconds == 0) return Period{number, true};
    const uint64_t length = uint64_t{number} * unit->seconds;
    if (length > ~uint32_t{0}) return std::nullopt;
    return Period{static_cast<uint32_t>(length), false};
}

std::string recurrence_text(uint64_t first_due, const Period& period, uint32_t count) {
    const std::string day = format_day(first_due);
    if (count == 1) return "once on " + day;
    constexpr std::pair<uint32_t, std::string_view> units[] = {
        {86'400, "day"}, {3'600, "hour"}, {60, "minute"}, {1, "second"}};
    uint32_t length = period.length;
    std::string_view name = "month";
    if (!period.in_months)
        for (const auto& [size, unit] : units)
            if (period.length % size == 0) {
                length = period.length / size;
                name = unit;
                break;
            }
    const std::string every =
        length == 1 ? std::string(name) : std::to_string(length) + " " + std::string(name) + "s";
    return "every " + every + " from " + day + " on, " + std::to_string(count) + " times";
}

int run_schedule_list(const ScheduleOptions& options) {
    return finish(list(options));
}
int run_schedule_show(const ScheduleOptions& options) {
    return finish(show(options));
}
int run_schedule_add(const ScheduleOptions& options) {
    return finish(add(options));
}
int run_schedule_cancel(const ScheduleOptions& options) {
    return finish(cancel(options));
}

}  // namespace plume
