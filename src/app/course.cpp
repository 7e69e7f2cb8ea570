#include "app/course.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "app/csv.hpp"
#include "base/calendar.hpp"
#include "rpc/utf8.hpp"

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

/// Whether a score, a number or empty, reaches 40. Its whole part decides, so no rounding is
/// needed.
std::optional<bool> reaches_40(std::string_view score) {
    if (score.empty()) return false;
    uint32_t whole = 0;
    const auto [end, failure] = std::from_chars(score.data(), score.data() + score.size(), whole);
    std::string_view rest(end, static_cast<size_t>(score.data() + score.size() - end));
    if (failure != std::errc{}) return std::nullopt;
    if (!rest.empty() && rest.front() == '.') rest.remove_prefix(1);
    if (rest.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    return whole >= 40;
}

Error in_row(size_t row, std::string_view what, const std::string& text, std::string_view is_none) {
    return {.what = std::string(what) + " '" + text + "' in row " + std::to_string(row + 2) +
                    " is no " + std::string(is_none)};
}

/// Year and month of "2013J" (October) and "2013B" (February); nothing for anything else, and for
/// years that have no place on a chain's clock.
std::optional<std::pair<uint32_t, uint32_t>> month_of(std::string_view presentation) {
    constexpr uint32_t year_first = 1'971;
    constexpr uint32_t year_last = 9'900;
    if (presentation.size() != 5) return std::nullopt;
    const auto year = parse_count(presentation.substr(0, 4));
    if (!year || *year < year_first || *year > year_last) return std::nullopt;
    if (presentation[4] == 'B') return std::pair(*year, 2u);
    if (presentation[4] == 'J') return std::pair(*year, 10u);
    return std::nullopt;
}

/// Whether a name can stand in a line of a table.
bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= course_text_size_max && rpc::valid_utf8(text) == text &&
           std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

/// Refuses what no course can be: a mission would be planned, and paid, by it.
Result<void> require_sound(const Course& course) {
    const auto refuse = [](const std::string& where, const std::string& why) {
        return Error{.what = where + ": " + why};
    };
    if (!is_name(course.name)) return refuse("course '" + course.name + "'", "not a course's name");
    if (!month_of(course.presentation))
        return refuse(course.title(), "a presentation is a year with B or J, like 2013J");
    if (course.assessments.size() > assessments_max)
        return refuse(course.title(),
                      "more than " + std::to_string(assessments_max) + " assessments");
    std::set<std::string_view> ids;
    for (const Assessment& assessment : course.assessments) {
        const std::string where = course.title() + ", assessment " + assessment.id;
        if (!is_name(assessment.id)) return refuse(where, "not an id");
        if (!is_name(assessment.type)) return refuse(where, "not a type");
        if (!ids.insert(assessment.id).second) return refuse(where, "is there twice");
        if (assessment.due_day > due_day_max)
            return refuse(where, "is due more than " + std::to_string(due_day_max) +
                                     " days after the course began");
        if (assessment.submitted > assessment.registered)
            return refuse(where, "more learners submitted than are registered");
        if (assessment.scored_40 > assessment.submitted)
            return refuse(where, "more learners scored than submitted");
    }
    return {};
}

Result<uint32_t> count_at(const Csv& table, size_t row, size_t column, std::string_view name) {
    const auto count = parse_count(table.at(row, column));
    if (!count) return in_row(row, name, table.at(row, column), "count");
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
    Result<std::vector<Course>> finish() && {
        if (courses.empty()) return Error{.what = "there is no course in the table"};
        for (Course& course : courses) {
            if (auto sound = require_sound(course); !sound) return std::move(sound).error();
            arrange(course, undated[{course.name, course.presentation}]);
        }
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
        const std::string& is_banked = table.at(row, banked);
        if (is_banked != "0" && is_banked != "1")
            return in_row(row, "is_banked", is_banked, "0 and no 1");
        const auto reached = reaches_40(table.at(row, score));
        if (!reached) return in_row(row, "score", table.at(row, score), "score");
        if (is_banked == "1") continue;
        bool& passed = out[table.at(row, assessment)][table.at(row, learner)];
        passed = passed || *reached;
    }
    return out;
}

}  // namespace

uint32_t Assessment::share_bps() const {
    if (registered == 0) return 0;
    return static_cast<uint32_t>(uint64_t{scored_40} * 10'000 / registered);
}

uint64_t Course::begins_at() const {
    const auto begins = month_of(presentation);
    check(begins.has_value(), "courses are loaded with a presentation that has a date");
    const auto [year, month] = *begins;
    return calendar::time_of({year, month, 1});
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
