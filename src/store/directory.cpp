#include "store/directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>
#include <string>
#include <system_error>
#include <utility>

#include "store/schema.hpp"

namespace plume {

namespace {

constexpr std::string_view version_prefix = "plume data format ";
/// LOCK and VERSION hold one line each.
constexpr size_t line_bytes_max = 256;

/// Closes a file descriptor.
class File {
public:
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool ok() const { return descriptor_ >= 0; }
    int get() const { return descriptor_; }
    int release() { return std::exchange(descriptor_, -1); }

private:
    int descriptor_;
};

/// Why the last system call failed, told of `path`.
Error failure(std::string_view doing, const std::filesystem::path& path) {
    const int reason = errno;
    return {.what = "cannot " + std::string(doing) + " " + path.string() + ": " +
                    std::strerror(reason)};
}

Result<void> sync_directory(const std::filesystem::path& dir) {
    const File file(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!file.ok() || ::fsync(file.get()) != 0) return failure("sync the directory", dir);
    return {};
}

/// Makes `dir` and the directories above it that are missing. One that is there stays as it is.
Result<void> make_directory(const std::filesystem::path& dir) {
    struct stat found{};
    if (::stat(dir.c_str(), &found) == 0) {
        if (!S_ISDIR(found.st_mode)) return Error{.what = dir.string() + " is not a directory"};
        return {};
    }
    if (errno != ENOENT) return failure("read", dir);
    if (auto made = make_directory(dir.parent_path()); !made) return made;
    if (::mkdir(dir.c_str(), 0700) != 0) return failure("make the data directory", dir);
    return sync_directory(dir.parent_path());
}

std::string read_line(int descriptor) {
    std::array<char, line_bytes_max> buffer;
    const ssize_t size = ::pread(descriptor, buffer.data(), buffer.size(), 0);
    const std::string text(buffer.data(), size > 0 ? static_cast<size_t>(size) : 0);
    return text.substr(0, text.find('\n'));
}

Result<void> write_whole(int descriptor, const std::string& text,
                         const std::filesystem::path& path) {
    const bool written =
        ::ftruncate(descriptor, 0) == 0 &&
        ::pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
        ::fsync(descriptor) == 0;
    if (!written) return failure("write", path);
    return {};
}

/// "process 4711 since 2026-08-01 12:00:00 UTC"
std::string self() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::array<char, 32> text;
    const size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
    return "process " + std::to_string(::getpid()) + " since " + std::string(text.data(), size);
}

/// The descriptor that holds the lock.
Result<int> take_lock(const std::filesystem::path& dir) {
    const auto path = dir / "LOCK";
    File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.ok()) return failure("write to the data directory: opening", path);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return failure("lock", path);
        const std::string holder = read_line(file.get());
        return Error{.what = "data directory " + dir.string() + " is in use by " +
                             (holder.empty() ? "another process" : holder)};
    }
    if (auto written = write_whole(file.get(), self() + "\n", path); !written)
        return written.error();
    return file.release();
}

Result<void> write_version(const std::filesystem::path& dir) {
    const auto path = dir / "VERSION";
    const auto fresh = dir / "VERSION.new";
    const File file(::open(fresh.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.ok()) return failure("write", fresh);
    const std::string line = std::string(version_prefix) + std::to_string(format_version) + "\n";
    if (auto written = write_whole(file.get(), line, fresh); !written) return written;
    if (::rename(fresh.c_str(), path.c_str()) != 0) return failure("write", path);
    return sync_directory(dir);
}

/// Refuses another format; whether there is one.
Result<bool> read_version(const std::filesystem::path& dir) {
    const auto path = dir / "VERSION";
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.ok()) {
        if (errno != ENOENT) return failure("read", path);
        return false;
    }
    const std::string line = read_line(file.get());
    uint32_t found = 0;
    bool parsed = line.starts_with(version_prefix);
    if (parsed) {
        const char* const end = line.data() + line.size();
        const auto read = std::from_chars(line.data() + version_prefix.size(), end, found);
        parsed = read.ec == std::errc{} && read.ptr == end;
    }
    if (!parsed)
        return Error{.what = path.string() + " is damaged: it does not name a data format"};
    if (found != format_version)
        return Error{.what = "data directory " + dir.string() + " has format " +
                             std::to_string(found) + ", but this version of Plume reads format " +
                             std::to_string(format_version) +
                             (found > format_version ? "; use a newer one" : "")};
    return true;
}

/// Refuses another format; stamps a directory that has none yet.
Result<void> check_version(const std::filesystem::path& dir) {
    TRY(is_stamped, read_version(dir));
    return is_stamped ? Result<void>() : write_version(dir);
}

}  // namespace

DataDirectory::DataDirectory(std::filesystem::path dir, int lock)
    : dir_(std::move(dir)), lock_(lock) {}

DataDirectory::~DataDirectory() {
    ::close(lock_);
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::filesystem::path& path) {
    std::error_code failed;
    auto dir = std::filesystem::absolute(path, failed).lexically_normal();
    if (failed) return Error{.what = "cannot find " + path.string() + ": " + failed.message()};
    if (!dir.has_filename()) dir = dir.parent_path();
    if (auto made = make_directory(dir); !made) return made.error();
    TRY(lock, take_lock(dir));
    std::unique_ptr<DataDirectory> out(new DataDirectory(dir, lock));
    if (auto known = check_version(dir); !known) return known.error();
    if (auto made = make_directory(out->database()); !made) return made.error();
    return out;
}

DirectoryFacts look_at(const std::filesystem::path& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) return {};
    DirectoryFacts out{.exists = true,
                       .is_private = (found.st_mode & 077) == 0,
                       .is_ours = found.st_uid == ::geteuid()};
    const File lock(::open((path / "LOCK").c_str(), O_RDONLY | O_CLOEXEC));
    if (lock.ok() && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        out.holder = read_line(lock.get());
        if (out.holder.empty()) out.holder = "another process";
    }
    const auto version = read_version(path);
    out.has_format = version ? *version : true;
    if (!version) out.format_problem = version.error().what;
    return out;
}

}  // namespace plume
