#include "store/directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <string>
#include <system_error>
#include <utility>

#include "crypto/keccak.hpp"
#include "store/disk.hpp"
#include "store/schema.hpp"

namespace plume {

namespace {

constexpr std::string_view version_prefix = "plume data format ";
constexpr std::string_view head_prefix = "block ";
/// LOCK, VERSION and HEAD hold one line each.
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
    return disk_error(doing, path, errno);
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

/// The first line of a file.
Result<std::string> read_line(int descriptor, const std::filesystem::path& path) {
    std::array<char, line_bytes_max> buffer;
    const ssize_t size = ::pread(descriptor, buffer.data(), buffer.size(), 0);
    if (size < 0) return failure("read", path);
    const std::string text(buffer.data(), static_cast<size_t>(size));
    return text.substr(0, text.find('\n'));
}

/// A write may take a part of what it is given, and leaves the rest to another one.
Result<void> write_at_start(int descriptor, std::string_view text,
                            const std::filesystem::path& path) {
    for (size_t done = 0; done < text.size();) {
        const ssize_t written =
            ::pwrite(descriptor, text.data() + done, text.size() - done, static_cast<off_t>(done));
        if (written < 0) return failure("write", path);
        done += static_cast<size_t>(written);
    }
    return {};
}

Result<void> write_whole(int descriptor, const std::string& text,
                         const std::filesystem::path& path) {
    if (::ftruncate(descriptor, 0) != 0) return failure("write", path);
    if (auto written = write_at_start(descriptor, text, path); !written) return written;
    if (::fsync(descriptor) != 0) return failure("write", path);
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

Result<void> lock_file(const File& file, const std::filesystem::path& dir) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return {};
    if (errno != EWOULDBLOCK) return failure("lock", dir / "LOCK");
    TRY(holder, read_line(file.get(), dir / "LOCK"));
    return Error{.what = "data directory " + dir.string() + " is in use by " +
                         (holder.empty() ? "another process" : holder)};
}

/// The descriptor that holds the lock.
Result<int> take_lock(const std::filesystem::path& dir) {
    const auto path = dir / "LOCK";
    File file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!file.ok()) return failure("write to the data directory: opening", path);
    if (auto locked = lock_file(file, dir); !locked) return locked.error();
    if (auto written = write_whole(file.get(), self() + "\n", path); !written)
        return written.error();
    return file.release();
}

/// The descriptor that holds the lock of a directory that may be one to read only; -1 when it has
/// none.
Result<int> take_lock_to_look(const std::filesystem::path& dir) {
    const auto path = dir / "LOCK";
    File file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    const bool is_writable = file.ok();
    File readable(is_writable ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    File& lock = is_writable ? file : readable;
    if (!lock.ok()) {
        if (errno == ENOENT) return -1;
        return failure("open", path);
    }
    if (auto locked = lock_file(lock, dir); !locked) return locked.error();
    // Whoever meets the lock is to read of us; that a full disk takes no line is no harm.
    if (is_writable) (void)write_whole(lock.get(), self() + "\n", path);
    return lock.release();
}

Result<void> write_version(const std::filesystem::path& dir) {
    const std::string line = std::string(version_prefix) + std::to_string(format_version) + "\n";
    return write_durably(dir / "VERSION", line);
}

/// The format of the data in `dir`; 0 when it has none yet.
Result<uint32_t> read_version(const std::filesystem::path& dir) {
    const auto path = dir / "VERSION";
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.ok()) {
        if (errno != ENOENT) return failure("read", path);
        return uint32_t{0};
    }
    TRY(line, read_line(file.get(), path));
    uint32_t found = 0;
    bool parsed = line.starts_with(version_prefix);
    if (parsed) {
        const char* const end = line.data() + line.size();
        const auto read = std::from_chars(line.data() + version_prefix.size(), end, found);
        parsed = read.ec == std::errc{} && read.ptr == end;
    }
    if (!parsed || found == 0)
        return Error{.what = path.string() +
                             " is damaged: it does not name a data format; restore a backup"};
    return found;
}

/// Refuses another format than this version's, and says what to do.
Result<void> check_format(const std::filesystem::path& dir, uint32_t found) {
    if (found == format_version) return {};
    const std::string what_to_do =
        found > format_version
            ? "; use a newer one"
            : "; nothing was changed. Go on with the version that wrote it, or let that one export "
              "what is to be kept and begin a new chain with it";
    return Error{.what = "data directory " + dir.string() + " has format " + std::to_string(found) +
                         ", but this version of Plume reads format " +
                         std::to_string(format_version) + what_to_do};
}

/// Refuses another format; stamps a directory that has none yet.
Result<void> check_version(const std::filesystem::path& dir) {
    TRY(found, read_version(dir));
    return found == 0 ? write_version(dir) : check_format(dir, found);
}

/// A path that stays the same wherever the process goes, without a slash at its end.
Result<std::filesystem::path> absolute_path(const std::filesystem::path& path) {
    std::error_code failed;
    auto dir = std::filesystem::absolute(path, failed).lexically_normal();
    if (failed) return Error{.what = "cannot find " + path.string() + ": " + failed.message()};
    if (!dir.has_filename()) dir = dir.parent_path();
    return dir;
}

/// "block 12 0x... 1a2b3c4d": the last word is the beginning of the hash of what stands before.
std::string head_line(const AcknowledgedBlock& head) {
    const std::string text =
        std::string(head_prefix) + std::to_string(head.number) + " " + to_hex(head.hash);
    return text + " " + to_hex(keccak256(view_of(text))).substr(2, 8) + "\n";
}

std::optional<AcknowledgedBlock> parse_head(std::string_view line) {
    AcknowledgedBlock out;
    if (!line.starts_with(head_prefix)) return std::nullopt;
    const char* const end = line.data() + line.size();
    const auto read = std::from_chars(line.data() + head_prefix.size(), end, out.number);
    const std::string_view rest(read.ptr, static_cast<size_t>(end - read.ptr));
    constexpr size_t hash_digits = 2 + 2 * Hash::size;
    if (read.ec != std::errc{} || rest.size() < 1 + hash_digits) return std::nullopt;
    const auto hash = from_hex(rest.substr(1, hash_digits));
    if (!hash || hash->size() != Hash::size) return std::nullopt;
    out.hash = *Hash::from(*hash);
    if (head_line(out) != std::string(line) + "\n") return std::nullopt;
    return out;
}

}  // namespace

DataDirectory::DataDirectory(std::filesystem::path dir, int lock)
    : dir_(std::move(dir)), lock_(lock) {}

DataDirectory::~DataDirectory() {
    if (lock_ >= 0) ::close(lock_);
    if (head_ >= 0) ::close(head_);
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::filesystem::path& path) {
    TRY(dir, absolute_path(path));
    if (auto made = make_directory(dir); !made) return made.error();
    TRY(lock, take_lock(dir));
    std::unique_ptr<DataDirectory> out(new DataDirectory(dir, lock));
    if (auto known = check_version(dir); !known) return known.error();
    if (auto made = make_directory(out->database()); !made) return made.error();
    return out;
}

Result<std::unique_ptr<DataDirectory>> DataDirectory::look(const std::filesystem::path& path) {
    TRY(dir, absolute_path(path));
    TRY(format, read_version(dir));
    if (format == 0) return Error{.what = dir.string() + " is no data directory of Plume"};
    if (auto known = check_format(dir, format); !known) return known.error();
    TRY(lock, take_lock_to_look(dir));
    return std::unique_ptr<DataDirectory>(new DataDirectory(dir, lock));
}

void DataDirectory::acknowledge(const AcknowledgedBlock& head) {
    const auto path = dir_ / "HEAD";
    const bool is_first = head_ < 0;
    if (is_first) head_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (head_ < 0) stop_for_disk(failure("write", path));
    // One write over the last line, within one sector: it is there or it is not.
    const std::string line = head_line(head);
    if (auto written = write_at_start(head_, line, path); !written) stop_for_disk(written.error());
    if (!is_first) return;
    if (::fsync(head_) != 0) stop_for_disk(failure("sync", path));
    if (auto synced = sync_directory(dir_); !synced) stop_for_disk(synced.error());
}

std::optional<AcknowledgedBlock> DataDirectory::acknowledged() const {
    const auto path = dir_ / "HEAD";
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.ok()) return std::nullopt;
    const auto line = read_line(file.get(), path);
    return line ? parse_head(*line) : std::nullopt;
}

DirectoryFacts look_at(const std::filesystem::path& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) return {};
    DirectoryFacts out{.exists = true,
                       .is_private = (found.st_mode & 077) == 0,
                       .is_ours = found.st_uid == ::geteuid()};
    const File lock(::open((path / "LOCK").c_str(), O_RDONLY | O_CLOEXEC));
    if (lock.ok() && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        const auto line = read_line(lock.get(), path / "LOCK");
        out.holder = line && !line->empty() ? *line : "another process";
    }
    const auto version = read_version(path);
    out.has_format = !version || *version != 0;
    if (!version) out.format_problem = version.error().what;
    if (version && *version != 0)
        if (auto known = check_format(path, *version); !known)
            out.format_problem = known.error().what;
    return out;
}

}  // namespace plume
