// plume-torture: makes a node's disk and clock fail in every way there is, and looks whether it
// gives a wrong answer or loses what it acknowledged.
//
//   plume-torture power|kills|errors|bits|places [TRIALS [SEED]]
//
// Works in a directory of its own under /dev/shm, or under $TMPDIR where that is not there. Needs
// plume and its shim beside itself. Exits with 1 when something is wrong.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>

#include "base/log.hpp"
#include "torture/process.hpp"
#include "torture/tortures.hpp"

namespace plume::torture {

namespace {

namespace fs = std::filesystem;

struct Torture {
    std::string_view name;
    bool (*run)(const Plan&);
};
constexpr std::array tortures{Torture{"power", torture_power}, Torture{"kills", torture_kills},
                              Torture{"errors", torture_errors}, Torture{"bits", torture_bits},
                              Torture{"places", torture_places}};

constexpr const char* work_variable = "PLUME_TORTURE_WORK";

/// The directory of this run; made by the first of the two programs it takes.
fs::path work_directory() {
    if (const char* made = std::getenv(work_variable)) return made;
    std::error_code failed;
    const bool has_memory = fs::is_directory("/dev/shm", failed);
    const fs::path parent = has_memory ? fs::path("/dev/shm") : fs::temp_directory_path();
    std::string pattern = (parent / "plume-torture-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return {};
    ::setenv(work_variable, pattern.c_str(), 1);
    return pattern;
}

int run(int argc, char** argv) {
    const std::string_view what = argc > 1 ? argv[1] : "";
    log::set_level(log::Level::warn);
    if (what == "small-tables" && argc == 6)
        return run_small_tables(argv[2], argv[3],
                                static_cast<TablesKind>(std::strtoul(argv[4], nullptr, 10)),
                                std::strtoull(argv[5], nullptr, 10));
    const auto torture = std::ranges::find(tortures, what, &Torture::name);
    const bool is_known = torture != tortures.end();
    if (!is_known || argc > 4) {
        std::cerr << "usage: plume-torture power|kills|errors|bits|places [TRIALS [SEED]]\n";
        return 2;
    }
    Plan plan;
    plan.self = fs::read_symlink("/proc/self/exe");
    plan.binary = plan.self.parent_path() / "plume";
    plan.work = work_directory();
    if (plan.work.empty()) {
        std::cerr << "plume-torture: no directory to work in can be made\n";
        return 2;
    }
    enter_shim(argv, plan.self.parent_path() / "libplume-torture-shim.so", plan.work);
    if (argc > 2) plan.trials = std::strtoull(argv[2], nullptr, 10);
    if (argc > 3) plan.seed = std::strtoull(argv[3], nullptr, 10);
    std::cerr << "plume-torture " << what << ": " << plan.trials << " trials, seed " << plan.seed
              << "\n";
    const bool is_good = torture->run(plan);
    std::error_code ignored;
    fs::remove_all(plan.work, ignored);
    for (const char* more : {".control", ".witness"})
        fs::remove(plan.work.string() + more, ignored);
    return is_good ? 0 : 1;
}

}  // namespace

}  // namespace plume::torture

int main(int argc, char** argv) {
    return plume::torture::run(argc, argv);
}
