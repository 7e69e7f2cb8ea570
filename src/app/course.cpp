#include "app/course.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "app/csv.hpp"

namespace plume {

namespace {

using CourseKey = std::pair<std::string, std::string>;

/// A count as data has it: decimal digits, perhaps followed by a fraction of zeros ("19.0").
/// Nothing otherwise.
std::optional<uint32_t> parse_count(std::string_view text) {
    uint32_t out = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failure != std::errc{}) return std::nullopt;
    const std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
    if (!rest.empty() &&
        (rest[0] != '.' || rest.find_first_not_of('0', 1) != std::string_view::npos))
        return std::nullopt;
    return out;
}

/// Whether a score reaches 40. Its whole part decides, so no rounding is needed.
bool reaches_40(std::string_view score) {
    uint32_t whole = 0;
    const auto [end, failure] = std::from_chars(score.data(), score.data() + score.size(), whole);
    return failure == std::errc{} && whole >= 40;
}

Result<uint32_t> count_at(const Csv& table, size_t row, size_t column, std::string_view name) {
    const auto count = parse_count(table.at(row, column));
    if (!count)
        return Error{.what = std::string(name) + " '" + table.at(row, column) + "' in row " +
                             std::to_string(row + 2) + " is no count"};
    return *count;
}

/// Dates the assessments that have none, and puts all in order.
void arrange(Course& course, const std::set<std::string>& undated) {
    uint32_t last = 0;
    for (const Assessment& assessment : course.assessments)
        if (!undated.contains(assessment.id)) last = std::max(last, assessment.due_day);
    for (Assessment& assessment : course.assessments)
        if (undated.contains(assessment.id)) assessment.due_day = last + exam_delay_days;
    std::ranges::sort(course.assessments, {},
                      [](const Assessment& a) { return std::pair(a.due_day, a.id); });
}

/// Courses in the order they first appear, while their assessments are read.
struct Collected {
    std::vector<Course> courses;
    std::map<CourseKey, size_t> index;
    std::map<CourseKey, std::set<std::string>> undated;

    Course& find(const CourseKey& key) {
        const auto [entry, added] = index.try_emplace(key, courses.size());
        if (added) courses.push_back({key.first, key.second, {}});
        return courses[entry->second];
    }
    std::vector<Course> finish() && {
        for (Course& course : courses) arrange(course, undated[{course.name, course.presentation}]);
        return std::move(courses);
    }
};

/// Adds an assessment whose due day is written as `due`, which may be empty.
Result<Assessment*> add_assessment(Collected& collected, const CourseKey& key, std::string id,
                                   std::string type, std::string_view due) {
    Assessment assessment{.id = std::move(id), .type = std::move(type)};
    if (due.empty()) {
        collected.undated[key].insert(assessment.id);
    } else {
        const auto day = parse_count(due);
        if (!day)
            return Error{.what = "due day '" + std::string(due) + "' of assessment " +
                                 assessment.id + " is no day"};
        assessment.due_day = *day;
    }
    Course& course = collected.find(key);
    course.assessments.push_back(std::move(assessment));
    return &course.assessments.back();
}

/// Learners by course, from registrations.csv.
Result<std::map<CourseKey, std::set<std::string>>> load_learners(
    const std::filesystem::path& file) {
    TRY(table, Csv::load(file));
    TRY(name, table.column("code_module"));
    TRY(presentation, table.column("code_presentation"));
    TRY(learner, table.column("id_student"));
    std::map<CourseKey, std::set<std::string>> out;
    for (size_t row = 0; row < table.row_count(); ++row)
        out[{table.at(row, name), table.at(row, presentation)}].insert(table.at(row, learner));
    return out;
}

/// What became of one assessment: every learner who submitted, and whether with 40 or more.
using Results = std::map<std::string, std::map<std::string, bool>>;

Result<Results> load_results(const std::filesystem::path& file) {
    TRY(table, Csv::load(file));
    TRY(assessment, table.column("id_assessment"));
    TRY(learner, table.column("id_student"));
    TRY(banked, table.column("is_banked"));
    TRY(score, table.column("score"));
    Results out;
    for (size_t row = 0; row < table.row_count(); ++row) {
        if (table.at(row, banked) != "0") continue;
        bool& passed = out[table.at(row, assessment)][table.at(row, learner)];
        passed = passed || reaches_40(table.at(row, score));
    }
    return out;
}

}  // namespace

uint32_t Assessment::share_bps() const {
    if (registered == 0) return 0;
    return static_cast<uint32_t>(uint64_t{scored_40} * 10'000 / registered);
}

uint64_t Course::begins_at() const {
    const uint32_t year = parse_count(std::string_view(presentation).substr(0, 4)).value_or(2013);
    const uint32_t month = presentation.ends_with('B') ? 2 : 10;
    // Days from 1970 to the first of a month, counted from March so that leap days come last.
    const uint64_t march_year = month > 2 ? year : year - 1;
    const uint64_t months = month > 2 ? month - 3 : month + 9;
    const uint64_t days = 365 * march_year + march_year / 4 - march_year / 100 + march_year / 400 +
                          (153 * months + 2) / 5 - 719'468;
    return days * 86'400;
}

Result<std::vector<Course>> load_courses(const std::filesystem::path& file) {
    TRY(table, Csv::load(file));
    TRY(name, table.column("course"));
    TRY(presentation, table.column("presentation"));
    TRY(id, table.column("assessment"));
    TRY(type, table.column("type"));
    TRY(due, table.column("due_day"));
    TRY(registered, table.column("registered"));
    TRY(submitted, table.column("submitted"));
    TRY(scored, table.column("scored_40_or_more"));
    Collected collected;
    for (size_t row = 0; row < table.row_count(); ++row) {
        TRY(assessment,
            add_assessment(collected, {table.at(row, name), table.at(row, presentation)},
                           table.at(row, id), table.at(row, type), table.at(row, due)));
        TRY(registered_count, count_at(table, row, registered, "registered"));
        TRY(submitted_count, count_at(table, row, submitted, "submitted"));
        TRY(scored_count, count_at(table, row, scored, "scored_40_or_more"));
        assessment->registered = registered_count;
        assessment->submitted = submitted_count;
        assessment->scored_40 = scored_count;
    }
    return std::move(collected).finish();
}

Result<std::vector<Course>> load_raw_courses(const std::filesystem::path& folder) {
    TRY(learners, load_learners(folder / "registrations.csv"));
    TRY(results, load_results(folder / "submissions.csv"));
    TRY(table, Csv::load(folder / "assessments.csv"));
    TRY(name, table.column("code_module"));
    TRY(presentation, table.column("code_presentation"));
    TRY(id, table.column("id_assessment"));
    TRY(type, table.column("assessment_type"));
    TRY(due, table.column("date"));
    Collected collected;
    for (size_t row = 0; row < table.row_count(); ++row) {
        const CourseKey key{table.at(row, name), table.at(row, presentation)};
        TRY(assessment, add_assessment(collected, key, table.at(row, id), table.at(row, type),
                                       table.at(row, due)));
        const std::set<std::string>& registered = learners[key];
        assessment->registered = static_cast<uint32_t>(registered.size());
        for (const auto& [learner, passed] : results[assessment->id]) {
            if (!registered.contains(learner)) continue;
            ++assessment->submitted;
            if (passed) ++assessment->scored_40;
        }
    }
    return std::move(collected).finish();
}

}  // namespace plume
