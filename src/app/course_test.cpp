#include "app/course.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace plume {

namespace {

namespace fs = std::filesystem;

/// A folder that goes away with the test.
class Folder {
public:
    Folder() : path_(fs::temp_directory_path() / ("plume-course-" + std::to_string(getpid()))) {
        fs::create_directories(path_);
    }
    ~Folder() { fs::remove_all(path_); }
    fs::path write(const std::string& name, std::string_view text) const {
        std::ofstream(path_ / name) << text;
        return path_ / name;
    }
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

constexpr std::string_view head =
    "course,presentation,assessment,type,due_day,registered,submitted,scored_40_or_more\n";

}  // namespace

TEST(Course, share_is_rounded_down_in_basis_points) {
    EXPECT_EQ((Assessment{.registered = 2'237, .submitted = 1'031, .scored_40 = 1'014}).share_bps(),
              4'532u);
    EXPECT_EQ((Assessment{.registered = 3, .submitted = 2, .scored_40 = 2}).share_bps(), 6'666u);
    EXPECT_EQ(Assessment{}.share_bps(), 0u);
}

TEST(Course, begins_in_october_or_february) {
    EXPECT_EQ((Course{"AAA", "2013J", {}}).begins_at(), 1'380'585'600u);  // 2013-10-01
    EXPECT_EQ((Course{"BBB", "2014B", {}}).begins_at(), 1'391'212'800u);  // 2014-02-01
}

TEST(Course, an_exam_without_a_date_comes_after_everything_else) {
    const Folder folder;
    const auto courses = load_courses(folder.write(
        "t.csv", std::string(head) + "A,2013J,3,Exam,,10,0,0\nA,2013J,2,TMA,54,10,9,8\n"
                                     "A,2013J,1,TMA,19.0,10,10,9\n"));
    ASSERT_TRUE(courses.ok()) << courses.error().what;
    ASSERT_EQ(courses->size(), 1u);
    const auto& assessments = courses->front().assessments;
    ASSERT_EQ(assessments.size(), 3u);
    EXPECT_EQ(assessments[0].id, "1");
    EXPECT_EQ(assessments[0].due_day, 19u);
    EXPECT_EQ(assessments[2].id, "3");
    EXPECT_EQ(assessments[2].due_day, 54u + exam_delay_days);
}

TEST(Course, refuses_counts_that_are_none_and_missing_columns) {
    const Folder folder;
    EXPECT_FALSE(
        load_courses(folder.write("a.csv", std::string(head) + "A,2013J,1,TMA,19,many,1,1\n"))
            .ok());
    EXPECT_FALSE(
        load_courses(folder.write("b.csv", std::string(head) + "A,2013J,1,TMA,soon,1,1,1\n")).ok());
    EXPECT_TRUE(load_courses(folder.write("c.csv", "course,presentation\nA,2013J\n"))
                    .error()
                    .what.ends_with("c.csv: there is no column 'assessment'"));
    EXPECT_FALSE(load_raw_courses(folder.path()).ok());
}

TEST(Course, refuses_figures_that_no_course_can_have) {
    const Folder folder;
    const auto refusal = [&folder](const std::string& lines) {
        const auto courses = load_courses(folder.write("t.csv", std::string(head) + lines));
        return courses ? std::string() : courses.error().what;
    };
    EXPECT_EQ(refusal("A,2013J,1,TMA,19,10,9,8\n"), "");
    EXPECT_EQ(refusal(""), "there is no course in the table");
    for (const char* presentation :
         {"", "2013", "2013X", "J", "201J", "20131J", "2O13J", "1970B", "0001J", "9999B", "-013J"})
        EXPECT_TRUE(refusal("A," + std::string(presentation) + ",1,TMA,19,10,9,8\n")
                        .ends_with("a presentation is a year with B or J, like 2013J"))
            << presentation;
    EXPECT_EQ(refusal("A,2013J,1,TMA,19,10,11,8\n"),
              "A 2013J, assessment 1: more learners submitted than are registered");
    EXPECT_EQ(refusal("A,2013J,1,TMA,19,10,9,10\n"),
              "A 2013J, assessment 1: more learners scored than submitted");
    EXPECT_EQ(refusal("A,2013J,1,TMA,19,10,9,8\nA,2013J,1,TMA,20,10,9,8\n"),
              "A 2013J, assessment 1: is there twice");
    EXPECT_EQ(refusal("A,2013J,1,TMA,19,10,9,8\nA,2014J,1,TMA,19,10,9,8\n"), "");
    EXPECT_NE(refusal(",2013J,1,TMA,19,10,9,8\n"), "");
    EXPECT_NE(refusal("A,2013J,,TMA,19,10,9,8\n"), "");
    EXPECT_NE(refusal("A,2013J,1,T\xff,19,10,9,8\n"), "");
    EXPECT_NE(refusal("A,2013J,1,T\x1b[2J,19,10,9,8\n"), "");
}

TEST(Course, has_its_bounds) {
    const Folder folder;
    const auto is_taken = [&folder](size_t count, uint32_t day, size_t name_size) {
        std::string lines(head);
        for (size_t i = 0; i < count; ++i)
            lines += std::string(name_size, 'A') + ",2013J," + std::to_string(i) + ",TMA," +
                     std::to_string(day) + ",10,9,8\n";
        return load_courses(folder.write("t.csv", lines)).ok();
    };
    EXPECT_FALSE(is_taken(0, 0, 1));
    EXPECT_TRUE(is_taken(1, 0, 1));
    EXPECT_TRUE(is_taken(assessments_max, due_day_max, course_text_size_max));
    EXPECT_FALSE(is_taken(assessments_max + 1, 0, 1));
    EXPECT_FALSE(is_taken(1, due_day_max + 1, 1));
    EXPECT_FALSE(is_taken(1, 0, course_text_size_max + 1));
    EXPECT_FALSE(is_taken(1, 0, 0));
}

TEST(Course, refuses_raw_records_that_are_none) {
    const Folder folder;
    const auto refusal = [&folder](const std::string& submission, const std::string& assessment) {
        folder.write("registrations.csv", "code_module,code_presentation,id_student\nA,2013J,1\n");
        folder.write(
            "assessments.csv",
            "code_module,code_presentation,id_assessment,assessment_type,date\n" + assessment);
        folder.write("submissions.csv", "id_assessment,id_student,is_banked,score\n" + submission);
        const auto courses = load_raw_courses(folder.path());
        return courses ? std::string() : courses.error().what;
    };
    const std::string assessment = "A,2013J,7,TMA,19\n";
    for (const char* score : {"", "0", "40", "39.5", "100.00"})
        EXPECT_EQ(refusal("7,1,0," + std::string(score) + "\n", assessment), "") << score;
    for (const char* score : {"forty", "40x", "-1", "4e1", "99999999999", "40.5.1"})
        EXPECT_EQ(refusal("7,1,0," + std::string(score) + "\n", assessment),
                  "score '" + std::string(score) + "' in row 2 is no score");
    EXPECT_EQ(refusal("7,1,yes,40\n", assessment), "is_banked 'yes' in row 2 is no 0 and no 1");
    EXPECT_EQ(refusal("7,1,0,40\n", ""), "there is no course in the table");
}

TEST(Course, counts_a_learner_once_with_the_best_score_and_no_banked_results) {
    const Folder folder;
    folder.write("registrations.csv",
                 "code_module,code_presentation,id_student,final_result\n"
                 "A,2013J,1,Pass\nA,2013J,2,Pass\nA,2013J,3,Fail\nA,2013J,4,Withdrawn\n");
    folder.write("assessments.csv",
                 "code_module,code_presentation,id_assessment,assessment_type,date,weight\nA,2013J,"
                 "7,TMA,19,10\n");
    folder.write("submissions.csv",
                 "id_assessment,id_student,date_submitted,is_banked,score\n"
                 "7,1,18,0,39\n7,1,19,0,40\n"  // handed in twice
                 "7,2,18,0,\n"                 // no score
                 "7,3,-1,1,90\n"               // banked
                 "7,9,18,0,90\n");             // not registered
    const auto courses = load_raw_courses(folder.path());
    ASSERT_TRUE(courses.ok()) << courses.error().what;
    const Assessment& assessment = courses->front().assessments.front();
    EXPECT_EQ(assessment.registered, 4u);
    EXPECT_EQ(assessment.submitted, 2u);
    EXPECT_EQ(assessment.scored_40, 1u);
}

/// The derived table was computed by others from the raw records: both ways must agree in every
/// figure.
TEST(Course, raw_records_give_the_published_figures) {
    const fs::path shared = fs::path(PLUME_SOURCE_DIR) / ".." / "shared" / "data" / "education";
    if (!fs::exists(shared)) GTEST_SKIP() << "the raw records are not at " << shared;
    const auto raw = load_raw_courses(shared);
    const auto derived = load_courses(fs::path(PLUME_SOURCE_DIR) / "examples" / "education.csv");
    ASSERT_TRUE(raw.ok() && derived.ok());
    ASSERT_EQ(raw->size(), derived->size());
    for (size_t i = 0; i < raw->size(); ++i) {
        const Course& a = (*raw)[i];
        const Course& b = (*derived)[i];
        ASSERT_EQ(a.title(), b.title());
        ASSERT_EQ(a.assessments.size(), b.assessments.size());
        for (size_t j = 0; j < a.assessments.size(); ++j) {
            EXPECT_EQ(a.assessments[j].id, b.assessments[j].id);
            EXPECT_EQ(a.assessments[j].due_day, b.assessments[j].due_day);
            EXPECT_EQ(a.assessments[j].registered, b.assessments[j].registered);
            EXPECT_EQ(a.assessments[j].submitted, b.assessments[j].submitted);
            EXPECT_EQ(a.assessments[j].scored_40, b.assessments[j].scored_40);
        }
    }
}

}  // namespace plume
