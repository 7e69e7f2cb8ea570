#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include "chain/verify.hpp"
#include "store/disk.hpp"
#include "torture/process.hpp"
#include "torture/report.hpp"
#include "torture/tortures.hpp"
#include "torture/witness.hpp"

namespace plume::torture {

namespace {

namespace fs = std::filesystem;

constexpr size_t life_transactions = 60;
constexpr size_t ballast_bytes = size_t{64} << 20;

/// A disk of its own, in memory; only root can make one.
class SmallDisk {
public:
    SmallDisk(fs::path at, const std::string& size) : at_(std::move(at)) {
        fs::create_directories(at_);
        const std::string options = "size=" + size;
        is_there_ = ::mount("tmpfs", at_.c_str(), "tmpfs", 0, options.c_str()) == 0;
    }
    ~SmallDisk() {
        if (is_there_) ::umount2(at_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool is_there() const { return is_there_; }
    const fs::path& path() const { return at_; }
    bool make_read_only(bool is_read_only) const {
        const unsigned long flags = MS_REMOUNT | (is_read_only ? MS_RDONLY : 0);
        return ::mount(nullptr, at_.c_str(), nullptr, flags, nullptr) == 0;
    }

private:
    fs::path at_;
    bool is_there_ = false;
};

bool says(const Ended& ended, const fs::path& place, int reason) {
    return ended.said.find(place.string()) != std::string::npos &&
           ended.said.find(std::strerror(reason)) != std::string::npos &&
           ended.said.find(advice_for(reason)) != std::string::npos;
}

/// A node fills its disk, stops, and goes on once there is room.
void fill_disk(const Plan& plan, const fs::path& data, const fs::path& ballast, Report& report) {
    const fs::path witness = plan.work.string() + ".witness";
    fs::remove(witness);
    Load source(LoadKind::large, plan.seed);
    const auto load = source.take(4'000);
    const Ended full = in_child([&] { return run_node(data, load, witness); }, 300);
    report.count("full disks");
    if (full.code != disk_exit_code || !says(full, data, ENOSPC))
        report.wrong("a full disk: " + full.text());
    const Ended again = in_child([&] { return run_node(data, {}, witness); });
    // There may be just enough for a start; otherwise it says why.
    if (again.code != 0 && !says(again, data, ENOSPC))
        report.wrong("a start on a full disk: " + again.text());
    fs::remove(ballast);
    const std::string why = judge(data, Witness::read(witness), true);
    if (!why.empty()) report.wrong("after space was freed: " + why);
    report.count("acknowledgements kept", Witness::read(witness).size());
}

void torture_full_disk(const Plan& plan, Report& report) {
    const SmallDisk disk(plan.work / "small", "96m");
    if (disk.is_there()) {
        const fs::path ballast = disk.path() / "ballast";
        std::ofstream(ballast) << std::string(ballast_bytes, 'x');
        fill_disk(plan, disk.path() / "data", ballast, report);
        return;
    }
    std::cout << "full disk: no disk of its own can be mounted here; failing calls stand in\n";
    Control& switches = control();
    calm();
    switches.kinds = 1u << kind_write;
    switches.mode = mode_from_there;
    switches.error = ENOSPC;
    switches.left = 400;
    const fs::path data = plan.work / "data";
    const fs::path witness = plan.work.string() + ".witness";
    Load source(LoadKind::payments, plan.seed);
    const auto load = source.take(2'000);
    const Ended full = in_child([&] { return run_node(data, load, witness); });
    calm();
    report.count("full disks");
    if (full.code != disk_exit_code || !says(full, data, ENOSPC))
        report.wrong("a full disk: " + full.text());
    if (const auto why = judge(data, Witness::read(witness), true); !why.empty())
        report.wrong("after space was freed: " + why);
}

void torture_read_only(const Plan& plan, Report& report) {
    const SmallDisk disk(plan.work / "readable", "64m");
    if (!disk.is_there()) {
        std::cout << "read-only disk: none can be mounted here; skipped\n";
        return;
    }
    const fs::path data = disk.path() / "data";
    const fs::path witness = plan.work.string() + ".witness";
    fs::remove(witness);
    Load source(LoadKind::contracts, plan.seed);
    const auto load = source.take(life_transactions);
    const Ended founded = in_child([&] { return run_node(data, load, witness); });
    check(founded.code == 0, founded.text());
    check(disk.make_read_only(true), "a disk can be made one to read only");
    report.count("read-only disks");
    const Ended refused = in_child([&] { return run_node(data, {}, witness); });
    if (refused.code != 1 || !says(refused, data, EROFS))
        report.wrong("a disk that can only be read: " + refused.text());
    const Ended looked = in_child([&] {
        const auto store = Store::open(data, {.is_read_only = true});
        const auto whole = store ? verify(*(*store)->head()) : Result<Verified>(store.error());
        if (!whole) std::cerr << whole.error().what;
        return whole ? 0 : 1;
    });
    if (looked.code != 0) report.wrong("verify of a disk that can only be read: " + looked.text());
    check(disk.make_read_only(false), "a disk can be made one to write again");
    if (const auto why = judge(data, Witness::read(witness), true); !why.empty())
        report.wrong("a disk that can be written again: " + why);
}

/// Clocks that are behind the head, jump while a node runs, and come back.
void torture_clock(const Plan& plan, Report& report) {
    const fs::path data = plan.work / "clock";
    const fs::path witness = plan.work.string() + ".witness";
    fs::remove_all(data);
    fs::remove(witness);
    constexpr int64_t day = 86'400;
    const std::array<int64_t, 8> offsets{0, 30 * day, 0, -3'650 * day, 5 * 365 * day, -day, 1, -1};
    Load source(LoadKind::payments, plan.seed);
    for (const int64_t offset : offsets) {
        calm();
        control().clock_offset = offset;
        const auto load = source.take(life_transactions);
        const Ended ended = in_child([&] {
            auto node = Node::start(node_options(data));
            if (!node) return 1;
            const Witness seen(witness);
            const size_t half = load.size() / 2;
            give(**node, {load.begin(), load.begin() + static_cast<std::ptrdiff_t>(half)}, seen);
            control().clock_offset = -offset;
            give(**node, {load.begin() + static_cast<std::ptrdiff_t>(half), load.end()}, seen);
            return 0;
        });
        calm();
        report.count("clocks that jump", 2);
        if (ended.code != 0)
            report.wrong("a clock off by " + std::to_string(offset) + " s: " + ended.text());
        if (const auto why = judge(data, Witness::read(witness), true); !why.empty())
            report.wrong("a clock off by " + std::to_string(offset) + " s, then: " + why);
    }
    fs::remove_all(data);
}

/// A second process is refused, and told by whom.
void torture_second(const Plan& plan, Report& report) {
    const fs::path data = plan.work / "second";
    const Ended ended = in_child([&] {
        const auto first = Node::start(node_options(data));
        if (!first) return 1;
        const std::string self = "is in use by process " + std::to_string(::getpid()) + " since ";
        const Ended second = in_child([&] { return run_node(data, {}, plan.work / "none"); });
        const Ended look = in_child([&] {
            const auto store = Store::open(data, {.is_read_only = true});
            std::cout << (store ? "" : store.error().what);
            return store ? 0 : 1;
        });
        const bool is_told = second.said.find(self) != std::string::npos &&
                             look.said.find(self) != std::string::npos;
        std::cerr << second.text() << look.text();
        return second.code == 1 && look.code == 1 && is_told ? 0 : 2;
    });
    report.count("second processes");
    if (ended.code != 0) report.wrong("a second process: " + ended.text());
    fs::remove_all(data);
}

}  // namespace

bool torture_places(const Plan& plan) {
    Report report("places and clocks");
    torture_full_disk(plan, report);
    torture_read_only(plan, report);
    torture_clock(plan, report);
    torture_second(plan, report);
    return report.print();
}

}  // namespace plume::torture
