#include "store/disk.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>

#include "support/temporary_directory.hpp"

namespace plume {
namespace {

TEST(Disk, an_error_names_the_path_the_reason_and_what_to_do) {
    EXPECT_EQ(
        disk_error("write", "/data/LOCK", ENOSPC).what,
        "cannot write /data/LOCK: No space left on device; the disk is full: free some space "
        "there (256 MiB will do for a start), then start again. Nothing that was acknowledged "
        "is lost");
    for (const int reason : {EDQUOT, EROFS, EACCES, EPERM, EMFILE, ENFILE, EIO})
        EXPECT_NE(advice_for(reason), "") << reason;
    EXPECT_EQ(advice_in("IO error: No space left on device: While appending"), advice_for(ENOSPC));
    EXPECT_EQ(advice_in("Corruption: block checksum mismatch"), "");
    EXPECT_EQ(disk_error("read", "/data", ENOENT).what,
              "cannot read /data: No such file or directory");
}

TEST(Disk, a_file_is_written_whole_or_not_at_all) {
    const test::TemporaryDirectory temporary;
    const auto path = temporary.path() / "file";
    const auto content = [&] {
        std::ifstream stream(path);
        return std::string{std::istreambuf_iterator<char>(stream), {}};
    };
    ASSERT_TRUE(write_durably(path, "first").ok());
    EXPECT_EQ(content(), "first");
    ASSERT_TRUE(write_durably(path, "").ok());
    EXPECT_EQ(content(), "");
    std::filesystem::create_directory(path.string() + ".new");
    const auto refused = write_durably(path, "third");
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().what.find("cannot write " + path.string()), std::string::npos);
    EXPECT_FALSE(write_durably(temporary.path() / "none" / "file", "text").ok());
    EXPECT_TRUE(sync_directory(temporary.path()).ok());
    EXPECT_FALSE(sync_directory(path).ok());
}

TEST(DiskDeathTest, a_refusing_disk_ends_the_process_with_a_code_of_its_own) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(stop_for_disk(disk_error("write", "/data/db", EIO)),
                testing::ExitedWithCode(disk_exit_code), "cannot write /data/db: Input/output");
}

}  // namespace
}  // namespace plume
