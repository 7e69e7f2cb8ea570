#include "app/demo.hpp"

#include <iostream>

#include "app/accounts.hpp"
#include "app/education.hpp"
#include "app/node.hpp"
#include "app/serve.hpp"
#include "base/log.hpp"

namespace plume {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

constexpr u256 donor_coin{1'000'000'000'000'000'000u};

/// The table that comes with the sources, wherever the program is called from.
fs::path find_example() {
    std::error_code failure;
    const fs::path binary = fs::read_symlink("/proc/self/exe", failure);
    for (const fs::path& start : {fs::current_path(), binary.parent_path()})
        for (fs::path folder = start; folder != folder.root_path(); folder = folder.parent_path())
            if (const fs::path found = folder / "examples" / "education.csv"; fs::exists(found))
                return found;
    return "examples/education.csv";
}

Result<std::vector<Course>> choose_courses(const DemoOptions& options) {
    const bool is_raw = !options.raw.empty();
    auto courses =
        is_raw ? load_raw_courses(options.raw)
               : load_courses(options.table.empty() ? find_example() : fs::path(options.table));
    if (!courses) return Error{exit_code::usage, courses.error().what};
    if (is_raw && !options.is_chosen) return courses;
    std::string known;
    for (const Course& course : *courses) {
        if (course.name == options.course && course.presentation == options.presentation)
            return std::vector<Course>{course};
        known += (known.empty() ? "" : ", ") + course.title();
    }
    return Error{exit_code::usage, "there is no course " + options.course + " " +
                                       options.presentation + "; there are " + known};
}

json::object report_json(const EducationReport& report, const Course& course) {
    json::array tranches;
    for (const TrancheOutcome& tranche : report.tranches)
        tranches.push_back(json::object{{"assessment", tranche.assessment},
                                        {"type", tranche.type},
                                        {"due", tranche.due},
                                        {"kpiBps", tranche.kpi_bps},
                                        {"paid", tranche.is_paid},
                                        {"amount", to_decimal(tranche.amount)},
                                        {"transaction", to_hex(tranche.transaction)}});
    return {{"course", course.title()},
            {"vault", to_hex(report.vault)},
            {"currency", to_hex(report.currency)},
            {"mission", to_hex(report.mission)},
            {"tranches", std::move(tranches)},
            {"contributed", to_decimal(report.contributed)},
            {"paid", to_decimal(report.paid)},
            {"returned", to_decimal(report.returned)},
            {"held", to_decimal(report.held)},
            {"balanced", report.is_balanced()}};
}

/// A chain of its own for one course: `node` is handed back so that it can go on serving.
Result<std::unique_ptr<Node>> found_chain(const fs::path& data, uint16_t port, const Cast& cast,
                                          const Course& course) {
    NodeOptions options{.data = data};
    options.genesis = development_genesis(everyone(cast), donor_coin,
                                          course.begins_at() - (founding_days + 1) * day_seconds);
    options.server.port = port;
    options.is_development = true;
    // The story sets the time of every step itself; between steps it stands still.
    options.solo.clock = [timestamp = options.genesis->timestamp] { return timestamp; };
    return Node::start(std::move(options));
}

int play(const DemoOptions& options, const Cast& cast, const Course& course) {
    std::optional<TemporaryDirectory> temporary;
    fs::path data = options.data;
    if (options.data.empty()) {
        auto made = TemporaryDirectory::make();
        if (!made) return report_error(made.error());
        data = temporary.emplace(std::move(*made)).path();
    } else if (fs::exists(data) && !fs::is_empty(data)) {
        return report_error(
            {exit_code::usage, options.data + " is not empty: the demo founds a chain of its own"});
    }
    auto node = found_chain(data, options.port, cast, course);
    if (!node) return report_error(node.error());
    auto session = Session::open((*node)->url());
    if (!session) return report_error(session.error());
    std::cerr << "\nA chain of its own for " << course.title() << ", serving at " << (*node)->url()
              << "\n";
    const auto report = play_education(*session, cast, course, options.threshold_bps,
                                       [](const std::string& line) { std::cerr << line << "\n"; });
    if (!report) return report_error(report.error());
    if (options.json)
        std::cout << json::serialize(report_json(*report, course)) << "\n";
    else
        std::cout << render(*report, course, cast, options.threshold_bps) << std::flush;
    if (!report->is_balanced()) return exit_code::failed;
    if (options.keep) {
        std::cerr << "\nStill serving at " << (*node)->url()
                  << "; stop with Ctrl-C. Try:\n  plume vault list --rpc " << (*node)->url()
                  << "\n";
        wait_for_stop_signal();
    }
    return exit_code::ok;
}

}  // namespace

int run_education_demo(const DemoOptions& options) {
    catch_stop_signals();
    log::set_level(log::Level::warn);
    const auto courses = choose_courses(options);
    if (!courses) return report_error(courses.error());
    const auto cast = cast_education();
    if (!cast) return report_error(cast.error());
    for (const Course& course : *courses) {
        DemoOptions one = options;
        one.keep = options.keep && &course == &courses->back();
        if (courses->size() > 1 && !options.data.empty())
            one.data = (fs::path(options.data) / (course.name + course.presentation)).string();
        if (const int code = play(one, *cast, course); code != exit_code::ok) return code;
    }
    return exit_code::ok;
}

}  // namespace plume
