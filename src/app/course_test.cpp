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
    EXPECT_EQ(load_courses(folder.write("c.csv", "course,presentation\nA,2013J\n")).error().what,
              "there is no column 'assessment'");
    EXPECT_FALSE(load_raw_courses(folder.path()).ok());
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
            EXPECT_EQ(a.assessments[j].registered, b.assessments[j].registered);
            EXPECT_EQ(a.assessments[j].submitted, b.assessments[j].submitted);
            EXPECT_EQ(a.assessments[j].scored_40, b.assessments[j].scored_40);
        }
    }
}

}  // namespace plume
