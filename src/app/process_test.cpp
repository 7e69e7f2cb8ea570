#include "app/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <fstream>

#include "support/temporary_directory.hpp"

namespace plume {
namespace {

TEST(Process, knows_its_memory_its_threads_and_when_it_began) {
    const ProcessFacts facts = process_facts();
    EXPECT_GT(facts.resident_bytes, size_t{1} << 20);
    EXPECT_GE(facts.virtual_bytes, facts.resident_bytes);
    EXPECT_GE(facts.threads, 1u);
    EXPECT_GT(facts.descriptors_limit, 0u);
    const auto now = static_cast<double>(std::time(nullptr));
    EXPECT_LE(facts.start_seconds, now + 2);
    EXPECT_GE(facts.start_seconds, now - 3'600);
}

TEST(Process, counts_its_descriptors) {
    const uint64_t before = process_facts().open_descriptors;
    const int opened = ::open("/dev/null", O_RDONLY);
    EXPECT_EQ(process_facts().open_descriptors, before + 1);
    ::close(opened);
    EXPECT_EQ(process_facts().open_descriptors, before);
}

TEST(Process, knows_the_disk_under_a_directory) {
    const test::TemporaryDirectory directory;
    const DiskFacts facts = disk_facts(directory.path());
    EXPECT_TRUE(facts.is_writable);
    EXPECT_GT(facts.free_bytes, 0u);
    EXPECT_GE(facts.total_bytes, facts.free_bytes);
    EXPECT_FALSE(disk_facts(directory.path() / "none").is_writable);
    EXPECT_FALSE(disk_facts("/proc").free_bytes > 0 && disk_facts("/proc").is_writable);
}

TEST(Process, adds_up_the_files_of_a_directory) {
    const test::TemporaryDirectory directory;
    std::ofstream(directory.path() / "a") << "12345";
    std::ofstream(directory.path() / "b") << "123";
    std::filesystem::create_directory(directory.path() / "c");
    EXPECT_EQ(bytes_in(directory.path()), 8u);
    EXPECT_EQ(bytes_in(directory.path() / "none"), 0u);
}

}  // namespace
}  // namespace plume
