#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "store/disk.hpp"
#include "torture/process.hpp"
#include "torture/report.hpp"
#include "torture/tortures.hpp"
#include "torture/witness.hpp"

namespace plume::torture {

namespace {

namespace fs = std::filesystem;

/// A way in which calls of a kind fail.
struct Failure {
    Kind kind;
    Mode mode;
    int error;
};

constexpr std::array failures{
    Failure{kind_write, mode_from_there, ENOSPC},
    Failure{kind_sync, mode_once, EIO},
    Failure{kind_write, mode_once, EIO},
    Failure{kind_open, mode_from_there, EMFILE},
    Failure{kind_write, mode_short, 0},
    Failure{kind_write, mode_short_fail, ENOSPC},
    Failure{kind_open, mode_once, EIO},
    Failure{kind_sync, mode_from_there, EIO},
    Failure{kind_write, mode_from_there, EROFS},
    Failure{kind_open, mode_from_there, ENOSPC},
    Failure{kind_sync, mode_once, ENOSPC},
    Failure{kind_rename, mode_once, EIO},
    Failure{kind_rename, mode_from_there, ENOSPC},
    Failure{kind_truncate, mode_once, EIO},
    Failure{kind_make_dir, mode_once, ENOSPC},
    Failure{kind_remove, mode_once, EIO},
    Failure{kind_read, mode_once, EIO},
    Failure{kind_write, mode_once, EDQUOT},
};
constexpr std::array<const char*, kind_count> kind_names{"open",   "write",    "sync",  "rename",
                                                         "remove", "truncate", "mkdir", "read"};

/// A node that is founded, and one that finds files to merge.
struct Stage {
    const char* name;
    size_t lives;  ///< before the one that fails
};
constexpr std::array stages{Stage{"a new chain", 0}, Stage{"a chain of some age", 5}};
constexpr size_t life_transactions = 24;

class Errors {
public:
    explicit Errors(const Plan& plan)
        : plan_(plan),
          data_(plan.work / "data"),
          base_(plan.work / "base"),
          witness_(plan.work.string() + ".witness"),
          report_("failing calls") {}

    bool run() {
        size_t left = plan_.trials;
        for (size_t i = 0; i < stages.size(); ++i) {
            const size_t share = left / (stages.size() - i);
            torment(stages[i], share);
            left -= share;
        }
        fs::remove_all(data_);
        fs::remove_all(base_);
        return report_.print();
    }

private:
    void torment(const Stage& stage, size_t trials) {
        calm();
        prepare(stage);
        std::array<uint64_t, kind_count> calls{};
        begin(stage);
        const Ended whole = live();
        for (size_t kind = 0; kind < kind_count; ++kind) calls[kind] = control().counts[kind];
        check(whole.code == 0, "a node without failing calls does its work: " + whole.text());
        // Every way gets an equal part of the trials, and spreads it over its calls.
        for (size_t i = 0; i < trials; ++i) {
            const Failure& failure = failures[i % failures.size()];
            const uint64_t count = std::max<uint64_t>(1, calls[failure.kind]);
            const uint64_t round = i / failures.size();
            const uint64_t rounds = trials / failures.size() + 1;
            const uint64_t call = rounds >= count ? 1 + round % count : 1 + round * count / rounds;
            fail_one(stage, failure, call);
        }
    }

    void prepare(const Stage& stage) {
        fs::remove_all(base_);
        fs::remove(witness_);
        source_ = Load(LoadKind::contracts, plan_.seed);
        is_prepared_ = false;
        fs::remove_all(data_);
        for (size_t i = 0; i < stage.lives; ++i) {
            const Ended ended = live();
            check(ended.code == 0, "a node does its work: " + ended.text());
        }
        if (stage.lives > 0) fs::copy(data_, base_, fs::copy_options::recursive);
        seen_before_ = Witness::read(witness_or_none());
        load_ = source_.take(life_transactions);
        is_prepared_ = true;
    }

    fs::path witness_or_none() {
        const Witness made(witness_);
        return witness_;
    }

    void begin(const Stage& stage) {
        calm();
        fs::remove_all(data_);
        fs::remove(witness_);
        if (stage.lives > 0) fs::copy(base_, data_, fs::copy_options::recursive);
    }

    Ended live() {
        const auto load = is_prepared_ ? load_ : source_.take(life_transactions);
        return in_child([&] { return run_node(data_, load, witness_); });
    }

    void fail_one(const Stage& stage, const Failure& failure, uint64_t call) {
        begin(stage);
        Control& switches = control();
        switches.kinds = 1u << failure.kind;
        switches.mode = failure.mode;
        switches.error = failure.error;
        switches.left = static_cast<int64_t>(call);
        const Ended ended = live();
        const bool has_failed = switches.failed > 0;
        calm();
        report_.count("trials");
        const std::string what = std::string(stage.name) + ", " + kind_names[failure.kind] + " " +
                                 std::to_string(call) + " with " + std::strerror(failure.error) +
                                 " (mode " + std::to_string(failure.mode) + ")";
        if (!has_failed) {
            report_.count("where the call was not made");
        } else if (ended.code == 0) {
            report_.count("gone on");
        } else if (is_clean(ended, failure)) {
            report_.count(ended.code == disk_exit_code ? "stopped" : "not started");
        } else {
            report_.wrong(what + ": " + ended.text());
        }
        auto seen = seen_before_;
        for (const Acknowledged& one : Witness::read(witness_or_none())) seen.push_back(one);
        const std::string why = judge(data_, seen, true);
        if (!why.empty()) report_.wrong(what + ", then: " + why);
        report_.count("acknowledgements held against them", seen.size());
    }

    /// Whether a process ended as one that the disk has failed: told the place and the reason.
    bool is_clean(const Ended& ended, const Failure& failure) const {
        const bool is_orderly = ended.code == disk_exit_code || ended.code == 1;
        return is_orderly && ended.said.find(plan_.work.string()) != std::string::npos &&
               ended.said.find(std::strerror(failure.error)) != std::string::npos;
    }

    const Plan& plan_;
    const fs::path data_;
    const fs::path base_;
    const fs::path witness_;
    Report report_;
    Load source_{LoadKind::contracts, 0};
    std::vector<Bytes> load_;
    bool is_prepared_ = false;
    std::vector<Acknowledged> seen_before_;
};

}  // namespace

bool torture_errors(const Plan& plan) {
    return Errors(plan).run();
}

}  // namespace plume::torture
