#include "store/disk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/log.hpp"

namespace plume {

std::string advice_for(int reason) {
    switch (reason) {
        case ENOSPC:
        case EDQUOT:
            return "; the disk is full: free some space there (256 MiB will do for a start), then "
                   "start again. Nothing that was acknowledged is lost";
        case EROFS:
            return "; the file system can only be read: mount it so that it can be written, then "
                   "start again";
        case EACCES:
        case EPERM:
            return "; the user that runs Plume must own the data directory and be able to write "
                   "in it";
        case EMFILE:
        case ENFILE:
            return "; too many files are open: raise the limit (ulimit -n, LimitNOFILE=), then "
                   "start again";
        case EIO:
            return "; the disk is failing: look at the system's log, run plume verify, and restore "
                   "a backup to another disk if it finds damage";
        default:
            return {};
    }
}

std::string advice_in(std::string_view text) {
    for (const int reason : {ENOSPC, EDQUOT, EROFS, EACCES, EPERM, EMFILE, ENFILE, EIO})
        if (text.find(std::strerror(reason)) != std::string_view::npos) return advice_for(reason);
    return {};
}

Error disk_error(std::string_view doing, const std::filesystem::path& path, int reason) {
    return {.what = "cannot " + std::string(doing) + " " + path.string() + ": " +
                    std::strerror(reason) + advice_for(reason)};
}

Result<void> write_durably(const std::filesystem::path& path, std::string_view text) {
    const std::filesystem::path fresh = path.string() + ".new";
    const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return disk_error("write", fresh, errno);
    bool is_written = true;
    while (is_written && !text.empty()) {
        const ssize_t size = ::write(file, text.data(), text.size());
        is_written = size >= 0;
        if (is_written) text.remove_prefix(static_cast<size_t>(size));
    }
    is_written = is_written && ::fsync(file) == 0;
    const int reason = errno;
    ::close(file);
    if (!is_written) return disk_error("write", fresh, reason);
    if (::rename(fresh.c_str(), path.c_str()) != 0) return disk_error("write", path, errno);
    return sync_directory(path.parent_path());
}

Result<void> sync_directory(const std::filesystem::path& dir) {
    const std::filesystem::path place = dir.empty() ? "." : dir;
    const int file = ::open(place.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_synced = file >= 0 && ::fsync(file) == 0;
    const int reason = errno;
    if (file >= 0) ::close(file);
    if (!is_synced) return disk_error("sync the directory", place, reason);
    return {};
}

void stop_for_disk(const Error& why) {
    log::error("the node stops: " + why.what);
    log::flush();
    std::_Exit(disk_exit_code);
}

}  // namespace plume
