// Threads with a stack of our choosing.
#pragma once

#include <pthread.h>

#include <functional>
#include <string>

namespace plume {

/// What a thread that runs contracts needs: calls nest 1,024 deep, and each takes some kilobytes.
inline constexpr size_t contract_stack_size = size_t{16} << 20;

/// A running thread with a stack of `contract_stack_size`; joined when it goes. Stopping its loop
/// in time is the owner's affair. `body` must not throw.
class Thread {
public:
    /// `name` is shown by the system's tools; its first 15 characters count.
    Thread(const std::string& name, std::function<void()> body);
    ~Thread();
    Thread(const Thread&) = delete;
    Thread& operator=(const Thread&) = delete;

private:
    std::function<void()> body_;
    pthread_t handle_{};
};

}  // namespace plume
