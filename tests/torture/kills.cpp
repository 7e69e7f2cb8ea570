#include <signal.h>

#include <ctime>
#include <random>

#include "torture/process.hpp"
#include "torture/report.hpp"
#include "torture/tortures.hpp"
#include "torture/witness.hpp"

namespace plume::torture {

namespace {

namespace fs = std::filesystem;

constexpr size_t lives = 5;
constexpr size_t life_transactions = 60;
constexpr size_t killed_transactions = 4'000;
constexpr uint64_t life_milliseconds_max = 600;
constexpr size_t started_every = 4;

/// Lets the kernel kill this process after so long.
void kill_after(uint64_t milliseconds) {
    sigevent how{};
    how.sigev_notify = SIGEV_SIGNAL;
    how.sigev_signo = SIGKILL;
    timer_t timer{};
    check(::timer_create(CLOCK_MONOTONIC, &how, &timer) == 0, "a timer can be made");
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(milliseconds / 1'000);
    when.it_value.tv_nsec = static_cast<long>(1 + milliseconds % 1'000 * 1'000'000);
    check(::timer_settime(timer, 0, &when, nullptr) == 0, "a timer can be set");
}

}  // namespace

bool torture_kills(const Plan& plan) {
    calm();
    Report report("kill -9");
    const fs::path base = plan.work / "base";
    const fs::path data = plan.work / "data";
    const fs::path witness = plan.work.string() + ".witness";
    fs::remove(witness);
    Load source(LoadKind::contracts, plan.seed);
    for (size_t i = 0; i < lives; ++i) {
        const auto load = source.take(life_transactions);
        const Ended ended = in_child([&] { return run_node(base, load, witness); });
        check(ended.code == 0, "a node does its work: " + ended.text());
    }
    const auto seen_before = Witness::read(witness);
    const auto load_on_base = source.take(killed_transactions);
    const auto load_on_nothing = Load(LoadKind::contracts, plan.seed + 1).take(killed_transactions);
    std::mt19937_64 random(plan.seed);
    for (size_t i = 0; i < plan.trials; ++i) {
        // Every other chain is killed while it is founded, or soon after.
        const bool is_new = i % 2 == 0;
        fs::remove_all(data);
        fs::remove(witness);
        if (!is_new) fs::copy(base, data, fs::copy_options::recursive);
        const uint64_t milliseconds = random() % life_milliseconds_max;
        const Ended ended = in_child([&] {
            kill_after(milliseconds);
            return run_node(data, is_new ? load_on_nothing : load_on_base, witness);
        });
        report.count("kills");
        if (ended.signal != SIGKILL) report.wrong("a node that ended by itself: " + ended.text());
        auto seen = is_new ? std::vector<Acknowledged>{} : seen_before;
        if (fs::exists(witness))
            for (const Acknowledged& one : Witness::read(witness)) seen.push_back(one);
        report.count("acknowledgements held against them", seen.size());
        // A directory that does not hold a chain yet is for a start to found one in.
        const bool is_started = i % started_every == 0 || seen.empty();
        const std::string why = judge(data, seen, is_started);
        if (!why.empty())
            report.wrong("after " + std::to_string(milliseconds) + " ms, trial " +
                         std::to_string(i) + ": " + why);
    }
    fs::remove_all(data);
    fs::remove_all(base);
    return report.print();
}

}  // namespace plume::torture
