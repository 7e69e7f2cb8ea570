#include "torture/process.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "base/log.hpp"
#include "base/result.hpp"

namespace plume::torture {

std::string Ended::text() const {
    return (signal != 0 ? std::string("ended by ") + strsignal(signal)
                        : "exit code " + std::to_string(code)) +
           (said.empty() ? "" : ": " + said);
}

Ended in_child(const std::function<int()>& body, unsigned seconds) {
    const int talk = memfd_create("talk", 0);
    check(talk >= 0, "memory for what a process says can be had");
    const pid_t child = ::fork();
    check(child >= 0, "a process can be made");
    if (child == 0) {
        dup2(talk, STDOUT_FILENO);
        dup2(talk, STDERR_FILENO);
        ::alarm(seconds);
        const int code = body();
        log::flush();
        std::cout.flush();
        std::fflush(nullptr);
        std::_Exit(code);
    }
    int status = 0;
    check(::waitpid(child, &status, 0) == child, "a process that was made can be waited for");
    Ended out;
    out.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    out.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    std::array<char, 4096> buffer;
    const off_t size = ::lseek(talk, 0, SEEK_END);
    const off_t from = std::max<off_t>(0, size - static_cast<off_t>(buffer.size()));
    const ssize_t read = ::pread(talk, buffer.data(), buffer.size(), from);
    out.said.assign(buffer.data(), read > 0 ? static_cast<size_t>(read) : 0);
    ::close(talk);
    return out;
}

Control& control() {
    static Control* const mapped = [] {
        const char* const path = std::getenv("PLUME_TORTURE_CONTROL");
        check(path != nullptr, "this process runs under the shim");
        const int file = ::open(path, O_RDWR | O_CLOEXEC);
        void* const at =
            ::mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        check(file >= 0 && at != MAP_FAILED, "the shim's switches can be mapped");
        ::close(file);
        return static_cast<Control*>(at);
    }();
    return *mapped;
}

void calm() {
    Control& switches = control();
    switches.kinds = 0;
    switches.mode = mode_once;
    switches.error = 0;
    switches.left = 0;
    switches.failed = 0;
    switches.no_sync = 0;
    switches.clock_offset = 0;
    for (auto& count : switches.counts) count = 0;
}

void enter_shim(char** argv, const std::filesystem::path& shim, const std::filesystem::path& dir) {
    if (std::getenv("PLUME_TORTURE_CONTROL") != nullptr) return;
    check(std::filesystem::exists(shim), "the shim lies beside this program");
    const auto control_file = dir.string() + ".control";
    const int file = ::open(control_file.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
    check(file >= 0 && ::ftruncate(file, sizeof(Control)) == 0, "the switches can be made");
    ::close(file);
    ::setenv("PLUME_TORTURE_DIR", dir.c_str(), 1);
    ::setenv("PLUME_TORTURE_CONTROL", control_file.c_str(), 1);
    ::setenv("LD_PRELOAD", shim.c_str(), 1);
    ::execv("/proc/self/exe", argv);
    check(false, "this program can be started again");
}

}  // namespace plume::torture
