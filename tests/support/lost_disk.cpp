#include "support/lost_disk.hpp"

#include <sys/resource.h>

#include <csignal>

#include "base/result.hpp"

namespace plume::test {

void keep_files_from_growing(size_t bytes) {
    // By default the signal ends the process before the write can fail.
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    check(::setrlimit(RLIMIT_FSIZE, &limit) == 0, "files can be kept from growing");
}

}  // namespace plume::test
