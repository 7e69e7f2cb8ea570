#include "app/demo.hpp"

#include "app/commons.hpp"
#include "app/serve.hpp"
#include "app/signals.hpp"
#include "app/solar.hpp"
#include "base/log.hpp"

namespace plume {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

Result<std::vector<Course>> choose_courses(const EducationOptions& options) {
    const bool is_raw = !options.raw.empty();
    auto courses = is_raw ? load_raw_courses(options.raw)
                          : load_courses(options.table.empty() ? find_example("education.csv")
                                                               : fs::path(options.table));
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

json::object report_json(const CommonsReport& report) {
    json::array lines;
    for (const LineOutcome& line : report.lines) {
        json::array amounts;
        for (const u256& amount : line.amounts) amounts.push_back(json::string(to_decimal(amount)));
        lines.push_back(json::object{{"released", line.is_released},
                                     {"amounts", std::move(amounts)},
                                     {"transaction", to_hex(line.transaction)}});
    }
    json::array books;
    for (const CommonsBook& book : report.books)
        books.push_back(json::object{{"contract", book.contract},
                                     {"currency", book.currency},
                                     {"in", to_decimal(book.in)},
                                     {"paid", to_decimal(book.paid)},
                                     {"returned", to_decimal(book.returned)},
                                     {"dust", to_decimal(book.dust)},
                                     {"held", to_decimal(book.held)},
                                     {"balanced", book.is_balanced()}});
    return {{"vault", to_hex(report.vault)},
            {"mission", to_hex(report.mission)},
            {"currencies", json::array{to_hex(report.currencies[0]), to_hex(report.currencies[1])}},
            {"medianBps", report.inquiry.median.bits.low64()},
            {"answerBps", report.inquiry.answer.bits.low64()},
            {"slashed", to_decimal(report.inquiry.slashed)},
            {"lines", std::move(lines)},
            {"books", std::move(books)}};
}

/// Who plays in either act.
struct Casts {
    Cast first;
    CommonsCast second;
};

Result<Casts> cast_both() {
    TRY(first, cast_education());
    TRY(second, cast_commons());
    return Casts{std::move(first), std::move(second)};
}

Story story_of(const Casts& casts, const Course& course, uint32_t threshold_bps) {
    Story out{.title = course.title(), .people = everyone(casts.first)};
    const std::vector<Account> more = newcomers(casts.second);
    out.people.insert(out.people.end(), more.begin(), more.end());
    out.begins_at = course.begins_at() - (founding_days + 1) * day_seconds;
    out.play = [&casts, &course, threshold_bps](Session& session,
                                                const Narrator& narrate) -> Result<Ending> {
        TRY(report, play_education(session, casts.first, course, threshold_bps, narrate));
        TRY(commons, play_commons(session, casts.second, course, threshold_bps, report, narrate));
        const bool is_balanced = report.is_balanced() && commons.is_balanced();
        json::object all = report_json(report, course);
        all["commons"] = report_json(commons);
        all["balanced"] = is_balanced;
        return Ending{render(report, course, casts.first, threshold_bps) +
                          render(commons, course, threshold_bps),
                      std::move(all), is_balanced};
    };
    return out;
}

/// A folder is a table's: the only one in it.
Result<fs::path> only_table(const fs::path& path) {
    if (!fs::is_directory(path)) return path;
    std::vector<fs::path> found;
    for (const fs::directory_entry& entry : fs::directory_iterator(path))
        if (entry.path().extension() == ".csv") found.push_back(entry.path());
    if (found.size() == 1) return found.front();
    return Error{.what = path.string() + " holds " + std::to_string(found.size()) +
                         " tables (*.csv) and not one"};
}

Result<Cooperative> choose_cooperative(const SolarOptions& options) {
    fs::path file = find_example("solar.csv");
    if (!options.table.empty()) file = options.table;
    if (!options.raw.empty()) file = options.raw;
    TRY(table, only_table(file));
    TRY(series, load_solar_energy(table));
    return plan_cooperative(series, options.price);
}

}  // namespace

int run_education_demo(const EducationOptions& options) {
    catch_stop_signals();
    log::set_level(log::Level::warn);
    const auto courses = choose_courses(options);
    if (!courses) return report_error(courses.error());
    const auto casts = cast_both();
    if (!casts) return report_error(casts.error());
    for (const Course& course : *courses) {
        StoryOptions one = options.story;
        one.keep = options.story.keep && &course == &courses->back();
        if (courses->size() > 1 && !one.data.empty())
            one.data = (fs::path(one.data) / (course.name + course.presentation)).string();
        const int code = run_story(one, story_of(*casts, course, options.threshold_bps));
        if (code != exit_code::ok) return code;
    }
    return exit_code::ok;
}

int run_solar_demo(const SolarOptions& options) {
    catch_stop_signals();
    log::set_level(log::Level::warn);
    const auto coop = choose_cooperative(options);
    if (!coop) return report_error({exit_code::usage, coop.error().what});
    const auto cast = cast_solar();
    if (!cast) return report_error(cast.error());
    Story story{.title = "a solar co-op", .people = everyone(*cast)};
    story.begins_at = coop->founded_at - day_seconds;
    story.play = [&](Session& session, const Narrator& narrate) -> Result<Ending> {
        TRY(report, play_solar(session, *cast, *coop, narrate));
        return Ending{render(report, *coop), to_json(report, *coop), report.is_balanced()};
    };
    return run_story(options.story, story);
}

}  // namespace plume
