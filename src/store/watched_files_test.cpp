#include "store/watched_files.hpp"

#include <gtest/gtest.h>
#include <rocksdb/file_system.h>

#include "store/disk.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

/// Files that take nothing.
class FullDisk : public rocksdb::FileSystemWrapper {
public:
    using FileSystemWrapper::FileSystemWrapper;

    const char* Name() const override { return "FullDisk"; }

    rocksdb::IOStatus NewWritableFile(const std::string& path, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override {
        auto status = FileSystemWrapper::NewWritableFile(path, options, file, debug);
        if (status.ok()) *file = std::make_unique<File>(std::move(*file));
        return status;
    }

private:
    class File : public rocksdb::FSWritableFileOwnerWrapper {
    public:
        using FSWritableFileOwnerWrapper::Append;
        using FSWritableFileOwnerWrapper::FSWritableFileOwnerWrapper;

        rocksdb::IOStatus Append(const rocksdb::Slice&, const rocksdb::IOOptions&,
                                 rocksdb::IODebugContext*) override {
            return rocksdb::IOStatus::NoSpace("No space left on device");
        }
    };
};

void fill(const std::shared_ptr<rocksdb::FileSystem>& disk, const std::string& path) {
    const auto files = watch_files(disk);
    std::unique_ptr<rocksdb::FSWritableFile> file;
    ASSERT_TRUE(files->NewWritableFile(path, {}, &file, nullptr).ok());
    ASSERT_TRUE(file->Append("text", {}, nullptr).ok());
    ASSERT_TRUE(file->Sync({}, nullptr).ok());
}

TEST(WatchedFiles, write_as_any_others) {
    const test::TemporaryDirectory temporary;
    fill(rocksdb::FileSystem::Default(), (temporary.path() / "file").string());
    EXPECT_EQ(std::filesystem::file_size(temporary.path() / "file"), 4u);
    const auto files = watch_files(rocksdb::FileSystem::Default());
    std::unique_ptr<rocksdb::FSDirectory> directory;
    ASSERT_TRUE(files->NewDirectory(temporary.path().string(), {}, &directory, nullptr).ok());
    EXPECT_TRUE(directory->Fsync({}, nullptr).ok());
    std::unique_ptr<rocksdb::FSWritableFile> none;
    EXPECT_FALSE(files->NewWritableFile("/proc/none", {}, &none, nullptr).ok()) << "is no end";
}

TEST(WatchedFilesDeathTest, end_the_process_at_the_first_failure) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    const test::TemporaryDirectory temporary;
    const auto full = std::make_shared<FullDisk>(rocksdb::FileSystem::Default());
    EXPECT_EXIT(fill(full, (temporary.path() / "file").string()),
                testing::ExitedWithCode(disk_exit_code),
                "cannot write .*/file: .*No space left on device; the disk is full: free some");
}

}  // namespace
}  // namespace plume
