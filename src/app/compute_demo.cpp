#include "app/compute.hpp"
#include "app/demo.hpp"
#include "app/serve.hpp"
#include "app/signals.hpp"
#include "base/log.hpp"

namespace plume {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

/// `--data` may name the folder that the samples are in.
fs::path raw_file(const fs::path& data) {
    return fs::is_directory(data) ? data / "gpu_duty_cycle.csv" : data;
}

json::object report_json(const ComputeReport& report, const ComputeCast& cast,
                         const ComputePlan& plan) {
    json::array holders;
    for (size_t i = 0; i < cast.holders.size(); ++i)
        holders.push_back(json::object{{"address", to_hex(cast.holders[i].address)},
                                       {"claimed", to_decimal(report.claimed_by[i])}});
    json::array periods;
    for (const ComputePeriod& period : plan.periods)
        periods.push_back(json::object{{"endsAt", period.ends_at},
                                       {"busy", to_decimal(period.busy)},
                                       {"revenue", to_decimal(period.revenue)}});
    return {{"token", to_hex(report.token)},        {"items", to_hex(report.items)},
            {"currency", to_hex(report.currency)},  {"nodes", report.counted.size()},
            {"readings", report.readings},          {"skipped", report.skipped},
            {"periods", std::move(periods)},        {"holders", std::move(holders)},
            {"paidIn", to_decimal(report.paid_in)}, {"claimed", to_decimal(report.claimed)},
            {"held", to_decimal(report.held)},      {"balanced", report.is_balanced()}};
}

}  // namespace

int run_compute_demo(const ComputeOptions& options) {
    catch_stop_signals();
    log::set_level(log::Level::warn);
    const fs::path table =
        options.table.empty() ? find_example("compute.csv") : fs::path(options.table);
    const auto nodes = load_gpu_usage(options.raw.empty() ? table : raw_file(options.raw));
    if (!nodes) return report_error({exit_code::usage, nodes.error().what});
    const auto plan = plan_compute(*nodes);
    if (!plan) return report_error({exit_code::usage, plan.error().what});
    const auto cast = cast_compute();
    if (!cast) return report_error(cast.error());
    Story story{.title = std::to_string(nodes->size()) + " GPU nodes", .people = everyone(*cast)};
    story.begins_at = plan->founded_at;
    story.play = [&](Session& session, const Narrator& narrate) -> Result<Ending> {
        TRY(report, play_compute(session, *cast, *nodes, *plan, narrate));
        return Ending{render(report, *cast, *nodes, *plan), report_json(report, *cast, *plan),
                      report.is_balanced()};
    };
    return run_story(options.story, story);
}

}  // namespace plume
