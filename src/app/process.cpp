#include "app/process.hpp"

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

namespace plume {

namespace fs = std::filesystem;

namespace {

/// When the machine was started, in seconds since 1970.
double boot_seconds() {
    std::ifstream stream("/proc/stat");
    for (std::string word; stream >> word;)
        if (double seconds = 0; word == "btime" && stream >> seconds) return seconds;
    return 0;
}

}  // namespace

ProcessFacts process_facts() {
    ProcessFacts out;
    std::ifstream stream("/proc/self/stat");
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    // The second field is the program's name in brackets, which may hold anything.
    const size_t end_of_name = text.rfind(')');
    if (end_of_name == text.npos) return out;
    std::istringstream rest(text.substr(end_of_name + 1));
    // Field n of proc_pid_stat(5) is at n - 3.
    std::vector<std::string> fields{std::istream_iterator<std::string>(rest), {}};
    constexpr size_t fields_needed = 22;
    if (fields.size() < fields_needed) return out;
    const auto number = [&](size_t n) { return std::strtod(fields[n - 3].c_str(), nullptr); };
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    out.cpu_seconds = (number(14) + number(15)) / ticks;
    out.threads = static_cast<uint64_t>(number(20));
    out.start_seconds = boot_seconds() + number(22) / ticks;
    out.virtual_bytes = static_cast<uint64_t>(number(23));
    out.resident_bytes =
        static_cast<uint64_t>(number(24)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));

    std::error_code ignored;
    for (fs::directory_iterator it("/proc/self/fd", ignored), end; it != end; it.increment(ignored))
        ++out.open_descriptors;
    // Looking took one.
    if (out.open_descriptors > 0) --out.open_descriptors;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) out.descriptors_limit = limit.rlim_cur;
    return out;
}

DiskFacts disk_facts(const fs::path& directory) {
    struct statvfs found{};
    if (statvfs(directory.c_str(), &found) != 0) return {};
    return {.free_bytes = found.f_bavail * found.f_frsize,
            .total_bytes = found.f_blocks * found.f_frsize,
            .is_writable = (found.f_flag & ST_RDONLY) == 0 && access(directory.c_str(), W_OK) == 0};
}

uint64_t bytes_in(const fs::path& directory) {
    uint64_t out = 0;
    std::error_code failed;
    for (fs::directory_iterator it(directory, failed), end; !failed && it != end;
         it.increment(failed)) {
        std::error_code gone;
        const uint64_t size = it->is_regular_file(gone) ? it->file_size(gone) : 0;
        if (!gone) out += size;
    }
    return out;
}

}  // namespace plume
