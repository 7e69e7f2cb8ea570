// The shim: stands between a process and its libc by LD_PRELOAD. Speaks to the kernel directly, so
// that nothing it does is seen by itself. Files are followed by descriptor, from the open on.
#include "shim.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace plume::torture {
namespace {

constexpr size_t descriptors_max = 65'536;

/// Everything the shim knows; made at its first use, which may be before main.
struct Shim {
    std::string dir;
    int log = -1;
    Control* control = nullptr;
    std::mutex mutex;  ///< what is done and what is logged of it stay in one order
    std::atomic<uint64_t> next_file{0};
    std::array<std::atomic<uint64_t>, descriptors_max> files{};  ///< 0: not ours

    Shim() {
        if (const char* path = std::getenv("PLUME_TORTURE_DIR")) dir = path;
        if (const char* path = std::getenv("PLUME_TORTURE_LOG"))
            log = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path,
                                           O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        if (const char* path = std::getenv("PLUME_TORTURE_CONTROL")) {
            const int file =
                static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0));
            void* mapped = reinterpret_cast<void*>(syscall(
                SYS_mmap, nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
            if (file >= 0 && mapped != MAP_FAILED) control = static_cast<Control*>(mapped);
            syscall(SYS_close, file);
        }
    }
};

Shim& shim() {
    static Shim* const instance = new Shim;
    return *instance;
}

/// Files that can be made again from the others, and what is mapped by whoever makes them.
bool is_ours(const char* path) {
    const std::string& dir = shim().dir;
    if (dir.empty() || path == nullptr) return false;
    const std::string_view text(path);
    if (!text.starts_with(dir)) return false;
    if (text.size() > dir.size() && text[dir.size()] != '/') return false;
    return text.find("/index.db") == std::string_view::npos;
}

uint64_t file_of(int descriptor) {
    if (descriptor < 0 || static_cast<size_t>(descriptor) >= descriptors_max) return 0;
    return shim().files[static_cast<size_t>(descriptor)];
}

void log_record(Did did, uint64_t a, uint64_t b, std::string_view bytes) {
    if (shim().log < 0) return;
    const RecordHead head{static_cast<uint32_t>(bytes.size()), did, a, b};
    std::array<iovec, 2> parts{{{const_cast<RecordHead*>(&head), sizeof(head)},
                                {const_cast<char*>(bytes.data()), bytes.size()}}};
    const long written = syscall(SYS_writev, shim().log, parts.data(), parts.size());
    if (written != static_cast<long>(sizeof(head) + bytes.size())) std::abort();
}

/// Whether this call of `kind` is one that is to fail.
bool is_chosen(Kind kind) {
    Control* const control = shim().control;
    if (control == nullptr) return false;
    ++control->counts[kind];
    if ((control->kinds & (1u << kind)) == 0) return false;
    const bool sticks = control->mode == mode_from_there;
    int64_t left = control->left;
    while (left > 0) {
        if (left == 1 && sticks) break;
        if (control->left.compare_exchange_weak(left, left - 1)) break;
    }
    if (left != 1) return false;
    ++control->failed;
    return true;
}

int refuse() {
    errno = shim().control->error;
    return -1;
}

bool must_refuse(Kind kind, bool ours) {
    return ours && is_chosen(kind);
}

int open_file(const char* path, int flags, mode_t mode) {
    const bool ours = is_ours(path);
    if (must_refuse(kind_open, ours)) return refuse();
    const std::lock_guard lock(shim().mutex);
    const int descriptor = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
    if (descriptor < 0 || static_cast<size_t>(descriptor) >= descriptors_max) return descriptor;
    uint64_t file = 0;
    if (ours) {
        file = static_cast<uint64_t>(syscall(SYS_getpid)) << 32 | ++shim().next_file;
        log_record(Did::open, file, static_cast<uint64_t>(flags), path);
    }
    shim().files[static_cast<size_t>(descriptor)] = file;
    return descriptor;
}

ssize_t write_file(int descriptor, const void* data, size_t size, off_t offset, bool is_at) {
    const uint64_t file = file_of(descriptor);
    const auto write = [&](size_t count) {
        return is_at ? syscall(SYS_pwrite64, descriptor, data, count, offset)
                     : syscall(SYS_write, descriptor, data, count);
    };
    if (file == 0) return write(size);
    size_t count = size;
    if (is_chosen(kind_write)) {
        const uint32_t mode = shim().control->mode;
        if (mode != mode_short && mode != mode_short_fail) return refuse();
        count = size > 1 ? size / 2 : size;
        shim().control->left = mode == mode_short_fail ? 1 : 0;
        if (mode == mode_short_fail) shim().control->mode = mode_once;
    }
    const std::lock_guard lock(shim().mutex);
    if (!is_at) {
        const bool appends = (syscall(SYS_fcntl, descriptor, F_GETFL) & O_APPEND) != 0;
        offset = syscall(SYS_lseek, descriptor, 0, appends ? SEEK_END : SEEK_CUR);
    }
    const ssize_t written = write(count);
    if (written > 0)
        log_record(Did::write, file, static_cast<uint64_t>(offset),
                   {static_cast<const char*>(data), static_cast<size_t>(written)});
    return written;
}

int sync_file(int descriptor, long call) {
    const uint64_t file = file_of(descriptor);
    if (file == 0) return static_cast<int>(syscall(call, descriptor));
    if (is_chosen(kind_sync)) return refuse();
    if (shim().control != nullptr && shim().control->no_sync != 0) return 0;
    static std::atomic<uint64_t> tickets{0};
    const uint64_t ticket = static_cast<uint64_t>(syscall(SYS_getpid)) << 32 | ++tickets;
    {
        const std::lock_guard lock(shim().mutex);
        log_record(Did::sync_begin, file, ticket, {});
    }
    const int outcome = static_cast<int>(syscall(call, descriptor));
    const std::lock_guard lock(shim().mutex);
    if (outcome == 0) log_record(Did::sync_end, file, ticket, {});
    return outcome;
}

int truncate_file(int descriptor, off_t size) {
    const uint64_t file = file_of(descriptor);
    if (must_refuse(kind_truncate, file != 0)) return refuse();
    const std::lock_guard lock(shim().mutex);
    const int outcome = static_cast<int>(syscall(SYS_ftruncate, descriptor, size));
    if (file != 0 && outcome == 0) log_record(Did::truncate, file, static_cast<uint64_t>(size), {});
    return outcome;
}

int two_paths(Did did, long call, Kind kind, const char* from, const char* to) {
    const bool ours = is_ours(from) || is_ours(to);
    if (must_refuse(kind, ours)) return refuse();
    const std::lock_guard lock(shim().mutex);
    const int outcome = static_cast<int>(syscall(call, from, to));
    std::string both(from);
    both += '\0';
    both += to;
    if (ours && outcome == 0) log_record(did, 0, 0, both);
    return outcome;
}

int remove_path(const char* path, long call, int flags) {
    const bool ours = is_ours(path);
    if (must_refuse(kind_remove, ours)) return refuse();
    const std::lock_guard lock(shim().mutex);
    const int outcome = static_cast<int>(syscall(call, AT_FDCWD, path, flags));
    if (ours && outcome == 0) log_record(Did::remove, 0, 0, path);
    return outcome;
}

/// Files of the directory that something is mapped into, or is written by other calls.
void tell_unmodelled(int descriptor, std::string_view what) {
    if (file_of(descriptor) == 0) return;
    const std::lock_guard lock(shim().mutex);
    log_record(Did::unmodelled, file_of(descriptor), 0, what);
}

}  // namespace
}  // namespace plume::torture

using namespace plume::torture;

extern "C" {

int open(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open_file(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open_file(path, flags, mode);
}
int __open_2(const char* path, int flags) {
    return open_file(path, flags, 0);
}
int __open64_2(const char* path, int flags) {
    return open_file(path, flags, 0);
}
int creat(const char* path, mode_t mode) {
    return open_file(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int close(int descriptor) {
    if (descriptor >= 0 && static_cast<size_t>(descriptor) < descriptors_max)
        shim().files[static_cast<size_t>(descriptor)] = 0;
    return static_cast<int>(syscall(SYS_close, descriptor));
}

ssize_t write(int descriptor, const void* data, size_t size) {
    return write_file(descriptor, data, size, 0, false);
}
ssize_t pwrite(int descriptor, const void* data, size_t size, off_t offset) {
    return write_file(descriptor, data, size, offset, true);
}
ssize_t pwrite64(int descriptor, const void* data, size_t size, off64_t offset) {
    return write_file(descriptor, data, size, offset, true);
}
ssize_t writev(int descriptor, const iovec* parts, int count) {
    if (file_of(descriptor) == 0) return syscall(SYS_writev, descriptor, parts, count);
    std::vector<char> all;
    for (int i = 0; i < count; ++i) {
        const char* const begin = static_cast<const char*>(parts[i].iov_base);
        all.insert(all.end(), begin, begin + parts[i].iov_len);
    }
    return write_file(descriptor, all.data(), all.size(), 0, false);
}

ssize_t pread(int descriptor, void* data, size_t size, off_t offset) {
    if (must_refuse(kind_read, file_of(descriptor) != 0)) return refuse();
    return syscall(SYS_pread64, descriptor, data, size, offset);
}
ssize_t pread64(int descriptor, void* data, size_t size, off64_t offset) {
    return pread(descriptor, data, size, offset);
}
ssize_t __pread64_chk(int descriptor, void* data, size_t size, off64_t offset, size_t) {
    return pread(descriptor, data, size, offset);
}
ssize_t __pread_chk(int descriptor, void* data, size_t size, off_t offset, size_t) {
    return pread(descriptor, data, size, offset);
}

int fsync(int descriptor) {
    return sync_file(descriptor, SYS_fsync);
}
int fdatasync(int descriptor) {
    return sync_file(descriptor, SYS_fdatasync);
}

int ftruncate(int descriptor, off_t size) {
    return truncate_file(descriptor, size);
}
int ftruncate64(int descriptor, off64_t size) {
    return truncate_file(descriptor, size);
}
int fallocate(int descriptor, int mode, off_t offset, off_t size) {
    if ((mode & FALLOC_FL_KEEP_SIZE) == 0) tell_unmodelled(descriptor, "fallocate");
    return static_cast<int>(syscall(SYS_fallocate, descriptor, mode, offset, size));
}
int fallocate64(int descriptor, int mode, off64_t offset, off64_t size) {
    return fallocate(descriptor, mode, offset, size);
}

int rename(const char* from, const char* to) {
    return two_paths(Did::rename, SYS_rename, kind_rename, from, to);
}
int link(const char* from, const char* to) {
    return two_paths(Did::link, SYS_link, kind_rename, from, to);
}
int unlink(const char* path) {
    return remove_path(path, SYS_unlinkat, 0);
}
int rmdir(const char* path) {
    return remove_path(path, SYS_unlinkat, AT_REMOVEDIR);
}
int mkdir(const char* path, mode_t mode) {
    const bool ours = is_ours(path);
    if (must_refuse(kind_make_dir, ours)) return refuse();
    const std::lock_guard lock(shim().mutex);
    const int outcome = static_cast<int>(syscall(SYS_mkdirat, AT_FDCWD, path, mode));
    if (ours && outcome == 0) log_record(Did::make_dir, 0, 0, path);
    return outcome;
}

void* mmap(void* at, size_t size, int protection, int flags, int descriptor, off_t offset) {
    if ((protection & PROT_WRITE) != 0 && (flags & MAP_SHARED) != 0)
        tell_unmodelled(descriptor, "mmap");
    return reinterpret_cast<void*>(
        syscall(SYS_mmap, at, size, protection, flags, descriptor, offset));
}

int clock_gettime(clockid_t clock, timespec* out) {
    using Function = int (*)(clockid_t, timespec*);
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "clock_gettime"));
    const int outcome = real(clock, out);
    const Control* const control = shim().control;
    if (control != nullptr && clock == CLOCK_REALTIME) out->tv_sec += control->clock_offset;
    return outcome;
}

}  // extern "C"
