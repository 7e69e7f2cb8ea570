#include "store/disk.hpp"

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

void stop_for_disk(const Error& why) {
    log::error("the node stops: " + why.what);
    log::flush();
    std::_Exit(disk_exit_code);
}

}  // namespace plume
