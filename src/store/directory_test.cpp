#include "store/directory.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <string>

#include "store/schema.hpp"
#include "support/temporary_directory.hpp"

namespace plume {
namespace {

using test::TemporaryDirectory;

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path) << text;
}

std::string refusal(const std::filesystem::path& path) {
    const auto opened = DataDirectory::open(path);
    return opened ? "" : opened.error().what;
}

unsigned mode_of(const std::filesystem::path& path) {
    struct stat found{};
    return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 0777 : 0;
}

/// Whether `holds` is true in a process of its own, which ends after it.
bool holds_in_child(const std::function<bool()>& holds) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(holds() ? 0 : 1);
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(DataDirectory, is_made_for_its_owner_alone) {
    const TemporaryDirectory temporary;
    const auto path = temporary.path() / "deeply" / "nested" / "data";
    const auto opened = DataDirectory::open(path);
    ASSERT_TRUE(opened.ok()) << opened.error().what;
    EXPECT_EQ(mode_of(path), 0700u);
    EXPECT_EQ(mode_of((*opened)->database()), 0700u);
    EXPECT_EQ(mode_of(path / "LOCK"), 0600u);
    EXPECT_EQ((*opened)->database(), path / "db");
}

TEST(DataDirectory, keeps_the_mode_of_one_that_was_there) {
    const TemporaryDirectory temporary;
    ASSERT_EQ(::chmod(temporary.path().c_str(), 0755), 0);
    ASSERT_TRUE(DataDirectory::open(temporary.path()).ok());
    EXPECT_EQ(mode_of(temporary.path()), 0755u);
}

TEST(DataDirectory, has_one_user_and_names_it_to_the_next) {
    const TemporaryDirectory temporary;
    const auto first = DataDirectory::open(temporary.path());
    ASSERT_TRUE(first.ok());
    const std::string expected = "is in use by process " + std::to_string(::getpid()) + " since 20";
    EXPECT_NE(refusal(temporary.path()).find(expected), std::string::npos);
    EXPECT_TRUE(holds_in_child(
        [&] { return refusal(temporary.path()).find(expected) != std::string::npos; }));
}

TEST(DataDirectory, is_free_again_after_its_user_let_go_or_died) {
    const TemporaryDirectory temporary;
    ASSERT_TRUE(DataDirectory::open(temporary.path()).ok());
    ASSERT_TRUE(holds_in_child([&] {
        const auto opened = DataDirectory::open(temporary.path());
        ::_exit(opened.ok() ? 0 : 1);  // Dies without unlocking.
        return false;
    }));
    EXPECT_EQ(refusal(temporary.path()), "");
}

TEST(DataDirectory, of_another_format_is_refused) {
    const TemporaryDirectory temporary;
    ASSERT_TRUE(DataDirectory::open(temporary.path()).ok());
    const auto version = temporary.path() / "VERSION";
    write_file(version, "plume data format " + std::to_string(format_version) + "\n");
    EXPECT_EQ(refusal(temporary.path()), "");
    write_file(version, "plume data format " + std::to_string(format_version + 1) + "\n");
    EXPECT_NE(refusal(temporary.path()).find("; use a newer one"), std::string::npos);
}

TEST(DataDirectory, remembers_the_newest_block_that_was_acknowledged) {
    const TemporaryDirectory temporary;
    Hash hash;
    hash[0] = 7;
    {
        const auto opened = DataDirectory::open(temporary.path()).value();
        EXPECT_EQ(opened->acknowledged(), std::nullopt);
        opened->acknowledge({100, hash});
        opened->acknowledge({99, Hash{}});
        EXPECT_EQ(opened->acknowledged(), (AcknowledgedBlock{99, Hash{}}));
        opened->acknowledge({~uint64_t{0}, hash});
    }
    EXPECT_EQ(DataDirectory::open(temporary.path()).value()->acknowledged(),
              (AcknowledgedBlock{~uint64_t{0}, hash}));
}

TEST(DataDirectory, takes_a_damaged_note_of_its_head_for_none) {
    const TemporaryDirectory temporary;
    const auto opened = DataDirectory::open(temporary.path()).value();
    opened->acknowledge({12, Hash{}});
    std::ifstream stream(temporary.path() / "HEAD");
    std::string line;
    std::getline(stream, line);
    for (size_t bit = 0; bit < 8 * line.size(); bit += 5) {
        std::string other = line;
        other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << bit % 8));
        write_file(temporary.path() / "HEAD", other + "\n");
        EXPECT_EQ(opened->acknowledged(), std::nullopt) << other;
    }
    for (const std::string& cut : {std::string(), line.substr(0, 20), line.substr(0, 80)}) {
        write_file(temporary.path() / "HEAD", cut);
        EXPECT_EQ(opened->acknowledged(), std::nullopt) << cut;
    }
}

TEST(DataDirectory, that_is_only_looked_at_must_be_there) {
    const TemporaryDirectory temporary;
    const auto path = temporary.path() / "data";
    EXPECT_FALSE(DataDirectory::look(path).ok());
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_FALSE(DataDirectory::look(temporary.path()).ok());
    ASSERT_TRUE(DataDirectory::open(path).ok());
    const auto looking = DataDirectory::look(path);
    ASSERT_TRUE(looking.ok()) << looking.error().what;
    EXPECT_FALSE(DataDirectory::look(path).ok()) << "one at a time";
}

TEST(DataDirectory, with_a_damaged_version_is_refused) {
    const TemporaryDirectory temporary;
    for (const char* text :
         {"", "\n", "plume data format \n", "plume data format 0\n", "plume data format x\n",
          "plume data format 1x\n", "plume data format -1\n", "plume data format 4294967296\n",
          "format 1\n"}) {
        write_file(temporary.path() / "VERSION", text);
        EXPECT_NE(refusal(temporary.path()).find("is damaged"), std::string::npos) << text;
    }
}

TEST(DataDirectory, must_be_a_directory) {
    const TemporaryDirectory temporary;
    const auto path = temporary.path() / "file";
    write_file(path, "text");
    EXPECT_NE(refusal(path).find("is not a directory"), std::string::npos);
}

TEST(DataDirectory, that_cannot_be_written_is_refused) {
    const TemporaryDirectory temporary;
    ASSERT_EQ(::chmod(temporary.path().c_str(), 0555), 0);
    EXPECT_TRUE(holds_in_child([&] {
        constexpr uid_t nobody = 65534;
        if (::geteuid() == 0 && ::seteuid(nobody) != 0) return false;
        return refusal(temporary.path()).find("Permission denied") != std::string::npos &&
               refusal(temporary.path() / "new").find("Permission denied") != std::string::npos;
    }));
    EXPECT_NE(refusal("/proc/plume"), "");
}

TEST(DataDirectory, can_be_looked_at_without_taking_it) {
    const TemporaryDirectory temporary;
    EXPECT_FALSE(look_at(temporary.path() / "none").exists);
    DirectoryFacts facts = look_at(temporary.path());
    EXPECT_TRUE(facts.exists);
    EXPECT_TRUE(facts.is_ours);
    EXPECT_FALSE(facts.has_format);
    EXPECT_EQ(facts.holder, "");
    {
        const auto opened = DataDirectory::open(temporary.path());
        ASSERT_TRUE(opened.ok());
        facts = look_at(temporary.path());
        EXPECT_TRUE(facts.holder.starts_with("process " + std::to_string(::getpid())));
        EXPECT_TRUE(facts.has_format);
    }
    EXPECT_EQ(look_at(temporary.path()).holder, "");
    EXPECT_EQ(refusal(temporary.path()), "") << "looking takes nothing";
    ASSERT_EQ(::chmod(temporary.path().c_str(), 0750), 0);
    EXPECT_FALSE(look_at(temporary.path()).is_private);
    ASSERT_EQ(::chmod(temporary.path().c_str(), 0700), 0);
    EXPECT_TRUE(look_at(temporary.path()).is_private);
    write_file(temporary.path() / "VERSION",
               "plume data format " + std::to_string(format_version + 1) + "\n");
    EXPECT_NE(look_at(temporary.path()).format_problem.find("use a newer one"), std::string::npos);
}

}  // namespace
}  // namespace plume
