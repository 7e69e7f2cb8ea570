// What the node asks the Scheduler after every transaction that touched it.

#include <map>

#include "contracts/scheduler.hpp"

namespace plume {

namespace {

/// What the events of one transaction say of a job.
struct Told {
    bool is_new = false;
    bool is_over = false;
    std::vector<uint32_t> runs;
    u256 balance_gain;  ///< modulo 2^256, of a job that goes on
};

/// And of all together.
struct Tale {
    std::map<u256, Told> jobs;
    u256 prepaid;  ///< gains, modulo 2^256
    u256 owed;
    std::map<Address, u256> owed_to;

    void refund(const u256& id, const Address& owner, const u256& amount) {
        jobs[id].is_over = true;
        prepaid -= amount;
        owed += amount;
        owed_to[owner] += amount;
    }
    void pay_in(const u256& id, const u256& amount) {
        jobs[id].balance_gain += amount;
        prepaid += amount;
    }
};

Tale tale_of(const std::vector<Log>& logs, const Address& scheduler) {
    Tale out;
    for (const Log& log : logs) {
        if (log.address != scheduler) continue;
        if (const auto scheduled = Scheduler::Scheduled::decode(log)) {
            out.jobs[std::get<0>(*scheduled)].is_new = true;
            out.pay_in(std::get<0>(*scheduled), std::get<6>(*scheduled));
        } else if (const auto topped = Scheduler::ToppedUp::decode(log)) {
            out.pay_in(std::get<0>(*topped), std::get<2>(*topped));
        } else if (const auto executed = Scheduler::Executed::decode(log)) {
            const auto& [id, run, success, fee] = *executed;
            out.jobs[id].runs.push_back(run);
            out.pay_in(id, -fee);
        } else if (const auto postponed = Scheduler::Postponed::decode(log)) {
            out.jobs[std::get<0>(*postponed)];
        } else if (const auto resumed = Scheduler::Resumed::decode(log)) {
            out.jobs[std::get<0>(*resumed)];
        } else if (const auto finished = Scheduler::Finished::decode(log)) {
            const auto& [id, owner, refund] = *finished;
            out.refund(id, owner, refund);
        } else if (const auto cancelled = Scheduler::Cancelled::decode(log)) {
            const auto& [id, owner, refund] = *cancelled;
            out.refund(id, owner, refund);
        } else if (const auto withdrawn = Scheduler::Withdrawn::decode(log)) {
            const auto& [to, amount] = *withdrawn;
            out.owed -= amount;
            out.owed_to[to] -= amount;
        }
    }
    return out;
}

std::string job_name(const u256& id) {
    return "job " + to_decimal(id);
}

}  // namespace

std::optional<std::string> Scheduler::broken_invariant() const {
    const Tale tale = tale_of(transaction_logs(), self());
    if (prepaid() - before(prepaid_) != tale.prepaid)
        return "S-5: what is prepaid did not move as the events say";
    if (owed() - before(owed_) != tale.owed)
        return "S-5: what is owed did not move as the events say";
    for (const auto& [account, gain] : tale.owed_to)
        if (owed_to(account) - before(owed_to_[account]) != gain)
            return "S-5: what " + to_hex(account) + " is owed did not move as the events say";
    if (execution().state.balance(self()) < prepaid() + owed())
        return "S-5: the Scheduler has less than it holds for others";

    u256 entered;
    for (const auto& [id, told] : tale.jobs) {
        const Record record = records_[id.low64()];
        uint32_t run = before(record.runs());
        for (const uint32_t made : told.runs)
            if (made != run++) return "S-1: a run of " + job_name(id) + " is not the next";
        const bool waited = !told.is_new && before(record.tries()) == tries_max;
        const bool waits = due_queue::time_of(*this, id.low64()).has_value();
        entered += u256{waits ? 1u : 0u} - u256{told.is_new || waited ? 0u : 1u};
        if (auto broken = due_queue::broken_around(*this, id.low64())) return broken;
        if (told.is_over) {
            if (waits || get(record.count()) != 0) return "S-1: " + job_name(id) + " is not over";
            continue;
        }
        if (get(record.runs()) != run || run >= get(record.count()))
            return "S-1: the runs of " + job_name(id) + " are not those that were made";
        if (u256{get(record.balance())} - before(record.balance()) != told.balance_gain)
            return "S-5: the money of " + job_name(id) + " did not move as the events say";
        if (waits == (get(record.tries()) == tries_max))
            return "S-4: " + job_name(id) + " is not where it should wait";
    }
    if (due_queue::growth(*this) != entered) return "S-4: a job was lost from the queue";
    if (get(last_id_) < before(last_id_)) return "S-1: ids come again";
    return due_queue::broken_around(*this, 0);
}

}  // namespace plume
