#include "app/key_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "support/temporary_directory.hpp"

namespace plume {
namespace {

/// Costs that take no time.
constexpr ScryptCosts cheap{.n = 2, .r = 8, .p = 1};

class KeyFileTest : public testing::Test {
protected:
    std::filesystem::path folder() const { return directory.path() / "a" / "keys"; }
    unsigned mode_of(const std::filesystem::path& path) const {
        struct stat found{};
        return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 0777 : 0;
    }

    test::TemporaryDirectory directory;
    PrivateKey key = random_key();
};

TEST_F(KeyFileTest, is_written_for_its_owner_alone_and_opens_again) {
    const auto file = write_key_file(folder(), key, "secret", cheap);
    ASSERT_TRUE(file.ok()) << file.error().what;
    EXPECT_EQ(mode_of(*file), 0600u);
    EXPECT_EQ(mode_of(folder()), 0700u);
    EXPECT_TRUE(file->filename().string().starts_with("UTC--20"));
    EXPECT_EQ(*open_key_file(*file, "secret"), key);
    EXPECT_NE(open_key_file(*file, "other").error().what.find("wrong password"), std::string::npos);
    EXPECT_EQ(*claimed_address(*file), address_of(key));
}

TEST_F(KeyFileTest, that_others_may_read_is_refused_with_what_to_do) {
    const auto file = write_key_file(folder(), key, "secret", cheap).value();
    EXPECT_TRUE(check_key_files(folder()).ok());
    for (const unsigned mode : {0640u, 0604u, 0620u, 0601u, 0644u}) {
        ASSERT_EQ(::chmod(file.c_str(), mode), 0);
        const auto refused = open_key_file(file, "secret");
        ASSERT_FALSE(refused.ok()) << mode;
        EXPECT_NE(refused.error().what.find("chmod 600 " + file.string()), std::string::npos);
        EXPECT_FALSE(check_key_files(folder()).ok());
    }
    ASSERT_EQ(::chmod(file.c_str(), 0400), 0);
    EXPECT_TRUE(open_key_file(file, "secret").ok());
}

TEST_F(KeyFileTest, keys_are_listed_and_found_by_their_address) {
    EXPECT_EQ(list_keys(folder())->size(), 0u);
    const auto file = write_key_file(folder(), key, "", cheap).value();
    write_key_file(folder(), random_key(), "", cheap).value();
    std::ofstream(folder() / "README") << "not a key";
    EXPECT_EQ(list_keys(folder())->size(), 2u);
    EXPECT_EQ(*find_key_file(to_hex(address_of(key)), folder()), file);
    EXPECT_EQ(*find_key_file(to_hex(address_of(key)).substr(2), folder()), file);
    EXPECT_EQ(*find_key_file(file.string(), folder()), file);
    EXPECT_FALSE(find_key_file("0x" + std::string(40, '1'), folder()).ok());
    EXPECT_FALSE(find_key_file("nobody", folder()).ok());
}

TEST_F(KeyFileTest, is_of_bounded_size) {
    const auto path = directory.path() / "large";
    const auto write = [&](size_t size) {
        std::ofstream(path, std::ios::trunc) << std::string(size, ' ');
        ::chmod(path.c_str(), 0600);
        return open_key_file(path, "").error().what;
    };
    EXPECT_NE(write(key_file_size_max).find("no JSON"), std::string::npos);
    EXPECT_NE(write(key_file_size_max + 1).find("larger than"), std::string::npos);
    EXPECT_NE(write(0).find("no JSON"), std::string::npos);
}

TEST_F(KeyFileTest, a_folder_has_a_bounded_number_of_them) {
    std::filesystem::create_directories(folder());
    for (size_t i = 0; i < key_files_max; ++i)
        ::symlink("/none", (folder() / std::to_string(i)).c_str());
    EXPECT_TRUE(check_key_files(folder()).ok());
    EXPECT_TRUE(list_keys(folder()).ok());
    ::symlink("/none", (folder() / "more").c_str());
    EXPECT_FALSE(check_key_files(folder()).ok());
    EXPECT_FALSE(list_keys(folder()).ok());
}

TEST_F(KeyFileTest, a_password_is_the_first_line_of_its_file) {
    const auto path = directory.path() / "password";
    std::ofstream(path) << "open sesame\r\nsecond line";
    EXPECT_EQ(read_secret(path.string(), "password", true)->text(), "open sesame");
    EXPECT_FALSE(read_secret((directory.path() / "none").string(), "password", false).ok());
}

}  // namespace
}  // namespace plume
