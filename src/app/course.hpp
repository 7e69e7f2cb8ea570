// What learners of a course achieved: the figures that an education mission is paid by.
//
// Source of the real ones: the Open University Learning Analytics Dataset (Kuzilek, Hlosta, Zdrahal
// 2017, CC BY 4.0).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace plume {

/// One assessment of a course and how it went.
struct Assessment {
    std::string id;
    std::string type;         ///< TMA, CMA, Exam
    uint32_t due_day = 0;     ///< days after the course began
    uint32_t registered = 0;  ///< learners on the course
    uint32_t submitted = 0;   ///< of them, how many handed something in
    uint32_t scored_40 = 0;   ///< of them, how many with a score of 40 or more

    /// The share of registered learners who scored 40 or more, in basis points, rounded down; 0
    /// without learners.
    uint32_t share_bps() const;
};

struct Course {
    std::string name;                     ///< "BBB"
    std::string presentation;             ///< "2013J": begins in October; "B" begins in February
    std::vector<Assessment> assessments;  ///< by due day, then id

    std::string title() const { return name + " " + presentation; }
    /// Midnight UTC of the first day, in seconds since 1970.
    uint64_t begins_at() const;
};

/// Days until the exam when nobody wrote down when it was: after the last assessment that has a
/// date.
inline constexpr uint32_t exam_delay_days = 30;

/// What a course may have, so that a vault can hold its plan and its figures fit into a line.
inline constexpr size_t assessments_max = 64;
inline constexpr uint32_t due_day_max = 3'650;
inline constexpr size_t course_text_size_max = 32;

/// Reads a table of one line an assessment: course, presentation, assessment, type, due_day,
/// registered, submitted, scored_40_or_more. In the order of their first lines. Refuses a table
/// without courses, and figures that no course can have, naming the assessment.
Result<std::vector<Course>> load_courses(const std::filesystem::path& table);

/// Works the same figures out from raw records in `folder`: assessments.csv, registrations.csv,
/// submissions.csv. A learner counts once an assessment, with the best score; one without a score
/// has submitted, no more. Results banked in an earlier presentation do not count: nobody achieved
/// them on this course.
Result<std::vector<Course>> load_raw_courses(const std::filesystem::path& folder);

}  // namespace plume
